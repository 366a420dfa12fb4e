"""A table as elements of a card. What does not fit is cut, and that is said."""

from dataclasses import dataclass

from adapters.chat.tables import is_long, notes
from adapters.chat.text import Json, label, size
from adapters.teams import cards, limits
from core.chat import NUMERIC_KINDS, Column, Table
from core.locale import say
from core.locale.format import cell_formatter

_NARROW, _WIDE = 9, 30
"""Characters between which a column is as wide, beside the others, as its longest value. The borders of a cell take
some of a narrow one: a heading of six letters was broken in a column of six."""


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """The elements of a table, and whether they show all there is in the database."""

    elements: tuple[Json, ...]
    is_whole: bool


def draw_table(
    table: Table, locale: str, *, rows: int = limits.TABLE_ROWS, cell: int = limits.CELL, with_file: bool = True
) -> DrawnTable:
    """At most `rows` rows of a table with values of at most `cell` characters, and a line that says how much of it
    that is. `with_file`: what is not shown goes as a file beside it.
    """
    columns = table.columns[: limits.TABLE_COLUMNS]
    if not columns or not table.rows:
        return DrawnTable((), not table.truncated)
    shown_as = [cell_formatter(locale, column.kind, column.name) for column in columns]
    texts = [[shown(value) for shown, value in zip(shown_as, row, strict=False)] for row in table.rows[:rows]]
    names = [column.name for column in columns]
    shortened = any(is_long(row, cell) for row in [names, *texts])
    not_shown = notes(table, len(texts), len(columns), locale, shortened=shortened)
    file = [say(locale, "chat.table.file")] if not_shown and with_file else []
    said = (cards.note(" ".join([*not_shown, *file])),) if not_shown else ()
    if not texts:
        return DrawnTable(said, False)
    shown_rows = [[label(text, cell) for text in row] for row in [names, *texts]]
    return DrawnTable((_element(columns, shown_rows), *said), not not_shown)


def _element(columns: tuple[Column, ...], rows: list[list[str]]) -> Json:
    right = [column.kind in NUMERIC_KINDS for column in columns]
    widths = [min(max(map(size, column), default=0), _WIDE) for column in zip(*rows, strict=True)]
    return {
        "type": "Table",
        "firstRowAsHeaders": True,
        "showGridLines": True,
        "columns": [_column(width, to_right) for width, to_right in zip(widths, right, strict=True)],
        "rows": [_row(row, right, bold=number == 0) for number, row in enumerate(rows)],
    }


def _column(width: int, to_right: bool) -> Json:
    made: Json = {"width": max(width, _NARROW)}
    return made | ({"horizontalCellContentAlignment": "Right"} if to_right else {})


def _row(texts: list[str], right: list[bool], *, bold: bool) -> Json:
    cells = [
        {"type": "TableCell", "items": [cards.text(text, bold=bold, right=to_right)]}
        for text, to_right in zip(texts, right, strict=True)
    ]
    return {"type": "TableRow", "cells": cells}
