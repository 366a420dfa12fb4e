"""The windows of the quotas: calendar hours, days and months in the configured time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

WindowName = Literal["hour", "day", "month"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens a person may use in each window. The defaults are the specification's."""

    hour: int = 1_000
    day: int = 10_000
    month: int = 100_000


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, in UTC: `start` belongs to it, `end` to the next."""

    name: WindowName
    start: datetime
    end: datetime


def windows(now: datetime, zone: ZoneInfo) -> tuple[Window, Window, Window]:
    """The hour, day and month that `now` is in."""
    utc = now.astimezone(UTC)
    local = utc.astimezone(zone)
    # An hour of the clock can begin at :30 or :45 UTC, and lasts one real hour even when the clocks change.
    hour = utc - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    next_day = (day + timedelta(days=1)).replace(hour=0)
    month = day.replace(day=1)
    next_month = (month + timedelta(days=32)).replace(day=1)
    return (
        Window("hour", hour, hour + timedelta(hours=1)),
        Window("day", day.astimezone(UTC), next_day.astimezone(UTC)),
        Window("month", month.astimezone(UTC), next_month.astimezone(UTC)),
    )
