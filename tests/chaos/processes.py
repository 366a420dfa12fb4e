"""Serving processes that are killed, and started again at once, as a supervisor does."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.road.test_durable import free_port

READY_WITHIN = 60.0
STOPPED_WITHIN = 40.0


class Serving:
    """A serving process by the clock in `clock`; it is there whenever it has not just been killed."""

    def __init__(self, folder: Path, environment: Mapping[str, str], clock: Path) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._clock = clock
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self.log = folder / "serve.log"
        self._is_stopping = False
        self.exits: Counter[int] = Counter()
        """How often it ended with which code; a signal's is negative."""
        self.stops: Counter[int] = Counter()
        """The same of when it was told to stop, in order."""

    @property
    def name(self) -> str:
        """What the test calls it."""
        return self._folder.name

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self._port}"

    def hit(self, number: signal.Signals) -> None:
        """Send a signal to the process, which is there."""
        assert self._process is not None, "it was ready"
        self._process.send_signal(number)
        self._is_stopping = number == signal.SIGTERM

    async def supervise(self) -> None:
        """Start it, and start it again whenever it ends, until this is cancelled; then it is stopped in order."""
        try:
            while True:
                await self._run()
        finally:
            if self._process is not None and self._process.returncode is None:
                self._process.terminate()
                try:
                    async with asyncio.timeout(STOPPED_WITHIN):
                        self.exits[await self._process.wait()] += 1
                except TimeoutError:
                    self._process.kill()
                    await self._process.wait()
                    raise

    async def _run(self) -> None:
        arguments = ("-m", "tests.chaos.serving", str(self._clock), "serve", "--no-demo", "--port", str(self._port))
        self._is_stopping = False
        with self.log.open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=self._folder, env=self._environment, stdout=said, stderr=said
            )
        code = await self._process.wait()
        (self.stops if self._is_stopping else self.exits)[code] += 1

    async def ready(self) -> None:
        """Wait until it can take questions."""
        async with httpx.AsyncClient(timeout=2) as http, asyncio.timeout(READY_WITHIN):
            while True:
                try:
                    if (await http.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass  # not yet, or not any more
                await asyncio.sleep(0.05)


@asynccontextmanager
async def supervised(*several: Serving) -> AsyncIterator[None]:
    """All of them ready, and kept alive until the end of the block; then stopped in order."""
    keeping = [asyncio.create_task(one.supervise()) for one in several]
    try:
        for one in several:
            await one.ready()
        yield
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
