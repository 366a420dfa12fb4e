"""The recurring jobs: registered, run, harmless when run again."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import scheduler
from core.errors import StoreFailed
from core.storage.models import Event, User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store
from core.upkeep import reset_quotas
from core.usage.token_usage_service import TokenUsageService
from tests.houses import open_house, settings_for

NOW = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


async def test_windows_are_opened_once_and_stale_reservations_freed(store: Store) -> None:
    async with store.writing() as session:
        session.add(User(id="u1", email="kim@example.com", password_hash="!", full_name="Kim"))
    tokens = TokenUsageService(store, clock=lambda: NOW)
    await tokens.reserve("u1", "q1", 100)
    assert await reset_quotas(tokens) == 3
    assert await reset_quotas(tokens) == 0

    later = TokenUsageService(store, clock=lambda: NOW + timedelta(minutes=30))
    assert await reset_quotas(later) == 3  # midnight, and the first of the month
    async with store.reading() as session:
        assert (await session.scalars(select(TokenReservation))).all() == []
        opened = [event.event_data["window"] for event in await session.scalars(select(Event)) if event.event_data]
    assert sorted(opened) == ["day", "day", "hour", "hour", "month", "month"]


async def test_the_schedule_has_its_jobs_and_they_run(tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        jobs = scheduler.start(house)
        try:
            assert {job.id for job in jobs.get_jobs()} == {"reset_quotas", "recover_questions"}
            jobs.modify_job("reset_quotas", next_run_time=datetime.now(UTC))
            async with asyncio.timeout(10):
                while True:
                    async with house.store.reading() as session:
                        if len((await session.scalars(select(Event))).all()) == 3:
                            break
                    await asyncio.sleep(0.05)
        finally:
            jobs.shutdown(wait=False)


async def test_a_store_that_is_away_does_not_end_the_schedule(caplog: Any) -> None:
    async def away() -> int:
        raise StoreFailed("store.unreachable")

    with caplog.at_level(logging.WARNING):
        await scheduler._job("some job", away)()
    (record,) = caplog.records
    assert (record.job, record.code) == ("some job", "store.unreachable")
    with pytest.raises(ZeroDivisionError):
        await scheduler._job("a bug", _bug)()


async def _bug() -> int:
    return 1 // 0
