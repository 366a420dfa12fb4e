"""The conversations of a person: their threads, and what was asked and answered in one."""

from datetime import UTC, datetime

from sqlalchemy import select

from core.ask.codec import question_from_json, reply_from_json
from core.ask.done import note_reading
from core.ask.road import Road
from core.chat import Actor, Exchange, Place, Thread
from core.errors import NotAllowed
from core.ids import identity_id, reply_id, session_id
from core.people.permission import Resource, require
from core.storage.models import ChatMessage, ChatSession
from core.storage.own_tables import InboxItem

_MOST_THREADS = 50
_MOST_RECENT = 10


async def history(road: Road, actor: Actor, place: Place) -> tuple[Exchange, ...]:
    """The exchanges of a thread, oldest first. Empty for a thread that does not exist. Raises `NotAllowed`."""
    person = await road.people.find(actor)
    thread = session_id(place)
    async with road.store.reading() as session:
        owner = await session.scalar(select(ChatSession.user_id).where(ChatSession.id == thread))
        if owner is None:
            return ()
        if person is None:
            raise NotAllowed("people.not_yours")
        account = identity_id(place.platform, place.workspace, place.channel)
        require(person, "read", Resource("thread", owner, account=account), place)
        messages = (
            await session.scalars(
                select(ChatMessage).where(ChatMessage.session_id == thread).order_by(ChatMessage.sequence_number)
            )
        ).all()
    await note_reading(road, person, owner, "thread", thread)
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


async def threads(road: Road, actor: Actor) -> tuple[Thread, ...]:
    """A person's last threads on their platform, newest first, at most 50. Raises `NotAllowed`, for any key, too."""
    person = await road.people.find(actor)
    if person is None:
        return ()
    require(person, "read", Resource("thread", person.id))
    async with road.store.reading() as session:
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
            .limit(_MOST_THREADS)
        )
        return tuple(
            Thread(question_from_json(question).place.thread, title or "", last or datetime.now(UTC))
            for question, title, last in rows
        )


async def knows(road: Road, place: Place) -> bool:
    """Whether somebody has asked in this thread before."""
    async with road.store.reading() as session:
        found = await session.scalar(select(ChatSession.id).where(ChatSession.id == session_id(place)))
    return found is not None


async def recent(road: Road, actor: Actor) -> tuple[Exchange, ...]:
    """A person's last questions on any platform, newest first, at most ten, without their replies.

    Raises `NotAllowed`, for any key, too: a key sees its own alone.
    """
    person = await road.people.find(actor)
    if person is None:
        return ()
    require(person, "read", Resource("question", person.id))
    async with road.store.reading() as session:
        rows = await session.execute(
            select(InboxItem.id, InboxItem.question, InboxItem.accepted_at)
            .where(InboxItem.user_id == person.id)
            .order_by(InboxItem.accepted_at.desc())
            .limit(_MOST_RECENT)
        )
        return tuple(Exchange(row.id, question_from_json(row.question).text, row.accepted_at, None) for row in rows)
