"""SQLite in one trip to the driver's thread for a statement, where SQLAlchemy alone makes three or four.

aiosqlite gives each connection a thread, and SQLAlchemy crosses over to it to make a cursor, to execute, to fetch, to
close, and to begin. The trips are most of what a small transaction costs; one for each statement, with BEGIN carried
along by the first, makes it twice as fast.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Self

import aiosqlite

_PAUSE = 0.01  # seconds between two attempts to take a lock that SQLite does not wait for
_CHUNK = 64  # aiosqlite's own figure; only its iterator uses it


class OneTripCursor:
    """A cursor as SQLAlchemy uses it: each statement gets a cursor of the driver and all of its rows in one trip."""

    arraysize = 1

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run one statement and fetch what it returns."""
        return await self._trip(sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Self:
        """Run one statement once for each row of parameters."""
        return await self._trip(sqlite3.Cursor.executemany, sql, rows)

    async def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows."""
        count = size or self.arraysize
        rows, self._rows = self._rows[:count], self._rows[count:]
        return rows

    async def fetchall(self) -> list[Any]:
        """The rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open by now."""

    async def _trip(self, method: Callable[..., Any], *arguments: Any) -> Self:
        def there(driver: sqlite3.Connection) -> tuple[Any, int, int | None, list[Any]]:
            with closing(driver.cursor()) as cursor:
                method(cursor, *arguments)
                rows = cursor.fetchall() if cursor.description else []
                return cursor.description, cursor.rowcount, cursor.lastrowid, rows

        self.description, self.rowcount, self.lastrowid, self._rows = await self._connection.trip(there)
        return self


class OneTripConnection(aiosqlite.Connection):
    """aiosqlite's connection with `OneTripCursor`s and a BEGIN that waits for the first statement."""

    _to_begin: str | None = None

    def begin(self, statement: str) -> None:
        """Start a transaction with the next statement. One that never has a statement costs nothing."""
        self._to_begin = statement

    def cursor(self) -> Any:
        """A cursor, without a trip."""
        return OneTripCursor(self)

    async def _connect(self) -> Self:
        try:
            await super()._connect()
        except sqlite3.Error:
            self._thread.join()  # it is ending; left alone it would report to an event loop that may be closed by then
            raise
        return self

    async def trip(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Do `work` with the driver's connection in its thread, inside the transaction that was asked for."""
        beginning, self._to_begin = self._to_begin, None

        def there() -> Any:
            if beginning:
                self._conn.execute(beginning)
            return work(self._conn)

        return await self._execute(there)  # type: ignore[no-untyped-call]  # aiosqlite leaves it unannotated

    async def commit(self) -> None:
        """Commit what has begun."""
        if not self._nothing_begun():
            await super().commit()

    async def rollback(self) -> None:
        """Roll back what has begun."""
        if not self._nothing_begun():
            await super().rollback()

    def _nothing_begun(self) -> bool:
        waiting, self._to_begin = self._to_begin, None
        return waiting is not None


def connect(path: str, *, pragmas: Sequence[str], timeout: float, **options: Any) -> OneTripConnection:
    """A connection for SQLAlchemy's `async_creator_fn`, in WAL mode; it opens when awaited.

    The driver's own transactions are off: they begin too late to be exclusive. `timeout`: seconds to wait for a lock;
    `options`: what SQLAlchemy wants of `sqlite3.connect`.
    """
    connection = OneTripConnection(partial(_open, path, pragmas, timeout, options), _CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy does: a forgotten connection must not keep the process alive
    return connection


def _open(path: str, pragmas: Sequence[str], timeout: float, options: dict[str, Any]) -> sqlite3.Connection:
    driver: sqlite3.Connection = sqlite3.connect(path, timeout=timeout, isolation_level=None, **options)
    try:
        _switch_to_wal(driver, time.monotonic() + timeout)
        for pragma in pragmas:
            driver.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        driver.close()
        raise
    return driver


def _switch_to_wal(driver: sqlite3.Connection, until: float) -> None:
    # Once in the life of a file. SQLite itself does not wait when several processes want to do it at once.
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as failure:
            if failure.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return
