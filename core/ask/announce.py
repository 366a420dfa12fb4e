"""Messages that answer nobody's question: put when something comes about, sent when they are due.

A platform with an announcer can be told to post without a question. The door that has one says in which shape its
channels and accounts are named. See docs/decisions/0018-outbox.md.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.present.announcement import announcement
from core.ask.road import Asked
from core.chat import Place, Reply, UsageWindow
from core.errors import ColloqueryError, NotAnnounced, QuotaExceeded
from core.figures import Recipient
from core.ids import new_id, notice_id
from core.storage import outbox
from core.storage.models import User
from core.storage.own_tables import OutboxItem, UserIdentity
from core.storage.session import Store, persistently
from core.usage import alerts
from core.usage.notices import LimitOpen, Trial, content_from_json, content_to_json
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import Window, windows

PATIENCE = timedelta(hours=6)
"""How long a message that does not arrive is tried again. By then it is old news, or the place is gone."""

_AT_ONCE = 10
"""Messages that are claimed together and posted side by side."""
_SECONDS = outbox.LEASE.total_seconds() * 0.75
"""For one post: it ends before another sender may take the message up."""
_LONGEST_QUOTE = 200
"""Characters of the question that somebody is reminded of."""

log = logging.getLogger(__name__)


class Announce(Protocol):
    """Posts a message at a place; `place.channel` may be an account, who is told directly.

    `since`: no earlier try was before. `again`: there may have been one, so that it is looked for first.
    Raises `NotAnnounced`.
    """

    def __call__(self, place: Place, reply: Reply, *, since: datetime, again: bool) -> Awaitable[None]:
        """Return when it has arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Announcer:
    """A platform that can be told to post. `channel`: the shape of its channels' and accounts' ids."""

    announce: Announce
    channel: re.Pattern[str]


async def tell_when_open(
    session: AsyncSession,
    asked: Asked,
    error: ColloqueryError | None,
    platforms: Collection[str],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """Have whoever was refused for a limit told when it starts again or is raised, once a person and window. Within
    the transaction that settles their question.

    It is said to them alone: the limit is nobody else's business, and a reply in a thread calls all who follow it.
    What only one person sees in a channel is gone when they reload, and they are hardly there at the moment.
    """
    place = asked.question.place
    # Who asks from elsewhere has no account there that could be written to.
    if not isinstance(error, QuotaExceeded) or place.platform not in platforms or asked.question.is_from_elsewhere:
        return
    if place.readers != "alone":
        place = Place(place.platform, place.workspace, asked.question.actor.id, thread="")
    content = _stopped_until(error, asked.question.text[:_LONGEST_QUOTE], windows(now, zone))
    if content is not None:
        await _put_limit_open(session, asked.person.id, place, content, now)


def _stopped_until(error: QuotaExceeded, question: str, spans: Sequence[Window]) -> LimitOpen | None:
    needed = error.details["needed"]
    assert isinstance(needed, int), "see `TokenUsageService.reserve`"
    if error.code.endswith("_too_small"):
        return LimitOpen(None, spans[-1].end, needed, question)
    span = next((one for one in spans if error.code == f"quota.{one.name}"), None)
    # Held by a question that is being answered, tokens come back before anybody could be told.
    return None if span is None else LimitOpen(span.name, span.end, needed, question)


async def limits_changed(session: AsyncSession, now: datetime, user_id: str | None = None) -> int:
    """A limit of one person, or of anybody, was changed: look at once who can go on. Within the caller's transaction.

    Those who still cannot are told at the time that they would have been. Counts whom it may concern.
    """
    return await outbox.hasten(session, now, user_id)


@dataclass(frozen=True)
class Announcements:
    """Sends what is due. `language` is spoken in channels."""

    store: Store
    usage: TokenUsageService
    announcers: Mapping[str, Announcer]
    language: str
    clock: Callable[[], datetime]

    async def send_due(self) -> int:
        """Send all that is due; may run at any time, in any number of processes. Counts what arrived."""
        arrived = 0
        while items := await self._claim():
            done = await asyncio.gather(*map(self._send, items), return_exceptions=True)
            arrived += sum(one for one in done if isinstance(one, bool))
            for failure in done:
                if isinstance(failure, BaseException):
                    raise failure
        return arrived

    async def try_out(self, to: Recipient) -> ColloqueryError | None:
        """Send a test to where alerts go, at once; None when it has arrived, else why not."""
        async with self.store.reading() as session:
            user_id = await alerts.person_of(session, to)
        locale = await self._locale(to.platform, user_id) or self.language
        return await self._posted(
            alerts.place_of(to), announcement(new_id(), Trial(), locale), self.clock(), again=False
        )

    async def _claim(self) -> tuple[OutboxItem, ...]:
        if not self.announcers:
            return ()
        async with self.store.writing() as session:
            return tuple(await outbox.claim(session, tuple(self.announcers), self.clock(), most=_AT_ONCE))

    async def _send(self, item: OutboxItem) -> bool:
        content = content_from_json(item.content)
        if isinstance(content, LimitOpen) and not await self._is_open(item, content):
            return False
        locale = await self._locale(item.platform, item.user_id)
        if locale is None:
            await self._end(item, "people.inactive")
            return False
        raised = isinstance(content, LimitOpen) and self.clock() < content.opens_at
        reply = announcement(item.id, content, locale, raised=raised)
        place, again = outbox.place_of(item), item.attempts > 1
        if (failure := await self._posted(place, reply, item.due_at, again=again)) is not None:
            await self._failed(item, failure.code)
            return False
        async with self.store.writing() as session:
            # Said before its time, it may be said again: the raised limit has an end, too.
            await (outbox.forget(session, item) if raised else outbox.sent(session, item, self.clock()))
        return True

    async def _posted(self, place: Place, reply: Reply, since: datetime, *, again: bool) -> ColloqueryError | None:
        """None when it has arrived, else why not."""
        announcer = self.announcers.get(place.platform)
        if announcer is None:
            return NotAnnounced("announce.failed")
        try:
            async with asyncio.timeout(_SECONDS):
                await announcer.announce(place, reply, since=since, again=again)
        except ColloqueryError as error:
            return error
        except TimeoutError:
            return NotAnnounced("announce.failed")
        except Exception:
            # A bug of ours with one message must not keep the others.
            log.exception("a message was not sent", extra={"item": reply.question_id})
            return ColloqueryError("unexpected")
        return None

    async def _failed(self, item: OutboxItem, code: str) -> None:
        if self.clock() - item.due_at >= PATIENCE:
            await self._end(item, code)
            return
        log.info("a message is sent later", extra={"item": item.id, "code": code})
        async with self.store.writing() as session:
            await outbox.failed(session, item)

    async def _end(self, item: OutboxItem, code: str) -> None:
        log.warning("a message was dropped", extra={"item": item.id, "code": code})
        async with self.store.writing() as session:
            await outbox.drop(session, item)

    async def _locale(self, platform: str, user_id: str | None) -> str | None:
        """The language to speak; None when the person it is for is no longer active."""
        if user_id is None:
            return self.language
        async with self.store.reading() as session:
            if not await session.scalar(select(User.is_active).where(User.id == user_id)):
                return None
            spoken = (
                select(UserIdentity.locale)
                .where(UserIdentity.user_id == user_id, UserIdentity.platform == platform)
                .order_by(UserIdentity.last_seen.desc())
                .limit(1)
            )
            return await session.scalar(spoken) or self.language

    async def _is_open(self, item: OutboxItem, content: LimitOpen) -> bool:
        """Whether they can go on now. If not: it waits for the limit that stops them still, or is dropped."""
        assert item.user_id is not None, "it is for one person"
        now = self.clock()
        if now - content.opens_at >= PATIENCE:
            await self._end(item, "announce.late")
            return False
        found = (await self.usage.check_rate_limit(item.user_id))["windows"]
        closed = [window for window in found if window.remaining < content.needed]
        if not closed:
            return True
        if now < content.opens_at:
            async with self.store.writing() as session:
                await outbox.postpone(session, item, content.opens_at)
        elif any(window.limit < content.needed for window in closed):
            await self._end(item, "announce.never_open")
        else:
            await persistently(lambda: self._wait_for(max(closed, key=lambda one: one.resets_at), item, content))
        return False

    async def _wait_for(self, window: UsageWindow, item: OutboxItem, content: LimitOpen) -> None:
        assert item.user_id is not None, "it is for one person"
        later = replace(content, window=window.name, opens_at=window.resets_at)
        async with self.store.writing() as session:
            await outbox.drop(session, item)
            await _put_limit_open(session, item.user_id, outbox.place_of(item), later, self.clock())


def limit_open_id(user_id: str, content: LimitOpen) -> str:
    """Once a person and start of a window."""
    return notice_id("limit_open", user_id, content.window or "", content.opens_at.isoformat())


async def _put_limit_open(session: AsyncSession, user_id: str, place: Place, content: LimitOpen, now: datetime) -> None:
    await outbox.put(
        session,
        item_id=limit_open_id(user_id, content),
        place=place,
        content=content_to_json(content),
        due_at=content.opens_at,
        now=now,
        user_id=user_id,
    )
