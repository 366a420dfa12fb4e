import pytest

from core.ask.present import choose
from core.ask.present.chart import MAX_BARS, MAX_POINTS, MAX_SERIES
from core.chat import Cell, Chart, Column, ColumnKind
from tests.ask.present.builders import columns


def chart_of(
    cells: list[tuple[Cell, ...]], locale: str = "en", question: str = "", truncated: bool = False, **kinds: ColumnKind
) -> Chart | None:
    return choose(columns(**kinds), cells, locale, question, truncated)


def drawn(
    cells: list[tuple[Cell, ...]], locale: str = "en", question: str = "", truncated: bool = False, **kinds: ColumnKind
) -> Chart:
    chart = chart_of(cells, locale, question, truncated, **kinds)
    assert chart is not None
    return chart


def test_a_single_number_is_a_figure() -> None:
    chart = drawn([("1204.50",)], customers="decimal")
    assert (chart.kind, chart.labels, chart.series[0].values) == ("figure", ("customers",), (1204.5,))


def test_a_single_number_that_names_something_is_none() -> None:
    assert chart_of([(2024,)], year="integer") is None
    assert chart_of([(None,)], total="integer") is None
    assert chart_of([("Seoul",)], city="text") is None


def test_months_as_text_are_a_line_in_order_of_time() -> None:
    chart = drawn([("2024-02", "5"), ("2023-12", "7"), ("2024-01", None)], month="text", sales="decimal")
    assert chart.kind == "line"
    assert chart.labels == ("Dec 2023", "Jan 2024", "Feb 2024")
    assert chart.series[0].values == (7.0, None, 5.0)
    assert chart.title == "sales by month"


def test_titles_and_labels_are_in_the_reader_s_language() -> None:
    chart = drawn([("2024-02", 5), ("2023-12", 7)], "ko-KR", month="text", sales="integer")
    assert (chart.title, chart.labels) == ("month별 sales", ("2023년 12월", "2024년 2월"))


@pytest.mark.parametrize(
    ("name", "kind", "cells", "labels"),
    [
        ("year", "integer", (2024, 2023), ("2023", "2024")),
        ("y", "text", ("2024", "2023"), ("2023", "2024")),
        ("year", "decimal", ("2024", "2023"), ("2023", "2024")),
        ("year", "float", (2024.0, 2023.0), ("2023", "2024")),
        ("month", "decimal", ("3", "1"), ("Jan", "Mar")),
        ("month", "integer", (3, 1), ("Jan", "Mar")),
        ("month", "text", ("03", "01"), ("Jan", "Mar")),
        ("ym", "integer", (202403, 202312), ("Dec 2023", "Mar 2024")),
        ("MONTH(ordered_at)", "integer", (12, 2), ("Feb", "Dec")),
        ("분기", "integer", (2, 1), ("Q1", "Q2")),
        ("q", "text", ("2024-Q2", "2023-Q4"), ("Q4 2023", "Q2 2024")),
        ("w", "text", ("2024-W10", "2024-W09"), ("2024-W09", "2024-W10")),
        ("week", "text", ("2024-05", "2024-04"), ("2024-04", "2024-05")),
        ("d", "date", ("2024-03-05", "2024-03-04"), ("Mar 4, 2024", "Mar 5, 2024")),
        ("d", "date", ("2024-03-01", "2024-02-01"), ("Feb 2024", "Mar 2024")),
        ("d", "datetime", ("2024-01-01T00:00:00+00:00", "2023-01-01T00:00:00+00:00"), ("2023", "2024")),
        ("quarter", "datetime", ("2024-04-01T00:00:00", "2024-01-01T00:00:00"), ("Q1 2024", "Q2 2024")),
        ("at", "datetime", ("2024-03-05T10:30:00", "2024-03-05T09:00:00"), ("Mar 5, 2024 09:00", "Mar 5, 2024 10:30")),
        ("월", "text", ("2024년 3월", "2024년 1월"), ("Jan 2024", "Mar 2024")),
        ("hour", "integer", (13, 9), ("9", "13")),
    ],
)
def test_time_columns(name: str, kind: ColumnKind, cells: tuple[Cell, Cell], labels: tuple[str, str]) -> None:
    chart = choose([Column(name, kind), Column("n", "integer")], [(cells[0], 1), (cells[1], 2)], "en")
    assert chart is not None
    assert (chart.kind, chart.labels, chart.series[0].values) == ("line", labels, (2.0, 1.0))


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "Q5 2024", "12345"])
def test_text_that_only_looks_like_a_time_is_a_category(text: str) -> None:
    assert drawn([(text, 1), ("2024-01", 2)], period="text", n="integer").kind == "bar"


def test_a_year_and_a_month_column_are_one_axis() -> None:
    cells: list[tuple[Cell, ...]] = [(2024, 2, 5), (2023, 12, 7), (2024, 1, 3)]
    chart = drawn(cells, year="integer", month="integer", sales="integer")
    assert chart.labels == ("Dec 2023", "Jan 2024", "Feb 2024")
    assert [series.name for series in chart.series] == ["sales"]


def test_of_too_many_points_the_latest_are_drawn_and_the_title_says_so() -> None:
    cells: list[tuple[Cell, ...]] = [(f"{1000 + n}-01", n) for n in range(MAX_POINTS + 5)]
    chart = drawn(cells, month="text", n="integer")
    assert len(chart.labels) == MAX_POINTS
    assert chart.series[0].values[-1] == MAX_POINTS + 4
    assert chart.title == f"n by month (latest {MAX_POINTS})"


def test_categories_are_bars_in_the_order_of_the_rows() -> None:
    chart = drawn([("Busan", 3), ("서울", 9), (None, 1)], city="text", total="integer")
    assert (chart.kind, chart.labels, chart.series[0].values) == ("bar", ("Busan", "서울", "(none)"), (3.0, 9.0, 1.0))


def test_of_too_many_bars_the_highest_are_drawn_and_the_title_says_so() -> None:
    cells: list[tuple[Cell, ...]] = [(f"c{n}", n) for n in range(100)]
    chart = drawn(cells, city="text", n="integer")
    assert len(chart.labels) == MAX_BARS
    assert (chart.labels[0], chart.series[0].values[0]) == ("c99", 99.0)
    assert chart.title == "n by city (30 highest of 100)"
    cut = drawn(cells, truncated=True, city="text", n="integer")
    assert cut.title == "n by city (first 100 rows; 30 highest of 100)"


def test_long_and_dangerous_labels_are_cut_and_shown() -> None:
    chart = drawn([("x" * 70, 1), ("a\u202eb\nc", 2)], city="text", n="integer")
    assert chart.labels == ("x" * 31 + "…", "a\\u202eb↵c")


def test_two_numbers_of_one_scale_are_two_series() -> None:
    chart = drawn([("a", 10, "12.5"), ("b", 20, "18")], city="text", sold="integer", planned="decimal")
    assert [(series.name, series.values) for series in chart.series] == [
        ("sold", (10.0, 20.0)),
        ("planned", (12.5, 18.0)),
    ]


def test_a_number_of_another_scale_is_left_to_the_table() -> None:
    chart = drawn([("a", 1_000_000, 3), ("b", 2_000_000, 4)], city="text", sales="integer", orders="integer")
    assert [series.name for series in chart.series] == ["sales"]


def test_a_category_beside_the_time_becomes_series() -> None:
    cells: list[tuple[Cell, ...]] = [
        (f"2024-0{month}", city, month * factor) for month in (2, 1) for city, factor in (("Busan", 1), ("Seoul", 10))
    ]
    chart = drawn(cells, month="text", city="text", sales="integer")
    assert (chart.kind, chart.labels) == ("line", ("Jan 2024", "Feb 2024"))
    assert [(series.name, series.values) for series in chart.series] == [("Seoul", (10.0, 20.0)), ("Busan", (1.0, 2.0))]


def test_a_missing_point_of_a_series_is_none() -> None:
    cells: list[tuple[Cell, ...]] = [("2024-01", "a", 1), ("2024-01", "b", 2), ("2024-02", "a", 3)]
    chart = drawn(cells, month="text", city="text", n="integer")
    assert {series.name: series.values for series in chart.series} == {"a": (1.0, 3.0), "b": (2.0, None)}


def test_of_too_many_series_the_largest_are_drawn() -> None:
    cells: list[tuple[Cell, ...]] = [(f"2024-0{m}", f"c{n}", n) for m in (1, 2) for n in range(8)]
    chart = drawn(cells, month="text", city="text", n="integer")
    assert [series.name for series in chart.series] == ["c7", "c6", "c5", "c4", "c3", "c2"]
    assert len(chart.series) == MAX_SERIES
    assert chart.title == "n by month, city (6 largest of 8)"


def test_two_categories_become_groups_of_bars() -> None:
    cells: list[tuple[Cell, ...]] = [(city, status, 1) for city in ("a", "b", "c") for status in ("paid", "open")]
    chart = drawn(cells, city="text", status="text", n="integer")
    assert (chart.kind, chart.labels) == ("bar", ("a", "b", "c"))
    assert {series.name for series in chart.series} == {"paid", "open"}


@pytest.mark.parametrize(
    "question", ["share of orders by status", "what percentage is paid?", "상태별 주문 비율", "breakdown"]
)
def test_parts_of_a_whole_are_a_pie_when_shares_are_asked_for(question: str) -> None:
    assert drawn([("paid", 10), ("open", 4)], question=question, status="text", n="integer").kind == "pie"


def test_no_pie_without_a_reason() -> None:
    two: list[tuple[Cell, ...]] = [("paid", 10), ("open", 4)]
    assert drawn(two, question="orders by status", status="text", n="integer").kind == "bar"
    assert drawn(two, question="share by status", truncated=True, status="text", n="integer").kind == "bar"
    assert drawn([("a", 10), ("b", -4)], question="share", status="text", n="integer").kind == "bar"
    assert drawn([("a", 10), ("b", None)], question="share", status="text", n="integer").kind == "bar"
    assert drawn(two, question="share", status="text", avg_price="integer").kind == "bar"
    seven: list[tuple[Cell, ...]] = [(f"s{n}", n + 1) for n in range(7)]
    assert drawn(seven, question="share", status="text", n="integer").kind == "bar"


def test_percentages_are_a_pie_only_when_they_add_up() -> None:
    assert drawn([("a", 60.5), ("b", 39.5)], city="text", percent="float").kind == "pie"
    assert drawn([("a", 0.6), ("b", 0.4)], city="text", 비율="float").kind == "pie"
    assert drawn([("a", 60.5), ("b", 70.0)], question="percentage", city="text", conversion_rate="float").kind == "bar"


def test_ids_name_bars_but_are_never_measured() -> None:
    chart = drawn([(7, 10), (9, 4)], customer_id="integer", orders="integer")
    assert (chart.kind, chart.labels) == ("bar", ("7", "9"))
    assert chart_of([(7, "a"), (9, "b")], customer_id="integer", name="text") is None
    assert chart_of([(7,), (9,)], customer_id="integer") is None


def test_no_picture_of_what_makes_none() -> None:
    assert chart_of([], city="text", n="integer") is None
    assert choose([], [], "en") is None
    assert chart_of([("a", "b"), ("c", "d")], city="text", name="text") is None
    assert chart_of([("a", 1)], city="text", n="integer") is None
    assert chart_of([(1, 2), (3, 4)], a="integer", b="integer") is None
    assert chart_of([("a", 1), ("a", 2)], city="text", n="integer") is None
    assert chart_of([("a", None), ("b", None)], city="text", n="integer") is None
    assert chart_of([("0xff", 1), ("0xfe", 2)], picture="binary", n="integer") is None
    assert chart_of([("x" * 200, 1), ("y", 2)], description="text", n="integer") is None
    assert chart_of([("a", "nonsense"), ("b", "1")], city="text", n="decimal") is None
    many = [Column(f"c{n}", "integer") for n in range(6)]
    assert choose(many, [tuple(range(6)), tuple(range(6))], "en") is None


def test_a_listing_is_not_a_course_of_time() -> None:
    cells: list[tuple[Cell, ...]] = [(1, "2024-01-01", 5), (2, "2024-01-02", 6)]
    assert chart_of(cells, order_id="integer", ordered_on="date", amount="integer") is None
    same_day: list[tuple[Cell, ...]] = [("2024-01-01", 5), ("2024-01-01", 6), ("2024-01-02", 7)]
    assert chart_of(same_day, ordered_on="date", amount="integer") is None
    two_times: list[tuple[Cell, ...]] = [("2024-01-01", "2024-01-03", 5), ("2024-01-02", "2024-01-04", 6)]
    assert chart_of(two_times, ordered_on="date", paid_on="date", amount="integer") is None


@pytest.mark.parametrize("cell", [10**9, -1, 1.5, 13])
def test_numbers_beyond_a_calendar_are_measures(cell: Cell) -> None:
    chart = drawn([("a", cell), ("b", 2)], city="text", month="integer")
    assert [series.name for series in chart.series] == ["month"]


def test_infinity_is_not_drawn() -> None:
    assert chart_of([("a", float("inf")), ("b", 1.0)], city="text", n="float") is None


def test_a_number_beyond_floats_is_not_drawn() -> None:
    assert chart_of([("a", 10**5000), ("b", 2)], city="text", month="integer") is None
