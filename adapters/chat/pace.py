"""Taking turns, where a platform lets only so much through."""

import asyncio
import time


class Pace:
    """One turn a `SECONDS`, and short bursts. First come, first served. The numbers are those of Slack's channels."""

    BURST = 4
    SECONDS = 1.0

    def __init__(self) -> None:
        self._next = 0.0
        """When the channel has caught up: every turn moves it on by a second."""
        self._line = asyncio.Lock()

    @property
    def _credit(self) -> float:
        return (self.BURST - 1) * self.SECONDS

    @property
    def is_idle(self) -> bool:
        """Nobody waits, and the channel has caught up."""
        return not self._line.locked() and self._next <= time.monotonic()

    async def turn(self) -> None:
        """Wait for one's turn."""
        async with self._line:
            # Again and again: a hold may have come meanwhile.
            while (wait := self._wait()) > 0:  # noqa: ASYNC110
                await asyncio.sleep(wait)
            self._move_on()

    def taken(self) -> bool:
        """Take one's turn if it comes at once."""
        if self._line.locked() or self._wait() > 0:
            return False
        self._move_on()
        return True

    def hold(self, seconds: float) -> None:
        """Nobody's turn comes for some seconds."""
        self._next = max(self._next, time.monotonic() + seconds + self._credit)

    def _wait(self) -> float:
        return self._next - self._credit - time.monotonic()

    def _move_on(self) -> None:
        self._next = max(self._next, time.monotonic()) + self.SECONDS
