"""Words that are commands: answered to whoever wrote them, alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.teams.payloads import card_problems
from tests.adapters.teams.people import GROUP, GROUP_WITH_GUEST, GUEST, PERSONAL
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.somebody import Whole, at_work, data_of, names

pytestmark = pytest.mark.usefixtures("fast")


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("word", "locale", "told"),
    [
        ("help", "en-US", "These words do more"),
        ("도움말", "ko-KR", "이런 낱말도 쓸 수 있습니다"),
        ("ask", "en-US", "after /ask"),
        ("home", "en-US", "Recent questions"),
        ("홈", "ko-KR", "최근 질문"),
        ("홈", "en-US", "최근 질문"),
        ("templates", "en-US", "Templates"),
        ("connections", "en-US", "shop"),
        ("usage", "en-US", "This hour"),
        ("stop", "en-US", "Nothing of yours"),
        ("중지", "ko-KR", "진행 중인 질문이 없습니다"),
    ],
)
async def test_each_word_is_answered_to_who_wrote_it(whole: Whole, word: str, locale: str, told: str) -> None:
    for where in (PERSONAL, GROUP):
        hands = whole.ada.at(where).speaking(locale)
        await hands.say(word)
        posted = await hands.shown(told, private=where != PERSONAL)
        for card in posted.cards:
            assert card_problems(card) == []
    assert whole.ada.teams.messages(GROUP) == []


async def test_the_buttons_of_help_do_what_they_say(whole: Whole) -> None:
    await whole.ada.say("help")
    posted = await whole.ada.shown("These words do more")
    for name, told in (("home", "Recent questions"), ("templates", "New template"), ("connections", "shop")):
        await whole.ada.press(data_of(posted, name), posted)
        await whole.ada.shown(told)


async def test_guests_are_told_that_they_may_not(whole: Whole) -> None:
    guest = whole.ada.being(GUEST).at(GROUP_WITH_GUEST)
    for word in ("home", "connections"):
        await guest.say(word)
    await guest.shown("Guests", private=True)
    assert all("connection" not in names(one) for one in whole.ada.teams.posted)
