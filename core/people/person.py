"""A person as the core sees them: one row of users, whichever of their accounts speaks."""

from dataclasses import dataclass
from typing import Literal

from core.chat import Scopes

Role = Literal["viewer", "admin"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is and what they are to us. `kind` is how the platform's home workspace sees the account."""

    id: str
    name: str
    role: Role
    is_active: bool
    kind: Literal["member", "guest", "foreign", "bot"]
    locale: str
    timezone: str
    default_connection: str | None = None
    """The id of the connection they chose for themselves."""
    scopes: Scopes | None = None
    """What the key they sent is for; None where they came in person."""
    account: str = ""
    """The `core.ids.identity_id` of the account, or of the key, that they speak through."""
