"""How quick Slack's door is: real serving processes over signed HTTP, a local Slack server, a local model.

Prints, each beside what must hold: how long Slack waits for its acknowledgement while events pour in and the model is
slow; how long until somebody sees that work has begun; how long from the model's reply to the posted answer beyond the
query; how many answers an event gets that is delivered three times at once to two processes on one PostgreSQL.

Everything but the serving processes (Slack's side of the line, the model) runs here, on the same machine: the figures
are what is seen from outside.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from sqlalchemy import make_url, select

from adapters.slack.http import PATH
from core.ids import query_id
from core.storage.models import QueryAnalytics
from core.storage.session import Store
from tests.adapters.slack.proxy import Call, Proxy, proxied
from tests.adapters.slack.server import ADA, BOB, BOT, BOT_TOKEN, SIGNING_SECRET, LocalSlack, running
from tests.adapters.slack.whole import event, is_reply, signed
from tests.houses import add_sqlite, make_shop, open_house, settings_for
from tests.local_model import LocalModel
from tests.servers import POSTGRES, run_on_postgres

QUESTION = "How many customers are in Seoul?"
SQL = "SELECT COUNT(*) AS customers FROM customers WHERE id < 500"
SLOW_MODEL_SECONDS = 5.0
CHANNELS = 20
"""Slack lets about one message a second into a channel: what is measured is not that."""

ACKNOWLEDGED_MS, SEEN_MS, POSTED_MS = 100.0, 300.0, 50.0
_NO_LIMIT = 10**9
_START_SECONDS, _STOP_SECONDS = 60.0, 30.0


@dataclass(frozen=True)
class Bench:
    """What the serving processes are put between."""

    directory: Path
    store_url: str
    slack: LocalSlack
    proxy: Proxy
    http: aiohttp.ClientSession
    channels: tuple[str, ...]

    async def deliver(self, url: str, payload: dict[str, Any]) -> float:
        """Deliver an event as Slack does; milliseconds until it is acknowledged."""
        body = json.dumps(payload).encode()
        begun = time.perf_counter()
        async with self.http.post(f"{url}{PATH}", data=body, headers=signed(body)) as answer:
            await answer.read()
        assert answer.status == 200, answer.status
        return (time.perf_counter() - begun) * 1000

    async def asked(self, number: int) -> dict[str, Any]:
        """A mention whose message stands in the local Slack server, so that it can be reacted to."""
        channel = self.channels[number % len(self.channels)]
        who = (ADA, BOB)[number % 2]
        said = {"channel": channel, "user": who, "text": f"<@{BOT}> {QUESTION}"}
        async with self.http.post(f"{self.slack.url}/_control/message", json=said) as answer:
            ts = (await answer.json())["message"]["ts"]
        return event(QUESTION, channel=channel, user=who, ts=ts, event_ts=ts)

    async def reply(self, payload: dict[str, Any], seconds: float = 60.0) -> Call:
        """The call that posted the answer to an event, once it came in."""
        async with asyncio.timeout(seconds):
            while not (found := self.replies(payload)):
                await asyncio.sleep(0.002)
        return found[0]

    def replies(self, payload: dict[str, Any]) -> list[Call]:
        """The calls that posted answers to an event, or put them into the place of what showed the progress."""
        question = payload["event"]
        posted = self.proxy.made("chat.postMessage")
        ours = [call for call in posted if _thread(call) == question["ts"]]
        ids = {_question_id(call) for call in ours if call.arguments["channel"] == question["channel"]} - {None}
        made = posted + self.proxy.made("chat.update")
        return [call for call in made if _question_id(call) in ids and is_reply(call.arguments.get("blocks") or ())]

    def seen_ms(self, payload: dict[str, Any], delivered_at: float) -> float | None:
        """Milliseconds from the delivery of an event until its first visible sign came in."""
        ts = payload["event"]["ts"]
        signs = [call.at for call in self.proxy.calls if ts in (call.arguments.get("timestamp"), _thread(call))]
        return (min(signs) - delivered_at) * 1000 if signs else None


def _thread(call: Call) -> Any:
    visible = ("assistant.threads.setStatus", "chat.postMessage", "chat.startStream")
    return call.arguments.get("thread_ts") if call.method in visible else None


def _question_id(call: Call) -> str | None:
    return ((call.arguments.get("metadata") or {}).get("event_payload") or {}).get("question_id")


@asynccontextmanager
async def bench(directory: Path, store_url: str) -> AsyncIterator[Bench]:
    """A local Slack server with channels enough, a proxy that notes each call, a store with the demo shop in it."""
    shop = make_shop(directory / "shop.db")
    async with open_house(settings_for(directory, store_url)) as built:
        await add_sqlite(built, shop)
    with running(directory, "http://127.0.0.1:9/nobody-listens") as slack:
        async with proxied(slack.url) as proxy, aiohttp.ClientSession() as http:
            channels = [await _channel(http, slack.api_url, number) for number in range(CHANNELS)]
            yield Bench(directory, store_url, slack, proxy, http, tuple(channels))


async def _channel(http: aiohttp.ClientSession, api_url: str, number: int) -> str:
    sent = {"name": f"bench-{number}"}
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with http.post(f"{api_url}conversations.create", json=sent, headers=headers) as answer:
        return str((await answer.json())["channel"]["id"])


@asynccontextmanager
async def served(on: Bench, model: LocalModel) -> AsyncIterator[str]:
    """A serving process of its own, as `colloquery serve` starts it; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    async with _process(on, _environment(on, model, port)) as process:
        async with asyncio.timeout(_START_SECONDS):
            while not await _answers(on.http, url):
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
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": on.proxy.api_url,
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
            # Beside the loop: until it ends it still talks to the proxy here.
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


async def acknowledged(on: Bench, events: int, seconds: float) -> bool:
    """(a) and (b) while events pour in and every model call takes seconds."""
    with LocalModel(SQL, delay=SLOW_MODEL_SECONDS) as model:
        async with served(on, model) as url:
            await _warm_up(on, url)
            payloads = [await on.asked(number) for number in range(events)]
            begun = time.monotonic()

            async def one(number: int, payload: dict[str, Any]) -> tuple[float, float]:
                await asyncio.sleep(begun + number * seconds / events - time.monotonic())
                return time.monotonic(), await on.deliver(url, payload)

            sent = await asyncio.gather(*(one(number, payload) for number, payload in enumerate(payloads)))
            await asyncio.sleep(1)
            seen = [on.seen_ms(payload, at) for payload, (at, _) in zip(payloads, sent, strict=True)]
    times, found = [took for _, took in sent], [one for one in seen if one is not None]
    print(f"{events} events in {seconds:g} s, every model call takes {SLOW_MODEL_SECONDS:g} s")
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
                payload = await on.asked(number)
                delivered_at = time.monotonic()
                await on.deliver(url, payload)
                reply = await on.reply(payload)
                replied_at = model.completions[-1].at
                await asyncio.sleep(0.05)  # until it is stored, and the reaction said so
                seen.append(on.seen_ms(payload, delivered_at) or float("inf"))
                beyond.append((reply.at - replied_at - await _query_seconds(store, reply)) * 1000)
    await store.close()
    print(f"{runs} questions one after the other, the model answers at once")
    met = _line("first visible sign", seen, {"median": SEEN_MS, "p95": SEEN_MS})
    return _line("model's reply to posted answer, beyond the query", beyond, {"median": POSTED_MS}) and met


async def delivered_thrice(directory: Path, events: int) -> bool:
    """(d) each event three times at once, to two processes on one PostgreSQL."""
    name = f"colloquery_bench_{uuid4().hex[:12]}"
    run_on_postgres(f'CREATE DATABASE "{name}"')
    try:
        store_url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        async with bench(directory, store_url) as on, AsyncExitStack() as stack:
            model = stack.enter_context(LocalModel(SQL))
            urls = [await stack.enter_async_context(served(on, model)) for _ in range(2)]
            payloads = [await on.asked(number) for number in range(events)]
            calls_before = len(model.completions)
            await asyncio.gather(*(on.deliver(url, one) for one in payloads for url in (*urls, urls[0])))
            for payload in payloads:
                await on.reply(payload)
            await asyncio.sleep(2)
            answers = Counter(len(on.replies(payload)) for payload in payloads)
            asked = len(model.completions) - calls_before
    finally:
        run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')
    met = answers == {1: events} and asked == events
    said = ", ".join(f"{count} with {answered}" for answered, count in sorted(answers.items()))
    print(f"{events} events, each delivered three times at once to two processes on one PostgreSQL")
    print(f"  events by their answers     {said}; {asked} model calls   must: one each   {_verdict(met)}")
    return met


async def _warm_up(on: Bench, url: str) -> None:
    """Once in every channel: who reads it is then known for a minute, and so is who asks."""
    payloads = [await on.asked(number) for number in range(len(on.channels))]
    await asyncio.gather(*(on.deliver(url, payload) for payload in payloads))
    for payload in payloads:
        await on.reply(payload)


async def _query_seconds(store: Store, reply: Call) -> float:
    question_id = _question_id(reply)
    assert question_id is not None, "every answer of ours carries it"
    async with store.reading() as session:
        statement = select(QueryAnalytics.execution_time).where(QueryAnalytics.query_id == query_id(question_id))
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
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
        async with bench(folders[0], "sqlite:///app_data.db") as on:
            met = await acknowledged(on, chosen.events, chosen.seconds)
            met = await posted(on, chosen.runs) and met
        if chosen.thrice:
            met = await delivered_thrice(folders[1], chosen.thrice) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
