"""What goes wrong while people ask: processes die, lines break, clocks jump. All of it drawn from one seed."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx

from tests.adapters.slack.people import until
from tests.adapters.slack.server import LocalSlack
from tests.adapters.slack.whole import post
from tests.chaos import questions
from tests.chaos.cutting import Line
from tests.chaos.processes import READY_WITHIN, Serving
from tests.chaos.questions import Asked
from tests.chaos.serving import set_clock

SLACKS_PATIENCE = 3.0
"""Seconds in which Slack wants its acknowledgement."""

AT_LEAST = 2
"""Times that each process ends: first it is killed, then it is stopped in order, then either."""

_JUMPS = (-5400, -300, -61, 0, 20, 90, 900, 7200)
"""Seconds that the clock is wrong by."""


@dataclass
class Chaos:
    """All that may go wrong. `lines` by what they lead to."""

    seed: int
    slack: LocalSlack
    processes: Sequence[Serving]
    lines: Sequence[Line]
    clock: Path
    done: Counter[str] = field(default_factory=Counter)
    """How often what was done."""

    async def while_asking(self, many: int, seconds: float) -> list[Asked]:
        """So many questions; for so many seconds everything goes wrong meanwhile. All are acknowledged in the end.

        Afterwards the lines hold, the clock is right, and every process is there.
        """
        asking = asyncio.create_task(self._ask(many, seconds))
        harm = [
            *(
                asyncio.create_task(self._again_and_again(partial(self._kill, one), 0.0, one.name))
                for one in self.processes
            ),
            asyncio.create_task(self._again_and_again(self._cut, 1.5, "cut")),
            asyncio.create_task(self._again_and_again(self._jump, 2.0, "jumped")),
        ]

        async def all_were_killed() -> bool:
            return all(self.done[one.name] >= AT_LEAST for one in self.processes)

        try:
            await asyncio.wait({asking}, timeout=seconds)
            # On a machine that is busy they start slowly.
            await until(all_were_killed, 2 * READY_WITHIN)
        finally:
            for task in harm:
                task.cancel()
            await asyncio.gather(*harm, return_exceptions=True)
            set_clock(self.clock, timedelta())
        asked = await asking
        for one in self.processes:
            await one.ready()
        return asked

    async def _ask(self, many: int, seconds: float) -> list[Asked]:
        draw = random.Random(f"{self.seed} questions")
        asked: dict[int, Asked] = {}
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with httpx.AsyncClient(timeout=SLACKS_PATIENCE) as http, asyncio.TaskGroup() as delivering:
            for number in range(many):
                await asyncio.sleep(max(0.0, began + number * seconds / many - loop.time()))
                one = asked[number] = await questions.put(self.slack, number, draw, asked)
                delivering.create_task(self._deliver(http, one, random.Random(f"{self.seed} {number}")))
        return list(asked.values())

    async def _deliver(self, http: httpx.AsyncClient, asked: Asked, draw: random.Random) -> None:
        """As Slack does: until it is acknowledged. Some come several times all the same."""
        while True:
            to = draw.choices(self.processes, k=draw.choice((1, 1, 2, 3)))
            if any(await asyncio.gather(*(_acknowledged(http, one, asked) for one in to))):
                asked.acknowledged.set()
                return
            self.done["delivered again"] += 1
            await asyncio.sleep(draw.uniform(0.2, 1.0))

    async def _again_and_again(self, work: Callable[[random.Random], Awaitable[None]], every: float, name: str) -> None:
        draw = random.Random(f"{self.seed} {name}")
        while True:
            await asyncio.sleep(draw.uniform(0.5, 1.5) * every)
            await work(draw)
            self.done[name] += 1

    async def _kill(self, process: Serving, draw: random.Random) -> None:
        """Once it has lived a while: on a slow machine, what is killed while it starts has nothing that it could lose.

        Two processes live some seconds each, and start again for as many: mostly one is there, sometimes none.
        """
        await process.ready()
        await asyncio.sleep(draw.uniform(0.5, 5.0))
        await process.ready()  # it may have ended by itself, when it started while the store was away
        how = draw.choice((signal.SIGKILL, signal.SIGTERM))
        process.hit({0: signal.SIGKILL, 1: signal.SIGTERM}.get(self.done[process.name], how))

    async def _cut(self, draw: random.Random) -> None:
        draw.choice(self.lines).cut(draw.uniform(0.0, 0.8))

    async def _jump(self, draw: random.Random) -> None:
        set_clock(self.clock, timedelta(seconds=draw.choice(_JUMPS)))


async def _acknowledged(http: httpx.AsyncClient, process: Serving, asked: Asked) -> bool:
    asked.deliveries += 1
    try:
        return (await post(http, process.url, asked.event)).status_code == 200
    except httpx.ConnectError:
        asked.deliveries -= 1  # nobody is there
    except httpx.TransportError:
        pass  # it was just killed, or Slack has no more patience
    return False
