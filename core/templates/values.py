"""What is filled in for a placeholder: text, read by the kind of the parameter."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from core.errors import BadEdit
from core.saved import Parameter

LONGEST_VALUE = 500
"""Characters of a value."""

MOST_DIGITS = 38
"""Digits of a number: as many as every server's decimals hold."""

Value = str | Decimal | date
"""A value that was read: text for text and choices."""

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_TODAY = re.compile(r"today(?:\s*([+-])\s*(\d{1,4}))?", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# As the guard: what no query may hold.


def read_value(parameter: Parameter, text: str, today: date, choices: Sequence[str] = ()) -> Value:
    """A value as it is meant.

    A date is a calendar day in ISO 8601, or today, or so many days from it ("today-30"). Of `choices` one is taken
    whatever its case and width; one that is not among them stays as it is. Raises `BadEdit`: template.value_too_long,
    .bad_number, .bad_date, .bad_text.
    """
    if len(text) > LONGEST_VALUE:
        raise BadEdit("template.value_too_long", name=parameter.name, most=LONGEST_VALUE)
    match parameter.kind:
        case "number":
            return _number(parameter, text)
        case "date":
            return _date(parameter, text, today)
        case "text" | "choice":
            if CONTROL.search(text):
                raise BadEdit("template.bad_text", name=parameter.name)
            return _chosen(text, choices) if parameter.kind == "choice" else text


def written_value(value: Value) -> str:
    """A value as text that `read_value` reads again, and as people are told it."""
    return value.isoformat() if isinstance(value, date) else format(value, "f") if isinstance(value, Decimal) else value


def _number(parameter: Parameter, text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    digits = sum(sign.isdigit() for sign in plain)
    if not plain.isascii() or not _NUMBER.fullmatch(plain) or digits > MOST_DIGITS:
        raise BadEdit("template.bad_number", name=parameter.name, value=text)
    return Decimal(plain.replace(",", ""))


def _date(parameter: Parameter, text: str, today: date) -> date:
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        if relative := _TODAY.fullmatch(plain):
            sign, days = relative.groups()
            return today + timedelta(days=int(f"{sign or ''}{days or 0}"))
        if day := _DAY.fullmatch(plain):
            return date(*map(int, day.groups()))
    except (ValueError, OverflowError):
        pass  # no such day
    raise BadEdit("template.bad_date", name=parameter.name, value=text)


def _chosen(text: str, choices: Sequence[str]) -> str:
    if text in choices:
        return text
    wanted = _key(text)
    near = [choice for choice in choices if _key(choice) == wanted]
    return near[0] if len(near) == 1 else text


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
