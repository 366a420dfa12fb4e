"""Files somebody asked for: into their OneDrive when they agree, by a link to the page elsewhere; never another's."""

import io
import zipfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from adapters.teams.files import CONSENT, INFO
from tests.adapters.teams.people import ADA, BOB, CHANNEL, GROUP, PERSONAL, PERSONAL_BOB, Json
from tests.adapters.teams.server import FakeConnector, Posted, refused
from tests.adapters.teams.somebody import Somebody, Whole, actor, answered, at_work, data_of, links, question_of

pytestmark = pytest.mark.usefixtures("fast")

ROOT = "https://ask.example.com"


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path) as made:
        yield made


def card(posted: Posted) -> Json:
    (found,) = posted.activity["attachments"]
    made: Json = found
    return made


async def offered(somebody: Somebody, name: str = "csv") -> Posted:
    posted = await answered(somebody)
    await somebody.press(data_of(posted, name), posted)
    return await somebody.shown(CONSENT)


def _more(teams: FakeConnector, than: int) -> bool:
    return len(teams.posted) > than


def upload(teams: FakeConnector, **changes: str) -> Json:
    return {
        "contentUrl": f"{teams.url}/files/answer.csv",
        "name": "answer.csv",
        "uploadUrl": f"{teams.url}/upload/one",
        "uniqueId": "u-1",
        "fileType": "csv",
        **changes,
    }


async def consent(somebody: Somebody, offer: Posted, action: str = "accept", **changes: object) -> Json:
    content = card(offer)["content"]
    value = {
        "type": "fileUpload",
        "action": action,
        "context": content["acceptContext" if action == "accept" else "declineContext"],
        "uploadInfo": upload(somebody.teams) if action == "accept" else None,
        **changes,
    }
    return await somebody.invoke("fileConsent/invoke", value, reply_to=offer.id)


async def test_a_file_is_put_where_its_asker_agrees_to(whole: Whole) -> None:
    offer = await offered(whole.ada)
    asked = card(offer)
    assert asked["name"].startswith("answer-how-many-orders") and asked["name"].endswith(".csv")
    assert asked["content"]["acceptContext"].keys() == {"kind", "v"}, "nothing of the file travels"
    assert await consent(whole.ada, offer) == {}
    shown = card(await whole.ada.shown(INFO))
    assert (shown["name"], shown["content"]) == ("answer.csv", {"uniqueId": "u-1", "fileType": "csv"})
    content = whole.ada.teams.uploads["one"]
    assert content.startswith(b"\xef\xbb\xbforder_count\r\n") and len(content) == asked["content"]["sizeInBytes"]
    await whole.ada.teams.until(lambda: offer.is_deleted)


async def test_a_workbook_too(whole: Whole) -> None:
    offer = await offered(whole.ada, "excel")
    assert card(offer)["name"].endswith(".xlsx")
    await consent(whole.ada, offer)
    await whole.ada.shown(INFO)
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(whole.ada.teams.uploads["one"])).namelist()


async def test_who_declines_is_heard(whole: Whole) -> None:
    offer = await offered(whole.ada)
    assert await consent(whole.ada, offer, "decline") == {}
    await whole.ada.shown("All right")
    await whole.ada.teams.until(lambda: offer.is_deleted)
    assert whole.ada.teams.uploads == {}


async def test_what_comes_back_is_looked_up_with_the_rights_of_who_sends_it(whole: Whole) -> None:
    offer = await offered(whole.ada)
    bob = whole.ada.being(BOB).at(PERSONAL_BOB)
    await consent(bob, offer)
    await bob.shown("belongs to somebody else")
    kinds = (("png", "x"), ("csv", "' --"), ("usage", "people:month"), ("", ""))
    contexts: list[object] = [*({"kind": kind, "v": about} for kind, about in kinds), {}, None, "x"]
    for context in contexts:
        before = len(whole.ada.teams.posted)
        assert await consent(bob, offer, context=context) == {}
        await bob.teams.until(partial(_more, bob.teams, before))
    assert whole.ada.teams.uploads == {}


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/up", "http://x.sharepoint.com/up", "https://sharepoint.com.evil.example/up", "", "x"],
)
async def test_a_file_goes_to_no_foreign_host(whole: Whole, address: str) -> None:
    offer = await offered(whole.ada)
    await consent(whole.ada, offer, uploadInfo=upload(whole.ada.teams, uploadUrl=address))
    await whole.ada.shown("could not be uploaded")
    assert not offer.is_deleted, "it may be tried again"
    assert whole.ada.teams.made("upload") == []


async def test_no_foreign_address_is_shown_as_the_file(whole: Whole) -> None:
    offer = await offered(whole.ada)
    await consent(whole.ada, offer, uploadInfo=upload(whole.ada.teams, contentUrl="https://evil.example/"))
    await whole.ada.shown("is in your OneDrive now")
    assert all(not one.says("evil.example") for one in whole.ada.teams.posted)


async def test_a_consent_where_several_read_does_nothing(whole: Whole) -> None:
    offer = await offered(whole.ada)
    await consent(whole.ada.at(GROUP), offer)
    await whole.ada.settled()
    assert whole.ada.teams.uploads == {} and not offer.is_deleted


@pytest.mark.parametrize("where", [GROUP, CHANNEL])
async def test_elsewhere_it_is_a_link_for_one_person(teams: FakeConnector, tmp_path: Path, where: str) -> None:
    async with at_work(teams, tmp_path, public_url=ROOT) as whole:
        ada = whole.ada.at(where)
        posted = await answered(ada)
        ada = ada.at(where, posted.conversation.partition("=")[2] or None)
        await ada.press(data_of(posted, "csv"), posted)
        (address,) = links(await ada.shown("Your file is ready", private=True))
        assert address.startswith(f"{ROOT}/files/") and question_of(posted) not in address
        assert teams.messages(PERSONAL) == []
        async with httpx.AsyncClient(base_url=ada.url) as browser:
            path = address.removeprefix(ROOT)
            assert (await browser.get(path)).status_code == 403, "the owner of this machine is not Ada"
            made = await whole.built.service.people.link(actor())
            assert (await browser.post("/session/link", json={"token": made.token})).status_code == 200
            got = await browser.get(path)
        assert got.status_code == 200 and got.content.startswith(b"\xef\xbb\xbforder_count")


async def test_without_a_page_it_is_offered_in_the_personal_chat(whole: Whole) -> None:
    ada = whole.ada.at(GROUP)
    posted = await answered(ada)
    await ada.press(data_of(posted, "csv"), posted)
    await ada.shown("in our own chat", private=True)
    offer = await ada.shown(CONSENT, where=PERSONAL)
    await consent(whole.ada, offer)
    await whole.ada.shown(INFO)


async def test_where_there_is_no_personal_chat_it_says_what_can_be_done(whole: Whole) -> None:
    ada = whole.ada.at(GROUP)
    posted = await answered(ada)
    ada.teams.play("create", refused(403, "ForbiddenOperationException"))
    await ada.press(data_of(posted, "csv"), posted)
    await ada.shown("cannot be given to you here", private=True)


async def test_another_gets_neither_link_nor_offer(teams: FakeConnector, tmp_path: Path) -> None:
    async with at_work(teams, tmp_path, public_url=ROOT) as whole:
        posted = await answered(whole.ada.at(GROUP))
        bob = whole.ada.being(BOB).at(GROUP)
        await bob.press(data_of(posted, "csv"), posted)
        await bob.shown("belongs to somebody else", private=True)
        assert not any(one.says("/files/") or one.says(CONSENT) for one in teams.posted)


async def test_in_korean(whole: Whole) -> None:
    korean = whole.ada.speaking("ko-KR")
    offer = await offered(korean)
    assert card(offer)["content"]["description"] == "요청하신 결과입니다."
    await consent(korean, offer, "decline")
    await korean.shown("알겠습니다")
    assert ADA.id
