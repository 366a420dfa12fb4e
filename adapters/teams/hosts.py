"""Where a request of ours may go: its address comes from an activity, or from what was stored of one."""

from ipaddress import ip_address
from urllib.parse import urlsplit

_FILE_HOSTS = (".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn")
"""Where the files of a person at work are kept, in each of Microsoft's clouds."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine. A name that would have to be looked up does not."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def may_be_called(url: str, *, no_auth: bool) -> bool:
    """Whether our token may be shown there: it goes out encrypted or stays on this machine. Without authentication
    nothing leaves it.
    """
    scheme, host, _ = _parts(url)
    return is_loopback(host) or (scheme == "https" and bool(host) and not no_auth)


def takes_files(url: str, *, no_auth: bool) -> bool:
    """Whether a file may be put there."""
    scheme, host, is_plain = _parts(url)
    if no_auth and is_loopback(host):
        return True
    return is_plain and scheme == "https" and host.endswith(_FILE_HOSTS)


def _parts(url: str) -> tuple[str, str, bool]:
    """Scheme and host, and whether it has neither a port of its own nor a user; nothing for what is no address."""
    try:
        parts = urlsplit(url)
        is_plain = parts.port in (None, 443) and parts.username is None and "\\" not in url
    except ValueError:
        return "", "", False
    return parts.scheme, (parts.hostname or "").lower(), is_plain
