"""When a scheduled question is asked: days and a time of the owner's clock, or every so many hours of it.

A time of the clock comes once on each of its days. One that the clock jumps over comes when it has jumped: 02:30 is
03:30 on the night on which summer begins. One that it passes twice comes the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, TypeAdapter

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WEEKDAYS = (0, 1, 2, 3, 4)
LAST_DAY = 31
"""As a day of the month: the last one, whatever its number."""
HOURS = (1, 2, 3, 4, 6, 8, 12)
"""Steps that a day divides into, so that it is the same hours every day."""

_LONGEST = 40
"""Days between two runs, and some: a month, and one that a zone left out of its calendar."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """On these days of the week, Monday being 0, in order."""

    days: tuple[int, ...]
    hour: int
    minute: int = 0
    kind: Literal["weekly"] = "weekly"


@dataclass(frozen=True, slots=True)
class Monthly:
    """On this day of each month; on the last one of a month that has no such day."""

    day: int
    hour: int
    minute: int = 0
    kind: Literal["monthly"] = "monthly"


@dataclass(frozen=True, slots=True)
class Hourly:
    """Every so many hours from midnight on, one of `HOURS`."""

    hours: int
    kind: Literal["hourly"] = "hourly"


When = Weekly | Monthly | Hourly

_WHEN: TypeAdapter[When] = TypeAdapter(Annotated[When, Field(discriminator="kind")])


def when_to_json(when: When) -> object:
    """As JSON values, for the store."""
    return _WHEN.dump_python(when, mode="json")


def when_from_json(stored: object) -> When:
    """What was stored."""
    return _WHEN.validate_python(stored, strict=False)


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def next_after(when: When, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first run after a moment, in UTC."""
    day = moment.astimezone(zone).date() - timedelta(days=1)
    for number in range(_LONGEST):
        for run in _runs_on(when, day + timedelta(days=number), zone):
            if run > moment:
                return run
    raise AssertionError("there is a run in every month")


def last_until(when: When, moment: datetime, zone: ZoneInfo) -> datetime:
    """The last run at or before a moment, in UTC."""
    day = moment.astimezone(zone).date() + timedelta(days=1)
    for number in range(_LONGEST):
        for run in reversed(list(_runs_on(when, day - timedelta(days=number), zone))):
            if run <= moment:
                return run
    raise AssertionError("there was a run in every month")


def _runs_on(when: When, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """The runs of a calendar day, in order."""
    for at in _times_on(when, day):
        # Of a time that is passed twice `fold` 0 is the first; one that is jumped over is read with the offset before.
        yield datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _times_on(when: When, day: date) -> Iterator[time]:
    match when:
        case Weekly():
            if day.weekday() in when.days:
                yield time(when.hour, when.minute)
        case Monthly():
            if day.day == min(when.day, _length(day)):
                yield time(when.hour, when.minute)
        case Hourly():
            yield from (time(hour) for hour in range(0, 24, when.hours))


def _length(day: date) -> int:
    """Days of its month."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day
