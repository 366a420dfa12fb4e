"""What a query does, read from its tree."""

import pytest

from core.sql.explain import Description, Joined, Shown, Sorted, describe
from core.sql.filters import Filter
from core.sql.guard import check
from tests.sql.shop import shop
from tests.sql.test_guard import LEGIT

REPORT = (
    "SELECT c.name, SUM(o.total) AS spent FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id"
    " WHERE o.status = 'paid' AND o.ordered_at >= '2024-01-01' AND (c.country = 'KR' OR c.country = 'US')"
    " GROUP BY 1 HAVING SUM(o.total) > 10 ORDER BY spent DESC, c.name LIMIT 5"
)


def test_a_report() -> None:
    assert describe(REPORT, "postgres") == Description(
        tables=("orders", "customers"),
        columns=(Shown("name", "c.name"), Shown("spent", "SUM(o.total)")),
        filters=(
            Filter("status", "=", "paid"),
            Filter("ordered_at", ">=", "2024-01-01"),
            Filter("", "", "c.country = 'KR' OR c.country = 'US'"),
            Filter("SUM(o.total)", ">", "10"),
        ),
        joins=(Joined("customers", "left", "c.id = o.customer_id"),),
        grouping=("c.name",),
        order=(Sorted("spent", True), Sorted("c.name", False)),
        limit=5,
        distinct=False,
    )


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite", "tsql", "oracle"])
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("note IS NULL", Filter("note", "is null")),
        ("note IS NOT NULL", Filter("note", "is not null")),
        ("NOT note IS NULL", Filter("note", "is not null")),
        ("status IN ('a', 'b')", Filter("status", "in", "a, b")),
        ("status NOT IN ('a', 'b')", Filter("status", "not in", "a, b")),
        ("status LIKE 'p%'", Filter("status", "like", "p%")),
        ("status NOT LIKE 'p%'", Filter("status", "not like", "p%")),
        ("total BETWEEN 1 AND 5", Filter("total", "between", "1 and 5")),
        ("total <> 3", Filter("total", "!=", "3")),
        ("NOT total < 3", Filter("", "", "NOT total < 3")),
        ("total > 1 + 2", Filter("total", ">", "1 + 2")),
    ],
)
def test_filters(dialect: str, condition: str, expected: Filter) -> None:
    assert describe(f"SELECT id FROM orders WHERE {condition}", dialect).filters == (expected,)


@pytest.mark.parametrize(
    ("sql", "dialect", "limit"),
    [
        ("SELECT TOP 3 id FROM orders", "tsql", 3),
        ("SELECT TOP 3 PERCENT id FROM orders", "tsql", None),
        ("SELECT id FROM orders FETCH FIRST 3 ROWS ONLY", "oracle", 3),
        ("SELECT id FROM orders LIMIT 3 OFFSET 2", "mysql", 3),
        ("SELECT id FROM orders UNION SELECT id FROM customers LIMIT 4", "sqlite", 4),
        ("SELECT id FROM orders LIMIT ALL", "postgres", None),
    ],
)
def test_limits(sql: str, dialect: str, limit: int | None) -> None:
    assert describe(sql, dialect).limit == limit


def test_dates_have_no_dress() -> None:
    for sql, dialect in (
        ("SELECT id FROM orders WHERE ordered_at >= DATE '2024-01-01'", "postgres"),
        ("SELECT id FROM orders WHERE ordered_at >= TO_DATE('2024-01-01', 'YYYY-MM-DD')", "oracle"),
        ("SELECT id FROM orders WHERE ordered_at >= CAST('2024-01-01' AS date)", "tsql"),
    ):
        assert describe(sql, dialect).filters == (Filter("ordered_at", ">=", "2024-01-01"),)


def test_parts_inside_are_told_too() -> None:
    described = describe(
        "WITH p AS (SELECT * FROM orders WHERE status = 'paid') SELECT DISTINCT id"
        " FROM p JOIN customers USING (id), products",
        "postgres",
    )
    assert described.filters == (Filter("status", "=", "paid"),)
    assert set(described.tables) == {"orders", "customers", "products"}
    assert described.joins == (Joined("customers", "inner", "id"), Joined("products", "cross"))
    assert described.distinct


@pytest.mark.parametrize("sql", ["", "DROP TABLE orders", "((((", "SELECT 1; SELECT 2"])
def test_what_cannot_be_read_is_not_described(sql: str) -> None:
    assert describe(sql, "postgres") == Description()


@pytest.mark.parametrize("dialect", LEGIT)
def test_every_allowed_query_can_be_described(dialect: str) -> None:
    for sql in LEGIT[dialect]:
        described = describe(sql, dialect)
        read = {table.lower() for table in check(sql, dialect, shop(dialect)).tables}
        assert read <= {table.lower().split(".")[-1] for table in described.tables}, sql
