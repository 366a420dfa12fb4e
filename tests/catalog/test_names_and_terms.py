"""Names as people write them, and terms whose meaning must be there."""

import pytest

from core.catalog.naming import find
from core.catalog.terms import check_term
from core.errors import BadEdit
from core.schema import Column, GlossaryEntry, Schema, Table


def table(name: str, *columns: str, schema: str = "") -> Table:
    return Table(name, tuple(Column(each, "int") for each in columns), schema=schema)


SCHEMA = Schema(
    "postgres",
    (
        table("orders", "id", "total", "Fee"),
        table("orders", "total", schema="sales"),
        table("Orders", "total"),
        table("a", "b.c", "x"),
        table("b", "c", schema="a"),
        table("odd.name", "y"),
    ),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("orders", ("orders", "")),
        ("Orders", ("Orders", "")),
        (" orders.total ", ("orders", "total")),
        ("sales.orders", ("sales.orders", "")),
        ("SALES.ORDERS.TOTAL", ("sales.orders", "total")),
        ("orders.fee", ("orders", "Fee")),
        ("odd.name.y", ("odd.name", "y")),
        ("a.b", ("a.b", "")),
        ("a.x", ("a", "x")),
    ],
)
def test_a_name_is_found(name: str, found: tuple[str, str]) -> None:
    assert find(SCHEMA, name) == found


@pytest.mark.parametrize("name", ["", "order", "orders.", "ORDERS", "ORDERS.TOTAL", "a.b.c", "total", "x" * 1_000])
def test_a_name_that_means_nothing_or_several_things_is_refused(name: str) -> None:
    with pytest.raises(BadEdit) as refused:
        find(SCHEMA, name)
    assert refused.value.code == "catalog.unknown_name"
    assert len(str(refused.value.details["name"])) <= 200


@pytest.mark.parametrize(
    ("means", "kept"),
    [
        ("SALES.orders", "sales.orders"),
        ("orders", "orders"),
        ("Orders", "Orders"),
        ("orders.total", "orders.total"),
        ("fee", "fee"),
        ("sum(orders.total) - sum(fee)", "sum(orders.total) - sum(fee)"),
        ("total > 100 and id = 1", "total > 100 and id = 1"),
    ],
)
def test_a_term_that_means_something(means: str, kept: str) -> None:
    assert check_term(GlossaryEntry("매출", means), SCHEMA).means == kept


@pytest.mark.parametrize(
    ("term", "means", "code"),
    [
        ("", "orders", "catalog.bad_term"),
        ("말" * 61, "orders", "catalog.bad_term"),
        ("매출", "", "catalog.bad_meaning"),
        ("매출", "total + " * 30 + "total", "catalog.bad_meaning"),
        ("매출", "SELECT total FROM orders", "catalog.bad_meaning"),
        ("매출", "(SELECT total FROM orders)", "catalog.bad_meaning"),
        ("매출", "total; DROP TABLE orders", "catalog.bad_meaning"),
        ("매출", "count(*)", "catalog.bad_meaning"),
        ("매출", "1 + 1", "catalog.bad_meaning"),
        ("매출", "the money we make", "catalog.bad_meaning"),
        ("매출", "(" * 190, "catalog.bad_meaning"),
        ("매출", "revenue", "catalog.unknown_name"),
        ("매출", "sum(orders.revenue)", "catalog.unknown_name"),
        ("매출", "sum(nowhere.total)", "catalog.unknown_name"),
    ],
)
def test_a_term_that_does_not(term: str, means: str, code: str) -> None:
    with pytest.raises(BadEdit) as refused:
        check_term(GlossaryEntry(term, means), SCHEMA)
    assert refused.value.code == code
