"""Slack from end to end: a real local Slack server, Socket Mode, the whole house behind the door."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.slack.app import Slack
from adapters.slack.settings import SlackSettings
from bot.wiring import House
from core.ask.present.hidden import MASK
from core.connections.connections import EVERYONE
from core.storage.models import ChatMessage, Event
from tests.adapters.slack.payloads import message_problems
from tests.adapters.slack.people import page, until
from tests.adapters.slack.proxy import Proxy
from tests.adapters.slack.server import (
    ADA,
    APP_TOKEN,
    BOB,
    BOT,
    BOT_TOKEN,
    DIRECT,
    GENERAL,
    WITH_GUEST,
    LocalSlack,
)
from tests.houses import add_sqlite, administrator, make_shop, open_house, settings_for

Message = dict[str, Any]


@pytest.fixture(scope="session")
def slack_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("slack-shop") / "shop.db")


@asynccontextmanager
async def house_with_slack(proxy: Proxy, directory: Path, **changes: Any) -> AsyncIterator[House]:
    """A house whose door is Slack, in Socket Mode."""
    slack = Slack(SlackSettings(BOT_TOKEN, app_token=APP_TOKEN, api_url=proxy.api_url))
    async with (
        open_house(settings_for(directory, **changes), {"slack": slack.deliver}) as built,
        slack.opened(built.service),
    ):
        yield built


@pytest.fixture
async def built(proxy: Proxy, slack_shop: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with house_with_slack(proxy, tmp_path) as house:
        await add_sqlite(house, slack_shop)
        yield house


async def answer(slack: LocalSlack, channel: str, thread: str, count: int = 1) -> Message:
    """Our last message in a thread, once there are so many replies with a result or a refusal."""

    async def look() -> Message | None:
        found = [one for one in await slack.messages(channel, ours=True) if one.get("thread_ts") == thread]
        found = [one for one in found if _is_reply(one)]
        return found[-1] if len(found) >= count else None

    found = await until(look)
    assert message_problems(found["text"], found["blocks"]) == []
    return found


def _is_reply(message: Message) -> bool:
    return any(str(block.get("block_id", "")).startswith("cq_reply_") for block in message.get("blocks") or ())


def _types(message: Message) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def _buttons(message: Message) -> dict[str, Message]:
    found = [one for block in message["blocks"] for one in block.get("elements", ()) if "action_id" in one]
    return {one["action_id"]: one for one in found}


def _press(button: Message) -> Message:
    return {"type": button["type"], "action_id": button["action_id"], "value": button.get("value"), "block_id": "b"}


async def _privately(slack: LocalSlack, channel: str, containing: str) -> Message:
    """An ephemeral message of ours that says something."""

    async def look() -> Message | None:
        found = [one for one in await slack.messages(channel, ours=True) if one.get("subtype") == "ephemeral"]
        return next((one for one in found if containing in json.dumps(one, ensure_ascii=False)), None)

    return await until(look)


async def test_a_mention_is_answered_in_its_thread(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> Top 5 products by sales amount")
    found = await answer(slack, GENERAL, asked)
    assert "data_table" in _types(found)
    assert "data_visualization" in _types(found)
    assert found["text"]
    assert {"cq_show_sql", "cq_edit", "cq_explain", "cq_csv", "cq_excel", "cq_save_template"} <= _buttons(found).keys()

    async def done() -> bool:
        return await slack.reactions(GENERAL, asked) == {"white_check_mark"}

    assert await until(done)


async def test_a_mention_that_comes_as_two_events_is_one_question(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are there?")
    await answer(slack, GENERAL, asked)
    await asyncio.sleep(0.3)
    replies = [one for one in await slack.messages(GENERAL, ours=True) if _is_reply(one)]
    assert len(replies) == 1
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ChatMessage)) == 2


async def test_a_thread_goes_on_without_a_mention_and_other_threads_are_left_alone(
    slack: LocalSlack, built: House
) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    first = await answer(slack, GENERAL, asked)
    await slack.say(GENERAL, "and in Busan?", thread=asked)
    second = await answer(slack, GENERAL, asked, count=2)
    assert first["text"] != second["text"]
    other = await slack.say(GENERAL, "lunch?")
    await slack.say(GENERAL, "How many customers are there?", thread=other)
    await asyncio.sleep(0.5)
    assert not [one for one in await slack.messages(GENERAL, ours=True) if one.get("thread_ts") == other]


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
async def test_a_direct_message_needs_no_mention_and_korean_is_answered_in_korean(
    slack: LocalSlack, built: House, proxy: Proxy, locale: str
) -> None:
    proxy.people[ADA] = {"locale": locale}
    asked = await slack.say(DIRECT, "고객이 몇 명이야?")
    found = await answer(slack, DIRECT, asked)
    assert "토큰" in json.dumps(found["blocks"], ensure_ascii=False)
    buttons = _buttons(found)
    await slack.press(DIRECT, found["ts"], _press(buttons["cq_explain"]))

    async def explained() -> bool:
        return any("행의 수" in json.dumps(one, ensure_ascii=False) for one in await slack.messages(DIRECT, ours=True))

    assert await until(explained)
    async with page(slack) as opened:
        await slack.press(DIRECT, found["ts"], _press(buttons["cq_edit"]))
        form = await opened.modal()
        assert "SQL 수정" in json.dumps(form, ensure_ascii=False)


async def test_a_slash_command_asks_aloud(slack: LocalSlack, built: House) -> None:
    await slack.command(GENERAL, "/ask", "How many customers are there?")

    async def look() -> Message | None:
        return next((one for one in await slack.messages(GENERAL, ours=True) if "asks:" in one["text"]), None)

    aloud = await until(look)
    assert "How many customers are there?" in aloud["text"]
    await answer(slack, GENERAL, aloud["ts"])


@pytest.mark.parametrize(
    ("command", "text", "shown"),
    [("/usage", "", "1,000"), ("/connections", "", "shop"), ("/templates", "", "Save as template"),
     ("/colloquery", "help", "Mention me"), ("/colloquery", "nonsense", "Mention me"), ("/ask", "", "after /ask")],
)  # fmt: skip
async def test_commands_are_answered_to_who_gave_them(
    slack: LocalSlack, built: House, command: str, text: str, shown: str
) -> None:
    await slack.command(GENERAL, command, text)
    await _privately(slack, GENERAL, shown)


async def test_command_words_work_in_threads_too(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are there?")
    await answer(slack, GENERAL, asked)
    await slack.say(GENERAL, f"<@{BOT}> usage", thread=asked)
    assert (await _privately(slack, GENERAL, "1,000"))["thread_ts"] == asked


async def test_the_buttons_of_an_answer(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    found = await answer(slack, GENERAL, asked)
    buttons = _buttons(found)
    await slack.press(GENERAL, found["ts"], _press(buttons["cq_show_sql"]))
    await _privately(slack, GENERAL, "SELECT COUNT")
    await slack.press(GENERAL, found["ts"], _press(buttons["cq_explain"]))
    await _privately(slack, GENERAL, "Seoul")
    for name, ending in (("cq_csv", ".csv"), ("cq_excel", ".xlsx")):
        await slack.press(GENERAL, found["ts"], _press(buttons[name]))
        await _privately(slack, GENERAL, ending)
    assert len(proxy.made("files.completeUploadExternal")) == 2
    assert {call.arguments["channel_id"] for call in proxy.made("files.completeUploadExternal")} == {DIRECT}


async def test_what_somebody_else_asked_is_not_theirs_to_take(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    found = await answer(slack, GENERAL, asked)
    await slack.press(GENERAL, found["ts"], _press(_buttons(found)["cq_csv"]), user=BOB)
    told = await _privately(slack, GENERAL, "")
    assert told["ephemeral_to"] == BOB
    assert not proxy.made("files.completeUploadExternal")


async def test_sql_is_edited_and_run(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    found = await answer(slack, GENERAL, asked)
    async with page(slack) as opened:
        await slack.press(GENERAL, found["ts"], _press(_buttons(found)["cq_edit"]))
        form = await opened.modal()
        assert "SELECT COUNT" in json.dumps(form)
        await opened.submit("SELECT name FROM categories ORDER BY id")
        second = await answer(slack, GENERAL, asked, count=2)
        assert "data_table" in _types(second)
        await slack.press(GENERAL, found["ts"], _press(_buttons(found)["cq_edit"]))
        await opened.submit("DELETE FROM categories")
        third = await answer(slack, GENERAL, asked, count=3)
        assert "data_table" not in _types(third)


async def test_a_verdict_is_kept_with_its_reason(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    found = await answer(slack, GENERAL, asked)
    (pair,) = [one for one in _buttons(found).values() if one["type"] == "feedback_buttons"]
    bad = {"type": "feedback_buttons", "action_id": pair["action_id"], "value": pair["negative_button"]["value"]}
    async with page(slack) as opened:
        await slack.press(GENERAL, found["ts"], bad)
        await opened.submit("It should count companies.")

        async def kept() -> str | None:
            async with built.store.reading() as session:
                rows = await session.scalars(select(Event.event_data).where(Event.event_type == "answer.feedback"))
                return next((str(one["reason"]) for one in rows if one and one["reason"]), None)

        assert await until(kept) == "It should count companies."


async def test_which_database_is_asked_back_and_the_question_answered(
    slack: LocalSlack, proxy: Proxy, slack_shop: Path, tmp_path: Path
) -> None:
    async with house_with_slack(proxy, tmp_path) as built:
        for name in ("shop", "other"):
            connection = await add_sqlite(built, slack_shop, name, everyone=False)
            await built.road.connections.give(await administrator(built), connection, "everyone", EVERYONE)
        asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are there?")
        back = await answer(slack, GENERAL, asked)
        chosen = next(one for one in _buttons(back).values() if "other" in one["value"])
        await slack.press(GENERAL, back["ts"], _press(chosen))
        assert "data_table" in _types(await answer(slack, GENERAL, asked, count=2))


async def test_what_is_meant_is_asked_back_and_the_question_answered(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path
) -> None:
    path = tmp_path / "orders.db"
    with sqlite3.connect(path) as line:
        line.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at DATE, shipped_at DATE)")
        line.execute("INSERT INTO orders VALUES (1, '2024-03-01', '2024-03-02')")
    line.close()
    async with house_with_slack(proxy, tmp_path / "house") as built:
        await add_sqlite(built, path)
        asked = await slack.say(GENERAL, f"<@{BOT}> How many orders in March 2024?")
        back = await answer(slack, GENERAL, asked)
        shipped = next(one for one in _buttons(back).values() if one["text"]["text"] == "orders.shipped_at")
        await slack.press(GENERAL, back["ts"], _press(shipped))
        found = await answer(slack, GENERAL, asked, count=2)
        assert "shipped_at" in json.dumps(found)


async def test_where_guests_read_the_answer_goes_to_the_asker_alone(
    slack: LocalSlack, built: House, proxy: Proxy
) -> None:
    proxy.people["U0GUEST"] = {"is_restricted": True}
    asked = await slack.say(WITH_GUEST, f"<@{BOT}> How many customers are there?")

    async def told() -> Message | None:
        found = [one for one in await slack.messages(WITH_GUEST, ours=True) if one.get("thread_ts") == asked]
        return next((one for one in found if "direct message" in one["text"]), None)

    await until(told)
    root = next(one for one in await slack.messages(DIRECT, ours=True) if "in a channel" in one["text"])
    assert "data_table" in _types(await answer(slack, DIRECT, root["ts"]))
    assert "data_table" not in json.dumps(await slack.messages(WITH_GUEST))


async def test_guests_are_refused_with_words(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    proxy.people["U0GUEST"] = {"is_restricted": True}
    await slack.say(WITH_GUEST, f"<@{BOT}> How many customers are there?", user="U0GUEST")
    assert (await _privately(slack, WITH_GUEST, "Guests"))["ephemeral_to"] == "U0GUEST"


async def test_private_columns_are_masked_in_channels(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> SELECT name, email FROM customers ORDER BY id LIMIT 3")
    found = json.dumps(await answer(slack, GENERAL, asked), ensure_ascii=False)
    assert MASK in found
    assert "@" not in found.replace(f"<@{BOT}>", "")


async def test_a_slow_question_shows_its_progress_and_is_stopped(slack: LocalSlack, built: House) -> None:
    slow = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"
    asked = await slack.say(GENERAL, f"<@{BOT}> {slow}")

    async def stoppable() -> Message | None:
        found = [one for one in await slack.messages(GENERAL, ours=True) if one.get("thread_ts") == asked]
        return next((one for one in found if "cq_stop" in json.dumps(one)), None)

    working = await until(stoppable)
    assert "eyes" in await slack.reactions(GENERAL, asked)
    await slack.press(GENERAL, working["ts"], _press(_buttons(working)["cq_stop"]))
    stopped = await answer(slack, GENERAL, asked)
    assert stopped["ts"] == working["ts"]
    assert "stopped" in stopped["text"].lower()


async def test_the_home_tab(slack: LocalSlack, built: House) -> None:
    async with page(slack) as opened:
        await slack.open_home()

        async def drawn() -> Message | None:
            return opened.homes.get(ADA)

        home = json.dumps(await until(drawn))
        assert "1,000" in home
        assert "shop" in home


async def test_an_answer_made_while_slack_was_away_is_posted_once(
    slack: LocalSlack, proxy: Proxy, slack_shop: Path, tmp_path: Path
) -> None:
    """The process dies between answer and post: the next one posts it."""
    gone = Slack(SlackSettings(BOT_TOKEN, app_token=APP_TOKEN, api_url=proxy.api_url))

    async def fail(*_: object) -> None:
        raise ConnectionError

    async with open_house(settings_for(tmp_path), {"slack": fail}) as built:
        await add_sqlite(built, slack_shop)
        async with gone.opened(built.service):
            asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are there?")

            async def answered() -> Any:
                async with built.store.reading() as session:
                    return await session.scalar(select(ChatMessage.id).where(ChatMessage.message_type == "assistant"))

            await until(answered)
    async with house_with_slack(proxy, tmp_path) as built:
        await built.service.recover(alone=True)
        await answer(slack, GENERAL, asked)
        await built.service.recover(alone=True)
        await asyncio.sleep(0.3)
        assert len([one for one in await slack.messages(GENERAL, ours=True) if _is_reply(one)]) == 1
