"""What is over is marked so, and what is worthless goes: activity, sign-ins, wrong sign-ins, repeated requests."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete

from core.people.activity import close_ended
from core.people.throttle import WORTHLESS
from core.storage.models import RefreshToken
from core.storage.own_tables import IdempotencyKey, SignInAttempt
from core.storage.session import Store

KEPT = timedelta(days=1)
"""An answer that a program may fetch again is for one that lost its line, not for the week after."""


async def close_sessions(store: Store, now: datetime) -> int:
    """Mark the stretches of activity that ended within the last day. Counts them."""
    async with store.writing() as session:
        return await close_ended(session, now, ended_after=now - timedelta(days=1))


async def clear_sign_ins(store: Store, now: datetime) -> int:
    """Mark every stretch of activity that ended, and delete what is worthless. Counts it.

    A sign-in that has expired is kept for a day, a stopped one until it would have expired: until then its old tokens
    are known.
    """
    async with store.writing() as session:
        closed = await close_ended(session, now)
    gone = [
        delete(SignInAttempt).where(SignInAttempt.last_at < now - WORTHLESS),
        delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT),
        delete(RefreshToken).where(RefreshToken.expires_at < now - KEPT),
    ]
    return closed + sum([await _done(store, statement) for statement in gone])


async def _done(store: Store, statement: Any) -> int:
    async with store.writing() as session:
        return cast("CursorResult[Any]", await session.execute(statement)).rowcount
