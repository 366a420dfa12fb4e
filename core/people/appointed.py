"""First administrators: whom a setting names, whenever they were seen first.

Each name makes somebody an administrator once. When the others take it back, it is not given again at the next start.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.ids import event_id, identity_id, new_id
from core.people.addresses import tidy
from core.storage.base import utc_now
from core.storage.models import SystemConfig, User
from core.storage.own_tables import UserIdentity
from core.storage.session import insert_if_absent, lock_row


def names(administrators: Collection[str]) -> frozenset[str]:
    """The setting's names as they are compared: e-mail addresses, or "platform:workspace:account"."""
    return frozenset(tidy(one) if "@" in one else one for one in administrators)


async def appoint(session: AsyncSession, user_id: str, name: str) -> bool:
    """Make somebody an administrator in this name, unless it has made one before."""
    fresh = await insert_if_absent(
        session,
        SystemConfig,
        id=new_id(),
        config_key=f"people.appointed.{event_id('people.appointed', name)}",
        config_value=True,
        description="A first administrator was made by the setting; not again by itself.",
        is_sensitive=False,
        created_at=utc_now(),
    )
    user = await lock_row(session, User, user_id) if fresh else None
    if user is None or user.role == "admin":
        return False
    old, user.role = user.role, "admin"
    await record(
        session, "people.role", "user", user.id, by=None, old={"role": old}, new={"role": "admin", "by": "setting"}
    )
    await session.flush()
    return True


async def waiting(session: AsyncSession, administrators: frozenset[str]) -> list[tuple[str, str]]:
    """People whom the setting names and who are no administrators: their ids, each with the name."""
    emails = [name for name in administrators if "@" in name]
    found = await session.execute(select(User.email, User.id).where(User.email.in_(emails), User.role != "admin"))
    by_email = [(user_id, email) for email, user_id in found.all()]
    accounts = {identity_id(*name.split(":", 2)): name for name in administrators if name.count(":") >= 2}
    seen = (
        select(UserIdentity.id, UserIdentity.user_id)
        .join(User, User.id == UserIdentity.user_id)
        .where(UserIdentity.id.in_(accounts), User.role != "admin")
    )
    return by_email + [(user_id, accounts[identity]) for identity, user_id in (await session.execute(seen)).all()]
