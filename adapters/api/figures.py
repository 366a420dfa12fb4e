"""Figures of use as JSON: each value for a program, and beside it the same in words. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.chat import Actor
from core.locale.format import format_date, format_duration, format_money, format_number

Json = dict[str, Any]


def figures(value: Any, reader: Actor) -> Json:
    """A dataclass of `core.figures` or `core.chat`: money as decimal text, days and moments as ISO 8601.

    A number, an amount of money, a duration, a day or a moment `x` is followed by `x_text`, in the reader's language
    and time zone; None has none.
    """
    shown: Json = {}
    for field in fields(value):
        one = getattr(value, field.name)
        shown[field.name] = _plain(one, reader)
        words = _words(one, reader)
        if words is not None:
            shown[f"{field.name}_text"] = words
    return shown


def plain(value: Any) -> Any:
    """A dataclass of the core as it is, without words: moments as ISO 8601, money as decimal text."""
    match value:
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case tuple() | list():
            return [plain(one) for one in value]
        case Mapping():
            return {name: plain(one) for name, one in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any, reader: Actor) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(one, reader) for one in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return figures(value, reader)


def _words(value: Any, reader: Actor) -> str | None:
    match value:
        case bool():
            return None
        case int():
            return format_number(reader.locale, value)
        case _:
            form = _FORMS.get(type(value))
            return None if form is None else form(reader, value)


_FORMS: dict[type, Callable[[Actor, Any], str]] = {
    Decimal: lambda reader, value: format_money(reader.locale, value),
    float: lambda reader, value: format_duration(reader.locale, value),
    date: lambda reader, value: format_date(reader.locale, value),
    datetime: lambda reader, value: format_date(reader.locale, value, reader.timezone),
}
"""In words. Every Decimal of the figures is US dollars, every float is seconds."""
