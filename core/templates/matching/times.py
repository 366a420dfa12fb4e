"""What a question says of when: "last month", 최근 30일, "since 5 March 2026", as written forms that can be compared.

Nothing is resolved: "this month" and the name of that month are two questions tomorrow. Only a value of a placeholder
is made a calendar day.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from core.lexicon.numbers import english_number

FIRST_SLOT = 0xE000
"""The private character that stands for the first placeholder of a template; the next ones follow."""
SLOT = "[\ue000-\ue0ff]"


@dataclass(frozen=True, slots=True)
class When:
    """A time that a text names. In `form` a # stands for each of `numbers`, which a placeholder may take."""

    form: str
    start: int
    end: int
    numbers: tuple[tuple[str, int, int], ...] = ()
    """Text, start and end of each."""

    @property
    def written(self) -> str:
        """The form with its numbers."""
        parts = self.form.split("#")
        return "".join(part + (self.numbers[at][0] if at < len(self.numbers) else "") for at, part in enumerate(parts))


_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = "(?:" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + r"|sept)\b\.?"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_UNIT = {
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year", "hour": "hour",
    "일": "day", "주일": "week", "주": "week", "개월": "month", "달": "month", "분기": "quarter", "년": "year",
    "시간": "hour",
}  # fmt: skip
_COUNT = {"한": "1", "두": "2", "세": "3", "네": "4", "일": "1", "열": "10"}
_ORDINAL = {"first": "1", "second": "2", "third": "3", "fourth": "4", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4"}
_YEAR = rf"((?:19|20)\d\d|{SLOT})"
_NUMBER = rf"(\d{{1,4}}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|sixty|ninety|{SLOT})"
_TWO = rf"(\d{{1,2}}|{SLOT})"
_AFTER_PREPOSITION = (
    "(?:" + "|".join(f"(?<={word} )" for word in "in during of for since until to from by last this".split()) + ")"  # noqa: SIM905
)
"""May, March and Mar are months only where a preposition says so."""
_KOREAN_NUMBER = rf"(\d{{1,4}}|한|두|세|네|일(?=주일)|{SLOT})"
_TH = r"(?:st|nd|rd|th)?"

Reader = Callable[[re.Match[str]], tuple[str, tuple[int, ...]]]
"""From a match to the form, and the groups that are its numbers."""


def _said(form: str) -> Reader:
    return lambda _: (form, ())


def _month_number(name: str) -> int:
    return next(at for at, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))


def _named_day(match: re.Match[str], month: str, day: str, year: str | None) -> tuple[str, tuple[int, ...]]:
    return f"date {year or ''}-{_month_number(month):02}-{int(day):02}", ()


def _numbered_day(match: re.Match[str]) -> tuple[str, tuple[int, ...]]:
    return f"date {match[1]}-{int(match[2]):02}-{int(match[3]):02}", ()


def _relative(match: re.Match[str]) -> tuple[str, tuple[int, ...]]:
    which = {"current": "this", "previous": "last", "prior": "last"}.get(match[1], match[1])
    return f"{which} {match[2]}", ()


def _rolling(match: re.Match[str]) -> tuple[str, tuple[int, ...]]:
    return f"past # {_UNIT[match[2]]}", (1,)


def _ago(match: re.Match[str]) -> tuple[str, tuple[int, ...]]:
    return f"# {_UNIT[match[2]]} ago", (1,)


_ENGLISH: tuple[tuple[str, Reader], ...] = (
    (rf"({_MONTH}) (\d{{1,2}}){_TH},? ((?:19|20)\d\d)(?!\d)", lambda m: _named_day(m, m[1], m[2], m[3])),
    (rf"({_MONTH}),? (?:of )?{_YEAR}(?!\d)", lambda m: (f"year # month {_month_number(m[1])}", (2,))),
    (rf"({_MONTH}) (\d{{1,2}}){_TH}(?!\d)", lambda m: _named_day(m, m[1], m[2], None)),
    (rf"q([1-4]|{SLOT})(?: of)?,? {_YEAR}(?!\d)", lambda m: ("year # quarter #", (2, 1))),
    (rf"q([1-4]|{SLOT})(?!\w)", lambda m: ("quarter #", (1,))),
    (r"h([12])\b|(first|second) half of the year", lambda m: (f"half {m[1] or _ORDINAL[m[2]]}", ())),
    (rf"(?:last|past|previous|recent|latest|trailing) {_NUMBER} (day|week|month|quarter|year|hour)s?\b", _rolling),
    (r"past (day|week|month|quarter|year)\b", lambda m: (f"past 1 {m[1]}", ())),
    (r"(this|current|last|previous|prior|next) (week|month|quarter|year|weekend|night|semester|season)\b", _relative),
    (rf"(this|last|next) ({'|'.join(_DAYS)})\b", _relative),
    (r"day before yesterday\b", _said("2 day ago")),
    (r"yesterday\b", _said("yesterday")),
    (r"(?:today|tonight)\b", _said("today")),
    (r"tomorrow\b", _said("tomorrow")),
    (r"(?:month to date|mtd)\b", _said("this month")),
    (r"(?:year to date|ytd)\b", _said("this year")),
    (rf"({'|'.join(_DAYS)})s?\b", lambda m: (m[1], ())),
    (rf"{_AFTER_PREPOSITION}({_MONTH})(?!\w)", lambda m: (f"month {_month_number(m[1])}", ())),
    (rf"({'|'.join(name for name in _MONTHS if name not in ('may', 'march'))})\b",
     lambda m: (f"month {_month_number(m[1])}", ())),
)  # fmt: skip
_ENGLISH_FROM_NUMBER: tuple[tuple[str, Reader], ...] = (
    (rf"(\d{{1,2}}){_TH} (?:of )?({_MONTH}),? ((?:19|20)\d\d)(?!\d)", lambda m: _named_day(m, m[2], m[1], m[3])),
    (rf"(\d{{1,2}}){_TH} (?:of )?({_MONTH})", lambda m: _named_day(m, m[2], m[1], None)),
    (rf"{_YEAR} q([1-4]|{SLOT})\b", lambda m: ("year # quarter #", (1, 2))),
    (rf"(first|second|third|fourth|1st|2nd|3rd|4th) quarter(?: of|,)? {_YEAR}(?!\d)",
     lambda m: (f"year # quarter {_ORDINAL[m[1]]}", (2,))),
    (r"(first|second|third|fourth|1st|2nd|3rd|4th) quarter\b", lambda m: (f"quarter {_ORDINAL[m[1]]}", ())),
    (rf"{_NUMBER} (day|week|month|quarter|year|hour)s? ago\b", _ago),
)  # fmt: skip
_KOREAN: tuple[tuple[str, Reader], ...] = (
    (rf"(?:최근|지난) ?{_KOREAN_NUMBER} ?(주일|일|주|개월|달|분기|년|시간)(?!별)(?: ?동안|간)?", _rolling),
    (r"재작년", _said("last last year")),
    (r"(?:작년|지난 ?해|전년도?|지난 ?연도)", _said("last year")),
    (r"(?:올해|금년|올 해|이번 ?해|이번 ?연도|당해)", _said("this year")),
    (r"(?:내년|다음 ?해)", _said("next year")),
    (r"(?:상반기)", _said("half 1")),
    (r"(?:하반기)", _said("half 2")),
    (r"(?:이번|이) ?달|금월|당월", _said("this month")),
    (r"(?:지난|저번|전) ?달|전월", _said("last month")),
    (r"다음 ?달|익월|내달", _said("next month")),
    (r"(?:이번 ?주|금주)(?!말|문)", _said("this week")),
    (r"(?:지난|저번) ?주(?!말|문)|전주(?!시)", _said("last week")),
    (r"다음 ?주(?!말|문)", _said("next week")),
    (r"이번 ?주말", _said("this weekend")),
    (r"(?:지난|저번) ?주말", _said("last weekend")),
    (r"이번 ?분기|당분기|금분기", _said("this quarter")),
    (r"(?:지난|저번|전) ?분기", _said("last quarter")),
    (r"다음 ?분기", _said("next quarter")),
    (r"이번 ?학기", _said("this semester")),
    (r"(?:지난|저번) ?학기", _said("last semester")),
    (r"이번 ?시즌", _said("this season")),
    (r"(?:지난|저번) ?시즌", _said("last season")),
    (r"(?:오늘|금일)", _said("today")),
    (r"(?:어제|전일)", _said("yesterday")),
    (r"(?:그제|그저께|엊그제)", _said("2 day ago")),
    (r"내일(?!배)", _said("tomorrow")),
    (r"([월화수목금토일])요일", lambda m: (_DAYS["월화수목금토일".index(m[1])], ())),
)  # fmt: skip
_KOREAN_FROM_NUMBER: tuple[tuple[str, Reader], ...] = (
    (r"((?:19|20)\d\d)년 ?(\d{1,2})월 ?(\d{1,2})일", _numbered_day),
    (rf"{_YEAR}년 ?{_TWO}월(?!별|간)", lambda m: ("year # month #", (1, 2))),
    (rf"{_YEAR}년 ?([1-4]|{SLOT})분기(?!별)", lambda m: ("year # quarter #", (1, 2))),
    (rf"{_YEAR}년도?(?!별|간|차| ?전| ?동안|생)", lambda m: ("year #", (1,))),
    (r"(\d{1,2})월 ?(\d{1,2})일", lambda m: (f"date -{int(m[1]):02}-{int(m[2]):02}", ())),
    (rf"{_TWO}월(?!별|간|급|세)", lambda m: ("month #", (1,))),
    (rf"([1-4]|{SLOT})분기(?!별)", lambda m: ("quarter #", (1,))),
    (rf"{_KOREAN_NUMBER} ?(주일|일|주|개월|달|분기|년|시간) ?전", _ago),
)  # fmt: skip
_FIGURES: tuple[tuple[str, Reader], ...] = (
    (r"(?<!\d)((?:19|20)\d\d)([-./])(\d{1,2})\2(\d{1,2})(?!\d)",
     lambda m: (f"date {m[1]}-{int(m[3]):02}-{int(m[4]):02}", ())),
    (r"(?<![\d-])((?:19|20)\d\d)[-/](0[1-9]|1[0-2])(?![\d-])", lambda m: ("year # month #", (1, 2))),
    (r"(?<![\d.,#$₩-])((?:19|20)\d\d)(?![\d.,:%]*\d)(?!\w|%)", lambda m: ("year #", (1,))),
)  # fmt: skip
_ENGLISH_BEGINS = "|".join(
    (
        "last past previous prior recent latest trailing this current next day yester today tonight tomorrow month "  # noqa: SIM905
        "year mtd ytd first second third fourth one two three four five six seven eight nine ten twelve thirty sixty "
        "ninety h1 h2 q".split()
    )
    + [name[:3] for name in (*_DAYS, *_MONTHS)]
)
_KOREAN_BEGINS = "재작전지올금이당내다익상하저어그엊오월화수목토일최한두세네"
_MAY_BEGIN = re.compile(rf"(?<!\w)(?:{_ENGLISH_BEGINS})|\d|{SLOT}|(?<![가-힣])[{_KOREAN_BEGINS}]")
"""Where a time may begin: trying every pattern at every place would take most of the time of a match."""

Patterns = tuple[tuple[re.Pattern[str], Reader], ...]


def _compiled(patterns: tuple[tuple[str, Reader], ...], before: str) -> Patterns:
    return tuple((re.compile(f"{before}(?:{pattern})"), reader) for pattern, reader in patterns)


_FROM_NUMBER_ENGLISH = _compiled(_ENGLISH_FROM_NUMBER, r"(?<![^\W\d_])")
_FROM_NUMBER_KOREAN = _compiled(_KOREAN_FROM_NUMBER, r"(?<![가-힣])")
_FROM_ENGLISH = (*_compiled(_ENGLISH, r"(?<![^\W\d_])"), *_FROM_NUMBER_ENGLISH)
_FROM_KOREAN = (*_compiled(_KOREAN, r"(?<![가-힣])"), *_FROM_NUMBER_KOREAN)
_FROM_FIGURES = (*_compiled(_FIGURES, ""), *_FROM_NUMBER_ENGLISH, *_FROM_NUMBER_KOREAN)


def _beginning_with(sign: str) -> Patterns:
    if "가" <= sign <= "힣":
        return _FROM_KOREAN
    return _FROM_ENGLISH if sign.isascii() and sign.isalpha() else _FROM_FIGURES


def times(lower: str) -> tuple[When, ...]:
    """The times that a text in lower case names, in order, none inside another."""
    found: list[When] = []
    at = 0
    while begin := _MAY_BEGIN.search(lower, at):
        start = begin.start()
        when = _at(lower, start)
        if when:
            found.append(when)
        at = when.end if when else start + 1
    return tuple(found)


def _at(lower: str, start: int) -> When | None:
    best: When | None = None
    for pattern, reader in _beginning_with(lower[start]):
        match = pattern.match(lower, start)
        if match and (best is None or match.end() > best.end):
            form, groups = reader(match)
            numbers = tuple((_plain(match[group]), *match.span(group)) for group in groups)
            best = When(form, start, match.end(), numbers)
    return best


def _plain(number: str) -> str:
    if number.isdigit():
        return str(int(number))
    return _COUNT.get(number) or str(english_number(number) or number)


_DATE = re.compile(r"date (\d{4})?-(\d\d)-(\d\d)")


def day_of(when: When, today: date) -> date | None:
    """The calendar day that a time is; None when it is none, or more than a day.

    A day without a year is the last one that has been.
    """
    if when.written in ("today", "yesterday", "tomorrow"):
        return today + timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[when.written])
    if ago := re.fullmatch(r"(\d{1,4}) day ago", when.written):
        return today - timedelta(days=int(ago[1]))
    named = _DATE.fullmatch(when.written)
    if named is None:
        return None
    years = [int(named[1])] if named[1] else [today.year, *range(today.year - 1, today.year - 5, -1)]
    for year in years:
        try:
            day = date(year, int(named[2]), int(named[3]))
        except ValueError:
            continue
        if named[1] or day <= today:
            return day
    return None
