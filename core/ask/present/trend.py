"""A run of values as a run of blocks, `▁▂▅█`, for places that draw no chart. Pure."""

import math
from collections.abc import Sequence
from itertools import pairwise

from core.ask.present.visible import one_line
from core.chat import Chart, Series
from core.locale import format_number, say

BLOCKS = "▁▂▃▄▅▆▇█"
LONGEST = 60
"""Blocks of a run: of more values, neighbours are drawn as their mean."""


def block(value: float | None, low: float, high: float) -> str:
    """One value between the lowest and the highest; a space where there is none."""
    if value is None:
        return " "
    # In parts of the largest: the distance between the largest floats is no float, nor is half of the smallest.
    scale = max(abs(low), abs(high))
    share = (value / scale - low / scale) / (high / scale - low / scale) if high > low else 0.0
    return BLOCKS[min(len(BLOCKS) - 1, int(share * len(BLOCKS)))]


def thinned(values: Sequence[float | None], room: int) -> list[float | None]:
    """At most `room` points: the mean of each stretch when there are more."""
    if len(values) <= room:
        return list(values)
    edges = [round(at * len(values) / room) for at in range(room + 1)]
    return [_mean(values[start:end]) for start, end in pairwise(edges)]


def trend_words(chart: Chart, locale: str) -> str:
    """A chart of amounts in words: a line a series with its title, a run of blocks from zero up, the highest value."""
    return "\n".join(_run(chart, series, locale) for series in chart.series)


def _run(chart: Chart, series: Series, locale: str) -> str:
    values = [value if value is not None and math.isfinite(value) else None for value in series.values]
    known = [value for value in values if value is not None]
    title = f"{chart.title} · {series.name}" if len(chart.series) > 1 else chart.title
    if not known:
        return say(locale, "usage.trend_empty", title=one_line(title))
    low, high = min(0.0, *known), max(known)
    run = "".join(block(value, low, high) for value in thinned(values, LONGEST))
    return say(locale, "usage.trend", title=one_line(title), run=run, high=format_number(locale, high))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(value / len(known) for value in known) if known else None
