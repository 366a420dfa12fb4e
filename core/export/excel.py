"""A result as an Excel workbook: one sheet of data, one of what the data rests on."""

import io
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from rich.cells import cell_len

from core.chat import Cell, Column, ColumnKind, Facts, Table
from core.export.xml_text import xml_text
from core.locale import format_number, say
from core.locale.format import reads_as_label

# Excel's own limits: "Excel specifications and limits", Microsoft Support.
MOST_ROWS = 1_048_576
"""Rows of a sheet, the heading among them."""
MOST_COLUMNS = 16_384
LONGEST_TEXT = 32_767
"""Characters of a cell, counted in UTF-16 as Excel counts them."""

_EXACT_DIGITS = 15
"""Digits that a number in Excel keeps; a longer one would be rounded, so it is written as text."""
_SMALLEST = Decimal("1e-300")
_FIRST_DATE = date(1900, 1, 1)
"""Excel knows no earlier day; such a date is written as text."""

_WIDTHS = (8, 60)
"""Of a column, in characters: the narrowest and the widest."""
_ROWS_MEASURED = 200
"""Rows that a column's width is taken from."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

_Writer = Callable[[int, int, Cell], None]


def workbook(table: Table, sql: str, facts: Facts | None, locale: str, *, question: str) -> bytes:
    """The file. Words in the language of `locale`; whatever comes from a database or a person is text, never a formula.

    A number is a number where Excel keeps all its digits, else text. A moment with a time zone keeps its clock time,
    with its zone beside it; fractions of a second end at the thousandth. NULL is an empty cell.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        _data_sheet(book, table, locale)
        lines = [(say(locale, "export.question"), question), (say(locale, "export.sql"), sql)]
        lines += [(fact.label, fact.value) for fact in (facts.items if facts else ())]
        lines += [(say(locale, "export.note"), note) for note in _notes(table, locale)]
        _about_sheet(book, lines, locale)
    return file.getvalue()


def _data_sheet(book: Any, table: Table, locale: str) -> None:
    sheet = book.add_worksheet(say(locale, "export.sheet.data"))
    columns, rows = table.columns[:MOST_COLUMNS], table.rows[: MOST_ROWS - 1]
    if not columns:
        return
    heading = book.add_format({"bold": True, "bottom": 1})
    cells = _Cells(book, sheet)
    for index, column in enumerate(columns):
        sheet.write_string(0, index, _text(column.name), heading)
        sheet.set_column(index, index, _width(column, index, rows))
    writers = [cells.writer(column) for column in columns]
    for number, row in enumerate(rows, start=1):
        for index, (write, cell) in enumerate(zip(writers, row, strict=False)):
            if cell is not None:
                write(number, index, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    # A long number is text on purpose; Excel need not warn of it in every cell.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})


def _about_sheet(book: Any, lines: Sequence[tuple[str, str]], locale: str) -> None:
    sheet = book.add_worksheet(say(locale, "export.sheet.about"))
    label, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    for number, (name, value) in enumerate(lines):
        sheet.write_string(number, 0, _text(name), label)
        sheet.write_string(number, 1, _text(value), wrapped)
    sheet.set_column(0, 0, max(_WIDTHS[0], *(cell_len(name) + 2 for name, _ in lines)))
    sheet.set_column(1, 1, 100)


def _notes(table: Table, locale: str) -> list[str]:
    notes = []
    if table.truncated:
        notes.append(say(locale, "export.truncated", rows=format_number(locale, len(table.rows))))
    if len(table.rows) > MOST_ROWS - 1:
        notes.append(say(locale, "export.most_rows", rows=format_number(locale, MOST_ROWS - 1)))
    if len(table.columns) > MOST_COLUMNS:
        notes.append(say(locale, "export.most_columns", columns=format_number(locale, MOST_COLUMNS)))
    return notes


def _width(column: Column, index: int, rows: Sequence[Sequence[Cell]]) -> int:
    """Characters; a Hangul syllable takes two, the filter's arrow and a number's separators some more."""
    seen = (str(row[index])[: _WIDTHS[1]] for row in rows[:_ROWS_MEASURED] if row[index] is not None)
    widest = max(map(cell_len, seen), default=0)
    return min(max(_WIDTHS[0], cell_len(_text(column.name)[: _WIDTHS[1]]) + 4, widest * 4 // 3 + 1), _WIDTHS[1])


def _text(text: str) -> str:
    """A text as a cell can hold it: without what XML cannot carry, and no longer than Excel takes."""
    clean = xml_text(text)
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return clean
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


class _Cells:
    """Writes cells of one sheet, each column's by its kind; a value that its kind does not fit is written as text."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self._book = book
        self._sheet = sheet
        self._formats: dict[str, Any] = {}

    def writer(self, column: Column) -> _Writer:
        """What writes a cell of this column, which is never NULL."""
        by_kind: dict[ColumnKind, Callable[[int, int, str], bool]] = {
            "decimal": partial(self._decimal, reads_as_label(column.name)),
            "date": self._date,
            "datetime": self._datetime,
            "time": self._time,
        }
        of_text = by_kind.get(column.kind)
        whole = "0" if reads_as_label(column.name) else "#,##0"

        def write(row: int, at: int, cell: Cell) -> None:
            if isinstance(cell, bool):
                self._sheet.write_boolean(row, at, cell)
            elif isinstance(cell, int) and abs(cell) < 10**_EXACT_DIGITS:
                self._sheet.write_number(row, at, cell, self._format(whole))
            elif isinstance(cell, float) and math.isfinite(cell):
                self._sheet.write_number(row, at, cell)
            elif not (isinstance(cell, str) and of_text is not None and of_text(row, at, cell)):
                self._sheet.write_string(row, at, _text(str(cell)))

        return write

    def _format(self, pattern: str) -> Any:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]

    def _decimal(self, is_label: bool, row: int, at: int, text: str) -> bool:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return False
        if not value.is_finite() or (value and (abs(value) < _SMALLEST or value.adjusted() >= _EXACT_DIGITS)):
            return False
        if len(value.as_tuple().digits) > _EXACT_DIGITS:
            value = value.normalize()  # an average has many noughts behind it
        if len(value.as_tuple().digits) > _EXACT_DIGITS:
            return False
        exponent = value.as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
        if places > 2 * _EXACT_DIGITS:
            pattern = "General"
        else:
            pattern = ("0" if is_label else "#,##0") + ("." + "0" * places if places else "")
        self._sheet.write_number(row, at, value, self._format(pattern))  # a float would lose its last digit
        return True

    def _date(self, row: int, at: int, text: str) -> bool:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return False
        if day < _FIRST_DATE:
            return False
        self._sheet.write_datetime(row, at, day, self._format("yyyy-mm-dd"))
        return True

    def _datetime(self, row: int, at: int, text: str) -> bool:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return False
        if moment.date() < _FIRST_DATE:
            return False
        zone = f' "{moment.tzinfo}"' if moment.tzinfo else ""
        fraction = ".000" if moment.microsecond else ""
        pattern = f"yyyy-mm-dd hh:mm:ss{fraction}{zone}"
        self._sheet.write_datetime(row, at, moment.replace(tzinfo=None), self._format(pattern))
        return True

    def _time(self, row: int, at: int, text: str) -> bool:
        try:
            clock = time.fromisoformat(text)
        except ValueError:
            return False
        if clock.tzinfo is not None:
            return False
        pattern = "hh:mm:ss.000" if clock.microsecond else "hh:mm:ss"
        self._sheet.write_datetime(row, at, clock, self._format(pattern))
        return True
