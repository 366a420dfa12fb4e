"""Accounts of our own services: they use tokens as people do, but nobody signs in with them or asks through them."""

from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import service_account_id
from core.storage.base import utc_now
from core.storage.models import User
from core.storage.session import insert_if_absent

_NO_PASSWORD = "!"  # noqa: S105 (no bcrypt hash looks like this, so nothing signs in with it)

CATALOG = "catalog"
"""Describes schemas: see docs/decisions/0013-schema-words.md."""


async def service_account(session: AsyncSession, name: str) -> str:
    """The id of a service's users row, made when it is not there yet, within the caller's transaction.

    The row is not active: `core.people.permission.may` refuses whatever would be done in its name.
    """
    row_id = service_account_id(name)
    await insert_if_absent(
        session,
        User,
        id=row_id,
        email=f"{name}@service.invalid",
        password_hash=_NO_PASSWORD,
        full_name=name.capitalize(),
        role="viewer",
        is_active=False,
        created_at=utc_now(),
    )
    return row_id
