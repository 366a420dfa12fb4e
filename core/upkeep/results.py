"""Rows of results are kept only as long as is set; the question, its SQL, its sentence and its figures stay."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.answered import ROWS_GONE
from core.ask.codec import reply_from_json, reply_to_json
from core.ask.present.plain import plain
from core.ask.retention import RESULTS_DAYS, RESULTS_DAYS_DEFAULT
from core.chat import Chart, Notice, Reply
from core.chat import Table as ResultTable
from core.config import read
from core.locale import say
from core.storage.base import UtcDateTime
from core.storage.models import ChatMessage
from core.storage.session import Store, persistently

_TOGETHER = 50
"""Answers of one transaction: a large one holds some hundred kilobytes."""

_rows = cast("Table", ChatMessage.__table__)
_AFTER, _UNTIL = bindparam("after", type_=UtcDateTime), bindparam("until", type_=UtcDateTime)
_OLD = (
    select(_rows.c.id, _rows.c.timestamp, _rows.c.query_result)
    .where(_rows.c.timestamp > _AFTER, _rows.c.timestamp < _UNTIL, _rows.c.message_type == "assistant")
    .order_by(_rows.c.timestamp)
    .limit(_TOGETHER)
)
_FORGOTTEN = (
    update(_rows)
    .where(_rows.c.id == bindparam("row"))
    .values(query_result=bindparam("reply"), content=bindparam("words"))
)


async def forget_results(store: Store, now: datetime, after: datetime) -> tuple[int, datetime]:
    """Forget the rows of answers that are old enough and were given after a moment; how many, and up to which moment.

    The next run goes on from there: nothing is read again that was forgotten before.
    """
    async with store.reading() as session:
        days = await read(session, RESULTS_DAYS, RESULTS_DAYS_DEFAULT)
    if not days:
        return 0, after
    until, done = now - timedelta(days=days), 0
    while True:
        async with store.reading() as session:
            found = (await session.execute(_OLD, {"after": after, "until": until})).all()
        if not found:
            return done, after
        if len(found) == _TOGETHER:
            # Others of the last one's moment may not be among these: they all come in the next round.
            found = [row for row in found if row.timestamp < found[-1].timestamp] or found
        made = [one for row in found if (one := _without_rows(row)) is not None]

        async def write(made: Sequence[dict[str, Any]] = made) -> None:
            async with store.writing() as session:
                await _write(session, made)

        if made:
            await persistently(write)
        done += len(made)
        after = found[-1].timestamp


async def _write(session: AsyncSession, made: Sequence[dict[str, Any]]) -> None:
    for one in made:
        await session.execute(_FORGOTTEN, one)


def _without_rows(row: Any) -> dict[str, Any] | None:
    """The answer without what came from the database; None when it has nothing of it."""
    if row.query_result is None:
        return None
    reply = reply_from_json(row.query_result)
    if not any(isinstance(part, ResultTable | Chart) for part in reply.parts):
        return None
    bare = forgotten(reply)
    return {"row": row.id, "reply": reply_to_json(bare), "words": bare.plain}


def forgotten(reply: Reply) -> Reply:
    """A reply without its tables and charts, which says that they are gone."""
    kept = tuple(part for part in reply.parts if not isinstance(part, ResultTable | Chart))
    parts = (*kept, Notice("info", ROWS_GONE, say(reply.locale, f"errors.{ROWS_GONE}.text")))
    return replace(reply, parts=parts, plain=plain(parts, reply.locale))
