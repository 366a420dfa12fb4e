"""The home card, and the welcome where we were added: once, and about nobody where several read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.teams.activities import activity, conversation_update
from tests.adapters.teams.people import ADA, BOT, CHANNEL, GROUP, GROUP_WITH_GUEST, GUEST, PERSONAL, TENANT
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.somebody import HOW_MANY, Whole, answered, at_work, data_of, every, names

pytestmark = pytest.mark.usefixtures("fast")


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path, administrators=(f"teams:{TENANT}:{ADA.aad}",)) as made:
        yield made


async def test_it_shows_what_one_has_used_asked_and_may_ask(whole: Whole) -> None:
    await answered(whole.ada)
    await whole.ada.say("home")
    posted = await whole.ada.shown("Recent questions")
    assert posted.says(HOW_MANY) and posted.says("My usage") and posted.says("Overview")
    assert {"connection", "templates"} <= set(names(posted))
    (menu,) = [one for one in every(posted.cards) if one.get("type") == "Input.ChoiceSet"]
    await whole.ada.press({**data_of(posted, "connection"), menu["id"]: menu["choices"][0]["value"]}, posted)
    await whole.ada.shown("is asked for you from now on")


async def test_a_menu_that_was_forged_chooses_nothing(whole: Whole) -> None:
    await whole.ada.press({"cq": "connection", "v": "", "connection": "00000000-0000-4000-8000-000000000000"})
    await whole.ada.settled()
    assert not any(one.says("from now on") for one in whole.ada.teams.posted)


async def test_whoever_adds_us_sees_their_home_once(whole: Whole) -> None:
    url = whole.ada.teams.service_url
    for _ in range(2):
        await whole.ada.delivered(conversation_update(url, added=(BOT, ADA.id)))
        await whole.ada.delivered(activity(url, "installationUpdate", action="add"))
    await whole.ada.shown("Recent questions")
    await whole.ada.settled()
    assert len([one for one in whole.ada.teams.messages(PERSONAL) if one.says("Recent questions")]) == 1


@pytest.mark.parametrize("where", [GROUP, CHANNEL])
async def test_where_several_read_the_welcome_is_about_nobody(whole: Whole, where: str) -> None:
    url = whole.ada.teams.service_url
    await whole.ada.delivered(conversation_update(url, added=(BOT,), conversation=where))
    posted = await whole.ada.shown("Ask a question about your company's data", where=where, private=False)
    assert not posted.says("Recent questions") and {"home", "templates"} <= set(names(posted))


async def test_others_who_come_and_our_leaving_are_no_welcome(whole: Whole) -> None:
    url = whole.ada.teams.service_url
    for one in (
        conversation_update(url, added=(ADA.id,)),
        conversation_update(url, removed=(BOT,)),
        activity(url, "installationUpdate", action="remove"),
        activity(url, "installationUpdate", action="add-upgrade"),
        activity(url, "messageReaction", reactionsAdded=[{"type": "like"}]),
    ):
        await whole.ada.delivered(one)
    await whole.ada.settled()
    assert len(whole.ada.teams.posted) == 1


async def test_a_guest_sees_why_not(whole: Whole) -> None:
    guest = whole.ada.being(GUEST).at(GROUP_WITH_GUEST)
    await guest.press({"cq": "home", "v": ""})
    posted = await guest.shown("", private=True)
    assert posted.says("Guests") and not posted.says("shop")


async def test_in_korean(whole: Whole) -> None:
    await whole.ada.speaking("ko-KR").say("홈")
    assert (await whole.ada.shown("최근 질문")).says("내 사용량")
