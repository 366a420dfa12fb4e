"""What a door may ask of somebody's conversations, piece by piece: `Service.sessions`.

Each account sees its own: a program's key those that it began, not those of its owner.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from core.ask.codec import question_from_json, reply_from_json
from core.ask.done import note_reading
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.chat import Actor, Exchange, Place, Thread
from core.errors import NotAllowed
from core.ids import account_of, identity_id, reply_id, session_id
from core.people.permission import Resource, require
from core.storage.models import ChatMessage, ChatSession
from core.storage.own_tables import InboxItem

MOST_LISTED = 200
"""Sessions or exchanges of one piece."""

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class SessionMark:
    """A place in the list of sessions: the one that was listed last."""

    at: datetime
    id: str


@notes_refusals
@dataclass(frozen=True)
class SessionDesk:
    """Sessions and what was said in them."""

    road: Road

    async def all(
        self, actor: Actor, most: int = 50, after: SessionMark | None = None
    ) -> tuple[tuple[Thread, ...], SessionMark | None]:
        """The actor's sessions, the last used first, and the mark that the next piece comes after. Asks "read"."""
        person = await self.road.people.find(actor)
        if person is None:
            return (), None
        account = account_of(actor)
        require(person, "read", Resource("thread", person.id, account=account))
        most = min(most, MOST_LISTED)
        found: list[tuple[Thread, SessionMark]] = []
        while len(found) <= most:
            rows = await self._rows(person.id, actor.platform, after)
            for question, row_id, title, last in rows:
                after = SessionMark(last, row_id)
                asked = question_from_json(question)
                # Sessions of this person's other accounts and keys lie among them.
                if account_of(asked.actor) == account:
                    found.append((Thread(asked.place.thread, title or "", last), after))
            if len(rows) < _AT_ONCE:
                break
        shown = found[:most]
        return tuple(thread for thread, _ in shown), shown[-1][1] if len(found) > most else None

    async def exchanges(
        self, actor: Actor, place: Place, most: int = 50, after: int = 0
    ) -> tuple[tuple[Exchange, ...], int | None]:
        """The exchanges of a session, the oldest first, and the number that the next piece comes after.

        Nothing for a session that does not exist. Raises `NotAllowed`.
        """
        person = await self.road.people.find(actor)
        if person is not None:  # whoever may read nothing of their own learns nothing of what there is
            require(person, "read", Resource("thread", person.id, account=account_of(actor)))
        thread, most = session_id(place), min(most, MOST_LISTED)
        async with self.road.store.reading() as session:
            owner = await session.scalar(select(ChatSession.user_id).where(ChatSession.id == thread))
            if owner is None:
                return (), None
            if person is None:
                raise NotAllowed("people.not_yours")
            account = identity_id(place.platform, place.workspace, place.channel)
            require(person, "read", Resource("thread", owner, account=account), place)
            asked = (
                await session.execute(
                    select(ChatMessage.id, ChatMessage.content, ChatMessage.timestamp, ChatMessage.sequence_number)
                    .where(
                        ChatMessage.session_id == thread,
                        ChatMessage.message_type == "user",
                        ChatMessage.sequence_number > after,
                    )
                    .order_by(ChatMessage.sequence_number)
                    .limit(most + 1)
                )
            ).all()
            shown = asked[:most]
            answers = await session.execute(
                select(ChatMessage.id, ChatMessage.query_result).where(
                    ChatMessage.id.in_([reply_id(row.id) for row in shown])
                )
            )
            replies = {row.id: row.query_result for row in answers}
        await note_reading(self.road, person, owner, "thread", thread)
        exchanges = tuple(
            Exchange(row.id, row.content, row.timestamp, reply_from_json(found) if found is not None else None)
            for row in shown
            for found in [replies.get(reply_id(row.id))]
        )
        return exchanges, shown[-1].sequence_number if len(asked) > most else None

    async def _rows(
        self, user_id: str, platform: str, after: SessionMark | None
    ) -> list[tuple[object, str, str | None, datetime]]:
        last = ChatSession.last_message_at
        query = (
            select(InboxItem.question, ChatSession.id, ChatSession.title, last)
            .join(ChatSession, ChatSession.id == InboxItem.session_id)
            .join(ChatMessage, ChatMessage.id == InboxItem.id)
            .where(
                ChatSession.user_id == user_id,
                InboxItem.platform == platform,
                ChatMessage.sequence_number == 1,
                last.is_not(None),
            )
            .order_by(last.desc(), ChatSession.id.desc())
            .limit(_AT_ONCE)
        )
        if after is not None:
            query = query.where(or_(last < after.at, and_(last == after.at, ChatSession.id < after.id)))
        async with self.road.store.reading() as session:
            return [(row[0], row[1], row[2], row[3]) for row in await session.execute(query)]
