"""Stretches of activity that are over are marked so soon after."""

from datetime import datetime, timedelta

from core.people.activity import close_ended
from core.storage.session import Store


async def close_sessions(store: Store, now: datetime) -> int:
    """Mark the stretches of activity that ended within the last day. Counts them."""
    async with store.writing() as session:
        return await close_ended(session, now, ended_after=now - timedelta(days=1))
