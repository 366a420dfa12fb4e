"""What the engines behind SQLAlchemy dialects share: a driver that is found through its dialect, and one session of it.

The dialect says how a URL becomes the driver's own arguments; what follows is the driver's, by the DB-API: one cursor a
statement. The dialects are extras. One that is not installed is named in words when it is first needed.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any, ClassVar

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import NullPool

from core.engines.base import Health, Limits
from core.engines.cells import Answer, Heading
from core.engines.failures import failed
from core.engines.session import CATALOG_SECONDS, SqlSession
from core.engines.structure import Catalogue, Row, assemble
from core.engines.type_names import is_text, kind_of
from core.engines.values import with_values
from core.errors import BadConnection, ColloqueryError
from core.schema import Schema


@dataclass(frozen=True, slots=True)
class Opened:
    """A driver's connection, and the exceptions that its calls raise."""

    connection: Any
    errors: tuple[type[Exception], ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """What a server's catalogue is asked: rows as `core.engines.structure` wants them.

    Of `columns` the last value, whether a column is a short text, is left out: its type tells. An empty question has
    no rows: the server knows no such thing.
    """

    version: str
    tables: str
    columns: str
    keys: str = ""
    references: str = ""

    def about(self, **names: str) -> "Questions":
        """The same with `$name` put in where it stands: names in the server's own quotes."""
        asked = (self.version, self.tables, self.columns, self.keys, self.references)
        return Questions(*(Template(sql).substitute(names) for sql in asked))

    def all(self) -> tuple[str, ...]:
        """Every one that is asked."""
        return tuple(sql for sql in (self.version, self.tables, self.columns, self.keys, self.references) if sql)


def opened(extra: str, url: URL, options: Mapping[str, object], errors: tuple[type[Exception], ...] = ()) -> Opened:
    """A connection of the driver that the dialect of `url` belongs to; `options` come after what the URL says.

    `errors` are exceptions beside the driver's own that its calls let through. Raises `BadConnection`
    (connection.extra_missing) and whatever the driver raises.
    """
    try:
        dialect: Any = create_engine(url, poolclass=NullPool).dialect
    except (NoSuchModuleError, ImportError):
        raise BadConnection("connection.extra_missing", extra=extra) from None
    positional, named = dialect.create_connect_args(url)
    connection = dialect.loaded_dbapi.connect(*positional, **{**named, **options})
    return Opened(connection, (dialect.loaded_dbapi.Error, *errors))


def tail(database: str, parts: int, options: frozenset[str] = frozenset()) -> tuple[list[str], dict[str, str]]:
    """A database field of the form `first/second?name=value&name=value`: its parts, empty ones left out, and options.

    Raises `BadConnection`: connection.no_database, connection.bad_database for more parts, unknown options or signs
    that no name of these servers has without quotes.
    """
    path, _, query = database.strip().partition("?")
    names = path.split("/")
    pairs = dict(pair.partition("=")[::2] for pair in query.split("&")) if query else {}
    if not names[0]:
        raise BadConnection("connection.no_database")
    written = [*names, *pairs.values()]
    if len(names) > parts or not set(pairs) <= options or not all(map(_is_name, written)):
        raise BadConnection("connection.bad_database")
    return names, pairs


def _is_name(text: str) -> bool:
    return bool(text) and all(sign.isalnum() or sign in "_-$.:" for sign in text)


class DialectSession(SqlSession):
    """A connection of such a driver. The subclasses say what differs."""

    dialect: ClassVar[str]
    product: ClassVar[str]
    """As people call it; before the version."""
    questions: Questions

    def __init__(self, opened: Opened, default: str, is_encrypted: bool) -> None:
        self.driver_errors = opened.errors
        super().__init__()
        self._connection = opened.connection
        self._default = default
        self._is_encrypted = is_encrypted
        self._cursor: Any = None

    def health(self) -> Health:
        """The server's version, and whether the account could write."""
        with self._statement(seconds=10):
            version = str(self._rows(self.questions.version, 10)[0][0])
            can_write = self._can_write()
        return Health(f"{self.product} {version}".strip(), can_write, self._is_encrypted)

    def read_schema(self) -> Schema:
        """The tables and views that the account sees there, the default schema first."""
        with self._statement():
            catalogue = self._catalogue()
        return with_values(assemble(self.dialect, self._default, catalogue), self.run)

    def _catalogue(self) -> Catalogue:
        ask = self.questions
        tables, columns, keys, references = (
            self._rows(sql) if sql else [] for sql in (ask.tables, ask.columns, ask.keys, ask.references)
        )
        return Catalogue(tables, [(*row, is_text(str(row[3]))) for row in columns], keys, references)

    @abstractmethod
    def _can_write(self) -> bool:
        """Whether the account could change data where this session is read-only by the guard and the server alone."""

    @abstractmethod
    def _execute(self, sql: str, limits: Limits) -> Any:
        """Send a statement under the server's own limits: the cursor that answers it."""

    def _select(self, sql: str, limits: Limits) -> Answer:
        cursor = self._cursor = self._execute(sql, limits)
        self._begun = True
        headings = tuple(Heading(column[0], self._kind(column)) for column in cursor.description or ())
        return Answer(headings, cursor.fetchmany if headings else lambda count: ())

    def _kind(self, column: Sequence[Any]) -> Any:
        """The kind of a column as the driver announces it: here by the name of its type."""
        return kind_of(column[1]) if isinstance(column[1], str) else None

    def _rows(self, sql: str, seconds: float = CATALOG_SECONDS) -> list[Row]:
        cursor = self._cursor = self._execute(sql, Limits(seconds, rows=1_000_000))
        return list(cursor.fetchall())

    def _clean(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()

    def _sever(self) -> None:
        self._connection.close()

    def _shut(self) -> None:
        self._connection.close()


def refused(code: str) -> ColloqueryError:
    """Why no connection was made: what is not about the connection counts as one that was refused."""
    return failed(code if code.startswith("database.") else "database.refused")
