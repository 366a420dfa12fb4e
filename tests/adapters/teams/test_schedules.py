"""Scheduled questions in Teams: made of an answer, listed, paused, run, deleted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.wiring import House
from tests.adapters.teams.hands import Hands, button, buttons, fields
from tests.adapters.teams.payloads import shown as words
from tests.adapters.teams.people import BOB, CHANNEL, PERSONAL_BOB, Json
from tests.adapters.teams.server import FakeConnector, Posted
from tests.adapters.teams.whole import over_http
from tests.houses import add_sqlite, make_shop

pytestmark = pytest.mark.usefixtures("fast")

QUESTION = "How many customers are in Seoul?"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("schedules") / "shop.db")


@pytest.fixture
async def ada(teams: FakeConnector, shop: Path, tmp_path: Path) -> AsyncIterator[tuple[Hands, House]]:
    async with over_http(tmp_path, teams) as (house, url):
        await add_sqlite(house, shop)
        yield Hands(url, teams), house


async def answered(hands: Hands) -> Json:
    """The data of the button under an answer."""
    await hands.say(QUESTION)
    await hands.until(lambda: any(offers(one) for one in hands.seen()))
    return button(next(one for one in hands.seen() if offers(one)).cards, "schedule")


def offers(posted: Posted) -> bool:
    """Whether it has the button."""
    return any(one["cq"] == "schedule" for one in buttons(posted.cards))


async def test_an_answer_is_scheduled_and_looked_after(ada: tuple[Hands, House]) -> None:
    hands, _house = ada
    form = await hands.open(await answered(hands))
    assert QUESTION in words(form) and fields(form).keys() == {"when", "condition"}
    wrong = await hands.send(form, when="when the moon is full")
    assert wrong is not None and "does not say when" in words(wrong)
    assert fields(wrong)["when"]["value"] == "when the moon is full", "nothing typed is lost"
    told = await hands.send(wrong, when="every weekday at 9", condition="changed")
    assert told is not None and "Scheduled." in words(told) and "every weekday at 09:00" in words(told)
    assert "to you on Teams" in words(told)

    await hands.say("schedules")
    listed = await hands.sees("every weekday at 09:00")
    assert [one["v"].partition("|")[0] for one in buttons(listed.cards)] == ["pause", "run", "delete"]
    await hands.press(buttons(listed.cards)[0])
    await hands.sees("Paused.")
    await hands.say("예약")
    paused = await hands.sees("일시 중지")
    assert [one["v"].partition("|")[0] for one in buttons(paused.cards)] == ["resume", "delete"]
    await hands.press(buttons(paused.cards)[1])
    await hands.sees("삭제했어요:")  # as the button says it, whatever their client has
    await hands.say("schedules")
    await hands.sees("Nothing is scheduled.")


async def test_what_is_somebody_elses_stays_theirs(ada: tuple[Hands, House]) -> None:
    hands, _ = ada
    form = await hands.open(await answered(hands))
    await hands.send(form, when="daily at 18:00")
    await hands.say("schedules")
    listed = await hands.sees("18:00")
    bob = hands.elsewhere(PERSONAL_BOB, by=BOB)
    await bob.press(buttons(listed.cards)[0])
    await bob.sees("no such scheduled question")


async def test_in_a_channel_it_is_posted_to_the_channel(ada: tuple[Hands, House]) -> None:
    hands, _house = ada
    channel = hands.elsewhere(CHANNEL)
    await channel.say(QUESTION)
    teams = hands.teams
    await teams.until(lambda: any(offers(one) for one in teams.messages(CHANNEL)))
    card = next(one for one in teams.messages(CHANNEL) if offers(one))
    told = await channel.send(await channel.open(button(card.cards, "schedule")), when="3시간마다")
    assert told is not None and CHANNEL in words(told)
