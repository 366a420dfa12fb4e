"""Use and limits in Teams from end to end: a local Bot Connector, the whole house, a model that costs tokens."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.wiring import House
from core.figures import LimitLine
from tests.adapters.teams.activities import invoke
from tests.adapters.teams.hands import Hands, button, buttons, data_in, fields, said
from tests.adapters.teams.payloads import shown as words
from tests.adapters.teams.people import (
    ADA,
    BOB,
    CHANNEL,
    GROUP,
    GROUP_WITH_GUEST,
    GUEST,
    PERSONAL_BOB,
    TENANT,
    Json,
)
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.whole import over_http, post
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop
from tests.local_model import LocalModel, Turn

pytestmark = pytest.mark.usefixtures("fast")

HARD = "Which customers remind you of a summer afternoon?"
REFUSED = "Only administrators can do this."


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("usage") / "shop.db")


@pytest.fixture
def model() -> Iterator[LocalModel]:
    """380 tokens to it and 20 from it: 0.00115 US dollars by the prices of gpt-4o."""
    with LocalModel(Turn(text="SELECT COUNT(*) AS n FROM customers", usage=(380, 20))) as model:
        yield model


@pytest.fixture
async def ada(
    teams: FakeConnector, model: LocalModel, shop: Path, tmp_path: Path
) -> AsyncIterator[tuple[Hands, House]]:
    """Ada is the administrator of a house in which nobody asked anything yet."""
    given: dict[str, Any] = {
        "openai_api_key": SecretStr(model.key),
        "openai_base_url": model.base_url,
        "openai_model": "gpt-4o",
        "administrators": (f"teams:{TENANT}:{ADA.aad}",),
    }
    async with over_http(tmp_path, teams, **given) as (house, url):
        await add_sqlite(house, shop)
        yield Hands(url, teams), house


@pytest.fixture
async def used(ada: tuple[Hands, House]) -> tuple[Hands, House]:
    """Bob asked one question that took 400 tokens."""
    bob = in_bobs_chat(ada[0])
    await bob.say(HARD)
    await bob.until(lambda: any(one.cards and "gpt-4o" in said(one) for one in bob.seen()))
    return ada


def in_bobs_chat(hands: Hands) -> Hands:
    return hands.elsewhere(PERSONAL_BOB, by=BOB)


async def limits(house: House) -> list[LimitLine]:
    return [
        one
        for one in await house.service.usage.limits(ADMINISTRATOR)
        if (one.hour, one.day, one.month) != (None, None, None)
    ]


async def test_my_use_is_shown_to_me_alone(used: tuple[Hands, House]) -> None:
    bob = in_bobs_chat(used[0]).elsewhere(CHANNEL)
    await bob.say("usage")
    found = await bob.sees("400 of 1,000 tokens (40%)")
    for text in ("████████░░░░░░░░░░░░", "Starts again", "gpt-4o", "400 tokens, $0.0012", "0 of 1 (0%)"):
        assert text in said(found), text
    assert "Chart.Line" in data_in(found) and '"Table"' in data_in(found)
    assert buttons(found.cards) == []
    assert not [one for one in used[0].teams.messages(CHANNEL) if "tokens" in said(one)]


async def test_the_same_in_korean(used: tuple[Hands, House]) -> None:
    bob = in_bobs_chat(used[0]).elsewhere(PERSONAL_BOB, locale="ko-KR")
    await bob.say("사용량")
    assert "질문 하나의 평균" in said(await bob.sees("1,000토큰 중 400토큰 사용 (40%)"))


async def test_a_house_without_any_use_says_so(ada: tuple[Hands, House]) -> None:
    hands, _ = ada
    await hands.say("usage")
    assert "0 of 1,000 tokens (0%)" in said(await hands.sees("Nothing has been asked yet."))
    await hands.say("usage all quarter")
    await hands.sees("Nobody has asked anything in the last 90 days.")


async def test_an_administrator_sees_everybody_and_goes_on_from_there(used: tuple[Hands, House]) -> None:
    hands = used[0].elsewhere(GROUP)
    await hands.say("usage all week")
    week = await hands.sees("asked 1 question in the last 7 days")
    for text in ("Bob", "gpt-4o", "shop", "customers", "When people ask"):
        assert text in said(week), text
    assert "@example.com" not in said(week)
    assert not [one for one in hands.teams.messages(GROUP) if "asked 1 question" in said(one)]
    await hands.press(button(week.cards, "usage_span", "quarter"))
    await hands.sees("in the last 90 days")
    await hands.press({"cq": "usage_span", "v": "forged"})
    await hands.sees("1 person asked 1 question this month")


async def test_an_administrator_sees_one_person(used: tuple[Hands, House]) -> None:
    hands = used[0].elsewhere(GROUP)
    await hands.say_of(BOB, "usage @")
    assert button((await hands.sees("Bob: <1% of this month")).cards, "limits")
    await hands.say("usage bob@example.com")
    await hands.sees("bob@example.com: <1% of this month")
    await hands.say("usage nobody@example.com")
    await hands.sees("Nobody with the address nobody@example.com")
    await hands.say_of(ADA, "usage @")
    await hands.sees("Ada Lovelace: ")
    elsewhere = hands.elsewhere(GROUP_WITH_GUEST)
    await elsewhere.say_of(GUEST, "usage @")
    await elsewhere.sees("Guest has not spoken to Colloquery yet")


async def test_somebody_whom_teams_does_not_tell_of_is_found_by_their_account(used: tuple[Hands, House]) -> None:
    hands, _ = used
    await hands.say(f"usage @{BOB.aad}")
    await hands.sees("<1% of this month")


async def test_others_are_refused(used: tuple[Hands, House]) -> None:
    bob = in_bobs_chat(used[0])
    refused = ("all", "ada@example.com", "limits", "limit everyone day 5", "csv people")
    for number, text in enumerate(refused, 1):
        await bob.say(f"usage {text}")
        await bob.sees(REFUSED, times=number)
    await bob.press({"cq": "usage_span", "v": "week"})
    await bob.sees(REFUSED, times=len(refused) + 1)
    opened = await bob.open({"cq": "limits", "v": "", "msteams": {"type": "task/fetch"}})
    assert REFUSED in words(opened)
    assert await limits(used[1]) == []


async def test_limits_are_set_by_words_and_what_is_not_named_stays(used: tuple[Hands, House]) -> None:
    hands, house = used
    group = hands.elsewhere(GROUP)
    await group.say_of(BOB, "usage limit @ hour 2000 day 20,000")
    await group.sees("Bob: 2,000 tokens an hour, 20,000 tokens a day. What is not set")
    await hands.say("usage limit bob@example.com hour - month 300000")
    await hands.sees("Bob: 20,000 tokens a day, 300,000 tokens a month.")
    await hands.say("usage limit viewer day 7")
    await hands.sees("Role: viewers: 7 tokens a day.")
    await hands.say("usage limit everyone hour 9999999999")
    await hands.sees("from 0 to 1,000,000,000")
    assert [(one.subject, one.hour, one.day, one.month) for one in await limits(house)] == [
        ("role", None, 7, None), ("person", None, 20_000, 300_000),
    ]  # fmt: skip
    await hands.say("usage limits")
    listed = await hands.sees("Limits in tokens")
    assert "20,000" in said(listed) and "viewers" in said(listed)


async def test_limits_are_set_in_a_dialog(used: tuple[Hands, House]) -> None:
    hands, house = used
    await hands.say("usage all")
    listed = await hands.sees("1 person asked")
    form = await hands.open(button(listed.cards, "limits"))
    wrong = await hands.send(form, whom="person", hour="5")
    assert wrong and words(wrong).startswith("E-mail address (when it is for one person): Write the person's")
    assert fields(wrong)["hour"]["value"] == 5
    wrong = await hands.send(wrong, person="nobody@example.com", hour="5", day="many")
    assert wrong and words(wrong).startswith("Tokens a day: Write a whole number")
    assert fields(wrong)["person"]["value"] == "nobody@example.com"
    wrong = await hands.send(wrong, hour="5000")
    assert wrong and "Nobody with the address nobody@example.com" in words(wrong)
    assert await limits(house) == []
    told = await hands.send(wrong, person="bob@example.com")
    assert told and "Bob: 5,000 tokens an hour" in words(told) and fields(told) == {}
    told = await hands.send(form, whom="everyone", person="", month="0")
    assert told and "The limits are set." in words(told)
    assert [(one.subject, one.name, one.hour, one.month) for one in await limits(house)] == [
        ("everyone", "", None, 0), ("person", "Bob", 5_000, None),
    ]  # fmt: skip


async def test_the_dialog_in_korean(used: tuple[Hands, House]) -> None:
    hands = used[0].elsewhere(used[0].where, locale="ko-KR")
    form = await hands.open({"cq": "limits", "v": "", "msteams": {"type": "task/fetch"}})
    assert "하루 토큰" in words(form)
    wrong = await hands.send(form)
    assert wrong and "이메일 주소" in words(wrong)


async def test_a_dialog_that_somebody_else_sends_changes_nothing(used: tuple[Hands, House]) -> None:
    hands, house = used
    form = await hands.open({"cq": "limits", "v": "", "msteams": {"type": "task/fetch"}})
    bob = in_bobs_chat(hands)
    for typed in ({"whom": "everyone", "hour": "5"}, {"whom": "person", "person": "ada@example.com", "hour": "5"}):
        told = await bob.send(form, **typed)
        assert told and REFUSED in words(told) and fields(told) == {}
    assert await limits(house) == []


async def test_lists_are_offered_as_files_in_the_personal_chat(used: tuple[Hands, House]) -> None:
    hands, _ = used
    offered = ("usage-people-month.csv", "usage-failures-quarter.csv", "my-usage.csv")
    for text in ("csv people", "csv failures quarter", "csv"):
        await hands.say(f"usage {text}")

    def consents() -> dict[str, Json]:
        made = [file for one in hands.seen() for file in one.activity.get("attachments") or ()]
        return {one["name"]: one["content"] for one in made if one["contentType"].endswith("file.consent")}

    await hands.until(lambda: set(consents()) == set(offered))
    context = consents()["usage-people-month.csv"]["acceptContext"]
    upload = {"uploadUrl": f"{hands.teams.url}/upload/people", "name": "usage-people-month.csv"}
    value = {"type": "fileUpload", "action": "accept", "context": context, "uploadInfo": upload}
    accepted = await post(hands.url, invoke(hands.teams.service_url, "fileConsent/invoke", value))
    assert accepted.status_code == 200
    await hands.until(lambda: hands.teams.uploads)
    assert b"bob@example.com" in hands.teams.uploads["people"]


async def test_words_that_are_not_known_are_a_question_and_help_says_what_may_follow(
    used: tuple[Hands, House],
) -> None:
    hands, _ = used
    await hands.say("usage help")
    assert "limit @kim" in said(await hands.sees("What may follow"))
    bob = in_bobs_chat(hands)
    await bob.say("사용량 도움말", locale="ko-KR")
    assert "한도 @kim" not in said(await bob.sees("뒤에 쓸 수 있는 말입니다"))
    answers = len([one for one in hands.seen() if "gpt-4o" in said(one)])
    await hands.say("usage of the moon by customers?")
    await hands.until(lambda: len([one for one in hands.seen() if "gpt-4o" in said(one)]) > answers)


async def test_guests_are_told_that_they_may_not(used: tuple[Hands, House]) -> None:
    guest = used[0].elsewhere(GROUP_WITH_GUEST, by=GUEST)
    await guest.say("usage all")
    await guest.sees("Guests cannot ask")
    told = await guest.open({"cq": "limits", "v": "", "msteams": {"type": "task/fetch"}})
    assert "Guests cannot ask" in words(told) and fields(told) == {}
    assert not [one for one in guest.teams.messages(GROUP_WITH_GUEST) if "asked 1 question" in said(one)]
