"""People by their e-mail address, for whoever gives them something."""

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
