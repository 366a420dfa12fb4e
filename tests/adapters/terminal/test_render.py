"""Replies as a terminal shows them."""

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal.chart import chart_lines
from adapters.terminal.render import MAX_ROWS, draw
from core.chat import Chart, Column, Reply, Series, Table, Text
from tests.adapters.replies import EVIL, FULL, replies

_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def _print(reply: Reply, width: int = 80, *, colours: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, force_terminal=colours, legacy_windows=False).print(
        draw(reply, width)
    )
    return out.getvalue()


def _of(*parts: object, locale: str = "en") -> Reply:
    return Reply("q", parts, "", locale)  # type: ignore[arg-type]


def _commands(shown: str) -> list[str]:
    """Signs that a terminal obeys or that turn text around; joiners only shape letters and emoji."""
    signs = (sign for sign in shown if sign not in "\n\u200c\u200d")
    return [sign for sign in signs if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def test_every_part_is_there() -> None:
    shown = _print(FULL)
    for words in ("서울이 가장 많습니다.", "1,234.50", "고객 수", "SELECT", "0 tokens, no cost", "Which one?", "  shop",
                  "--connection", "Nothing.", "Ask for more.", "처음 2행"):  # fmt: skip
        assert words in shown, words
    assert "CSV" not in shown


def test_columns_stand_under_each_other_whatever_their_script() -> None:
    table = Table(
        (Column("도시"), Column("customers", "integer")),
        (("서울", 12), ("Daegu", 3), ("a" * 9, None), ("부산광역시", 1000)),
    )
    lines = [line for line in _print(_of(table)).splitlines() if line.strip() and "─" not in line]
    ends = {cell_len(line.rstrip()) for line in lines}
    assert len(lines) == 5
    assert len(ends) == 1


def test_a_wide_table_is_cut_to_the_terminal_and_says_so() -> None:
    columns = tuple(Column(f"column {number}") for number in range(20))
    shown = _print(_of(Table(columns, (tuple("서울" for _ in columns),))), width=60)
    assert max(cell_len(line) for line in shown.splitlines()) <= 60
    assert "column 0" in shown and "column 19" not in shown
    assert "more columns" in shown


def test_one_column_that_is_wider_than_the_terminal_is_cut() -> None:
    shown = _print(_of(Table((Column("text"),), (("x" * 500,),))), width=30)
    assert max(cell_len(line) for line in shown.splitlines()) <= 30
    assert "…" in shown


def test_a_long_table_is_cut_and_says_so() -> None:
    rows = tuple((number,) for number in range(MAX_ROWS + 50))
    shown = _print(_of(Table((Column("n", "integer"),), rows, truncated=True)))
    assert f"\n{MAX_ROWS - 1}\n" in shown and f"\n{MAX_ROWS}\n" not in shown
    assert "50 more rows" in shown and "150 rows were read" in shown


def test_what_a_database_sends_cannot_speak_to_the_terminal() -> None:
    table = Table((Column(EVIL),), ((EVIL,), ("\r\x9b2Joverwritten",), ("[link=http://x]y[/link]",)))
    shown = _print(_of(Text(EVIL), table), width=200, colours=True)
    left = _COLOUR.sub("", shown)
    assert not _commands(left)
    assert "[red]x[/red]" in left and "\\u001b]0;title" in left and "[link=http://x]y[/link]" in left


@given(replies(), st.integers(1, 120))
def test_any_reply_fits_any_terminal(reply: Reply, width: int) -> None:
    shown = _print(reply, width)
    assert not _commands(shown)
    if width >= 12:
        assert max((cell_len(line) for line in shown.splitlines()), default=0) <= width


def test_bars_are_as_long_as_their_values() -> None:
    chart = Chart("bar", "by city", ("서울", "Daegu"), (Series("n", (40.0, 10.0)),))
    first, second = chart_lines(chart, "en", 80)
    assert (first.marks, second.marks) == ("█" * 40, "█" * 10)
    assert cell_len(first.label) == cell_len(second.label)
    assert first.value.strip() == "40"


def test_a_line_goes_up_and_down() -> None:
    values: tuple[float | None, ...] = (0.0, 7.0, None, 3.5)
    chart = Chart("line", "by month", ("Jan", "Feb", "Mar", "Apr"), (Series("sales", values),))
    run, span = chart_lines(chart, "en", 80)
    assert run.marks == "▁█ ▅"
    assert span.value == "Jan – Apr"


def test_a_long_line_is_thinned_to_its_room() -> None:
    chart = Chart("line", "t", tuple(map(str, range(400))), (Series("s", tuple(map(float, range(400)))),))
    run, _ = chart_lines(chart, "en", 80)
    assert 20 <= len(run.marks) <= 60
    assert list(run.marks) == sorted(run.marks)


@pytest.mark.parametrize(
    "chart",
    [
        Chart("figure", "n", ("n",), (Series("n", (3.0,)),)),
        Chart("bar", "loss", ("a", "b"), (Series("n", (-3.0, 2.0)),)),
        Chart("bar", "nothing", ("a", "b"), (Series("n", (None, None)),)),
        Chart("line", "nothing", ("a",), (Series("n", (None,)),)),
    ],
)
def test_what_text_draws_badly_is_left_to_the_table(chart: Chart) -> None:
    assert chart_lines(chart, "en", 80) == ()


def test_several_series_are_told_apart() -> None:
    chart = Chart("bar", "t", ("Q1", "Q2"), (Series("in", (1.0, 2.0)), Series("out", (2.0, 1.0))))
    assert [bar.label.strip() for bar in chart_lines(chart, "en", 80)] == ["Q1 · in", "Q1 · out", "Q2 · in", "Q2 · out"]
