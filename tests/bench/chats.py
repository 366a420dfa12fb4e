"""What the benchmark of the chats measures at, and the serving processes that it starts."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from tests.houses import add_sqlite, make_shop, open_house, settings_for
from tests.local_model import LocalModel

Json = dict[str, Any]

_NO_LIMIT = 10**9
_START_SECONDS, _STOP_SECONDS = 60.0, 30.0


@dataclass(frozen=True)
class Reply:
    """An answer as its platform got it. `at`: monotonic seconds."""

    question_id: str
    at: float


class Chat(Protocol):
    """A chat platform's side of the line, on loopback: its people ask in channels, and it notes what is posted."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def channels(self) -> int:
        """How many there are; a platform lets about one message a second into each: what is measured is not that."""
        ...

    @property
    def environment(self) -> Mapping[str, str]:
        """What a serving process is told of the platform."""
        ...

    async def asked(self, number: int, text: str) -> Json:
        """Somebody asks in the `number`th channel, counted around: the event that is to be delivered."""
        ...

    async def deliver(self, url: str, event: Json) -> None:
        """Deliver an event to a serving process as the platform does, until it is acknowledged."""
        ...

    def replies(self, event: Json) -> list[Reply]:
        """The answers to an event so far, posted or put into the place of what showed the progress."""
        ...

    def seen_at(self, event: Json) -> float | None:
        """When the first visible sign for an event came in, in monotonic seconds; None while there is none."""
        ...


class Platform(Protocol):
    """A chat that can be measured."""

    name: str

    def opened(self, directory: Path) -> AbstractAsyncContextManager[Chat]:
        """The platform's side of the line, until the end of the block."""
        ...


@dataclass(frozen=True)
class Bench:
    """A chat, and a store with the demo shop in it, that serving processes are put between."""

    directory: Path
    store_url: str
    chat: Chat

    async def reply(self, event: Json, seconds: float = 60.0) -> Reply:
        """The answer to an event, once it came in."""
        async with asyncio.timeout(seconds):
            while not (found := self.chat.replies(event)):
                await asyncio.sleep(0.002)
        return found[0]

    def seen_ms(self, event: Json, delivered_at: float) -> float | None:
        """Milliseconds from the delivery of an event until its first visible sign came in."""
        seen = self.chat.seen_at(event)
        return None if seen is None else (seen - delivered_at) * 1000


@asynccontextmanager
async def bench(platform: Platform, directory: Path, store_url: str) -> AsyncIterator[Bench]:
    """A chat to measure at, with a store in a directory of its own."""
    shop = make_shop(directory / "shop.db")
    async with open_house(settings_for(directory, store_url)) as built:
        await add_sqlite(built, shop)
    async with platform.opened(directory) as chat:
        yield Bench(directory, store_url, chat)


@asynccontextmanager
async def served(on: Bench, model: LocalModel) -> AsyncIterator[str]:
    """A serving process of its own, as `colloquery serve` starts it; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    async with _process(on, _environment(on, model, port)) as process, aiohttp.ClientSession() as http:
        async with asyncio.timeout(_START_SECONDS):
            while not await _answers(http, f"{url}/readyz"):
                assert process.poll() is None, (on.directory / "serve.log").read_text()[-2000:]
                await asyncio.sleep(0.05)
        yield url


def _environment(on: Bench, model: LocalModel, port: int) -> Mapping[str, str]:
    quotas = {f"COLLOQUERY_QUOTA_{window}": str(_NO_LIMIT) for window in ("HOUR", "DAY", "MONTH")}
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": on.store_url,
        "COLLOQUERY_DATA_DIR": str(on.directory),
        "COLLOQUERY_PORT": str(port),
        "OPENAI_API_KEY": model.key,
        "OPENAI_BASE_URL": model.base_url,
        **on.chat.environment,
        **quotas,
    }


@asynccontextmanager
async def _process(on: Bench, environment: Mapping[str, str]) -> "AsyncIterator[subprocess.Popen[bytes]]":
    with (on.directory / "serve.log").open("ab") as log:
        command = [sys.executable, "-m", "bot", "serve"]
        process = subprocess.Popen(command, cwd=on.directory, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            # Beside the loop: until it ends it still talks to the chat here.
            await asyncio.to_thread(process.wait, _STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
