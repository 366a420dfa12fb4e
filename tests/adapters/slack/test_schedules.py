"""Scheduled questions from end to end: a local Slack server, the whole house behind the door."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.schedules import MOST
from adapters.slack.schedule_pages import CONDITION_FIELD, WHEN_FIELD, list_page, render_form, render_told
from bot.wiring import House
from core.chat import Actor, Place, Question
from core.scheduled import ScheduleView
from core.upkeep.schedules import run_schedules
from tests.adapters.slack.payloads import message_problems, view_problems
from tests.adapters.slack.people import page, until
from tests.adapters.slack.proxy import Proxy, refused
from tests.adapters.slack.server import ADA, BOB, BOT, DIRECT, GENERAL, TEAM, LocalSlack
from tests.adapters.slack.whole import answer, button, over_a_socket, replies, said_by_us
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop

Json = dict[str, Any]
READER = Actor("slack", TEAM, ADA, "Ada", timezone="Asia/Seoul")
MOMENT = datetime(2026, 6, 30, tzinfo=UTC)
VIEW = ScheduleView(
    id="6f6d1f0f-6f53-4d25-9d5b-0b1f6a0e7f10", title="How many?", sql="", connection="shop", owner="Ada", is_mine=True,
    platform="slack", channel="C1", is_private=False, when="every hour", condition="always", timezone="Asia/Seoul",
    is_paused=False, next_at=MOMENT, last_at=MOMENT, last_outcome="failed", last_problem="query.too_slow",
    missed_at=MOMENT,
)  # fmt: skip


@pytest.fixture(scope="session")
def schedule_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("schedule-shop") / "shop.db")


@pytest.fixture
async def built(proxy: Proxy, schedule_shop: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with over_a_socket(proxy.api_url, tmp_path) as house:
        await add_sqlite(house, schedule_shop)
        yield house


def text(message: Json) -> str:
    return json.dumps(message.get("blocks"), ensure_ascii=False)


def filled(when: str, condition: str = "") -> Json:
    typed = {WHEN_FIELD: when, CONDITION_FIELD: condition}
    return {name: {"cq_text": {"type": "plain_text_input", "value": value}} for name, value in typed.items()}


async def answered(slack: LocalSlack, channel: str = GENERAL, said: str = "How many customers are in Seoul?") -> Json:
    asked = await slack.say(channel, said if channel == DIRECT else f"<@{BOT}> {said}")
    return await answer(slack, channel, asked)


async def scheduled(slack: LocalSlack, words: Json, channel: str = GENERAL) -> None:
    """Somebody presses the button under an answer and fills in the form."""
    found = await answered(slack, channel)
    async with page(slack) as opened:
        await slack.press(channel, found["ts"], button(found, "cq_schedule"))
        await opened.modal()
        await opened.send(words)

        async def told() -> bool:
            return any(word in json.dumps(opened.modals, ensure_ascii=False) for word in ("Scheduled.", "예약했어요"))

        assert await until(told)


@pytest.mark.usefixtures("fast")
async def test_an_answer_is_scheduled_and_posted_into_the_channel(slack: LocalSlack, built: House) -> None:
    await scheduled(slack, filled("every weekday at 9", "any rows"))
    (made,) = await built.service.schedules.all(READER)
    assert (made.title, made.when, made.condition) == (
        "How many customers are in Seoul?", "every weekday at 09:00", "when there are rows",
    )  # fmt: skip
    assert made.channel == GENERAL and made.sql.startswith("SELECT")
    await built.service.schedules.run(READER, made.id)
    assert await run_schedules(built.road, built.service) == 1
    posted = await said_by_us(slack, GENERAL, "Scheduled by")
    assert posted.get("thread_ts") in (None, posted["ts"])
    assert message_problems(posted["text"], posted["blocks"]) == []
    for words in ("How many customers are in Seoul?", "every weekday at 09:00", "schedules"):
        assert words in text(posted), words
    assert len([one for one in await replies(slack, GENERAL) if "Scheduled by" in text(one)]) == 1


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("code", ["is_archived", "not_in_channel"])
async def test_what_was_scheduled_from_elsewhere_stops_where_we_may_not_post_any_more(
    slack: LocalSlack, built: House, proxy: Proxy, code: str
) -> None:
    there = Place("slack", TEAM, GENERAL, "", "team")
    asked = Question(ADMINISTRATOR, there, "", "How many customers are in Seoul?", datetime.now(UTC))
    made = await built.service.schedules.make(asked, "every weekday at 9")
    await built.service.schedules.run(ADMINISTRATOR, made.id)
    proxy.play("chat.postMessage", refused(code))
    assert await run_schedules(built.road, built.service) == 1

    async def paused() -> bool:
        return (await built.service.schedules.one(ADMINISTRATOR, made.id)).paused_why == "announce.closed"

    assert await until(paused)
    assert not await replies(slack, GENERAL)
    assert not proxy.made("conversations.open"), "its owner has no account there that could be written to"


@pytest.mark.usefixtures("fast")
async def test_what_is_wrong_is_said_beside_its_field(slack: LocalSlack, built: House) -> None:
    found = await answered(slack)
    async with page(slack) as opened:
        await slack.press(GENERAL, found["ts"], button(found, "cq_schedule"))
        shown = await opened.modal()
        assert view_problems({key: shown[key] for key in ("type", "title", "blocks", "submit")}) == []

        async def wrong() -> Json | None:
            return opened.errors or None

        await opened.send(filled("soon"))
        assert "every weekday at 9" in str((await until(wrong))[WHEN_FIELD])
        await opened.send(filled("daily at 9", "never"))
        assert "orders < 100" in str((await until(wrong))[CONDITION_FIELD])
    assert await built.service.schedules.all(READER) == ()


@pytest.mark.usefixtures("fast")
async def test_somebody_else_schedules_no_answer_of_mine(slack: LocalSlack, built: House) -> None:
    found = await answered(slack)
    await slack.press(GENERAL, found["ts"], button(found, "cq_schedule"), user=BOB)
    assert (await said_by_us(slack, GENERAL, "belongs to somebody else", privately=True))["ephemeral_to"] == BOB
    async with page(slack) as opened:
        await slack.press(GENERAL, found["ts"], button(found, "cq_schedule"))
        await opened.modal()
        await opened.send(filled("daily at 9"), user=BOB)

        async def told() -> bool:
            return "belongs to somebody else" in json.dumps(opened.modals)

        assert await until(told)
    assert await built.service.schedules.all(READER) == ()


@pytest.mark.usefixtures("fast")
async def test_they_are_listed_paused_resumed_run_and_deleted_in_korean(
    slack: LocalSlack, built: House, proxy: Proxy
) -> None:
    proxy.people[ADA] = {"locale": "ko-KR"}
    await scheduled(slack, filled("평일 오전 9시", "바뀌면"), DIRECT)
    await slack.say(DIRECT, "예약")
    listed = await said_by_us(slack, DIRECT, "cq_schedule_do:pause")
    assert message_problems(listed["text"], listed["blocks"]) == []
    assert "평일 09:00" in text(listed) and "결과가 바뀌면" in text(listed)
    for act, said in (("pause", "일시 중지했어요."), ("run", "일시 중지되어 있습니다."), ("delete", "삭제했어요")):
        await slack.press(DIRECT, listed["ts"], button(listed, f"cq_schedule_do:{act}"))
        await said_by_us(slack, DIRECT, said)
    await slack.say(DIRECT, "schedules")
    await said_by_us(slack, DIRECT, "예약한 질문이 없어요.")
    assert await built.service.schedules.all(READER) == ()


@pytest.mark.usefixtures("fast")
async def test_the_list_is_the_readers_own_and_for_them_alone(slack: LocalSlack, built: House) -> None:
    await scheduled(slack, filled("every hour"))
    await slack.command(GENERAL, "/colloquery", "schedules")
    assert (await said_by_us(slack, GENERAL, "cq_schedule_do:run", privately=True))["ephemeral_to"] == ADA
    await slack.command(GENERAL, "/colloquery", "schedules", user=BOB)
    assert (await said_by_us(slack, GENERAL, "Nothing is scheduled.", privately=True))["ephemeral_to"] == BOB


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_the_pages_are_within_slacks_limits(locale: str) -> None:
    reader = replace(READER, locale=locale)
    hostile = replace(VIEW, title="<!channel> & *bold* " * 40, owner="x" * 500, is_mine=False, condition="c" * 500)
    paused = replace(VIEW, is_paused=True, paused_why="people.inactive", next_at=None, last_outcome=None, last_at=None)
    for found in ([], [VIEW], [hostile] * (MOST + 5), [paused]):
        shown = list_page(found, reader)
        assert message_problems(shown.text, list(shown.blocks)) == []
    assert view_problems(render_form("q", "How many? " * 200, "C1", locale)) == []
    assert view_problems(render_told("Told. " * 600, locale)) == []


def test_a_paused_one_is_resumed_or_deleted() -> None:
    def acts(one: ScheduleView) -> list[str]:
        row = next(block for block in list_page([one], READER).blocks if block["type"] == "actions")
        return [element["value"].partition("|")[0] for element in row["elements"]]

    assert acts(VIEW) == ["pause", "run", "delete"]
    assert acts(replace(VIEW, is_paused=True, next_at=None)) == ["resume", "delete"]
