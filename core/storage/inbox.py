"""The inbox: what makes an accepted question survive whatever is killed.

A worker claims an item with a lease and renews it while it works. An item whose lease has passed belongs to nobody: a
dead process left it, and any worker may take it up. Leases are by the store's clock, the same for all. Every function
works within the caller's transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, and_, bindparam, case, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.storage.models import ChatMessage
from core.storage.own_tables import InboxItem
from core.storage.session import insert_if_absent
from core.storage.store_time import store_time

LEASE = timedelta(seconds=15)
"""How long a silent worker keeps what it claimed; it renews three times as often."""

DELIVERED_WITHIN = timedelta(days=1)
"""How long posting a finished reply is tried again."""

_CLOCKS_DIFFER = timedelta(hours=1)
"""At most, those of a worker and of the store."""

MOST_ATTEMPTS = 3
"""Times a question is taken up; one that killed three workers is apologised for instead."""


_inbox = cast(Table, InboxItem.__table__)
_ANSWERED = (
    update(_inbox)
    .where(_inbox.c.id == bindparam("item"), _inbox.c.claimed_by == bindparam("worker"), _inbox.c.state == "claimed")
    .values(state="answered", answered_at=bindparam("now"))
)


async def put(
    session: AsyncSession,
    *,
    item_id: str,
    platform: str,
    session_id: str,
    user_id: str,
    question: object,
    worker: str,
    now: datetime,
) -> bool:
    """Store a question, claimed by the worker that accepted it. False when it was there already."""
    return await insert_if_absent(
        session,
        InboxItem,
        id=item_id,
        platform=platform,
        session_id=session_id,
        user_id=user_id,
        question=question,
        state="claimed",
        attempts=1,
        claimed_by=worker,
        lease_until=store_time(session, LEASE),
        accepted_at=now,
    )


async def claim(
    session: AsyncSession,
    worker: str,
    platforms: Collection[str],
    now: datetime,
    *,
    most: int,
    posting: Collection[str] = (),
    alone: bool = False,
    besides: Collection[str] = (),
) -> Sequence[InboxItem]:
    """Take up at most `most` items of these platforms whose lease has passed, or whatever lease they have where the
    caller is `alone`, but none of those that it is at, `besides`.

    The oldest first. On the platforms that are `posting` their replies, an answered item that was not delivered is
    taken up too, for a day: a platform that takes no post by then (the channel is gone, the asker has left) never will.
    Elsewhere readers come for it, and nothing is left to do.
    """
    lease = InboxItem.lease_until
    # None is given for longer than that: the store's clock was ahead then, and nobody waits until it is there again.
    passed = or_(lease.is_(None), lease <= store_time(session), lease > store_time(session, LEASE))
    left = true() if alone else passed
    unfinished = or_(
        InboxItem.state.in_(("accepted", "claimed")),
        and_(
            InboxItem.state == "answered",
            InboxItem.platform.in_(posting),
            InboxItem.answered_at > now - DELIVERED_WITHIN,
            # Says nothing more, but by the index: what nobody came for stays answered, and must not be looked through.
            lease > store_time(session, -DELIVERED_WITHIN - _CLOCKS_DIFFER),
        ),
    )
    items = (
        await session.scalars(
            select(InboxItem)
            .where(InboxItem.platform.in_(platforms), unfinished, left, InboxItem.id.not_in(besides))
            .order_by(InboxItem.accepted_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    ).all()
    for item in items:
        item.claimed_by = worker
        item.lease_until = store_time(session, LEASE)
        if item.state != "answered":
            item.state = "claimed"
    return items


async def begin(session: AsyncSession, worker: str, item_id: str) -> int | None:
    """Count an attempt at an item that was taken up, whose turn has come; how many these are. None when another worker
    has taken it up meanwhile.

    Not before its turn: a question that kills its worker would make the whole line behind it look as if they did.
    """
    mine = (InboxItem.id == item_id, InboxItem.claimed_by == worker, InboxItem.state == "claimed")
    await session.execute(update(InboxItem).where(*mine).values(attempts=InboxItem.attempts + 1))
    return await session.scalar(select(InboxItem.attempts).where(*mine))


async def renew(session: AsyncSession, worker: str, ids: Collection[str]) -> None:
    """Say that the worker is still at these items."""
    mine = (_inbox.c.id.in_(ids), _inbox.c.claimed_by == worker)
    await session.execute(update(_inbox).where(*mine).values(lease_until=store_time(session, LEASE)))


async def ask_to_stop(session: AsyncSession, item_id: str) -> bool:
    """Tell whoever is at a question to stop it. False when it has ended."""
    done = await session.execute(
        update(InboxItem)
        .where(InboxItem.id == item_id, InboxItem.state.in_(("accepted", "claimed")))
        .values(stop_asked=True)
    )
    return bool(getattr(done, "rowcount", 0))


async def asked_to_stop(session: AsyncSession, ids: Collection[str]) -> Sequence[str]:
    """Those of these questions that somebody wants to end."""
    return (await session.scalars(select(InboxItem.id).where(InboxItem.id.in_(ids), InboxItem.stop_asked))).all()


async def answered(session: AsyncSession, item_id: str, worker: str, now: datetime) -> bool:
    """Mark an item answered. False when another worker has taken it up meanwhile: its answer counts, not ours."""
    done = await session.execute(_ANSWERED, {"item": item_id, "worker": worker, "now": now})
    return bool(getattr(done, "rowcount", 0))


async def delivered(session: AsyncSession, item_id: str, now: datetime) -> bool:
    """Mark an answered item delivered. False when it was marked before."""
    done = await session.execute(
        update(InboxItem)
        .where(InboxItem.id == item_id, InboxItem.state == "answered")
        .values(state="delivered", delivered_at=now, lease_until=None)
    )
    return bool(getattr(done, "rowcount", 0))


async def release(session: AsyncSession, worker: str, ids: Collection[str], counted: Collection[str]) -> None:
    """Hand items back at an orderly stop, so that the next worker need not wait for the lease.

    Of those `counted` an attempt is taken back: it was ours, and nothing is wrong with them.
    """
    attempt = case((InboxItem.id.in_(counted), 1), else_=0)
    await session.execute(
        update(InboxItem)
        .where(InboxItem.id.in_(ids), InboxItem.claimed_by == worker, InboxItem.state == "claimed")
        .values(state="accepted", lease_until=None, claimed_by=None, attempts=InboxItem.attempts - attempt)
    )


async def reply_of(session: AsyncSession, reply_row: str) -> object | None:
    """The stored reply (as JSON) in a chat_messages row, None when it is not there yet."""
    return await session.scalar(select(ChatMessage.query_result).where(ChatMessage.id == reply_row))
