"""One process at a time: a lock of the server's own, which ends with whoever holds it.

On PostgreSQL and MariaDB it belongs to a connection; beside a SQLite file it is a file of the system's. None of them
outlives its process, so that nothing has to be cleaned up after one that was killed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b

from filelock import FileLock, Timeout
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.storage.failures import file_failure, plain_failures
from core.storage.session import Store

SERVING = "serving"
"""The lock of the one process that serves a SQLite store."""

_TAKE = {
    "postgresql": text("SELECT pg_try_advisory_lock(:key)"),
    "mysql": text("SELECT GET_LOCK(:key, 0)"),
}
_GIVE = {
    "postgresql": text("SELECT pg_advisory_unlock(:key)"),
    "mysql": text("SELECT RELEASE_LOCK(:key)"),
}


@asynccontextmanager
async def held(store: Store, name: str) -> AsyncIterator[bool]:
    """Whether nobody else holds the lock of this name; it is held until the block ends. Never waits for it.

    Raises `StoreFailed`. A connection that breaks meanwhile gives the lock up without a word: what is done under it
    must stand being done twice.
    """
    if store.dialect == "sqlite":
        async with _file(store, name) as taken:
            yield taken
        return
    key = _key(store, name)
    async with store.connected() as connection:
        with plain_failures():
            taken = bool(await connection.scalar(_TAKE[store.dialect], {"key": key}))
        try:
            yield taken
        finally:
            if taken:
                await _given_back(connection, lambda: connection.scalar(_GIVE[store.dialect], {"key": key}))


async def _given_back(connection: AsyncConnection, give: Callable[[], Awaitable[object]]) -> None:
    try:
        with plain_failures():
            await give()
    except BaseException:
        # Back in the pool it would hold the lock for as long as the process lives.
        await connection.invalidate()
        raise


def _key(store: Store, name: str) -> int | str:
    """The lock's name at the server. MariaDB's are the whole server's: the database is part of it."""
    digest = blake2b(f"colloquery|{store.url.database}|{name}".encode(), digest_size=8)
    if store.dialect == "mysql":
        return f"colloquery_{digest.hexdigest()}"
    return int.from_bytes(digest.digest(), signed=True)


@asynccontextmanager
async def _file(store: Store, name: str) -> AsyncIterator[bool]:
    folder = store.path.with_name(f"{store.path.name}-locks")
    # Not a singleton: two of one process are two, as two processes are.
    lock = FileLock(folder / f"{name}.lock", timeout=0, is_singleton=False)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError as failure:
        raise file_failure(failure) from None
    try:
        yield True
    finally:
        lock.release()
