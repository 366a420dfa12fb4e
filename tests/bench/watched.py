"""`colloquery` that tells how many tasks its loop has: python -m tests.bench.watched FILE serve …

FILE gets the number, once a second. Nothing else is different.
"""

import asyncio
import sys
import threading
import time
from pathlib import Path

_EVERY = 1.0


class _Policy(asyncio.DefaultEventLoopPolicy):
    """Whose loops are looked at."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        threading.Thread(target=_tell, args=(self._file, loop), name="tasks", daemon=True).start()
        return loop


def _tell(file: Path, loop: asyncio.AbstractEventLoop) -> None:
    new = file.with_suffix(".new")
    while not loop.is_closed():
        new.write_text(str(len(asyncio.all_tasks(loop))))
        new.replace(file)
        time.sleep(_EVERY)


if __name__ == "__main__":
    asyncio.set_event_loop_policy(_Policy(Path(sys.argv.pop(1))))
    from bot.command_line import main

    main()
