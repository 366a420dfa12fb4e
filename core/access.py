"""Who comes in and how, as values: people in an administrator's list, sign-ins, devices, keys of programs.

Whatever opens a door is shown once, by the call that made it, and is never in a repr.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from core.chat import Actor, Scopes

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A piece of a long list. `next` asks for the piece after it; None: there is none."""

    items: tuple[Item, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account of somebody on a platform, as it was seen last."""

    platform: str
    workspace: str
    account: str
    name: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody, for administrators. `email` is None where nobody vouches for one."""

    id: str
    name: str
    email: str | None
    role: Literal["viewer", "admin"]
    is_active: bool
    accounts: tuple[Account, ...]
    last_seen: datetime | None
    """On any platform, the page or the API; None: never."""
    created_at: datetime
    has_password: bool = False


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added before they were seen anywhere."""

    email: str
    name: str
    role: Literal["viewer", "admin"] = "viewer"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody who came in holds. `access` goes with each request; `refresh` is good for one new `SignIn`."""

    access: str = field(repr=False)
    access_until: datetime
    refresh: str = field(repr=False)
    refresh_until: datetime
    device: str
    """The id of this sign-in in the list of devices."""
    user: str
    name: str
    role: Literal["viewer", "admin"]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sends a request with an access token, and by which of their devices."""

    actor: Actor
    device: str
    until: datetime
    """When the access token ends."""


@dataclass(frozen=True, slots=True)
class Device:
    """One sign-in of somebody, for the list of their devices."""

    id: str
    name: str
    """"Chrome on macOS", or empty when the program does not say."""
    ip: str | None
    signed_in_at: datetime
    used_at: datetime
    """When it was last renewed: at most 15 minutes before its last request."""
    until: datetime
    by: Literal["password", "link"]
    is_this: bool = False
    """The one that asks for the list."""


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A token that lets one person in once; the door makes a URL of it."""

    token: str = field(repr=False)
    until: datetime


KEY_DAYS = 90
"""Days that a program's key is good for, unless somebody chooses otherwise."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A program's key to be made. `days` from now; None, chosen explicitly: it never expires."""

    name: str
    scopes: Scopes
    days: int | None = KEY_DAYS


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A program's key, for a list: how to recognise it, never the key."""

    id: str
    name: str
    prefix: str
    owner: str
    """The owner's users id."""
    owner_name: str
    scopes: Scopes
    state: Literal["works", "revoked", "expired", "owner_inactive"]
    created_at: datetime
    expires_at: datetime | None
    last_used: datetime | None
    """To the minute."""
    usage_count: int


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, shown this once."""

    key: str = field(repr=False)
    line: KeyLine
