"""The one sentence above an answer: said from the rows, and only what is true of them."""

from collections.abc import Sequence

from core.ask.present.filters import filter_words
from core.ask.present.readings import Reading, read_columns
from core.ask.present.visible import one_line
from core.engines.base import Rows
from core.locale import format_number, say
from core.locale.format import cell_formatter
from core.sql.filters import Filter

_FIELDS = 4
"""Columns of a single row that are said; the table shows the others."""
_CELL_WIDTH = 60
_NOTABLE_COLUMNS = 4
"""A measure, two labels, one of which may be a year and a month."""


def sentence(rows: Rows, filters: Sequence[Filter], locale: str) -> str:
    """What the rows say: a value, a row, how many rows and the most notable one, or that there are none."""
    if not rows.rows or not rows.columns:
        return _nothing(filters, locale)
    if len(rows.rows) == 1 and not rows.truncated:
        return _one_row(rows, locale)
    count = format_number(locale, len(rows.rows))
    if rows.truncated:
        return say(locale, "present.sentence.truncated", rows=count)
    counted = say(locale, "present.sentence.rows", rows=count)
    notable = _notable(rows, locale)
    return f"{counted} {notable}" if notable else counted


def _nothing(filters: Sequence[Filter], locale: str) -> str:
    if not filters:
        return say(locale, "present.sentence.empty")
    words = "; ".join(filter_words(condition, locale) for condition in filters)
    return say(locale, "present.sentence.empty_filtered", filters=words)


def _field(rows: Rows, index: int, locale: str) -> tuple[str, str]:
    column, cell = rows.columns[index], rows.rows[0][index]
    name = one_line(column.name, _CELL_WIDTH) or say(locale, "present.none")
    if cell is None or cell == "":
        return name, say(locale, "present.none")
    return name, one_line(cell_formatter(locale, column.kind, column.name)(cell), _CELL_WIDTH)


def _one_row(rows: Rows, locale: str) -> str:
    fields = [_field(rows, index, locale) for index in range(min(_FIELDS, len(rows.columns)))]
    said = ", ".join(say(locale, "present.sentence.field", name=name, value=value) for name, value in fields)
    hidden = len(rows.columns) - len(fields)
    if hidden:
        return say(locale, "present.sentence.more_fields", fields=said, n=format_number(locale, hidden))
    return said


def _notable(rows: Rows, locale: str) -> str | None:
    """The highest row, or the lowest when the rows ascend: with one measure, one or two labels, and no tie."""
    if len(rows.columns) > _NOTABLE_COLUMNS:
        return None
    readings = read_columns(rows.columns, rows.rows)
    measures = [reading for reading in readings if reading.role == "measure"]
    labels = [reading for reading in readings if reading.role in ("time", "category", "id")]
    if len(measures) != 1 or not 1 <= len(labels) <= 2 or len(readings) != 1 + len(labels):
        return None
    measure = measures[0]
    known = {row: value for row, value in enumerate(measure.numbers) if value is not None}
    ascends = list(known.values()) == sorted(known.values()) and labels[0].role != "time"
    extreme = min(known.values()) if ascends else max(known.values())
    found = [row for row, value in known.items() if value == extreme]
    if len(found) != 1 or len(known) < 2:
        return None
    return say(
        locale,
        "present.sentence.lowest" if ascends else "present.sentence.highest",
        measure=measure.name,
        label=_label(labels, found[0], locale),
        value=cell_formatter(locale, measure.column.kind, measure.column.name)(measure.cells[found[0]]),
    )


def _label(labels: list[Reading], row: int, locale: str) -> str:
    return " · ".join(label.label(row, locale) for label in labels)
