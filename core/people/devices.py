"""The name of a device, of what its program says of itself: for people to recognise it by, never to decide by."""

_PROGRAMS = (
    # Most claim to be Chrome or Safari, too: the particular ones come first.
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Whale/", "Whale"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER(", "Naver"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python", "Python"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_name(agent: str | None) -> str:
    """ "Chrome on macOS", what is known of it; empty when nothing is."""
    found = [next((name for sign, name in signs if sign in (agent or "")), "") for signs in (_PROGRAMS, _SYSTEMS)]
    return " on ".join(name for name in found if name)
