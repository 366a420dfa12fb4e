"""Finding lines of the audit: the newest first, a page at a time, however many there are."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, RowMapping, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.chain import ROW, logs
from core.errors import BadEdit
from core.records import AuditSearch
from core.storage.models import User

MOST: Final = 1_000
"""Lines of one statement."""

_users = cast(Table, User.__table__)
_LONGEST = 200
"""Characters of what is looked for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended: its last line's time and id."""

    at: datetime
    id: str

    def __str__(self) -> str:
        written = json.dumps([self.at.astimezone(UTC).isoformat(), self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def mark_of(text: str) -> Mark | None:
    """A mark as it was given out; None for none. Raises `BadEdit` (audit.bad_search)."""
    if not text:
        return None
    try:
        at, row_id = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        moment = datetime.fromisoformat(at)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise BadEdit("audit.bad_search") from None
    if moment.tzinfo is None or not isinstance(row_id, str) or not row_id.isprintable() or len(row_id) > 36:
        raise BadEdit("audit.bad_search")
    return Mark(moment, row_id)


def check(wanted: AuditSearch) -> None:
    """Raises `BadEdit` (audit.bad_search) for what no line could be compared with."""
    for text in (wanted.who, wanted.action, wanted.resource_type, wanted.resource_id, wanted.origin):
        if len(text) > _LONGEST or "\0" in text or (not text.isascii() and not _is_utf8(text)):
            raise BadEdit("audit.bad_search")
    for moment in (wanted.since, wanted.until):
        # A naive one is another moment on every machine; the ends of the calendar do not survive a change of zone.
        if moment is not None and (moment.tzinfo is None or not 1 < moment.year < 9999):
            raise BadEdit("audit.bad_search")


async def found(
    session: AsyncSession, wanted: AuditSearch, user_id: str | None, after: Mark | None, most: int
) -> Sequence[RowMapping]:
    """Rows of audit_logs with the `full_name` and `email` of whoever did it. `user_id` stands for `wanted.who`."""
    conditions = list(_conditions(wanted))
    if user_id is not None:
        conditions.append(logs.c.user_id == user_id)
    if after is not None:
        # Both halves: the first lets the index on the time be used.
        conditions.append(logs.c.timestamp <= after.at)
        conditions.append(or_(logs.c.timestamp < after.at, and_(logs.c.timestamp == after.at, logs.c.id < after.id)))
    statement = (
        select(*ROW, _users.c.full_name, _users.c.email)
        .join_from(logs, _users, _users.c.id == logs.c.user_id, isouter=True)
        .where(*conditions)
        .order_by(logs.c.timestamp.desc(), logs.c.id.desc())
        .limit(min(most, MOST))
    )
    return (await session.execute(statement)).mappings().all()


def _conditions(wanted: AuditSearch) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.action.endswith("."):
        conditions.append(logs.c.action.startswith(wanted.action, autoescape=True))
    elif wanted.action:
        conditions.append(logs.c.action == wanted.action)
    if wanted.resource_type:
        conditions.append(logs.c.resource_type == wanted.resource_type)
    if wanted.resource_id:
        conditions.append(logs.c.resource_id == wanted.resource_id)
    if wanted.success is not None:
        conditions.append(logs.c.success.is_(wanted.success))
    if wanted.since is not None:
        conditions.append(logs.c.timestamp >= wanted.since)
    if wanted.until is not None:
        conditions.append(logs.c.timestamp < wanted.until)
    if wanted.origin:
        part = wanted.origin.lower()
        places: tuple[Any, ...] = (logs.c.ip_address, logs.c.user_agent)
        conditions.append(or_(*(func.lower(place).contains(part, autoescape=True) for place in places)))
    return conditions


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
