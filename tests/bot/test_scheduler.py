"""The recurring jobs: registered, run, harmless when run again."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot import scheduler
from core.ask.announce import Announcer
from core.chat import Place, Reply
from core.storage.models import Event, User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store
from core.upkeep.quotas import reset_quotas
from core.usage.token_usage_service import TokenUsageService
from tests.houses import open_house, settings_for
from tests.leases import end_in

NOW = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


async def test_windows_are_opened_once_and_stale_reservations_freed(store: Store) -> None:
    async with store.writing() as session:
        session.add(User(id="u1", email="kim@example.com", password_hash="!", full_name="Kim"))
    tokens = TokenUsageService(store, clock=lambda: NOW)
    await tokens.reserve("u1", "q1", 100)
    assert await reset_quotas(tokens) == 3
    assert await reset_quotas(tokens) == 0

    await end_in(store, TokenReservation, -1)
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
            assert {job.id for job in jobs.get_jobs()} == {one.name for one in scheduler.jobs_of(house)}
            # Of a job that takes longer than its interval the missed runs are one, and no two run at once.
            assert {(job.coalesce, job.max_instances) for job in jobs.get_jobs()} == {(True, 1)}
            jobs.modify_job("reset_quotas", next_run_time=datetime.now(UTC))
            async with asyncio.timeout(10):
                while True:
                    async with house.store.reading() as session:
                        if len((await session.scalars(select(Event))).all()) == 3:
                            break
                    await asyncio.sleep(0.05)
        finally:
            jobs.shutdown(wait=False)


async def test_every_job_says_so_when_the_store_is_away(tmp_path: Path, caplog: Any) -> None:
    announcers = {"memory": Announcer(_nowhere, re.compile(r"\w+"))}
    away = Store.open("postgresql://nobody@127.0.0.1:9/nothing")
    async with open_house(settings_for(tmp_path), announcers=announcers) as house:
        usage = replace(house.road.usage, store=away)
        road = replace(house.road, store=away, usage=usage)
        sender = replace(house.announcements, store=away, usage=usage)
        jobs = scheduler.start(replace(house, store=away, road=road, announcements=sender))
        try:
            # These two hold on to the first store.
            names = {job.id for job in jobs.get_jobs()} - {"recover_questions", "seal_audit"}
            for name in names:
                jobs.modify_job(name, next_run_time=datetime.now(UTC))
            async with asyncio.timeout(10):
                while _failed(caplog) < names:
                    await asyncio.sleep(0.05)
            assert {job.id for job in jobs.get_jobs()} > names
        finally:
            jobs.shutdown(wait=False)
            await away.close()
    assert not [record for record in caplog.records if record.exc_info]


def _failed(caplog: Any) -> set[str]:
    return {record.job for record in caplog.records if record.message == "job failed"}


async def _nowhere(place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
    raise AssertionError("nothing is sent")


async def _bug() -> int:
    return 1 // 0
