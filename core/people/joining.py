"""An account that was seen without an address, and for which its home workspace vouches now.

Where nobody has the address, its person gets it. Where somebody has, the account becomes theirs, but only when nothing
is left behind or carried along: its own person was never asked for anything, owns nothing, is no administrator and was
not deactivated. Otherwise both stay as they are, and an administrator sees both.
"""

from sqlalchemy import Table, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.chat import Actor
from core.ids import account_of
from core.people.addresses import is_internal
from core.storage.base import Base
from core.storage.models import User
from core.storage.own_tables import UserIdentity
from core.storage.session import lock_row

_LEFT_BEHIND = frozenset({"user_identities", "user_sessions", "audit_logs", "events"})
"""What may stay with the person that the account had: it says what was, and nobody misses it."""


async def join(session: AsyncSession, user_id: str, actor: Actor, email: str) -> bool:
    """Give the address to the person of the account, or the account to the person of the address. True when done."""
    own = await lock_row(session, User, user_id)
    if own is None or not is_internal(own.email):
        return False
    other = await session.scalar(select(User.id).where(User.email == email))
    if other is None:
        return await _take(session, own, email)
    if not own.is_active or own.role != "viewer" or own.token_usage or await _has_anything(session, own.id):
        return False
    moved = update(UserIdentity).where(UserIdentity.id == account_of(actor), UserIdentity.user_id == own.id)
    await session.execute(moved.values(user_id=other))
    own.is_active = False
    await record(
        session, "people.joined", "user", other, by=other, old={"user": own.id}, new={"platform": actor.platform}
    )
    await session.flush()
    return True


async def _take(session: AsyncSession, own: User, email: str) -> bool:
    try:
        async with session.begin_nested():
            await session.execute(update(User).where(User.id == own.id).values(email=email))
    except IntegrityError:
        return False  # somebody with this address was made at the same moment: next time they are joined
    await record(session, "people.email", "user", own.id, by=own.id, old={"email": None}, new={"email": email})
    return True


async def _has_anything(session: AsyncSession, user_id: str) -> bool:
    theirs = [
        exists().where(key.parent == user_id)
        for table in Base.metadata.tables.values()
        if isinstance(table, Table) and table.name not in _LEFT_BEHIND
        for key in table.foreign_keys
        if key.column.table.name == "users"
    ]
    several = select(UserIdentity.id).where(UserIdentity.user_id == user_id).offset(1).limit(1)
    return bool(await session.scalar(select(or_(*theirs)))) or await session.scalar(several) is not None
