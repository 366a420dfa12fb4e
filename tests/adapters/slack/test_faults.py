"""Slack's door on bad days: the whole house, the local Slack server, and between them what goes wrong."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, select, update

from adapters.slack import door, progress
from bot.wiring import House
from core.errors import BadSetting
from core.locale import error_words
from core.storage.own_tables import InboxItem
from tests.adapters.slack.people import until
from tests.adapters.slack.proxy import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    TOKEN_REVOKED,
    Fault,
    Proxy,
    refused,
    told_to_wait,
)
from tests.adapters.slack.server import ADA, APP_TOKEN, BOT, BOT_TOKEN, DIRECT, GENERAL, LocalSlack
from tests.adapters.slack.whole import (
    Json,
    answer,
    button,
    event,
    is_reply,
    logged_as_served,
    over_a_socket,
    over_http,
    post,
    replies,
    said_by_us,
    types,
)
from tests.houses import add_sqlite, make_shop
from tests.local_model import LocalModel, Turn
from tests.servers import POSTGRES, run_on_postgres

HOW_MANY = "How many customers are there?"
MENTION = f"<@{BOT}> {HOW_MANY}"


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("faults-shop") / "shop.db")


@pytest.fixture
async def built(proxy: Proxy, shop: Path, tmp_path: Path) -> AsyncIterator[House]:
    """Over a socket."""
    async with over_a_socket(proxy.api_url, tmp_path) as house:
        await add_sqlite(house, shop)
        yield house


async def _states(built: House) -> Counter[str]:
    async with built.store.reading() as session:
        return Counter((await session.scalars(select(InboxItem.state))).all())


async def _until_state(built: House, state: str, count: int = 1, seconds: float = 10.0) -> None:
    async def look() -> bool:
        return (await _states(built))[state] >= count

    await until(look, seconds)


async def test_while_the_token_is_revoked_the_reply_waits_and_is_posted_when_it_works_again(
    slack: LocalSlack, built: House, proxy: Proxy, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The refusal is for the reply: however slow the machine is, no progress is posted before it.
    monkeypatch.setattr(progress, "_BEFORE_SHOWING", 60.0)
    proxy.play("chat.postMessage", TOKEN_REVOKED)
    proxy.play("reactions.add", TOKEN_REVOKED)
    asked = await slack.say(GENERAL, MENTION)

    async def refused_once() -> bool:
        return "a question was not finished" in caplog.text

    await until(refused_once)
    assert await _states(built) == {"answered": 1}
    assert not await replies(slack, GENERAL)
    assert BOT_TOKEN not in caplog.text
    assert await built.service.recover(alone=True) == 1
    await answer(slack, GENERAL, asked)
    await _until_state(built, "delivered")
    assert len(await replies(slack, GENERAL)) == 1


async def test_the_log_keeps_no_secret_and_no_text_of_what_is_asked_and_answered(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with logged_as_served(caplog):
        async with over_a_socket(proxy.api_url, tmp_path) as built:
            await add_sqlite(built, shop)
            asked = await slack.say(GENERAL, f"<@{BOT}> SELECT 'canary-in-a-body' AS said")
            await answer(slack, GENERAL, asked)
            await slack.command(GENERAL, "/ask", "canary-in-a-body?")
            await said_by_us(slack, GENERAL, "asks:")
            await _until_state(built, "delivered", 2)
    assert caplog.records, "the log was listened to"
    found = [line for line in caplog.text.splitlines() if "canary" in line]
    assert found == []
    assert BOT_TOKEN not in caplog.text
    assert APP_TOKEN not in caplog.text


@pytest.mark.parametrize("code", ["trigger_expired", "expired_trigger_id", "invalid_trigger_id"])
async def test_whoever_presses_too_late_is_told(slack: LocalSlack, built: House, proxy: Proxy, code: str) -> None:
    asked = await slack.say(GENERAL, MENTION)
    found = await answer(slack, GENERAL, asked)
    proxy.play("views.open", refused(code))
    await slack.press(GENERAL, found["ts"], button(found, "cq_edit"))
    told = await said_by_us(slack, GENERAL, "too long for the form", privately=True)
    assert told["ephemeral_to"] == ADA


async def test_while_a_model_is_slow_events_are_acknowledged_and_work_is_seen(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path
) -> None:
    with LocalModel(Turn(text="SELECT COUNT(*) AS n FROM customers", delay=3)) as model:
        changes: dict[str, Any] = {
            "openai_api_key": SecretStr(model.key),
            "openai_base_url": model.base_url,
            "quota_hour": 10**6,
        }
        async with over_http(proxy.api_url, tmp_path, **changes) as (built, url), httpx.AsyncClient() as http:
            await add_sqlite(built, shop)
            asked = await slack.say(GENERAL, MENTION)
            begun = time.monotonic()
            payload = event("What were the total returns by region?", ts=asked)
            assert (await post(http, url, payload)).status_code == 200
            assert time.monotonic() - begun < 1.0
            working = await said_by_us(slack, GENERAL, "cq_stop")
            assert time.monotonic() - begun < 2.5
            assert await slack.reactions(GENERAL, asked) == {"eyes"}
            assert not await replies(slack, GENERAL)
            found = await answer(slack, GENERAL, asked)
            assert found["ts"] == working["ts"]
            assert "cq_stop" not in json.dumps(found)
        assert len(model.completions) == 1


async def test_sixty_events_at_once_are_answered_once_each(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path, fast: None
) -> None:
    asked = [event(HOW_MANY) for _ in range(60)]
    async with over_http(proxy.api_url, tmp_path, quota_hour=10**9) as (built, url):
        await add_sqlite(built, shop)
        async with httpx.AsyncClient(timeout=30) as http:
            sent = await asyncio.gather(*(post(http, url, one) for one in asked))
        assert {one.status_code for one in sent} == {200}
        await _until_state(built, "delivered", 60, seconds=60)
    found = Counter(one["thread_ts"] for one in await replies(slack, GENERAL))
    assert found == {one["event"]["ts"]: 1 for one in asked}


async def test_an_event_delivered_three_times_to_two_houses_on_one_store_is_answered_once(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path, empty_postgres: str, fast: None
) -> None:
    asked = [event(HOW_MANY) for _ in range(10)]
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(over_http(proxy.api_url, tmp_path, database_url=empty_postgres))
            for _ in range(2)
        ]
        built, urls = opened[0][0], [url for _, url in opened]
        await add_sqlite(built, shop)
        async with httpx.AsyncClient(timeout=30) as http:
            deliveries = [post(http, url, one) for one in asked for url in (*urls, urls[0])]
            assert {one.status_code for one in await asyncio.gather(*deliveries)} == {200}
        await _until_state(built, "delivered", 10, seconds=30)
        await asyncio.sleep(0.5)
        assert await _states(built) == {"delivered": 10}
    found = Counter(one["thread_ts"] for one in await replies(slack, GENERAL))
    assert found == {one["event"]["ts"]: 1 for one in asked}


@pytest.mark.parametrize("shown", [True, False])
async def test_a_process_that_was_too_slow_does_not_post_beside_the_one_that_took_its_question_up(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path, empty_postgres: str,
    monkeypatch: pytest.MonkeyPatch, shown: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(door, "SURE_SECONDS", 0.5)
    monkeypatch.setattr(progress, "_BEFORE_SHOWING", 0.0 if shown else 60.0)
    sql = "SELECT COUNT(*) AS customers FROM customers"
    async with AsyncExitStack() as stack:
        model = stack.enter_context(LocalModel([Turn(delay=2.5, text=sql), sql]))
        given: dict[str, Any] = {"openai_api_key": SecretStr(model.key), "openai_base_url": model.base_url}
        (slow, url), (quick, _) = [
            await stack.enter_async_context(over_http(proxy.api_url, tmp_path, database_url=empty_postgres, **given))
            for _ in range(2)
        ]
        await add_sqlite(slow, shop)
        asked = event("Which customers remind you of summer?")
        async with httpx.AsyncClient(timeout=30) as http:
            await post(http, url, asked)

        async def at_the_model() -> bool:
            return bool(model.completions and (proxy.made("chat.postMessage") or not shown))

        await until(at_the_model)
        async with slow.store.writing() as session:
            await session.execute(update(InboxItem).values(lease_until=None))
        assert await quick.service.recover() == 1
        await answer(slack, GENERAL, asked["event"]["ts"])

        async def both_are_done() -> bool:
            return not slow.service._live and not quick.service._live

        await until(both_are_done)
    assert len(model.completions) == 2
    (there,) = await slack.messages(GENERAL, ours=True)
    assert is_reply(there["blocks"])


@pytest.mark.parametrize("fault", [CUT_AFTER, CUT_BEFORE, FAILED_AFTER, FAILED_BEFORE])
async def test_a_post_whose_fate_is_unclear_is_there_once(
    slack: LocalSlack, built: House, proxy: Proxy, fault: Fault
) -> None:
    proxy.play("chat.postMessage", fault)
    asked = await slack.say(GENERAL, MENTION)
    await answer(slack, GENERAL, asked)
    await _until_state(built, "delivered")
    await asyncio.sleep(0.3)
    assert len(await replies(slack, GENERAL)) == 1


async def test_refused_blocks_become_simpler_ones_and_then_plain_text(
    slack: LocalSlack, built: House, proxy: Proxy
) -> None:
    question = f"<@{BOT}> Top 5 products by sales amount"
    proxy.refused_blocks = {"data_table", "data_visualization"}
    simple = await answer(slack, GENERAL, await slack.say(GENERAL, question))
    assert "table" in types(simple)
    assert not {"data_table", "data_visualization"} & set(types(simple))
    await _until_state(built, "delivered")
    proxy.refused_blocks = {"*"}
    asked = await slack.say(GENERAL, question)
    await _until_state(built, "delivered", 2)
    plain = [one for one in await slack.messages(GENERAL, ours=True) if one.get("thread_ts") == asked]
    assert [one for one in plain if one["text"] and not one.get("blocks")]


async def test_slack_is_given_the_time_it_asks_for(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    proxy.play("chat.postMessage", told_to_wait(1.5), told_to_wait(1))
    await answer(slack, GENERAL, await slack.say(GENERAL, MENTION))
    first, second, third = [call.at for call in proxy.made("chat.postMessage")]
    assert 1.5 <= second - first < 2.5
    assert 1.0 <= third - second < 2.0
    assert len(await replies(slack, GENERAL)) == 1


async def _close_to_all(url: str, *, closed: bool) -> None:
    """Let nobody into a database of PostgreSQL any more, or everybody again."""
    name = make_url(url).database
    await asyncio.to_thread(run_on_postgres, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not closed}', POSTGRES)
    if closed:
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        await asyncio.to_thread(run_on_postgres, end, POSTGRES)


async def test_while_the_store_is_down_people_are_told(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path, postgres_database: str
) -> None:
    async with over_http(proxy.api_url, tmp_path, database_url=postgres_database) as (built, url):
        await add_sqlite(built, shop)
        await _close_to_all(postgres_database, closed=True)
        try:
            async with httpx.AsyncClient(timeout=30) as http:
                assert (await post(http, url, event(HOW_MANY))).status_code == 200
                told = await said_by_us(slack, GENERAL, "", privately=True)
                assert told["ephemeral_to"] == ADA
                slack.reset()
                assert (await post(http, url, event("usage"))).status_code == 200
                assert (await said_by_us(slack, GENERAL, "", privately=True))["ephemeral_to"] == ADA
        finally:
            await _close_to_all(postgres_database, closed=False)
        asked = event(HOW_MANY)
        async with httpx.AsyncClient(timeout=30) as http:
            await post(http, url, asked)
        await answer(slack, GENERAL, asked["event"]["ts"])


async def test_while_the_store_is_down_a_command_is_answered_with_words(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, postgres_database: str
) -> None:
    async with over_a_socket(proxy.api_url, tmp_path, database_url=postgres_database):
        await _close_to_all(postgres_database, closed=True)
        await slack.command(GENERAL, "/usage")
        try:
            assert (await said_by_us(slack, GENERAL, "", privately=True))["ephemeral_to"] == ADA
        finally:
            await _close_to_all(postgres_database, closed=False)


@pytest.mark.parametrize(
    ("method", "fault", "code"),
    [
        ("auth.test", refused("invalid_auth"), "slack.sign_in"),
        ("auth.test", TOKEN_REVOKED, "slack.sign_in"),
        ("apps.connections.open", refused("invalid_auth"), "slack.app_token"),
        # The first call may be made again.
        ("auth.test", FAILED_BEFORE, "slack.unreachable"),
        ("auth.test", FAILED_AFTER, "slack.unreachable"),
        ("auth.test", CUT_BEFORE, "slack.unreachable"),
        ("apps.connections.open", FAILED_BEFORE, "slack.unreachable"),
    ],
)
async def test_a_slack_that_does_not_take_us_at_start_is_said_in_words(
    proxy: Proxy, tmp_path: Path, method: str, fault: Fault, code: str
) -> None:
    proxy.play(method, *(fault,) * 5)
    with pytest.raises(BadSetting) as failed:
        async with over_a_socket(proxy.api_url, tmp_path):
            pass
    assert failed.value.code == code
    for locale in ("en", "ko"):
        assert all(error_words(locale, failed.value))
    assert BOT_TOKEN not in str(error_words("en", failed.value))
    assert APP_TOKEN not in str(error_words("en", failed.value))


async def test_no_slack_at_all_at_start_is_said_in_words(tmp_path: Path, unused_tcp_port: int) -> None:
    with pytest.raises(BadSetting) as failed:
        async with over_a_socket(f"http://127.0.0.1:{unused_tcp_port}/api/", tmp_path):
            pass
    assert failed.value.code == "slack.unreachable"


IGNORED: dict[str, Json] = {
    "our own message": {"user": BOT},
    "a bot's": {"bot_id": "B0OTHER", "user": "U0OTHERBOT"},
    "a bot's of the old kind": {"type": "message", "subtype": "bot_message", "user": None, "bot_id": "B0OTHER"},
    "an edit": {"type": "message", "subtype": "message_changed", "message": {"user": ADA, "text": MENTION}},
    "a deletion": {"type": "message", "subtype": "message_deleted"},
    "a join": {"type": "message", "subtype": "channel_join"},
    "nobody's": {"user": None},
    "said to nobody": {"type": "message", "text": HOW_MANY},
    "in a thread of others": {"type": "message", "text": HOW_MANY, "thread_ts": "1700000000.000001"},
}


async def test_what_is_not_said_to_us_by_a_person_is_ignored(
    slack: LocalSlack, proxy: Proxy, shop: Path, tmp_path: Path
) -> None:
    async with over_http(proxy.api_url, tmp_path) as (built, url), httpx.AsyncClient() as http:
        await add_sqlite(built, shop)
        for name, fields in IGNORED.items():
            assert (await post(http, url, event(HOW_MANY, **fields))).status_code == 200, name
        await asyncio.sleep(0.5)
        assert await _states(built) == {}
        assert not await slack.messages(GENERAL, ours=True)
        # The same event without any of that is heard.
        await post(http, url, event(HOW_MANY))
        await _until_state(built, "delivered")


async def test_a_command_between_two_others_is_answered_in_our_direct_message(
    slack: LocalSlack, built: House, proxy: Proxy
) -> None:
    for command, text, words in (("/usage", "", "This hour"), ("/colloquery", "schedules", "Nothing is scheduled")):
        proxy.play("chat.postMessage", refused("channel_not_found"))
        await slack.command(DIRECT, command, text)
        await said_by_us(slack, DIRECT, words)
        assert proxy.made("conversations.open")
        proxy.calls.clear()


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived"])
async def test_where_we_may_not_post_any_more_the_asker_gets_the_answer(
    slack: LocalSlack, built: House, proxy: Proxy, code: str
) -> None:
    proxy.play("chat.postMessage", refused(code))
    proxy.play("reactions.add", refused(code))
    await slack.say(GENERAL, MENTION)
    root = await said_by_us(slack, DIRECT, HOW_MANY)
    assert "data_table" in types(await answer(slack, DIRECT, root["ts"]))
    assert not await replies(slack, GENERAL)
    await _until_state(built, "delivered")
