import pytest

from core.ask.present import sentence
from core.chat import Cell
from core.sql.filters import Filter
from tests.ask.present.builders import rows_of


def both(*args: object, **kinds: object) -> tuple[str, str]:
    rows = rows_of(*args, **kinds)  # type: ignore[arg-type]
    return sentence(rows, (), "en"), sentence(rows, (), "ko")


def test_a_single_value() -> None:
    assert both([(1204,)], customers="integer") == ("customers: 1,204", "customers: 1,204")
    assert both([(None,)], total="integer") == ("total: (none)", "total: (없음)")
    assert both([(2024,)], year="integer") == ("year: 2024", "year: 2024")


def test_a_single_row() -> None:
    said = both(
        [(7, "김민준", None, "2024-01-02", True)], id="integer", name="text", city="text", d="date", e="boolean"
    )
    assert said == (
        "id: 7, name: 김민준, city: (none), d: Jan 2, 2024 (and 1 more in the table)",
        "id: 7, name: 김민준, city: (없음), d: 2024. 1. 2. (표에 1개 항목이 더 있습니다)",
    )


def test_the_highest_of_several() -> None:
    assert both([("서울", "1234.50"), ("부산", "1000")], city="text", total="decimal") == (
        "2 rows. Highest total: 서울, 1,234.50.",
        "모두 2행입니다. total이 가장 큰 것은 서울(1,234.50)입니다.",
    )


def test_the_lowest_when_the_rows_ascend() -> None:
    assert both([("부산", 1), ("서울", 2)], city="text", sales="integer") == (
        "2 rows. Lowest sales: 부산, 1.",
        "모두 2행입니다. sales가 가장 작은 것은 부산(1)입니다.",
    )


def test_over_time_it_is_always_the_highest() -> None:
    assert (
        both([("2024-01", 1), ("2024-02", 2)], month="text", sales="integer")[0]
        == "2 rows. Highest sales: Feb 2024, 2."
    )
    cells: list[tuple[Cell, ...]] = [(2024, 1, 5), (2024, 2, 7)]
    assert both(cells, year="integer", month="integer", n="integer")[0] == "2 rows. Highest n: Feb 2024, 7."


def test_two_labels() -> None:
    assert both([("서울", "paid", 5), ("부산", "open", 2)], city="text", status="text", n="integer")[0] == (
        "2 rows. Highest n: 서울 · paid, 5."
    )


@pytest.mark.parametrize(
    "cells",
    [
        [("a", 5), ("b", 5)],
        [("a", None), ("b", 5)],
    ],
)
def test_nothing_is_said_of_ties_or_of_one_known_value(cells: list[tuple[Cell, ...]]) -> None:
    assert both(cells, city="text", n="integer") == ("2 rows.", "모두 2행입니다.")


def test_nothing_is_said_of_several_measures_or_of_none() -> None:
    assert both([("a", 1, 9), ("b", 2, 8)], city="text", n="integer", m="integer")[0] == "2 rows."
    assert both([("a", "x"), ("b", "y")], city="text", name="text")[0] == "2 rows."
    assert both([(1,), (2,)], n="integer")[0] == "2 rows."


def test_a_cut_result_says_only_that() -> None:
    cells: list[tuple[Cell, ...]] = [(f"c{n}", n) for n in range(1000)]
    assert both(cells, True, city="text", n="integer") == (
        "Only the first 1,000 rows are shown; there are more.",
        "처음 1,000행만 표시합니다. 데이터가 더 있습니다.",
    )


def test_no_rows() -> None:
    assert both([], city="text") == ("No rows match.", "조건에 맞는 행이 없습니다.")
    filters = (Filter("city", "=", "서울"), Filter("amount", ">=", "100"))
    rows = rows_of([], city="text")
    assert sentence(rows, filters, "en") == "No rows match: city is 서울; amount is at least 100."
    assert sentence(rows, filters, "ko") == "조건에 맞는 행이 없습니다. 조건: city가 서울; amount가 100 이상"


def test_what_comes_from_a_database_cannot_turn_the_sentence_around() -> None:
    said = both([("a\u202e\x1b[31m\nb{x}\ud800",)], name="text")[0]
    assert said == "name: a\\u202e\\u001b[31m↵b{x}\\ud800"
