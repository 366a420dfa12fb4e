"""The link to the page: in a dialog that nobody else sees, by a word in the personal chat, good once."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from core.errors import NotSignedIn
from tests.adapters.teams.people import GROUP, GROUP_WITH_GUEST, GUEST, PERSONAL
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.somebody import Whole, at_work, card_of, data_of, links, names, words

pytestmark = pytest.mark.usefixtures("fast")

ROOT = "https://ask.example.com"
SIGN_IN = {"cq": "sign_in", "v": ""}


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path, public_url=ROOT) as made:
        yield made


async def test_a_link_lets_in_whoever_asked_for_it_once(whole: Whole) -> None:
    await whole.ada.say("home")
    home = await whole.ada.shown("Open the page")
    dialog = await whole.ada.open(data_of(home, "sign_in"))
    (address,) = links(card_of(dialog))
    where, _, token = address.partition("#")
    assert where == f"{ROOT}/sign-in"
    came = await whole.built.service.people.enter(unquote(token))
    assert came.name == "Ada Lovelace"
    with pytest.raises(NotSignedIn):
        await whole.built.service.people.enter(unquote(token))
    assert not any(one.says(token) for one in whole.ada.teams.posted), "no message keeps it"


@pytest.mark.parametrize(("word", "locale"), [("page", "en-US"), ("페이지", "ko-KR")])
async def test_the_word_for_it_in_the_personal_chat(whole: Whole, word: str, locale: str) -> None:
    await whole.ada.speaking(locale).say(word)
    (address,) = links(await whole.ada.shown(f"{ROOT}/sign-in#"))
    came = await whole.built.service.people.enter(unquote(address.partition("#")[2]))
    assert came.name == "Ada Lovelace"


async def test_where_several_read_it_goes_to_the_personal_chat(whole: Whole) -> None:
    ada = whole.ada.at(GROUP)
    await ada.say("page")
    await ada.shown("for nobody else's eyes", private=True)
    assert not any(one.says("#") for one in ada.teams.messages(GROUP, only_for=ada.by.id))
    await ada.shown(f"{ROOT}/sign-in#", where=PERSONAL)


async def test_guests_get_none(whole: Whole) -> None:
    guest = whole.ada.being(GUEST).at(GROUP_WITH_GUEST)
    dialog = await guest.open(SIGN_IN)
    assert "Guests" in words(dialog) and links(card_of(dialog)) == []
    await guest.say("page")
    await guest.shown("Guests", private=True)


async def test_without_an_address_no_link_is_offered(teams: FakeConnector, tmp_path: Path) -> None:
    async with at_work(teams, tmp_path) as whole:
        await whole.ada.say("home")
        assert "sign_in" not in names(await whole.ada.shown("Recent questions"))
        assert "not known here where the page is" in words(await whole.ada.open(SIGN_IN))
        await whole.ada.say("page")
        await whole.ada.shown("not known here where the page is")
