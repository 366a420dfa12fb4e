"""What each column of a result is good for in a picture or a sentence, judged by its kind, name and values."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from core.ask.present.periods import Period, join_periods, period_label, read_periods
from core.ask.present.visible import one_line
from core.chat import Cell, Column, ColumnKind
from core.locale import say
from core.locale.format import cell_formatter, reads_as_label

Role = Literal["time", "category", "measure", "id", "other"]

_LABEL_WIDTH = 32
"""Characters of a label; a longer one is cut."""

_PROSE_LENGTH = 80
"""A text column with a longer cell is prose (notes, descriptions), not a category."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A column with its role, and its cells as the role needs them (one entry a row, or none)."""

    column: Column
    role: Role
    cells: tuple[Cell, ...]
    numbers: tuple[float | None, ...] = ()
    periods: tuple[Period | None, ...] = ()

    @property
    def name(self) -> str:
        """The heading, safe to show on one line."""
        return one_line(self.column.name, _LABEL_WIDTH)

    def label(self, row: int, locale: str) -> str:
        """The cell of a row as a label: short, safe, never empty."""
        period = self.periods[row] if self.periods else None
        if period is not None:
            return period_label(period, locale)
        cell = self.cells[row]
        if cell is None or cell == "":
            return say(locale, "present.none")
        return one_line(cell_formatter(locale, self.column.kind, self.column.name)(cell), _LABEL_WIDTH)


def number(cell: Cell, kind: ColumnKind) -> float | None:
    """A cell as a number: decimals are text. None for NULL, for what is not a number, and for NaN and infinity."""
    if kind not in ("integer", "decimal", "float") or cell is None or isinstance(cell, bool):
        return None
    try:
        value = float(Decimal(cell) if isinstance(cell, str) else cell)
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _read(column: Column, cells: tuple[Cell, ...]) -> Reading:
    if all(cell is None for cell in cells):
        return Reading(column, "other", cells)
    periods = read_periods(column, cells)
    if periods is not None:
        return Reading(column, "time", cells, periods=periods)
    if column.kind in ("integer", "decimal", "float"):
        if reads_as_label(column.name):
            return Reading(column, "id", cells)
        numbers = tuple(number(cell, column.kind) for cell in cells)
        is_number = all((value is None) == (cell is None) for value, cell in zip(numbers, cells, strict=True))
        return Reading(column, "measure" if is_number else "other", cells, numbers=numbers)
    if column.kind == "binary" or any(isinstance(cell, str) and len(cell) > _PROSE_LENGTH for cell in cells):
        return Reading(column, "other", cells)
    return Reading(column, "id" if reads_as_label(column.name) else "category", cells)


def read_columns(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> tuple[Reading, ...]:
    """A reading of every column; a column of years and one of months become one, in the place of the first."""
    readings = [_read(column, tuple(row[index] for row in rows)) for index, column in enumerate(columns)]
    times = [reading for reading in readings if reading.role == "time"]
    if len(times) == 2:
        joined = join_periods(times[0].periods, times[1].periods)
        if joined is not None:
            names = f"{times[0].column.name}, {times[1].column.name}"
            cells: tuple[Cell, ...] = tuple(None if period is None else period.text for period in joined)
            both = Reading(Column(names), "time", cells, periods=joined)
            at = readings.index(times[0])
            readings = [*readings[:at], both, *(r for r in readings[at + 1 :] if r is not times[1])]
    return tuple(readings)
