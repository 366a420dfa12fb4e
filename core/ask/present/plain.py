"""The plain-text twin of a reply: for terminals, notifications, and places that refuse anything richer."""

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from core.ask.present.meters import bar
from core.ask.present.visible import lines, one_line
from core.chat import Actions, Chart, Choices, Facts, Meters, Notice, Part, Sql, Table, Text
from core.locale import format_number, say
from core.locale.format import cell_formatter

WIDTH = 80
"""Columns of a terminal; a Hangul syllable takes two."""
ROWS = 20
"""Rows of a table or chart that are shown; the last line says how many are not."""

_NARROWEST = 6
"""No column is made narrower than this: columns that do not fit then are left out, and that is said."""
_GAP = "  "
_NUMERIC = ("integer", "decimal", "float")


def plain(parts: Iterable[Part], locale: str) -> str:
    """The parts as plain text, in order, never empty. Buttons are left out, and a chart whose table is there."""
    kept = list(parts)
    has_table = any(isinstance(part, Table) for part in kept)
    blocks = [_block(part, locale) for part in kept if not (has_table and isinstance(part, Chart))]
    return "\n\n".join(block for block in blocks if block) or say(locale, "present.plain.nothing")


def _block(part: Part, locale: str) -> str:
    match part:
        case Text():
            return lines(part.text)
        case Table():
            return _table(part, locale)
        case Chart():
            return _chart(part, locale)
        case Sql():
            return f"SQL ({one_line(part.dialect)})\n{lines(part.text)}"
        case Facts():
            return "\n".join(f"{one_line(fact.label)}: {one_line(fact.value)}" for fact in part.items)
        case Meters():
            return _meters(part)
        case Choices():
            options = (f"{n}. {one_line(option.label)}" for n, option in enumerate(part.options, 1))
            return "\n".join([lines(part.prompt), *options])
        case Notice():
            return "\n".join(lines(text) for text in (part.text, part.hint) if text)
        case Actions():
            return ""


def _meters(meters: Meters) -> str:
    size = max((cell_len(one_line(item.label)) for item in meters.items), default=0)
    told: list[str] = []
    for item in meters.items:
        label = one_line(item.label)
        told.append(f"{label}{' ' * (size - cell_len(label))}  {bar(item)}  {one_line(item.text)}")
        if item.note:
            told.append(f"{' ' * size}  {one_line(item.note)}")
    return "\n".join(told)


def _chart(chart: Chart, locale: str) -> str:
    values = [series.values for series in chart.series]
    shown = [one_line(chart.title)]
    for label, *numbers in list(zip(chart.labels, *values, strict=True))[:ROWS]:
        said = ", ".join(say(locale, "present.none") if n is None else format_number(locale, n) for n in numbers)
        shown.append(f"{one_line(str(label))}: {said}")
    if len(chart.labels) > ROWS:
        shown.append(_more(len(chart.labels) - ROWS, locale))
    return "\n".join(shown)


def _more(hidden: int, locale: str) -> str:
    return say(locale, "present.plain.more_rows", n=format_number(locale, hidden))


def _widths(columns: list[list[str]]) -> list[int]:
    """A width for every column that is shown, so that a line has at most `WIDTH`: the widest give way first."""
    widths = [max(1, *map(cell_len, column)) for column in columns]
    while len(widths) > 1 and sum(min(width, _NARROWEST) for width in widths) + len(_GAP) * (len(widths) - 1) > WIDTH:
        widths.pop()
    room = WIDTH - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = max(widths)
        second = max((width for width in widths if width < widest), default=1)
        peers = widths.count(widest)
        excess = sum(widths) - room
        lowered = max(second, widest - -(-excess // peers))
        widths = [lowered if width == widest else width for width in widths]
    return widths


def _fit(text: str, width: int, to_right: bool) -> str:
    size = cell_len(text)
    if size > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    return " " * (width - size) + text if to_right else text + " " * (width - size)


def _table(table: Table, locale: str) -> str:
    if not table.columns:
        return ""
    columns: list[list[str]] = []
    for index, column in enumerate(table.columns):
        shown = cell_formatter(locale, column.kind, column.name)
        cells = [one_line(shown(row[index]), WIDTH) for row in table.rows[:ROWS]]
        columns.append([one_line(column.name, WIDTH), *cells])
    widths = _widths(columns)
    right = [column.kind in _NUMERIC for column in table.columns]
    text = [
        _GAP.join(
            _fit(column[line], width, to_right) for column, width, to_right in zip(columns, widths, right, strict=False)
        )
        for line in range(len(columns[0]))
    ]
    text.insert(1, _GAP.join("-" * width for width in widths))
    if len(table.rows) > ROWS:
        text.append(_more(len(table.rows) - ROWS, locale))
    if table.truncated:
        text.append(say(locale, "present.plain.truncated", rows=format_number(locale, len(table.rows))))
    if len(widths) < len(columns):
        text.append(say(locale, "present.plain.more_columns", n=format_number(locale, len(columns) - len(widths))))
    return "\n".join(line.rstrip() for line in text)
