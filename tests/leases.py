"""Leases are by the store's clock, which no test can move: it moves the leases instead."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from core.storage.own_tables import InboxItem, OutboxItem, TokenReservation
from core.storage.session import Store
from core.storage.store_time import store_time

Leased = type[InboxItem] | type[OutboxItem] | type[TokenReservation]


async def end_in(store: Store, table: Leased, seconds: int) -> None:
    """Every lease of a table ends in so many seconds; before now, when they are negative."""
    async with store.writing() as session:
        await session.execute(update(table).values(lease_until=store_time(session, timedelta(seconds=seconds))))


async def left_of(store: Store, table: Leased) -> timedelta:
    """What is left of the one lease of a table."""
    async with store.reading() as session:
        until, now = (await session.execute(select(table.lease_until, store_time(session)))).one()
    assert isinstance(until, datetime)
    return until - now
