"""A chart as a block of Slack's own, where it fits; else it goes as a picture."""

from collections.abc import Sequence

from adapters.chat.charts import Plot, figure_words, plotted
from adapters.chat.text import Json, label
from adapters.slack import blocks, limits
from core.chat import Chart


def figure(chart: Chart, locale: str) -> tuple[Json, ...]:
    """A single number, large, with what it is below it."""
    return (blocks.header(figure_words(chart, locale)), blocks.context(chart.title))


def draw_chart(chart: Chart) -> Json | None:
    """The chart as a block, or None when Slack cannot show it as it is.

    It cannot when there are too many points or series, gaps, labels that are the same once they are cut, or slices of a
    pie that are not above zero.
    """
    plot = plotted(chart, label_size=limits.CHART_LABEL, points=limits.CHART_POINTS, series=limits.CHART_SERIES)
    if plot is None:
        return None
    if chart.kind == "pie":
        drawn = _pie(plot)
    elif chart.kind in ("bar", "line"):
        drawn = _plot(chart.kind, plot)
    else:
        return None
    if drawn is None:
        return None
    return {"type": "data_visualization", "title": label(chart.title, limits.CHART_TITLE), "chart": drawn}


def _pie(plot: Plot) -> Json | None:
    values = next(iter(plot.series.values()))
    if len(plot.series) > 1 or len(plot.labels) > limits.CHART_SERIES or min(values) <= 0:
        return None
    return {"type": "pie", "segments": _points(plot, values)}


def _plot(kind: str, plot: Plot) -> Json:
    return {
        "type": kind,
        "series": [{"name": name, "data": _points(plot, values)} for name, values in plot.series.items()],
        "axis_config": {"categories": list(plot.labels)},
    }


def _points(plot: Plot, values: Sequence[float]) -> list[Json]:
    return [{"label": text, "value": value} for text, value in zip(plot.labels, values, strict=True)]
