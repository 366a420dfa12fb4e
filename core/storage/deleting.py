"""Deleting much, a little at a time: whoever writes meanwhile hardly waits, and memory does not grow.

Each batch is a transaction of its own. Its size follows how long the last one took, so that it fits the machine, the
table and whatever else goes on there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, delete, func, select, text

from core.storage.base import Base
from core.storage.session import Store, persistently

Before = Callable[[Sequence[str]], Awaitable[None]]

AIM = 0.005
"""Seconds for a batch. A writer that comes at a bad moment waits for one of them; nobody shall wait longer than 100 ms,
and the rest of these is for a slow disk."""

_FIRST, _LARGEST = 100, 128
"""Rows. What so many change in SQLite's log, one page and more for each, is well below the 1,000 pages at which whoever
commits next has to write the log into the file."""

_PAUSE, _LEAST_PAUSE = 1.0, 0.03
"""Of a batch's time, and seconds, spent waiting after it.

What slows others down most is not the lock but the disk: each row of a large table has pages of its own to read and to
write; see docs/decisions/0029-deleting-at-the-disks-pace.md.
"""


async def delete_in_batches(
    store: Store, model: type[Base], where: ColumnElement[bool], *, before: Before | None = None
) -> int:
    """Delete the rows of a table that fit. Counts them. Raises `StoreFailed`; what was deleted by then stays so.

    `before` is done with the ids of each batch before it is deleted; what it raises ends it.
    """
    table, size, done = cast("Table", model.__table__), _FIRST, 0
    while True:
        begun = perf_counter()
        # Found without a lock, and changed by their ids: rows that another process deletes meanwhile are not counted.
        async with store.reading() as session:
            ids = list(await session.scalars(select(table.c.id).where(where).limit(size)))
            if store.dialect == "sqlite":
                # Brings what the disk has of their key's index into memory: else it is read under the lock.
                await session.execute(select(func.count()).where(table.c.id.in_(ids)))
        if ids and before is not None:
            await before(ids)
        found = perf_counter()

        async def change(ids: list[str] = ids) -> int:
            async with store.writing() as session:
                return cast(
                    "CursorResult[Any]", await session.execute(delete(table).where(table.c.id.in_(ids)))
                ).rowcount

        done += await persistently(change) if ids else 0
        took = max(perf_counter() - found, 1e-4)
        if ids and store.dialect == "sqlite":
            await _write_log_into_file(store)
        if len(ids) < size:
            return done
        size = max(1, min(_LARGEST, int(size * min(2.0, AIM / took))))
        await asyncio.sleep(max(_LEAST_PAUSE, (perf_counter() - begun) * _PAUSE))


async def _write_log_into_file(store: Store) -> None:
    # As far as it goes without keeping anybody waiting. Left alone, the log is written by whoever makes it long.
    async with store.reading() as session:
        await session.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))
