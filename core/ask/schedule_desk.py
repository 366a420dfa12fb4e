"""What a door may ask about scheduled questions: `Service.schedules`.

A schedule is its owner's: they make and change it. Administrators see all, and pause, resume, delete and run them. No
key of a program does any of it, because a question that is asked for good would outlive the key. See
docs/decisions/0027-schedules.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask import schedule_rows as rows
from core.ask.accept import tidy
from core.ask.answered import answered_for
from core.ask.codec import question_to_json
from core.ask.examples import asked_of
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.ask.schedule_judging import to_post
from core.ask.schedule_pausing import pause_by_itself
from core.ask.scheduling.condition import Condition, condition_to_json
from core.ask.scheduling.condition_words import parse_condition, print_condition
from core.ask.scheduling.when import When, next_after, when_to_json, zone_of
from core.ask.scheduling.when_words import parse_when, print_when
from core.ask.typed import is_sql
from core.audit.record import record
from core.chat import Actor, Place, Question, Reply
from core.connections.connection import Connection
from core.errors import BadEdit, NoSchedule, NotAllowed
from core.ids import new_id
from core.people.people import is_local
from core.people.permission import Resource, may, require
from core.people.person import Person
from core.scheduled import ScheduleChange, ScheduleView
from core.storage.own_tables import Schedule
from core.storage.session import add_row, lock_row, persistently

MOST = 50
"""Schedules of one person."""

_Switch = Callable[[Schedule, datetime], bool]
"""Changes a row; whether anything was changed."""


@notes_refusals
@dataclass(frozen=True)
class ScheduleDesk:
    """The scheduled questions, as a door sees them.

    Raises `NotAllowed`, and `NoSchedule` for an id that there is not or that is somebody else's.
    """

    road: Road

    async def all(self, actor: Actor, *, everybodys: bool = False) -> tuple[ScheduleView, ...]:
        """The actor's own, those that come next first; `everybodys`: all, for administrators."""
        person = await self._person(actor)
        if everybodys:
            require(person, "administer", Resource("system"))
        async with self.road.store.reading() as session:
            return await _views(session, person, await rows.listed(session, None if everybodys else person.id))

    async def one(self, actor: Actor, schedule_id: str) -> ScheduleView:
        """One of them."""
        person = await self._person(actor)
        async with self.road.store.reading() as session:
            row = await session.get(Schedule, schedule_id)
            return (await _views(session, person, [_seen(person, row)]))[0]

    async def make(self, question: Question, when: str, condition: str = "") -> ScheduleView:
        """Schedule a question, made by the door as for any message, to be posted at its place.

        `when` and `condition` are words (`core.ask.scheduling`), the hours those of the asker's zone. Only
        administrators have something posted at a place that is not of the platform they speak on, and from there a
        connection is asked that they could ask anywhere. Raises `BadQuestion`, `BadEdit`, `UnknownConnection`.
        """
        person = await self._person(question.actor)
        return await self._make(person, question, question.text, when, condition)

    async def from_answer(
        self, actor: Actor, question_id: str, place: Place, when: str, condition: str = ""
    ) -> ScheduleView:
        """Schedule the SQL of an answer: what was answered is answered again, at 0 tokens. Raises as `make`, and
        `NoAnswer`.
        """
        person = await self._person(actor)
        answered = await answered_for(self.road, question_id, actor)
        sql = answered.sql.text
        if not is_sql(sql):
            raise BadEdit("schedule.no_sql")
        connection, _ = await asked_of(self.road, answered)
        question = Question(actor, place, "", sql, self.road.clock(), connection.id)
        return await self._make(person, question, answered.question.text, when, condition)

    async def change(self, actor: Actor, schedule_id: str, change: ScheduleChange) -> ScheduleView:
        """Change what is asked, when, or on which condition it is posted. Its owner alone: it is they who ask."""
        person = await self._person(actor)
        when = None if change.when is None else parse_when(change.when)
        condition = None if change.condition is None else parse_condition(change.condition)

        async def write() -> None:
            async with self.road.store.writing() as session:
                row = await self._locked(session, person, schedule_id)
                if row.owner_id != person.id:
                    raise NotAllowed("people.not_yours")
                await self._require_reach(session, actor, person, row)
                old = _told(row)
                self._change(row, change.text, when, condition)
                await self._note(session, "schedule.changed", row, person, old)

        await persistently(write)
        return await self.one(actor, schedule_id)

    async def pause(self, actor: Actor, schedule_id: str) -> ScheduleView:
        """Ask it no more until it is resumed. What is under way is finished."""

        def pause(row: Schedule, now: datetime) -> bool:
            running = row.next_at is not None
            row.next_at, row.paused_why = None, None
            return running

        return await self._switched(actor, schedule_id, "schedule.paused", pause)

    async def resume(self, actor: Actor, schedule_id: str) -> ScheduleView:
        """Ask it again, from its next moment on."""

        def resume(row: Schedule, now: datetime) -> bool:
            if row.next_at is not None:
                return False
            row.next_at, row.paused_why, row.failures = rows.following(row, now), None, 0
            return True

        return await self._switched(actor, schedule_id, "schedule.resumed", resume)

    async def run(self, actor: Actor, schedule_id: str) -> ScheduleView:
        """Ask it now, too, as at its usual moment: the serving process takes it up within seconds.

        Raises `BadEdit` (schedule.is_paused).
        """

        def run(row: Schedule, now: datetime) -> bool:
            if row.next_at is None:
                raise BadEdit("schedule.is_paused")
            row.next_at = now
            return True

        return await self._switched(actor, schedule_id, "schedule.ran", run, asks=True)

    async def delete(self, actor: Actor, schedule_id: str) -> str:
        """Delete it. Returns its title."""
        person = await self._person(actor)

        async def write() -> str:
            async with self.road.store.writing() as session:
                row = await self._locked(session, person, schedule_id)
                title = row.title
                await self._note(session, "schedule.deleted", row, person, _told(row))
                await session.execute(delete(Schedule).where(Schedule.id == schedule_id))
                return title

        return await persistently(write)

    async def not_posted(self, question: Question, why: str) -> None:
        """For doors: the answer of a scheduled question could be posted neither at its place nor to its asker, who has
        no account there. It is paused, `why` being a code, and whom it concerns is told.
        """
        assert question.schedule is not None, "a schedule asked it"
        schedule_id = question.schedule

        async def write() -> None:
            async with self.road.store.writing() as session:
                row = await lock_row(session, Schedule, schedule_id)
                if row is not None:
                    row.last_outcome, row.last_problem = "refused", why
                    await pause_by_itself(session, row, why, self.road.announcing, self.road.clock())

        await persistently(write)

    async def to_post(self, question_id: str, question: Question, reply: Reply) -> Reply | None:
        """For `Service`: the answer of a scheduled question as it is posted, None when it is not."""
        return await to_post(self.road, question_id, question, reply)

    async def _make(self, person: Person, question: Question, title: str, when: str, condition: str) -> ScheduleView:
        timing, on = parse_when(when), parse_condition(condition)
        connection = await self._connection(person, question)
        question = tidy(question)
        schedule_id, now, zone = new_id(), self.road.clock(), zone_of(person.timezone)
        asker = replace(question.actor, user=person.id)
        question = replace(question, actor=asker, message="", connection=None, schedule=schedule_id)

        async def write() -> None:
            async with self.road.store.writing() as session:
                if await rows.count_of(session, person.id) >= MOST:
                    raise BadEdit("schedule.too_many", most=MOST)
                await add_row(
                    session,
                    Schedule,
                    id=schedule_id,
                    owner_id=person.id,
                    platform=question.place.platform,
                    title=rows.title_of(title),
                    question=question_to_json(question),
                    connection_id=connection.id,
                    timezone=zone.key,
                    timing=when_to_json(timing),
                    condition=condition_to_json(on),
                    next_at=next_after(timing, now, zone),
                    created_at=now,
                    changed_at=now,
                )
                row = await self._locked(session, person, schedule_id)
                await self._note(session, "schedule.added", row, person)

        await persistently(write)
        return await self.one(question.actor, schedule_id)

    async def _connection(self, person: Person, question: Question) -> Connection:
        """The connection that is asked there, as for a question."""
        actor, place = question.actor, question.place
        require(person, "ask", Resource("question"), place)
        elsewhere = question.is_from_elsewhere
        if elsewhere:
            self._require_place(person, place, of_machine=is_local(actor))
        async with self.road.store.reading() as session:
            connection = await self.road.connections.choose(
                session, person, None if elsewhere else place, question.connection
            )
        require(person, "show", connection.resource, place)
        return connection

    def _require_place(self, person: Person, place: Place, *, of_machine: bool) -> None:
        """A chat that can be told to post; for whoever sits at the machine itself, its page, too."""
        require(person, "administer", Resource("system"), place)
        if of_machine and place.platform == "web":
            return
        shape = self.road.announcing.get(place.platform)
        if shape is None or not shape.fullmatch(place.channel):
            raise BadEdit("schedule.place", place=f"{place.platform}:{place.workspace}:{place.channel}"[:100])

    async def _person(self, actor: Actor) -> Person:
        """Who it is; anybody may have schedules of their own, and no key."""
        person = await self.road.people.meet(actor)
        require(person, "manage", rows.resource_of(person.id))
        return person

    async def _locked(self, session: AsyncSession, person: Person, schedule_id: str) -> Schedule:
        return _seen(person, await lock_row(session, Schedule, schedule_id))

    async def _switched(
        self, actor: Actor, schedule_id: str, action: str, switch: _Switch, *, asks: bool = False
    ) -> ScheduleView:
        person = await self._person(actor)

        async def write() -> None:
            async with self.road.store.writing() as session:
                row = await self._locked(session, person, schedule_id)
                if asks:
                    await self._require_reach(session, actor, person, row)
                if switch(row, self.road.clock()):
                    await self._note(session, action, row, person)

        await persistently(write)
        return await self.one(actor, schedule_id)

    async def _require_reach(self, session: AsyncSession, actor: Actor, person: Person, row: Schedule) -> None:
        """What can be asked in a channel alone is changed and run from its chat alone: from elsewhere nobody knows that
        the owner is still in the channel, and the answers are the owner's to read. Raises `NotAllowed`.
        """
        place = rows.question_of(row).place
        is_there = (actor.platform, actor.workspace) == (place.platform, place.workspace)
        if is_there or may(person, "administer", Resource("system")).allowed:
            return
        if row.connection_id not in {one.id for one in await self.road.connections.seen(session, person, None)}:
            raise NotAllowed("people.connection_not_given")

    def _change(self, row: Schedule, text: str | None, when: When | None, condition: Condition | None) -> None:
        if text is not None:
            question = tidy(replace(rows.question_of(row), text=text, template=None, values=()))
            row.question, row.title = question_to_json(question), rows.title_of(question.text)
        if when is not None:
            row.timing = when_to_json(when)
            if row.next_at is not None:
                row.next_at = rows.following(row, self.road.clock())
        if condition is not None:
            row.condition = condition_to_json(condition)
        row.fingerprint = None

    async def _note(
        self, session: AsyncSession, action: str, row: Schedule, by: Person, old: dict[str, object] | None = None
    ) -> None:
        row.changed_at = self.road.clock()
        new = None if action == "schedule.deleted" else _told(row)
        await record(session, action, "schedule", row.id, by=by.id, old=old, new=new, at=row.changed_at)


def _seen(person: Person, row: Schedule | None) -> Schedule:
    """A row for whoever may see it: of others it is not told that it is there."""
    if row is None or not may(person, "manage", rows.resource_of(row.owner_id)).allowed:
        raise NoSchedule
    return row


async def _views(session: AsyncSession, person: Person, found: Sequence[Schedule]) -> tuple[ScheduleView, ...]:
    connections, owners = await rows.connection_names(session, found), await rows.owner_names(session, found)
    return tuple(rows.view(row, person.id, person.locale, connections, owners) for row in found)


def _told(row: Schedule) -> dict[str, object]:
    """What the audit says of one."""
    place = rows.question_of(row).place
    return {
        "title": row.title,
        "when": print_when(rows.when_of(row), "en"),
        "condition": print_condition(rows.condition_of(row), "en"),
        "timezone": row.timezone,
        "place": f"{place.platform}:{place.workspace}:{place.channel}",
    }
