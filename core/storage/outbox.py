"""The outbox: messages that answer nobody's question, each said once whatever is killed.

Whoever has something to say puts it here, in the transaction in which it came about. A sender claims what is due with
a lease; one whose lease has passed was left by a dead process, and any sender may take it up. Every function works
within the caller's transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.chat import Place
from core.storage.own_tables import OutboxItem
from core.storage.session import insert_if_absent
from core.storage.store_time import store_time

LEASE = timedelta(minutes=2)
"""How long a silent sender keeps what it claimed. One message is posted within it, a platform's pauses included."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""Between two tries; doubled each time."""

_PLACE = TypeAdapter(Place)


async def put(
    session: AsyncSession,
    *,
    item_id: str,
    place: Place,
    content: object,
    due_at: datetime,
    now: datetime,
    user_id: str | None = None,
) -> bool:
    """Store what is to be said, `content` as JSON values, not before `due_at`. False when it was there already.

    `item_id` is `core.ids.notice_id`; `user_id` is whom it is about and for, when it is for one person.
    """
    return await insert_if_absent(
        session,
        OutboxItem,
        id=item_id,
        platform=place.platform,
        place=_PLACE.dump_python(place, mode="json"),
        content=content,
        user_id=user_id,
        state="waiting",
        attempts=0,
        due_at=due_at,
        created_at=now,
    )


def place_of(item: OutboxItem) -> Place:
    """Where an item is to be posted."""
    return _PLACE.validate_python(item.place)


async def claim(session: AsyncSession, platforms: Collection[str], now: datetime, *, most: int) -> Sequence[OutboxItem]:
    """Take up at most `most` items of these platforms that are due, those that have waited longest first.

    `attempts` counts this one, and names the claim: `sent`, `failed` and the others do nothing after another claim.
    """
    lease = OutboxItem.lease_until
    # None is given for longer than that: the store's clock was ahead then, and nothing waits until it is there again.
    passed = or_(lease <= store_time(session), lease > store_time(session, _LONGEST_WAIT))
    items = (
        await session.scalars(
            select(OutboxItem)
            .where(
                OutboxItem.platform.in_(platforms),
                OutboxItem.state.in_(("waiting", "claimed")),
                OutboxItem.due_at <= now,
                or_(lease.is_(None), passed),
            )
            .order_by(OutboxItem.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    ).all()
    for item in items:
        item.state = "claimed"
        item.attempts += 1
        item.lease_until = store_time(session, LEASE)
    return items


async def sent(session: AsyncSession, item: OutboxItem, now: datetime) -> bool:
    """It has arrived. False when it was marked before, or another sender has it."""
    return await _changed(session, item, state="sent", sent_at=now, lease_until=None)


async def failed(session: AsyncSession, item: OutboxItem) -> bool:
    """It did not arrive: try again later, after a pause that grows with every try."""
    wait = min(_FIRST_WAIT * 2 ** min(item.attempts - 1, 10), _LONGEST_WAIT)
    return await _changed(session, item, state="waiting", lease_until=store_time(session, wait))


async def postpone(session: AsyncSession, item: OutboxItem, due_at: datetime) -> bool:
    """It is not true yet: say it later, as if it had never been tried."""
    return await _changed(session, item, state="waiting", attempts=0, due_at=due_at, lease_until=None)


async def drop(session: AsyncSession, item: OutboxItem) -> bool:
    """Never say it. The row stays, so that it is not put again."""
    return await _changed(session, item, state="dropped", lease_until=None)


async def forget(session: AsyncSession, item: OutboxItem) -> None:
    """Take it away: what it said may be put and said once more."""
    await session.execute(delete(OutboxItem).where(_claimed(item)))


async def hasten(session: AsyncSession, now: datetime, user_id: str | None = None) -> int:
    """Make what waits for its time due now, of one person or of all; counts them. Alerts wait for none."""
    waiting = and_(OutboxItem.state == "waiting", OutboxItem.due_at > now, OutboxItem.user_id.is_not(None))
    whose = waiting if user_id is None else and_(waiting, OutboxItem.user_id == user_id)
    done = await session.execute(update(OutboxItem).where(whose).values(due_at=now))
    return int(getattr(done, "rowcount", 0))


async def known(session: AsyncSession, ids: Collection[str]) -> frozenset[str]:
    """Those of these ids that were put, said or not."""
    return frozenset(await session.scalars(select(OutboxItem.id).where(OutboxItem.id.in_(ids))))


async def purge(session: AsyncSession, before: datetime) -> int:
    """Delete what was due before a moment, in whatever state: nothing is tried for so long. Counts them."""
    gone = await session.execute(delete(OutboxItem).where(OutboxItem.due_at < before))
    return int(getattr(gone, "rowcount", 0))


def _claimed(item: OutboxItem) -> ColumnElement[bool]:
    return and_(OutboxItem.id == item.id, OutboxItem.state == "claimed", OutboxItem.attempts == item.attempts)


async def _changed(session: AsyncSession, item: OutboxItem, **values: object) -> bool:
    done = await session.execute(update(OutboxItem).where(_claimed(item)).values(**values))
    return bool(getattr(done, "rowcount", 0))
