"""People by their e-mail address or id, for whoever gives them something or looks after them."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import BadEdit
from core.storage.models import User


async def id_of(session: AsyncSession, email: str) -> str:
    """The id of the active person with this address. Raises `BadEdit` (people.unknown_email)."""
    found = await session.scalar(select(User.id).where(func.lower(User.email) == email.strip().lower(), User.is_active))
    if found is None:
        raise BadEdit("people.unknown_email", email=email.strip()[:255])
    return found


async def named(session: AsyncSession, who: str) -> tuple[str, str]:
    """The id and the name of a person by their e-mail address, when they are active, or by their id.

    Raises `BadEdit` (people.unknown_email, people.unknown).
    """
    wanted = await id_of(session, who) if "@" in who else who.strip()
    found = (await session.execute(select(User.id, User.full_name).where(User.id == wanted))).one_or_none()
    if found is None:
        raise BadEdit("people.unknown")
    return found.id, found.full_name


async def anybody(session: AsyncSession, who: str) -> str:
    """The id of a person by their e-mail address or their id, active or not. Raises as `named`."""
    wanted = who.strip()
    known = func.lower(User.email) == wanted.lower() if "@" in wanted else User.id == wanted
    found = await session.scalar(select(User.id).where(known))
    if found is None:
        raise BadEdit("people.unknown_email", email=wanted[:255]) if "@" in wanted else BadEdit("people.unknown")
    return found
