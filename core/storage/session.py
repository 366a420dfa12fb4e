"""The store's door: transactions on SQLite, PostgreSQL and MariaDB that behave alike."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast

from sqlalchemy import URL, ColumnElement, Connection, CursorResult, ExceptionContext, Insert, Table, event, insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from core.errors import StoreFailed
from core.storage import sqlite
from core.storage.address import store_url
from core.storage.base import Base
from core.storage.failures import MYSQL_DUPLICATE, mysql_number, plain_failures, store_failure

Row = TypeVar("Row", bound=Base)
Result = TypeVar("Result")

WAIT: Final = 10
"""Seconds to wait for a lock, a free connection or an answer to the sign-in, before `store.busy` or `.unreachable`."""

READERS: Final = 4
"""Connections that read a SQLite file; each has a thread."""

CONNECTIONS: Final = 12
"""Connections to a server, reading and writing, for each process: eight replicas fit PostgreSQL's default of 100."""

_READ_ONLY: Final = "START TRANSACTION READ ONLY"

_PRAGMAS: Final = (
    "foreign_keys=ON",
    # In WAL a committed transaction survives the death of the process; see docs/decisions/0005-sqlite-durability.md.
    "synchronous=NORMAL",
)


@dataclass(frozen=True, slots=True)
class _Line:
    """An engine, and the line people stand in for its connections.

    SQLAlchemy's pool has a line of its own, but those who stand there are not told when a connection fails to open or
    its opening is cancelled: they would wait for the whole of `WAIT` beside a free place.
    """

    engine: AsyncEngine
    places: asyncio.Semaphore

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with self.place():
            with plain_failures():
                async with AsyncSession(self.engine, expire_on_commit=False) as session:
                    yield session

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(WAIT):
                await self.places.acquire()
        except TimeoutError:
            raise StoreFailed("store.busy", reason="connections") from None
        try:
            yield
        finally:
            self.places.release()


@dataclass(frozen=True, slots=True)
class Store:
    """The store, open. Make it with `Store.open`, and `close` it.

    `reading` and `writing` raise `StoreFailed` (store.unreachable, .full, .read_only, .busy, .sign_in, .broken)
    instead of what the driver raised, when it leaves their block.
    """

    url: URL
    _readers: _Line
    _writers: _Line

    @classmethod
    def open(cls, url: str, directory: Path | None = None) -> Self:
        """The store at a URL as people write it; nothing is connected yet. Raises `BadSetting`."""
        driver_url = store_url(url, directory)
        readers, writers = _LINES[driver_url.get_backend_name()](driver_url)
        return cls(driver_url, readers, writers)

    @property
    def dialect(self) -> str:
        """sqlite, postgresql or mysql (MariaDB too)."""
        return self.url.get_backend_name()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one state of the store and cannot change it."""
        async with self._readers.session() as session:
            yield session
            # Nothing was changed, but at a rollback psycopg forgets every statement that it had prepared.
            await session.commit()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises.

        On SQLite there is one at a time, from its first statement on: never open one inside another, and never
        wait in it for anything but the store.
        """
        async with self._writers.session() as session, session.begin():
            yield session

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection to a server, outside any transaction: for what belongs to a connection. Raises `StoreFailed`."""
        async with self._writers.place():
            with plain_failures():
                connection = await self._writers.engine.connect()
            try:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")
            finally:
                await connection.close()

    @property
    def path(self) -> Path:
        """The file of a SQLite store."""
        assert self.dialect == "sqlite", "a server has no file of ours"
        return Path(self.url.database or "")

    async def close(self) -> None:
        """Close every connection."""
        await self._readers.engine.dispose()
        await self._writers.engine.dispose()


async def insert_if_absent(session: AsyncSession, model: type[Base], /, **values: Any) -> bool:
    """Insert a row unless one of its keys is there already. True when this call inserted it. A value may be SQL.

    Of several processes inserting the same row at once, exactly one gets True. Any other broken constraint raises.
    """
    dialect = session.get_bind().dialect.name
    computed = {name: value for name, value in values.items() if isinstance(value, ColumnElement)}
    given = {name: value for name, value in values.items() if name not in computed}
    inserting = _inserting(model) if dialect == "mysql" else _inserting_if_absent(model, dialect)
    if computed:
        inserting = inserting.values(computed)
    if dialect == "mysql":
        return await _insert_or_duplicate(session, inserting, given)
    done = await session.execute(inserting, given, execution_options={"preserve_rowcount": True})
    return cast(CursorResult[Any], done).rowcount == 1


@cache
def _inserting_if_absent(model: type[Base], dialect: str) -> Insert:
    upsert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    return upsert(cast(Table, model.__table__)).on_conflict_do_nothing()


async def _insert_or_duplicate(session: AsyncSession, inserting: Insert, values: dict[str, Any]) -> bool:
    # INSERT IGNORE would forgive broken foreign keys and cut values too, not only duplicates.
    try:
        async with session.begin_nested():
            await session.execute(inserting, values)
    except IntegrityError as failure:
        if mysql_number(failure.orig) != MYSQL_DUPLICATE:
            raise
        return False
    return True


@cache
def _inserting(model: type[Base]) -> Insert:
    return insert(cast(Table, model.__table__))


async def add_row(session: AsyncSession, model: type[Base], /, **values: Any) -> None:
    """Insert one row at once: a third of what the unit of work takes for it, for what every question writes."""
    await session.execute(_inserting(model), values)


async def lock_row(session: AsyncSession, model: type[Row], row_id: str) -> Row | None:
    """The row as it is now, kept from other writers until the transaction ends. None when there is none.

    SQLite has no row locks and needs none: a writing transaction there is alone. Lock a row before inserting others
    that point to it: the insert holds the row too, and two transactions that both do so wait for each other.
    """
    # NO KEY UPDATE on PostgreSQL: rows that point to this one may be inserted meanwhile.
    return await session.get(model, row_id, with_for_update={"key_share": True}, populate_existing=True)


async def persistently(work: Callable[[], Awaitable[Result]], times: int = 3) -> Result:
    """Do a piece of work that opens its own transaction; again when the store was busy, as after a deadlock."""
    for _ in range(times - 1):
        try:
            return await work()
        except StoreFailed as failure:
            if failure.code != "store.busy":
                raise
    return await work()


_compact_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def _engine(url: URL, connections: int, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        url,
        json_serializer=_compact_json,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WAIT,
        pool_use_lifo=True,
        **options,
    )
    event.listen(engine.sync_engine, "handle_error", _leave_what_cannot_write)
    return engine


def _leave_what_cannot_write(context: ExceptionContext) -> None:
    # A new connection may write where this one never will: to the server that is the primary by now, to a file whose
    # rights were put right.
    failure = context.sqlalchemy_exception
    if isinstance(failure, DBAPIError) and store_failure(failure).code == "store.read_only":
        context.is_disconnect = True


def _sqlite(url: URL) -> tuple[_Line, _Line]:
    # One connection writes: writers stand in line in this process instead of polling the lock of the file.
    readers = _sqlite_line(url, READERS, "BEGIN", *_PRAGMAS, "query_only=ON")
    return readers, _sqlite_line(url, 1, "BEGIN IMMEDIATE", *_PRAGMAS)


def _sqlite_line(url: URL, connections: int, begin: str, *pragmas: str) -> _Line:
    engine = _engine(
        url,
        connections,
        pool_reset_on_return=None,  # nothing to reset: SQLAlchemy has ended the transaction by then
        connect_args={"async_creator_fn": partial(sqlite.connect, pragmas=pragmas), "timeout": WAIT},
    )
    event.listen(engine.sync_engine, "begin", lambda connection: _driver(connection).begin(begin))
    return _Line(engine, asyncio.Semaphore(connections))


def _driver(connection: Connection) -> sqlite.OneTripConnection:
    return cast(sqlite.OneTripConnection, connection.connection.driver_connection)


def _postgresql(url: URL) -> tuple[_Line, _Line]:
    patience = {
        "connect_timeout": WAIT,
        "options": f"-c lock_timeout={WAIT}s",
        # A server that vanished without a word is noticed: else its connections would be waited for for hours.
        "tcp_user_timeout": 2_000 * WAIT,
        "keepalives_idle": WAIT,
        "keepalives_interval": WAIT // 2,
        "keepalives_count": 2,
    }
    engine = _engine(url, CONNECTIONS, pool_pre_ping=True, connect_args=_unless_written(url, patience))
    _write_as_the_server_is_set(engine.sync_engine.dialect)
    places = asyncio.Semaphore(CONNECTIONS)
    return _Line(engine.execution_options(postgresql_readonly=True), places), _Line(engine, places)


def _write_as_the_server_is_set(dialect: Any) -> None:
    # After a connection has read, SQLAlchemy has it begin with READ WRITE. A database that an administrator made
    # read-only would be written to, and a stand-by would refuse it in other words than for being one.
    set_readonly = dialect.set_readonly
    dialect.set_readonly = lambda driver, value: set_readonly(driver, value or None)


def _mysql(url: URL) -> tuple[_Line, _Line]:
    # READ COMMITTED, as PostgreSQL has it: in MariaDB's default a row read after waiting for its lock may be old.
    # TRADITIONAL, because a value that does not fit must be refused, never cut.
    wishes = {
        "charset": "utf8mb4",
        "connect_timeout": WAIT,
        "init_command": f"SET SESSION innodb_lock_wait_timeout={WAIT}, sql_mode='TRADITIONAL'",
    }
    engine = _engine(
        url,
        CONNECTIONS,
        pool_pre_ping=True,
        pool_recycle=1800,  # seconds, well below the eight hours after which MariaDB hangs up
        isolation_level="READ COMMITTED",
        connect_args=_unless_written(url, wishes),
    )
    places = asyncio.Semaphore(CONNECTIONS)
    readers = engine.execution_options()
    event.listen(readers.sync_engine, "begin", lambda connection: connection.exec_driver_sql(_READ_ONLY))
    return _Line(readers, places), _Line(engine, places)


_LINES = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}


def _unless_written(url: URL, wishes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wishes.items() if name not in url.query}
