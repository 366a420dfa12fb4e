"""What a door does after it has answered its platform: waited for when the door closes, and logged when it fails."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, ClassVar

_FINISH_SECONDS = 10.0

log = logging.getLogger(__name__)


class Errands:
    """A door's tasks, kept by the door itself: the platforms' frameworks forget theirs."""

    PLATFORM: ClassVar[str]
    """Its name, for the log."""

    FAILURES: ClassVar[tuple[type[Exception], ...]]
    """What a call to it may raise. Anything else is a bug of ours."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after the acknowledgement; it is finished before the door closes."""
        task = asyncio.create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let what is under way end, within some seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_FINISH_SECONDS)
        for task in self._tasks:
            task.cancel()

    async def _logged(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except self.FAILURES as error:
            log.warning("%s: %s", self.PLATFORM, error)
        except Exception:
            log.exception("something in the door failed", extra={"platform": self.PLATFORM})
