"""A result as a file for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator

from core.chat import NUMERIC_KINDS, Cell, Column, Table

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads the file in the machine's code page and Hangul comes out as noise."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell. East Asian versions take the full-width signs too."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")

_ROWS_A_CHUNK = 500


def csv_chunks(table: Table, *, heading: bool = True) -> Iterator[bytes]:
    """The file, piece by piece: a heading, then the rows, exact values, CRLF; NULL is an empty cell.

    Without the heading they are more rows of a file that was begun with it.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    if heading:
        buffer.write(_BYTE_ORDER_MARK)
        writer.writerow([_harmless(column.name) for column in table.columns])
    for number, row in enumerate(table.rows, start=1):
        writer.writerow([_cell(column, cell) for column, cell in zip(table.columns, row, strict=True)])
        if number % _ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _cell(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return repr(cell)
    if column.kind in NUMERIC_KINDS and _NUMBER.fullmatch(cell):
        return cell
    return _harmless(cell)


def _harmless(text: str) -> str:
    """A text that a spreadsheet shows and does not run."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
