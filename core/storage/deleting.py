"""Deleting much, a little at a time: whoever writes meanwhile hardly waits, and memory does not grow.

Each batch is a transaction of its own. Its size follows how long the last one took, so that it fits the machine, the
table and whatever else goes on there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, delete, func, select

from core.storage.base import Base
from core.storage.session import Store, persistently

Before = Callable[[Sequence[str]], Awaitable[None]]

AIM = 0.005
"""Seconds for a batch. A writer that comes at a bad moment waits for one of them; nobody shall wait longer than 100 ms,
and the rest of these is for a slow disk."""

_FIRST, _LARGEST = 100, 5_000
_PAUSE, _LEAST_PAUSE = 1.0, 0.1
"""Of a batch's time, and seconds, spent waiting after it.

What slows others down most is not the lock but the disk: each row of a large table has pages of its own to read and to
write. Some 1,200 rows a second leave room on a disk of 5,000 operations a second, as they are rented; see
docs/decisions/0029-deleting-at-the-disks-pace.md.
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
        ended = perf_counter()
        if len(ids) < size:
            return done
        took = max(ended - found, 1e-4)
        size = max(1, min(_LARGEST, int(size * min(2.0, AIM / took))))
        await asyncio.sleep(max(_LEAST_PAUSE, (ended - begun) * _PAUSE))
