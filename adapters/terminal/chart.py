"""A small chart in text: bars for categories and shares, a run of blocks for a line. Pure."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from core.ask.present.trend import LONGEST, block, thinned
from core.ask.present.visible import one_line
from core.chat import Chart, Series
from core.locale import format_number

MAX_BARS = 15
"""Bars that are drawn; the table has the others."""

_LONGEST_LABEL = 24
_LONGEST_BAR = 40
_PARTS = " ▏▎▍▌▋▊▉"
"""A cell filled from the left by 0 to 7 eighths."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart: what it is called, its marks, its value, each padded to stand under the one above."""

    label: str
    marks: str
    value: str


def chart_lines(chart: Chart, locale: str, width: int) -> tuple[Bar, ...]:
    """The lines of a chart; none where text shows nothing the table does not: a single figure, negative bars."""
    if chart.kind == "line":
        return _lines(chart, locale, width)
    return () if chart.kind == "figure" else _bars(chart, locale, width)


def _bars(chart: Chart, locale: str, width: int) -> tuple[Bar, ...]:
    several = len(chart.series) > 1
    marks = [
        (f"{label} · {series.name}" if several else label, series.values[at])
        for at, label in enumerate(chart.labels)
        for series in chart.series
    ][:MAX_BARS]
    numbers = [value for _, value in marks if value is not None]
    if not numbers or min(numbers) < 0 or max(numbers) == 0:
        return ()
    names = _padded([label for label, _ in marks])
    values = ["" if value is None else f" {format_number(locale, value)}" for _, value in marks]
    room = min(_LONGEST_BAR, width - cell_len(names[0]) - max(map(cell_len, values)))
    if room < 1:
        return ()
    return tuple(
        Bar(name, _filled((value or 0) / max(numbers) * room), shown)
        for name, (_, value), shown in zip(names, marks, values, strict=True)
    )


def _filled(length: float) -> str:
    eighths = round(length * 8)
    return "█" * (eighths // 8) + _PARTS[eighths % 8].strip()


def _lines(chart: Chart, locale: str, width: int) -> tuple[Bar, ...]:
    """One run of blocks a series, all on one scale, with the first and last value."""
    known = [value for series in chart.series for value in series.values if value is not None]
    if not known:
        return ()
    low, high = min(0.0, *known), max(known)
    names = _padded([series.name for series in chart.series])
    ends = [_ends(series, locale) for series in chart.series]
    room = min(LONGEST, width - cell_len(names[0]) - max(map(cell_len, ends)))
    if room < 2:
        return ()
    runs = [
        Bar(name, "".join(block(value, low, high) for value in thinned(series.values, room)), end)
        for name, series, end in zip(names, chart.series, ends, strict=True)
    ]
    span = f"{one_line(chart.labels[0])} – {one_line(chart.labels[-1])}"
    return (*runs, Bar(" " * cell_len(names[0]), "", span))


def _ends(series: Series, locale: str) -> str:
    known = [value for value in series.values if value is not None]
    return f" {format_number(locale, known[0])} … {format_number(locale, known[-1])}" if known else ""


def _padded(labels: list[str]) -> list[str]:
    shown = [one_line(label) for label in labels]
    size = min(_LONGEST_LABEL, max(map(cell_len, shown))) + 1
    return [set_cell_size(_cut(label, size - 1), size) for label in shown]


def _cut(label: str, size: int) -> str:
    return label if cell_len(label) <= size else set_cell_size(label, size - 1).rstrip() + "…"
