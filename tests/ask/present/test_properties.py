"""Whatever a database returns, there is a reply, and what it says is in the rows."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from core.ask.present import filter_words, present
from core.ask.present.plain import WIDTH
from core.chat import Cell, Chart, Column, ColumnKind, Text
from core.engines.base import Rows
from core.locale import format_cell, format_number
from core.sql.filters import Filter
from tests.ask.present.builders import facts_of, presentable

KINDS: tuple[ColumnKind, ...] = (
    *("integer", "decimal", "float", "date", "time", "datetime", "boolean", "text", "binary"),
)
NAMES = st.sampled_from(["id", "year", "month", "city", "total", "합계", "share", "주문일", "quarter", ""]) | st.text(
    max_size=90
)
TIMES = st.sampled_from(
    ["2024-01", "2024-02", "2024", "2023-12-31", "2024-01-01T00:00:00+00:00", "2024-Q1", "2024-W05"]
)


def cells_of(kind: ColumnKind) -> st.SearchStrategy[Cell]:
    usual: dict[ColumnKind, st.SearchStrategy[Cell]] = {
        "integer": st.integers(),
        "decimal": st.decimals().map(str),
        "float": st.floats(),
        "date": st.dates().map(str),
        "time": st.times().map(str),
        "datetime": st.datetimes().map(lambda at: at.isoformat()),
        "boolean": st.booleans(),
        "text": TIMES | st.text(max_size=100),
        "binary": st.binary(max_size=8).map(lambda data: "0x" + data.hex()),
    }
    # SQLite keeps any value in any column, so a kind is a hint and not a promise.
    return usual[kind] | st.none() | TIMES | st.integers(0, 13) | st.text(max_size=3)


@st.composite
def results(draw: st.DrawFn) -> Rows:
    columns = draw(st.lists(st.builds(Column, NAMES, st.sampled_from(KINDS)), max_size=7))
    row = st.tuples(*(cells_of(column.kind) for column in columns))
    rows = draw(st.lists(row, max_size=40))
    return Rows(tuple(columns), tuple(rows), draw(st.booleans()), draw(st.floats(0, 100)))


LOCALES = st.sampled_from(["en", "ko", "ko-KR", "fr"])
QUESTIONS = st.sampled_from(["", "share of cities", "비율"])


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(results(), LOCALES, QUESTIONS)
def test_any_result_has_a_reply(rows: Rows, locale: str, question: str) -> None:
    reply = present(presentable(rows, question), locale)
    assert reply.plain.strip()
    assert "\u202e" not in reply.plain
    reply.plain.encode()
    for part in reply.parts:
        if isinstance(part, Chart):
            assert part.series
            assert all(len(series.values) == len(part.labels) for series in part.series)
            assert all(label.strip() or label.isspace() for label in part.labels)
            assert len(part.labels) >= 1
            if part.kind == "pie":
                assert all(value is not None and value > 0 for value in part.series[0].values)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(results())
def test_the_table_of_the_twin_fits_a_terminal(rows: Rows) -> None:
    reply = present(presentable(rows), "ko")
    assert isinstance(reply.parts[0], Text)
    table = reply.plain.removeprefix(reply.parts[0].text).split("\n\nSQL (", 1)[0]
    assert all(cell_len(line) <= WIDTH for line in table.splitlines())


@st.composite
def grouped(draw: st.DrawFn) -> Rows:
    """Labels and a number: what most questions come back with."""
    label = draw(st.sampled_from([Column("city", "text"), Column("month", "text"), Column("customer_id", "integer")]))
    number = draw(st.sampled_from([Column("total", "integer"), Column("합계", "decimal"), Column("rate", "float")]))
    labels: dict[str, st.SearchStrategy[Cell]] = {
        "text": st.sampled_from(["Seoul", "부산", "2024-01", "2024-02"]),
        "integer": st.integers(1, 99),
    }
    numbers: dict[str, st.SearchStrategy[Cell]] = {
        "integer": st.integers(-(10**9), 10**9),
        "decimal": st.decimals(-(10**9), 10**9, places=2).map(str),
        "float": st.floats(-1e9, 1e9),
    }
    row: st.SearchStrategy[tuple[Cell, ...]] = st.tuples(
        labels[label.kind] | st.none(), numbers[number.kind] | st.none()
    )
    return Rows((label, number), tuple(draw(st.lists(row, max_size=15))), draw(st.booleans()), 0.1)


@given(grouped(), st.sampled_from(["en", "ko"]))
def test_every_number_of_the_sentence_is_in_the_rows(rows: Rows, locale: str) -> None:
    sentence = present(presentable(rows), locale).parts[0]
    assert isinstance(sentence, Text)
    allowed = {format_number(locale, len(rows.rows)), "2024", "1", "2"}
    for row in rows.rows:
        for column, cell in zip(rows.columns, row, strict=True):
            allowed |= set(re.findall(r"\d[\d,.]*\d|\d", format_cell(locale, cell, column.kind, column.name)))
    assert set(re.findall(r"\d[\d,.]*\d|\d", sentence.text)) <= allowed


@given(grouped())
def test_highest_is_the_highest(rows: Rows) -> None:
    sentence = present(presentable(rows), "en").parts[0]
    assert isinstance(sentence, Text)
    found = re.search(r"(Highest|Lowest) .*, (\S+)\.$", sentence.text)
    if found:
        numbers = [float(row[1]) for row in rows.rows if row[1] is not None]
        extreme = max(numbers) if found[1] == "Highest" else min(numbers)
        assert numbers.count(extreme) == 1
        assert found[2] in {
            format_cell("en", row[1], rows.columns[1].kind)
            for row in rows.rows
            if row[1] is not None and float(row[1]) == extreme
        }
        assert not rows.truncated


OPERATORS = st.sampled_from(
    ["=", "!=", "<", "<=", ">", ">=", "like", "not like", "in", "not in", "between", "is null", ""]
)


@given(st.builds(Filter, st.text(max_size=20), OPERATORS | st.text(max_size=5), st.text(max_size=90)), LOCALES)
def test_any_filter_has_words(condition: Filter, locale: str) -> None:
    words = filter_words(condition, locale)
    assert "\n" not in words
    present(presentable(Rows((), (), False, 0.0), facts=facts_of((condition,))), locale)
