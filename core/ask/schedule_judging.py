"""Whether the answer of a scheduled question is posted. Decided once for each run, however often it is delivered.

It is decided on the answer as it is stored, in which private columns are hidden already: a condition finds out nothing
that the people who read at the place may not see.
"""

from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import select

from core.ask.present.visible import one_line
from core.ask.road import Road
from core.ask.schedule_pausing import FAILED, pause_by_itself
from core.ask.schedule_rows import condition_of, owner_names, when_of
from core.ask.scheduling.condition import Plain, holds
from core.ask.scheduling.fingerprint import PURPOSE, fingerprint, is_same
from core.ask.scheduling.when_words import print_when
from core.audit.record import record
from core.chat import Notice, Question, Reply, Sql, Table, Text
from core.errors import BadEdit
from core.ids import event_id
from core.locale import say
from core.scheduled import Outcome
from core.sql.order import is_ordered
from core.storage.models import Event
from core.storage.own_tables import Schedule
from core.storage.session import insert_if_absent, lock_row, persistently

MOST_FAILURES = 3
"""Runs in a row that gave no result, after which it is paused."""

_NOT_ALLOWED = "people."
"""Codes of `NotAllowed` begin so: the owner may not ask it there any more."""
_OVER_A_LIMIT = "quota."


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended: see `core.scheduled.Outcome`. `fingerprint`: of its rows, where they are compared."""

    outcome: Outcome
    problem: str = ""
    fingerprint: str | None = None


async def to_post(road: Road, question_id: str, question: Question, reply: Reply) -> Reply | None:
    """The answer of a scheduled question as it is posted, None when it is not."""
    assert question.schedule is not None, "a schedule asked it"
    schedule_id = question.schedule
    return await persistently(lambda: _to_post(road, question_id, schedule_id, question, reply))


async def _to_post(road: Road, question_id: str, schedule_id: str, question: Question, reply: Reply) -> Reply | None:
    now, decided = road.clock(), event_id("schedule.judged", question_id)
    async with road.store.writing() as session:
        row = await lock_row(session, Schedule, schedule_id)
        if row is None:
            return None  # deleted meanwhile
        before = await session.scalar(select(Event.event_data).where(Event.id == decided))
        if before is None:
            verdict = _judge(road, row, reply)
            outcome = verdict.outcome
            await insert_if_absent(
                session,
                Event,
                id=decided,
                event_type="schedule.judged",
                user_id=row.owner_id,
                event_data={"schedule": row.id, "question_id": question_id, "outcome": outcome},
                timestamp=now,
            )
            told = {"question_id": question_id, "outcome": outcome}
            refused = verdict.problem or None
            await record(
                session, "schedule.ran", "schedule", row.id, by=row.owner_id, new=told, refused=refused, at=now
            )  # fmt: skip
            if row.last_at is None or question.asked_at >= row.last_at:  # no later run was asked meanwhile
                _note(row, question, verdict)
                if (why := _stops(row, verdict)) is not None:
                    await pause_by_itself(session, row, why, road.announcing, now)
        else:
            outcome = cast("dict[str, Any]", before)["outcome"]
        name = (await owner_names(session, [row])).get(row.owner_id, "")
        return _signed(row, name, reply) if outcome == "posted" else None


def _judge(road: Road, row: Schedule, reply: Reply) -> Verdict:
    table = next((part for part in reply.parts if isinstance(part, Table)), None)
    if not reply.ok or table is None:
        problem = next((part.code for part in reply.parts if isinstance(part, Notice)), "schedule.no_result")
        stopped = problem.startswith((_NOT_ALLOWED, _OVER_A_LIMIT))
        return Verdict("refused" if stopped else "failed", problem)
    condition = condition_of(row)
    told: str | None = None
    changed = True
    if condition == Plain("changed"):
        keyring = road.connections.keyring
        keys = keyring.derived(PURPOSE)
        sql = next((part for part in reply.parts if isinstance(part, Sql)), None)
        ordered = sql is not None and is_ordered(sql.text, sql.dialect)
        changed = not is_same(row.fingerprint or "", table, ordered=ordered, keys=keys)
        told = fingerprint(table, ordered=ordered, key_id=keyring.active, keys=keys)
    try:
        meets = holds(condition, table, changed=changed)
    except BadEdit as error:
        return Verdict("failed", error.code)
    if meets:
        return Verdict("posted", fingerprint=told)
    return Verdict("unchanged" if told else "not_met", fingerprint=told)


def _note(row: Schedule, question: Question, verdict: Verdict) -> None:
    row.last_at = question.asked_at
    row.last_outcome, row.last_problem = verdict.outcome, verdict.problem or None
    if verdict.outcome == "failed":
        row.failures += 1
    elif verdict.outcome != "refused":
        row.failures, row.fingerprint = 0, verdict.fingerprint


def _stops(row: Schedule, verdict: Verdict) -> str | None:
    """Why it is paused by itself; None when it goes on. A limit has an end: nothing is wrong with the question."""
    if verdict.problem.startswith(_NOT_ALLOWED):
        return verdict.problem
    return FAILED if row.failures >= MOST_FAILURES else None


def _signed(row: Schedule, owner: str, reply: Reply) -> Reply:
    """The answer under its question, whose schedule it is, and how to pause it: nobody has just asked."""
    when = print_when(when_of(row), reply.locale)
    line = say(reply.locale, "schedule.by", name=one_line(owner), when=when, zone=row.timezone)
    heading = f"{row.title}\n{line}"
    return replace(reply, parts=(Text(heading), *reply.parts), plain=f"{heading}\n\n{reply.plain}")
