"""Who is answered next, when more people ask than are answered at once.

So many questions are answered at a time; of those that wait, the one whose asker has the fewest under way and before it
in line comes next, and among those the first to come. Whoever asks twenty at once does not keep the others waiting. The
line has an end: beyond it a question is refused at once, in words, instead of making everybody wait longer.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.errors import Busy

_EACH = 0.25
"""Of the whole line, the part that one person may take up, but at least `_FEW` questions."""
_FEW = 5


@dataclass(eq=False)
class Waiting:
    """A place in line."""

    person: str
    called: asyncio.Event = field(default_factory=asyncio.Event)


class Line:
    """The line of one process. `room`: questions that are answered at once; `longest`: those that wait at most."""

    def __init__(self, room: int, longest: int) -> None:
        self._room = room
        self._longest = longest
        self._running: Counter[str] = Counter()
        self._waiting: list[Waiting] = []

    @property
    def running(self) -> int:
        """Questions that are being answered."""
        return self._running.total()

    @property
    def waiting(self) -> int:
        """Questions that wait."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Nobody more can wait."""
        return self.waiting >= self._longest

    def require_place(self, person: str) -> None:
        """Raises `Busy` when nobody more can wait (question.busy), or not this person (question.too_many)."""
        if self.is_full:
            raise Busy("question.busy", waiting=self.waiting)
        mine = sum(one.person == person for one in self._waiting)
        if mine >= max(_FEW, int(self._longest * _EACH)):
            raise Busy("question.too_many", waiting=mine)

    def join(self, person: str) -> Waiting:
        """A place in line, from now on; every place is to be used with `turn`."""
        mine = Waiting(person)
        self._waiting.append(mine)
        self._call()
        return mine

    @asynccontextmanager
    async def turn(self, mine: Waiting, told: Callable[[int], None]) -> AsyncIterator[None]:
        """Wait for one's turn; it lasts as long as the block. `told` hears at which place one has to wait, once."""
        try:
            if mine in self._waiting:
                told(1 + list(self._order()).index(mine))
            await mine.called.wait()
            yield
        finally:
            self._leave(mine)

    def _leave(self, mine: Waiting) -> None:
        if mine in self._waiting:
            self._waiting.remove(mine)
            return
        self._running[mine.person] -= 1
        self._running += Counter()  # nobody is kept who has nothing under way
        self._call()

    def _call(self) -> None:
        while self._waiting and self.running < self._room:
            following = next(self._order())
            self._waiting.remove(following)
            self._running[following.person] += 1
            following.called.set()

    def _order(self) -> Iterator[Waiting]:
        """Those who wait, the next one first."""
        before = Counter(self._running)
        places: list[tuple[int, int]] = []
        for number, one in enumerate(self._waiting):
            places.append((before[one.person], number))
            before[one.person] += 1
        for _, number in sorted(places):
            yield self._waiting[number]
