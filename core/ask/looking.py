"""A look at a database: reached, secured, signed in to, asked who may write, its tables read. What came of it is noted
for lists.
"""

import asyncio
import time
from typing import get_args

from core.ask.road import Road
from core.catalog.changes import Changes
from core.chat import ConnectionReport, ConnectionStep
from core.connections.connection import Connection
from core.engines.base import Health, Target
from core.errors import ColloqueryError, DatabaseUnavailable
from core.ids import new_id

STEPS: tuple[ConnectionStep, ...] = get_args(ConnectionStep)

_SIGN_IN = frozenset({"database.sign_in", "database.unknown_database", "database.too_many_connections"})


async def tried(road: Road, target: Target) -> tuple[Health, float]:
    """What a database tells on a line of its own, which is closed afterwards, and how many seconds that took.

    Raises `DatabaseUnavailable`, `BadConnection`, `QueryFailed`.
    """
    line, began = f"trial-{new_id()}", time.monotonic()
    try:
        return await road.databases.health(line, target), time.monotonic() - began
    except DatabaseUnavailable as error:
        # A closed port answers at once, a silent one never: whoever types hosts from afar must not learn which it was.
        if error.code == "database.unreachable" and not target.local:
            await asyncio.sleep(max(0.0, began + road.databases.connect_seconds - time.monotonic()))
        raise
    finally:
        await asyncio.shield(road.databases.forget(line))


async def look(road: Road, connection: Connection, health: Health, seconds: float) -> ConnectionReport:
    """The rest of the look at a database that answered: its tables, read now when they never were. Raises as `tried`.

    `seconds` is what it took so far.
    """
    began = time.monotonic()
    entry = await road.catalog.entry(connection)
    await road.connections.note(connection.id, at=road.clock(), version=health.version, can_write=health.can_write)
    return _report(connection, health, seconds + time.monotonic() - began, STEPS, tables=len(entry.schema.tables))


async def report(road: Road, connection: Connection, health: Health, seconds: float) -> ConnectionReport:
    """As `look`, but what goes wrong is in the report."""
    try:
        return await look(road, connection, health, seconds)
    except ColloqueryError as error:
        return await failed_report(road, connection, error, health, seconds)


async def failed_report(
    road: Road, connection: Connection, error: ColloqueryError, health: Health | None = None, seconds: float = 0.0
) -> ConnectionReport:
    """What is wrong with a connection. `health` is there when it answered and its tables could not be read."""
    version, can_write = (health.version, health.can_write) if health else ("", None)
    await road.connections.note(
        connection.id, at=road.clock(), version=version, can_write=can_write, problem=error.code
    )
    step: ConnectionStep = "tables" if health else step_of(error)
    return _report(connection, health, seconds, STEPS[: STEPS.index(step)], failed=step, problem=error.code)


async def read_again(road: Road, connection: Connection) -> Changes:
    """Read the schema again, check the templates against it, and note how the database was found. Raises as `tried`."""
    try:
        changes = await road.catalog.refresh(connection)
        health = await road.databases.health(connection.id, road.connections.target(connection))
    except ColloqueryError as error:
        await road.connections.note(connection.id, at=road.clock(), problem=error.code)
        raise
    await road.templates.recheck(connection.id, (await road.catalog.entry(connection)).schema)
    await road.connections.note(connection.id, at=road.clock(), version=health.version, can_write=health.can_write)
    return changes


def step_of(error: ColloqueryError) -> ConnectionStep:
    """The step at which a first look ended."""
    if error.code.startswith("connection."):
        return "fields"
    if error.code.startswith("database.tls"):
        return "encrypt"
    if error.code in _SIGN_IN:
        return "sign_in"
    return "reach" if error.code.startswith("database.") else "look"


def _report(
    connection: Connection,
    health: Health | None,
    seconds: float,
    passed: tuple[ConnectionStep, ...],
    *,
    failed: ConnectionStep | None = None,
    problem: str = "",
    tables: int = 0,
) -> ConnectionReport:
    return ConnectionReport(
        id=connection.id,
        name=connection.name,
        milliseconds=round(seconds * 1000),
        passed=passed,
        failed=failed,
        problem=problem,
        version=health.version if health else "",
        is_encrypted=health.is_encrypted if health else None,
        tls_version=health.tls_version if health else "",
        can_write=health.can_write if health else None,
        tables=tables,
    )
