"""How many requests somebody may send: a bucket of tokens for each person and each address, in this process.

A bucket fills steadily and each request takes one token out of it, so that a burst is allowed and a stream is not.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

TOLD = "colloquery.told"
"""Where, of a request's scope, the headers are that are told of its sender's rate beside any answer."""

_MINUTE = 60.0

MOST_BUCKETS = 20_000
"""Of one kind; the longest unused is forgotten first, which is the fullest."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking a token."""

    allowed: bool
    left: int
    """Whole tokens left."""
    wait: int
    """Seconds until the next one, when none was left."""


class Buckets:
    """The buckets of one kind. `size` requests at once, and as many a minute; 0 is no limit."""

    def __init__(self, name: str, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._size = size
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, whose: str) -> Taken:
        """Take a token out of somebody's bucket."""
        if self._size == 0:
            return Taken(True, 0, 0)
        now, rate = self._clock(), self._size / _MINUTE
        level, since = self._levels.pop(whose, (float(self._size), now))
        level = min(float(self._size), level + (now - since) * rate)
        allowed = level >= 1
        level -= 1 if allowed else 0
        self._levels[whose] = (level, now)
        while len(self._levels) > MOST_BUCKETS:
            self._levels.popitem(last=False)
        return Taken(allowed, int(level), 0 if allowed else math.ceil((1 - level) / rate))

    def headers(self, taken: Taken) -> dict[str, str]:
        """What is told of it, as draft-ietf-httpapi-ratelimit-headers has it; and when to come again."""
        if self._size == 0:
            return {}
        told = {
            "ratelimit-policy": f'"{self._name}";q={self._size};w={int(_MINUTE)}',
            "ratelimit": f'"{self._name}";r={taken.left};t={max(taken.wait, 1)}',
        }
        return told if taken.allowed else {**told, "retry-after": str(taken.wait)}

    def __len__(self) -> int:
        return len(self._levels)
