"""Servers that are spoken to by HTTP: where their lines go, and how they are secured.

The line goes to the checked address and to no other, whatever a reply or a redirect says; the certificate is checked
against the name that people gave. An encrypted line has a port of its own, so nothing is tried out: `prefer` is in
clear, and `require` and `verify` are TLS.
"""

from typing import Any
from urllib.parse import urlsplit

from core.engines.base import Target
from core.engines.tls import context
from core.errors import BadConnection


def is_encrypted(target: Target) -> bool:
    """Whether the line to it is."""
    return target.tls in ("require", "verify")


def scheme(target: Target) -> str:
    """The scheme of its URL."""
    return "https" if is_encrypted(target) else "http"


def pinned_session(target: Target, address: str) -> Any:
    """A session of `requests` that sends to this address alone, without proxies or credentials out of the environment.

    Raises nothing by itself; a request for another place raises `requests.exceptions.InvalidURL`.
    """
    import requests  # noqa: PLC0415 - a part of the extras that need it
    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    class Pinned(HTTPAdapter):
        """Sends what is meant for the target to its checked address."""

        def get_connection_with_tls_context(self, request: Any, *_: Any, **__: Any) -> Any:
            parts = urlsplit(request.url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            if (parts.scheme, parts.hostname, port) != (scheme(target), target.host.lower(), target.port):
                raise requests.exceptions.InvalidURL("another place than the one that was checked")
            secured = {"ssl_context": context(target), "assert_hostname": False} if is_encrypted(target) else {}
            request.headers["Host"] = parts.netloc
            return self.poolmanager.connection_from_host(address, port, parts.scheme, pool_kwargs=secured)

    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 0
    session.adapters.clear()
    session.mount(f"{scheme(target)}://", Pinned(max_retries=0))
    return session


def pinned_pool(target: Target) -> Any:
    """A pool of `urllib3` whose lines are secured as the target says. Whoever uses it names the checked address."""
    import urllib3  # noqa: PLC0415 - a part of the extras that need it

    secured: dict[str, Any] = {"ssl_context": context(target), "assert_hostname": False} if is_encrypted(target) else {}
    return urllib3.PoolManager(num_pools=1, maxsize=4, retries=False, **secured)


def require_secured(target: Target) -> None:
    """Raises `BadConnection` (connection.password_in_clear) where a password would be sent over a line in clear."""
    if target.password and not is_encrypted(target):
        raise BadConnection("connection.password_in_clear")
