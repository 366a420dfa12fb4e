"""A question that is being answered in this process: its steps so far, for whoever follows it, and its brake."""

import asyncio
from collections.abc import AsyncIterator

from core.ask.journal import Journal, Watcher
from core.ask.road import Asked
from core.chat import Actor, Reply, Step


class Live:
    """The steps of one question. Any number of followers; each sees every step from the first."""

    def __init__(self, asked: Asked, watchers: tuple[Watcher, ...] = (), *, is_taken_up: bool = False) -> None:
        self.asked = asked
        self.is_taken_up = is_taken_up
        """Another process, or this one before, has been at it."""
        self.is_counted = not is_taken_up
        """Whether this attempt is counted in the inbox: at once when it was accepted here, else at its turn."""
        self.journal = Journal(asked.id, watchers)
        self.reply: Reply | None = None
        """Set when it is stored."""
        self.stop = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._steps: list[Step] = []
        self._ended = False
        self._news = asyncio.Event()

    def was_asked_by(self, actor: Actor) -> bool:
        """Whether this is the very account that asked."""
        mine = self.asked.question.actor
        return (mine.platform, mine.workspace, mine.id) == (actor.platform, actor.workspace, actor.id)

    @property
    def last_step(self) -> Step | None:
        """What is being done now; None when nothing has begun."""
        return self._steps[-1] if self._steps else None

    def tell(self, step: Step) -> None:
        """Add a step."""
        self._steps.append(step)
        self._ring()

    def end(self) -> None:
        """No step follows."""
        self._ended = True
        self._ring()

    async def steps(self) -> AsyncIterator[Step]:
        """Every step from the first until the end."""
        seen = 0
        while True:
            news = self._news
            for step in self._steps[seen:]:
                yield step
                seen += 1
            if self._ended:
                return
            if seen == len(self._steps):
                await news.wait()

    def _ring(self) -> None:
        # Everybody who waits holds the old event; whoever comes later waits for the next.
        self._news.set()
        self._news = asyncio.Event()
