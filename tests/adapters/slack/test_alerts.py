"""From real questions to the channel: the cost passes a threshold, somebody is stopped and can go on."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot import scheduler
from bot.wiring import House
from core.chat import Place, Reply
from core.figures import AlertRules, Recipient
from core.storage.base import utc_now
from core.storage.own_tables import OutboxItem
from core.upkeep.alerts import watch_alerts
from core.usage.analytics_service import AnalyticsService
from tests.adapters.slack.payloads import message_problems
from tests.adapters.slack.people import until
from tests.adapters.slack.proxy import CUT_AFTER, Proxy
from tests.adapters.slack.server import BOT, DIRECT, GENERAL, LocalSlack
from tests.adapters.slack.whole import answer, over_a_socket
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop
from tests.leases import end_in
from tests.local_model import LocalModel, Turn

pytestmark = pytest.mark.usefixtures("fast")

COUNT = "How many customers do we have?"
HARD = "Which customers remind you of a summer afternoon?"
RULES = AlertRules((Decimal("0.001"), Decimal(5)), to=(Recipient("slack", "", GENERAL),))


@pytest.fixture(scope="session")
def a_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("alerts") / "shop.db")


@pytest.fixture
def model() -> Iterator[LocalModel]:
    """500 tokens to it and 20 from it: 0.00145 US dollars by the prices of gpt-4o."""
    with LocalModel(Turn(text="SELECT COUNT(*) AS n FROM customers", usage=(500, 20))) as model:
        yield model


def settings(model: LocalModel, **changes: Any) -> dict[str, Any]:
    return {
        "openai_api_key": SecretStr(model.key),
        "openai_base_url": model.base_url,
        "openai_model": "gpt-4o",
        "language": "ko",
        **changes,
    }


@pytest.fixture
async def replicas(
    proxy: Proxy, model: LocalModel, a_shop: Path, tmp_path: Path, empty_postgres: str
) -> AsyncIterator[tuple[House, House]]:
    """Two houses over one store, both behind Slack."""
    given = settings(model, database_url=empty_postgres)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(over_a_socket(proxy.api_url, tmp_path, **given))
        second = await stack.enter_async_context(over_a_socket(proxy.api_url, tmp_path, **given))
        await add_sqlite(first, a_shop)
        yield first, second


async def watched(*houses: House) -> int:
    looks = (watch_alerts(AnalyticsService(house.store, house.road.usage)) for house in houses for _ in range(2))
    return sum(await asyncio.gather(*looks))


async def sent(*houses: House) -> int:
    return sum(await asyncio.gather(*(house.announcements.send_due() for house in houses for _ in range(2))))


def notices(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of our messages that answer no question."""
    return [
        one
        for one in messages
        if any(str(block.get("block_id", "")).startswith("cq_notice_") for block in one.get("blocks") or ())
    ]


async def test_a_threshold_that_questions_pass_is_told_once_in_the_configured_language(
    replicas: tuple[House, House], slack: LocalSlack, proxy: Proxy
) -> None:
    await replicas[0].service.usage.set_alerts(ADMINISTRATOR, RULES)
    assert await watched(*replicas) == 0
    asked = await slack.say(GENERAL, f"<@{BOT}> {COUNT}")
    await answer(slack, GENERAL, asked)
    # The post arrives, and its answer is lost.
    proxy.play("chat.postMessage", CUT_AFTER)
    assert await watched(*replicas) == 1
    assert await sent(*replicas) == 1
    for _ in range(2):
        asked = await slack.say(GENERAL, f"<@{BOT}> {COUNT} Again")
        await answer(slack, GENERAL, asked)
        assert (await watched(*replicas), await sent(*replicas)) == (0, 0)
    (told,) = notices(await slack.messages(GENERAL, ours=True))
    assert message_problems(told["text"], told["blocks"]) == []
    assert "thread_ts" not in told
    assert "비용이 US$0.001를 넘었습니다" in told["blocks"][0]["text"]["text"]
    shown = json.dumps(told["blocks"], ensure_ascii=False)
    assert "US$0.0014" in shown or "US$0.0015" in shown  # 0.00145
    assert "이번 달 경과" in shown


async def test_whoever_was_stopped_in_a_channel_is_told_once_in_a_direct_message(
    proxy: Proxy, slack: LocalSlack, model: LocalModel, a_shop: Path, tmp_path: Path
) -> None:
    given = settings(model, quota_hour=600, quota_day=10_000)
    async with over_a_socket(proxy.api_url, tmp_path, **given) as house:
        await add_sqlite(house, a_shop)
        for text in (COUNT, HARD, f"{HARD} Really?"):
            asked = await slack.say(GENERAL, f"<@{BOT}> {text}")
            await answer(slack, GENERAL, asked)
        assert await sent(house) == 0
        async with house.store.reading() as session:
            due = (await session.scalars(select(OutboxItem.due_at))).one()
        after = replace(
            house.announcements,
            clock=lambda: due + timedelta(seconds=1),
            usage=replace(house.road.usage, clock=lambda: due + timedelta(seconds=1)),
        )
        assert [await after.send_due() for _ in range(2)] == [1, 0]
    (told,) = notices(await slack.messages(DIRECT, ours=True))
    assert message_problems(told["text"], told["blocks"]) == []
    # Ada's own language, not the channel's.
    assert told["blocks"][0]["text"]["text"] == "You can go on asking"
    assert HARD in json.dumps(told["blocks"])
    assert notices(await slack.messages(GENERAL, ours=True)) == []


async def test_a_sender_that_is_killed_after_the_post_leaves_one_message(
    replicas: tuple[House, House], slack: LocalSlack
) -> None:
    first, second = replicas
    await first.service.usage.set_alerts(ADMINISTRATOR, RULES)
    await answer(slack, GENERAL, await slack.say(GENERAL, f"<@{BOT}> {COUNT}"))
    await watched(first)
    posted = asyncio.Event()

    async def posts_and_hangs(place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
        await first.announcements.announcers["slack"].announce(place, reply, since=since, again=again)
        posted.set()
        await asyncio.Event().wait()

    hanging = {"slack": replace(first.announcements.announcers["slack"], announce=posts_and_hangs)}
    sending = asyncio.create_task(replace(first.announcements, announcers=hanging).send_due())
    await posted.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert await sent(second) == 0  # the lease of the dead one holds
    await end_in(second.store, OutboxItem, -1)
    assert await sent(second) == 1
    assert len(notices(await slack.messages(GENERAL, ours=True))) == 1


async def test_the_schedules_of_two_processes_tell_once(replicas: tuple[House, House], slack: LocalSlack) -> None:
    await replicas[0].service.usage.set_alerts(ADMINISTRATOR, RULES)
    await answer(slack, GENERAL, await slack.say(GENERAL, f"<@{BOT}> {COUNT}"))
    schedules = [scheduler.start(house) for house in replicas]

    async def told() -> bool:
        for jobs in schedules:
            jobs.modify_job("send_announcements", next_run_time=utc_now())
        await asyncio.sleep(0.1)
        return bool(notices(await slack.messages(GENERAL, ours=True)))

    try:
        for jobs in schedules:
            jobs.modify_job("watch_alerts", next_run_time=utc_now())
        await until(told)
        await told()
    finally:
        for jobs in schedules:
            jobs.shutdown(wait=False)
    assert len(notices(await slack.messages(GENERAL, ours=True))) == 1
