"""Use and limits from end to end: a local Slack server, the whole house behind the door, a model that costs tokens."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.wiring import House
from core.figures import LimitLine
from tests.adapters.slack.payloads import message_problems, view_problems
from tests.adapters.slack.people import page, until
from tests.adapters.slack.proxy import Proxy
from tests.adapters.slack.server import ADA, BOB, BOT, DIRECT, GENERAL, GUEST, TEAM, WITH_GUEST, LocalSlack
from tests.adapters.slack.whole import answer, button, over_a_socket, said_by_us, types
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop
from tests.local_model import LocalModel, Turn

pytestmark = pytest.mark.usefixtures("fast")

Json = dict[str, Any]
HARD = "Which customers remind you of a summer afternoon?"


@pytest.fixture(scope="session")
def usage_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("usage-shop") / "shop.db")


@pytest.fixture
def model() -> Iterator[LocalModel]:
    """380 tokens to it and 20 from it: 0.00115 US dollars by the prices of gpt-4o."""
    with LocalModel(Turn(text="SELECT COUNT(*) AS n FROM customers", usage=(380, 20))) as model:
        yield model


@pytest.fixture
async def built(proxy: Proxy, model: LocalModel, usage_shop: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house with Ada as its administrator, in which Bob asked one question that took 400 tokens."""
    given = {
        "openai_api_key": SecretStr(model.key),
        "openai_base_url": model.base_url,
        "openai_model": "gpt-4o",
        "administrators": (f"slack:{TEAM}:{ADA}",),
    }
    async with over_a_socket(proxy.api_url, tmp_path, **given) as house:
        await add_sqlite(house, usage_shop)
        yield house


@pytest.fixture
async def used(built: House, slack: LocalSlack) -> House:
    asked = await slack.say(GENERAL, f"<@{BOT}> {HARD}", user=BOB)
    await answer(slack, GENERAL, asked)
    return built


async def shown(slack: LocalSlack, containing: str, channel: str = GENERAL) -> Json:
    """What one person alone is shown, once it is there; Slack takes it."""
    found = await said_by_us(slack, channel, containing, privately=channel != DIRECT)
    assert message_problems(found["text"], found.get("blocks") or []) == []
    return found


def text(message: Json) -> str:
    return json.dumps(message.get("blocks"), ensure_ascii=False)


async def files(slack: LocalSlack, channel: str) -> list[Json]:
    return [file for one in await slack.messages(channel, ours=True) for file in one.get("files") or ()]


async def limits(house: House) -> list[LimitLine]:
    return [
        one
        for one in await house.service.usage.limits(ADMINISTRATOR)
        if (one.hour, one.day, one.month) != (None, None, None)
    ]


async def test_my_use_is_shown_to_me_alone(slack: LocalSlack, used: House) -> None:
    await slack.command(GENERAL, "/usage", user=BOB)
    found = await shown(slack, "400 of 1,000 tokens (40%)")
    assert found["ephemeral_to"] == BOB
    assert "data_table" in types(found) and "data_visualization" in types(found)
    for words in ("████████░░░░░░░░░░░░", "Starts again", "gpt-4o", "400 tokens, $0.0012", "0 of 1 (0%)"):
        assert words in text(found), words
    assert "cq_usage_span" not in text(found)


async def test_the_same_in_korean_by_a_word_in_a_thread(slack: LocalSlack, used: House, proxy: Proxy) -> None:
    proxy.people[ADA] = {"locale": "ko-KR"}
    asked = await slack.say(GENERAL, f"<@{BOT}> {HARD}")
    await answer(slack, GENERAL, asked)
    await slack.say(GENERAL, f"<@{BOT}> 사용량", thread=asked)
    found = await shown(slack, "1,000토큰 중 400토큰 사용 (40%)")
    assert found["thread_ts"] == asked
    assert "질문 하나의 평균" in text(found)


async def test_where_native_charts_are_unknown_the_trend_is_text_in_a_channel_and_a_picture_in_direct_messages(
    slack: LocalSlack, used: House, proxy: Proxy
) -> None:
    proxy.refused_blocks = {"data_visualization", "data_table"}
    await slack.command(GENERAL, "/usage", "<@U0BOB|bob>")
    found = await shown(slack, "█")
    assert "Tokens by day" in text(found) and "█ (highest 400)" in text(found)
    assert "table" in types(found)
    await slack.say(DIRECT, "usage bob@example.com")

    async def picture() -> Json | None:
        return next((one for one in await files(slack, DIRECT) if one["name"] == "chart.png"), None)

    await until(picture)
    assert not await files(slack, GENERAL)
    assert "(highest 400)" not in text(await shown(slack, "bob@example.com", DIRECT))


async def test_a_house_without_any_use_says_so(slack: LocalSlack, built: House) -> None:
    await slack.command(GENERAL, "/usage", user=BOB)
    assert "0 of 1,000 tokens (0%)" in text(await shown(slack, "Nothing has been asked yet."))
    await slack.command(GENERAL, "/usage", "all quarter")
    assert types(await shown(slack, "Nobody has asked anything in the last 90 days.")) == ["rich_text", "actions"]


async def test_an_administrator_sees_everybody_and_goes_on_from_there(slack: LocalSlack, used: House) -> None:
    await slack.command(GENERAL, "/usage", "all week")
    week = await shown(slack, "asked 1 question in the last 7 days")
    assert week["ephemeral_to"] == ADA
    for words in ("bob", "gpt-4o", "shop", "customers", "When people ask"):
        assert words in text(week), words
    assert "@example.com" not in text(week)
    await slack.press(GENERAL, week["ts"], button(week, "cq_usage_span:quarter"))
    await shown(slack, "in the last 90 days")
    await slack.say(GENERAL, f"<@{BOT}> usage all")
    await shown(slack, "1 person asked 1 question this month")


async def test_an_administrator_sees_one_person(slack: LocalSlack, used: House) -> None:
    await slack.command(GENERAL, "/usage", "<@U0BOB|bob>")
    assert "cq_limits" in text(await shown(slack, "bob: <1% of this month"))
    asked = await slack.say(GENERAL, f"<@{BOT}> usage <@{GUEST}>")
    assert "has not spoken to Colloquery yet" in (await shown(slack, "has not spoken"))["text"]
    assert asked
    await slack.command(GENERAL, "/usage", "nobody@example.com")
    await shown(slack, "Nobody with the address nobody@example.com")


async def test_others_are_refused(slack: LocalSlack, used: House, proxy: Proxy) -> None:
    refused = ("all", "<@U0ADA|ada>", "ada@example.com", "limits", "limit everyone day 5", "csv people")
    for words in refused:
        await slack.command(GENERAL, "/usage", words, user=BOB)

    async def told() -> bool:
        found = await slack.messages(GENERAL, ours=True)
        return sum("Only administrators can do this." in one["text"] for one in found) == len(refused)

    assert await until(told)
    assert {one["ephemeral_to"] for one in await slack.messages(GENERAL) if "ephemeral_to" in one} == {BOB}
    assert await limits(used) == [] and not proxy.made("files.completeUploadExternal")


async def test_limits_are_set_by_words_and_what_is_not_named_stays(slack: LocalSlack, used: House) -> None:
    await slack.command(GENERAL, "/usage", "limit <@U0BOB|bob> hour 2000 day 20,000")
    await shown(slack, "bob: 2,000 tokens an hour, 20,000 tokens a day. What is not set")
    await slack.command(GENERAL, "/usage", "limit bob@example.com hour - month 300000")
    await shown(slack, "bob: 20,000 tokens a day, 300,000 tokens a month.")
    await slack.command(GENERAL, "/usage", "limit viewer day 7")
    await shown(slack, "Role: viewers: 7 tokens a day.")
    await slack.command(GENERAL, "/usage", "limit everyone hour 9999999999")
    await shown(slack, "from 0 to 1,000,000,000")
    assert [(one.subject, one.hour, one.day, one.month) for one in await limits(used)] == [
        ("role", None, 7, None), ("person", None, 20_000, 300_000),
    ]  # fmt: skip
    await slack.command(GENERAL, "/usage", "limits")
    listed = await shown(slack, "Limits in tokens")
    assert "20,000" in text(listed) and "viewers" in text(listed)
    await slack.command(GENERAL, "/usage", user=BOB)
    await shown(slack, "400 of 20,000 tokens (2%)")


async def test_limits_are_set_in_a_form(slack: LocalSlack, used: House) -> None:
    await slack.command(GENERAL, "/usage", "all")
    listed = await shown(slack, "cq_limits")
    async with page(slack) as opened:
        await slack.press(GENERAL, listed["ts"], button(listed, "cq_limits"))
        assert view_problems({key: (await opened.modal())[key] for key in ("type", "title", "blocks", "submit")}) == []
        person = {"cq_choice": {"type": "static_select", "selected_option": {"value": "person"}}}
        await opened.send({"cq_whom": person, "cq_hour": {"cq_choice": {"value": "5"}}})

        async def wrong() -> Json | None:
            return opened.errors or None

        assert "Pick the person" in str(await until(wrong))
        bob = {"cq_choice": {"type": "users_select", "selected_user": BOB}}
        await opened.send({"cq_whom": person, "cq_person": bob, "cq_hour": {"cq_choice": {"value": "many"}}})
        assert "cq_hour" in await until(wrong)
        await opened.send({"cq_whom": person, "cq_person": bob, "cq_hour": {"cq_choice": {"value": "5000"}}})

        async def told() -> bool:
            return "bob: 5,000 tokens an hour" in json.dumps(opened.modals)

        assert await until(told)
    assert [(one.name, one.hour, one.day, one.month) for one in await limits(used)] == [("bob", 5_000, None, None)]


async def test_a_form_that_somebody_else_sends_changes_nothing(slack: LocalSlack, used: House) -> None:
    await slack.command(GENERAL, "/usage", "limits")
    listed = await shown(slack, "cq_limits")
    await slack.press(GENERAL, listed["ts"], button(listed, "cq_limits"), user=BOB)
    assert (await shown(slack, "Only administrators"))["ephemeral_to"] == BOB
    async with page(slack) as opened:
        await slack.press(GENERAL, listed["ts"], button(listed, "cq_limits"))
        everyone = {"cq_choice": {"type": "static_select", "selected_option": {"value": "everyone"}}}
        await opened.send({"cq_whom": everyone, "cq_hour": {"cq_choice": {"value": "5"}}}, user=BOB)

        async def told() -> bool:
            return "Only administrators" in json.dumps(opened.modals)

        assert await until(told)
    assert await limits(used) == []


async def test_lists_are_taken_along_as_files_in_direct_messages_alone(
    slack: LocalSlack, used: House, proxy: Proxy
) -> None:
    for words in ("csv people", "csv failures quarter", "csv limits", "csv"):
        await slack.command(GENERAL, "/usage", words)

    async def sent() -> list[Json] | None:
        found = await files(slack, DIRECT)
        return found if len(found) == 4 else None

    names = {one["name"]: one for one in await until(sent)}
    assert set(names) == {
        *("usage-people-month.csv", "usage-failures-quarter.csv", "usage-limits-month.csv", "my-usage.csv")
    }
    assert {call.arguments["channel_id"] for call in proxy.made("files.completeUploadExternal")} == {DIRECT}
    await shown(slack, "I sent you my-usage.csv")


async def test_words_that_are_not_known_are_answered_with_help_or_are_a_question(
    slack: LocalSlack, used: House
) -> None:
    await slack.command(GENERAL, "/usage", "of the moon")
    assert "limit @kim" in text(await shown(slack, "What may follow"))
    asked = await slack.say(GENERAL, f"<@{BOT}> usage of the moon by customers?")
    await answer(slack, GENERAL, asked)


async def test_the_home_tab_of_an_administrator_and_of_others(slack: LocalSlack, used: House) -> None:
    async with page(slack) as opened:
        for user in (ADA, BOB):
            await slack.open_home(user=user)

        async def drawn() -> bool:
            return {ADA, BOB} <= opened.homes.keys()

        await until(drawn)
        ada, bob = (json.dumps(opened.homes[user]["blocks"], ensure_ascii=False) for user in (ADA, BOB))
    assert "400 of 1,000 tokens (40%)" in bob and "Overview" not in bob
    assert "0 of 1,000 tokens (0%)" in ada and "1 person asked 1 question this month" in ada
    for user in (ADA, BOB):
        assert view_problems({"type": "home", "blocks": opened.homes[user]["blocks"]}) == []


async def test_guests_are_told_on_their_home_tab(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    proxy.people[GUEST] = {"is_restricted": True}
    await slack.say(WITH_GUEST, f"<@{BOT}> {HARD}", user=GUEST)
    await said_by_us(slack, WITH_GUEST, "Guests", privately=True)
    async with page(slack) as opened:
        await slack.open_home(user=GUEST)

        async def drawn() -> Json | None:
            return opened.homes.get(GUEST)

        assert "blocks" in await until(drawn)
