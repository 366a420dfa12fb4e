"""The quotas' calendar on the store's clock: quarter-hours of UTC as the days and hours of a time zone.

Every zone of today differs from UTC by whole quarter-hours, so that its hours and days are made of them, also where
they begin at :30 or :45 and where the clocks change.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

SLOT = 900
"""Seconds of a slot."""

HOUR = 4
DAY = 96
"""Slots of an hour and of a day on the clock."""

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_WEEKDAY = 3
"""1 January 1970 was a Thursday; 0 is Monday."""


def slot_of(moment: datetime) -> int:
    """The slot that an aware moment is in."""
    return int(moment.timestamp() // SLOT)


def moment_of(slot: int) -> datetime:
    """When a slot begins."""
    return datetime.fromtimestamp(slot * SLOT, UTC)


def weekday_and_hour(hour: int) -> tuple[int, int]:
    """The weekday (0 is Monday) and the hour on the clock of a local hour, counted from 1970."""
    return (hour // 24 + _FIRST_WEEKDAY) % 7, hour % 24


@dataclass(frozen=True)
class Calendar:
    """A zone's calendar from the day `first` through the day `last`."""

    zone: ZoneInfo
    first: date
    last: date

    @cached_property
    def start(self) -> int:
        """The first slot of the first day."""
        return self.slot_at(self.first)

    @cached_property
    def end(self) -> int:
        """The slot after the last day."""
        return self.slot_at(self.last + timedelta(days=1))

    @cached_property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        """What to add to a slot, in slots, to have it on the local clock: (from which slot on, how much)."""
        found = [(self.start, self._offset(self.start))]
        for before in range(self.start, self.end, DAY):
            after = min(before + DAY, self.end)
            if self._offset(after) != found[-1][1]:
                change = self._change(before, after)
                found.append((change, self._offset(change)))
        return tuple(found)

    @cached_property
    def _next(self) -> int:
        """The first change of the offset: most calendars have none."""
        return self._changes[1] if len(self._changes) > 1 else self.end

    @cached_property
    def _changes(self) -> list[int]:
        return [slot for slot, _ in self.offsets]

    def slot_at(self, day: date) -> int:
        """The slot that a day begins with."""
        return slot_of(datetime(day.year, day.month, day.day, tzinfo=self.zone))

    @cached_property
    def days(self) -> tuple[int, int]:
        """The numbers of the first day and of the one after the last, as `day` counts them."""
        return self.first.toordinal() - _EPOCH, self.last.toordinal() - _EPOCH + 1

    def local(self, slot: int) -> int:
        """A slot of this calendar as quarter-hours on the local clock since 1970."""
        if slot < self._next:
            return slot + self.offsets[0][1]
        return slot + self.offsets[bisect_right(self._changes, slot) - 1][1]

    def day(self, slot: int) -> int:
        """The day that a slot is on, counted from 1970 on the local clock."""
        return self.local(slot) // DAY

    def _offset(self, slot: int) -> int:
        offset = moment_of(slot).astimezone(self.zone).utcoffset()
        assert offset is not None, "a zone has an offset at any moment"
        return int(offset.total_seconds() // SLOT)

    def _change(self, before: int, after: int) -> int:
        """The first slot with the offset of `after`."""
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if self._offset(middle) == self._offset(before) else (before, middle)
        return after


def day_of(number: int) -> date:
    """The day of a number of days since 1970."""
    return date.fromordinal(_EPOCH + number)
