"""The condition of a scheduled question, in words: read in English and Korean, written in the reader's language."""

import re
from decimal import Decimal
from typing import cast

from core.ask.scheduling.condition import Compared, Comparison, Condition, Fold, Plain
from core.errors import BadEdit
from core.locale import say

LONGEST = 200
"""Characters of what somebody writes."""

_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "always", "항상", "언제나"), Plain("always")),
    **dict.fromkeys(
        ("changed", "when changed", "if changed", "when it changed", "when the result changed", "바뀌면",
         "결과가 바뀌면", "변경되면", "달라지면", "결과가 달라지면"),
        Plain("changed"),
    ),
    **dict.fromkeys(
        ("any rows", "when there are rows", "if there are rows", "행이 있으면", "결과가 있으면", "있으면"),
        Plain("any_rows"),
    ),
    **dict.fromkeys(
        ("no rows", "when there are no rows", "if there are no rows", "행이 없으면", "결과가 없으면", "없으면"),
        Plain("no_rows"),
    ),
}  # fmt: skip
_SIGNS: dict[str, Comparison] = {
    "<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">=", "=": "=", "==": "=", "!=": "!=", "<>": "!=",
    "≠": "!=",
}  # fmt: skip
_COMPARED = re.compile(
    r"(?:when\s+|if\s+)?(?P<column>\S(?:[^<>=!≤≥≠]*[^<>=!≤≥≠\s])?)\s*(?P<sign><=|>=|<>|!=|==|[<>=≤≥≠])\s*"
    r"(?P<value>[-+−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+−]?\d{1,30}(?:\.\d{1,30})?)",
    re.IGNORECASE,
)
_FOLDED = re.compile(r"(max|min|sum)\s*\(\s*(.*\S)\s*\)", re.IGNORECASE)


def parse_condition(text: str) -> Condition:
    """What somebody wrote. Raises `BadEdit` (schedule.condition)."""
    said = " ".join(text.split())
    if (plain := _WORDS.get(said.casefold())) is not None:
        return plain
    found = _COMPARED.fullmatch(said) if len(text) <= LONGEST else None
    if found is None:
        raise BadEdit("schedule.condition", text=text[:LONGEST])
    value = Decimal(found["value"].replace(",", "").replace("−", "-"))
    column, fold = found["column"], ""
    if (folded := _FOLDED.fullmatch(column)) is not None:
        fold, column = folded[1].lower(), folded[2]
    return Compared(column, _SIGNS[found["sign"]], value, cast("Fold", fold))


def print_condition(condition: Condition, locale: str) -> str:
    """The same in words of a language; `parse_condition` reads them back."""
    if isinstance(condition, Plain):
        return say(locale, f"schedule.condition.{condition.kind}")
    column = f"{condition.fold}({condition.column})" if condition.fold else condition.column
    return f"{column} {condition.comparison} {condition.value:f}"
