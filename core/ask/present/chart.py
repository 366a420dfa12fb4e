"""The picture of a result, chosen from its columns' kinds, names and values alone: or none, when none makes sense."""

import re
from collections.abc import Sequence
from typing import Literal

from core.ask.present.readings import Reading, read_columns
from core.chat import Cell, Chart, Column, Series
from core.locale import format_number, say

MAX_POINTS = 400
"""Points along a time axis: a little over a year of days. Of more, the latest are drawn and the title says so."""
MAX_BARS = 30
"""Bars that can still be told apart on a phone. Of more, the highest are drawn and the title says so."""
MAX_SLICES = 6
MAX_SERIES = 6
MAX_COLUMNS = 5
"""A result with more columns is a listing to be read, not a picture."""

_SAME_SCALE = 100.0
"""A second measure joins the first on one axis when their largest values are at most this factor apart."""

_SHARE = re.compile(
    r"\b(share|percent|percentage|pct|ratio|proportion|portion|breakdown|split|distribution)\b|%|비율|비중|점유|구성비|퍼센트|분포",
    re.IGNORECASE,
)
_RATIO = re.compile(r"share|percent|proportion|(?<![a-z])(pct|ratio|rate)|%|비율|비중|점유|율$|퍼센트", re.IGNORECASE)
_NOT_ADDITIVE = re.compile(
    r"(?<![a-z])(avg|average|mean|median|(min|max)(?![a-z]))|평균|중앙|최소|최대|최저|최고", re.IGNORECASE
)

_Kind = Literal["line", "bar", "pie"]
_Keys = dict[int, tuple[object, ...]]
"""Where a row stands on the axis: rows with the same key share a point."""


def choose(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    locale: str,
    question: str = "",
    truncated: bool = False,
) -> Chart | None:
    """The chart of a result, or None.

    A single number is a figure; a time column with numbers is a line, in order of time; categories with numbers are
    bars, or a pie when the values are the parts of a whole and the question or the column asks for shares. A category
    beside the first label column becomes several series. Ids, codes and years are never measures.
    """
    if not rows or not columns or len(columns) > MAX_COLUMNS:
        return None
    readings = read_columns(columns, rows)
    measures = [reading for reading in readings if reading.role == "measure"]
    if not measures:
        return None
    if len(rows) == 1:
        return _figure(measures[0], locale) if len(readings) == 1 else None
    notes = [say(locale, "present.chart.truncated", rows=format_number(locale, len(rows)))] if truncated else []
    drawing = _Drawing(readings, measures, len(rows), locale, notes)
    times = [reading for reading in readings if reading.role == "time"]
    if len(times) > 1:
        return None
    return drawing.over_time(times[0]) if times else drawing.by_category(question, truncated)


def _figure(measure: Reading, locale: str) -> Chart:
    name = measure.name or say(locale, "present.none")
    return Chart("figure", name, (name,), (Series(name, measure.numbers),))


def _same_scale(measures: list[Reading]) -> list[Reading]:
    def largest(measure: Reading) -> float:
        return max(abs(value) for value in measure.numbers if value is not None)

    first = largest(measures[0])
    return [
        measure
        for measure in measures
        if measure is measures[0]
        or (largest(measure) <= first * _SAME_SCALE and first <= largest(measure) * _SAME_SCALE)
    ][:MAX_SERIES]


def _is_whole(measure: Reading, question: str, truncated: bool) -> bool:
    """True when the values are all the parts of one whole, and shares are what is asked for."""
    values = [value for value in measure.numbers if value is not None]
    if len(values) != len(measure.numbers) or not 2 <= len(values) <= MAX_SLICES or truncated or min(values) <= 0:
        return False
    name = measure.column.name
    if _RATIO.search(name):
        # Conversion rates per city are ratios, too, but no parts of a whole: those add up to 1 or 100.
        total = sum(values)
        return abs(total - 1) <= 0.02 or abs(total - 100) <= 2
    return bool(_SHARE.search(question)) and not _NOT_ADDITIVE.search(name)


class _Drawing:
    """One result being drawn: its readings, and what the title has to say beside the names."""

    def __init__(
        self, readings: Sequence[Reading], measures: list[Reading], rows: int, locale: str, notes: list[str]
    ) -> None:
        self.measures = measures
        self.rows = range(rows)
        self.locale = locale
        self.notes = notes
        self.categories = [reading for reading in readings if reading.role == "category"]
        self.ids = [reading for reading in readings if reading.role == "id"]
        self.width = len(readings)

    def over_time(self, time: Reading) -> Chart | None:
        known = [row for row in self.rows if time.periods[row] is not None]
        keys: _Keys = {row: period.key for row in known if (period := time.periods[row])}
        if len(set(keys.values())) < 2 or len(self.categories) > 1 or self.ids:
            return None  # an id beside a time is a listing (of orders, say), not a course of time
        if len(set(keys.values())) < len(known):
            return self._pivot(time, self.categories[0], keys) if self.categories else None
        order = self._in_time(time, known)
        if len(order) > MAX_POINTS:
            order = order[-MAX_POINTS:]
            self.notes.append(say(self.locale, "present.chart.latest", n=MAX_POINTS))
        return self._chart("line", time, order)

    @staticmethod
    def _in_time(time: Reading, rows: list[int]) -> list[int]:
        return sorted(rows, key=lambda row: period.key if (period := time.periods[row]) else ())

    def by_category(self, question: str, truncated: bool) -> Chart | None:
        if len(self.categories) > 2:
            return None
        for category in self.categories or (self.ids if self.width <= 3 else []):
            if self._labels_differ(category):
                if len(self.measures) == 1 and _is_whole(self.measures[0], question, truncated):
                    return self._chart("pie", category, list(self.rows))
                return self._chart("bar", category, self._highest())
        if len(self.categories) == 2:
            few, many = sorted(self.categories, key=lambda reading: len(set(reading.cells)))
            return self._pivot(many, few, dict(zip(self.rows, map(self._cell_key, many.cells), strict=True)))
        return None

    def _labels_differ(self, category: Reading) -> bool:
        return len(set(map(self._cell_key, category.cells))) == len(self.rows)

    @staticmethod
    def _cell_key(cell: Cell) -> tuple[str, Cell]:
        return type(cell).__name__, cell

    def _highest(self) -> list[int]:
        rows = list(self.rows)
        if len(rows) <= MAX_BARS:
            return rows
        values = self.measures[0].numbers
        known = [row for row in rows if values[row] is not None]
        known.sort(key=lambda row: -(values[row] or 0.0))
        kept = known[:MAX_BARS]
        self.notes.append(
            say(self.locale, "present.chart.highest", n=len(kept), rows=format_number(self.locale, len(rows)))
        )
        return kept

    def _pivot(self, axis: Reading, by: Reading, keys: _Keys) -> Chart | None:
        """One series a value of `by`, over the labels of `axis`, of the first measure."""
        values = self.measures[0].numbers
        grid: dict[object, dict[object, float | None]] = {}
        first_row: dict[object, int] = {}
        totals: dict[object, float] = {}
        for row, key in keys.items():
            group = self._cell_key(by.cells[row])
            cells = grid.setdefault(group, {})
            if key in cells:
                return None  # several rows a point: a listing
            cells[key] = values[row]
            first_row.setdefault(group, row)
            totals[group] = totals.get(group, 0.0) + abs(values[row] or 0.0)
        points = self._axis_points(axis, keys)
        if len(grid) < 2 or points is None or 2 * len(keys) < len(grid) * len(set(keys.values())):
            return None
        groups = sorted(totals, key=lambda group: -totals[group])
        if len(groups) > MAX_SERIES:
            self.notes.append(say(self.locale, "present.chart.top_series", n=MAX_SERIES, of=len(groups)))
        series = tuple(
            Series(by.label(first_row[group], self.locale), tuple(grid[group].get(keys[row]) for row in points))
            for group in groups[:MAX_SERIES]
        )
        labels = tuple(axis.label(row, self.locale) for row in points)
        kind: _Kind = "line" if axis.role == "time" else "bar"
        return Chart(kind, self._title([self.measures[0]], axis, by), labels, series)

    def _axis_points(self, axis: Reading, keys: _Keys) -> list[int] | None:
        """A row for every different label, in order; None when there are too many to draw."""
        rows: dict[object, int] = {}
        for row, key in keys.items():
            rows.setdefault(key, row)
        points = list(rows.values())
        if axis.role == "time":
            points = self._in_time(axis, points)
        return points if len(points) <= (MAX_POINTS if axis.role == "time" else MAX_BARS) else None

    def _chart(self, kind: _Kind, axis: Reading, order: list[int]) -> Chart:
        measures = _same_scale(self.measures)
        labels = tuple(axis.label(row, self.locale) for row in order)
        series = tuple(Series(m.name, tuple(m.numbers[row] for row in order)) for m in measures)
        return Chart(kind, self._title(measures, axis), labels, series)

    def _title(self, measures: list[Reading], axis: Reading, by: Reading | None = None) -> str:
        names = ", ".join(measure.name for measure in measures)
        axes = axis.name if by is None else f"{axis.name}, {by.name}"
        title = say(self.locale, "present.chart.title", measure=names, by=axes)
        return f"{title} ({'; '.join(self.notes)})" if self.notes else title
