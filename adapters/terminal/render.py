"""A reply drawn for a terminal of some width. Pure: a reply in, something rich can print out.

Every string of a reply goes through `core.ask.present.visible` and into a rich `Text`: an escape sequence in a cell is
shown, not obeyed, and square brackets are no markup.
"""

from collections.abc import Iterator

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table as Grid
from rich.text import Text as Line

from adapters.terminal.chart import Bar, chart_lines
from core.ask.present.meters import bar, share
from core.ask.present.visible import lines, one_line
from core.chat import Actions, Chart, Choices, Facts, Meters, Notice, Part, Reply, Sql, Table, Text
from core.locale import format_number, say
from core.locale.format import cell_formatter

MAX_ROWS = 100
"""Rows that are printed: some screens. `--json` gives all of them."""

_MAX_CELL = 40
"""Terminal columns of the widest cell when a table is wider than the screen."""

_BETWEEN = 2
"""Terminal columns that the grid puts between two columns."""

_NEAR = 0.8
"""From this share on a limit is near."""

_NUMERIC = ("integer", "decimal", "float")
_NOTICE_STYLES = {"info": "cyan", "warning": "yellow", "error": "red"}


def draw(reply: Reply, width: int) -> RenderableType:
    """The whole reply, its parts in order with an empty line between them. `width` is the terminal's, in columns."""
    blocks = [block for part in reply.parts for block in _part(part, reply.locale, width)]
    return Group(*(line for block in blocks for line in (block, Line())))


def _part(part: Part, locale: str, width: int) -> Iterator[RenderableType]:
    match part:
        case Text():
            yield Line(lines(part.text), style="bold")
        case Table():
            yield _table(part, locale, width)
        case Chart():
            yield from _chart(part, locale, width)
        case Sql():
            yield Syntax(lines(part.text), "sql", background_color="default", theme="ansi_dark", word_wrap=True)
        case Facts():
            yield _facts(part)
        case Meters():
            yield _meters(part)
        case Choices():
            yield _choices(part, locale)
        case Notice():
            yield _notice(part)
        case Actions():
            return


def _table(table: Table, locale: str, width: int) -> RenderableType:
    rows = table.rows[:MAX_ROWS]
    forms = [cell_formatter(locale, column.kind, column.name) for column in table.columns]
    columns = [
        [one_line(column.name), *(one_line(form(row[at])) for row in rows)]
        for at, (column, form) in enumerate(zip(table.columns, forms, strict=True))
    ]
    widths = _fitting(columns, width)
    grid = Grid(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _BETWEEN - 1, 0, 0), header_style="bold"
    )
    for column, texts, size in zip(table.columns, columns, widths, strict=False):
        heading = Line(texts[0], justify="right" if column.kind in _NUMERIC else "left")
        grid.add_column(heading, justify=heading.justify or "left", no_wrap=True, overflow="ellipsis", width=size)
    for at, row in enumerate(rows, start=1):
        cells = zip(columns, row, widths, strict=False)
        grid.add_row(*(Line(texts[at], style="dim" if cell is None else "") for texts, cell, _ in cells))
    notes = "\n".join(_notes(table, len(columns) - len(widths), locale))
    return Group(grid, Line(notes, style="dim")) if notes else grid


def _fitting(columns: list[list[str]], width: int) -> list[int]:
    """The widths of as many columns as fit side by side: at least one, uncut where there is room."""
    natural = [max(map(cell_len, texts)) for texts in columns]
    if sum(natural) + _BETWEEN * len(natural) <= width:
        return natural
    fitting: list[int] = []
    for size in (min(size, _MAX_CELL) for size in natural):
        if fitting and sum(fitting) + size + _BETWEEN * (len(fitting) + 1) > width:
            break
        fitting.append(min(size, max(1, width - _BETWEEN)))
    return fitting


def _notes(table: Table, hidden_columns: int, locale: str) -> Iterator[str]:
    hidden_rows = len(table.rows) - MAX_ROWS
    if hidden_columns > 0:
        yield say(locale, "present.plain.more_columns", n=format_number(locale, hidden_columns))
    if hidden_rows > 0:
        yield say(locale, "present.plain.more_rows", n=format_number(locale, hidden_rows))
    if table.truncated:
        yield say(locale, "present.plain.truncated", rows=format_number(locale, len(table.rows)))


def _chart(chart: Chart, locale: str, width: int) -> Iterator[RenderableType]:
    drawn = chart_lines(chart, locale, width)
    if drawn:
        yield Group(Line(one_line(chart.title), style="dim"), *map(_bar, drawn))


def _bar(bar: Bar) -> Line:
    return Line.assemble((bar.label, "default"), (bar.marks, "cyan"), (bar.value, "dim"), no_wrap=True, overflow="crop")


def _facts(facts: Facts) -> RenderableType:
    grid = Grid.grid(padding=(0, _BETWEEN, 0, 0))
    for fact in facts.items:
        grid.add_row(Line(one_line(fact.label), style="dim"), Line(one_line(fact.value), style="dim"))
    return grid


def _meters(meters: Meters) -> RenderableType:
    """A bar a limit: red when it is reached, yellow when it is near."""
    grid = Grid.grid(padding=(0, _BETWEEN, 0, 0))
    for item in meters.items:
        used = share(item)
        style = "red" if used >= 1 else "yellow" if used >= _NEAR else "cyan"
        grid.add_row(Line(one_line(item.label)), Line(bar(item), style=style), Line(one_line(item.text)))
        if item.note:
            grid.add_row(Line(), Line(), Line(one_line(item.note), style="dim"))
    return grid


def _choices(choices: Choices, locale: str) -> RenderableType:
    hint = "choose_connection" if choices.about == "connection" else "choose"
    options = (f"  {one_line(option.label)}" for option in choices.options)
    return Line("\n".join([lines(choices.prompt), *options, say(locale, f"terminal.{hint}")]))


def _notice(notice: Notice) -> RenderableType:
    text = Line(lines(notice.text), style=_NOTICE_STYLES[notice.level])
    return Group(text, Line(lines(notice.hint))) if notice.hint else text
