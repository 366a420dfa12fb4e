"""The row limit: the first rows of the query itself, on three real servers; as text for the two that are not here."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pymysql
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from core.sql.guard import check

ROWS = [(i, (i * 7) % 5, (i * 3) % 4 if i % 6 else None) for i in range(40)]
Run = Callable[[str], list[tuple[object, ...]]]


@pytest.mark.parametrize(
    ("dialect", "sql", "limited"),
    [
        ("postgres", "SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a LIMIT 11"),
        ("postgres", "SELECT a FROM t LIMIT 5", "SELECT a FROM t LIMIT 5"),
        ("postgres", "SELECT a FROM t LIMIT 500 OFFSET 3", "SELECT a FROM t LIMIT 11 OFFSET 3"),
        ("postgres", "SELECT a FROM t LIMIT ALL", "SELECT a FROM t LIMIT 11"),
        ("postgres", "SELECT a FROM t LIMIT NULL", "SELECT a FROM t LIMIT 11"),
        ("postgres", "SELECT a FROM t OFFSET 5", "SELECT a FROM t LIMIT 11 OFFSET 5"),
        ("postgres", "SELECT a FROM t FETCH FIRST 500 ROWS ONLY", "SELECT a FROM t FETCH FIRST 11 ROWS ONLY"),
        ("postgres", "SELECT a FROM t FETCH FIRST 5 ROWS WITH TIES", "SELECT a FROM t FETCH FIRST 5 ROWS WITH TIES"),
        ("postgres", "(SELECT a FROM t ORDER BY a)", "SELECT a FROM t ORDER BY a LIMIT 11"),
        ("postgres", "(SELECT a FROM t LIMIT 500) LIMIT 50", "(SELECT a FROM t LIMIT 500) LIMIT 11"),
        ("mysql", "SELECT a FROM t LIMIT 3, 500", "SELECT a FROM t LIMIT 11 OFFSET 3"),
        (
            "mysql",
            "SELECT a FROM t UNION SELECT b FROM t ORDER BY 1",
            "SELECT a FROM t UNION SELECT b FROM t ORDER BY 1 LIMIT 11",
        ),
        (
            "sqlite",
            "WITH x AS (SELECT a FROM t LIMIT 500) SELECT * FROM x",
            "WITH x AS (SELECT a FROM t LIMIT 500) SELECT * FROM x LIMIT 11",
        ),
        ("oracle", "SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a FETCH FIRST 11 ROWS ONLY"),
        (
            "oracle",
            "SELECT a FROM t MINUS SELECT b FROM t",
            "SELECT a FROM t MINUS SELECT b FROM t FETCH FIRST 11 ROWS ONLY",
        ),
        ("oracle", "SELECT a FROM t OFFSET 5 ROWS", "SELECT a FROM t OFFSET 5 ROWS FETCH FIRST 11 ROWS ONLY"),
        ("oracle", "SELECT a FROM t FETCH FIRST 500 ROWS ONLY", "SELECT a FROM t FETCH FIRST 11 ROWS ONLY"),
        (
            "oracle",
            "SELECT a FROM t FETCH FIRST 9 PERCENT ROWS ONLY",
            "SELECT a FROM t FETCH FIRST 9 PERCENT ROWS ONLY",
        ),
        ("tsql", "SELECT a FROM t ORDER BY a", "SELECT TOP 11 a FROM t ORDER BY a"),
        ("tsql", "SELECT DISTINCT a FROM t", "SELECT DISTINCT TOP 11 a FROM t"),
        ("tsql", "SELECT TOP 500 a FROM t", "SELECT TOP 11 a FROM t"),
        ("tsql", "SELECT TOP 5 a FROM t", "SELECT TOP 5 a FROM t"),
        ("tsql", "SELECT TOP (5) WITH TIES a FROM t ORDER BY a", "SELECT TOP 5 WITH TIES a FROM t ORDER BY a"),
        ("tsql", "SELECT TOP 90 PERCENT a FROM t", "SELECT TOP 90 PERCENT a FROM t"),
        (
            "tsql",
            "SELECT a FROM t ORDER BY a OFFSET 5 ROWS",
            "SELECT a FROM t ORDER BY a OFFSET 5 ROWS FETCH NEXT 11 ROWS ONLY",
        ),
        (
            "tsql",
            "SELECT a FROM t ORDER BY a OFFSET 5 ROWS FETCH NEXT 500 ROWS ONLY",
            "SELECT a FROM t ORDER BY a OFFSET 5 ROWS FETCH NEXT 11 ROWS ONLY",
        ),
        (
            "tsql",
            "SELECT a FROM t UNION ALL SELECT b FROM t",
            "SELECT a FROM t UNION ALL SELECT b FROM t ORDER BY 1 OFFSET 0 ROWS FETCH NEXT 11 ROWS ONLY",
        ),
        (
            "tsql",
            "SELECT a FROM t UNION SELECT b FROM t ORDER BY a DESC",
            "SELECT a FROM t UNION SELECT b FROM t ORDER BY a DESC OFFSET 0 ROWS FETCH NEXT 11 ROWS ONLY",
        ),
        (
            "tsql",
            "WITH x AS (SELECT TOP 500 a FROM t) SELECT a FROM x",
            "WITH x AS (SELECT TOP 500 a AS a FROM t) SELECT TOP 11 a FROM x",
        ),
    ],
)
def test_the_limit_is_written_where_it_belongs(dialect: str, sql: str, limited: str) -> None:
    assert check(sql, dialect, max_rows=10).sql == limited


def test_no_limit_is_written_when_none_is_asked_for() -> None:
    assert check("SELECT a FROM t", "postgres", max_rows=None).sql == "SELECT a FROM t"


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, bool]:
    """A query over t(k, a, b), and whether its order says where every row stands."""

    def select() -> str:
        where = draw(st.sampled_from(("", " WHERE a > 1", " WHERE b IS NOT NULL", " WHERE k % 3 = 1")))
        distinct = draw(st.sampled_from(("", "", "DISTINCT ")))
        columns = draw(st.sampled_from(("k, a, b", "a, b, k", "k, a, COALESCE(b, 9) AS b")))
        return f"SELECT {distinct}{columns} FROM t{where}"

    body = select()
    if draw(st.booleans()):
        operator = draw(st.sampled_from(("UNION", "UNION ALL", "EXCEPT", "INTERSECT")))
        body = f"SELECT k, a, b FROM t {operator} SELECT k, a, b FROM t WHERE a < {draw(st.integers(0, 5))}"
    shape = draw(st.sampled_from(("plain", "cte", "subquery", "inner")))
    if shape == "cte":
        body = f"WITH x AS ({body}) SELECT * FROM x"
    elif shape == "subquery":
        body = f"SELECT * FROM ({body}) AS y"
    elif shape == "inner":
        body = f"WITH x AS ({body} ORDER BY k, a, b LIMIT {draw(st.integers(0, 30))}) SELECT * FROM x"
    total = draw(st.booleans())
    if total:
        keys = draw(st.permutations(("k", "a", "b")))
        body += " ORDER BY " + ", ".join(f"{key}{draw(st.sampled_from(('', ' DESC')))}" for key in keys)
    limit = draw(st.sampled_from(("", "", " LIMIT 0", " LIMIT 3", " LIMIT 25", " LIMIT 1000", " LIMIT 20 OFFSET 4")))
    return body + limit, total or "LIMIT" in limit


def _first_rows_are_kept(run: Run, dialect: str, query: tuple[str, bool], rows: int) -> None:
    sql, ordered = query
    verdict = check(sql, dialect, max_rows=rows - 1)
    assert verdict.allowed, (verdict, sql)
    whole, part = run(sql), run(verdict.sql)
    assert len(part) == min(rows, len(whole))
    if "ORDER BY" in sql.rsplit(")", 1)[-1]:
        assert part == whole[:rows]
    elif not ordered:
        assert not Counter(part) - Counter(whole)


PROPERTY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[Run]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (k int, a int, b int)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS)
        yield lambda sql: connection.execute(sql).fetchall()


@given(queries(), st.integers(1, 45))
@PROPERTY
def test_first_rows_on_sqlite(on_sqlite: Run, query: tuple[str, bool], rows: int) -> None:
    _first_rows_are_kept(on_sqlite, "sqlite", query, rows)


def test_nothing_is_lost_when_there_is_nothing(on_sqlite: Run) -> None:
    _first_rows_are_kept(on_sqlite, "sqlite", ("SELECT k, a, b FROM t WHERE k < 0", False), 5)


def test_first_rows_on_postgresql(postgres_database: str) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (k int, a int, b int)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO t VALUES (%s, %s, %s)", ROWS)

        @given(queries(), st.integers(1, 45))
        @PROPERTY
        def holds(query: tuple[str, bool], rows: int) -> None:
            _first_rows_are_kept(lambda sql: connection.execute(sql.encode()).fetchall(), "postgres", query, rows)

        holds()


def test_first_rows_on_mariadb(mariadb_database: str) -> None:
    where = make_url(mariadb_database)
    with (
        closing(
            pymysql.connect(
                host=where.host,
                port=where.port or 3306,
                user=where.username,
                password=where.password or "",
                database=where.database,
                autocommit=True,
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE TABLE t (k int, a int, b int)")
        cursor.executemany("INSERT INTO t VALUES (%s, %s, %s)", ROWS)

        def run(sql: str) -> list[tuple[object, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        @given(queries(), st.integers(1, 45))
        @PROPERTY
        def holds(query: tuple[str, bool], rows: int) -> None:
            _first_rows_are_kept(run, "mariadb", query, rows)

        holds()
