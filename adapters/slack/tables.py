"""A table as a block: Slack's data table, or its plain one. What does not fit is cut, and that is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from adapters.chat.tables import is_long, notes
from adapters.chat.text import Json, label, size
from adapters.slack import blocks, limits
from core.chat import NUMERIC_KINDS, Cell, Table
from core.locale import say
from core.locale.format import cell_formatter

_LARGEST_EXACT = 2**53
"""Beyond it JSON's numbers lose digits; the text beside the value keeps them."""
_LARGEST = 1e308
"""Just below what JSON's numbers end at in most readers; a larger one is shown as text."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of table block and what fits into it: rows below the header, and characters of the whole message."""

    kind: str
    rows: int
    characters: int


DATA_TABLE = Form("data_table", limits.DATA_TABLE_ROWS, limits.DATA_TABLE_CHARACTERS)
PLAIN_TABLE = Form("table", limits.TABLE_ROWS, limits.TABLE_CHARACTERS)


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """The blocks of a table, the characters it took, and whether it shows all there is in the database."""

    blocks: tuple[Json, ...]
    characters: int
    is_whole: bool


def draw_table(table: Table, caption: str, locale: str, form: Form, room: int, *, with_file: bool = True) -> DrawnTable:
    """The start of a table that fits into `room` characters, and a line that says how much of it that is.

    `with_file`: what is not shown goes as a file beside it.
    """
    columns = table.columns[: limits.COLUMNS]
    rows = [[blocks.raw_text(column.name) for column in columns]]
    shown_as = [cell_formatter(locale, column.kind, column.name) for column in columns]
    used = _length(rows[0])
    shortened = is_long([column.name for column in columns], limits.CELL)
    for values in table.rows[: form.rows]:
        texts = [shown(value) for shown, value in zip(shown_as, values, strict=False)]
        row = [
            _cell(value, column.kind, text, form) for value, column, text in zip(values, columns, texts, strict=False)
        ]
        if used + _length(row) > room:
            break
        used += _length(row)
        shortened = shortened or is_long(texts, limits.CELL)
        rows.append(row)
    shown_rows = len(rows) - 1
    if not columns or not table.rows:
        return DrawnTable((), 0, not table.truncated)
    said_of = notes(table, shown_rows, len(columns), locale, shortened=shortened)
    file = [say(locale, "chat.table.file")] if said_of and with_file else []
    said = (blocks.context(" ".join([*said_of, *file])),) if said_of else ()
    if not shown_rows:
        return DrawnTable(said, 0, False)
    block = _data_table(rows, caption) if form is DATA_TABLE else _plain_table(rows, table)
    return DrawnTable((block, *said), used, not said_of)


def _length(row: Sequence[Json]) -> int:
    return sum(size(cell["text"]) for cell in row)


def _cell(value: Cell, kind: str, text: str, form: Form) -> Json:
    number = _number(value) if form is DATA_TABLE and kind in NUMERIC_KINDS else None
    if number is None:
        return blocks.raw_text(text)
    return {"type": "raw_number", "value": number, "text": label(text, limits.CELL)}


def _number(value: Cell) -> float | None:
    """What the column is sorted by, or None when it is no number that JSON can hold."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int) and abs(value) <= _LARGEST_EXACT:
        return value
    try:
        number = float(Decimal(value))
    except (InvalidOperation, OverflowError):
        return None
    return number if abs(number) <= _LARGEST else None


def _data_table(rows: list[list[Json]], caption: str) -> Json:
    return {
        "type": "data_table",
        "caption": label(caption, limits.CAPTION),
        "page_size": limits.DATA_TABLE_PAGE,
        "rows": rows,
    }


def _plain_table(rows: list[list[Json]], table: Table) -> Json:
    columns = table.columns[: limits.COLUMNS]
    settings = [{"align": "right" if column.kind in NUMERIC_KINDS else "left"} for column in columns]
    return {"type": "table", "rows": rows, "column_settings": settings}
