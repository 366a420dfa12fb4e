"""Verdicts: Teams' own thumbs, the two buttons of a plainer message, and reasons."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.teams.listeners.feedback import reason_of
from core.storage.models import Event
from tests.adapters.teams.people import BOB, GROUP, PERSONAL, Json
from tests.adapters.teams.server import FakeConnector, Posted
from tests.adapters.teams.somebody import Somebody, Whole, answered, at_work, question_of, value_of, words

pytestmark = pytest.mark.usefixtures("fast")


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path) as made:
        yield made


async def verdicts(whole: Whole) -> list[Any]:
    async with whole.built.store.reading() as session:
        found = await session.scalars(select(Event.event_data).where(Event.event_type == "answer.feedback"))
        return [(one["question_id"], one["good"], one["reason"]) for one in found if one is not None]


async def thumb(somebody: Somebody, posted: Posted | None, reaction: str, feedback: object = "{}") -> Json:
    value = {"actionName": "feedback", "actionValue": {"reaction": reaction, "feedback": feedback}}
    return await somebody.invoke("message/submitAction", value, reply_to=posted.id if posted else None)


async def kept(whole: Whole, good: bool) -> list[Any]:
    """The verdicts, once one of them is `good` or not."""
    async with asyncio.timeout(10):
        while True:
            found = await verdicts(whole)
            if any(one[1] is good for one in found):
                return found
            await asyncio.sleep(0.02)


async def test_thumbs_and_their_reason_are_kept(whole: Whole) -> None:
    posted = await answered(whole.ada)
    assert await thumb(whole.ada, posted, "like", '{"feedbackText":""}') == {}
    assert await kept(whole, True) == [(question_of(posted), True, "")]
    assert await thumb(whole.ada, posted, "dislike", '{"feedbackText":"the month is wrong"}') == {}
    assert await kept(whole, False) == [(question_of(posted), False, "the month is wrong")]


async def test_the_thumb_of_somebody_else_is_none(whole: Whole) -> None:
    posted = await answered(whole.ada.at(GROUP))
    bob = whole.ada.being(BOB).at(GROUP)
    await thumb(bob, posted, "like")
    await bob.shown("belongs to somebody else", private=True)
    assert await verdicts(whole) == []


async def test_a_thumb_under_something_else_says_that_there_is_no_answer(whole: Whole) -> None:
    await answered(whole.ada)
    await thumb(whole.ada, None, "like")
    await whole.ada.shown("belongs to somebody else")
    for value in ({}, {"actionValue": "x"}, {"actionValue": {"reaction": "love"}}, {"actionValue": {"reaction": 3}}):
        assert await whole.ada.invoke("message/submitAction", value) == {}
    await whole.ada.settled()
    assert await verdicts(whole) == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ('{"feedbackText":"wrong"}', "wrong"), ("{}", ""), ("", ""), ("[]", ""), ("{", ""), ('{"feedbackText":3}', ""),
        ("x" * 5000, ""), ("[" * 3000, ""), (None, ""), ({"feedbackText": "x"}, ""),
    ],
)  # fmt: skip
def test_a_reason_is_read_or_left(told: object, reason: str) -> None:
    assert reason_of(told) == reason


async def test_buttons_do_the_same_and_a_dialog_asks_for_the_reason(whole: Whole) -> None:
    posted = await answered(whole.ada)
    one = question_of(posted)
    await whole.ada.press({"cq": "feedback", "v": f"good|{one}"}, posted)
    await whole.ada.shown("Thank you!")
    assert await verdicts(whole) == [(one, True, "")]
    dialog = await whole.ada.open({"cq": "feedback", "v": f"bad|{one}"})
    assert await verdicts(whole) == [(one, False, "")]
    too_long = await whole.ada.send(dialog, reason="x" * 600)
    assert "600 characters" in words(too_long) and value_of(too_long, "reason") == "x" * 600
    assert "Thank you!" in words(await whole.ada.send(too_long, reason="the month is wrong"))
    assert await verdicts(whole) == [(one, False, "the month is wrong")]


async def test_a_bad_one_by_a_plain_button_is_asked_for_its_reason_in_a_message(whole: Whole) -> None:
    posted = await answered(whole.ada)
    await whole.ada.press({"cq": "feedback", "v": f"bad|{question_of(posted)}"}, posted)
    await whole.ada.shown('"id": "reason"', where=PERSONAL)
