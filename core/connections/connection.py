"""A connection as the core sees it, and what is needed to make or change one."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from core.chat import TlsMode
from core.engines.base import ServerKind
from core.people.permission import Resource


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What somebody fills in to add a connection. The password never shows in a repr."""

    name: str
    kind: ServerKind
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    tls: TlsMode = "prefer"
    tls_ca: str = field(default="", repr=False)
    """Certificates, as PEM, of the authority that signed the server's; empty: the machine's own list is trusted."""


@dataclass(frozen=True, slots=True)
class ConnectionEdit:
    """What is to change of a connection; None leaves a field as it is. Neither password nor certificates show.

    A stored password goes nowhere else and no other way than it was given for: whoever changes kind, host, port, user,
    tls or tls_ca of a connection that has one gives the password, too.
    """

    name: str | None = None
    kind: ServerKind | None = None
    host: str | None = None
    port: int | None = None
    """0 is the server's usual one."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    tls: TlsMode | None = None
    tls_ca: str | None = field(default=None, repr=False)
    """Empty: the machine's own list is trusted again."""
    revision: str | None = None
    """`ConnectionView.revision` of what was changed, so that nobody else's change is lost; None: whatever it is."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A database that can be asked. Only `core.connections` decrypts its password."""

    id: str
    owner_id: str
    name: str
    kind: ServerKind
    host: str
    port: int
    user: str
    database: str
    given_to: frozenset[tuple[str, str]]
    """(subject kind, subject id): see `core.storage.own_tables.ConnectionGrant`."""
    default_of: frozenset[tuple[str, str]]
    """The subjects whose default it is."""
    private_to: frozenset[tuple[str, str]] = frozenset()
    """The subjects who see its private columns, too."""
    encrypted_password: str | None = field(default=None, repr=False)
    is_enabled: bool = True
    """One that is not is asked by nobody, and keeps everything."""
    is_local: bool = False
    """It was added at the machine itself, so it may lie on it."""
    tls: TlsMode = "prefer"
    tls_ca: str = field(default="", repr=False)
    version: str = ""
    """The server's, as of the last look; so are `can_write`, and `problem`: the code of why it did not answer."""
    can_write: bool | None = None
    problem: str = ""
    checked_at: datetime | None = None

    @property
    def resource(self) -> Resource:
        """What `core.people.permission.may` is asked about."""
        return Resource("connection", self.owner_id, self.given_to, self.private_to, connection=self.id)

    @property
    def revision(self) -> str:
        """Another one after every change that somebody made to it."""
        fields = (
            self.name, self.kind, self.host, self.port, self.user, self.encrypted_password, self.database, self.tls,
            self.tls_ca, self.is_enabled, self.is_local,
        )  # fmt: skip
        return hashlib.sha256(repr(fields).encode()).hexdigest()[:16]
