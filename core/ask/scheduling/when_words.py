"""When a scheduled question is asked, in words: read in English and Korean, written in the reader's language."""

import re
from collections.abc import Iterator, Mapping

from core.ask.scheduling.when import EVERY_DAY, HOURS, LAST_DAY, WEEKDAYS, Hourly, Monthly, Weekly, When
from core.errors import BadEdit
from core.locale import say

LONGEST = 200
"""Characters of what somebody writes."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KOREAN_DAYS = "월화수목금토일"
_NO_KOREAN_DAYS = ("금일", "금월", "일일")
"""Today, this month, day by day: written with the signs of days of the week, and none of them."""

_GROUPS: dict[str, tuple[int, ...]] = {
    "day": EVERY_DAY, "daily": EVERY_DAY, "weekday": WEEKDAYS, "weekdays": WEEKDAYS, "workday": WEEKDAYS,
    "weekend": (5, 6), "weekends": (5, 6),
}  # fmt: skip
_KOREAN_GROUPS: dict[str, tuple[int, ...]] = {
    "매일": EVERY_DAY, "날마다": EVERY_DAY, "평일": WEEKDAYS, "평일마다": WEEKDAYS, "주중": WEEKDAYS,
    "매주 평일": WEEKDAYS, "주말": (5, 6), "주말마다": (5, 6), "매주 주말": (5, 6),
}  # fmt: skip

_MORNING = {hour: hour for hour in range(1, 12)}
_AFTERNOON = {hour: hour + 12 for hour in range(1, 12)} | {hour: hour for hour in range(13, 24)}
_KOREAN_HOURS: Mapping[str, Mapping[int, int]] = {
    "오전": _MORNING | {0: 0, 12: 0},
    "새벽": _MORNING | {0: 0, 12: 0},
    "아침": _MORNING,
    "낮": {11: 11, 12: 12} | {hour: hour + 12 for hour in range(1, 6)} | {hour: hour for hour in range(13, 17)},
    "오후": _AFTERNOON | {12: 12},
    "저녁": _AFTERNOON,
    "밤": {hour: hour for hour in (*range(6), *range(18, 24))} | {hour: hour + 12 for hour in range(6, 12)} | {12: 0},
}
"""The hours that are said with each part of the day, and those of 24 that are meant; what it contradicts is missing."""

_CLOCK = re.compile(r"(?:\bat\s+)?(?:(\d{1,2})(?::(\d{2}))?\s*([ap])?\.?(?:m\b\.?)?|(noon|midnight))$")
_KOREAN_CLOCK = re.compile(
    r"(?:(오전|오후|아침|낮|저녁|밤|새벽)?\s*(\d{1,2})(?::(\d{2})|시(?:\s*(\d{1,2})분|\s*(반))?)|(정오|자정))(?:에)?$"
)
_HOURLY = re.compile(r"(?:every\s+)?(?:hour|hourly)|매시간(?:마다)?|매시")
_EVERY_HOURS = re.compile(r"every\s+(\d{1,2})\s+hours?|(\d{1,2})\s*시간마다")
_MONTHLY = re.compile(
    r"(?:on\s+)?the\s+(?:(\d{1,2})(?:st|nd|rd|th)?|(last)\s+day)\s+of\s+(?:each|every|the)\s+month"
    r"|(?:every\s+month|monthly)\s+on\s+the\s+(?:(\d{1,2})(?:st|nd|rd|th)?|(last)\s+day)"
)
_KOREAN_MONTHLY = re.compile(r"(?:매월|매달)\s*(?:(\d{1,2})일|(말일|마지막\s*날))")


def parse_when(text: str) -> When:
    """What somebody wrote. Raises `BadEdit` (schedule.when, schedule.hours)."""
    said = " ".join(text.casefold().replace(",", " , ").split()).replace(" ,", ",")
    found = _hourly(said) or _at_a_time(said, _CLOCK) or _at_a_time(said, _KOREAN_CLOCK)
    if len(text) > LONGEST or found is None:
        raise BadEdit("schedule.when", text=text[:LONGEST])
    return found


def print_when(when: When, locale: str) -> str:
    """The same in words of a language; `parse_when` reads them back."""
    match when:
        case Hourly(hours=1):
            return say(locale, "schedule.when.hour")
        case Hourly():
            return say(locale, "schedule.when.hours", n=when.hours)
        case Monthly(day=31):
            return say(locale, "schedule.when.last_day", time=_time(when))
        case Monthly():
            return say(locale, "schedule.when.monthly", day=_ordinal(when.day, locale), time=_time(when))
        case Weekly():
            return _weekly(when, locale)


def _hourly(said: str) -> Hourly | None:
    if _HOURLY.fullmatch(said):
        return Hourly(1)
    found = _EVERY_HOURS.fullmatch(said)
    if found is None:
        return None
    hours = int(found[1] or found[2])
    if hours not in HOURS:
        raise BadEdit("schedule.hours", hours=hours, steps=", ".join(map(str, HOURS)))
    return Hourly(hours)


def _at_a_time(said: str, clock: re.Pattern[str]) -> Weekly | Monthly | None:
    """Days and, behind them, a time."""
    found = clock.search(said)
    if found is None:
        return None
    at = _english_time(found) if clock is _CLOCK else _korean_time(found)
    on = said[: found.start()].strip().rstrip(",").strip()
    if at is None or not on:
        return None
    if (day := _day_of_month(on)) is not None:
        return Monthly(day, *at) if 1 <= day <= LAST_DAY else None
    days = _days(on)
    return Weekly(days, *at) if days else None


def _english_time(found: re.Match[str]) -> tuple[int, int] | None:
    hour, minute, half, named = found.groups()
    if named:
        return (12, 0) if named == "noon" else (0, 0)
    return _of_day(int(hour), int(minute or 0), half == "p" if half else None)


def _korean_time(found: re.Match[str]) -> tuple[int, int] | None:
    part, hour, behind_colon, minutes, half, named = found.groups()
    if named:
        return (12, 0) if named == "정오" else (0, 0)
    minute = 30 if half else int(behind_colon or minutes or 0)
    meant = _KOREAN_HOURS[part].get(int(hour)) if part else int(hour)
    return None if meant is None else _of_day(meant, minute, None)


def _of_day(hour: int, minute: int, afternoon: bool | None) -> tuple[int, int] | None:
    """A time of the day; of twelve hours unless `afternoon` is None. None for one that there is not."""
    if afternoon is not None and hour <= 12:
        if hour == 0:
            return None
        hour = hour % 12 + (12 if afternoon else 0)
    elif afternoon is False:
        return None
    return (hour, minute) if hour < 24 and minute < 60 else None


def _day_of_month(on: str) -> int | None:
    found = _MONTHLY.fullmatch(on) or _KOREAN_MONTHLY.fullmatch(on)
    if found is None:
        return None
    number = next((one for one in found.groups() if one and one.isdigit()), None)
    return LAST_DAY if number is None else int(number)


def _days(on: str) -> tuple[int, ...]:
    """Days of the week, in order; empty when these are none."""
    korean = on.removesuffix("에")
    if korean in _KOREAN_GROUPS:
        return _KOREAN_GROUPS[korean]
    english = re.sub(r"^(on|every|each)\s+", "", on)
    if english in _GROUPS:
        return _GROUPS[english]
    found = list(_english_days(english)) if english.isascii() else list(_korean_days(korean))
    return () if None in found else tuple(sorted({one for one in found if one is not None}))


def _english_days(said: str) -> Iterator[int | None]:
    for word in re.split(r"[\s,]+(?:and\s+)?", said.replace("&", ",")):
        name = word.removesuffix("s") if word not in ("tues", "wednes", "thurs") else word
        yield next((n for n, day in enumerate(_DAYS) if len(name) >= 3 and day.startswith(name)), None)


def _korean_days(said: str) -> Iterator[int | None]:
    said = re.sub(r"^매주\s*", "", said)
    for word in re.split(r"\s*[,·]\s*|\s*(?:와|과)\s+|\s+", said):
        named = word.removesuffix("마다")
        name = named.removesuffix("요일")
        if not name or named in _NO_KOREAN_DAYS:
            yield None
        for sign in name:
            yield _KOREAN_DAYS.find(sign) if sign in _KOREAN_DAYS else None


def _weekly(when: Weekly, locale: str) -> str:
    if when.days == EVERY_DAY:
        return say(locale, "schedule.when.daily", time=_time(when))
    if when.days == WEEKDAYS:
        return say(locale, "schedule.when.weekdays", time=_time(when))
    names = [say(locale, f"schedule.day.{_DAYS[one]}") for one in when.days]
    return say(locale, "schedule.when.weekly", days=", ".join(names), time=_time(when))


def _time(when: Weekly | Monthly) -> str:
    return f"{when.hour:02}:{when.minute:02}"


def _ordinal(day: int, locale: str) -> str:
    ending = {1: "first", 2: "second", 3: "third"}.get(0 if day in (11, 12, 13) else day % 10, "other")
    return say(locale, f"schedule.ordinal.{ending}", n=day)
