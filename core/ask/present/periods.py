"""Points in time as results spell them (dates, '2024-03', 2024, '2024-Q1', month numbers): read, sorted, labelled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.chat import Cell, Column
from core.locale import format_cell, format_date, say
from core.locale.format import format_month, month_name

Unit = Literal["year", "quarter", "month", "week", "day", "moment", "month_of_year", "quarter_of_year", "number"]


@dataclass(frozen=True, slots=True)
class Period:
    """One point on a time axis. `key` sorts within one unit; `text` is the cell it was read from."""

    unit: Unit
    key: tuple[int, ...]
    text: str


_Spellings = list[tuple[Unit, re.Pattern[str]]]

_SPELLINGS: _Spellings = [
    ("year", re.compile(r"((?:19|20)\d\d)년?")),
    ("quarter", re.compile(r"(\d{4})(?:년 ?|[- ])?Q?([1-4])(?:분기)?", re.IGNORECASE)),
    ("month", re.compile(r"(\d{4})(?:년 ?|[-/.])(\d{1,2})월?")),
    ("week", re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)),
    ("day", re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")),
    ("moment", re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")),
]
_WEEK_SPELLING: _Spellings = [("week", re.compile(r"(\d{4})-(\d{1,2})"))]
_WHOLE = re.compile(r"[0-9]{1,6}(\.0+)?")
_QUARTER_MARK = re.compile(r"Q|분기", re.IGNORECASE)

_UNIT_WORDS = {
    "year": "year", "yr": "year", "연도": "year", "년도": "year", "년": "year",
    "quarter": "quarter", "qtr": "quarter", "분기": "quarter",
    "month": "month", "월": "month", "ym": "month", "yyyymm": "month", "연월": "month",
    "week": "week", "주": "week", "주차": "week",
    "weekday": "weekday", "dow": "weekday", "요일": "weekday",
    "day": "day", "일": "day",
    "hour": "hour", "시": "hour", "시간대": "hour",
}  # fmt: skip
_RANGES = {
    "quarter": (1, 4), "month": (1, 12), "week": (0, 53), "weekday": (0, 7), "day": (1, 31), "hour": (0, 23),
}  # fmt: skip
_CALL = re.compile(r"(?:extract\(|date_part\('?)?(year|quarter|month|week|day|hour)\b.*\)", re.IGNORECASE)


def _unit_word(name: str) -> str | None:
    """The unit a column's name speaks of: "order_month" → month, "YEAR(ordered_at)" → year."""
    if call := _CALL.fullmatch(name):
        return _UNIT_WORDS[call[1].lower()]
    last = re.split(r"[\W_]+", name.lower())[-1]
    return _UNIT_WORDS.get(last) or next(
        (_UNIT_WORDS[w] for w in ("연도", "년도", "분기", "요일") if last.endswith(w)), None
    )


def _valid(unit: Unit, key: tuple[int, ...]) -> bool:
    if unit == "month":
        return 1 <= key[1] <= 12
    if unit == "week":
        return 0 <= key[1] <= 53
    if unit in ("day", "moment"):
        try:
            date(*key[:3])
        except ValueError:
            return False
        return all(part < limit for part, limit in zip(key[3:], (24, 60, 60), strict=False))
    return True


def _spelled(text: str, spellings: _Spellings) -> Period | None:
    for unit, pattern in spellings:
        match = pattern.fullmatch(text)
        if match is None or (unit == "quarter" and not _QUARTER_MARK.search(text)):
            continue
        key = tuple(int(group) for group in match.groups() if group is not None)
        if _valid(unit, key):
            return Period(unit, key, text)
    return None


def _whole(cell: Cell) -> int | None:
    """A whole number of at most six digits: a year is an int on one server, "2024" or 2024.0 on another."""
    if isinstance(cell, str):
        return int(cell.split(".")[0]) if _WHOLE.fullmatch(cell) else None
    if isinstance(cell, bool) or cell is None or not 0 <= cell < 1_000_000 or cell != int(cell):
        return None
    return int(cell)


def _numbered(word: str, cell: Cell) -> Period | None:
    """A bare number in a column whose name says what it counts."""
    number = _whole(cell)
    if number is None:
        return None
    text = str(number)
    if word == "year":
        return Period("year", (number,), text) if 1000 <= number <= 9999 else None
    if word == "month" and number >= 100_000:
        year, month = divmod(number, 100)
        return Period("month", (year, month), text) if 1 <= month <= 12 and year >= 1000 else None
    low, high = _RANGES[word]
    if not low <= number <= high:
        return None
    unit: Unit = "month_of_year" if word == "month" else "quarter_of_year" if word == "quarter" else "number"
    return Period(unit, (number,), text)


def _coarser(periods: list[Period | None], word: str | None) -> tuple[Period | None, ...]:
    """Days that are all the first of a month (or year, quarter) are months: what date_trunc gives."""
    known = [period for period in periods if period is not None]
    if {period.unit for period in known} <= {"day", "moment"} and not any(any(period.key[3:]) for period in known):
        keys = {period.key[:3] for period in known}
        unit: Unit = "day"
        if len(keys) > 1 and all(key[2] == 1 for key in keys):
            unit = "month"
            if all(key[1] == 1 for key in keys) and word in (None, "year"):
                unit = "year"
            elif word == "quarter" and all(key[1] % 3 == 1 for key in keys):
                unit = "quarter"
        return tuple(period and _as_unit(period, unit) for period in periods)
    if {period.unit for period in known} == {"day", "moment"}:
        return tuple(period and Period("moment", period.key, period.text) for period in periods)
    return tuple(periods)


def _as_unit(period: Period, unit: Unit) -> Period:
    year, month, day = period.key[:3]
    keys: dict[str, tuple[int, ...]] = {"year": (year,), "quarter": (year, (month + 2) // 3), "month": (year, month)}
    return Period(unit, keys.get(unit, (year, month, day)), period.text)


def read_periods(column: Column, cells: Sequence[Cell]) -> tuple[Period | None, ...] | None:
    """The points in time of a column, None for NULL; or None when it is not a time column.

    By kind for dates; for text and whole numbers by the column's name and by all of its values.
    """
    if column.kind in ("boolean", "binary", "time"):
        return None
    word = _unit_word(column.name)
    is_number = column.kind in ("integer", "decimal", "float")
    if is_number and word is None:
        return None
    spellings = _WEEK_SPELLING + _SPELLINGS if word == "week" else _SPELLINGS
    periods: list[Period | None] = []
    for cell in cells:
        period: Period | None = None
        if cell is not None:
            period = _spelled(cell, spellings) if isinstance(cell, str) and not is_number else None
            if period is None and word is not None:
                period = _numbered(word, cell)
            if period is None:
                return None
        periods.append(period)
    coarse = _coarser(periods, word)
    return coarse if len({period.unit for period in coarse if period is not None}) == 1 else None


def join_periods(one: Sequence[Period | None], other: Sequence[Period | None]) -> tuple[Period | None, ...] | None:
    """A column of years and one of months or quarters as one; None when they are not such a pair."""
    units = {next((period.unit for period in column if period), None) for column in (one, other)}
    if units not in ({"year", "month_of_year"}, {"year", "quarter_of_year"}):
        return None
    unit: Unit = "month" if "month_of_year" in units else "quarter"
    joined: list[Period | None] = []
    for a, b in zip(one, other, strict=True):
        if a is None or b is None:
            joined.append(None)
        else:
            year, part = (a, b) if a.unit == "year" else (b, a)
            joined.append(Period(unit, (*year.key, *part.key), f"{year.text}-{part.text}"))
    return tuple(joined)


def period_label(period: Period, locale: str) -> str:
    """The period as it stands on an axis, in the reader's language."""
    key = period.key
    if period.unit == "year":
        return say(locale, "present.period.year", year=key[0])
    if period.unit == "quarter":
        return say(locale, "present.period.quarter", year=key[0], quarter=key[1])
    if period.unit == "month":
        return format_month(locale, *key)
    if period.unit == "day":
        return format_date(locale, date(*key))
    if period.unit == "moment":
        return format_cell(locale, period.text, "datetime")
    if period.unit == "month_of_year":
        return month_name(locale, key[0])
    if period.unit == "quarter_of_year":
        return say(locale, "present.period.quarter_of_year", quarter=key[0])
    return period.text
