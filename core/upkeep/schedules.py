"""Scheduled questions are asked when they are due.

Any number of processes may do it at once: the question of a due moment is one message, which is accepted once, and
whoever is first sets the next moment. A run that is late is made up for within an hour; what is older is let pass.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from core.ask import schedule_rows as rows
from core.ask.road import Road
from core.ask.schedule_pausing import pause_by_itself
from core.ask.scheduling.when import last_until, zone_of
from core.ask.service import Service
from core.chat import Question
from core.errors import BadQuestion, Busy, NotAllowed, UnknownConnection
from core.ids import run_message
from core.people.permission import Resource, require
from core.storage.own_tables import Schedule
from core.storage.session import lock_row, persistently

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)
"""How late a run is made up for."""

_AT_ONCE = 100
"""Schedules of one round; the next one is seconds later."""


async def run_schedules(road: Road, service: Service) -> int:
    """Ask what is due at the platforms that this process serves. Counts what was asked."""
    async with road.store.reading() as session:
        due = await rows.due(session, service.platforms, road.clock(), most=_AT_ONCE)
    return sum([await _take_up(road, service, row) for row in due])


async def _take_up(road: Road, service: Service, row: Schedule) -> bool:
    now = road.clock()
    assert row.next_at is not None, "it is due"
    due, missed = _moments(row, row.next_at, now)
    if due is None:
        log.warning("a scheduled question was let pass", extra={"schedule": row.id})
        await _go_on(road, row, None, missed)
        return False
    try:
        question = await _question(road, row, due)
        await service.accept(question)
    except Busy:
        return False  # the next round tries again, for an hour
    except (NotAllowed, UnknownConnection, BadQuestion) as refusal:
        await _stop(road, row, refusal.code)
        return False
    await _go_on(road, row, due, missed)
    return True


def _moments(row: Schedule, due: datetime, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Which moment is made up for now, and which is the last one that is let pass."""
    if now - due <= LATE:
        return due, None
    last = max(due, last_until(rows.when_of(row), now, zone_of(row.timezone)))
    return (last, due) if now - last <= LATE else (None, last)


async def _question(road: Road, row: Schedule, due: datetime) -> Question:
    """What is asked. Raises `NotAllowed`, `UnknownConnection` when its owner may no longer ask that there."""
    question = rows.question_of(row)
    person = await road.people.meet(question.actor)
    async with road.store.reading() as session:
        if row.connection_id not in await rows.connection_names(session, [row]):
            raise UnknownConnection("schedule.connection_gone")
        place = question.place
        if question.is_from_elsewhere:
            # As when it was made: by administrators alone, of what they could ask anywhere.
            require(person, "administer", Resource("system"), place)
            given = {one.id: one for one in await road.connections.seen(session, person, None)}
        else:
            given = {one.id: one for one in await road.connections.seen(session, person, place)}
        if row.connection_id not in given:
            raise NotAllowed("people.connection_not_given" if person.is_active else "people.inactive")
        require(person, "show", given[row.connection_id].resource, place)
    return replace(question, connection=row.connection_id, message=run_message(row.id, due), asked_at=due)


async def _go_on(road: Road, row: Schedule, due: datetime | None, missed: datetime | None) -> None:
    """Set the next moment, unless another process did, or somebody changed it."""
    seen = row.next_at

    async def write() -> None:
        async with road.store.writing() as session:
            now = await lock_row(session, Schedule, row.id)
            if now is None or now.next_at != seen:
                return
            now.next_at = rows.following(now, road.clock())
            now.missed_at = missed or now.missed_at
            if due is not None and (now.last_at is None or now.last_at < due):  # else it was answered already
                now.last_at, now.last_outcome, now.last_problem = due, "asked", None

    await persistently(write)


async def _stop(road: Road, row: Schedule, why: str) -> None:
    seen = row.next_at

    async def write() -> None:
        async with road.store.writing() as session:
            now = await lock_row(session, Schedule, row.id)
            if now is not None and now.next_at == seen:
                now.last_outcome, now.last_problem = "refused", why
                await pause_by_itself(session, now, why, road.announcing, road.clock())

    await persistently(write)
