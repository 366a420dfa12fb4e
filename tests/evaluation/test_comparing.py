import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat import Cell, Column, ColumnKind, Table
from core.evaluation.comparing import TOLERANCE, by_names, compare
from core.evaluation.order import has_order

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.dates().map(date.isoformat),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.tuples(*[CELLS] * width), max_size=8))
    return table(*rows, width=width)


def table(*rows: tuple[Cell, ...], kinds: tuple[ColumnKind, ...] = (), width: int = 0) -> Table:
    width = width or len(rows[0])
    columns = (Column(f"c{n}", kinds[n] if kinds else "text") for n in range(width))
    return Table(tuple(columns), rows)


def verdict(gold: Table, answer: Table, *, ordered: bool = False, any_column_order: bool = False) -> str:
    return compare(gold, answer, ordered=ordered, any_column_order=any_column_order).verdict


@given(tables(), st.booleans(), st.booleans())
def test_a_result_is_right_beside_itself(one: Table, ordered: bool, any_column_order: bool) -> None:
    compared = compare(one, one, ordered=ordered, any_column_order=any_column_order)
    assert compared.verdict == "right"
    assert compared.same_set


@given(tables(), tables())
def test_it_is_the_same_from_both_sides_and_right_is_right_as_a_set(one: Table, other: Table) -> None:
    there, back = compare(one, other, ordered=False), compare(other, one, ordered=False)
    assert there == back
    assert there.same_set or there.verdict != "right"


@given(tables(), st.randoms(use_true_random=False))
def test_rows_may_come_in_any_order_unless_it_matters(one: Table, chance: random.Random) -> None:
    rows = list(one.rows)
    chance.shuffle(rows)
    mixed = Table(one.columns, tuple(rows))
    assert verdict(one, mixed) == "right"
    in_order = verdict(one, mixed, ordered=True)
    assert in_order == "right" or tuple(rows) != one.rows


@given(tables(), st.randoms(use_true_random=False))
def test_columns_may_come_in_any_order_only_when_that_is_said(one: Table, chance: random.Random) -> None:
    places = list(range(len(one.columns)))
    chance.shuffle(places)
    mixed = Table(one.columns, tuple(tuple(row[place] for place in places) for row in one.rows))
    assert verdict(one, mixed, any_column_order=True) == "right"
    assert verdict(one, mixed, ordered=True, any_column_order=True) == "right"


@given(tables().filter(lambda one: bool(one.rows)))
def test_a_row_too_many_is_wrong_though_the_set_is_the_same(one: Table) -> None:
    twice = Table(one.columns, (*one.rows, one.rows[0]))
    compared = compare(one, twice, ordered=False)
    assert compared.verdict == "wrong_rows"
    assert compared.same_set
    assert verdict(one, twice, any_column_order=True) == "wrong_rows"


@given(tables())
def test_another_number_of_columns_is_told_apart(one: Table) -> None:
    wider = Table((*one.columns, Column("more")), tuple((*row, 1) for row in one.rows))
    assert verdict(one, wider) == verdict(one, wider, any_column_order=True) == "wrong_columns"


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.randoms(use_true_random=False))
def test_a_sum_is_the_same_in_whatever_order_it_was_added_up(parts: list[float], chance: random.Random) -> None:
    mixed = list(parts)
    chance.shuffle(mixed)
    # The error of a sum is relative to its parts, so all of them are counted from above zero.
    one, other = sum(part + 1e6 for part in parts), sum(part + 1e6 for part in mixed)
    assert verdict(table((one, "a")), table((other, "a"))) == "right"


@given(st.integers(), st.integers())
def test_whole_numbers_are_compared_exactly(one: int, other: int) -> None:
    assert (verdict(table((one,)), table((other,))) == "right") == (one == other)
    assert verdict(table((10**18 + 1,)), table((10**18,))) == "wrong_rows"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((3,), (3.0,)),
        ((0.1 + 0.2,), (0.3,)),
        ((True,), (1,)),
        (("2026-03-01",), ("2026-03-01 00:00:00",)),
        (("2026-03-01T09:30:00+09:00",), ("2026-03-01T00:30:00Z",)),
        ((None,), (None,)),
        (("",), ("",)),
    ],
)
def test_the_same_in_another_writing(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> None:
    assert verdict(table(one), table(other)) == "right"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((3,), ("3",)),
        ((0,), (None,)),
        (("",), (None,)),
        (("Seoul",), ("seoul",)),
        (("Seoul",), ("Seoul ",)),
        (("2026-03-01",), ("2026-03-02",)),
        (("2026-02-31",), ("2026-02-31 00:00:00",)),
        ((10_000_000.01,), (10_000_000.02,)),
        ((1.0,), (1.0 + 10 * float(TOLERANCE),)),
    ],
)
def test_what_only_looks_alike(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> None:
    assert verdict(table(one), table(other)) == "wrong_rows"
    assert not compare(table(one), table(other), ordered=False).same_set


def test_exact_decimals_are_numbers_and_texts_of_digits_are_not() -> None:
    exact = table(("12.30",), kinds=("decimal",))
    assert verdict(table((12.3,)), exact) == "right"
    assert verdict(table((Decimal("12.30").__float__(),)), table(("12.30",))) == "wrong_rows"


def test_columns_are_moved_together_not_row_by_row() -> None:
    gold, answer = table((1, 2), (3, 4)), table((2, 1), (3, 4))
    assert verdict(gold, answer, any_column_order=True) == "wrong_rows"
    assert verdict(gold, table((2, 1), (4, 3)), any_column_order=True) == "right"


def test_the_order_of_rows_matters_with_columns_in_any_order_too() -> None:
    gold, answer = table((1, "a"), (2, "b")), table(("b", 2), ("a", 1))
    assert verdict(gold, answer, any_column_order=True) == "right"
    assert verdict(gold, answer, ordered=True, any_column_order=True) == "wrong_rows"


def test_two_empty_results_are_the_same_when_they_have_the_same_columns() -> None:
    assert verdict(table(width=2), table(width=2), any_column_order=True) == "right"
    compared = compare(table(width=2), table(width=1), ordered=False)
    assert compared.verdict == "wrong_columns"
    assert compared.same_set  # as BIRD has it


def test_no_golden_row_and_no_golden_column_say_that_nothing_is_found() -> None:
    nothing = Table((), ())
    assert verdict(nothing, table(width=3), any_column_order=True) == "right"
    assert verdict(nothing, table((1,)), any_column_order=True) == "wrong_rows"


def test_an_answer_that_was_cut_has_more_rows() -> None:
    gold = table((1,), (2,))
    compared = compare(gold, Table(gold.columns, gold.rows, truncated=True), ordered=False)
    assert (compared.verdict, compared.same_set) == ("wrong_rows", False)


def test_columns_of_the_same_names_are_put_in_their_places() -> None:
    gold = Table((Column("name"), Column("n")), (("a", 1),))
    answer = Table((Column("N"), Column("Name")), ((1, "a"),))
    assert verdict(gold, by_names(gold, answer)) == "right"
    other = Table((Column("count"), Column("who")), ((1, "a"),))
    assert by_names(gold, other) is other


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("SELECT a FROM t UNION SELECT b FROM u ORDER BY 1", True),
        ("(SELECT a FROM t ORDER BY a)", True),
        ("WITH x AS (SELECT a FROM t) SELECT a FROM x ORDER BY a LIMIT 3", True),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a)", False),
        ("SELECT a, row_number() OVER (ORDER BY a) FROM t", False),
        ("SELECT 'order by' FROM t", False),
        ("SELECT FROM WHERE", False),
    ],
)
def test_the_order_matters_where_the_query_has_one_at_its_top(sql: str, ordered: bool) -> None:
    assert has_order(sql, "sqlite") is ordered


def test_moments_with_an_offset_are_compared_in_utc() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert verdict(table((moment.isoformat(),)), table(("2026-03-01 12:00:00",))) == "right"
