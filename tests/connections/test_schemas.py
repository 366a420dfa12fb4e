"""Schemas read again by schedule: when their time has come, by one process, a failing one left alone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.wiring import House
from core.ask.road import Road
from core.config import write
from core.connections import rows
from core.connections.connection import Connection, NewConnection
from core.connections.settings import REFRESH_HOURS
from core.storage.base import utc_now
from core.storage.models import Event
from core.storage.session import Store
from core.upkeep.schemas import QUIET, is_due, refresh_schemas
from tests.houses import add_sqlite, administrator, open_house, settings_for

DAY = timedelta(hours=24)


def later(house: House, after: timedelta, store: Store | None = None) -> Road:
    """The same rooms, so much later."""
    return replace(house.road, clock=lambda: utc_now() + after, store=store or house.road.store)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as built:
        yield built


@pytest.fixture
async def shop(house: House, tmp_path: Path) -> Connection:
    """A small file whose tables were read."""
    path = tmp_path / "small.db"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, title TEXT)")
    file.close()
    added = await add_sqlite(house, path, "small")
    await house.road.catalog.entry(added)
    return added


async def readings(house: House) -> int:
    async with house.store.reading() as session:
        return int(await session.scalar(select(func.count()).where(Event.event_type == "schema.read")) or 0)


async def found(house: House, connection: Connection) -> Connection:
    async with house.store.reading() as session:
        one = await rows.by_id(session, connection.id)
    assert one is not None
    return one


def test_connections_are_spread_over_the_last_quarter() -> None:
    now, ids = utc_now(), [str(uuid4()) for _ in range(400)]
    due = [sum(is_due(one, now - DAY * share, DAY, now) for one in ids) for share in (0.74, 0.8, 0.9, 1.0)]
    assert due[0] == 0 and due[3] == 400
    assert 0 < due[1] < due[2] < 400


async def test_what_is_old_is_read_again_and_says_what_is_new(house: House, shop: Connection) -> None:
    assert await refresh_schemas(house.road) == 0
    assert await refresh_schemas(later(house, DAY * 0.7)) == 0
    with sqlite3.connect(shop.host) as file:
        file.execute("CREATE TABLE more (id INTEGER)")
    file.close()
    assert await refresh_schemas(later(house, DAY)) == 1
    assert {table.name for table in (await house.road.catalog.entry(shop)).schema.tables} == {"items", "more"}
    noted = await found(house, shop)
    assert (noted.problem, noted.version[:6]) == ("", "SQLite")
    async with house.store.reading() as session:
        last = (await session.scalars(select(Event.event_data).order_by(Event.timestamp.desc()))).first()
    assert last is not None and last["added"] == 1


async def test_one_process_reads_it(house: House, shop: Connection) -> None:
    replicas = [later(house, DAY) for _ in range(4)]
    assert sorted(await asyncio.gather(*(refresh_schemas(one) for one in replicas))) == [0, 0, 0, 1]
    assert await readings(house) == 2


async def test_one_that_fails_is_noted_and_left_alone_awhile(house: House, shop: Connection) -> None:
    await house.road.databases.forget(shop.id)  # or its open line would go on reading
    Path(shop.host).rename(f"{shop.host}.gone")
    assert await refresh_schemas(later(house, DAY)) == 0
    noted = await found(house, shop)
    assert noted.problem == "database.unreachable"
    Path(f"{shop.host}.gone").rename(shop.host)
    assert await refresh_schemas(later(house, DAY + QUIET / 2)) == 0
    assert await refresh_schemas(later(house, DAY + QUIET)) == 1
    assert (await found(house, shop)).problem == ""


async def test_what_is_switched_off_never_read_or_kept_by_the_setting_is_not_read(
    house: House, shop: Connection
) -> None:
    owner = await administrator(house)
    await house.road.connections.add(owner, NewConnection("unread", "sqlite", shop.host, 0, "", "", "x"))
    async with house.store.writing() as session:
        await write(session, REFRESH_HOURS, 0, by=owner.id, now=house.road.clock())
    assert await refresh_schemas(later(house, DAY * 30)) == 0
    async with house.store.writing() as session:
        await write(session, REFRESH_HOURS, 48, by=owner.id, now=house.road.clock())
    assert await refresh_schemas(later(house, DAY)) == 0
    off = await house.road.connections.switch(owner, await found(house, shop), on=False)
    assert await refresh_schemas(later(house, DAY * 2)) == 0
    await house.road.connections.switch(owner, off, on=True)
    assert await refresh_schemas(later(house, DAY * 2)) == 1
