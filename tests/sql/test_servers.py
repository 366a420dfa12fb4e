"""Queries that the guard lets through, run on the real servers: they run, and they leave everything as it was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pymysql
from sqlalchemy import make_url

from core.sql.guard import check
from core.sql.names import mend
from tests.sql.legit_mysql import MYSQL_ONLY
from tests.sql.shop import shop, statements
from tests.sql.test_guard import LEGIT

COUNTS = (
    "SELECT (SELECT COUNT(*) FROM customers), (SELECT COUNT(*) FROM orders), (SELECT SUM(total) FROM orders),"
    " (SELECT COUNT(*) FROM products)"
)
# The limit and the mended text are run as well: a broken spelling shows only on a server.
MISSPELT = "SELECT o.CustomerId, Count(*) FROM Order o GROUP BY o.CustomerId ORDER BY o.CustomerId"


def _allowed(sql: str, dialect: str) -> str:
    verdict = check(sql, dialect, shop(dialect))
    assert verdict.allowed, (verdict, sql)
    return verdict.sql


def _misspelt(dialect: str) -> str:
    return _allowed(mend(MISSPELT, dialect, shop(dialect)).sql, dialect)


def test_on_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements("sqlite"):
            connection.execute(statement)
        connection.commit()
        before = connection.execute(COUNTS).fetchall(), connection.total_changes
        for sql in (*LEGIT["sqlite"], MISSPELT):
            text = _misspelt("sqlite") if sql is MISSPELT else _allowed(sql, "sqlite")
            connection.execute(text).fetchall()
        assert (connection.execute(COUNTS).fetchall(), connection.total_changes) == before


def test_text_means_the_same_after_printing_on_sqlite() -> None:
    moving = ("now", "random", "CURRENT")
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements("sqlite"):
            connection.execute(statement)
        for sql in LEGIT["sqlite"]:
            if not any(word in sql for word in moving):
                assert connection.execute(_allowed(sql, "sqlite")).fetchall() == connection.execute(sql).fetchall(), sql


def test_on_postgresql(postgres_database: str) -> None:
    moving = ("now()", "random", "CURRENT", "age(", "public.")
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        for statement in statements("postgres"):
            connection.execute(statement.encode())
        before = connection.execute(COUNTS).fetchall()
        for sql in LEGIT["postgres"]:
            rows = connection.execute(_allowed(sql, "postgres").encode(), prepare=True).fetchall()
            if not any(word in sql for word in moving):
                assert rows == connection.execute(sql.encode()).fetchall(), sql
        connection.execute(_misspelt("postgres").encode())
        assert connection.execute(COUNTS).fetchall() == before


@contextmanager
def _mariadb(url: str) -> Iterator[pymysql.cursors.Cursor]:
    where = make_url(url)
    connection = pymysql.connect(
        host=where.host,
        port=where.port or 3306,
        user=where.username,
        password=where.password or "",
        database=where.database,
        charset="utf8mb4",
        autocommit=True,
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("ALTER DATABASE CHARACTER SET utf8mb4")
        yield cursor


def test_on_mariadb(mariadb_database: str) -> None:
    moving = ("NOW", "RAND", "CUR", "UTC")
    with _mariadb(mariadb_database) as cursor:

        def run(sql: str) -> object:
            cursor.execute(sql)
            return cursor.fetchall()

        for statement in statements("mysql"):
            cursor.execute(statement)
        before = run(COUNTS)
        for sql in LEGIT["mysql"]:
            if sql in MYSQL_ONLY:
                continue
            rows = run(_allowed(sql, "mysql"))
            if not any(word in sql for word in moving):
                assert rows == run(sql), sql
        run(_misspelt("mysql"))
        assert run(COUNTS) == before
