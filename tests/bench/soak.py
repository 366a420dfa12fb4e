"""Whether a process that is asked all it can answer, for an hour, stays as it is: memory, files, threads, tasks.

    python -m tests.bench.soak [--minutes 60] [--store postgresql] [--askers 16]

Each asker is a program with a key of its own that asks over the API, follows the answer to its end, and asks again; a
model on this machine writes the SQL. Prints a line a minute, and at the end the medians of the first and the last
quarter beside each other, the warm-up left out: a sixth of the time, in which pools and caches fill. Exits with 1 when
memory has grown by more than 5 %, or anything else by more than comes and goes with the questions under way.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

from core.ids import new_id
from core.storage.crypto import new_key
from tests.bench.bench_scaling import ask, keys_of
from tests.local_model import LocalModel, Message
from tests.packaging.replicas import Replica, replicas
from tests.servers import POSTGRES, run_on_postgres

EVERY = 10.0
"""Seconds between two looks."""
MEMORY_MAY_GROW = 1.05
OTHERS_MAY_GROW, OR_BY = 1.1, 3
"""They go up and down with the questions under way: what leaks with each of thousands grows by far more."""

_WARM_UP = 1 / 6
_PLENTY = str(10**9)
_SQL = {
    "Seoul": "SELECT COUNT(*) AS customers FROM customers c JOIN cities t ON t.id = c.city_id WHERE t.name = 'Seoul'",
    "Top 5": "SELECT p.name, SUM(i.quantity) AS sold FROM order_items i JOIN products p ON p.id = i.product_id "
    "GROUP BY p.name ORDER BY sold DESC LIMIT 5",
    "by month": "SELECT strftime('%Y-%m', ordered_at) AS month, COUNT(*) AS orders FROM orders GROUP BY 1 ORDER BY 1",
}


@dataclass(frozen=True)
class Look:
    """The process at one moment. Memory in MB."""

    rss: float
    uss: float
    files: int
    threads: int
    tasks: int
    connections: int
    """To the server of the store; 0 on SQLite, where they are among the files."""


@dataclass(frozen=True)
class Soaked:
    """What is looked at, and how."""

    process: psutil.Process
    tasks: Path
    connections: Callable[[], int]
    model: LocalModel

    def look(self) -> Look:
        """As it is now."""
        self.model.calls.clear()  # what it remembers would fill this process
        memory = self.process.memory_full_info()
        return Look(
            memory.rss / 2**20,
            memory.uss / 2**20,
            self.process.num_fds(),
            self.process.num_threads(),
            int(self.tasks.read_text()),
            self.connections(),
        )


async def soak(process: Soaked, serving: Sequence[Replica], keys: Sequence[str], minutes: float) -> list[Look]:
    """Ask for so long, and look every ten seconds. Prints a line a minute."""
    looks: list[Look] = []
    began = time.monotonic()
    asking = asyncio.create_task(ask(serving, keys, minutes * 60))
    while not asking.done():
        await asyncio.wait({asking}, timeout=EVERY)
        looks.append(await asyncio.to_thread(process.look))
        passed = time.monotonic() - began
        if int(passed / 60) > int((passed - EVERY) / 60):
            print(f"{passed / 60:5.1f} min   {_shown(looks[-1])}", flush=True)
    figures = asking.result()
    print(
        f"{figures.rate:.1f} questions per second   median {figures.median:.0f} ms   p95 {figures.p95:.0f} ms   "
        f"the process busy {figures.busy:.0%} of a core, the machine {figures.machine:.0%}"
    )
    return looks[:-1]


def judged(looks: Sequence[Look]) -> bool:
    """Print the first and the last quarter beside each other; whether all that must hold does."""
    kept = looks[int(len(looks) * _WARM_UP) :]
    quarter = max(1, len(kept) // 4)
    first, last = _median(kept[:quarter]), _median(kept[-quarter:])
    met = True
    print(f"{len(kept)} looks after the warm-up, medians of the first and the last {quarter}")
    for field, before, after in zip(fields(Look), astuple(first), astuple(last), strict=True):
        most = before * MEMORY_MAY_GROW
        if field.name not in ("rss", "uss"):
            most = max(before * OTHERS_MAY_GROW, before + OR_BY)
        holds = after <= most
        met &= holds
        grown = after / before - 1 if before else 0.0
        must = f"at most {most:.1f}"
        print(f"  {field.name:<12} {before:8.1f} -> {after:8.1f}   {grown:+6.1%}   must: {must}   {_verdict(holds)}")
    return met


def _median(looks: Sequence[Look]) -> Look:
    return Look(*(statistics.median(column) for column in zip(*map(astuple, looks), strict=True)))


def _shown(look: Look) -> str:
    return (
        f"rss {look.rss:6.1f} MB   uss {look.uss:6.1f} MB   files {look.files:3}   threads {look.threads:3}   "
        f"tasks {look.tasks:3}   connections to the store {look.connections:2}"
    )


def _verdict(holds: bool) -> str:
    return "met" if holds else "MISSED"


def _answer(messages: list[Message]) -> str:
    said = str(messages[-1]["content"])
    return next(sql for words, sql in _SQL.items() if words in said)


@contextmanager
def _store(kind: str, directory: Path) -> Iterator[tuple[str, Callable[[], int]]]:
    """A new store's URL, and what counts the connections to it."""
    if kind == "sqlite":
        yield f"sqlite:///{directory / 'store.db'}", lambda: 0
        return
    name = f"colloquery_soak_{new_id()[:8]}"
    run_on_postgres(f'CREATE DATABASE "{name}"')

    def connections() -> int:
        with psycopg.connect(POSTGRES) as connection:
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone()
        assert found is not None, "a count is a row"
        return int(found[0])

    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False), connections
    finally:
        run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


def main() -> int:
    """Soak; 1 when something grows."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--store", choices=("postgresql", "sqlite"), default="postgresql")
    options.add_argument("--askers", type=int, default=16)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place, LocalModel(_answer) as model:
        directory, secret = Path(place), new_key()
        with _store(chosen.store, directory) as (url, connections):
            settings = {
                "COLLOQUERY_SECRET_KEY": secret,
                "COLLOQUERY_REQUESTS_A_MINUTE": "0",
                "COLLOQUERY_REQUESTS_A_MINUTE_EACH": "0",
                "COLLOQUERY_LOG_LEVEL": "WARNING",
                "OPENAI_API_KEY": model.key,
                "OPENAI_BASE_URL": model.base_url,
                **{f"COLLOQUERY_QUOTA_{window}": _PLENTY for window in ("HOUR", "DAY", "MONTH")},
            }
            tasks = directory / "tasks"
            with replicas(directory, url, 1, ("tests.bench.watched", str(tasks)), **settings) as serving:
                keys = asyncio.run(keys_of(directory, url, secret, chosen.askers))
                print(f"{chosen.store}, {chosen.askers} askers, {chosen.minutes:g} minutes", flush=True)
                process = Soaked(psutil.Process(serving[0].process), tasks, connections, model)
                looks = asyncio.run(soak(process, serving, keys, chosen.minutes))
    return 0 if judged(looks) else 1


if __name__ == "__main__":
    sys.exit(main())
