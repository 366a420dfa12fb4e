"""A reply as JSON. Pure: values in, JSON values out."""

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.ask.present.meters import share
from core.chat import (
    NUMERIC_KINDS,
    Cell,
    Chart,
    Column,
    Exchange,
    Meters,
    Part,
    Reply,
    Step,
    Table,
    Thread,
)
from core.locale import format_number
from core.locale.format import cell_formatter

Json = dict[str, Any]

_LARGEST_EXACT = 2**53
"""Beyond it a browser's numbers lose digits, so that a larger integer travels as text."""


def reply(value: Reply) -> Json:
    """A whole reply; its parts in order, each with its `part`."""
    return {
        "question_id": value.question_id,
        "ok": value.ok,
        "locale": value.locale,
        "plain": value.plain,
        "parts": [_part(part, value.locale) for part in value.parts],
    }


def _part(part: Part, locale: str) -> Json:
    if isinstance(part, Table):
        return _table(part, locale)
    if isinstance(part, Chart):
        return _chart(part, locale)
    if isinstance(part, Meters):
        return _meters(part)
    return asdict(part)


def _meters(meters: Meters) -> Json:
    """`share` is how much of the limit is used: 0 to 1."""
    return {"part": meters.part, "items": [{**asdict(item), "share": share(item)} for item in meters.items]}


def _table(table: Table, locale: str) -> Json:
    """`rows` holds the values, `cells` the same for people; NULL is null in both."""
    formatters = [cell_formatter(locale, column.kind, column.name) for column in table.columns]
    return {
        "part": table.part,
        "columns": [_column(column) for column in table.columns],
        "rows": [[_raw(cell) for cell in row] for row in table.rows],
        "cells": [[_shown(form, cell) for form, cell in zip(formatters, row, strict=True)] for row in table.rows],
        "truncated": table.truncated,
        "row_count": format_number(locale, len(table.rows)),
    }


def _column(column: Column) -> Json:
    return {"name": column.name, "kind": column.kind, "numeric": column.kind in NUMERIC_KINDS}


def _raw(cell: Cell) -> Cell:
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) > _LARGEST_EXACT:
        return str(cell)
    return cell


def _shown(form: Callable[[Cell], str], cell: Cell) -> str | None:
    return None if cell is None else form(cell)


def _chart(chart: Chart, locale: str) -> Json:
    """`values` place the marks, `shown` are the same numbers for people."""
    return {
        "part": chart.part,
        "kind": chart.kind,
        "title": chart.title,
        "labels": list(chart.labels),
        "series": [
            {
                "name": series.name,
                "values": [_mark(value) for value in series.values],
                "shown": [None if value is None else format_number(locale, value) for value in series.values],
            }
            for series in chart.series
        ],
    }


def _mark(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def step(value: Step) -> Json:
    """Progress."""
    return {"kind": value.kind, "text": value.text}


def exchange(value: Exchange) -> Json:
    """A question of a session with its answer, or null where it is still being made."""
    return {
        "question_id": value.question_id,
        "text": value.text,
        "asked_at": value.asked_at.isoformat(),
        "reply": reply(value.reply) if value.reply else None,
    }


def session(value: Thread) -> Json:
    """A line of the list of conversations."""
    return {"session": value.thread, "title": value.title, "last_message_at": value.last_message_at.isoformat()}
