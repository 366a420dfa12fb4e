"""Values that a query looks for and that are nearly those stored: put right only where one can be meant."""

import sqlite3
from contextlib import closing
from functools import cache

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.schema import ColumnValues, Schema
from core.sql.guard import check
from core.sql.literals import (
    MendedValues,
    ValueChange,
    aggregates,
    compared_values,
    mend_values,
    nearest_value,
)
from core.sql.policies import POLICIES
from tests.sql.shop import shop
from tests.sql.test_servers import _mariadb

CITIES = ("Seoul", "Busan", "New York", "부산 시", "O'Brien", "100%", "a\\b\\", "\\'; DROP", "Naïve")
STATUSES = ("paid", "in_progress", "sent")
DIALECTS = tuple(POLICIES)


@cache
def known(dialect: str, complete: bool = True, cities: tuple[str, ...] = CITIES) -> Schema:
    """The shop with values of two columns, and of an incomplete third."""
    plain = shop(dialect)
    spelled = str.upper if dialect in ("oracle", "snowflake") else str
    values = (
        ColumnValues(spelled("customers"), spelled("city"), cities, complete),
        ColumnValues(spelled("orders"), spelled("status"), STATUSES, complete),
    )
    return Schema(plain.dialect, plain.tables, values)


@pytest.mark.parametrize(
    ("text", "candidates", "found"),
    [
        ("seoul", ["Seoul", "Busan"], "Seoul"),
        ("SEOUL", ["Seoul", "seoul"], None),
        ("Ｓｅｏｕｌ", ["Seoul"], "Seoul"),
        ("new_york", ["New York", "Newark"], "New York"),
        ("부산시", ["부산 시", "울산 시"], "부산 시"),
        ("Seuol", ["Seoul", "Busan"], "Seoul"),
        ("Seol", ["Seoul"], None),
        ("Soeuls", ["Seoul"], None),
        ("in-progress", ["in_progress"], "in_progress"),
        ("Austri", ["Austria", "Australia"], "Austria"),
        ("Austrix", ["Austria", "Austrie"], None),
        ("Gambia", ["Zambia"], None),
        ("Order A1B", ["Order A1C"], None),
        ("ORDER A1C", ["Order A1C"], "Order A1C"),
        ("2023-2024", ["2023-2025"], None),
        ("서울특별사", ["서울특별시", "부산광역시"], "서울특별시"),
        ("_", [" "], None),
        ("", ["Seoul"], None),
    ],
)
def test_nearest_value(text: str, candidates: list[str], found: str | None) -> None:
    assert nearest_value(text, candidates, complete=True) == found


def test_a_typing_mistake_is_one_only_where_every_value_is_known() -> None:
    assert nearest_value("Kim Minsu", ["Kim Minsa"], complete=False) is None
    assert nearest_value("kim minsa", ["Kim Minsa"], complete=False) == "Kim Minsa"


@pytest.mark.parametrize(
    ("condition", "mended"),
    [
        ("city = 'seoul'", "city = 'Seoul'"),
        ("'seoul' = city", "'Seoul' = city"),
        ("city IN ('Seoul', 'busan', 'Tokyo')", "city IN ('Seoul', 'Busan', 'Tokyo')"),
        ("LOWER(city) = 'Seoul'", "LOWER(city) = 'seoul'"),
        ("UPPER((city)) = 'NEWYORK'", "UPPER((city)) = 'NEW YORK'"),
        ("LOWER(city) = LOWER('Soeul')", "LOWER(city) = LOWER('seoul')"),
        ("city LIKE 'newyork%'", "city LIKE 'New York%'"),
        ("LOWER(city) LIKE '%NEWYORK%'", "LOWER(city) LIKE '%new york%'"),
        ("city = 'o''brien'", "city = 'O''Brien'"),
        ("city = '１００%'", "city = '100%'"),
        ("city = '부산시'", "city = '부산 시'"),
        ("city = 'Seoul' OR (city = 'busan' AND name = 'Kim')", "city = 'Seoul' OR (city = 'Busan' AND name = 'Kim')"),
        ("city = CASE WHEN city = 'SEOUL' THEN city END", "city = CASE WHEN city = 'Seoul' THEN city END"),
        (
            "id IN (SELECT customer_id FROM orders WHERE status = 'in progress')",
            "id IN (SELECT customer_id FROM orders WHERE status = 'in_progress')",
        ),
        (
            "EXISTS(SELECT 1 FROM orders AS o WHERE o.customer_id = customers.id AND customers.city = 'seoul')",
            "EXISTS(SELECT 1 FROM orders AS o WHERE o.customer_id = customers.id AND customers.city = 'Seoul')",
        ),
    ],
)
@pytest.mark.parametrize("dialect", ["postgres", "sqlite"])
def test_near_misses_are_mended(dialect: str, condition: str, mended: str) -> None:
    result = mend_values(f"SELECT id FROM customers WHERE {condition}", dialect, known(dialect))
    assert result.sql == f"SELECT id FROM customers WHERE {mended}"
    assert len(result.changes) == 1
    assert check(result.sql, dialect, known(dialect)).allowed


def test_what_was_changed_is_told_as_it_stands_in_the_query() -> None:
    result = mend_values(
        "WITH s AS (SELECT o.customer_id FROM orders o WHERE o.status = 'PAID') "
        "SELECT SUM(CASE WHEN c.city = 'o''brien' THEN 1 ELSE 0 END) FROM customers c JOIN s ON s.customer_id = c.id",
        "postgres",
        known("postgres"),
    )
    assert set(result.changes) == {ValueChange("'PAID'", "'paid'"), ValueChange("'o''brien'", "'O''Brien'")}
    assert "'paid'" in result.sql
    assert "'O''Brien'" in result.sql


@pytest.mark.parametrize(
    "condition",
    [
        "city = 'Seoul'",
        "city = 'Tokyo'",
        "city <> 'seoul'",
        "NOT city = 'seoul'",
        "city NOT IN ('seoul')",
        "NOT EXISTS(SELECT 1 FROM orders WHERE status = 'PAID')",
        "city NOT LIKE 'newyork'",
        "city LIKE '%eou%'",
        "city LIKE 'Seo%'",
        "city LIKE 's_oul'",
        "city LIKE 'new%york'",
        "city LIKE 'newyork!' ESCAPE '!'",
        "city LIKE '%'",
        "city = name",
        "city = UPPER('seoul')",
        "name = 'seoul'",
        "city || '' = 'seoul'",
        "id = 1",
        "nothing_like_it = 'seoul'",
        "city = 'seoul' AND pg_sleep(1) IS NULL",
        "city > 'seoul'",
    ],
)
def test_the_rest_comes_back_as_it_was(condition: str) -> None:
    sql = f"SELECT  id FROM customers WHERE {condition} -- as it was"
    assert mend_values(sql, "postgres", known("postgres")) == MendedValues(sql)


def test_a_column_that_could_be_of_two_tables_or_of_a_subquery_is_let_alone() -> None:
    for sql in (
        "SELECT 1 FROM customers a, customers b WHERE city = 'seoul'",
        "SELECT city FROM (SELECT UPPER(city) AS city FROM customers) x WHERE city = 'seoul'",
        "SELECT 1 FROM customers AS c(city, name) WHERE c.city = 'seoul'",
        "SELECT 1 FROM customers x JOIN LATERAL (SELECT 'a' AS city) y ON true WHERE y.city = 'seoul'",
    ):
        assert mend_values(sql, "postgres", known("postgres")) == MendedValues(sql)
    aliased = "SELECT 1 FROM customers a, customers b WHERE b.city = 'seoul'"
    assert mend_values(aliased, "postgres", known("postgres")).changes


@pytest.mark.parametrize(
    ("dialect", "found"),
    [("postgres", False), ("oracle", False), ("mysql", True), ("mariadb", True), ("tsql", True), ("sqlite", True)],
)
def test_where_like_takes_any_case_the_value_is_known(dialect: str, found: bool) -> None:
    (value,) = compared_values("SELECT id FROM customers WHERE city LIKE '%SEOU%'", dialect, known(dialect))
    assert (value.text, value.known) == ("SEOU", found)


def test_text_in_double_quotes_is_a_value_where_the_server_reads_it_so() -> None:
    result = mend_values('SELECT id FROM customers WHERE city = "seoul"', "sqlite", known("sqlite"))
    assert result.sql == "SELECT id FROM customers WHERE city = 'Seoul'"


def test_sql_servers_own_texts_stay_what_they_are() -> None:
    result = mend_values("SELECT id FROM customers WHERE city = N'부산시'", "tsql", known("tsql"))
    assert result.sql == "SELECT id FROM customers WHERE city = N'부산 시'"
    assert result.changes == (ValueChange("N'부산시'", "N'부산 시'"),)


def test_values_that_a_query_looks_for() -> None:
    sql = (
        "SELECT COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id AND o.status IN ('paid', 'lost') "
        "WHERE c.city LIKE '%Soul%' AND c.email = 'x' AND o.ordered_at > '2024-01-01' AND c.name IS NOT NULL"
    )
    found = {(v.table, v.column, v.literal, v.text, v.known) for v in compared_values(sql, "mysql", known("mysql"))}
    assert found == {
        ("orders", "status", "'paid'", "paid", True),
        ("orders", "status", "'lost'", "lost", False),
        ("customers", "city", "'%Soul%'", "Soul", False),
        ("customers", "email", "'x'", "x", False),
    }


@pytest.mark.parametrize("sql", ["", "not sql", "DELETE FROM customers", "SELECT zzz FROM customers", "SELECT 1"])
def test_what_cannot_be_read_looks_for_nothing(sql: str) -> None:
    assert compared_values(sql, "sqlite", known("sqlite")) == ()
    assert mend_values(sql, "sqlite", known("sqlite")) == MendedValues(sql)
    assert not aggregates(sql, "sqlite")


def test_an_unknown_dialect_changes_nothing() -> None:
    sql = "SELECT id FROM customers WHERE city = 'seoul'"
    assert mend_values(sql, "klingon", known("sqlite")) == MendedValues(sql)
    assert compared_values(sql, "klingon", known("sqlite")) == ()
    assert not aggregates("SELECT COUNT(*) FROM customers", "klingon")


def test_aggregates() -> None:
    assert aggregates("SELECT COALESCE(SUM(total), 0) FROM orders", "postgres")
    assert aggregates("WITH s AS (SELECT COUNT(*) n FROM orders) SELECT n FROM s", "postgres")
    assert not aggregates("SELECT stock FROM products WHERE name = 'tea'", "postgres")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stored_value_is_data_in_every_dialect(dialect: str) -> None:
    for value in CITIES:
        result = mend_values(_sql("city = {}", [f"{value.upper()} "], dialect), dialect, known(dialect))
        (found,) = compared_values(result.sql, dialect, known(dialect))
        assert (len(result.changes), found.text, found.known) == (1, value, True)
        assert check(result.sql, dialect, known(dialect)).allowed


_TEXTS = st.one_of(
    st.sampled_from([*CITIES, "seoul", "BUSAN", "Soeul", "new_york", "o'brien", "x\\", "", "a;b", "--", "/*"]),
    st.text(max_size=12),
)
_CONDITIONS = ("city = {}", "LOWER(city) = {}", "city IN ({}, 'Seoul')", "city LIKE {}", "city = UPPER({})")


def _sql(condition: str, texts: list[str], dialect: str) -> str:
    if known(dialect).dialect in ("mysql", "clickhouse", "snowflake", "bigquery"):
        texts = [text.replace("\\", "\\\\") for text in texts]
    quote = "\\'" if dialect == "bigquery" else "''"
    literals = ["'" + text.replace("'", quote) + "'" for text in texts]
    return "SELECT id FROM customers WHERE " + condition.format(*literals)


@given(st.sampled_from(_CONDITIONS), _TEXTS, st.lists(_TEXTS, max_size=6), st.booleans(), st.sampled_from(DIALECTS))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_mended_passes_the_guard_and_is_known(
    condition: str, text: str, stored: list[str], complete: bool, dialect: str
) -> None:
    plain = known(dialect)
    schema = Schema(plain.dialect, plain.tables, (ColumnValues(*_place(dialect), tuple(stored), complete),))
    sql = _sql(condition, [text], dialect)
    before = compared_values(sql, dialect, schema)
    result = mend_values(sql, dialect, schema)
    if all(value.known for value in before):
        assert result == MendedValues(sql)
    if not result.changes:
        assert result.sql == sql
        return
    assert check(sql, dialect, schema).allowed
    assert check(result.sql, dialect, schema).allowed
    after = compared_values(result.sql, dialect, schema)
    assert [value.known for value in after].count(True) > [value.known for value in before].count(True)
    assert mend_values(result.sql, dialect, schema).changes == ()


@given(st.lists(_TEXTS, min_size=1, max_size=6), st.data(), st.sampled_from(DIALECTS))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_query_for_known_values_never_changes(stored: list[str], data: st.DataObject, dialect: str) -> None:
    plain = known(dialect)
    schema = Schema(plain.dialect, plain.tables, (ColumnValues(*_place(dialect), tuple(stored), True),))
    texts = data.draw(st.lists(st.sampled_from(stored), min_size=1))
    sql = _sql(" OR ".join(["city = {}"] * len(texts)), texts, dialect)
    assert all(value.known for value in compared_values(sql, dialect, schema))
    assert mend_values(sql, dialect, schema) == MendedValues(sql)


def _place(dialect: str) -> tuple[str, str]:
    return ("CUSTOMERS", "CITY") if dialect in ("oracle", "snowflake") else ("customers", "city")


def _mended(dialect: str) -> list[str]:
    """For each city the mended query that looks for it."""
    misspelt = (_sql("city = {}", [f"{city.upper()} "], dialect) for city in CITIES)
    return [mend_values(sql, dialect, known(dialect)).sql for sql in misspelt]


def test_what_is_mended_is_found_on_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE customers (id INTEGER, city TEXT)")
        connection.executemany("INSERT INTO customers VALUES (?, ?)", list(enumerate(CITIES)))
        for at, sql in enumerate(_mended("sqlite")):
            assert connection.execute(sql).fetchall() == [(at,)], sql


def test_what_is_mended_is_found_on_postgresql(postgres_database: str) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE customers (id integer, city text)")
        for row in enumerate(CITIES):
            connection.execute("INSERT INTO customers VALUES (%s, %s)", row)
        for at, sql in enumerate(_mended("postgres")):
            assert connection.execute(sql.encode()).fetchall() == [(at,)], sql


def test_what_is_mended_is_found_on_mariadb(mariadb_database: str) -> None:
    with _mariadb(mariadb_database) as cursor:
        cursor.execute("CREATE TABLE customers (id integer, city varchar(50)) COLLATE utf8mb4_bin")
        for row in enumerate(CITIES):
            cursor.execute("INSERT INTO customers VALUES (%s, %s)", row)
        for at, sql in enumerate(_mended("mariadb")):
            cursor.execute(sql)
            assert cursor.fetchall() == ((at,),), sql
