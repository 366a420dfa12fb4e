"""Turns at something slow: a few at a time, and whoever came last is first.

Many strangers at once fill any line. In one that is served from its front, somebody honest waits behind all of them;
served from its end, they wait for one turn, and it is the flood itself that waits and is sent away. Somebody who is
known goes before all who are not.
"""

import asyncio
import time
from bisect import insort
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.errors import TooSoon


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Where somebody stands in line: the greatest is next."""

    is_known: bool
    came: float
    """By a clock that only goes forward: the same for every line they stand in."""

    @classmethod
    def now(cls) -> "Rank":
        """Of a stranger who comes now."""
        return cls(False, time.monotonic())


class Turns:
    """`places` at a time; of more than `waiting` in line, the last in rank is sent away.

    `seconds` is what they are told to wait before they try again.
    """

    def __init__(self, places: int, waiting: int, seconds: int) -> None:
        self._free = places
        self._waiting = waiting
        self._seconds = seconds
        self._line: list[tuple[Rank, int, asyncio.Future[None]]] = []
        self._came = 0

    @asynccontextmanager
    async def turn(self, rank: Rank | None = None) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Raises `TooSoon` (sign_in.busy)."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(rank or Rank.now())
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, rank: Rank) -> None:
        self._came += 1
        mine = (rank, self._came, asyncio.get_running_loop().create_future())
        insort(self._line, mine, key=lambda one: one[:2])
        if len(self._line) > self._waiting:
            self._line.pop(0)[2].set_exception(TooSoon("sign_in.busy", seconds=self._seconds))
        try:
            await mine[2]
        except asyncio.CancelledError:
            if mine in self._line:
                self._line.remove(mine)
            elif not mine[2].cancelled() and mine[2].exception() is None:
                self._pass_on()  # the turn had come at the moment they left
            raise

    def _pass_on(self) -> None:
        while self._line:
            _, _, next_one = self._line.pop()
            if not next_one.done():
                next_one.set_result(None)
                return
        self._free += 1
