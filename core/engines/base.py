"""What a database server must give so that it can be asked: one `Engine` a server, one file an engine.

Everything here blocks. `core.engines.databases` runs it in a bounded pool of threads, one pool a connection.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.chat import Cell, Column, TlsMode
from core.engines.hosts import ANY_HOST, HostPolicy
from core.schema import Schema

ServerKind = Literal[
    "sqlite", "postgresql", "mysql", "mariadb", "oracle", "sqlserver", "duckdb", "trino", "clickhouse", "snowflake",
    "bigquery",
]  # fmt: skip

FILE_KINDS: frozenset[ServerKind] = frozenset({"sqlite", "duckdb"})
"""Kinds whose database is a file of this machine: named at the machine alone, without user, password or line."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a database is and how to sign in. Neither the password nor the certificates show in a repr.

    For `FILE_KINDS` `host` is the path of the file and the rest is unused. For Oracle `database` is the service name;
    for Trino, Snowflake and BigQuery see their files.
    """

    kind: ServerKind
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    tls: TlsMode = "prefer"
    tls_ca: str = field(default="", repr=False)
    """Certificates, as PEM, of the authority to trust; empty: the machine's own list."""
    local: bool = False
    """It may lie on this machine itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one query may take."""

    seconds: float = 30.0
    rows: int = 1_000
    cell_bytes: int = 10_000
    """A longer text cell is cut and ends in "…". A binary one shows its first 32 bytes at most, whatever this says."""
    total_bytes: int = 5_000_000
    """Reading stops (truncated) when the cells read so far weigh more than this."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A result: at most `Limits.rows` rows. `truncated` when the server had more."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    seconds: float
    """From sending the query to the last row read."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a first look at a server told."""

    version: str
    can_write: bool
    """True when the account could change data: people are warned."""
    is_encrypted: bool | None = None
    """Whether the line is; None where it cannot be told, or there is none."""
    tls_version: str = ""
    """As in "TLSv1.3"; empty where the driver does not tell it."""


class Session(Protocol):
    """One open, read-only connection. Used by one thread at a time, except `cancel` and `close`."""

    def health(self) -> Health:
        """The server's version, and whether this account could write."""
        ...

    def read_schema(self) -> Schema:
        """Tables, views, columns, types, keys, foreign keys, comments, row estimates and short text values."""
        ...

    def run(self, sql: str, limits: Limits) -> Rows:
        """Run one read-only statement. Never holds more than `limits` allow in memory.

        Raises `core.errors.QueryFailed`, `core.errors.DatabaseUnavailable`; of the latter `SessionLost` when the
        server had already let go of this session, so that the statement was never begun.
        """
        ...

    def cancel(self) -> None:
        """Stop what `run` is doing, at the server, and wait until it has ended, some seconds at most.

        Safe from any thread, and when nothing runs.
        """
        ...

    def usable(self) -> bool:
        """False when a cancel, a time-out or an error has spoiled it: it must then be closed, not reused.

        Asks nothing of the server.
        """
        ...

    def close(self) -> None:
        """Close it. Never raises. From another thread while `run` waits, it cuts the line, which ends that `run`."""
        ...


class Engine(Protocol):
    """One kind of server."""

    @property
    def kind(self) -> ServerKind:
        """Its row in the table of engines."""
        ...

    @property
    def dialect(self) -> str:
        """The sqlglot dialect its SQL is written in."""
        ...

    @property
    def default_port(self) -> int:
        """The port people mean when they name none; 0 for a file."""
        ...

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> Session:
        """Open a read-only session within `seconds`, to an address that `hosts` lets through, secured as `tls` says:
        with require or verify nothing but the request for it is sent in clear.

        Raises `core.errors.DatabaseUnavailable`; `core.errors.BadConnection` when a field of the target is malformed.
        """
        ...
