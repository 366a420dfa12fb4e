"""What is over goes, after periods that administrators set: a little at a time, so that others hardly wait."""

from datetime import datetime, timedelta

from sqlalchemy import exists, or_
from sqlalchemy.orm import aliased

from core.ask.retention import (
    EVENTS_DAYS,
    EVENTS_DAYS_DEFAULT,
    MESSAGES_DAYS,
    MESSAGES_DAYS_DEFAULT,
    SESSIONS_DAYS,
    SESSIONS_DAYS_DEFAULT,
    SIGN_INS_DAYS,
    SIGN_INS_DAYS_DEFAULT,
)
from core.config import Setting, read
from core.people.activity import close_ended
from core.people.throttle import WORTHLESS
from core.storage.deleting import delete_in_batches
from core.storage.models import ChatMessage, ChatSession, Event, RefreshToken, UserSession
from core.storage.own_tables import Address, IdempotencyKey, InboxItem, SignInAttempt
from core.storage.session import Store
from core.upkeep.archive import Archive

REPEATED_REQUESTS_KEPT = timedelta(days=1)
"""An answer that a program may fetch again is for one that lost its line, not for the week after."""


async def delete_refresh_tokens(store: Store, now: datetime) -> int:
    """Delete sign-ins that expired or were ended long enough ago, and what else of signing in is worthless. Counts."""
    until = await _before(store, SIGN_INS_DAYS, SIGN_INS_DAYS_DEFAULT, now)
    gone = await delete_in_batches(
        store, RefreshToken, or_(RefreshToken.expires_at < until, RefreshToken.revoked_at < until)
    )
    gone += await delete_in_batches(store, SignInAttempt, SignInAttempt.last_at < now - WORTHLESS)
    return gone + await delete_in_batches(
        store, IdempotencyKey, IdempotencyKey.created_at < now - REPEATED_REQUESTS_KEPT
    )


async def delete_events(store: Store, now: datetime, archive: Archive) -> int:
    """Delete events that are old enough. Counts them."""
    until = await _before(store, EVENTS_DAYS, EVENTS_DAYS_DEFAULT, now)
    return await archive.delete(store, Event, Event.timestamp < until, now)


async def delete_user_sessions(store: Store, now: datetime) -> int:
    """Mark every stretch of activity that ended, and delete those that ended long enough ago. Counts both."""
    async with store.writing() as session:
        closed = await close_ended(session, now)
    until = await _before(store, SESSIONS_DAYS, SESSIONS_DAYS_DEFAULT, now)
    ended = ~UserSession.is_active & (UserSession.session_end < until)
    return closed + await delete_in_batches(store, UserSession, ended)


async def delete_messages(store: Store, now: datetime, archive: Archive) -> int:
    """Delete questions and answers that are old enough, and threads that nothing is left of. Counts the messages.

    What was counted for people's limits and figures stays. A thread in which a question is under way stays, too; one
    that was left open for so long is of a door that is gone, such as a closed terminal.
    """
    days = await _days(store, MESSAGES_DAYS, MESSAGES_DAYS_DEFAULT)
    if not days:
        return 0
    until = now - timedelta(days=days)
    open_thread = exists().where(
        InboxItem.session_id == ChatMessage.session_id,
        InboxItem.state.in_(("accepted", "claimed")),
        InboxItem.accepted_at >= until,
    )
    gone = await archive.delete(store, ChatMessage, (ChatMessage.timestamp < until) & ~open_thread, now)
    await delete_in_batches(store, InboxItem, InboxItem.accepted_at < until)
    await _delete_empty_threads(store, until)
    return gone


async def delete_addresses(store: Store, now: datetime) -> int:
    """Delete what doors no longer need to find. Counts it."""
    return await delete_in_batches(store, Address, Address.expires_at < now)


async def _delete_empty_threads(store: Store, until: datetime) -> None:
    message, item = aliased(ChatMessage), aliased(InboxItem)
    empty = (
        (ChatSession.last_message_at < until)
        & ~exists().where(message.session_id == ChatSession.id)
        & ~exists().where(item.session_id == ChatSession.id)
    )
    await delete_in_batches(store, ChatSession, empty)


async def _before(store: Store, setting: Setting[int], default: int, now: datetime) -> datetime:
    return now - timedelta(days=await _days(store, setting, default))


async def _days(store: Store, setting: Setting[int], default: int) -> int:
    async with store.reading() as session:
        return await read(session, setting, default)
