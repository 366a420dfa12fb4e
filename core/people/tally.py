"""Requests of people and keys, counted in memory and written once a minute: no request waits for a write.

What a process has counted is written a minute after the first of it and when the house is closed; a process that is
killed loses at most a minute of it. `last_used` and `session_end` are of the last request.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.origin import Origin, origin
from core.errors import StoreFailed
from core.people.activity import keep_open
from core.storage.models import ApiKey
from core.storage.session import Store, persistently

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two writings."""


@dataclass(slots=True)
class _Seen:
    since: datetime
    until: datetime
    agent: str | None


@dataclass(slots=True)
class _Used:
    times: int
    last: datetime


@dataclass
class Tally:
    """What was seen since it was last written."""

    store: Store
    clock: Callable[[], datetime]
    every: float = EVERY
    _people: dict[tuple[str, str | None], _Seen] = field(default_factory=dict, init=False)
    _keys: dict[str, _Used] = field(default_factory=dict, init=False)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _writer: asyncio.Task[None] | None = field(default=None, init=False)

    def seen(self, user_id: str) -> None:
        """Somebody was active, from where the current task acts."""
        here, now = origin(), self.clock()
        known = self._people.setdefault((user_id, here.ip), _Seen(now, now, here.agent))
        known.until = max(known.until, now)
        self._write_soon()

    def used(self, key_id: str) -> None:
        """A key was used."""
        now = self.clock()
        known = self._keys.setdefault(key_id, _Used(0, now))
        known.times += 1
        known.last = max(known.last, now)
        self._write_soon()

    async def write(self) -> None:
        """Write what was counted. Raises `StoreFailed`, and then it is still counted."""
        async with self._writing:
            people, self._people = self._people, {}
            keys, self._keys = self._keys, {}
            try:
                if people or keys:
                    await persistently(lambda: self._write(people, keys))
            except BaseException:
                self._put_back(people, keys)
                raise

    async def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None
        try:
            await self.write()
        except StoreFailed as failure:
            log.warning("requests not counted", extra={"code": failure.code})

    def _write_soon(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._people or self._keys:
            await asyncio.sleep(self.every)
            try:
                # Closing the house cancels this task, but not in the middle of a transaction.
                await asyncio.shield(self.write())
            except StoreFailed as failure:
                log.warning("requests not counted yet", extra={"code": failure.code})

    async def _write(self, people: dict[tuple[str, str | None], _Seen], keys: dict[str, _Used]) -> None:
        async with self.store.writing() as session:
            # Always in the same order, so that two processes never wait for each other.
            for (user_id, ip), seen in sorted(people.items(), key=lambda one: (one[0][0], one[0][1] or "")):
                await keep_open(session, user_id, Origin(ip, seen.agent), seen.until, since=seen.since)
            for key_id, used in sorted(keys.items()):
                await _count(session, key_id, used)

    def _put_back(self, people: dict[tuple[str, str | None], _Seen], keys: dict[str, _Used]) -> None:
        for who, seen in people.items():
            since = self._people.setdefault(who, seen)
            since.since, since.until = min(since.since, seen.since), max(since.until, seen.until)
        for key_id, used in keys.items():
            if (newer := self._keys.get(key_id)) is None:
                self._keys[key_id] = used
            else:
                newer.times, newer.last = newer.times + used.times, max(newer.last, used.last)


async def _count(session: AsyncSession, key_id: str, used: _Used) -> None:
    later = case((ApiKey.last_used > used.last, ApiKey.last_used), else_=used.last)  # another process may be ahead
    counted = update(ApiKey).where(ApiKey.id == key_id).execution_options(synchronize_session=False)
    await session.execute(counted.values(usage_count=ApiKey.usage_count + used.times, last_used=later))
