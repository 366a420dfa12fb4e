"""The main road: one question, step by step. Read this first.

accept → who → template → link → reserve → write → check → run → repair → present → settle. Accepting and settling are
transactions of their own (`core.ask.accept`, `core.ask.settle`), writing is in `core.ask.draft`; here is their order.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from core.ask.check import Checked, check
from core.ask.draft import Draft, draft, redraft
from core.ask.known import Known, look_up
from core.ask.present.facts import AnswerFacts
from core.ask.present.reply import Presentable, choices_reply, notice_reply, present
from core.ask.present.steps import step
from core.ask.road import Answer, Asked, Walk
from core.chat import Chart, Choice, Reply, Sql
from core.engines.base import Rows
from core.errors import ColloqueryError, QueryFailed, QueryRefused, UnknownConnection
from core.locale import say
from core.model.base import Usage
from core.usage.cost_calculator import cost

Result = TypeVar("Result")

_BEYOND_REPAIR = frozenset({"query.cancelled", "query.too_slow", "query.too_big", "query.no_permission"})
"""Another query would fail alike, or nobody wants one."""


async def answer(walk: Walk) -> Answer:
    """Walk the road. What can go wrong ends in a reply that says so; `walk.ledger` holds what it has cost by then."""
    try:
        return await _unless_stopped(_walk(walk), walk.stop)
    except UnknownConnection as error:
        if error.code == "connection.choose":
            return Answer(_ask_back(walk.asked, error), error=error)
        return failed(walk.asked, error)
    except ColloqueryError as error:
        usage = error.details.get("usage")
        if isinstance(usage, Usage):  # a model call that failed may have cost tokens all the same
            walk.ledger.spend(usage, str(error.details.get("model", "")))
        return failed(walk.asked, error, Sql(walk.ledger.sql, walk.ledger.dialect) if walk.ledger.sql else None)


def failed(asked: Asked, error: ColloqueryError, sql: Sql | None = None) -> Answer:
    """The answer that says what went wrong and what to do next."""
    return Answer(notice_reply(asked.id, error, asked.person, sql), error=error)


async def _walk(walk: Walk) -> Answer:
    locale = walk.asked.person.locale
    walk.tell(step("linking", locale))
    known = await look_up(walk)
    written = await draft(walk, known)
    try:
        checked, rows = await _check_and_run(walk, known, written)
    except (QueryRefused, QueryFailed) as error:
        if written.request is None or error.code in _BEYOND_REPAIR:
            raise
        walk.tell(step("repairing", locale))
        written = await redraft(walk, known.schema, written, error)
        checked, rows = await _check_and_run(walk, known, written)

    walk.tell(step("drawing", locale))
    reply = present(_presentable(walk, written, checked, rows), locale)
    chart = next((part.kind for part in reply.parts if isinstance(part, Chart)), None)
    return Answer(reply, rows=len(rows.rows), seconds=rows.seconds, chart=chart)


async def _check_and_run(walk: Walk, known: Known, written: Draft) -> tuple[Checked, Rows]:
    road, locale = walk.road, walk.asked.person.locale
    walk.tell(step("checking", locale))
    checked = check(written.sql, known.schema, road.limits.rows)
    walk.ledger.sql, walk.ledger.dialect = checked.sql, checked.dialect
    walk.tell(step("running", locale))
    target = road.connections.target(known.connection)
    return checked, await road.databases.run(known.connection.id, target, checked.sql, road.limits, walk.stop)


def _presentable(walk: Walk, written: Draft, checked: Checked, rows: Rows) -> Presentable:
    asked, ledger = walk.asked, walk.ledger
    facts = AnswerFacts(
        tables=checked.tables,
        filters=checked.filters,
        ran_at=walk.road.clock(),
        timezone=asked.person.timezone,
        written_by=written.written_by,
        writer=written.writer,
        mended=checked.mended,
        repaired=ledger.calls > 1,
        usage=ledger.usage,
        cost=cost(ledger.model, ledger.usage.prompt_tokens, ledger.usage.completion_tokens).usd,
    )
    return Presentable(asked.id, asked.question.text, rows, checked.sql, checked.dialect, facts)


def _ask_back(asked: Asked, error: UnknownConnection) -> Reply:
    names = error.details["names"]
    assert isinstance(names, tuple), "connection.choose carries the names"
    prompt = say(asked.person.locale, "ask.choose_connection")
    return choices_reply(
        asked.id, prompt, "connection", tuple(Choice(name, name) for name in names), asked.person.locale
    )


async def _unless_stopped(work: Coroutine[Any, Any, Result], stop: asyncio.Event) -> Result:
    """Run `work` until it ends or somebody stops it, which also ends a model call that is under way."""
    task = asyncio.ensure_future(work)
    brake = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, brake}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise QueryFailed("query.cancelled")
    finally:
        brake.cancel()
        task.cancel()
        await asyncio.gather(task, brake, return_exceptions=True)
