"""What people read off a page of words, whatever drew it."""

import re
from collections.abc import Iterable, Mapping

from core.locale import LANGUAGES
from core.locale.words import catalogue
from tests.scenarios.stage import Use

_METERS = (
    re.compile(r"(?P<used>[\d,]+) of (?P<limit>[\d,]+) tokens \("),
    re.compile(r"(?P<limit>[\d,]+)토큰 중 (?P<used>[\d,]+)토큰 사용 \("),
)
"""`usage.meter.used` of the catalogue."""

_LABELS = frozenset(
    text for language in LANGUAGES for key, text in catalogue(language).items() if key.startswith("present.fact.")
)


def hour_in(text: str) -> Use:
    """The hour's meter, which is the first."""
    found = next(match for meter in _METERS if (match := meter.search(text)))
    return Use(int(found["used"].replace(",", "")), int(found["limit"].replace(",", "")))


def facts_in(pieces: Iterable[str]) -> Mapping[str, str]:
    """`Label: value`, with the labels of facts; a value may hold any sign."""
    found: dict[str, str] = {}
    last = ""
    for piece in pieces:
        label, colon, value = piece.partition(": ")
        if colon and label in _LABELS:
            found[label], last = value, label
        elif last:
            found[last] += f" · {piece}"
    return found
