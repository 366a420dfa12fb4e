"""The same question gives the same rows on every server, and SQL its dialect can read."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pymysql
import pytest
from sqlalchemy import make_url
from sqlglot import parse_one

from core.model.base import Request
from core.model.builtin import BuiltinWriter
from core.model.builtin.dialect import DIALECTS
from core.schema import Column, Linked, Table, ValueMatch
from core.sql.guard import check
from tests.model.builtin.questions import ENGLISH, KOREAN
from tests.model.builtin.shop import ROWS, TABLES, TODAY, open_shop, write

QUESTIONS = tuple(question for question, _ in ENGLISH + KOREAN)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_answer_parses_in_every_dialect(dialect: str) -> None:
    for question in QUESTIONS:
        sql = write(question, dialect)
        assert parse_one(sql, dialect=dialect).sql(dialect=dialect), sql


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"mysql", "oracle", "postgres", "sqlite", "tsql"}))
def test_every_answer_passes_the_guard_of_the_further_dialects(dialect: str) -> None:
    for question in QUESTIONS:
        sql = write(question, dialect)
        verdict = check(sql, dialect)
        assert verdict.allowed, (verdict.reason, verdict.place, sql)


def _cell(cell: Any) -> Any:
    if isinstance(cell, Decimal | float):
        return round(float(cell), 4)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else cell


def _rows(rows: Any) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(_cell(cell) for cell in row) for row in rows)


def _definitions() -> list[str]:
    return [
        f"CREATE TABLE {table.name} (" + ", ".join(f"{column.name} {column.type}" for column in table.columns) + ")"
        for table in TABLES
    ]


def _marks(table: Table) -> str:
    return f"INSERT INTO {table.name} VALUES (" + ", ".join(["%s"] * len(table.columns)) + ")"


def _expected() -> dict[str, Counter[tuple[Any, ...]]]:
    with closing(open_shop()) as shop:
        return {question: _rows(shop.execute(write(question))) for question in QUESTIONS}


def test_duckdb_gives_the_same_rows() -> None:
    expected = _expected()
    with duckdb.connect() as connection:
        for definition, table in zip(_definitions(), TABLES, strict=True):
            connection.execute(definition)
            connection.executemany(_marks(table).replace("%s", "?"), ROWS[table.name])
        for question in QUESTIONS:
            sql = write(question, "duckdb")
            if question != "show 2 customers":
                assert _rows(connection.execute(sql).fetchall()) == expected[question], sql


def test_postgresql_gives_the_same_rows(postgres_database: str) -> None:
    expected = _expected()
    with psycopg.connect(postgres_database, autocommit=True) as connection, connection.cursor() as cursor:
        for definition, table in zip(_definitions(), TABLES, strict=True):
            cursor.execute(definition.encode())
            cursor.executemany(_marks(table).encode(), ROWS[table.name])
        for question in QUESTIONS:
            sql = write(question, "postgres")
            if question != "show 2 customers":
                assert _rows(cursor.execute(sql.encode()).fetchall()) == expected[question], sql


def test_mariadb_gives_the_same_rows(mariadb_database: str) -> None:
    expected = _expected()
    where = make_url(mariadb_database)
    connection = pymysql.connect(
        host=where.host or "127.0.0.1",
        port=where.port or 3306,
        user=where.username,
        password=where.password or "",
        database=where.database,
        charset="utf8mb4",
        autocommit=True,
    )
    with closing(connection), connection.cursor() as cursor:
        for definition, table in zip(_definitions(), TABLES, strict=True):
            cursor.execute(definition)
            cursor.executemany(_marks(table), ROWS[table.name])
        for question in QUESTIONS:
            sql = write(question, "mysql")
            cursor.execute(sql)
            assert _rows(cursor.fetchall()) == expected[question], sql


ODD = (
    Table(
        "주문 내역",
        (Column("id", "int"), Column("고객", "text"), Column("Unit Price", "int"), Column("order", "text")),
        primary_key=("id",),
    ),
    Table('we"ird', (Column("id", "int"), Column("select", "int")), primary_key=("id",)),
)


def test_odd_names_are_quoted() -> None:
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute('CREATE TABLE "주문 내역" (id int, "고객" text, "Unit Price" int, "order" text)')
        base.execute("INSERT INTO \"주문 내역\" VALUES (1, '김', 5, 'a'), (2, '이', 7, 'b')")
        linked = Linked("sqlite", ODD)
        for question, rows in (
            ("고객별 주문 내역 수", [("김", 1), ("이", 1)]),
            ("average unit price", [(6.0,)]),
            ("maximum select", [(None,)]),
        ):
            base.execute('CREATE TABLE IF NOT EXISTS "we""ird" (id int, "select" int)')
            sql = BuiltinWriter().sql(Request(question, linked, TODAY))
            assert sorted(base.execute(sql).fetchall()) == rows, sql


def test_a_schema_is_written_before_its_table() -> None:
    table = Table("items", (Column("id", "int"), Column("price", "int")), schema="shop", primary_key=("id",))
    sql = BuiltinWriter().sql(Request("average price of items", Linked("postgres", (table,)), TODAY))
    assert sql == "SELECT AVG(price) AS average_price FROM shop.items"


def test_a_value_of_the_data_stays_a_value() -> None:
    table = Table("items", (Column("id", "int"), Column("name", "text")), primary_key=("id",))
    evil = "x'; DROP TABLE items; --"
    linked = Linked("sqlite", (table,), (ValueMatch("items", "name", evil, "thing"),))
    sql = BuiltinWriter().sql(Request("how many items named thing", linked, TODAY))
    assert sql == "SELECT COUNT(*) AS item_count FROM items WHERE name = 'x''; DROP TABLE items; --'"
