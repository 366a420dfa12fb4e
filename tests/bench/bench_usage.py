"""What figures cost on a store that is full: 1,000,000 questions of 2,000 people over twelve months.

    python -m tests.bench.bench_usage [--stores sqlite postgresql] [--rows 1000000]

On SQLite and PostgreSQL, beside the aims: a look at somebody's limits and the setting aside of tokens, a person's own
figures, the dashboard of a whole month; beside them the same on a store that holds the last tenth of the rows, which
shows that figures cost by the days they look at. Exits with 1 when an aim is missed. PostgreSQL is where
COLLOQUERY_TEST_POSTGRES_URL says.
"""

import argparse
import asyncio
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from core.storage.migrate import upgrade
from core.storage.session import Store
from core.usage.analytics_service import AnalyticsService
from core.usage.calendar import slot_of
from core.usage.details import Kind, question_number
from core.usage.token_usage_service import TokenUsageService
from tests.bench import quota
from tests.servers import POSTGRES, run_on_postgres

PEOPLE = 2_000
ZONE = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 12, 31, 23, 30, tzinfo=ZONE).astimezone(UTC)
"""The end of a month of 31 days: the longest window there is."""

AIM_MINE_MS = 30.0
AIM_DASHBOARD_MS = 300.0

_AIMS: dict[str, float | None] = {
    "limits, a look": None,
    "limits, look and set aside": quota.AIM_MS,
    "mine": AIM_MINE_MS,
    "mine, heaviest": AIM_MINE_MS,
    "dashboard, week": None,
    "dashboard, month": AIM_DASHBOARD_MS,
    "dashboard, quarter": None,
}

_MODELS = (("gpt-4o-mini", "model", 0.45), ("gpt-4o", "model", 0.1), ("built-in", "built_in", 0.3),
           ("template", "template", 0.15))  # fmt: skip
_ERRORS = ("query.failed", "guard.refused", "writer.beyond", "quota.hour")
_BUSY = (1, 0, 0, 0, 0, 1, 2, 6, 20, 30, 28, 22, 12, 24, 30, 28, 22, 16, 8, 4, 3, 2, 2, 1)
"""How busy each hour of a working day is; a weekend's is a tenth."""

Rows = list[tuple[int, str, str, int, int, int, int, int, int]]


def main() -> None:
    """Measure, print, and say by the exit code whether every aim is met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stores", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=9)
    chosen = options.parse_args()
    people, kinds, rows = _invent(chosen.rows)
    print(f"{len(rows):,} questions of {len(people):,} people over 12 months, {len(kinds):,} kinds")
    met = [asyncio.run(_measure(store, people, kinds, rows, chosen.runs)) for store in chosen.stores]
    load = os.getloadavg()
    print(
        f"{os.cpu_count()} processors; processes that wanted one at the end: {load[0]:.1f} (5 minutes: {load[1]:.1f})"
    )
    sys.exit(0 if all(met) else 1)


async def _measure(kind: str, people: list[str], kinds: dict[int, Kind], rows: Rows, runs: int) -> bool:
    print(kind)
    figures: dict[str, dict[str, float]] = {}
    for name, part in (("whole", rows), ("tenth", rows[-len(rows) // 10 :])):
        async with _full(kind, people, kinds, part) as store:
            figures[name] = await _figures(store, people, part, runs)
    whole, tenth = figures["whole"], figures["tenth"]
    met = []
    for what, aim in _AIMS.items():
        met.append(aim is None or whole[what] <= aim)
        verdict = "" if aim is None else f"aim {aim:6.1f} ms  {'met' if met[-1] else 'MISSED'}"
        print(f"  {what:26} {whole[what]:8.2f} ms   {tenth[what]:8.2f} ms with {len(rows) // 10:,} rows   {verdict}")
    return all(met)


async def _figures(store: Store, people: list[str], rows: Rows, runs: int) -> dict[str, float]:
    """Medians in milliseconds."""
    tokens = TokenUsageService(store, zone=ZONE, clock=lambda: NOW)
    service = AnalyticsService(store, tokens)
    draw = random.Random(5)
    seen = await quota.measure(tokens, people)
    return {
        "limits, a look": seen.check.median,
        "limits, look and set aside": seen.reserve.median,
        "mine": await _median(lambda: service.person(draw.choice(people)), runs * 5),
        "mine, heaviest": await _median(lambda: service.person(people[0]), runs),
        "dashboard, month": await _median(lambda: service.dashboard("month"), runs),
        "dashboard, week": await _median(lambda: service.dashboard("week"), runs),
        "dashboard, quarter": await _median(lambda: service.dashboard("quarter"), 3),
    }


async def _median(work: Callable[[], Awaitable[object]], runs: int, rounds: int = 3) -> float:
    """Of each round, the median; of the rounds, the best: the others say what else the machine was busy with."""
    medians = []
    for _ in range(rounds):
        await work()
        times = []
        for _ in range(runs):
            begun = time.perf_counter()
            await work()
            times.append((time.perf_counter() - begun) * 1000)
        medians.append(statistics.median(times))
    return min(medians)


def _invent(count: int) -> tuple[list[str], dict[int, Kind], Rows]:
    """People, kinds, and rows of `question_details` in order of time. A few people ask much, most of them little."""
    draw = random.Random(1)
    people = [_uuid(draw) for _ in range(PEOPLE)]
    asking = list(accumulate(1 / (rank + 5) for rank in range(PEOPLE)))
    connections = [(_uuid(draw), f"database {number}") for number in range(8)]
    topics = [(*draw.choice(connections), f"table_{number}") for number in range(120)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(topics))))
    models = list(accumulate(share for *_, share in _MODELS))
    questions = [question_number(f"question {number}") for number in range(200_000)]
    popular = list(accumulate(1 / (rank + 50) for rank in range(len(questions))))
    slots = list(_slots(draw, count))
    chosen = zip(
        slots,
        draw.choices(people, cum_weights=asking, k=count),
        draw.choices(topics, cum_weights=weights, k=count),
        draw.choices(_MODELS, cum_weights=models, k=count),
        draw.choices(questions, cum_weights=popular, k=count),
        strict=True,
    )
    kinds: dict[tuple[object, ...], int] = {}
    known: dict[int, Kind] = {}
    rows: Rows = []
    for slot, person, topic, (model, writer, _), question in chosen:
        error = draw.choice(_ERRORS) if draw.random() < 0.07 else None
        calls = 2 if writer == "model" and draw.random() < 0.1 else 1
        key = (topic, model, calls, error)
        if key not in kinds:
            kind = Kind(topic[0], topic[1], topic[2], model, writer, calls, error)
            kinds[key] = kind.id
            known[kind.id] = kind
        tokens = int(draw.lognormvariate(6.2, 0.35)) * calls if writer == "model" else 0
        nano = tokens * (3_000 if model == "gpt-4o" else 180)
        milliseconds = int(draw.lognormvariate(4, 1))
        rows.append(
            (slot, _uuid(draw), person, kinds[key], question, int(error is not None), milliseconds, tokens, nano)
        )
    return people, known, rows


def _slots(draw: random.Random, count: int) -> Iterator[int]:
    """When questions are asked, in order: in working hours mostly."""
    last = slot_of(NOW)
    first = slot_of(NOW - timedelta(days=365))
    weights = []
    for slot in range(first, last + 1):
        local = datetime.fromtimestamp(slot * 900, ZONE)
        weights.append(_BUSY[local.hour] * (1.0 if local.weekday() < 5 else 0.1) + 0.01)
    yield from sorted(draw.choices(range(first, last + 1), weights, k=count))


def _uuid(draw: random.Random) -> str:
    return str(UUID(int=draw.getrandbits(128)))


@asynccontextmanager
async def _full(kind: str, people: list[str], kinds: dict[int, Kind], rows: Rows) -> AsyncIterator[Store]:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            url = f"sqlite:///{Path(folder) / 'store.db'}"
        else:
            name = f"colloquery_bench_{uuid4().hex[:12]}"
            run_on_postgres(f'CREATE DATABASE "{name}"')
            url = POSTGRES.rsplit("/", 1)[0] + f"/{name}"
        try:
            await upgrade(url)
            (_fill_sqlite if kind == "sqlite" else _fill_postgres)(url, people, kinds, rows)
            print(f"  ({len(rows):,} rows written in {time.perf_counter() - begun:.0f} s)")
            store = Store.open(url)
            yield store
            await store.close()
        finally:
            if kind != "sqlite":
                run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


_PERSON = ("id", "email", "password_hash", "full_name", "role", "is_active", "created_at", "token_usage")
_KIND = ("id", *Kind.__slots__)
_DETAIL = ("slot", "id", "user_id", "kind_id", "question", "failed", "milliseconds", "total_tokens", "nanodollars")

# What the road would have written beside each row, of the length that it has there.
_ANALYTICS = (
    "INSERT INTO query_analytics (id, query_id, user_id, question, sql_query, execution_time, row_count, success,"
    " error_message, prompt_tokens, completion_tokens, total_tokens, llm_model, llm_cost_estimate, timestamp,"
    " created_at) SELECT d.id, d.id, d.user_id, 'How many customers are there in Seoul? ' || d.question,"
    " 'SELECT COUNT(*) AS customers FROM customers WHERE city = ''Seoul'' AND signed_up >= ''2026-01-01'' LIMIT 1000',"
    " d.milliseconds / 1000.0, 1, k.error IS NULL, k.error, d.total_tokens * 9 / 10, d.total_tokens / 10,"
    " d.total_tokens, k.llm_model, d.nanodollars / 1e9, {at}, {at}"
    " FROM question_details d JOIN question_kinds k ON k.id = d.kind_id ORDER BY d.slot"
)


def _people_rows(people: list[str]) -> list[tuple[object, ...]]:
    return [
        (one, f"person{number}@example.com", "!", f"Person {number}", "viewer", True, "2025-12-01 00:00:00", 0)
        for number, one in enumerate(people)
    ]


def _kind_rows(kinds: dict[int, Kind]) -> list[tuple[object, ...]]:
    return [(number, *(getattr(kind, name) for name in Kind.__slots__)) for number, kind in kinds.items()]


def _fill_sqlite(url: str, people: list[str], kinds: dict[int, Kind], rows: Rows) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        connection.execute("BEGIN")
        for table, names, values in (
            ("users", _PERSON, _people_rows(people)),
            ("question_kinds", _KIND, _kind_rows(kinds)),
            ("question_details", _DETAIL, rows),
        ):
            marks = ", ".join("?" * len(names))
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", values)
        connection.execute(_ANALYTICS.format(at="strftime('%Y-%m-%d %H:%M:%S.000000', d.slot * 900, 'unixepoch')"))
        connection.execute("COMMIT")


def _fill_postgres(url: str, people: list[str], kinds: dict[int, Kind], rows: Rows) -> None:
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for table, names, values in (
            ("users", _PERSON, _people_rows(people)),
            ("question_kinds", _KIND, _kind_rows(kinds)),
            ("question_details", _DETAIL, rows),
        ):
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as copy:
                for row in values:
                    copy.write_row(row)
        at = "to_timestamp(d.slot * 900) AT TIME ZONE 'UTC'"
        cursor.execute(_ANALYTICS.format(at=at).encode())
        # What its own upkeep does within the minute.
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
