"""When people were here: stretches of activity, the rows of user_sessions.

While a stretch is open its `session_end` is its last activity so far; it is over when that lies `IDLE` back, whether or
not `is_active` says so yet. A stretch is of one person at one address.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, String, Table, bindparam, case, false, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.origin import Origin
from core.ids import stretch_id
from core.storage.base import UtcDateTime
from core.storage.models import UserSession
from core.storage.session import insert_if_absent

IDLE = timedelta(minutes=30)
"""Without activity for so long, a stretch has ended: what web analytics take for the end of a visit."""

_LONGEST = timedelta(hours=12)
"""A stretch that is never idle ends here and another begins, so that only a day's rows need to be looked at."""

_rows = cast("Table", UserSession.__table__)
_NOW = bindparam("now", type_=UtcDateTime)
_ADDED = {
    "queries_count": _rows.c.queries_count + bindparam("questions"),
    "session_end": case((_rows.c.session_end < _NOW, _NOW), else_=_rows.c.session_end),
}
_KEPT = (
    update(_rows)
    .where(
        _rows.c.user_id == bindparam("user"),
        _rows.c.session_start > bindparam("started_after", type_=UtcDateTime),
        _rows.c.session_end > bindparam("ended_after", type_=UtcDateTime),
        _rows.c.is_active,
        _rows.c.ip_address.is_not_distinct_from(bindparam("ip", type_=String(45))),
    )
    .values(**_ADDED)
)
_JOINED = update(_rows).where(_rows.c.id == bindparam("stretch")).values(**_ADDED)


async def keep_open(
    session: AsyncSession,
    user_id: str,
    here: Origin,
    now: datetime,
    *,
    since: datetime | None = None,
    questions: int = 0,
) -> None:
    """Somebody was active until `now`: their stretch goes on, or one begins, at `since` where that was earlier.

    One statement for whoever is here already.
    """
    given: dict[str, object] = {
        "user": user_id, "ip": here.ip, "now": now, "questions": questions,
        "started_after": now - _LONGEST, "ended_after": now - IDLE,
    }  # fmt: skip
    if await _changed(session, _KEPT, given):
        return
    # An ended stretch of this person and address began in an earlier half hour, so its id is another; what has this id
    # was begun by another process at the same moment.
    began = since or now
    stretch = stretch_id(user_id, here.ip, int(now.timestamp() // IDLE.total_seconds()))
    opened = await insert_if_absent(
        session,
        UserSession,
        id=stretch,
        user_id=user_id,
        session_start=began,
        session_end=now,
        ip_address=here.ip,
        user_agent=here.agent,
        queries_count=questions,
        is_active=True,
    )
    if not opened:
        await _changed(session, _JOINED, {"stretch": stretch, "now": now, "questions": questions})


async def close_ended(session: AsyncSession, now: datetime, *, ended_after: datetime | None = None) -> int:
    """Mark stretches that are over. Counts them. Whoever calls this often looks only at what ended of late."""
    ended = update(_rows).where(_rows.c.is_active, _rows.c.session_end <= now - IDLE).values(is_active=false())
    if ended_after is not None:
        ended = ended.where(_rows.c.session_end > ended_after)
    return cast("CursorResult[Any]", await session.execute(ended)).rowcount


async def _changed(session: AsyncSession, statement: Any, values: dict[str, object]) -> int:
    return cast("CursorResult[Any]", await session.execute(statement, values)).rowcount
