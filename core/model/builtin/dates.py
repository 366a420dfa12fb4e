"""Dates as people write them, as spans of days.

Each pattern is tried on the text from where a word begins, so that spaces and particles are seen as they are. A month
or quarter without a year is the last one that has begun.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from core.lexicon.numbers import english_number
from core.model.builtin.phrases import Span

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = "(" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + r")\.?"
_YEAR = r"((?:19|20)\d\d)"
_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty)"
_UNITS = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
          "일": "day", "주일": "week", "주": "week", "개월": "month", "달": "month", "분기": "quarter", "년": "year",
          "해": "year"}  # fmt: skip
_KOREAN_COUNTS = {"한": 1, "두": 2, "세": 3, "네": 4, "일": 1}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_HALVES = {"상반기": 1, "하반기": 7}

Reader = Callable[[re.Match[str], date], Span | None]


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _months(year: int, month: int, length: int) -> Span | None:
    if not 1 <= month <= 12:
        return None
    start = date(year, month, 1)
    return Span(start, _add_months(start, length), quarter=length == 3)


def _year_of(year: int) -> Span:
    return Span(date(year, 1, 1), date(year + 1, 1, 1), year=year)


def _day(year: int, month: int, day: int) -> Span | None:
    try:
        start = date(year, month, day)
    except ValueError:
        return None
    return Span(start, start + timedelta(days=1))


def _last_begun(month: int, length: int, today: date) -> Span | None:
    span = _months(today.year, month, length)
    return _months(today.year - 1, month, length) if span and span.start > today else span


def _calendar(unit: str, offset: int, today: date) -> Span:
    """The calendar unit that holds today, moved by `offset` units."""
    if unit == "day":
        start = today + timedelta(days=offset)
        return Span(start, start + timedelta(days=1))
    if unit == "week":
        start = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
        return Span(start, start + timedelta(weeks=1))
    if unit == "year":
        return _year_of(today.year + offset)
    length = 3 if unit == "quarter" else 1
    first = date(today.year, (today.month - 1) // length * length + 1, 1)
    start = _add_months(first, offset * length)
    return Span(start, _add_months(start, length))


def _rolling(count: int, unit: str, today: date) -> Span | None:
    """The last days up to and with today."""
    if not 0 < count <= 10_000:
        return None
    if unit in ("day", "week"):
        start = today - timedelta(days=count * (7 if unit == "week" else 1))
    else:
        start = _add_months(today, -count * {"month": 1, "quarter": 3, "year": 12}[unit])
    return Span(start, today + timedelta(days=1))


def _month_number(name: str) -> int:
    return next(index for index, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))


def _count(text: str) -> int:
    return int(text) if text.isdigit() else english_number(text.lower()) or _KOREAN_COUNTS.get(text, 0)


def _between_months(match: re.Match[str], _: date) -> Span | None:
    first = _months(int(match[2] or match[4]), _month_number(match[1]), 1)
    last = _months(int(match[4]), _month_number(match[3]), 1)
    return Span(first.start, last.end) if first and last and first.start < last.end else None


def _korean_months(match: re.Match[str], _: date) -> Span | None:
    first = _months(int(match[1]), int(match[2]), 1)
    last = _months(int(match[3] or match[1]), int(match[4]), 1)
    return Span(first.start, last.end) if first and last and first.start < last.end else None


def _half(match: re.Match[str], today: date) -> Span | None:
    if match[1]:
        return _months(int(match[1]), _HALVES[match[2]], 6)
    return _last_begun(_HALVES[match[2]], 6, today)


_WORD_END = r"(?![A-Za-z0-9])"
_PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (r"(\d{4})-(\d{2})-(\d{2})(?!\d)", lambda m, _: _day(int(m[1]), int(m[2]), int(m[3]))),
        (r"(\d{4})-(\d{2})(?![\d-])", lambda m, _: _months(int(m[1]), int(m[2]), 1)),
        # English
        (rf"(?:between |from )?{_MONTH}(?: {_YEAR})? (?:and|to|through|until) {_MONTH} {_YEAR}(?!\d)", _between_months),
        (rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}",
         lambda m, _: _day(int(m[3]), _month_number(m[1]), int(m[2]))),
        (rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH},? {_YEAR}",
         lambda m, _: _day(int(m[3]), _month_number(m[2]), int(m[1]))),
        (rf"{_MONTH},? (?:of )?{_YEAR}(?!\d)", lambda m, _: _months(int(m[2]), _month_number(m[1]), 1)),
        (rf"q([1-4])(?: of)?,? {_YEAR}(?!\d)", lambda m, _: _months(int(m[2]), int(m[1]) * 3 - 2, 3)),
        (rf"{_YEAR} q([1-4]){_WORD_END}", lambda m, _: _months(int(m[1]), int(m[2]) * 3 - 2, 3)),
        (rf"(first|second|third|fourth|1st|2nd|3rd|4th) quarter(?: of)? {_YEAR}(?!\d)",
         lambda m, _: _months(int(m[2]), _ORDINALS[m[1].lower()] * 3 - 2, 3)),
        (rf"q([1-4]){_WORD_END}", lambda m, today: _last_begun(int(m[1]) * 3 - 2, 3, today)),
        (rf"(?:the )?(?:last|past|previous) {_NUMBER} (day|week|month|quarter|year)s{_WORD_END}",
         lambda m, today: _rolling(_count(m[1]), m[2].lower(), today)),
        (rf"(?:the )?past (day|week|month|quarter|year){_WORD_END}", lambda m, today: _rolling(1, m[1].lower(), today)),
        (rf"(?:this|the current|current) (week|month|quarter|year){_WORD_END}",
         lambda m, today: _calendar(m[1].lower(), 0, today)),
        (rf"(?:last|the last|previous|the previous) (week|month|quarter|year){_WORD_END}",
         lambda m, today: _calendar(m[1].lower(), -1, today)),
        (rf"today{_WORD_END}", lambda _, today: _calendar("day", 0, today)),
        (rf"yesterday{_WORD_END}", lambda _, today: _calendar("day", -1, today)),
        (rf"(?:the year (?:of )?){_YEAR}(?!\d)", lambda m, _: _year_of(int(m[1]))),
        (rf"(?:in |during ){_MONTH}(?! \d){_WORD_END}", lambda m, today: _last_begun(_month_number(m[1]), 1, today)),
        # Korean
        (rf"{_YEAR}년 ?(\d{{1,2}})월 ?(?:부터|에서|~|-) ?(?:{_YEAR}년 ?)?(\d{{1,2}})월(?:까지)?", _korean_months),
        (rf"{_YEAR}년 ?(\d{{1,2}})월 ?(\d{{1,2}})일", lambda m, _: _day(int(m[1]), int(m[2]), int(m[3]))),
        (rf"{_YEAR}년 ?(\d{{1,2}})월(?!별)", lambda m, _: _months(int(m[1]), int(m[2]), 1)),
        (rf"{_YEAR}년 ?([1-4])분기(?!별)", lambda m, _: _months(int(m[1]), int(m[2]) * 3 - 2, 3)),
        (rf"(?:{_YEAR}년 ?|올해 ?)?(상반기|하반기)", _half),
        (rf"{_YEAR}년(?:도)?(?!별)", lambda m, _: _year_of(int(m[1]))),
        (r"([1-4])분기(?!별)", lambda m, today: _last_begun(int(m[1]) * 3 - 2, 3, today)),
        (r"(올해|작년|지난해) ?(\d{1,2})월(?!별)",
         lambda m, today: _months(today.year - (m[1] != "올해"), int(m[2]), 1)),
        (r"(올해|작년|지난해) ?([1-4])분기(?!별)",
         lambda m, today: _months(today.year - (m[1] != "올해"), int(m[2]) * 3 - 2, 3)),
        (r"(1[0-2]|[1-9])월(?!별)", lambda m, today: _last_begun(int(m[1]), 1, today)),
        (r"(?:최근|지난) ?(\d+|한|두|세|네|일) ?(주일|일|주|개월|달|년|해)(?:간|동안|치)?(?!별)",
         lambda m, today: _rolling(_count(m[1]), _UNITS[m[2]], today)),
        (r"최근 일주일(?:간)?", lambda _, today: _rolling(1, "week", today)),
        (r"(?:올해|금년|올 해|이번 해|이번 연도)(?:에)?", lambda _, today: _calendar("year", 0, today)),
        (r"(?:작년|지난해|지난 해|전년)", lambda _, today: _calendar("year", -1, today)),
        (r"재작년", lambda _, today: _calendar("year", -2, today)),
        (r"(?:이번 ?달|이달|금월|당월)", lambda _, today: _calendar("month", 0, today)),
        (r"(?:지난 ?달|저번 ?달|전월)", lambda _, today: _calendar("month", -1, today)),
        (r"(?:이번 ?주|금주)", lambda _, today: _calendar("week", 0, today)),
        (r"(?:지난 ?주|저번 ?주)", lambda _, today: _calendar("week", -1, today)),
        (r"이번 ?분기", lambda _, today: _calendar("quarter", 0, today)),
        (r"(?:지난 ?분기|저번 ?분기|전 ?분기)", lambda _, today: _calendar("quarter", -1, today)),
        (r"오늘", lambda _, today: _calendar("day", 0, today)),
        (r"어제", lambda _, today: _calendar("day", -1, today)),
        (r"(?:그제|그저께)", lambda _, today: _calendar("day", -2, today)),
    )
)  # fmt: skip
_BARE_YEAR = re.compile(rf"{_YEAR}(?![\d.,%]*\d)(?![A-Za-z%])")


def date_at(text: str, at: int, today: date) -> tuple[Span, int] | None:
    """The longest date that begins at `at`, and where it ends; None when there is none.

    A bare figure such as 2024 is one too (`Span.year` is set): whether it is a year its neighbours must tell.
    """
    best: tuple[Span, int] | None = None
    for pattern, reader in _PATTERNS:
        match = pattern.match(text, at)
        if match and (best is None or match.end() > best[1]) and (span := reader(match, today)):
            best = span, match.end()
    if best is None and (match := _BARE_YEAR.match(text, at)):
        best = _year_of(int(match[1])), match.end()
    return best
