"""A person as the core sees them: one row of users, whichever of their accounts speaks."""

from dataclasses import dataclass
from typing import Literal

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
