"""The cookies of sign-in: read by every HTTP door, set by the page's alone.

ACCESS is sent with every request and opens the house for minutes; REFRESH is sent to one address alone, which
exchanges it for a new pair. OWNER is what the owner's browser keeps instead of the token of the page.
"""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

OWNER = "colloquery"
ACCESS = "colloquery_access"
REFRESH = "colloquery_refresh"


def cookie(headers: Headers, name: str) -> str:
    """The value of a cookie; empty where there is none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def set_cookie(name: str, value: str, seconds: int, *, path: str = "/", secure: bool) -> str:
    """The header that makes a browser keep it: never told to a script, never sent from another site's page."""
    line = f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict"
    return f"{line}; Secure" if secure else line


def forget_cookie(name: str, *, path: str = "/", secure: bool) -> str:
    """The header that makes a browser forget it."""
    return set_cookie(name, "", 0, path=path, secure=secure)
