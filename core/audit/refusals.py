"""Refusals in the audit: each is written down, but a flood of them does not fill the disk.

The same refusal of the same person is one line a minute: the first at once, those that follow as their number. And of
all refusals of a process, at most so many lines a minute; beyond them only their number is kept.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from core.audit.origin import Origin, acting_from, origin
from core.audit.record import record
from core.storage.session import Store, persistently

ACTION: Final = "access.refused"
EVERY: Final = timedelta(minutes=1)
MOST_LINES: Final = 60
"""Lines a minute, of one process."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not done: by whom (None: nobody we know), and why not, a code of the catalogue of errors."""

    by: str | None
    code: str
    asked: str = ""
    """What they asked for, as in "usage.dashboard" or the name of a platform."""
    action: str = ACTION
    resource_type: str = "system"


@dataclass(slots=True)
class _Minute:
    """What came of one kind of refusal since it was last written."""

    since: datetime
    whence: Origin
    more: int = 0


@dataclass(slots=True)
class Refusals:
    """Writes them down. One for a process."""

    store: Store
    clock: Callable[[], datetime]
    _kinds: dict[tuple[Refusal, str | None], _Minute] = field(default_factory=dict)
    _minute: datetime | None = None
    _lines: int = 0
    _beyond: int = 0

    async def note(self, refusal: Refusal) -> None:
        """Write it down now, or count it with those before. Raises `StoreFailed`."""
        now = self.clock()
        await self.flush(now)
        # Whom we do not know we tell apart by where they come from.
        kind = (refusal, origin().ip if refusal.by is None else None)
        known = self._kinds.get(kind)
        if known is not None:
            known.more += 1
        elif self._lines >= MOST_LINES:
            self._beyond += 1
        else:
            self._lines += 1
            self._kinds[kind] = _Minute(now, origin())
            await self._write(refusal, 1, now)

    async def flush(self, now: datetime | None = None, *, everything: bool = False) -> int:
        """Write the numbers of what was refused again, once their minute is over; or all of them, at the end."""
        now = now or self.clock()
        over = [kind for kind, minute in self._kinds.items() if everything or now - minute.since >= EVERY]
        # Taken out first: while one is written, others may be noted.
        numbers = [(kind, self._kinds.pop(kind)) for kind in over]
        beyond = 0
        if self._minute is None or everything or now - self._minute >= EVERY:
            beyond, self._beyond, self._lines, self._minute = self._beyond, 0, 0, now
        for (refusal, _), minute in numbers:
            if minute.more:
                with acting_from(minute.whence.ip, minute.whence.agent):
                    await self._write(refusal, minute.more, now)
        if beyond:
            with acting_from(None, None):
                await self._write(Refusal(None, "people.too_many_refusals"), beyond, now)
        return len(numbers)

    async def _write(self, refusal: Refusal, times: int, now: datetime) -> None:
        values = {"asked": refusal.asked, "times": times} if refusal.asked else {"times": times}

        async def write() -> None:
            async with self.store.writing() as session:
                await record(
                    session,
                    refusal.action,
                    refusal.resource_type,
                    None,
                    by=refusal.by,
                    new=values,
                    refused=refusal.code,
                    at=now,
                )

        # Whoever asked may hang up at any moment, and what was refused to them is to be known all the same.
        await asyncio.shield(asyncio.ensure_future(persistently(write)))
