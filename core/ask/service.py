"""What a door may ask of the core. Every adapter holds one `Service` and nothing else of it.

Each call that reads or does something for a person asks `core.people.permission.may` first and raises `NotAllowed`.
Questions are answered by tasks of this process; whatever it leaves undone when it dies, the inbox keeps.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select

from core.ask import accept as accepting
from core.ask import pipeline
from core.ask.codec import question_from_json, reply_from_json
from core.ask.live import Live
from core.ask.road import Asked, Ledger, Road, Walk
from core.ask.settle import settle
from core.chat import (
    Accepted,
    Actor,
    ConnectionChoice,
    Exchange,
    Place,
    Question,
    Reply,
    Step,
    Thread,
    UsageWindow,
)
from core.errors import ColloqueryError, NotAllowed, StoreFailed, UnknownConnection
from core.ids import new_id, reply_id, session_id
from core.people.permission import Resource, require
from core.people.person import Person
from core.storage import inbox
from core.storage.models import AuditLog, ChatMessage, ChatSession
from core.storage.own_tables import InboxItem
from core.storage.session import persistently

log = logging.getLogger(__name__)

Deliver = Callable[[Question, Reply], Awaitable[None]]
"""Posts a finished reply to where its question was asked. Raises when it did not arrive."""

_POLL_SECONDS = 0.5
"""How often a follower looks for an answer that another process is making."""

_RENEW_SECONDS = inbox.LEASE.total_seconds() / 3


class Service:
    """The core, as a door sees it. `doors` maps a platform to its `Deliver`, or to None where readers come for it."""

    def __init__(self, road: Road, doors: Mapping[str, Deliver | None], *, concurrency: int) -> None:
        self._road = road
        self._doors = dict(doors)
        self._posting = tuple(platform for platform, door in doors.items() if door is not None)
        self._worker = new_id()
        self._live: dict[str, Live] = {}
        self._room = asyncio.Semaphore(concurrency)
        self._heart: asyncio.Task[None] | None = None

    async def accept(self, question: Question) -> Accepted:
        """Store a question so that it survives whatever is killed, and start on it.

        Raises `BadQuestion` (empty, too long), `NotAllowed`, `StoreFailed`.
        """
        question = accepting.tidy(question)
        road = self._road
        try:
            asked, new = await persistently(
                lambda: accepting.accept(road.store, road.people, question, worker=self._worker, now=road.clock())
            )
        except NotAllowed as refusal:
            await self._audit_refusal(question, refusal)
            raise
        if new:
            self._start(asked)
        return Accepted(asked.id, asked.session_id, new)

    async def follow(self, question_id: str, actor: Actor) -> AsyncIterator[Step | Reply]:
        """The steps of a question as they happen, then its reply, which ends it. Works after a restart too."""
        # Whoever follows may hang up at any moment. The store is not left in the middle of something for it: a web
        # server cancels again and again until its task has ended, which no orderly closing of a connection survives.
        await asyncio.shield(self._require(actor, "read", question_id))
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

    async def stop(self, question_id: str, actor: Actor) -> bool:
        """Stop a question and its query at the server. False when it had already ended."""
        await self._require(actor, "stop", question_id)
        live = self._live.get(question_id)
        if live is None:
            return False
        live.stop.set()
        return True

    async def history(self, actor: Actor, place: Place) -> tuple[Exchange, ...]:
        """The exchanges of a thread, oldest first. Empty for a thread that does not exist."""
        person = await self._person(actor)
        thread = session_id(place)
        async with self._road.store.reading() as session:
            owner = await session.scalar(select(ChatSession.user_id).where(ChatSession.id == thread))
            if owner is None:
                return ()
            if person is None:
                raise NotAllowed("people.not_yours")
            require(person, "read", Resource("thread", owner), place)
            messages = (
                await session.scalars(
                    select(ChatMessage).where(ChatMessage.session_id == thread).order_by(ChatMessage.sequence_number)
                )
            ).all()
        replies = {row.id: row.query_result for row in messages if row.message_type == "assistant"}
        return tuple(
            Exchange(
                row.id,
                row.content,
                row.timestamp,
                reply_from_json(replies[reply_id(row.id)]) if reply_id(row.id) in replies else None,
            )
            for row in messages
            if row.message_type == "user"
        )

    async def threads(self, actor: Actor) -> tuple[Thread, ...]:
        """A person's last threads on their platform, newest first, at most 50."""
        person = await self._person(actor)
        if person is None:
            return ()
        async with self._road.store.reading() as session:
            rows = await session.execute(
                select(InboxItem.question, ChatSession.title, ChatSession.last_message_at)
                .join(ChatSession, ChatSession.id == InboxItem.session_id)
                .join(ChatMessage, ChatMessage.id == InboxItem.id)
                .where(
                    ChatSession.user_id == person.id,
                    InboxItem.platform == actor.platform,
                    ChatMessage.sequence_number == 1,
                )
                .order_by(ChatSession.last_message_at.desc())
                .limit(50)
            )
            return tuple(
                Thread(question_from_json(question).place.thread, title or "", last or datetime.now(UTC))
                for question, title, last in rows
            )

    async def connections(self, actor: Actor, place: Place) -> tuple[ConnectionChoice, ...]:
        """The connections this person may ask from this place."""
        person = await self._person(actor)
        if person is None:
            async with self._road.store.writing() as session:
                person = await self._road.people.know(session, actor)
        require(person, "ask", Resource("question"), place)
        async with self._road.store.reading() as session:
            usable = await self._road.connections.usable(session, person, place)
            try:
                chosen = (await self._road.connections.choose(session, person, place, None)).id
            except UnknownConnection:  # nothing is chosen: the list shows it by marking none
                chosen = None
        return tuple(ConnectionChoice(one.name, one.kind, one.id == chosen) for one in usable)

    async def usage(self, actor: Actor) -> tuple[UsageWindow, ...]:
        """The person's three windows: hour, day, month."""
        person = await self._person(actor)
        if person is not None:
            require(person, "see_usage", Resource("usage", person.id))
        return (await self._road.usage.check_rate_limit(person.id if person else ""))["windows"]

    async def delivered(self, question_id: str) -> None:
        """A door says that the reply has reached its place: it is never sent again."""
        await asyncio.shield(self._mark_delivered(question_id))  # as in `follow`

    async def recover(self, *, alone: bool = False) -> int:
        """Take up what dead processes left; `alone` says that no other process serves these doors, whatever the lease.

        Called at start and on a schedule. Returns how many items were taken up.
        """
        road, now = self._road, self._road.clock()
        async with road.store.writing() as session:
            left = now + inbox.LEASE if alone else now
            items = await inbox.claim(
                session, self._worker, tuple(self._doors), now, most=100, posting=self._posting, left_before=left
            )
            taken = [(item.id, item.session_id, item.state, item.attempts, item.question) for item in items]
        for item_id, thread, state, attempts, stored in taken:
            if item_id in self._live:
                continue
            question = question_from_json(stored)
            async with road.store.writing() as session:
                person = await road.people.know(session, question.actor)
            self._start(
                Asked(item_id, thread, person, question),
                answered=state == "answered",
                hopeless=attempts > inbox.MOST_ATTEMPTS,
            )
        if taken:
            log.warning("questions taken up", extra={"count": len(taken)})
        return len(taken)

    async def close(self, grace_seconds: float = 5.0) -> None:
        """Finish what can be finished in time, hand the rest back to the inbox."""
        tasks = {live.task for live in self._live.values() if live.task is not None}
        if tasks:
            await asyncio.wait(tasks, timeout=grace_seconds)
        unfinished = list(self._live)
        for live in list(self._live.values()):
            if live.task is not None:
                live.task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._heart is not None:
            self._heart.cancel()
            await asyncio.gather(self._heart, return_exceptions=True)
        if unfinished:
            async with self._road.store.writing() as session:
                await inbox.release(session, self._worker, unfinished)
                for question_id in unfinished:
                    await self._road.usage.release(session, question_id)

    def _start(self, asked: Asked, *, answered: bool = False, hopeless: bool = False) -> None:
        live = Live(asked)
        self._live[asked.id] = live
        live.task = asyncio.create_task(self._work(asked, live, answered=answered, hopeless=hopeless))
        if self._heart is None or self._heart.done():
            self._heart = asyncio.create_task(self._renew())

    async def _work(self, asked: Asked, live: Live, *, answered: bool, hopeless: bool) -> None:
        try:
            async with self._room:
                if not answered:
                    await self._answer(asked, live, hopeless=hopeless)
                await self._deliver(asked)
        except Exception:
            # The inbox still has it: the sweep takes it up again, when the store is back or three times at most.
            log.exception("a question was not finished", extra={"question": asked.id})
        finally:
            del self._live[asked.id]
            live.end()

    async def _answer(self, asked: Asked, live: Live, *, hopeless: bool) -> None:
        road, ledger = self._road, Ledger()
        if hopeless:
            answer = pipeline.failed(asked, ColloqueryError("question.given_up"))
        else:
            try:
                answer = await pipeline.answer(Walk(road, asked, ledger, live.tell, live.stop))
            except Exception:
                # A bug of ours must not leave a question without an answer; what it was is in the log alone.
                log.exception("a question failed unexpectedly", extra={"question": asked.id})
                answer = pipeline.failed(asked, ColloqueryError("unexpected"))
        settled = await persistently(
            lambda: settle(road.store, road.usage, asked, answer, ledger, worker=self._worker, now=road.clock())
        )
        if settled:
            live.reply = answer.reply

    async def _deliver(self, asked: Asked) -> None:
        door = self._doors.get(asked.question.place.platform)
        if door is None:
            return
        reply = await self._stored_reply(asked.id)
        if reply is not None:
            await door(asked.question, reply)
            await self.delivered(asked.id)

    async def _mark_delivered(self, question_id: str) -> None:
        async with self._road.store.writing() as session:
            await inbox.delivered(session, question_id, self._road.clock())

    async def _renew(self) -> None:
        while self._live:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                async with self._road.store.writing() as session:
                    await inbox.renew(session, self._worker, list(self._live), self._road.clock())
            except StoreFailed:
                log.exception("leases not renewed")

    async def _stored_reply(self, question_id: str) -> Reply | None:
        async with self._road.store.reading() as session:
            stored = await inbox.reply_of(session, reply_id(question_id))
        return None if stored is None else reply_from_json(stored)

    async def _person(self, actor: Actor) -> Person | None:
        return await self._road.people.find(actor)

    async def _require(self, actor: Actor, action: Literal["read", "stop"], question_id: str) -> None:
        live = self._live.get(question_id)
        if live is not None and live.was_asked_by(actor):
            person, owner = live.asked.person, live.asked.person.id
        else:
            known = await self._person(actor)
            async with self._road.store.reading() as session:
                found = await session.scalar(select(InboxItem.user_id).where(InboxItem.id == question_id))
            if known is None or found is None:
                raise NotAllowed("people.not_yours")
            person, owner = known, found
        require(person, action, Resource("question", owner))

    async def _audit_refusal(self, question: Question, refusal: NotAllowed) -> None:
        person = await self._person(question.actor)
        async with self._road.store.writing() as session:
            session.add(
                AuditLog(
                    user_id=person.id if person else None,
                    action="question.asked",
                    resource_type="question",
                    new_values={"platform": question.place.platform},
                    success=False,
                    error_message=refusal.code,
                    timestamp=self._road.clock(),
                )
            )
