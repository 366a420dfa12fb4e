"""How long the road takes: from a question to its reply, everything stored.

Prints, for the built-in writer and for a model's local server, the milliseconds of whole questions (median, p95), of
what is neither query nor writer, the questions per second at 1, 8 and 32 at once, and the prompt's tokens; beside them,
from the same run, the writer alone, the query alone on an open connection, and one trivial statement of the store.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select, text

from bot.wiring import House
from core.ask.service import Service
from core.chat import Reply
from core.ids import query_id
from core.model.base import Request, Writer, Written
from core.storage.models import QueryAnalytics
from core.tokens import count_messages
from tests.houses import LEE, Parts, add_sqlite, make_shop, open_house, question, settings_for
from tests.local_model import LocalModel

QUESTION = "How many customers are in Seoul?"
SQL = "SELECT COUNT(*) AS customers FROM customers WHERE id < 500"
TARGET_MS = 6.0


class TimedWriter:
    """A writer that notes how long each call took."""

    def __init__(self, inner: Writer) -> None:
        self.inner = inner
        self.wants_prompt = inner.wants_prompt
        self.seconds: list[float] = []

    async def write(self, request: Request) -> Written:
        """Write, and note the seconds."""
        begun = time.perf_counter()
        try:
            return await self.inner.write(request)
        finally:
            self.seconds.append(time.perf_counter() - begun)

    async def aclose(self) -> None:
        """Close what it wraps."""
        await self.inner.aclose()


@asynccontextmanager
async def timed_house(
    directory: Path, shop: Path, store_url: str, model: LocalModel | None
) -> AsyncIterator[tuple[House, TimedWriter]]:
    changes = {} if model is None else {
        "openai_api_key": SecretStr(model.key), "openai_base_url": model.base_url,
        "quota_hour": 10**9, "quota_day": 10**9, "quota_month": 10**9,
    }  # fmt: skip
    settings = settings_for(directory, store_url, concurrency=32, **changes)
    async with open_house(settings) as built:
        await add_sqlite(built, shop)
        writer = TimedWriter(built.road.writer)
        road = replace(built.road, writer=writer)
        yield replace(built, road=road, service=Service(road, {"memory": None}, concurrency=32)), writer


async def one(built: House, number: int) -> tuple[float, Reply]:
    """Milliseconds from the question to its reply, stored, and the reply."""
    begun = time.perf_counter()
    accepted = await built.service.accept(question(QUESTION, thread=f"t{number}"))
    async for item in built.service.follow(accepted.question_id, LEE):
        if isinstance(item, Reply):
            assert item.ok, item.plain
            return (time.perf_counter() - begun) * 1000, item
    raise AssertionError("no reply")


async def rate(built: House, at_once: int, seconds: float, first: int) -> float:
    """Questions per second with so many under way at once."""
    numbers = iter(range(first, first + 10**6))
    until = time.perf_counter() + seconds
    done = 0

    async def asker() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await one(built, next(numbers))
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*(asker() for _ in range(at_once)))
    return done / (time.perf_counter() - begun)


async def measure(name: str, directory: Path, shop: Path, store_url: str, model: LocalModel | None, runs: int) -> float:
    """Print the figures of one writer over one store; the median of what is neither query nor model."""
    async with timed_house(directory, shop, store_url, model) as (built, writer):
        for number in range(20):
            await one(built, number)
        writer.seconds.clear()
        whole, beyond = [], []
        for number in range(100, 100 + runs):
            milliseconds, reply = await one(built, number)
            query = await _query_seconds(built, reply)
            whole.append(milliseconds)
            beyond.append(milliseconds - (query + writer.seconds[-1]) * 1000)
        print(f"{name}")
        print(f"  question to reply, stored   median {statistics.median(whole):7.2f} ms   p95 {_p95(whole):7.2f} ms")
        print(f"  beyond query and writer     median {statistics.median(beyond):7.2f} ms   p95 {_p95(beyond):7.2f} ms")
        print(f"  the writer alone            median {statistics.median(writer.seconds) * 1000:7.2f} ms")
        print(f"  the query alone, same rows  median {_raw_query(shop, Parts(reply).sql.text):7.2f} ms")
        print(f"  one trivial store statement median {await _trivial(built):7.2f} ms")
        if model:
            sent = model.completions[-1]
            prompt = count_messages(*(message["content"] for message in sent.messages))
            print(f"  prompt tokens {prompt}, output allowed {sent.body['max_tokens']}")
        rates = [
            f"{at_once} at once {await rate(built, at_once, 2.0, 10_000 * at_once):6.1f}" for at_once in (1, 8, 32)
        ]
        print(f"  questions per second        {'   '.join(rates)}")
        return statistics.median(beyond)


async def _trivial(built: House) -> float:
    """Milliseconds of the least that the store can be asked: what this machine and this driver cost."""
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        async with built.store.reading() as session:
            await session.execute(text("SELECT 1"))
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


async def _query_seconds(built: House, reply: Reply) -> float:
    async with built.store.reading() as session:
        found = await session.scalar(
            select(QueryAnalytics.execution_time).where(QueryAnalytics.query_id == query_id(reply.question_id))
        )
    return float(found or 0.0)


def _raw_query(shop: Path, sql: str) -> float:
    connection = sqlite3.connect(f"file:{shop}?mode=ro", uri=True)
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        connection.execute(sql).fetchall()
        times.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return statistics.median(times)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


async def main() -> None:
    """Measure both writers; say whether the aim is met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=300)
    options.add_argument("--store", default="sqlite:///app_data.db", help="the store's URL")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        shop = make_shop(directory / "shop.db")
        for part in ("a", "b"):
            (directory / part).mkdir()
        built_in = await measure("built-in writer", directory / "a", shop, chosen.store, None, chosen.runs)
        with LocalModel(SQL) as model:
            by_model = await measure("model, local server", directory / "b", shop, chosen.store, model, chosen.runs)
    for name, milliseconds in (("built-in writer", built_in), ("model", by_model)):
        verdict = "met" if milliseconds < TARGET_MS else "MISSED"
        print(f"aim: under {TARGET_MS} ms beyond query and writer; {name}: {milliseconds:.2f} ms, {verdict}")


if __name__ == "__main__":
    asyncio.run(main())
