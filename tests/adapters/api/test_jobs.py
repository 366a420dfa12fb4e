"""Recurring jobs over the API; every answer is held against its description."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from adapters.api import jobs as routes
from adapters.http.settings import HttpSettings
from bot.scheduler import jobs_of
from bot.wiring import House
from core.errors import StoreFailed
from core.locale import say
from core.storage.locks import held
from core.storage.models import AuditLog
from core.storage.own_tables import JobRun
from core.upkeep.handles import every, handles
from core.upkeep.jobs import Job, Runner, When
from tests.adapters.web.conftest import browser, is_refusal, page
from tests.houses import KIM

PATH = "/api/v1/jobs"

Work = Callable[[], Coroutine[Any, Any, int]]


async def listed(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    """All of them, by name."""
    items = (await client.get(PATH, params=query)).json()["items"]
    return {one["name"]: one for one in items}


async def ran(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    answer = await client.post(f"{PATH}/{name}/run")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def with_job(house: House, work: Work) -> None:
    """Let the house have one job, that does this."""
    job = Job("reset_quotas", When(hour=3), work)
    runner = Runner(house.store, house.settings.zone, house.road.clock)
    house.service.jobs = replace(house.service.jobs, handles=handles([job], runner, house.settings.zone))


async def test_every_job_is_listed_in_the_readers_language(client: httpx.AsyncClient, web_house: House) -> None:
    for language, night, often in (
        ("en", "every day at 03:20 (UTC)", "every 5 seconds"),
        ("ko", "매일 03:20 (UTC)", "5초마다"),
    ):
        found = await listed(client, lang=language)
        assert list(found) == [job.name for job in jobs_of(web_house)]
        assert {one["words"] for one in found.values()} == {say(language, f"jobs.name.{name}") for name in found}
        assert (found["delete_events"]["every"], found["seal_audit"]["every"]) == (night, often)
    now = datetime.now(UTC)
    assert all(one["last"] is None and not one["is_overdue"] for one in found.values())
    assert all(datetime.fromisoformat(one["next_at"]) > now for one in found.values())


async def test_one_is_run_by_hand_noted_each_time_and_audited(client: httpx.AsyncClient, web_house: House) -> None:
    done = await ran(client, "sample_metrics")
    assert done["outcome"] == "done" and done["job"]["last"]["count"] >= 3
    assert str(done["job"]["last"]["count"]) in done["text"]
    first = (await ran(client, "delete_events"))["job"]["last"]
    assert (first["count"], first["problem"], first["why"]) == (0, "", "")
    assert first["process"].rpartition(":")[2].isdigit()
    second = (await ran(client, "delete_events"))["job"]["last"]
    assert second["at"] > first["at"]  # although there was nothing to do either time
    assert (await listed(client))["delete_events"]["last"] == second
    async with web_house.store.reading() as session:
        lines = await session.scalars(select(AuditLog).where(AuditLog.action == "job.ran"))
        assert sorted(line.resource_id or "" for line in lines) == ["delete_events", "delete_events", "sample_metrics"]


async def test_running_one_by_hand_leaves_its_next_run(client: httpx.AsyncClient, web_house: House) -> None:
    now = datetime.now(UTC)
    soon, longest = now + timedelta(hours=1), timedelta(days=1)
    async with web_house.store.writing() as session:
        session.add(JobRun(name="delete_events", started_at=now, milliseconds=1, count=1, next_at=soon))
        long_ago = now - timedelta(days=3)
        session.add(JobRun(name="delete_messages", started_at=long_ago, milliseconds=1, count=1, next_at=long_ago))
    assert datetime.fromisoformat((await ran(client, "delete_events"))["job"]["next_at"]) == soon
    late = (await listed(client))["delete_messages"]
    assert late["is_overdue"] and late["last"]["process"] == ""
    assert now < datetime.fromisoformat(late["next_at"]) < now + longest
    after = (await ran(client, "delete_messages"))["job"]
    assert not after["is_overdue"]


async def test_while_another_process_is_at_it_nothing_is_done(client: httpx.AsyncClient, web_house: House) -> None:
    async with held(web_house.store, "job.delete_events") as taken:
        assert taken
        done = await ran(client, "delete_events")
    assert (done["outcome"], done["job"]["last"]) == ("elsewhere", None)
    assert done["text"] == say("en", "jobs.elsewhere")


async def test_what_fails_is_said_and_noted(web_house: House) -> None:
    async def work() -> int:
        raise StoreFailed("store.archive")

    with_job(web_house, work)
    async with browser(page(web_house)) as client:
        done = await ran(client, "reset_quotas")
        assert (done["outcome"], done["problem"]) == ("failed", "store.archive")
        assert done["text"] == done["job"]["last"]["why"] == say("en", "errors.store.archive.text")
        assert (await listed(client))["reset_quotas"] == done["job"]


async def test_what_takes_long_goes_on_by_itself(web_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_PATIENCE", 0.05)
    may_end = asyncio.Event()

    async def work() -> int:
        await may_end.wait()
        return 42

    with_job(web_house, work)
    async with browser(page(web_house)) as client:
        done = await ran(client, "reset_quotas")
        assert (done["outcome"], done["job"]["last"]) == ("under_way", None)
        may_end.set()
        async with asyncio.timeout(20):
            while (found := (await listed(client))["reset_quotas"]["last"]) is None:
                await asyncio.sleep(0.01)
    assert found["count"] == 42


async def test_a_bug_is_in_the_log_though_nobody_waits(
    web_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(routes, "_PATIENCE", 0.05)
    may_end = asyncio.Event()

    async def bug() -> int:
        await may_end.wait()
        return 1 // 0

    with_job(web_house, bug)
    async with browser(page(web_house)) as client:
        assert (await ran(client, "reset_quotas"))["outcome"] == "under_way"
        with caplog.at_level(logging.ERROR):
            may_end.set()
            async with asyncio.timeout(20):
                while not caplog.records:
                    await asyncio.sleep(0.01)
    (record,) = caplog.records
    assert record.exc_info is not None and record.exc_info[0] is ZeroDivisionError


async def test_a_house_that_is_closed_ends_what_was_begun(web_house: House) -> None:
    ended = asyncio.Event()

    async def work() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 0

    with_job(web_house, work)
    desk = web_house.service.jobs
    administrator = HttpSettings().person
    assert (await desk.run(administrator, "reset_quotas", seconds=0.05)).outcome == "under_way"
    await desk.close()
    assert ended.is_set()


async def test_a_job_that_is_not_there(client: httpx.AsyncClient) -> None:
    is_refusal(await client.post(f"{PATH}/delete_everything/run"), 404, "job.unknown")
    is_refusal(await client.post(f"{PATH}/Delete%20everything/run"), 400, "http.malformed")


async def test_for_administrators_alone(web_house: House) -> None:
    async with browser(page(web_house, HttpSettings(person=KIM))) as kim:
        is_refusal(await kim.get(PATH), 403, "people.not_administrator")
        is_refusal(await kim.post(f"{PATH}/delete_events/run"), 403, "people.not_administrator")
    async with web_house.store.reading() as session:
        assert await session.get(JobRun, "delete_events") is None


@pytest.mark.parametrize(
    ("when", "english", "korean"),
    [
        (When(seconds=5), "every 5 seconds", "5초마다"), (When(seconds=60), "every minute", "1분마다"),
        (When(seconds=180), "every 3 minutes", "3분마다"), (When(minute=0), "every hour at :00", "매시 00분"),
        (When(hour=3, minute=5), "every day at 03:05 (Asia/Seoul)", "매일 03:05 (Asia/Seoul)"),
    ],
)  # fmt: skip
def test_when_a_job_runs_in_words(when: When, english: str, korean: str) -> None:
    seoul = ZoneInfo("Asia/Seoul")
    assert (every(when, seoul, "en"), every(when, seoul, "ko")) == (english, korean)
