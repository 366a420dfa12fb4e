"""What Teams' door needs to be told."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

AppType = Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"]

LOGIN = "https://login.microsoftonline.com"
"""Where tokens for what we send are given out."""
OPENID = "https://login.botframework.com/v1/.well-known/openidconfiguration"
"""Where the keys are named with which what Teams sends is signed."""
SERVICE = "https://api.botframework.com"
SERVICE_OF_US_GOVERNMENT = "https://api.botframework.us"
"""Who signs what comes in, and for whom tokens for what goes out are made: in the world, and in the cloud of the US
government, whose OpenID document is at login.botframework.azure.us.
"""


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """One bot registration and the tenants it serves. The password never shows in a repr."""

    app_id: str
    password: str | None = field(repr=False)
    """None with a managed identity, and without authentication."""
    tenants: tuple[str, ...]
    """Who may write to us; the first is the bot's own. Never empty but without authentication."""
    app_type: AppType = "SingleTenant"
    no_auth: bool = False
    """Neither what comes in nor what goes out is signed: for a client on this machine, while developing."""
    login_url: str = LOGIN
    """Without a slash at its end."""
    openid_url: str = OPENID
    public_url: str = ""
    """Where people reach our own pages, for links; empty when that is not known."""

    @property
    def service(self) -> str:
        """The Bot Framework of the cloud that the keys are of: issuer of what comes in, audience of what goes out."""
        host = urlsplit(self.openid_url).hostname or ""
        return SERVICE_OF_US_GOVERNMENT if host.endswith(".us") else SERVICE
