"""The demo's questions over a real PostgreSQL and a real MariaDB: the same rows as over SQLite."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from bot.wiring import House
from core.connections.connection import NewConnection
from core.connections.connections import EVERYONE
from core.demo.shop import questions
from core.engines.base import ServerKind, Target
from core.engines.registry import engine
from core.schema import Schema, Table
from tests.houses import KIM, LEE, Parts, administrator, ask

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}


def _type(declared: str) -> sa.types.TypeEngine[Any]:
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "INTEGER": sa.BigInteger(),
        "REAL": sa.Double(),
        "DATE": sa.Date(),
        "DATETIME": sa.DateTime(),
    }
    return kinds.get(declared.split("(", maxsplit=1)[0].upper(), sa.String(300))


def _table(metadata: sa.MetaData, table: Table) -> sa.Table:
    keys = {name: key for key in table.foreign_keys for name in key.columns}
    columns = [
        sa.Column(
            column.name,
            _type(column.type),
            *(
                [sa.ForeignKey(f"{keys[column.name].ref_table}.{keys[column.name].ref_columns[0]}")]
                if column.name in keys
                else []
            ),
            primary_key=column.name in table.primary_key,
            autoincrement=False,
            comment=column.comment,
        )
        for column in table.columns
    ]
    return sa.Table(table.name, metadata, *columns, comment=table.comment)


def _read(shop: Path) -> Schema:
    session = engine("sqlite").connect(Target("sqlite", str(shop), 0, "", "", "shop"))
    try:
        return session.read_schema()
    finally:
        session.close()


def copy_shop(shop: Path, url: sa.URL) -> None:
    """The demo shop, comments and keys included, on another server."""
    metadata = sa.MetaData()
    for table in _read(shop).tables:
        _table(metadata, table)
    target = sa.create_engine(url.set(drivername=DRIVERS[url.get_backend_name()]))
    source = sa.create_engine(f"sqlite:///{shop}")
    try:
        metadata.create_all(target)
        with source.connect() as reading, target.begin() as writing:
            for copied in metadata.sorted_tables:
                rows = [dict(row) for row in reading.execute(sa.select(copied)).mappings()]
                if rows:
                    writing.execute(copied.insert(), rows)
    finally:
        target.dispose()
        source.dispose()


@pytest.fixture(params=["postgresql", "mariadb"])
async def elsewhere(request: pytest.FixtureRequest, small: House, shop: Path) -> AsyncIterator[str]:
    """The name of a connection to a copy of the shop on a real server."""
    kind: ServerKind = request.param
    url = make_url(request.getfixturevalue("postgres_database" if kind == "postgresql" else "mariadb_database"))
    if kind == "mariadb":
        url = url.update_query_dict({"charset": "utf8mb4"})
        _run(url, f"ALTER DATABASE `{url.database}` CHARACTER SET utf8mb4")
    copy_shop(shop, url)
    person = await administrator(small)
    added = await small.road.connections.add(
        person,
        NewConnection(
            kind, kind, url.host or "127.0.0.1", url.port or engine(kind).default_port, url.username or "",
            str(url.password or ""), url.database or "",
        ),
        local=True,
    )  # fmt: skip
    await small.road.connections.give(person, added, "everyone", EVERYONE)
    yield kind
    await small.road.databases.forget(added.id)


def _run(url: sa.URL, statement: str) -> None:
    target = sa.create_engine(url.set(drivername=DRIVERS[url.get_backend_name()]))
    with target.begin() as connection:
        connection.execute(sa.text(statement))
    target.dispose()


def _rows(parts: Parts) -> list[list[str]]:
    # Servers differ in how they type a sum or a month: 12, "12", "12.00" and a date are compared as people read them.
    return [[str(cell).removesuffix(".00").removesuffix("-01") for cell in row] for row in parts.table.rows]


async def test_the_demo_questions_have_the_same_answers(small: House, elsewhere: str) -> None:
    for actor in (LEE, KIM):
        for text in questions(actor.locale):
            _, here = await ask(small, text, actor, thread=f"here {text}", connection="shop")
            _, there = await ask(small, text, actor, thread=f"there {text}", connection=elsewhere)
            assert here.ok, here.plain
            assert there.ok, there.plain
            assert _rows(Parts(here)) == _rows(Parts(there)), text


async def test_nothing_can_be_written_there(small: House, elsewhere: str) -> None:
    _, reply = await ask(small, "DELETE FROM customers", connection=elsewhere)
    assert Parts(reply).notice.code == "guard.writes"
    _, counted = await ask(small, "SELECT COUNT(*) FROM customers", connection=elsewhere)
    assert int(Parts(counted).table.rows[0][0]) > 100


def test_the_copy_is_the_shop(shop: Path) -> None:
    connection = sqlite3.connect(shop)
    (lines,) = connection.execute("SELECT COUNT(*) FROM order_items").fetchone()
    connection.close()
    assert lines == 50_000
