"""Schemas are read again now and then, so that a question knows of tables that came and went.

Whoever adds a column should not have to tell the bot. The hours between two readings are a setting; connections are
spread over the last quarter of them, each is read by one process at a time, and one that fails is left alone awhile.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.looking import read_again
from core.ask.road import Road
from core.config import read
from core.connections import rows
from core.connections.connection import Connection
from core.connections.settings import REFRESH_HOURS, REFRESH_HOURS_DEFAULT
from core.errors import ColloqueryError
from core.storage.models import DatabaseConnection, DatabaseSchema
from core.storage.own_tables import ConnectionOption
from core.storage.session import insert_if_absent

log = logging.getLogger(__name__)

MOST = 20
"""Connections that are read in one run, one after another."""

QUIET = timedelta(hours=1)
"""After somebody or the schedule looked at a connection it is left alone for so long, whatever came of it."""

_SPREAD = 0.25

_connections = cast("Table", DatabaseConnection.__table__)
_options = cast("Table", ConnectionOption.__table__)
_schemas = cast("Table", DatabaseSchema.__table__)

_READ = (
    select(_connections.c.id, _options.c.checked_at, _schemas.c.created_at)
    .join_from(_connections, _schemas, and_(_schemas.c.connection_id == _connections.c.id, _schemas.c.is_active))
    .join(_options, _options.c.connection_id == _connections.c.id, isouter=True)
    .where(_options.c.is_enabled.is_not(False))
    .order_by(_schemas.c.created_at)
)
"""Enabled connections whose schema was read before, the oldest reading first."""


async def refresh_schemas(road: Road) -> int:
    """Read the schemas whose time has come, and check the templates against them. How many were read."""
    now = road.clock()
    async with road.store.reading() as session:
        hours = await read(session, REFRESH_HOURS, REFRESH_HOURS_DEFAULT)
        found = (await session.execute(_READ)).all() if hours else []
    due = [
        (row.id, row.checked_at)
        for row in found
        if is_due(row.id, row.created_at, timedelta(hours=hours), now) and _is_quiet(row.checked_at, now)
    ]
    done = 0
    for connection_id, checked_at in due[:MOST]:
        done += await _read_one(road, connection_id, checked_at)
    return done


def is_due(connection_id: str, read_at: datetime, period: timedelta, now: datetime) -> bool:
    """Whether a reading is old enough. Each connection has its own moment in the last quarter of the period."""
    share = int(connection_id[:8], 16) / 0xFFFFFFFF
    return now - read_at >= period * (1 - _SPREAD * share)


def _is_quiet(checked_at: datetime | None, now: datetime) -> bool:
    return checked_at is None or now - checked_at >= QUIET


async def _read_one(road: Road, connection_id: str, checked_at: datetime | None) -> bool:
    async with road.store.writing() as session:
        if not await _claim(session, connection_id, checked_at, road.clock()):
            return False
    async with road.store.reading() as session:
        connection = await rows.by_id(session, connection_id)
    return connection is not None and await _read_again(road, connection)


async def _claim(session: AsyncSession, connection_id: str, checked_at: datetime | None, now: datetime) -> bool:
    """Of several processes that see it due at the same moment, one changes when it was last looked at."""
    if checked_at is None and await insert_if_absent(
        session, ConnectionOption, connection_id=connection_id, checked_at=now
    ):
        return True
    seen = _options.c.checked_at.is_(None) if checked_at is None else _options.c.checked_at == checked_at
    claimed = update(_options).where(_options.c.connection_id == connection_id, seen).values(checked_at=now)
    return cast("CursorResult[Any]", await session.execute(claimed)).rowcount == 1


async def _read_again(road: Road, connection: Connection) -> bool:
    try:
        changes = await read_again(road, connection)
    except ColloqueryError as error:
        log.warning("a schema could not be read again", extra={"connection": connection.id, "code": error.code})
        return False
    if changes:
        log.info("a schema has changed", extra={"connection": connection.id, **changes.summary()})
    return True
