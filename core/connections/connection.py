"""A connection as the core sees it, and what is needed to make one."""

from dataclasses import dataclass, field

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

    @property
    def resource(self) -> Resource:
        """What `core.people.permission.may` is asked about."""
        return Resource("connection", self.owner_id, self.given_to, self.private_to)
