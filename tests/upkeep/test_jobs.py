"""Jobs: when they run, on one process at a time, and what is noted of it."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import StoreFailed
from core.records import JobEnded
from core.storage.base import utc_now
from core.storage.own_tables import JobRun
from core.storage.session import Store
from core.upkeep.jobs import Job, Runner, When

SEOUL, UTC_ZONE = ZoneInfo("Asia/Seoul"), ZoneInfo("UTC")
NOW = datetime(2026, 6, 30, 18, 15, 30, tzinfo=UTC)  # the first of July, 03:15:30, in Seoul


@pytest.mark.parametrize(
    ("when", "following"),
    [
        (When(seconds=5), NOW + timedelta(seconds=5)),
        (When(minute=0), datetime(2026, 6, 30, 19, tzinfo=UTC)),
        (When(minute=20), datetime(2026, 6, 30, 18, 20, tzinfo=UTC)),
        (When(hour=3, minute=10), datetime(2026, 7, 1, 18, 10, tzinfo=UTC)),
        (When(hour=3, minute=30), datetime(2026, 6, 30, 18, 30, tzinfo=UTC)),
    ],
)
def test_when_a_job_runs_next(when: When, following: datetime) -> None:
    assert when.after(NOW, SEOUL) == following


async def noted(store: Store) -> JobRun | None:
    async with store.reading() as session:
        return await session.get(JobRun, "night")


async def test_one_runner_at_a_time_does_it(store: Store, empty_url: str) -> None:
    other = Store.open(empty_url)
    begun, may_end, runs = asyncio.Event(), asyncio.Event(), 0

    async def work() -> int:
        nonlocal runs
        runs += 1
        begun.set()
        await may_end.wait()
        return 7

    job = Job("night", When(hour=3), work)
    first = asyncio.create_task(Runner(store, UTC_ZONE, utc_now).run(job))
    await begun.wait()
    assert await Runner(other, UTC_ZONE, utc_now).run(job) == JobEnded("elsewhere")
    may_end.set()
    ran = await first
    assert (ran.outcome, ran.count, runs) == ("done", 7, 1)
    await other.close()


async def test_how_it_went_is_noted(sqlite_store: Store) -> None:
    now = NOW

    async def work() -> int:
        nonlocal now
        now += timedelta(seconds=2)
        return 12

    assert (await Runner(sqlite_store, SEOUL, lambda: now).run(Job("night", When(hour=3, minute=10), work))).count == 12
    row = await noted(sqlite_store)
    assert row is not None
    assert (row.started_at, row.count, row.problem) == (NOW, 12, None)
    assert row.next_at == datetime(2026, 7, 1, 18, 10, tzinfo=UTC)


async def test_what_fails_is_noted_and_logged_and_tried_again(sqlite_store: Store, caplog: Any) -> None:
    outcome: list[int | Exception] = [StoreFailed("store.full"), 3]

    async def work() -> int:
        found = outcome.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    runner, job = Runner(sqlite_store, UTC_ZONE, utc_now), Job("night", When(hour=3), work)
    with caplog.at_level(logging.WARNING):
        ran = await runner.run(job)
    assert (ran.outcome, ran.problem) == ("failed", "store.full")
    (record,) = caplog.records
    assert (record.job, record.code) == ("night", "store.full")
    row = await noted(sqlite_store)
    assert row is not None and row.problem == "store.full"
    assert (await runner.run(job)).count == 3
    row = await noted(sqlite_store)
    assert row is not None and row.problem is None


async def test_a_bug_is_no_failure_of_the_store(sqlite_store: Store) -> None:
    async def bug() -> int:
        return 1 // 0

    with pytest.raises(ZeroDivisionError):
        await Runner(sqlite_store, UTC_ZONE, utc_now).run(Job("night", When(hour=3), bug))
    assert (await Runner(sqlite_store, UTC_ZONE, utc_now).run(Job("night", When(hour=3), _nothing))).outcome == "done"


async def test_a_store_that_is_away_fails_the_job_and_nothing_else() -> None:
    away = Store.open("postgresql://nobody@127.0.0.1:9/nothing")
    for in_turn in (True, False):
        ran = await Runner(away, UTC_ZONE, utc_now).run(Job("night", When(hour=3), _reading(away), in_turn=in_turn))
        assert (ran.outcome, ran.problem) == ("failed", "store.unreachable")
    await away.close()


async def test_a_job_that_runs_all_the_time_and_finds_nothing_is_noted_once_a_minute(sqlite_store: Store) -> None:
    now = NOW
    runner = Runner(sqlite_store, UTC_ZONE, lambda: now)
    for _ in range(3):
        await runner.run(Job("night", When(seconds=5), _nothing))
        now += timedelta(seconds=25)
    row = await noted(sqlite_store)
    assert row is not None and row.started_at == NOW
    await runner.run(Job("night", When(seconds=5), _nothing))
    row = await noted(sqlite_store)
    assert row is not None and row.started_at == NOW + timedelta(seconds=75)


async def _nothing() -> int:
    return 0


def _reading(store: Store) -> Any:
    async def work() -> int:
        async with store.reading() as session:
            await session.get(JobRun, "x")
        return 0

    return work
