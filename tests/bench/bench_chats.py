"""How quick the chats' doors are: real serving processes over HTTP, local platforms, a local model.

Prints for Slack and for Teams, each figure beside what must hold: how long the platform waits for its acknowledgement
while events pour in and the model is slow; how long until somebody sees that work has begun; how long from the model's
reply to the posted answer beyond the query; how many answers an event gets that is delivered three times at once to two
processes on one PostgreSQL.

Everything but the serving processes (the platform's side of the line, the model) runs here, on the same machine: the
figures are what is seen from outside. Slack's events are signed and checked; those of Teams come from a client on this
machine, which signs nothing.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, select

from core.ids import query_id
from core.storage.models import QueryAnalytics
from core.storage.session import Store
from tests.bench.chats import Bench, Json, Platform, Reply, bench, served
from tests.bench.slack_chat import Slack
from tests.bench.teams_chat import Teams
from tests.local_model import LocalModel
from tests.servers import POSTGRES, run_on_postgres

PLATFORMS: Sequence[Platform] = (Slack(), Teams())
QUESTION = "How many customers are in Seoul?"
SQL = "SELECT COUNT(*) AS customers FROM customers WHERE id < 500"
SLOW_MODEL_SECONDS = 5.0

ACKNOWLEDGED_MS, SEEN_MS, POSTED_MS = 100.0, 300.0, 50.0


async def acknowledged(on: Bench, events: int, seconds: float) -> bool:
    """(a) and (b) while events pour in and every model call takes seconds."""
    with LocalModel(SQL, delay=SLOW_MODEL_SECONDS) as model:
        async with served(on, model) as url:
            await _warm_up(on, url)
            asked = [await on.chat.asked(number, QUESTION) for number in range(events)]
            begun = time.monotonic()

            async def one(number: int, event: Json) -> tuple[float, float]:
                await asyncio.sleep(begun + number * seconds / events - time.monotonic())
                delivered_at = time.monotonic()
                await on.chat.deliver(url, event)
                return delivered_at, (time.monotonic() - delivered_at) * 1000

            sent = await asyncio.gather(*(one(number, event) for number, event in enumerate(asked)))
            await asyncio.sleep(1)
            seen = [on.seen_ms(event, at) for event, (at, _) in zip(asked, sent, strict=True)]
    times, found = [took for _, took in sent], [one for one in seen if one is not None]
    print(f"{on.chat.name}: {events} events in {seconds:g} s, every model call takes {SLOW_MODEL_SECONDS:g} s")
    met = _line("acknowledged", times, {"p99": ACKNOWLEDGED_MS})
    met &= _line(f"first visible sign, {len(found)} seen", found, {"median": SEEN_MS, "p95": SEEN_MS})
    return met and len(found) == events


async def posted(on: Bench, runs: int) -> bool:
    """(b) and (c) one question after the other, with a model that answers at once."""
    seen, beyond = [], []
    store = Store.open(on.store_url, on.directory)
    with LocalModel(SQL) as model:
        async with served(on, model) as url:
            await _warm_up(on, url)
            for number in range(runs):
                event = await on.chat.asked(number, QUESTION)
                delivered_at = time.monotonic()
                await on.chat.deliver(url, event)
                reply = await on.reply(event)
                replied_at = model.completions[-1].at
                await asyncio.sleep(0.05)  # until it is stored, and what showed the progress is gone
                seen.append(on.seen_ms(event, delivered_at) or float("inf"))
                beyond.append((reply.at - replied_at - await _query_seconds(store, reply)) * 1000)
    await store.close()
    print(f"{on.chat.name}: {runs} questions one after the other, the model answers at once")
    met = _line("first visible sign", seen, {"median": SEEN_MS, "p95": SEEN_MS})
    return _line("model's reply to posted answer, beyond the query", beyond, {"median": POSTED_MS}) and met


async def delivered_thrice(platform: Platform, directory: Path, events: int) -> bool:
    """(d) each event three times at once, to two processes on one PostgreSQL."""
    name = f"colloquery_bench_{uuid4().hex[:12]}"
    run_on_postgres(f'CREATE DATABASE "{name}"')
    try:
        store_url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        async with bench(platform, directory, store_url) as on, AsyncExitStack() as stack:
            model = stack.enter_context(LocalModel(SQL))
            urls = [await stack.enter_async_context(served(on, model)) for _ in range(2)]
            asked = [await on.chat.asked(number, QUESTION) for number in range(events)]
            calls_before = len(model.completions)
            await asyncio.gather(*(on.chat.deliver(url, one) for one in asked for url in (*urls, urls[0])))
            for event in asked:
                await on.reply(event)
            await asyncio.sleep(2)
            answers = Counter(len(on.chat.replies(event)) for event in asked)
            calls = len(model.completions) - calls_before
    finally:
        run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')
    met = answers == {1: events} and calls == events
    said = ", ".join(f"{count} with {answered}" for answered, count in sorted(answers.items()))
    print(f"{platform.name}: {events} events, each delivered three times at once to two processes on one PostgreSQL")
    print(f"  events by their answers     {said}; {calls} model calls   must: one each   {_verdict(met)}")
    return met


async def _warm_up(on: Bench, url: str) -> None:
    """Once in every channel: who reads it is then known for a minute, and so is who asks."""
    asked = [await on.chat.asked(number, QUESTION) for number in range(on.chat.channels)]
    await asyncio.gather(*(on.chat.deliver(url, event) for event in asked))
    for event in asked:
        await on.reply(event)


async def _query_seconds(store: Store, reply: Reply) -> float:
    async with store.reading() as session:
        statement = select(QueryAnalytics.execution_time).where(QueryAnalytics.query_id == query_id(reply.question_id))
        return float(await session.scalar(statement) or 0.0)


def _line(name: str, values: list[float], most: Mapping[str, float]) -> bool:
    """Print figures in milliseconds beside what they must be under; whether they are."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    figures = {"median": cuts[49], "p95": cuts[94], "p99": cuts[98], "most": max(values)}
    met = all(figures[figure] < limit for figure, limit in most.items())
    shown = "   ".join(f"{figure} {value:7.1f}" for figure, value in figures.items())
    must = ", ".join(f"{figure} < {limit:g}" for figure, limit in most.items())
    print(f"  {name:<50} {shown} ms   must: {must}   {_verdict(met)}")
    return met


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


async def main() -> int:
    """Measure all of it; 1 when anything that must hold does not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=200)
    options.add_argument("--seconds", type=float, default=10.0, help="over which the events come in")
    options.add_argument("--runs", type=int, default=100, help="questions one after the other")
    options.add_argument("--thrice", type=int, default=20, help="events that are delivered three times; 0: none")
    options.add_argument("--only", choices=[platform.name for platform in PLATFORMS], help="one chat instead of all")
    chosen = options.parse_args()
    met = True
    for platform in PLATFORMS:
        if chosen.only in (None, platform.name):
            met &= await _measured(platform, chosen)
    return 0 if met else 1


async def _measured(platform: Platform, chosen: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
        async with bench(platform, folders[0], "sqlite:///app_data.db") as on:
            met = await acknowledged(on, chosen.events, chosen.seconds)
            met = await posted(on, chosen.runs) and met
        if chosen.thrice:
            met = await delivered_thrice(platform, folders[1], chosen.thrice) and met
    return met


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
