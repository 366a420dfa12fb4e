"""The conditions of a query in words."""

from datetime import date

from core.ask.present.visible import one_line
from core.locale import say
from core.sql.filters import Filter

_WORDS = {
    "=": "equal", "!=": "unequal", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least",
    "in": "among", "not in": "not_among", "between": "between", "is null": "empty", "is not null": "filled",
    "": "other",
}  # fmt: skip
_DATE_WORDS = {"<": "before", "<=": "until", ">": "after", ">=": "since"}

_WIDTH = 80


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _pattern(operator: str, value: str) -> tuple[str, str]:
    """LIKE by the place of its per cent signs: the word for it, and the text without them."""
    core = value.strip("%")
    if operator == "not like":
        return "not_like", value
    if "%" in core or "_" in core:
        return "like", value
    starts, ends = not value.startswith("%"), not value.endswith("%")
    return ("equal" if starts and ends else "starts" if starts else "ends" if ends else "contains"), core


def filter_words(condition: Filter, locale: str) -> str:
    """One condition in words: "city is Seoul", "city: 서울"."""
    column, operator, value = condition
    shown = one_line(value, _WIDTH)
    if operator in ("like", "not like"):
        word, core = _pattern(operator, value)
        shown = one_line(core, _WIDTH)
    elif operator in _DATE_WORDS and _is_date(value):
        word = _DATE_WORDS[operator]
    else:
        word = _WORDS.get(operator, "other")
        if word == "other" and operator:
            shown = f"{one_line(column, _WIDTH)} {one_line(operator)} {shown}"
    low, _, high = shown.partition(" and ")
    return say(locale, f"present.filter.{word}", column=one_line(column, _WIDTH), value=shown, low=low, high=high)
