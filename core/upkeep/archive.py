"""What is deleted may be written into files first: JSON lines, compressed, one file a table and day.

A batch is on the disk before its rows are deleted. A process that dies between the two leaves rows that are in the
archive already; the next run writes them once more: each line has its row's id.
"""

import asyncio
import gzip
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, select

from core.errors import StoreFailed
from core.storage.base import Base
from core.storage.deleting import delete_in_batches
from core.storage.session import Store


@dataclass(frozen=True)
class Archive:
    """Where what is deleted is kept; nowhere without a folder."""

    folder: Path | None = None

    async def delete(self, store: Store, model: type[Base], where: ColumnElement[bool], now: datetime) -> int:
        """Delete the rows that fit, after they were written into the archive, where there is one. Counts them.

        Raises `StoreFailed` (store.archive when the archive cannot be written: nothing is deleted then).
        """
        if self.folder is None:
            return await delete_in_batches(store, model, where)
        table = cast("Table", model.__table__)
        path = self.folder / f"{table.name}-{now:%Y-%m-%d}.jsonl.gz"

        async def keep(ids: Sequence[str]) -> None:
            async with store.reading() as session:
                rows = (await session.execute(select(table).where(table.c.id.in_(ids)))).mappings().all()
            await asyncio.to_thread(_append, path, [dict(row) for row in rows])

        return await delete_in_batches(store, model, where, before=keep)


def _append(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Append one compressed piece, on the disk when this returns: such pieces after each other are one file."""
    text = "".join(json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # People's questions and answers are in it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
            file.write(gzip.compress(text.encode("utf-8", "surrogatepass")))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise StoreFailed("store.archive") from None


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
