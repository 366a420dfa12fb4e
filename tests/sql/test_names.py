"""Names that are nearly right are put right, and only where one thing can be meant."""

import pytest

from core.schema import Column, Schema, Table
from core.sql.guard import check
from core.sql.names import Change, Mended, mend, nearest
from tests.sql.shop import shop


def _schema(dialect: str = "postgres", **tables: str) -> Schema:
    return Schema(
        dialect,
        tuple(Table(name, tuple(Column(c, "text") for c in columns.split())) for name, columns in tables.items()),
    )


@pytest.mark.parametrize(
    ("name", "candidates", "found"),
    [
        ("ORDERS", ["orders", "order_items"], "orders"),
        ("Order", ["orders", "order_items"], "orders"),
        ("orderitems", ["orders", "order_items"], "order_items"),
        ("OrderItem", ["orders", "order_items"], "order_items"),
        ("category", ["categories"], "categories"),
        ("categories", ["category"], "category"),
        ("addresses", ["address"], "address"),
        ("custmer", ["customer", "costumes"], "customer"),
        ("cusotmer", ["customer"], "customer"),
        ("custmr_nmae", ["customer_name"], None),
        ("custmer_nmae", ["customer_name"], "customer_name"),
        ("total_2023", ["total_2022", "total_2024"], None),
        ("cat", ["car", "can"], None),
        ("cat", ["bat"], None),
        ("status", ["statut", "statuz"], None),
        ("name", ["Name", "NAME"], None),
        ("user_name", ["username", "userName"], None),
        ("payroll", ["orders", "customers"], None),
        ("이름", ["이름들", "성"], None),
    ],
)
def test_nearest(name: str, candidates: list[str], found: str | None) -> None:
    assert nearest(name, candidates) == found


@pytest.mark.parametrize(
    ("sql", "mended", "changes"),
    [
        ("SELECT id FROM Order", "SELECT id FROM orders", [("table", "Order", "orders")]),
        ("SELECT custmer_id FROM orders", "SELECT customer_id FROM orders", [("column", "custmer_id", "customer_id")]),
        (
            "SELECT o.CustomerId FROM orders o",
            "SELECT o.customer_id FROM orders AS o",
            [("column", "o.CustomerId", "o.customer_id")],
        ),
        (
            "SELECT o.email FROM orders o JOIN customers c ON c.id = o.customer_id",
            "SELECT c.email FROM orders AS o JOIN customers AS c ON c.id = o.customer_id",
            [("column", "o.email", "c.email")],
        ),
        ("SELECT orders.id FROM orders o", "SELECT o.id FROM orders AS o", [("column", "orders.id", "o.id")]),
        (
            "SELECT Product.prices FROM Product",
            "SELECT products.price FROM products",
            [("table", "Product", "products"), ("column", "products.prices", "products.price")],
        ),
        ("SELECT mixedcase FROM oddnames", 'SELECT "Mixed Case" FROM "Odd Names"', None),
        (
            "SELECT x.totals FROM (SELECT total FROM orders) x",
            "SELECT x.total FROM (SELECT total FROM orders) AS x",
            None,
        ),
    ],
)
def test_near_misses_are_mended(sql: str, mended: str, changes: list[tuple[str, str, str]] | None) -> None:
    result = mend(sql, "postgres", shop("postgres"))
    assert result.sql == mended
    if changes is not None:
        assert result.changes == tuple(Change(*change) for change in changes)  # type: ignore[arg-type]
    assert check(result.sql, "postgres", shop("postgres")).allowed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM orders",
        "SELECT   id\nFROM orders -- as it was",
        "SELECT id FROM payroll",
        "SELECT password FROM customers",
        "SELECT o.name FROM orders o JOIN customers c ON true JOIN products p ON true",
        "SELECT custmer_id, password FROM orders",
        "SELECT pg_sleep(1), custmer_id FROM orders",
        "DELETE FROM Order",
        "SELECT id FROM secret.order",
        "not sql at all",
        "",
    ],
)
def test_the_rest_comes_back_as_it_was(sql: str) -> None:
    assert mend(sql, "postgres", shop("postgres")) == Mended(sql)


def test_a_column_of_two_tables_is_nobodys() -> None:
    schema = _schema(a="created_on id", b="created_on id")
    assert mend("SELECT createdon FROM a, b", "postgres", schema).changes == ()
    assert mend("SELECT a.createdon FROM a, b", "postgres", schema).sql == "SELECT a.created_on FROM a, b"


def test_a_table_of_another_schema_is_found_when_it_is_the_only_one() -> None:
    one = Schema("postgres", (Table("deals", (Column("id", "int"),), schema="sales"),))
    assert mend("SELECT id FROM deals", "postgres", one).sql == "SELECT id FROM sales.deals"
    two = Schema("postgres", (*one.tables, Table("deals", (Column("id", "int"),), schema="archive")))
    assert mend("SELECT id FROM deals", "postgres", two).changes == ()


@pytest.mark.parametrize(
    ("dialect", "sql", "mended"),
    [
        ("oracle", "SELECT custmer_id FROM orders", "SELECT CUSTOMER_ID FROM orders"),
        ("oracle", 'SELECT "id" FROM orders', "SELECT ID FROM orders"),
        ("mysql", "SELECT grup FROM `Odd Names`", "SELECT `group` FROM `Odd Names`"),
        ("tsql", "SELECT custmer_id FROM orders", "SELECT customer_id FROM orders"),
        ("sqlite", "SELECT mixedcase FROM oddnames", 'SELECT "Mixed Case" FROM "Odd Names"'),
        ("mariadb", "SELECT id FROM orderitem", "SELECT id FROM order_items"),
    ],
)
def test_each_dialect_quotes_as_it_must(dialect: str, sql: str, mended: str) -> None:
    result = mend(sql, dialect, shop(dialect))
    assert result.sql == mended
    assert check(result.sql, dialect, shop(dialect)).allowed
