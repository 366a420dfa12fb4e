"""How numbers, money, dates and the cells of a result are written in the reader's language.

The symbols, patterns and names come from Babel (CLDR) and are looked up once a language; a table of ten thousand cells
is then plain string work. Text that came out of a database is returned as it is: whoever shows it makes it harmless.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers

from core.chat import Cell, ColumnKind
from core.locale.words import language_of, say

NULL = "–"
"""How NULL is shown: an en dash, so that it is neither an empty text nor a zero."""

_EXACT_SCALE = 4
"""A decimal of at most so many places is shown as it is (money, rates); a longer one is an average and is rounded."""

_LONGEST_PLAIN = 40
"""Digits of the longest number that is written out; beyond it comes scientific notation. NUMERIC(38) still fits."""

_LABEL_WORDS = frozenset(
    {"id", "ids", "uuid", "guid", "pk", "fk", "key", "year", "yr", "code", "zip", "zipcode", "postcode"}
    | {"postal", "phone", "tel", "ssn", "sku", "isbn", "ean"}
)
_LABEL_ENDINGS = ("번호", "코드", "아이디", "연도", "년도", "년")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


def reads_as_label(name: str) -> bool:
    """True when a column of this name holds numbers that name something (ids, years, codes), not amounts.

    They are written without thousands separators, and never added up or drawn.
    """
    if name.lower().startswith(("year(", "extract(year", "date_part('year'")):
        return True
    words = _WORDS.findall(name)
    if not words:
        return False
    last = words[-1].lower()
    if last == "no":
        return len(words) > 1
    return last in _LABEL_WORDS or last.endswith(_LABEL_ENDINGS)


@dataclass(frozen=True, slots=True)
class _Style:
    """What a language needs for numbers, from its CLDR data. `signs` is None where Python's own signs are right."""

    locale: Locale
    signs: dict[int, str] | None


@cache
def _style(language: str) -> _Style:
    locale = Locale.parse(language)
    symbols = locale.number_symbols["latn"]
    signs = {",": symbols["group"], ".": symbols["decimal"], "-": symbols["minusSign"]}
    same = all(ours == theirs for ours, theirs in signs.items())
    return _Style(locale, None if same else str.maketrans(signs))


def _signed(language: str, text: str) -> str:
    signs = _style(language).signs
    return text if signs is None else text.translate(signs)


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-6:
        return f"{value:.6g}"
    if size < 1:
        # Four significant digits, so that a share or a rate does not become 0.00.
        places = 4 if size == 0 else 3 - math.floor(math.log10(size))
        text = f"{value:z.{places}f}"
    else:
        text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        return "NaN" if value.is_nan() else _float(float(value))
    if value.adjusted() >= _LONGEST_PLAIN:
        return f"{value:.6g}"
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -_EXACT_SCALE:
        return f"{value:z,f}"
    if abs(value) >= 1:
        return f"{value:z,.2f}".rstrip("0").rstrip(".")
    return _float(float(value))


def _integer(value: int) -> str:
    return f"{value:,}" if abs(value) < 10**_LONGEST_PLAIN else _decimal(Decimal(value))


def format_number(locale: str, value: int | float | Decimal, digits: int | None = None) -> str:
    """A number with the language's separators.

    With `digits` it has exactly so many decimal places. Without: an integer and a decimal of at most four places are
    exact, everything else is rounded to two places, or to four significant digits below one.
    """
    language = language_of(locale)
    if digits is not None:
        text = _decimal_places(Decimal(value), digits)
    elif isinstance(value, Decimal):
        text = _decimal(value)
    else:
        text = _integer(value) if isinstance(value, int) else _float(value)
    return _signed(language, text)


def _decimal_places(value: Decimal, digits: int) -> str:
    if value.is_finite() and value.adjusted() < _LONGEST_PLAIN:
        return f"{value:z,.{digits}f}"
    return _decimal(value)


def format_money(locale: str, amount: Decimal | float, currency: str = "USD") -> str:
    """An amount of money with the currency's own places; below a tenth of its unit two significant digits.

    So $12.30 and ₩1,200, and a cost of 0.00004 dollars is $0.00004, not $0.00.
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
    babel_locale = _style(language_of(locale)).locale
    if exact and abs(exact) < Decimal("0.1"):
        rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1)).normalize()
        money = babel_numbers.format_currency(rounded, currency, locale=babel_locale, decimal_quantization=False)
    else:
        money = babel_numbers.format_currency(exact, currency, locale=babel_locale)
    # CLDR puts a no-break space after some currencies; terminals draw it as a box.
    return money.replace("\xa0", " ")


@cache
def _zone(timezone: str) -> tzinfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def format_date(locale: str, value: date | datetime, timezone: str | None = None) -> str:
    """A date, or a date and time of day (24 hours), as in a sentence: "Mar 5, 2024", "2024. 3. 5. 14:30".

    `timezone` (an IANA name; an unknown one counts as UTC) is where the reader is: an instant is moved there, one
    without a zone is taken as UTC. Without `timezone` the value is written as it stands.
    """
    babel_locale = _style(language_of(locale)).locale
    if not isinstance(value, datetime):
        return babel_dates.format_date(value, "medium", locale=babel_locale)
    if timezone is not None:
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(_zone(timezone))
    day = babel_dates.format_date(value, "medium", locale=babel_locale)
    return str(babel_locale.datetime_formats["medium"]).format(f"{value:%H:%M}", day)


def format_month(locale: str, year: int, month: int) -> str:
    """A month of a year, short: "Mar 2024", "2024년 3월"."""
    babel_locale = _style(language_of(locale)).locale
    return babel_dates.format_skeleton("yMMM", date(year, month, 1), locale=babel_locale)


def format_day(locale: str, day: date) -> str:
    """A day without its year, short: "Mar 5", "3월 5일"."""
    return babel_dates.format_skeleton("MMMd", day, locale=_style(language_of(locale)).locale)


def weekday_name(locale: str, weekday: int) -> str:
    """A day of the week, short: 0 is "Mon", "월"."""
    return str(_style(language_of(locale)).locale.days["stand-alone"]["abbreviated"][weekday])


def month_name(locale: str, month: int) -> str:
    """A month without its year, short: "Mar", "3월"."""
    return str(_style(language_of(locale)).locale.months["stand-alone"]["abbreviated"][month])


def format_duration(locale: str, seconds: float) -> str:
    """How long something took: "38 ms", "2.4 s", "3 min 20 s"."""
    if seconds < 1:
        return say(locale, "present.duration.ms", n=format_number(locale, round(max(seconds, 0.0) * 1000)))
    if seconds < 60:
        return say(locale, "present.duration.s", n=format_number(locale, seconds, 1))
    minutes, rest = divmod(round(seconds), 60)
    return say(locale, "present.duration.min", n=format_number(locale, minutes), s=rest)


@lru_cache(maxsize=10_000)
def _day(language: str, text: str) -> str:
    day = date.fromisoformat(text)
    return babel_dates.format_date(day, "medium", locale=_style(language).locale)


def _date_cell(language: str, text: str) -> str:
    try:
        return _day(language, text)
    except ValueError:
        return text  # SQLite keeps whatever was put in a date column


def _datetime_cell(language: str, text: str) -> str:
    day, clock = text[:10], text[11:]
    if not clock:
        return _date_cell(language, text)
    try:
        datetime.fromisoformat(text)
        shown = _day(language, day)
    except ValueError:
        return text
    time, zone = _split_zone(clock)
    time = time.split(".")[0].removesuffix(":00") if time.count(":") == 2 else time
    return f"{shown} {time}{zone}"


def _split_zone(clock: str) -> tuple[str, str]:
    for sign in "Z+-":
        time, found, offset = clock.partition(sign)
        if found:
            is_utc = sign == "Z" or offset.replace(":", "").strip("0") == ""
            return time, " UTC" if is_utc else f" {sign}{offset}"
    return clock, ""


def _decimal_cell(language: str, text: str) -> str:
    try:
        return _signed(language, _decimal(Decimal(text)))
    except InvalidOperation:
        return text


def _number_cell(language: str, value: float) -> str:
    return _signed(language, _integer(value) if isinstance(value, int) else _float(value))


def _label_cell(value: float) -> str:
    if isinstance(value, int):
        return _integer(value).replace(",", "")
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else _float(value)


_TEXT_CELLS: dict[ColumnKind, Callable[[str, str], str]] = {
    "decimal": _decimal_cell,
    "date": _date_cell,
    "datetime": _datetime_cell,
}


@lru_cache(maxsize=1_000)
def cell_formatter(locale: str, kind: ColumnKind, name: str = "") -> Callable[[Cell], str]:
    """`format_cell` for every cell of one column: make it once a column, call it once a row."""
    language = language_of(locale)
    yes, no = say(locale, "present.yes"), say(locale, "present.no")
    is_label = kind in ("integer", "decimal", "float") and reads_as_label(name)
    of_text = None if is_label else _TEXT_CELLS.get(kind)

    def cell(value: Cell) -> str:
        if value is None:
            return NULL
        if isinstance(value, str):
            return value if of_text is None else of_text(language, value)
        if isinstance(value, bool):
            return yes if value else no
        return _label_cell(value) if is_label else _number_cell(language, value)

    return cell


def format_cell(locale: str, value: Cell, kind: ColumnKind, name: str = "") -> str:
    """One cell of a result for people, by `core.chat.Cell`'s rules. Never raises: what does not parse stays as it is.

    NULL is an en dash. `name`, the column's, tells ids, years and codes, which have no thousands separators.
    """
    return cell_formatter(locale, kind, name)(value)
