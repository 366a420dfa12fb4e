"""The main road: one question, step by step. Read this first.

accept → who → template → link → reserve → write → check → run → repair → present → settle. Accepting and settling are
transactions of their own (`core.ask.accept`, `core.ask.settle`), writing is in `core.ask.draft`, checking and running
in `core.ask.attempt`, what is done about an empty result in `core.ask.empty`; here is their order.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from core.ask.attempt import Attempt, attempt, spend_on_failure
from core.ask.draft import Draft, draft, redraft
from core.ask.empty import second_look
from core.ask.journal import Words
from core.ask.known import Known, look_up
from core.ask.present.facts import AnswerFacts
from core.ask.present.reply import ANSWER_ACTIONS, Presentable, choices_reply, notice_reply, present
from core.ask.present.steps import step
from core.ask.road import Answer, Asked, Walk
from core.chat import Chart, Choice, Reply, Sql
from core.errors import BeyondWriter, ColloqueryError, QueryFailed, QueryRefused, StoreFailed, UnknownConnection
from core.locale import say
from core.storage.patience import passes
from core.templates.checking import same_name
from core.templates.filling import filled

Result = TypeVar("Result")
log = logging.getLogger(__name__)

_BEYOND_REPAIR = frozenset({"query.cancelled", "query.too_slow", "query.too_big", "query.no_permission"})
"""Another query would fail alike, or nobody wants one."""


async def answer(walk: Walk) -> Answer:
    """Walk the road. What can go wrong ends in a reply that says so; `walk.ledger` holds what it has cost by then.

    Raises `StoreFailed` for a trouble of the store that passes: it says nothing of the question.
    """
    try:
        return await _unless_stopped(_walk(walk), walk.stop)
    except UnknownConnection as error:
        if error.code == "connection.choose":
            return Answer(_ask_back(walk.asked, error), error=error)
        return failed(walk.asked, error)
    except BeyondWriter as error:
        if error.code == "writer.ambiguous":
            return Answer(_ask_which(walk.asked, error), error=error)
        spend_on_failure(walk, error)
        return failed(walk.asked, error)
    except ColloqueryError as error:
        if isinstance(error, StoreFailed) and passes(error):
            raise
        spend_on_failure(walk, error)
        written = walk.ledger.sql or walk.ledger.draft
        return failed(walk.asked, error, Sql(written, walk.ledger.dialect) if written else None)


def failed(asked: Asked, error: ColloqueryError, sql: Sql | None = None) -> Answer:
    """The answer that says what went wrong and what to do next."""
    return Answer(notice_reply(asked.id, error, asked.person, sql), error=error)


async def _walk(walk: Walk) -> Answer:
    locale = walk.asked.person.locale
    walk.tell(step("linking", locale))
    known = await look_up(walk)
    walk.journal.note("linked", connection=known.connection.id, tables=len(known.schema.tables))
    ran = await _run(walk, known, await _draft(walk, known))
    ran = await second_look(walk, known, ran)

    walk.tell(step("drawing", locale))
    matched = ran.written.template is not None and not ran.written.template.pinned
    reply = present(_presentable(walk, ran), locale, (*ANSWER_ACTIONS, "not_meant") if matched else ANSWER_ACTIONS)
    chart = next((part.kind for part in reply.parts if isinstance(part, Chart)), None)
    walk.journal.note("presented", chart=chart)
    return Answer(reply, rows=len(ran.rows.rows), seconds=ran.rows.seconds, chart=chart)


async def _run(walk: Walk, known: Known, written: Draft) -> Attempt:
    """Check and run; what a model wrote and the check or the database refused is repaired once.

    A template that the database refuses leaves the question to a writer, unless the asker took it from the list.
    """
    try:
        return await attempt(walk, known, written)
    except (QueryRefused, QueryFailed) as error:
        if written.template is not None and not written.template.pinned and error.code not in _BEYOND_REPAIR:
            log.info("a template's query failed: %s", error.code, extra={"template": written.template.template.id})
            walk.ledger.forget_template()
            known = replace(known, template=None)
            return await _run(walk, known, await _draft(walk, known))
        if written.request is None or error.code in _BEYOND_REPAIR:
            raise
        walk.tell(step("repairing", walk.asked.person.locale))
        repaired = await redraft(walk, known, written, error)
        walk.journal.note("repaired", code=error.code, tokens=walk.ledger.usage.total_tokens)
    return replace(await attempt(walk, known, repaired), repaired="refused")


async def _draft(walk: Walk, known: Known) -> Draft:
    written = await draft(walk, known)
    by, tokens = written.written_by, walk.ledger.usage.total_tokens
    walk.journal.note("written", by=by, writer=written.writer or None, tokens=tokens, sql=Words(written.sql))
    return written


def _presentable(walk: Walk, ran: Attempt) -> Presentable:
    asked, ledger, checked = walk.asked, walk.ledger, ran.checked
    facts = AnswerFacts(
        tables=checked.tables,
        filters=checked.filters,
        ran_at=walk.road.clock(),
        timezone=asked.person.timezone,
        written_by=ran.written.written_by,
        writer=ran.written.writer,
        mended=checked.mended,
        hidden=checked.hidden,
        repaired=ran.repaired == "refused",
        rewritten=ran.repaired == "empty",
        usage=ledger.usage,
        values=ran.written.template.values if ran.written.template else (),
        read_as=_read_as(asked, ran),
        cost=ledger.usd,
    )
    return Presentable(asked.id, asked.question.text, ran.rows, checked.sql, checked.dialect, facts)


def _read_as(asked: Asked, ran: Attempt) -> str:
    """The template's own question with its values; empty where the asker put it in the same words."""
    if ran.written.template is None:
        return ""
    match = ran.written.template
    question = filled(match.template.question, dict(match.values))
    return "" if same_name(question) == same_name(asked.question.text) else question


def _ask_back(asked: Asked, error: UnknownConnection) -> Reply:
    names = error.details["names"]
    assert isinstance(names, tuple), "connection.choose carries the names"
    prompt = say(asked.person.locale, "ask.choose_connection")
    return choices_reply(
        asked.id, prompt, "connection", tuple(Choice(name, name) for name in names), asked.person.locale
    )


def _ask_which(asked: Asked, error: BeyondWriter) -> Reply:
    """Two tables or columns may be meant. What is chosen says which of them is not: the other."""
    first, second = str(error.details["a"]), str(error.details["b"])
    prompt = say(asked.person.locale, "ask.choose_meaning")
    options = (Choice(first, second), Choice(second, first))
    return choices_reply(asked.id, prompt, "meaning", options, asked.person.locale)


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
