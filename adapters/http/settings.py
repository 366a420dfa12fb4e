"""What the HTTP doors need to know at start."""

import hmac
from dataclasses import dataclass, field
from urllib.parse import quote

from adapters.http.peer import Network
from core.chat import Actor
from core.errors import BadSetting

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""The names under which a browser on this machine reaches a server bound to loopback."""

_OWNER = Actor(platform="web", workspace="local", id="owner", name="Owner")

_SHORTEST_TOKEN = 16
"""Characters. A token travels in a link and is never typed, so there is no reason for a short one."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Who may come in, and as whom.

    `token` is None on loopback, where everybody at this machine is its owner unless they sign in; elsewhere the owner
    shows it and everybody else signs in. `allowed_hosts` are the host names (without port) a browser may use for us:
    any other name is somebody's trick to reach a server of this network through a page of theirs. "*" allows every
    name and needs a token. `person` is that owner. `a_minute` and `a_minute_each` are requests from one address and
    from one person; 0 is no limit. Raises `BadSetting` for a pair that would leave the door open.
    """

    token: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    person: Actor = _OWNER
    proxies: tuple[Network, ...] = ()
    a_minute: int = 1_200
    a_minute_each: int = 600

    def __post_init__(self) -> None:
        if self.token is not None and len(self.token) < _SHORTEST_TOKEN:
            raise BadSetting(name="COLLOQUERY_WEB_TOKEN")
        if not self.allowed_hosts or ("*" in self.allowed_hosts and self.token is None):
            raise BadSetting(name="COLLOQUERY_PUBLIC_HOSTS")

    def link(self, origin: str) -> str:
        """The address to open in a browser: `origin` ("http://host:8000"), with the token where one is asked for."""
        return f"{origin}/" if self.token is None else f"{origin}/?token={quote(self.token, safe='')}"

    def allows_host(self, header: str) -> bool:
        """True when a request's Host header names us."""
        name, _, port = header.rpartition(":")
        host = name if port.isdigit() and name else header
        return "*" in self.allowed_hosts or host.lower() in {allowed.lower() for allowed in self.allowed_hosts}

    def is_token(self, candidate: str) -> bool:
        """True when `candidate` is the token. Takes as long for a near miss as for a far one."""
        return self.token is not None and hmac.compare_digest(candidate.encode(), self.token.encode())

    @property
    def cookie_value(self) -> str:
        """What the owner's browser keeps instead of the token: it opens this door and tells nothing of the token."""
        return hmac.new((self.token or "").encode(), b"colloquery web cookie", "sha256").hexdigest()

    def is_cookie(self, candidate: str) -> bool:
        """True when `candidate` is the value of the owner's cookie."""
        return hmac.compare_digest(candidate.encode(), self.cookie_value.encode())
