"""Teams from end to end: a real local Teams client, HTTP, the whole house behind the door as it is served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.teams.http import PATH
from bot.wiring import House
from core.locale import say
from core.storage.models import ChatMessage, Event
from tests.adapters.teams.people import ADA, BOT, CHANNEL, GROUP, PERSONAL, TENANT, Json, base
from tests.adapters.teams.playground import Playground, Shown, parts, running
from tests.adapters.teams.whole import over_http
from tests.houses import add_sqlite, make_shop

PRODUCTS = "Top 5 products by sales amount"
SEOUL, BUSAN = "How many customers are in Seoul?", "and in Busan?"
SLOW = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"
HOSTILE = "SELECT '**bold** [link](http://evil.example) {{DATE(2026-01-01T00:00:00Z,SHORT)}}' AS said"


@dataclass
class Talk:
    """A client and the house it talks to."""

    client: Playground
    house: House

    async def messages(self) -> int:
        """How many questions and answers are stored."""
        async with self.house.store.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(ChatMessage)) or 0)

    async def verdicts(self, count: int) -> list[Json]:
        """What people said of answers, once there are so many."""
        statement = select(Event.event_data).where(Event.event_type == "answer.feedback")
        async with asyncio.timeout(10):
            while True:
                async with self.house.store.reading() as session:
                    found = [dict(one or {}) for one in await session.scalars(statement)]
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("playground-shop") / "shop.db")


@asynccontextmanager
async def talking(shop: Path, directory: Path, **changes: Any) -> AsyncIterator[Talk]:
    """A house that answers from the shop, and a client that talks to it."""
    async with over_http(directory, **changes) as (house, url), running(directory, f"{url}{PATH}") as client:
        await add_sqlite(house, shop)
        yield Talk(client, house)


@pytest.fixture
async def talk(shop: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(shop, tmp_path) as one:
        yield one


def elements(card: Json) -> list[str]:
    """The types of everything in a card."""
    return [str(one.get("type")) for one in parts(card)]


async def test_a_question_in_the_personal_chat_is_answered_with_table_chart_and_sql(talk: Talk) -> None:
    await talk.client.say(PRODUCTS)
    found = await talk.client.answer(PERSONAL)
    shown = elements(found.cards[0])
    assert "Table" in shown
    assert any(name.startswith("Chart.") for name in shown)
    assert "Action.ToggleVisibility" in shown
    assert {"edit", "explain", "csv", "excel", "save_template"} <= found.buttons().keys()
    assert talk.client.refused() == []


async def test_that_work_has_begun_is_seen_before_the_answer(talk: Talk) -> None:
    await talk.client.say(PRODUCTS)
    found = await talk.client.answer(PERSONAL)
    begun = talk.client.sent("typing")
    assert begun, "an answer that is made says so"
    stands = [one for one in talk.client.messages(PERSONAL) if not one.is_answer]
    assert not [one for one in stands if "stop" in one.buttons()], "what showed the progress is gone"
    assert found.text or found.cards


async def test_a_follow_up_is_understood(talk: Talk) -> None:
    await talk.client.say(SEOUL)
    first = await talk.client.answer(PERSONAL)
    await talk.client.say(BUSAN)
    second = await talk.client.answer(PERSONAL, 2)
    assert not first.says("Busan")
    assert second.says("Busan")


@pytest.mark.parametrize("where", [GROUP, CHANNEL])
async def test_a_mention_is_answered_where_it_stands(talk: Talk, where: str) -> None:
    thread = await talk.client.say(SEOUL, where=where)
    found = await talk.client.answer(thread)
    assert found.conversation == thread
    assert base(thread) == where
    assert talk.client.messages(PERSONAL) == []
    assert talk.client.refused() == []


async def test_a_thread_of_a_channel_goes_on_and_another_one_begins_anew(talk: Talk) -> None:
    thread = await talk.client.say(SEOUL, where=CHANNEL)
    await talk.client.answer(thread)
    assert await talk.client.say(BUSAN, where=thread) == thread
    second = await talk.client.answer(thread, 2)
    assert second.says("Busan")
    other = await talk.client.say(PRODUCTS, where=CHANNEL)
    assert other != thread
    await talk.client.answer(other)
    assert len([one for one in talk.client.messages(thread) if one.is_answer]) == 2


async def test_korean(talk: Talk) -> None:
    asked = await talk.client.activity("message", text="매출액 상위 5개 상품은?", textFormat="plain", locale="ko-KR")
    await talk.client.send(asked)
    found = await talk.client.answer(PERSONAL)
    assert found.says(say("ko", "present.action.show_sql"))
    assert found.says(say("ko", "present.action.edit"))


async def test_a_message_that_is_delivered_again_is_one_question(talk: Talk) -> None:
    asked = await talk.client.activity("message", text=SEOUL, textFormat="plain")
    for _ in range(3):
        await talk.client.send(asked)
    await talk.client.answer(PERSONAL)
    await talk.client.say(PRODUCTS)
    await talk.client.answer(PERSONAL, 2)
    assert len([one for one in talk.client.messages(PERSONAL) if one.is_answer]) == 2
    assert await talk.messages() == 4


async def test_sql_is_edited_and_run(talk: Talk) -> None:
    await talk.client.say(SEOUL)
    found = await talk.client.answer(PERSONAL)
    opened = await talk.client.open(found, "edit")
    card = opened["task"]["value"]["card"]["content"]
    assert "Input.Text" in elements(card)
    (send,) = card["actions"]
    await talk.client.submit(found, send["data"], sql="DROP TABLE customers")
    refused = await talk.client.saying(PERSONAL, say("en", "errors.guard.writes.hint"))
    assert not refused.is_labelled
    sent = await talk.client.submit(found, send["data"], sql="SELECT 4711 AS chosen")
    assert sent.get("task", {}).get("type") != "continue"
    assert (await talk.client.answer(PERSONAL, 2)).says("4,711")


async def test_what_is_being_made_is_stopped(talk: Talk) -> None:
    await talk.client.say(SLOW, where=GROUP)
    working = await talk.client.until(lambda: [one for one in talk.client.messages(GROUP) if "stop" in one.buttons()])
    await talk.client.press(working[0], "stop")
    await talk.client.saying(GROUP, say("en", "errors.query.cancelled.text"))
    assert not [one for one in talk.client.messages(GROUP) if one.is_answer or "stop" in one.buttons()]


async def test_a_thumb_is_kept_with_what_was_said(talk: Talk) -> None:
    await talk.client.say(SEOUL, where=GROUP)
    found = await talk.client.answer(GROUP)
    assert await talk.client.react(found, "dislike", "Busan was meant") == {}
    (verdict,) = await talk.verdicts(1)
    assert (verdict["good"], verdict["reason"]) == (False, "Busan was meant")


async def test_a_thumb_without_its_message_is_taken_calmly(talk: Talk) -> None:
    """As this client sends it: neither the message nor the language is told."""
    await talk.client.say(SEOUL)
    await talk.client.answer(PERSONAL)
    value = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": ""}}
    thumb = await talk.client.activity("invoke", name="message/submitAction", value=value)
    for missing in ("locale", "localTimezone", "channelData"):
        del thumb[missing]
    assert await talk.client.send(thumb) == {}
    await talk.client.say(BUSAN)
    await talk.client.answer(PERSONAL, 2)


async def test_use_is_shown_and_an_administrator_looks_at_another_span(shop: Path, tmp_path: Path) -> None:
    async with talking(shop, tmp_path, administrators=(f"teams:{TENANT}:{ADA.aad}",)) as talk:
        await talk.client.say(SEOUL)
        await talk.client.answer(PERSONAL)
        await talk.client.say("usage")
        own = await talk.client.until(lambda: _not_answers(talk.client))
        assert own[0].cards
        await talk.client.say("usage all")
        found = await talk.client.until(lambda: _with(talk.client, "usage_span"))
        await talk.client.press(found[0], "usage_span")
        await talk.client.until(lambda: _with(talk.client, "usage_span")[1:])
        assert talk.client.refused() == []


async def test_a_template_is_saved_listed_and_asked(talk: Talk) -> None:
    await talk.client.say(SEOUL)
    found = await talk.client.answer(PERSONAL)
    opened = await talk.client.open(found, "save_template")
    card = opened["task"]["value"]["card"]["content"]
    fields = {one["id"]: str(one.get("value", "")) for one in parts(card) if str(one.get("type")).startswith("Input.")}
    assert fields["sql"]
    (send,) = card["actions"]
    await talk.client.submit(found, send["data"], **{**fields, "name": "Seoul"})
    await talk.client.say("templates")
    listed = (await talk.client.until(lambda: _with(talk.client, "template")))[0]
    assert listed.says("Seoul")
    await talk.client.press(listed, "template")
    assert (await talk.client.answer(PERSONAL, 2)).says("0 tokens")


async def test_what_is_refused_says_what_to_do_and_has_no_label(talk: Talk) -> None:
    await talk.client.say("DELETE FROM orders")
    found = await talk.client.saying(PERSONAL, say("en", "errors.guard.writes.hint"))
    assert not found.is_labelled


async def test_what_comes_from_a_database_is_no_markup(talk: Talk) -> None:
    await talk.client.say(HOSTILE)
    found = await talk.client.answer(PERSONAL)
    drawn = [one for card in found.cards for one in parts(card)]
    runs = [str(one["text"]) for one in drawn if one.get("type") == "TextRun"]
    assert any("**bold** [link](http://evil.example)" in text for text in runs)
    assert not [text for text in runs if "{{" in text]
    parsed = [str(one["text"]) for one in drawn if one.get("type") == "TextBlock"]
    assert not [text for text in parsed if "**" in text or "](http" in text or "{{" in text]


async def test_the_bot_is_added_and_greets_once(talk: Talk) -> None:
    """This client tells of it twice: as an installation, and as members that were added."""
    added = await talk.client.activity("conversationUpdate", membersAdded=[{"id": ADA.id}, {"id": BOT}])
    installed = await talk.client.activity("installationUpdate", action="add")
    for one in (installed, added):
        del one["locale"], one["localTimezone"]
        await talk.client.send(one)
    await talk.client.until(lambda: talk.client.messages(PERSONAL))
    await talk.client.say(SEOUL)
    await talk.client.answer(PERSONAL)
    assert len(_not_answers(talk.client)) == 1


def _with(client: Playground, name: str) -> list[Shown]:
    """What has a button of a name."""
    return [one for one in client.messages(PERSONAL) if name in one.buttons()]


def _not_answers(client: Playground) -> list[Shown]:
    """What stands in the personal chat beside answers."""
    return [one for one in client.messages(PERSONAL) if not one.is_labelled]
