"""A chart as a block of Slack's own, where it fits; else it goes as a picture."""

import math

from adapters.slack import blocks, limits
from adapters.slack.escape import Json, label
from core.chat import Chart, Series
from core.locale import format_number
from core.locale.format import NULL


def figure(chart: Chart, locale: str) -> tuple[Json, ...]:
    """A single number, large, with what it is below it."""
    values = chart.series[0].values if chart.series else ()
    value = values[0] if values else None
    shown = NULL if value is None else format_number(locale, value)
    return (blocks.header(shown), blocks.context(chart.title))


def draw_chart(chart: Chart) -> Json | None:
    """The chart as a block, or None when Slack cannot show it as it is.

    It cannot when there are too many points or series, gaps, labels that are the same once they are cut, or slices of a
    pie that are not above zero.
    """
    labels = [label(text, limits.CHART_LABEL) for text in chart.labels]
    names = [label(series.name, limits.CHART_LABEL) for series in chart.series]
    if not 1 <= len(labels) <= limits.CHART_POINTS or not 1 <= len(names) <= limits.CHART_SERIES:
        return None
    if len(set(labels)) < len(labels) or len(set(names)) < len(names):
        return None
    columns = [_complete(series) for series in chart.series]
    complete = [column for column in columns if column is not None]
    if len(complete) < len(columns):
        return None
    if chart.kind == "pie":
        drawn = _pie(labels, complete)
    elif chart.kind in ("bar", "line"):
        drawn = _plot(chart.kind, labels, dict(zip(names, complete, strict=True)))
    else:
        return None
    if drawn is None:
        return None
    return {"type": "data_visualization", "title": label(chart.title, limits.CHART_TITLE), "chart": drawn}


def _complete(series: Series) -> list[float] | None:
    values = [value for value in series.values if value is not None and math.isfinite(value)]
    return values if len(values) == len(series.values) else None


def _pie(labels: list[str], columns: list[list[float]]) -> Json | None:
    values = columns[0]
    if len(columns) > 1 or len(labels) > limits.CHART_SERIES or min(values) <= 0:
        return None
    slices = zip(labels, values, strict=True)
    return {"type": "pie", "segments": [{"label": text, "value": value} for text, value in slices]}


def _plot(kind: str, labels: list[str], columns: dict[str, list[float]]) -> Json:
    return {
        "type": kind,
        "series": [
            {
                "name": name,
                "data": [{"label": text, "value": value} for text, value in zip(labels, values, strict=True)],
            }
            for name, values in columns.items()
        ],
        "axis_config": {"categories": labels},
    }
