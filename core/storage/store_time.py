"""The time by the store's clock: what several processes compare is of one clock, for theirs may differ, or jump."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.ext.asyncio import AsyncSession

from core.storage.base import UtcDateTime

_SECONDS_AHEAD = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '{} seconds')",
    "postgresql": "(statement_timestamp() AT TIME ZONE 'UTC' + INTERVAL '{} seconds')",
    "mysql": "(UTC_TIMESTAMP(6) + INTERVAL {} SECOND)",
}
"""As `UtcDateTime` keeps a moment there. None changes within a statement, so that an index may be read by it."""


def store_time(session: AsyncSession, ahead: timedelta = timedelta()) -> ColumnElement[datetime]:
    """The moment in so many whole seconds from now, as SQL: for a statement of this session."""
    return time_of(session.get_bind().dialect.name, ahead)


def time_of(dialect: str, ahead: timedelta = timedelta()) -> ColumnElement[datetime]:
    """The same for a statement that is made once, for every session on a kind of store."""
    return literal_column(_SECONDS_AHEAD[dialect].format(int(ahead.total_seconds())), UtcDateTime())
