"""What a door may ask of the core. Every adapter holds one `Service` and nothing else of it.

Each call that reads or does something for a person asks `core.people.permission.may` first and raises `NotAllowed`.
Questions are answered by tasks of this process; whatever it leaves undone when it dies, the inbox keeps.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import Literal
from urllib.parse import quote

from sqlalchemy import select

from core.ask import accept as accepting
from core.ask import after, conversations, pipeline
from core.ask.address_desk import AddressDesk
from core.ask.audit_desk import AuditDesk
from core.ask.catalog_desk import CatalogDesk
from core.ask.codec import question_from_json, reply_from_json
from core.ask.config_desk import ConfigDesk
from core.ask.connection_desk import ConnectionDesk
from core.ask.done import note_done
from core.ask.file_desk import FileDesk
from core.ask.job_desk import JobDesk
from core.ask.journal import Journal, Watcher, Words
from core.ask.line import Line, Waiting
from core.ask.live import Live
from core.ask.once_desk import OnceDesk
from core.ask.people_desk import PeopleDesk
from core.ask.refused import note_refusal, notes_refusals
from core.ask.road import Asked, Ledger, Road, Walk
from core.ask.schedule_desk import ScheduleDesk
from core.ask.session_desk import SessionDesk
from core.ask.settle import settle
from core.ask.template_desk import TemplateDesk
from core.ask.usage_desk import UsageDesk
from core.ask.why import Why
from core.chat import (
    Accepted,
    Actor,
    Exchange,
    Facts,
    Place,
    Question,
    Reply,
    Sql,
    Step,
    Table,
    Thread,
)
from core.errors import ColloqueryError, NotAllowed, StoreFailed
from core.ids import account_of, new_id, reply_id
from core.locale import format_number, say
from core.people.permission import Resource, require
from core.people.person import Person
from core.storage import inbox
from core.storage.own_tables import InboxItem
from core.storage.patience import patiently, shortly

log = logging.getLogger(__name__)

Deliver = Callable[[Question, Reply], Awaitable[None]]
"""Posts a finished reply to where its question was asked. Raises when it did not arrive."""

_POLL_SECONDS = 0.5
"""How often a follower looks for an answer that another process is making."""

SURE_SECONDS = inbox.LEASE.total_seconds()
"""For so long a question is this process's alone. After that another one may have answered it, too, if this one could
not say that it was at it: when it was stopped, or cut off."""

_RENEW_SECONDS = inbox.LEASE.total_seconds() / 3


@notes_refusals
class Service:
    """The core, as a door sees it. `doors` maps a platform to its `Deliver`, or to None where readers come for it."""

    def __init__(
        self,
        road: Road,
        doors: Mapping[str, Deliver | None],
        *,
        concurrency: int,
        longest_line: int = 200,
        watchers: tuple[Watcher, ...] = (),
    ) -> None:
        self._road = road
        self.usage = UsageDesk(road)
        self.saved = TemplateDesk(road)
        self.sources = ConnectionDesk(road)
        self.audit = AuditDesk(road)
        self.config = ConfigDesk(road)
        self.catalog = CatalogDesk(road)
        self.sessions = SessionDesk(road)
        self.once = OnceDesk(road)
        self.addresses = AddressDesk(road)
        self.files = FileDesk(road)
        self.jobs = JobDesk(road)
        self.people = PeopleDesk(road)
        self.schedules = ScheduleDesk(road)
        self._doors = dict(doors)
        self._posting = tuple(platform for platform, door in doors.items() if door is not None)
        self._worker = new_id()
        self._live: dict[str, Live] = {}
        self._watchers = watchers
        self.line = Line(concurrency, longest_line)
        self._heart: asyncio.Task[None] | None = None

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms of its doors."""
        return tuple(self._doors)

    async def accept(self, question: Question) -> Accepted:
        """Store a question so that it survives whatever is killed, and start on it.

        Raises `BadQuestion` (empty, too long), `NotAllowed`, `Busy`, `StoreFailed`.
        """
        question, began = accepting.tidy(question), perf_counter()
        road = self._road
        try:
            asked, new = await shortly(
                lambda: accepting.accept(
                    road.store, road.people, question, worker=self._worker, now=road.clock(), line=self.line
                )
            )
        except NotAllowed as refusal:
            platform = question.place.platform
            await note_refusal(
                road, question.actor, refusal, asked=platform, action="question.asked", resource_type="question"
            )
            raise
        if new:
            live = self._start(asked)
            live.journal.began = began
            live.journal.note("accepted", platform=question.place.platform, words=Words(question.text))
        return Accepted(asked.id, asked.session_id, new)

    async def follow(self, question_id: str, actor: Actor) -> AsyncIterator[Step | Reply]:
        """The steps of a question as they happen, then its reply, which ends it. Works after a restart too."""
        # Whoever follows may hang up at any moment. The store is not left in the middle of something for it: a web
        # server cancels again and again until its task has ended, which no orderly closing of a connection survives.
        try:
            await asyncio.shield(self._require(actor, "read", question_id))
        except NotAllowed as refusal:
            await asyncio.shield(note_refusal(self._road, actor, refusal, asked="question.follow"))
            raise
        while True:
            live = self._live.get(question_id)
            if live is not None:
                async for step in live.steps():
                    yield step
            reply = live.reply if live is not None else await asyncio.shield(self._stored_reply(question_id))
            if reply is not None:
                yield reply
                return
            await asyncio.sleep(_POLL_SECONDS)

    async def progress(self, question_id: str, actor: Actor) -> Step | Reply | None:
        """The reply of a question, else its last step where this process is at it, else None: without waiting."""
        await self._require(actor, "read", question_id)
        live = self._live.get(question_id)
        reply = live.reply if live is not None else None
        reply = reply or await self._stored_reply(question_id)
        return reply or (live.last_step if live is not None else None)

    async def stop(self, question_id: str, actor: Actor) -> bool:
        """Stop a question and its query at the server. False when it had already ended.

        Where another process is at it, that one hears of it at its next beat, some seconds later.
        """
        await self._require(actor, "stop", question_id)
        live = self._live.get(question_id)
        if live is None:
            async with self._road.store.writing() as session:
                stopped = await inbox.ask_to_stop(session, question_id)
        else:
            live.stop.set()
            stopped = True
        person = await self._person(actor) if stopped else None
        if person is not None:
            await note_done(self._road, person, "question.stopped", "question", question_id)
        return stopped

    async def history(self, actor: Actor, place: Place) -> tuple[Exchange, ...]:
        """The exchanges of a thread, oldest first. Empty for a thread that does not exist."""
        return await conversations.history(self._road, actor, place)

    async def threads(self, actor: Actor) -> tuple[Thread, ...]:
        """A person's last threads on their platform, newest first, at most 50."""
        return await conversations.threads(self._road, actor)

    async def knows_thread(self, place: Place) -> bool:
        """Whether somebody has asked in this thread before: what follows there needs no mention."""
        return await conversations.knows(self._road, place)

    async def recent(self, actor: Actor) -> tuple[Exchange, ...]:
        """A person's last questions on any platform, newest first, at most ten, without their replies."""
        return await conversations.recent(self._road, actor)

    async def question(self, question_id: str, actor: Actor) -> Question:
        """The question as it was asked, for its asker or an administrator."""
        return await after.question_of(self._road, question_id, actor)

    async def sql_of(self, question_id: str, actor: Actor) -> Sql:
        """The SQL of an answer. Raises `NoAnswer`."""
        return await after.sql_of(self._road, question_id, actor)

    async def explain(self, question_id: str, actor: Actor) -> Reply:
        """What the SQL of an answer does, in words of the actor's language. 0 tokens. Raises `NoAnswer`."""
        return await after.explain(self._road, question_id, actor)

    async def table_of(self, question_id: str, actor: Actor) -> tuple[str, Table, Sql, Facts]:
        """The question, table, SQL and facts of an answer, for a file. No query is run. Raises `NoAnswer`."""
        return await after.table_of(self._road, question_id, actor)

    async def feedback(self, question_id: str, actor: Actor, good: bool, reason: str = "") -> None:
        """Keep the actor's verdict on an answer; their last one counts. Raises `NoAnswer`, `BadEdit`."""
        await after.feedback(self._road, question_id, actor, good, reason)

    async def chosen(self, question_id: str, actor: Actor, value: str) -> Question:
        """The question that was asked back about, with what was chosen, to be accepted. Raises `NoAnswer`."""
        return await after.chosen(self._road, question_id, actor, value)

    async def rerun(self, question_id: str, edit: Question) -> Accepted:
        """Edit and run: accept `edit`, whose text is SQL, of the connection that the question named.

        The door makes `edit` like any question: by whoever clicked, at the place as it is now. Raises as `accept`.
        """
        return await self.accept(await after.edited(self._road, question_id, edit))

    async def why(self, question_id: str, actor: Actor) -> Why:
        """What was linked for a question, its prompt and the guard's verdict, worked out again. 0 tokens."""
        return await after.why_of(self._road, question_id, actor)

    def sign_in_url(self, token: str) -> str:
        """Where a one-time token lets somebody in; empty when it is not known how people reach the page.

        The token stands behind the #: no server, no log and no look ahead at a link is told of it.
        """
        root = self._road.public_url
        return f"{root}/sign-in#{quote(token, safe='')}" if root else ""

    async def person(self, actor: Actor) -> Person:
        """Who the actor is here. Raises `NotAllowed` when the door named a person who is not there."""
        return await self._road.people.meet(actor)

    async def require_asking(self, actor: Actor, place: Place) -> None:
        """For a door that says aloud what somebody asks before it is accepted. Raises `NotAllowed`."""
        require(await self._road.people.meet(actor), "ask", Resource("question"), place)

    async def delivered(self, question_id: str) -> None:
        """A door says that the reply has reached its place: it is never sent again."""
        await asyncio.shield(self._mark_delivered(question_id))  # as in `follow`

    async def recover(self, *, alone: bool = False) -> int:
        """Take up what dead processes left; `alone` says that no other process serves these doors, whatever the lease.

        Called at start and on a schedule. Returns how many items were taken up.
        """
        road, now = self._road, self._road.clock()
        async with road.store.writing() as session:
            items = await inbox.claim(
                session,
                self._worker,
                tuple(self._doors),
                now,
                most=100,
                posting=self._posting,
                alone=alone,
                # While the store was away nobody could renew a lease: what passed then is not left by anybody.
                besides=tuple(self._live),
            )
            taken = [(item.id, item.session_id, item.state, item.question) for item in items]
        for item_id, thread, state, stored in taken:
            if item_id in self._live:
                continue
            try:
                question = question_from_json(stored)
                async with road.store.writing() as session:
                    person = await road.people.know(session, question.actor)
            except Exception:
                # Its lease passes, and it is taken up again; those behind it need not wait for that.
                log.exception("a question was not taken up", extra={"question": item_id})
                continue
            self._start(Asked(item_id, thread, person, question), taken_up=True, answered=state == "answered")
        if taken:
            log.warning("questions taken up", extra={"count": len(taken)})
        return len(taken)

    async def close(self, grace_seconds: float = 5.0) -> None:
        """Finish what can be finished in time, hand the rest back to the inbox."""
        tasks = {live.task for live in self._live.values() if live.task is not None}
        if tasks:
            await asyncio.wait(tasks, timeout=grace_seconds)
        unfinished = list(self._live)
        counted = [one.asked.id for one in self._live.values() if one.is_counted]
        for live in list(self._live.values()):
            if live.task is not None:
                live.task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._heart is not None:
            self._heart.cancel()
            await asyncio.gather(self._heart, return_exceptions=True)
        await self.people.close()
        with suppress(StoreFailed):
            await self._road.refusals.flush(everything=True)
        if unfinished:
            try:
                async with self._road.store.writing() as session:
                    await inbox.release(session, self._worker, unfinished, counted)
                    for question_id in unfinished:
                        await self._road.usage.release(session, question_id)
            except StoreFailed as failure:
                # Their leases pass, and whoever serves then takes them up.
                log.warning("questions not handed back", extra={"count": len(unfinished), "code": failure.code})

    def _start(self, asked: Asked, *, taken_up: bool = False, answered: bool = False) -> Live:
        live = Live(asked, self._watchers, is_taken_up=taken_up)
        self._live[asked.id] = live
        place = self.line.join(asked.person.id)
        live.task = asyncio.create_task(self._work(asked, live, place, answered=answered))
        if self._heart is None or self._heart.done():
            self._heart = asyncio.create_task(self._renew())
        return live

    async def _work(self, asked: Asked, live: Live, place: Waiting, *, answered: bool) -> None:
        try:
            async with self.line.turn(place, partial(_in_line, live)):
                if answered or await self._answer(asked, live):
                    await self._deliver(asked)
        except StoreFailed as failure:
            # The inbox still has it: the sweep takes it up again when the store is back.
            log.warning("a question was not finished", extra={"question": asked.id, "code": failure.code})
        except Exception:
            # As above, three times at most.
            log.exception("a question was not finished", extra={"question": asked.id})
        finally:
            del self._live[asked.id]
            live.end()

    async def _answer(self, asked: Asked, live: Live) -> bool:
        """Whether it was ours to answer: False when another worker has taken it up while it stood in line."""
        # Whoever was at it before may have died with tokens set aside for it.
        road, ledger, waiting = self._road, Ledger(reserved=live.is_taken_up), partial(_waiting, live)
        attempts = await self._begin(live) if live.is_taken_up else 1
        if attempts is None:
            return False
        if attempts > inbox.MOST_ATTEMPTS:
            answer = pipeline.failed(asked, ColloqueryError("question.given_up"))
        else:
            walk = Walk(road, asked, ledger, live.tell, live.stop, live.journal)
            try:
                answer = await patiently(lambda: pipeline.answer(walk), waiting)
            except Exception:
                # A bug of ours must not leave a question without an answer; what it was is in the log alone.
                log.exception("a question failed unexpectedly", extra={"question": asked.id})
                answer = pipeline.failed(asked, ColloqueryError("unexpected"))
        settled = await patiently(
            lambda: settle(
                road.store,
                road.usage,
                asked,
                answer,
                ledger,
                worker=self._worker,
                now=road.clock(),
                announcing=road.announcing,
            ),
            waiting,
        )
        if settled:
            live.reply = answer.reply
            live.journal.note(
                "settled",
                code=answer.error.code if answer.error else None,
                rows=answer.rows,
                calls=ledger.calls,
                tokens=ledger.usage.total_tokens,
                written_by=ledger.written_by,
            )
        return True

    async def _begin(self, live: Live) -> int | None:
        async with self._road.store.writing() as session:
            attempts = await inbox.begin(session, self._worker, live.asked.id)
        live.is_counted = attempts is not None
        return attempts

    async def _deliver(self, asked: Asked) -> None:
        door, scheduled = self._doors.get(asked.question.place.platform), asked.question.schedule is not None
        reply = await self._stored_reply(asked.id) if door is not None or scheduled else None
        if reply is not None and scheduled:
            reply = await self.schedules.to_post(asked.id, asked.question, reply)
            if reply is None:
                await self.delivered(asked.id)
        if reply is not None and door is not None:
            await door(asked.question, reply)
            await self.delivered(asked.id)

    async def _mark_delivered(self, question_id: str) -> None:
        live = self._live.get(question_id)
        async with self._road.store.writing() as session:
            news = await inbox.delivered(session, question_id, self._road.clock())
        if news:
            (live.journal if live else Journal(question_id, self._watchers)).note("delivered")

    async def _renew(self) -> None:
        while self._live:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                async with self._road.store.writing() as session:
                    await inbox.renew(session, self._worker, list(self._live))
                    await self._road.usage.renew(session, list(self._live))
                    for question_id in await inbox.asked_to_stop(session, list(self._live)):
                        if (live := self._live.get(question_id)) is not None:
                            live.stop.set()
            except StoreFailed as failure:
                log.warning("leases not renewed", extra={"code": failure.code})

    async def _stored_reply(self, question_id: str) -> Reply | None:
        async with self._road.store.reading() as session:
            stored = await inbox.reply_of(session, reply_id(question_id))
        return None if stored is None else reply_from_json(stored)

    async def _person(self, actor: Actor) -> Person | None:
        return await self._road.people.find(actor)

    async def _require(self, actor: Actor, action: Literal["read", "stop"], question_id: str) -> None:
        live = self._live.get(question_id)
        if live is not None and live.was_asked_by(actor):
            person, owner, asker = live.asked.person, live.asked.person.id, live.asked.question.actor
        else:
            known = await self._person(actor)
            async with self._road.store.reading() as session:
                stored = select(InboxItem.user_id, InboxItem.question).where(InboxItem.id == question_id)
                found = (await session.execute(stored)).one_or_none()
            if known is None or found is None:
                raise NotAllowed("people.not_yours")
            person, owner, asker = known, found.user_id, question_from_json(found.question).actor
        require(person, action, Resource("question", owner, account=account_of(asker)))


def _waiting(live: Live, failure: StoreFailed) -> None:
    """The store is in trouble: whoever follows the question hears that it is not forgotten."""
    log.warning("a question waits for the store", extra={"question": live.asked.id, "code": failure.code})
    live.tell(Step("waiting", say(live.asked.person.locale, "steps.store")))


def _in_line(live: Live, place: int) -> None:
    locale = live.asked.person.locale
    live.tell(Step("waiting", say(locale, "steps.in_line", n=format_number(locale, place))))
