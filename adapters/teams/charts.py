"""A chart as an element of Teams' own, where it fits; else it is said in words."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.chat.charts import Plot, figure_words, plotted
from adapters.chat.text import Json, label
from adapters.teams import cards, limits
from adapters.teams.escape import run_text
from core.ask.present.trend import trend_words
from core.chat import Chart


def figure(chart: Chart, locale: str) -> list[Json]:
    """A single number, large, with what it is below it."""
    return [cards.header(figure_words(chart, locale)), cards.note(label(chart.title, limits.CELL))]


def in_words(chart: Chart, locale: str) -> Json:
    """The chart as lines of text: where it cannot be drawn, and for clients that draw none."""
    title = label(chart.title, limits.CHART_TITLE)
    series = tuple(replace(one, name=label(one.name, limits.CHART_LABEL)) for one in chart.series)
    return cards.text(trend_words(replace(chart, title=title, series=series), locale) or title)


def draw_chart(chart: Chart, locale: str) -> Json | None:
    """The chart as an element, or None when Teams cannot show it as it is: see `plotted`. A pie has slices above
    zero alone."""
    points = limits.LINE_POINTS if chart.kind == "line" else limits.CHART_POINTS
    plot = plotted(chart, label_size=limits.CHART_LABEL, points=points, series=limits.CHART_SERIES)
    drawn = None if plot is None else _drawn(chart.kind, plot)
    if drawn is None:
        return None
    title = run_text(label(chart.title, limits.CHART_TITLE))
    return {**drawn, "title": title, "fallback": in_words(chart, locale)}


def _drawn(kind: str, plot: Plot) -> Json | None:
    one = next(iter(plot.series.values())) if len(plot.series) == 1 else None
    if kind == "line":
        return {"type": "Chart.Line", "data": _series(plot)}
    if kind == "pie" and one is not None:
        return _pie(plot, one)
    if kind == "bar":
        return _grouped(plot) if one is None else _bars(plot, one)
    return None


def _pie(plot: Plot, values: Sequence[float]) -> Json | None:
    if len(values) > limits.CHART_SLICES or min(values) <= 0:
        return None
    slices = zip(plot.labels, values, strict=True)
    return {"type": "Chart.Pie", "data": [{"legend": run_text(text), "value": value} for text, value in slices]}


def _bars(plot: Plot, values: Sequence[float]) -> Json:
    """Upright where the labels fit under the bars, else lying. Lying ones cannot go below zero."""
    data = _points(plot, values)
    if min(values) >= 0 and any(len(text) > limits.BAR_LABEL for text in plot.labels):
        return {"type": "Chart.HorizontalBar", "displayMode": "AbsoluteWithAxis", "data": data}
    return {"type": "Chart.VerticalBar", "data": data}


def _grouped(plot: Plot) -> Json:
    return {"type": "Chart.VerticalBar.Grouped", "stacked": False, "data": _series(plot)}


def _series(plot: Plot) -> list[Json]:
    return [{"legend": run_text(name), "values": _points(plot, values)} for name, values in plot.series.items()]


def _points(plot: Plot, values: Sequence[float]) -> list[Json]:
    return [{"x": run_text(text), "y": value} for text, value in zip(plot.labels, values, strict=True)]
