"""What was looked up, kept for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

_MOST_KEPT = 10_000
"""Answers of one kind; beyond it those that are too old are dropped."""


class Kept(Generic[Value]):
    """Answers kept for some seconds. Many who ask for one at once wait for one look-up; a failure is not kept."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[str, tuple[float, Value]] = {}
        self._asked: dict[str, asyncio.Task[Value]] = {}

    async def get(self, key: str, look_up: Callable[[], Awaitable[Value]]) -> Value:
        """What is known under a key, else what `look_up` returns. Raises as it does."""
        until, value = self._known.get(key, (0.0, None))
        if value is not None and until > time.monotonic():
            return value
        if key not in self._asked:
            self._asked[key] = asyncio.create_task(self._ask(key, look_up))
            # Nobody may be left to hear of a failure: the next who asks looks again.
            self._asked[key].add_done_callback(lambda task: task.cancelled() or task.exception())
        # Whoever hangs up must not end the look-up for the others.
        return await asyncio.shield(self._asked[key])

    def forget(self, key: str) -> None:
        """Ask again the next time."""
        self._known.pop(key, None)
        self._asked.pop(key, None)

    async def _ask(self, key: str, look_up: Callable[[], Awaitable[Value]]) -> Value:
        this = asyncio.current_task()
        try:
            value = await look_up()
        finally:
            is_last = self._asked.get(key) is this
            if is_last:
                del self._asked[key]
        if is_last:
            self._drop_old()
            self._known[key] = time.monotonic() + self._seconds, value
        return value

    def _drop_old(self) -> None:
        if len(self._known) >= _MOST_KEPT:
            now = time.monotonic()
            self._known = {key: kept for key, kept in self._known.items() if kept[0] > now}
