"""A chart as a PNG picture, for places that draw no charts of their own."""

from typing import Any

import vl_convert
from rich.cells import cell_len, set_cell_size

from core.chat import Chart, Series
from core.export.xml_text import xml_text
from core.locale import format_number, say

_WIDTH, _HEIGHT = 720, 320
"""Of the drawing, in points; the picture has twice as many pixels, for screens that show them."""
_BAR = 24
"""Height of a bar that lies, or of the group of bars of one label."""
_TICKS = 8
"""Labels along the axis of a line, so that dates stay apart."""
_DOTS_UP_TO = 40
"""Points of a line that are marked."""
_UPRIGHT_UP_TO = 8
"""Bars that stand; more of them, and those with long labels, lie."""
_UPRIGHT_LABEL = 10

_LONGEST_TITLE, _LONGEST_LABEL = 90, 40
"""Columns of a terminal, of which a Hangul syllable takes two. Longer texts are cut here, not by the library.

It cuts emoji in half and fails at that, and it measures a text of a hundred thousand signs for minutes.
"""

_LARGEST = 1e300
"""Beyond it an axis cannot be computed."""

_FONTS = (
    "Pretendard, Noto Sans KR, Noto Sans CJK KR, NanumGothic, NanumBarunGothic, Apple SD Gothic Neo, Malgun Gothic, "
    "Inter, Segoe UI, Helvetica Neue, DejaVu Sans, sans-serif"
)
"""The first that is installed is used; those with Hangul come first. As the web page has them."""

_LIGHT = {"paper": "#ffffff", "ink": "#1d2225", "soft": "#566067", "line": "#e3dfd6"}
_DARK = {"paper": "#1e2225", "ink": "#e8e9e7", "soft": "#a9b1b6", "line": "#30363a"}
_LIGHT_SERIES = ["#0d8573", "#d98a1f", "#3f66c8", "#c5503d", "#8557bd", "#5f7280"]
_DARK_SERIES = ["#4fc3ae", "#f0b45c", "#8aa8f5", "#f08d7c", "#c09df0", "#a3b3bf"]

Json = dict[str, Any]


def png(chart: Chart, locale: str, dark: bool = False) -> bytes:
    """The picture. Numbers in it are written as in the language of `locale`.

    Fonts are those of the system (the directories of fontconfig, the user's own among them), read once a process; a
    sign that the chosen font lacks is taken from any that has it. Where no font has Hangul its letters are drawn as
    empty boxes. Nothing is ever fetched. It computes for tens of milliseconds: call it in a thread.
    """
    return vl_convert.vegalite_to_png(_spec(chart, locale, dark), scale=2, allowed_base_urls=[])


def _spec(chart: Chart, locale: str, dark: bool) -> Json:
    kinds = {"line": _line, "bar": _bars, "pie": _pie, "figure": _figure}
    draw = kinds[chart.kind] if chart.labels and chart.series else _nothing
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",  # its name; it is not read
        "title": {"text": _clean(chart.title, _LONGEST_TITLE), "anchor": "start", "offset": 14},
        "padding": 20,
        "data": {"values": _values(chart, locale)},
        # Texts reach the drawing as values that are looked up by number, so that none of them is part of an expression.
        "params": [
            {"name": "labels", "value": [_clean(label) for label in chart.labels]},
            {"name": "names", "value": [_clean(series.name) for series in chart.series]},
        ],
        "config": _config(dark),
        **draw(chart, locale),
    }


def _values(chart: Chart, locale: str) -> list[Json]:
    return [
        {"at": at, "series": number, "value": value, "end": max(value or 0, 0), "shown": _shown(value, locale)}
        for number, series in enumerate(chart.series)
        for at, value in enumerate(_drawable(series))
    ]


def _shown(value: float | None, locale: str) -> str:
    return "" if value is None else format_number(locale, value)


def _drawable(series: Series) -> list[float | None]:
    return [value if value is not None and abs(value) < _LARGEST else None for value in series.values]


def _clean(text: str, longest: int = _LONGEST_LABEL) -> str:
    """A text that can be drawn. The library ends the whole process at a sign that XML cannot carry."""
    clean = xml_text(text[: longest + 1])
    return clean if cell_len(clean) <= longest else set_cell_size(clean, longest - 1).rstrip() + "…"


def _config(dark: bool) -> Json:
    colours, series = (_DARK, _DARK_SERIES) if dark else (_LIGHT, _LIGHT_SERIES)
    text = {"labelColor": colours["soft"], "labelFontSize": 12, "labelLimit": 0}
    lines = {"domainColor": colours["soft"], "gridColor": colours["line"], "ticks": False}
    return {
        "font": _FONTS,
        "background": colours["paper"],
        "range": {"category": series},
        "view": {"stroke": None},
        "title": {"color": colours["ink"], "fontSize": 15, "fontWeight": 600, "limit": 0},
        "axis": {**text, **lines, "labelPadding": 8},
        "legend": {**text, "orient": "top", "title": None, "symbolType": "square"},
        "text": {"color": colours["soft"], "fontSize": 12},
        "bar": {"color": series[0]},
        "line": {"color": series[0], "strokeWidth": 2.2},
    }


def _amounts(chart: Chart, *, zero: bool) -> Json:
    axis = {"title": None, "format": ",.6~r", "tickCount": 5}
    # Where nothing is known there is nothing to make a scale of, and the library would end in a picture without size.
    known = any(value is not None for series in chart.series for value in _drawable(series))
    scale: Json = {"zero": zero} if known else {"domain": [0, 1]}
    return {"field": "value", "type": "quantitative", "axis": axis, "scale": scale}


def _places(chart: Chart, **axis: object) -> Json:
    """The labels along an axis, each with its place even where nothing is known of it."""
    everywhere = {"domain": list(range(len(chart.labels)))}
    looked_up = {"title": None, "labelExpr": "labels[datum.value]", "grid": False, "labelOverlap": True, **axis}
    return {"field": "at", "type": "ordinal", "scale": everywhere, "axis": looked_up}


def _colours(chart: Chart) -> Json:
    """A colour a series, with its name above; a single one needs neither."""
    if len(chart.series) < 2:
        return {}
    # All of them, known or not: a legend of nothing has no size, and then neither has the picture.
    every = {"domain": list(range(len(chart.series)))}
    legend = {"labelExpr": "names[datum.value]"}
    return {"color": {"field": "series", "type": "nominal", "scale": every, "legend": legend}}


def _line(chart: Chart, _locale: str) -> Json:
    known = [value for series in chart.series for value in _drawable(series) if value is not None]
    # A line may leave nought out where it would press the line flat against the top.
    flat = bool(known) and min(known) > 0 and max(known) - min(known) < 0.25 * max(known)
    every = -(-len(chart.labels) // _TICKS)
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "mark": {"type": "line", "point": len(chart.labels) <= _DOTS_UP_TO},
        "encoding": {
            "x": _places(chart, labelAngle=0, values=list(range(0, len(chart.labels), every or 1))),
            "y": _amounts(chart, zero=not flat),
            **_colours(chart),
        },
    }


def _bars(chart: Chart, _locale: str) -> Json:
    many = len(chart.series) > 1
    upright = len(chart.labels) <= _UPRIGHT_UP_TO and max(map(len, chart.labels), default=0) <= _UPRIGHT_LABEL
    along, up = ("x", "y") if upright else ("y", "x")
    size = {"width": _WIDTH, "height": _HEIGHT if upright else _BAR * len(chart.labels) * (1 + 0.5 * many)}
    places = _places(chart, labelAngle=0) if upright else _places(chart)
    every = {"domain": list(range(len(chart.series)))}
    groups: Json = {f"{along}Offset": {"field": "series", "type": "nominal", "scale": every}} if many else {}
    encoding = {along: places, up: _amounts(chart, zero=True), **groups, **_colours(chart)}
    bars: Json = {"mark": {"type": "bar"}, "encoding": encoding}
    if many:
        return {**size, **bars}
    beside = {"dy": -8} if upright else {"dx": 6, "align": "left"}
    ends = {**encoding, up: {**encoding[up], "field": "end"}, "text": {"field": "shown", "type": "nominal"}}
    return {**size, "layer": [bars, {"mark": {"type": "text", **beside}, "encoding": ends}]}


def _pie(chart: Chart, locale: str) -> Json:
    values = [max(value or 0, 0) for value in _drawable(chart.series[0])] if chart.series else []
    total = sum(values) or 1
    shares = [
        say(locale, "export.share", label=_clean(label), percent=format_number(locale, 100 * value / total, 1))
        for label, value in zip(chart.labels, values, strict=True)
    ]
    legend = {"labelExpr": "shares[datum.value]", "orient": "right", "labelFontSize": 14}
    return {
        "width": _HEIGHT,
        "height": _HEIGHT,
        "params": [{"name": "shares", "value": shares}],
        "data": {"values": [{"at": at, "value": value} for at, value in enumerate(values)]},
        "mark": {"type": "arc", "innerRadius": _HEIGHT // 4, "padAngle": 0.01},
        "encoding": {
            "theta": {"field": "value", "type": "quantitative", "stack": True},
            "order": {"field": "at", "type": "ordinal"},
            "color": {"field": "at", "type": "nominal", "legend": legend},
        },
    }


def _nothing(_chart: Chart, _locale: str) -> Json:
    """A title alone."""
    return {"width": _WIDTH, "height": _HEIGHT, "mark": "point", "encoding": {}, "data": {"values": []}}


def _figure(chart: Chart, _locale: str) -> Json:
    return {
        "width": _WIDTH // 2,
        "height": 90,
        "mark": {"type": "text", "fontSize": 48, "fontWeight": 700, "align": "left", "x": 0, "y": 45},
        "encoding": {"text": {"field": "shown", "type": "nominal"}},
    }
