"""An error in words, in one place."""

from datetime import datetime
from decimal import Decimal
from string import Formatter

from core.errors import ColloqueryError
from core.locale.format import format_date, format_number
from core.locale.words import catalogue, language_of, say


def error_words(locale: str, error: ColloqueryError, timezone: str = "UTC") -> tuple[str, str]:
    """What happened and what to do next, for people. Moments are said in `timezone`, the reader's."""
    details = {name: _readable(locale, value, timezone) for name, value in error.details.items()}
    return say(locale, f"errors.{error.code}.text", **details), say(locale, f"errors.{error.code}.hint", **details)


def reason_words(locale: str, code: str) -> str:
    """What happened, of many errors with one code: their particulars are left open. An unknown code is named."""
    sentence = catalogue(language_of(locale)).get(f"errors.{code}.text")
    if sentence is None:
        return say(locale, "usage.reason_unknown", code=code)
    return say(locale, f"errors.{code}.text", **{name: "…" for _, name, _, _ in Formatter().parse(sentence) if name})


def _readable(locale: str, value: object, timezone: str) -> object:
    match value:
        case datetime():
            return format_date(locale, value, timezone)
        case int() | float() | Decimal():
            return format_number(locale, value)
        case tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return value
