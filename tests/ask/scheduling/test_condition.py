"""Conditions of scheduled questions: their words in both languages, what meets them, and when a result has changed."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.scheduling.condition import (
    Compared,
    Comparison,
    Condition,
    Plain,
    condition_from_json,
    condition_to_json,
    holds,
)
from core.ask.scheduling.condition_words import LONGEST, parse_condition, print_condition
from core.ask.scheduling.fingerprint import fingerprint, is_same
from core.chat import Cell, Column, Table
from core.errors import BadEdit

KEYS = {"a": b"a" * 32, "b": b"b" * 32}
ALWAYS, CHANGED, ANY, NONE = (Plain(kind) for kind in ("always", "changed", "any_rows", "no_rows"))

plains: st.SearchStrategy[Condition] = st.sampled_from([ALWAYS, CHANGED, ANY, NONE])
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
compared: st.SearchStrategy[Condition] = st.builds(
    Compared,
    st.sampled_from(["orders", "total amount", "주문 수", "a.b", "x(y"]),
    st.sampled_from(get_args(Comparison)),
    numbers,
    st.sampled_from(["", "max", "min", "sum"]),
)


@given(plains | compared, st.sampled_from(["en", "ko"]))
def test_what_is_printed_is_read_back(condition: Condition, locale: str) -> None:
    assert parse_condition(print_condition(condition, locale)) == condition
    assert condition_from_json(condition_to_json(condition)) == condition


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", ALWAYS), ("always", ALWAYS), ("항상", ALWAYS), ("Changed", CHANGED), ("바뀌면", CHANGED),
        ("any rows", ANY), ("행이 있으면", ANY), ("no rows", NONE), ("결과가 없으면", NONE),
        ("orders < 100", Compared("orders", "<", Decimal(100))),
        ("when orders<=1,000.5", Compared("orders", "<=", Decimal("1000.5"))),
        ("max(total) >= 1000", Compared("total", ">=", Decimal(1000), "max")),
        ("SUM( order count ) ≠ -3", Compared("order count", "!=", Decimal(-3), "sum")),
        ("주문 수 > 3", Compared("주문 수", ">", Decimal(3))),
        ("x == 1", Compared("x", "=", Decimal(1))),
    ],
)  # fmt: skip
def test_what_people_write(text: str, condition: Condition) -> None:
    assert parse_condition(text) == condition


@pytest.mark.parametrize(
    "text",
    ["never", "orders", "orders <", "< 100", "orders < many", "orders < 1 < 2", "a = 1; drop", "x < " + "9" * 99,
     "x" * LONGEST + " < 1"],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        parse_condition(text)
    assert refusal.value.code == "schedule.condition"


def table(*rows: tuple[Cell, ...], names: str = "city orders") -> Table:
    return Table(tuple(Column(name) for name in names.split()), rows)


CITIES = table(("Seoul", 120), ("Busan", "80.5"), ("Daegu", None))


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("always", True), ("any rows", True), ("no rows", False),
        ("orders < 100", True), ("orders < 80.5", False), ("Orders = 80.50", True), ("orders != 120", True),
        ("max(orders) >= 121", False), ("min(orders) < 100", True), ("sum(orders) = 200.5", True),
        ("city > 0", False),
    ],
)  # fmt: skip
def test_a_result_meets_a_condition(text: str, met: bool) -> None:
    assert holds(parse_condition(text), CITIES, changed=False) is met


def test_nothing_compares_with_no_rows_or_with_a_hidden_column() -> None:
    assert not holds(parse_condition("orders < 100"), table(), changed=True)
    assert not holds(parse_condition("sum(orders) = 0"), table(), changed=True)
    assert not holds(parse_condition("orders != 0"), table(("Seoul", "•••")), changed=True)


LARGE = table(("a", "9e999999"), ("b", "9e999999"), ("c", 10**5000))
NO_NUMBERS = table(
    *(("a", cell) for cell in ("NaN", "sNaN", "-sNaN1", "Infinity", "-inf", "1e9999999999999999999", "", 1))
)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("orders > 0", True), ("orders = 1", False), ("max(orders) > 1", True), ("max(orders) != 1", True),
        ("min(orders) <= 1", False),
    ],
)  # fmt: skip
def test_numbers_of_any_size_are_compared(text: str, met: bool) -> None:
    assert holds(parse_condition(text), LARGE, changed=False) is met


@pytest.mark.parametrize(
    "cells",
    [("9e999999", "9e999999"), ("-9e999999", "-9e999999"), ("1e9999999",), ("9e999999", "9e999999", "-9e999999")],
)
def test_a_sum_that_cannot_be_had_is_said(cells: tuple[str, ...]) -> None:
    with pytest.raises(BadEdit) as refusal:
        holds(parse_condition("sum(Orders) > 1"), table(*(("a", cell) for cell in cells)), changed=False)
    assert (refusal.value.code, refusal.value.details) == ("schedule.no_sum", {"column": "Orders"})


@pytest.mark.parametrize("column", ["orders", "max(orders)", "min(orders)", "sum(orders)"])
def test_what_is_no_finite_number_is_left_out(column: str) -> None:
    assert holds(parse_condition(f"{column} = 1"), NO_NUMBERS, changed=False)
    assert not holds(parse_condition(f"{column} != 1"), NO_NUMBERS, changed=False)


exact = st.integers(-(10**18), 10**18).map(lambda power: f"7e{power}")
odd = (
    st.decimals(allow_nan=True, allow_infinity=True).map(str)
    | exact
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
)


@given(st.lists(odd, max_size=4), compared.filter(lambda one: isinstance(one, Compared)))
def test_any_cells_are_compared_or_the_condition_is_refused(found: list[Cell], condition: Condition) -> None:
    assert isinstance(condition, Compared)
    rows = tuple((cell,) for cell in found)
    try:
        holds(condition, Table((Column(condition.column),), rows), changed=False)
    except BadEdit as refusal:
        assert (condition.fold, refusal.code) == ("sum", "schedule.no_sum")


def test_a_column_may_be_called_what_a_function_is_written_as() -> None:
    unnamed = table((5,), names="max(total)")
    assert holds(parse_condition("max(total) = 5"), unnamed, changed=False)


def test_a_column_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(BadEdit) as refusal:
        holds(parse_condition("sales > 1"), CITIES, changed=False)
    assert refusal.value.code == "schedule.no_column"
    assert refusal.value.details == {"column": "sales", "columns": "city, orders"}


cells = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False)
tables = st.lists(st.tuples(cells, cells), max_size=6).map(lambda rows: table(*rows))


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_counts_only_where_the_query_gives_one(one: Table, random: object) -> None:
    rows = list(one.rows)
    random.shuffle(rows)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    other = replace(one, rows=tuple(rows))
    for ordered in (False, True):
        told = fingerprint(one, ordered=ordered, key_id="a", keys=KEYS)
        assert is_same(told, one, ordered=ordered, keys=KEYS)
        expected = not ordered or [repr(row) for row in rows] == [repr(row) for row in one.rows]
        if expected:
            assert is_same(told, other, ordered=ordered, keys=KEYS)


@pytest.mark.parametrize(
    "other",
    [
        table(("Seoul", 120), ("Busan", "80.5")),
        table(("Seoul", 121), ("Busan", "80.5"), ("Daegu", None)),
        table(("Seoul", "120"), ("Busan", "80.5"), ("Daegu", None)),
        table(("Seoul", 120), ("Busan", "80.5"), ("Daegu", "None")),
        replace(CITIES, truncated=True),
        replace(CITIES, columns=(Column("town"), Column("orders"))),
        table(*CITIES.rows, CITIES.rows[0]),
    ],
)
def test_another_result_is_another(other: Table) -> None:
    told = fingerprint(CITIES, ordered=False, key_id="a", keys=KEYS)
    assert not is_same(told, other, ordered=False, keys=KEYS)


def test_the_hash_needs_the_key_and_survives_a_new_one() -> None:
    told = fingerprint(CITIES, ordered=False, key_id="a", keys=KEYS)
    assert told.startswith("a:") and len(told) == 66
    assert told[2:] != fingerprint(CITIES, ordered=False, key_id="b", keys=KEYS)[2:]
    assert not is_same(told, CITIES, ordered=False, keys={"b": KEYS["b"]})
    assert not is_same("", CITIES, ordered=False, keys=KEYS)


def test_sums_of_floats_that_differ_in_the_last_digit_are_the_same() -> None:
    told = fingerprint(table(("x", 0.1 + 0.2)), ordered=False, key_id="a", keys=KEYS)
    assert is_same(told, table(("x", 0.3)), ordered=False, keys=KEYS)
