"""Buttons under answers: done with the rights of whoever presses, once, and never on the word of a value."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.teams.activities import submit
from tests.adapters.teams.people import (
    BOB,
    CHANNEL,
    CHANNEL_WITH_STRANGER,
    GROUP,
    GROUP_WITH_GUEST,
    GUEST,
    PERSONAL,
    STRANGER,
)
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.somebody import Whole, actor, answered, at_work, data_of, names, question_of

pytestmark = pytest.mark.usefixtures("fast")


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path) as made:
        yield made


NOBODYS = "00000000-0000-4000-8000-000000000000"
FORGED = ("", "x", NOBODYS, f"{NOBODYS}|x", "good|", "|", "' OR 1=1 --", "{{DATE(x)}}", "a" * 5000)


def _more(teams: FakeConnector, than: int) -> bool:
    return len(teams.posted) > than


async def test_the_sql_can_be_explained(whole: Whole) -> None:
    posted = await answered(whole.ada)
    await whole.ada.press(data_of(posted, "explain"), posted)
    await whole.ada.shown("number of rows")


async def test_in_korean_for_who_speaks_it(whole: Whole) -> None:
    posted = await answered(whole.ada)
    await whole.ada.speaking("ko-KR").press(data_of(posted, "explain"), posted)
    await whole.ada.shown("행의 수")


async def test_in_korean_where_the_button_is_whatever_their_client_has(whole: Whole) -> None:
    posted = await answered(whole.ada, "고객이 몇 명이야?")
    await whole.ada.press(data_of(posted, "explain"), posted)
    await whole.ada.shown("행의 수")
    dialog = await whole.ada.open(data_of(posted, "edit"))
    assert dialog["task"]["value"]["title"] == "SQL 수정"


async def test_where_several_read_one_alone_sees_what_a_button_says(whole: Whole) -> None:
    hands = whole.ada.at(GROUP)
    posted = await answered(hands)
    await hands.press(data_of(posted, "explain"), posted)
    await hands.shown("number of rows", private=True)


@pytest.mark.parametrize("name", ["explain", "csv", "excel", "stop", "retry", "choose", "feedback"])
async def test_nobody_does_anything_with_anothers_answer(whole: Whole, name: str) -> None:
    posted = await answered(whole.ada.at(GROUP))
    before = len(whole.ada.teams.posted)
    bob = whole.ada.being(BOB).at(GROUP)
    value = {"choose": "{}|orders", "feedback": "bad|{}"}.get(name, "{}").format(question_of(posted))
    await bob.press({"cq": name, "v": value}, posted)
    await bob.shown("belongs to somebody else", private=True)
    assert len(whole.ada.teams.posted) == before + 1


@pytest.mark.parametrize("name", ["explain", "csv", "excel", "stop", "retry", "choose", "feedback", "edit", "reason"])
async def test_no_value_is_believed(whole: Whole, name: str) -> None:
    await whole.ada.settled()
    for value in FORGED:
        before = len(whole.ada.teams.posted)
        await whole.ada.press({"cq": name, "v": value, "sent": "1"} if name == "reason" else {"cq": name, "v": value})
        await whole.ada.teams.until(partial(_more, whole.ada.teams, before))
        assert not whole.ada.teams.posted[-1].says("Traceback")


@pytest.mark.parametrize("data", [{"cq": "nobody_knows", "v": "x"}, {"cq": "nobody_knows", "sent": "1"}])
async def test_a_button_of_an_older_version_says_so(whole: Whole, data: dict[str, str]) -> None:
    await whole.ada.press(data)
    await whole.ada.shown("not known here any more")


@pytest.mark.parametrize("value", ["text", 3, [], {"cq": 3}, {"cq": None, "v": {}}, {"data": "x"}, {}])
async def test_what_is_no_button_is_left_alone(whole: Whole, value: object) -> None:
    sent = submit(whole.ada.teams.service_url, value)  # type: ignore[arg-type]
    await whole.ada.delivered(sent)
    await whole.ada.settled()
    assert len(whole.ada.teams.posted) == 1


async def test_guests_and_strangers_are_refused(whole: Whole) -> None:
    posted = await answered(whole.ada.at(GROUP))
    for who, where in ((GUEST, GROUP_WITH_GUEST), (STRANGER, CHANNEL_WITH_STRANGER)):
        hands = whole.ada.being(who).at(where, None)
        await hands.press(data_of(posted, "explain"), posted)
        await hands.shown("", private=True)
        assert all(not one.says("number of rows") for one in whole.ada.teams.posted)


async def test_a_press_that_comes_twice_is_one(whole: Whole) -> None:
    posted = await answered(whole.ada)
    pressed = await whole.ada.press(data_of(posted, "explain"), posted)
    await whole.ada.shown("number of rows")
    before = len(whole.ada.teams.posted)
    await whole.ada.delivered(pressed)
    await whole.ada.settled()
    assert len(whole.ada.teams.posted) == before + 1


async def test_the_same_question_is_asked_once_more_and_once(whole: Whole) -> None:
    posted = await answered(whole.ada)
    pressed = await whole.ada.press({"cq": "retry", "v": question_of(posted)}, posted)
    await whole.ada.teams.until(lambda: len(whole.answers(PERSONAL)) == 2)
    first, second = whole.answers(PERSONAL)
    assert question_of(first) != question_of(second)
    await whole.ada.delivered(pressed)
    await whole.ada.settled()
    assert len(whole.answers(PERSONAL)) == 2
    recent = await whole.built.service.recent(actor())
    assert [one.text for one in recent] == [recent[0].text] * 2


async def test_what_is_asked_back_is_answered_in_its_thread(whole: Whole) -> None:
    hands = whole.ada.at(CHANNEL)
    said = await hands.say("how many customers are there by name?")
    await whole.ada.teams.until(lambda: whole.ada.teams.messages(CHANNEL))
    assert said["conversation"]["id"].endswith(whole.ada.teams.messages(CHANNEL)[-1].conversation.partition(";")[2])


async def test_a_universal_action_is_done_like_a_button(whole: Whole) -> None:
    posted = await answered(whole.ada)
    data = data_of(posted, "explain")
    told = await whole.ada.invoke(
        "adaptiveCard/action", {"action": {"type": "Action.Execute", "verb": "x", "data": data}, "trigger": "manual"}
    )
    assert told["statusCode"] == 200 and told["type"] == "application/vnd.microsoft.activity.message"
    await whole.ada.shown("number of rows")
    told = await whole.ada.invoke("adaptiveCard/action", {"action": {"data": {"cq": "nobody_knows"}}})
    assert told["statusCode"] == 400 and told["value"]["message"]


@pytest.mark.parametrize("name", ["composeExtension/query", "signin/verifyState", "x" * 500, ""])
async def test_other_invokes_are_answered_plainly(whole: Whole, name: str) -> None:
    told = await whole.ada.invoke(name, {})
    assert told["error"]["code"] == "NotSupported" and told["error"]["message"]


async def test_the_names_of_all_buttons_are_known(whole: Whole) -> None:
    from adapters.teams.listeners.rooms import ACTS, OPENS, SENT

    posted = await answered(whole.ada)
    for page in ("help", "home", "templates", "connections", "usage"):
        await whole.ada.say(page)
    await whole.ada.teams.until(lambda: len(whole.ada.teams.posted) >= 6)
    used = {name for one in whole.ada.teams.posted for name in names(one)}
    assert used <= ACTS.keys() | OPENS.keys() | SENT.keys() and len(used) > 5
    assert posted.cards
