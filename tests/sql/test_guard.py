"""The guard on its two lists: what people ask passes, what harms does not; and how it reads names and odd input."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from core.schema import Column, Schema, Table
from core.sql import guard
from core.sql.guard import REASONS, check
from core.sql.policies import POLICIES
from core.sql.refusal import PLACE_LENGTH, shown
from tests.sql import (
    further_dialects,
    legit_anywhere,
    legit_mysql,
    legit_oracle,
    legit_postgres,
    legit_sqlite,
    legit_tsql,
    refused_anywhere,
    refused_mysql,
    refused_oracle,
    refused_postgres,
    refused_sqlite,
    refused_tsql,
)
from tests.sql.shop import shop

LEGIT = {
    "postgres": legit_postgres.LEGIT,
    "mysql": legit_mysql.LEGIT,
    "mariadb": legit_mysql.LEGIT,
    "sqlite": legit_sqlite.LEGIT,
    "tsql": legit_tsql.LEGIT,
    "oracle": legit_oracle.LEGIT,
    **further_dialects.LEGIT,
}
REFUSED = {
    "postgres": refused_postgres.REFUSED,
    "mysql": refused_mysql.REFUSED,
    "mariadb": {
        reason: refused_mysql.REFUSED.get(reason, ()) + refused_mysql.MARIADB_ONLY.get(reason, ())
        for reason in refused_mysql.REFUSED | refused_mysql.MARIADB_ONLY
    },
    "sqlite": refused_sqlite.REFUSED,
    "tsql": refused_tsql.REFUSED,
    "oracle": refused_oracle.REFUSED,
    **further_dialects.REFUSED,
}
ONE_BY_ONE = tuple(dialect for dialect in POLICIES if dialect not in further_dialects.LEGIT)
"""Dialects with lists over any tables, too."""
NEEDS_A_SCHEMA = {"unknown_table", "unknown_column", "other_schema"}


@pytest.mark.parametrize("dialect", LEGIT)
def test_analysis_passes(dialect: str) -> None:
    for sql in LEGIT[dialect]:
        for schema in (shop(dialect), None):
            verdict = check(sql, dialect, schema)
            assert verdict.allowed, (verdict.reason, verdict.place, sql)
            assert verdict.reason == verdict.place == ""


@pytest.mark.parametrize("dialect", ONE_BY_ONE)
def test_analysis_passes_without_a_catalog(dialect: str) -> None:
    for sql in legit_anywhere.ANYWHERE["mysql" if dialect == "mariadb" else dialect]:
        verdict = check(sql, dialect)
        assert verdict.allowed, (verdict.reason, verdict.place, sql)
        assert check(verdict.sql, dialect).sql == verdict.sql


@pytest.mark.parametrize("dialect", LEGIT)
def test_what_runs_is_its_own_fixed_point(dialect: str) -> None:
    for sql in LEGIT[dialect]:
        once = check(sql, dialect, shop(dialect))
        assert check(once.sql, dialect, shop(dialect)) == once


@pytest.mark.parametrize("dialect", REFUSED)
def test_harm_is_refused_for_its_reason(dialect: str) -> None:
    for reason, queries in REFUSED[dialect].items():
        for sql in queries:
            verdict = check(sql, dialect, shop(dialect))
            assert not verdict.allowed, (sql, verdict.sql)
            assert verdict.reason == reason, (verdict.reason, verdict.place, sql)
            assert verdict.sql == "" and verdict.tables == ()
            assert len(verdict.place) <= PLACE_LENGTH and verdict.place.isprintable()
            assert verdict.place or reason == "empty", (reason, sql)


@pytest.mark.parametrize("dialect", REFUSED)
def test_harm_is_refused_without_a_schema_too(dialect: str) -> None:
    for reason, queries in REFUSED[dialect].items():
        if reason not in NEEDS_A_SCHEMA:
            for sql in queries:
                assert not check(sql, dialect).allowed, sql


@pytest.mark.parametrize("dialect", ONE_BY_ONE)
def test_harm_over_any_tables_is_refused(dialect: str) -> None:
    for sql in refused_anywhere.ANYWHERE["mysql" if dialect == "mariadb" else dialect]:
        verdict = check(sql, dialect)
        assert not verdict.allowed, (sql, verdict.sql)
        assert verdict.reason != "failed", sql


@pytest.mark.parametrize("dialect", REFUSED)
def test_the_lists_are_long_enough_and_their_reasons_known(dialect: str) -> None:
    assert sum(map(len, REFUSED[dialect].values())) >= 60
    assert len(LEGIT[dialect]) >= 60
    assert set(REFUSED[dialect]) <= REASONS


def test_every_reason_is_reached() -> None:
    reached = {reason for lists in REFUSED.values() for reason in lists}
    elsewhere = {"too_long", "too_deep", "too_complex", "private_column", "unknown_dialect", "failed"}
    assert reached | elsewhere == REASONS


def test_an_unknown_dialect_is_refused() -> None:
    assert check("SELECT 1", "spark").reason == "unknown_dialect"


# Limits of the input


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT '" + "x" * 1_000_000 + "'", "too_long"),
        ("(" * 1_000_000, "too_long"),
        ("가" * 7_000, "too_long"),
        ("SELECT " + "(" * 40 + "1" + ")" * 40, "too_deep"),
        ("SELECT " + "CASE WHEN 1 = 1 THEN " * 40 + "1" + " END" * 40, "too_deep"),
        ("SELECT " + "NOT " * 500 + "1", "too_deep"),
        ("SELECT " + "- " * 500 + "1", "too_deep"),
        ("SELECT " + "ARRAY[" * 30 + "1" + "]" * 30, "too_deep"),
        ("SELECT x" + "::int" * 100, "too_deep"),
        ("SELECT a" + ".a" * 100, "too_deep"),
        ("SELECT * FROM a " + "JOIN b " * 30, "too_complex"),
        ("SELECT 1" + " UNION SELECT 1" * 200, "too_complex"),
        ("SELECT 1" + " AND 1" * 2_500, "too_complex"),
        ("SELECT * FROM orders " + " ".join(f"JOIN orders o{i} ON o{i}.id = 1" for i in range(60)), "too_complex"),
        ("SELECT 1 FROM " + ", ".join(f"t{i}" for i in range(100)), "too_complex"),
        ("SELECT 1 FROM " + ", ".join(["orders"] * 100), "too_large"),
    ],
)
def test_hostile_sizes_are_refused_quickly(sql: str, reason: str) -> None:
    for dialect in POLICIES:
        fastest = float("inf")
        for _ in range(3):
            started = time.perf_counter()
            verdict = check(sql, dialect)
            fastest = min(fastest, time.perf_counter() - started)
        assert not verdict.allowed
        if dialect == "postgres":
            assert verdict.reason == reason
        assert fastest < 0.25, f"{dialect}: {fastest * 1000:.0f} ms"


def test_nothing_ends_the_process_on_a_small_stack() -> None:
    # A crash in compiled code cannot be caught, so it happens in a process of its own.
    script = """
import threading
from core.sql.guard import check
from core.sql.policies import POLICIES
units = ["(", "[", "NOT ", "- ", "~ ", "ANY ", "PRIOR ", "CASE WHEN ", "a.", "::int", "->'a'", "a -> ", "JOIN b ",
         "EXISTS(", "SELECT ", "INTERVAL ", "UNION SELECT ", "LATERAL ", "ARRAY[", "f(", "END PRIOR ", "BINARY ",
         "IS NOT ", "DATE ", ", a AS (SELECT 1)", "CONNECT_BY_ROOT - "]
def run():
    for dialect in POLICIES:
        for head in ("SELECT ", "SELECT * FROM ", "WITH a AS (SELECT 1)", "SELECT 1 FROM t WHERE "):
            for unit in units:
                check(head + unit * (19_000 // len(unit)) + "1", dialect)
                check(head + unit * 60 + "1", dialect)
threading.stack_size(512 * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
print("done")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "done\n", done.stderr[-500:]


def test_whatever_breaks_inside_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(guard, "check_bounds", broken)
    assert check("SELECT 1", "postgres").reason == "failed"


def test_the_place_is_one_short_line_without_invisible_signs() -> None:
    assert shown("a\n b\t c") == "a b c"
    assert shown("a\u202eb\x00") == "a\\u202eb\\u0000"
    assert len(shown("x" * 500)) == PLACE_LENGTH
    assert check("SELECT " + "pg_sleep(" + "1 + " * 100 + "1)", "postgres").place.endswith("…")


# Names


def test_tables_are_listed_once_as_the_catalog_calls_them() -> None:
    sql = (
        "WITH recent AS (SELECT * FROM orders) SELECT c.name FROM recent r JOIN customers c ON c.id = r.customer_id"
        " WHERE EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = r.id) AND r.id IN (SELECT id FROM orders)"
    )
    assert check(sql, "postgres", shop("postgres")).tables == ("orders", "customers", "order_items")
    assert check(sql, "oracle", shop("oracle")).tables == ("ORDERS", "CUSTOMERS", "ORDER_ITEMS")


def test_schemas_are_those_of_the_catalog() -> None:
    sales = Table("deals", (Column("id", "int"),), schema="sales")
    schema = Schema("postgres", (sales, Table("deals", (Column("name", "text"),))))
    assert check("SELECT id FROM sales.deals", "postgres", schema).tables == ("sales.deals",)
    assert check("SELECT sales.deals.id FROM sales.deals", "postgres", schema).allowed
    assert check("SELECT id FROM deals", "postgres", schema).reason == "unknown_column"
    assert check("SELECT id FROM SALES.deals", "postgres", schema).allowed
    assert check('SELECT id FROM "SALES".deals', "postgres", schema).reason == "other_schema"
    assert check("SELECT id FROM sales.other", "postgres", schema).reason == "unknown_table"
    assert check("SELECT name FROM public.deals", "postgres", schema).sql == "SELECT name FROM deals LIMIT 1001"


@pytest.mark.parametrize(
    ("dialect", "sql", "allowed"),
    [
        ("postgres", "SELECT ID FROM Orders", True),
        ("postgres", 'SELECT "ID" FROM orders', False),
        ("postgres", 'SELECT id FROM "Orders"', False),
        ("oracle", "SELECT id FROM orders", True),
        ("oracle", 'SELECT "ID" FROM "ORDERS"', True),
        ("oracle", 'SELECT "id" FROM orders', False),
        ("sqlite", 'SELECT "ID" FROM ORDERS', True),
        ("tsql", "SELECT [ID] FROM [ORDERS]", True),
        ("mysql", "SELECT `ID` FROM ORDERS", True),
    ],
)
def test_case_is_that_of_the_server(dialect: str, sql: str, allowed: bool) -> None:
    assert check(sql, dialect, shop(dialect)).allowed is allowed


def test_mysql_gets_the_case_of_its_files() -> None:
    verdict = check(
        "SELECT ORDERS.id, O.total FROM ORDERS JOIN Orders AS o ON o.id = Orders.id", "mysql", shop("mysql")
    )
    assert verdict.sql == "SELECT orders.id, o.total FROM orders JOIN orders AS o ON o.id = orders.id LIMIT 1001"


def test_a_word_of_the_server_that_is_a_column_is_quoted() -> None:
    schema = Schema("postgres", (Table("seats", (Column("user", "text"), Column("id", "int"))),))
    assert check("SELECT user FROM seats", "postgres", schema).sql == 'SELECT "user" FROM seats LIMIT 1001'
    assert check("SELECT user FROM seats", "postgres").reason == "variable"
    assert check("SELECT s.user FROM seats s", "postgres", schema).allowed


def test_t_sql_words_are_quoted_when_they_are_names() -> None:
    schema = Schema("tsql", (Table("plan", (Column("percent", "int"), Column("key", "int"))),))
    verdict = check("SELECT percent, p.[key] AS rule FROM [plan] AS p", "tsql", schema)
    assert verdict.sql == "SELECT TOP 1001 [percent], p.[key] AS [rule] FROM [plan] AS p"


def test_sqlite_text_in_double_quotes_is_text() -> None:
    verdict = check('SELECT id FROM orders WHERE status = "paid" AND "note" = "id"', "sqlite", shop("sqlite"))
    assert verdict.sql == 'SELECT id FROM orders WHERE status = \'paid\' AND "note" = "id" LIMIT 1001'


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id AND o.total > 1)",
        "SELECT x.n FROM (SELECT COUNT(*) AS n FROM orders) AS x",
        "SELECT x.a FROM (SELECT id, total FROM orders) AS x(a, b)",
        "WITH a(k) AS (SELECT id FROM orders), b AS (SELECT k FROM a) SELECT b.k FROM b",
        "WITH a AS (SELECT * FROM orders) SELECT a.total FROM a",
        "SELECT x.count FROM (SELECT COUNT(*) FROM orders) AS x",
        "SELECT s.n FROM customers c, LATERAL (SELECT COUNT(*) AS n FROM orders o WHERE o.customer_id = c.id) AS s",
        "SELECT total AS t FROM orders GROUP BY t ORDER BY t",
        "SELECT id FROM orders UNION SELECT id FROM customers ORDER BY id",
        "SELECT row_to_json(x) FROM (SELECT id FROM orders) AS x",
        "SELECT o.*, c.name FROM orders AS o JOIN customers AS c USING (id)",
        "SELECT * FROM (orders o JOIN customers c ON c.id = o.customer_id) WHERE c.id = 1 AND o.id = 1",
    ],
)
def test_scopes_that_hold(sql: str) -> None:
    assert check(sql, "postgres", shop("postgres")).allowed, check(sql, "postgres", shop("postgres"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c.id FROM orders o WHERE EXISTS (SELECT 1 FROM customers c)",
        "SELECT x.total FROM (SELECT id FROM orders) AS x",
        "SELECT x.id FROM (SELECT id FROM orders) AS x(a)",
        "WITH a(k) AS (SELECT id FROM orders) SELECT a.id FROM a",
        "SELECT s.n FROM customers c, (SELECT COUNT(*) AS n FROM orders o WHERE o.customer_id = c.id) AS s",
        "SELECT total AS t FROM orders WHERE t > 1",
        "SELECT id FROM orders UNION SELECT id FROM customers ORDER BY total",
        "SELECT x.sum FROM (SELECT COUNT(*) FROM orders) AS x",
        "SELECT orders.id FROM orders AS o",
        "SELECT o.id FROM orders AS o JOIN customers AS c USING (total)",
        "WITH a AS (SELECT b.id FROM b), b AS (SELECT 1 AS id) SELECT * FROM a",
    ],
)
def test_scopes_that_do_not(sql: str) -> None:
    assert check(sql, "postgres", shop("postgres")).reason in {"unknown_column", "unknown_table"}


def test_a_large_catalog_costs_nothing_a_query() -> None:
    many = tuple(Table(f"t{i}", tuple(Column(f"c{j}", "int") for j in range(20))) for i in range(10_000))
    schema = replace(shop("postgres"), tables=shop("postgres").tables + many)
    sql = (
        "SELECT c.name, SUM(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'paid'"
        " GROUP BY c.name"
    )
    assert check(sql, "postgres", schema).allowed
    fastest = float("inf")
    for _ in range(20):
        started = time.perf_counter()
        check(sql, "postgres", schema)
        fastest = min(fastest, time.perf_counter() - started)
    assert fastest < 0.004


def test_changing_a_schema_value_is_seen() -> None:
    whole = shop("postgres")
    part = replace(whole, tables=tuple(table for table in whole.tables if table.name != "employees"))
    assert check("SELECT id FROM employees", "postgres", whole).allowed
    assert check("SELECT id FROM employees", "postgres", part).reason == "unknown_table"


# Recursion


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 1000) SELECT a FROM f",
        "WITH RECURSIVE d(x) AS (SELECT 10 UNION ALL SELECT x - 1 FROM d WHERE x > 0) SELECT x FROM d",
        "WITH RECURSIVE d(x) AS (SELECT 10 UNION ALL SELECT x - 1 FROM d WHERE 0 < x) SELECT x FROM d",
        "WITH RECURSIVE up AS (SELECT id, manager_id FROM employees WHERE id = 3 UNION SELECT e.id, e.manager_id"
        " FROM employees e, up WHERE e.id = up.manager_id) SELECT * FROM up",
        "WITH RECURSIVE s(rest) AS (SELECT 'a,b' UNION ALL SELECT substring(rest from 2) FROM s WHERE length(rest) > 0)"
        " SELECT rest FROM s",
        "WITH RECURSIVE s(rest) AS (SELECT 'a,b' UNION ALL SELECT substring(rest from 2) FROM s WHERE rest <> '')"
        " SELECT rest FROM s",
    ],
)
def test_recursion_that_ends_passes(sql: str) -> None:
    assert check(sql, "postgres", shop("postgres")).allowed, check(sql, "postgres", shop("postgres"))


@pytest.mark.parametrize("dialect", ["sqlite", "tsql", "oracle"])
def test_recursion_without_its_word_is_seen(dialect: str) -> None:
    dual = " FROM dual" if dialect == "oracle" else ""
    sql = f"WITH n (i) AS (SELECT 1{dual} UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    assert check(sql, dialect).reason == "endless_recursion"
