"""Deleting half of many events, while somebody else writes: how long do they wait, and does memory stay flat?

    python -m tests.bench.bench_deleting [--events 10000000] [--store sqlite|postgresql|both] [--minutes 120]

Beside each other, on two copies of one store: the deletion as the job does it, in batches, and a naive single DELETE.
The writer and each deletion are processes of their own, and what the writer waited is counted from the moment a
deletion begins until its first write after the end. 10,000,000 on SQLite is what the aim speaks of. A deletion that
takes more than so many minutes is ended, and what it deleted by then is told.

A third process writes a file of its own to the same disk, again and again, and has nothing to do with the store: when
it waits as well, what was waited for is the disk and not the deletion's lock.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
from sqlalchemy import CursorResult, delete, func, make_url, select, text

from core.errors import StoreFailed
from core.storage.migrate import upgrade
from core.storage.models import Event
from core.storage.session import Store
from core.upkeep.archive import Archive
from core.upkeep.retention import delete_events
from tests.servers import POSTGRES, run_on_postgres

WAIT_MS, GROWTH_MB = 100.0, 64.0
NOW = datetime(2026, 6, 30, tzinfo=UTC)
KEPT = timedelta(days=30)
_ROWS = 50_000
_ALONE_SECONDS = 5.0
_DATA = json.dumps({"question_id": str(uuid4()), "code": None, "calls": 1}, separators=(",", ":"))

WRITER = """
import asyncio, sys, time
from core.errors import StoreFailed
from core.ids import new_id
from core.storage.models import Event
from core.storage.session import Store

async def add(store):
    async with store.writing() as session:
        session.add(Event(id=new_id(), event_type="bench"))

async def write(url):
    store = Store.open(url)
    while True:
        begun = time.perf_counter()
        while True:
            try:
                await add(store)
                break
            except StoreFailed as failure:
                if failure.code != "store.busy":
                    raise
        print(begun, time.perf_counter() - begun, flush=True)
        await asyncio.sleep(0.005)

asyncio.run(write(sys.argv[1]))
"""

DISK = """
import os, sys, tempfile, time

with tempfile.TemporaryFile(dir=sys.argv[1]) as file:
    while True:
        begun = time.perf_counter()
        os.pwrite(file.fileno(), b"x" * 4096, 0)
        os.fsync(file.fileno())
        print(begun, time.perf_counter() - begun, flush=True)
        time.sleep(0.005)
"""


async def batched(store: Store) -> int:
    """As the job does it."""
    return await delete_events(store, NOW, Archive())


async def naive(store: Store) -> int:
    """All at once."""
    async with store.writing() as session:
        done = await session.execute(delete(Event).where(Event.timestamp < NOW - KEPT))
        return cast("CursorResult[Any]", done).rowcount


WAYS = {"batched": batched, "naive": naive}


def fill_sqlite(path: Path, events: int) -> None:
    """Half of the events are older than `KEPT`; their ids are random, as they are in life."""
    with closing(sqlite3.connect(path)) as file:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4000000"):
            file.execute(f"PRAGMA {pragma}")
        for start in range(0, events, _ROWS):
            file.executemany(
                "INSERT INTO events (id, event_type, event_data, timestamp) VALUES (?, ?, ?, ?)",
                [
                    (str(uuid4()), "question.answered", _DATA, _at(start + n, events).isoformat(" "))
                    for n in range(min(_ROWS, events - start))
                ],
            )
            file.commit()


def fill_postgresql(url: str, events: int) -> None:
    """The same on PostgreSQL."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "INSERT INTO events (id, event_type, event_data, timestamp)"
            " SELECT gen_random_uuid()::text, 'question.answered', %s::json, %s::timestamptz + n * %s::interval / %s"
            " FROM generate_series(0, %s - 1) AS n",
            (_DATA, _at(0, events), 2 * KEPT, events, events),
        )
        server.execute("VACUUM ANALYZE events")


def _at(number: int, events: int) -> datetime:
    return NOW - 2 * KEPT * (1 - number / events)


@dataclass(frozen=True)
class Wait:
    """One write of another process: when it began, on a clock that all processes share, and how long it took."""

    begun: float
    seconds: float

    def shared(self, others: list["Wait"]) -> float:
        """Seconds of it in which one of the others waited, too."""
        end = self.begun + self.seconds
        return max((min(end, one.begun + one.seconds) - max(self.begun, one.begun) for one in others), default=0.0)


class Waits:
    """What another process waited for its writes, as it tells."""

    def __init__(self) -> None:
        self.all: list[Wait] = []

    async def listen(self, told: asyncio.StreamReader) -> None:
        """Until it ends."""
        async for line in told:
            begun, seconds = line.split()
            self.all.append(Wait(float(begun), float(seconds)))

    async def further(self, count: int) -> None:
        """Until so many more have come."""
        wanted = len(self.all) + count
        while len(self.all) < wanted:
            await asyncio.sleep(0.005)

    def since(self, moment: float) -> list[Wait]:
        """Those that ended after a moment."""
        return [wait for wait in self.all if wait.begun + wait.seconds > moment]


def figures(waits: list[Wait]) -> str:
    """In words."""
    all_ms = sorted(wait.seconds * 1000 for wait in waits)
    return (
        f"median {statistics.median(all_ms):,.1f} ms, p99 {all_ms[int(len(all_ms) * 0.99)]:,.1f} ms,"
        f" at most {all_ms[-1]:,.1f} ms in {len(all_ms):,} writes, {len(late(waits)):,} over {WAIT_MS:.0f} ms"
    )


def late(waits: list[Wait]) -> list[Wait]:
    """Those that took too long."""
    return [wait for wait in waits if wait.seconds * 1000 > WAIT_MS]


@asynccontextmanager
async def waits_of(program: str, argument: str) -> AsyncIterator[Waits]:
    """A process that writes again and again."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, argument, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    waits = Waits()
    listening = asyncio.create_task(waits.listen(writer.stdout))
    try:
        await waits.further(20)
        yield waits
    finally:
        writer.kill()
        await writer.wait()
        await listening


async def compare(way: str, url: str, events: int, minutes: int) -> None:
    """Delete in one way, and say what it cost the writer."""
    folder = str(Path(make_url(url).database or "").parent) if url.startswith("sqlite") else tempfile.gettempdir()
    async with waits_of(WRITER, url) as writer, waits_of(DISK, folder) as disk:
        if way == "batched":
            start = time.perf_counter()
            await asyncio.sleep(_ALONE_SECONDS)
            print(f"  nobody deletes: others wait {figures(writer.since(start))}")
            print(f"  nobody deletes: another file, {figures(disk.since(start))}", flush=True)
        deleting = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.bench_deleting", "--delete", way, url, "--minutes", str(minutes),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert deleting.stdout is not None
        assert await deleting.stdout.readline() == b"begins\n"
        start = time.perf_counter()
        told, _ = await deleting.communicate()
        assert deleting.returncode == 0
        await writer.further(2)
        await disk.further(2)
        done = json.loads(told)
    waits, others = writer.since(start), disk.since(start)
    count = events // 2 - await remaining(url)
    rate = count / done["seconds"]
    print(f"  {way}: deleted {count:,} of {events // 2:,} in {done['seconds']:,.1f} s ({rate:,.0f}/s)")
    print(f"  {way}: others waited {figures(waits)} (aim: at most {WAIT_MS:.0f} ms)")
    print(f"  {way}: another file, {figures(others)}")
    beyond = sorted((wait.seconds - wait.shared(others)) * 1000 for wait in late(waits))
    if beyond:
        print(
            f"  {way}: of the {len(beyond):,} over {WAIT_MS:.0f} ms, {sum(ms > WAIT_MS for ms in beyond):,} are so"
            f" without what the other file waited meanwhile; the longest then {beyond[-1]:,.1f} ms"
        )
    print(
        f"  {way}: peak of its memory {done['before']:.1f} MB before, {done['after']:.1f} MB after"
        f" (aim: below {GROWTH_MB:.0f} MB more)",
        flush=True,
    )


async def remaining(url: str) -> int:
    """How many are still to be deleted."""
    store = Store.open(url)
    async with store.reading() as session:
        count = await session.scalar(select(func.count()).where(Event.timestamp < NOW - KEPT))
    await store.close()
    return count or 0


async def delete_once(way: str, url: str, minutes: int) -> None:
    """Be one deletion: says that it begins, then its figures as JSON."""
    store = Store.open(url)
    async with store.reading() as session:
        await session.execute(text("SELECT 1"))
    print("begins", flush=True)
    before, begun = _peak(), time.perf_counter()
    try:
        async with asyncio.timeout(minutes * 60):
            await WAYS[way](store)
    except TimeoutError:
        pass  # it is told how many are left
    except StoreFailed as failure:
        sys.exit(f"{failure.code}: {failure.details}")
    print(json.dumps({"seconds": time.perf_counter() - begun, "before": before, "after": _peak()}))
    await store.close()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show_whole(path: Path) -> None:
    """Whether what is left is in order."""
    with closing(sqlite3.connect(path)) as file:
        print(f"  {path.stem}: what is left is {file.execute('PRAGMA integrity_check(1)').fetchone()[0]}", flush=True)


def show_plan(path: Path) -> None:
    """How SQLite finds a batch."""
    wanted = select(Event.id).where(Event.timestamp < NOW - KEPT).limit(1)
    with closing(sqlite3.connect(path)) as file:
        plan = file.execute(f"EXPLAIN QUERY PLAN {wanted}", (NOW.isoformat(" "), 1)).fetchall()
    print(f"  a batch is found by: {'; '.join(row[3] for row in plan)}", flush=True)


@contextmanager
def sqlite_copies(events: int) -> Iterator[dict[str, str]]:
    """A store for each way."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {way: Path(folder) / f"{way}.db" for way in WAYS}
        first, *others = paths.values()
        asyncio.run(upgrade(f"sqlite:///{first}"))
        # Not here: what it takes would count as memory of ours.
        subprocess.run([sys.executable, "-m", "tests.bench.bench_deleting", "--fill", first, str(events)], check=True)
        show_plan(first)
        for other in others:
            shutil.copy(first, other)
        os.sync()  # what the filling left to be written shall not be waited for by others
        yield {way: f"sqlite:///{path}" for way, path in paths.items()}
        for path in paths.values():
            show_whole(path)


@contextmanager
def postgresql_copies(events: int) -> Iterator[dict[str, str]]:
    """The same on PostgreSQL."""
    names = {way: f"colloquery_deleting_{uuid4().hex[:8]}" for way in WAYS}
    first, *others = names.values()
    urls = {way: make_url(POSTGRES).set(database=name).render_as_string(False) for way, name in names.items()}
    run_on_postgres(f"CREATE DATABASE {first}")
    try:
        asyncio.run(upgrade(next(iter(urls.values()))))
        fill_postgresql(next(iter(urls.values())), events)
        for other in others:
            run_on_postgres(f"CREATE DATABASE {other} TEMPLATE {first}")
        yield urls
    finally:
        for name in names.values():
            run_on_postgres(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


STORES = {"sqlite": sqlite_copies, "postgresql": postgresql_copies}


def main() -> None:
    """Compare the ways, or be one deletion or the filling of a store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--store", choices=[*STORES, "both"], default="sqlite")
    parser.add_argument("--minutes", type=int, default=120)
    parser.add_argument("--delete", nargs=2, metavar=("WAY", "URL"))
    parser.add_argument("--fill", nargs=2, metavar=("FILE", "EVENTS"))
    wanted = parser.parse_args()
    if wanted.delete:
        way, url = wanted.delete
        asyncio.run(delete_once(way, url, wanted.minutes))
    elif wanted.fill:
        fill_sqlite(Path(wanted.fill[0]), int(wanted.fill[1]))
    else:
        for name, copies in STORES.items():
            if wanted.store in (name, "both"):
                print(f"{name}, {wanted.events:,} events, half of them over", flush=True)
                with copies(wanted.events) as urls:
                    for way, url in urls.items():
                        asyncio.run(compare(way, url, wanted.events, wanted.minutes))


if __name__ == "__main__":
    main()
