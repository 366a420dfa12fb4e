"""Turns in a conversation: Teams lets so many calls of a bot through in each of several spans."""

import time
from collections import deque

from adapters.chat.pace import Pace


class ConversationPace(Pace):
    """So many turns in any span of `WINDOWS`: (turns, seconds), "per bot per thread" in
    learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit. Holds beyond the spans when Teams says so.
    """

    WINDOWS = ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
    BURST = 1
    """Bursts are what the spans allow: nobody's turn comes early after a hold."""

    def __init__(self) -> None:
        super().__init__()
        self._turns: deque[float] = deque(maxlen=max(turns for turns, _ in self.WINDOWS))

    @property
    def is_idle(self) -> bool:
        """Nobody waits or holds, and no span remembers a turn: a new one would know as much."""
        longest = max(seconds for _, seconds in self.WINDOWS)
        return super().is_idle and (not self._turns or self._turns[-1] + longest <= time.monotonic())

    def _wait(self) -> float:
        free = [self._turns[-turns] + seconds for turns, seconds in self.WINDOWS if len(self._turns) >= turns]
        return max(self._next, *free, 0.0) - time.monotonic()

    def _move_on(self) -> None:
        self._turns.append(time.monotonic())
