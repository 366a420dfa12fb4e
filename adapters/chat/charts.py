"""What of a chart a chat platform can draw as it is. Pure."""

import math
from dataclasses import dataclass

from adapters.chat.text import label
from core.chat import Chart, Series
from core.locale import format_number
from core.locale.format import NULL


@dataclass(frozen=True, slots=True)
class Plot:
    """Labels and series that are complete, different from each other and within limits."""

    labels: tuple[str, ...]
    series: dict[str, tuple[float, ...]]
    """By name; each has a value for every label."""


def figure_words(chart: Chart, locale: str) -> str:
    """The one number of a figure."""
    values = chart.series[0].values if chart.series else ()
    value = values[0] if values else None
    return NULL if value is None else format_number(locale, value)


def plotted(chart: Chart, *, label_size: int, points: int, series: int) -> Plot | None:
    """The chart with labels and names of at most `label_size` characters, or None when it cannot be drawn as it is:
    there are more than `points` points or `series` series, gaps, or labels that are the same once they are cut.
    """
    labels = tuple(label(text, label_size) for text in chart.labels)
    names = [label(one.name, label_size) for one in chart.series]
    if not 1 <= len(labels) <= points or not 1 <= len(names) <= series:
        return None
    if len(set(labels)) < len(labels) or len(set(names)) < len(names):
        return None
    columns = [values for one in chart.series if (values := _complete(one)) is not None]
    if len(columns) < len(names):
        return None
    return Plot(labels, dict(zip(names, columns, strict=True)))


def _complete(series: Series) -> tuple[float, ...] | None:
    values = tuple(value for value in series.values if value is not None and math.isfinite(value))
    return values if len(values) == len(series.values) else None
