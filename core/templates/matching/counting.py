"""Numbers in Korean words, and what follows a number: counters, units, currencies."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.lexicon.numbers import scaled

NATIVE = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11, "열두": 12, "열다섯": 15, "스무": 20,
    "스물": 20, "서른": 30, "마흔": 40, "쉰": 50,
}  # fmt: skip
_SINO = {sign: value for value, sign in enumerate("일이삼사오육칠팔구", 1)}
_SMALL = {"십": 10, "백": 100, "천": 1_000}
_LARGE = {"만": 10_000, "억": 100_000_000, "조": 1_000_000_000_000}
COUNTERS = "개|명|건|곳|가지|권|장|군데|편|마리|사람|원|통|종류|종"
"""What is counted, said after the number: the noun says it as well."""
_UNITS = {
    "개월": "month", "주일": "week", "시간": "hours", "일": "day", "주": "week", "년": "year", "달러": "$",
    "달": "month", "분기": "quarter", "분": "minute", "배": "배", "살": "살", "세": "살", "대": "대",
    "점": "점", "위": "rank", "번": "times", "회": "times", "퍼센트": "ratio", "프로": "ratio",
    "차례": "times", "엔": "¥",
}  # fmt: skip
"""Words after a number that nothing else says: 5일 is not 5주, and 30대 is an age."""
UNIT = f"(?:{'|'.join(_UNITS)}|{COUNTERS})"
_AFTER_NUMBER = re.compile(
    rf"(?:(?P<unit>{'|'.join(_UNITS)})|{COUNTERS})(?:간|째|씩|짜리|동안|치|정도|쯤|가량)?(?P<rest>.*)"
)
CURRENCIES = {
    "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€", "euros": "€", "eur": "€", "£": "£",
    "gbp": "£", "¥": "¥", "yen": "¥", "jpy": "¥",
}  # fmt: skip
WON = frozenset(("₩", "won", "krw"))
"""Says nothing: 원 is left out as often as not."""


MOST_DIGITS = 38
"""Digits of a number: as many as every server's decimals hold. What is longer is no number."""


def figure(match: re.Match[str]) -> str | None:
    """The value of a match of `FIGURES` in plain figures, without an exponent; None when it is too long."""
    if len(match[0]) > MOST_DIGITS:
        return None
    value = scaled(match)
    return str(value) if isinstance(value, int) else format(Decimal(repr(value)), "f")


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands after a number: its unit ("" for a counter), and the particles and comparisons after it."""

    name: str
    rest: str


def unit_after(hangul: str) -> Unit | None:
    """The counter or unit that an eojeol begins with, as 원 of 원이상인."""
    match = _AFTER_NUMBER.fullmatch(hangul)
    return Unit(_UNITS.get(match["unit"] or "", ""), match["rest"]) if match else None


def sino(text: str) -> int | None:
    """The value of a number in Sino-Korean words, as 삼천만; None when it is none."""
    whole = part = digit = 0
    for sign in text:
        if sign in _SINO:
            digit = _SINO[sign]
        elif sign in _SMALL:
            part, digit = part + (digit or 1) * _SMALL[sign], 0
        elif sign in _LARGE:
            whole, part, digit = whole + (part + digit or 1) * _LARGE[sign], 0, 0
        else:
            return None
    return whole + part + digit or None
