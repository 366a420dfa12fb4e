"""The one way to write a line of audit."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.origin import origin
from core.audit.values import kept, one_text
from core.ids import new_id
from core.storage.base import utc_now
from core.storage.models import AuditLog
from core.storage.session import add_row

_LONGEST_ID = 36


async def record(
    session: AsyncSession,
    action: str,
    resource_type: str,
    resource_id: str | None,
    *,
    by: str | None,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    refused: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write down what was done, in the transaction that does it.

    `by` is the users row of whoever did it, None for nobody we know. `refused` is the code of why it was not done. No
    secret and no row of a result is ever among the values; they are cut where they are long (`core.audit.values`).
    Every action has words in `core/locale/*/audit.toml`.
    """
    here = origin()
    await add_row(
        session,
        AuditLog,
        id=new_id(),
        user_id=by,
        action=action,
        resource_type=resource_type,
        resource_id=one_text(resource_id, _LONGEST_ID),
        old_values=kept(old),
        new_values=kept(new),
        ip_address=one_text(here.ip, 45),
        user_agent=one_text(here.agent, 500),
        timestamp=at or utc_now(),
        success=refused is None,
        error_message=refused,
    )
