"""What a second serving process brings: questions per second of one and of two on one PostgreSQL.

    python -m tests.bench.bench_scaling [--seconds 15] [--askers 16]

Each asker is a program with a key of its own that asks over the API, follows the answer to its end, and asks again;
they are spread over the processes in turn. The built-in writer answers from the demo shop. The askers, the server of
the store and the processes share this machine, so that on few cores they take from each other: it prints how busy the
processes were and how busy the whole machine was.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from pydantic import SecretStr
from sqlalchemy import make_url

from core.access import NewKey, NewPerson
from core.ids import new_id
from core.storage.crypto import new_key
from tests.adapters.api.served import OWNER
from tests.houses import open_house, settings_for
from tests.packaging.replicas import Replica, replicas
from tests.servers import POSTGRES, run_on_postgres

QUESTIONS = ("How many customers are in Seoul?", "Top 5 products by sales amount", "Sales amount by month")
REPLY = "event: reply"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: questions answered in a second, milliseconds of each, how busy each process and the machine were."""

    rate: float
    median: float
    p95: float
    busy: float
    machine: float


@contextmanager
def serving_processes(directory: Path, many: int, askers: int) -> Iterator[tuple[list[Replica], list[str]]]:
    """Serving processes on a new database, and a key for each asker."""
    name = f"colloquery_scaling_{new_id()[:8]}"
    run_on_postgres(f'CREATE DATABASE "{name}"')
    url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    secret = new_key()
    settings = {
        "COLLOQUERY_SECRET_KEY": secret,
        "COLLOQUERY_REQUESTS_A_MINUTE": "0",
        "COLLOQUERY_REQUESTS_A_MINUTE_EACH": "0",
        "COLLOQUERY_LOG_LEVEL": "WARNING",
    }
    try:
        with replicas(directory, url, many, **settings) as started:
            yield started, asyncio.run(keys_of(directory, url, secret, askers))
    finally:
        run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


async def keys_of(directory: Path, store_url: str, secret: str, many: int) -> list[str]:
    """Keys of as many people: what one person does is counted one after another."""
    settings = settings_for(directory, store_url, secret_key=SecretStr(secret))
    keys = []
    async with open_house(settings) as built:
        people = built.service.people
        for number in range(many):
            line = await people.add(OWNER, NewPerson(f"asker{number}@example.com", f"Asker {number}"))
            made = await people.make_key(OWNER, NewKey("bench", (("ask", None),)), owner=line.id)
            keys.append(made.key)
    return keys


async def ask(serving: Sequence[Replica], keys: Sequence[str], seconds: float) -> Figures:
    """Ask for so long, each key at one process, and count what was answered."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def asker(number: int) -> None:
        address = f"{serving[number % len(serving)].address}/api/v1"
        headers = {"authorization": f"Bearer {keys[number]}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as http:
            count = 0
            while time.perf_counter() < until:
                begun = time.perf_counter()
                text = QUESTIONS[count % len(QUESTIONS)]
                taken = await http.post("questions", json={"text": text, "session": f"s{number}-{count}"})
                assert taken.status_code == 202, taken.text
                followed = await http.get(f"questions/{taken.json()['question_id']}/events")
                assert REPLY in followed.text and '"ok":true' in followed.text.replace(" ", ""), followed.text
                times.append((time.perf_counter() - begun) * 1000)
                count += 1

    before, begun = _processor_time(serving), time.perf_counter()
    psutil.cpu_percent()  # the next call tells of the time since this one
    await asyncio.gather(*(asker(number) for number in range(len(keys))))
    lasted = time.perf_counter() - begun
    busy = (_processor_time(serving) - before) / lasted / len(serving)
    machine = psutil.cpu_percent() / 100
    return Figures(len(times) / lasted, statistics.median(times), statistics.quantiles(times, n=20)[-1], busy, machine)


def _processor_time(serving: Sequence[Replica]) -> float:
    spent = [psutil.Process(one.process).cpu_times() for one in serving]
    return sum(one.user + one.system for one in spent)


def main() -> None:
    """Measure one process and two, and print both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=15.0)
    options.add_argument("--askers", type=int, default=16)
    chosen = options.parse_args()
    print(f"{os.cpu_count()} cores, {chosen.askers} askers, {chosen.seconds:.0f} s each")
    for many in (1, 2):
        with (
            tempfile.TemporaryDirectory() as place,
            serving_processes(Path(place), many, chosen.askers) as (serving, keys),
        ):
            asyncio.run(ask(serving, keys, 3.0))
            found = asyncio.run(ask(serving, keys, chosen.seconds))
        print(
            f"{many} process{'es' if many > 1 else '  '}: {found.rate:5.1f} questions per second   "
            f"median {found.median:5.0f} ms   p95 {found.p95:5.0f} ms   each busy {found.busy:4.0%} of a core   "
            f"machine busy {found.machine:4.0%}"
        )


if __name__ == "__main__":
    main()
