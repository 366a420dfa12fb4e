"""The link to a file: signed, short-lived, and worth something to the one it was made for alone."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import func, select

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.ask.file_desk import LINK_LASTS, FileDesk, list_name
from core.chat import Actor
from core.errors import NoAnswer, NotAllowed
from core.storage.models import AuditLog
from tests.adapters.web.conftest import ORIGIN, TOKEN, browser, page
from tests.houses import KIM, LEE, add_sqlite, ask, open_house, settings_for

GUARDED = HttpSettings(token=TOKEN, allowed_hosts=("localhost",))
HOW_MANY = "how many orders are there?"
ELSEWHERE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}


@pytest.fixture
async def built(tmp_path: Path, web_shop: Path) -> AsyncIterator[House]:
    settings = settings_for(tmp_path, public_url=ORIGIN, administrators=("memory:T1:U9",))
    async with open_house(settings, {"memory": None, "web": None, "api": None}) as house:
        await add_sqlite(house, web_shop)
        yield house


@pytest.fixture
async def visitor(built: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of somebody who has not signed in."""
    async with browser(page(built, GUARDED), {}) as one:
        yield one


async def answered(built: House, actor: Actor = LEE, text: str = HOW_MANY) -> str:
    return (await ask(built, text, actor))[1].question_id


async def come_in(built: House, client: httpx.AsyncClient, actor: Actor) -> None:
    made = await built.service.people.link(actor)
    signed = await client.post("/session/link", json={"token": made.token}, headers={"sec-fetch-site": "same-origin"})
    assert signed.status_code == 200, signed.text


async def link(built: House, actor: Actor = LEE, kind: str = "csv", about: str | None = None) -> str:
    about = await answered(built, actor) if about is None else about
    return (await built.service.files.link(actor, kind, about)).removeprefix(ORIGIN)


async def test_whoever_it_was_made_for_gets_the_file(built: House, visitor: httpx.AsyncClient) -> None:
    address = await link(built)
    await come_in(built, visitor, LEE)
    for _ in range(2):  # a download that broke is tried again
        got = await visitor.get(address)
        assert got.status_code == 200
        assert got.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in got.content
        assert got.headers["content-type"] == "text/csv; charset=utf-8"
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["content-disposition"].startswith('attachment; filename="answer-how-many-orders')


async def test_a_workbook_and_a_name_in_korean(built: House, visitor: httpx.AsyncClient) -> None:
    address = await link(built, KIM, "excel", await answered(built, KIM, "주문은 몇 건이야?"))
    await come_in(built, visitor, KIM)
    got = await visitor.get(address)
    assert got.status_code == 200 and got.content.startswith(b"PK")
    header = got.headers["content-disposition"]
    assert header.isascii() and f"filename*=UTF-8''{quote('answer-주문은-몇-건이야.xlsx')}" in header


async def test_each_download_is_in_the_audit(built: House, visitor: httpx.AsyncClient) -> None:
    question_id = await answered(built)
    address = await link(built, about=question_id)
    await come_in(built, visitor, LEE)

    async def exported() -> int:
        async with built.store.reading() as session:
            counted = select(func.count()).where(
                AuditLog.action == "answer.exported", AuditLog.resource_id == question_id
            )
            return int(await session.scalar(counted) or 0)

    assert await exported() == 0, "a link that nobody follows gives nothing out"
    await visitor.get(address)
    assert await exported() == 1


@pytest.mark.parametrize(("language", "way"), [("en", "Write “page”"), ("ko", "“페이지”")])
async def test_who_has_not_signed_in_reads_how_to(
    built: House, visitor: httpx.AsyncClient, language: str, way: str
) -> None:
    address = await link(built, replace(LEE, locale=language))
    told = await visitor.get(address)
    assert told.status_code == 401 and told.headers["content-type"] == "text/html; charset=utf-8"
    assert way in told.text and "content-disposition" not in told.headers
    assert f'<html lang="{language}">' in told.text
    await come_in(built, visitor, LEE)
    assert (await visitor.get(address)).status_code == 200


async def test_from_the_chats_own_page_comes_a_page_whoever_asks(built: House, visitor: httpx.AsyncClient) -> None:
    address = await link(built)
    await come_in(built, visitor, LEE)
    first = await visitor.get(address, headers=ELSEWHERE)
    assert first.status_code == 200 and first.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="?lang=en"' in first.text
    second = await visitor.get(address, headers={"sec-fetch-site": "same-origin"})
    assert second.headers["content-type"] == "text/csv; charset=utf-8"


async def test_somebody_else_gets_nothing_from_it(built: House, visitor: httpx.AsyncClient) -> None:
    address = await link(built)
    await come_in(built, visitor, KIM)
    refused = await visitor.get(address)
    assert refused.status_code == 403 and refused.headers["content-type"] == "text/html; charset=utf-8"
    assert "answer-" not in refused.text


async def test_nor_does_an_administrator_or_the_owner_of_the_machine(built: House) -> None:
    address = await link(built)
    boss = replace(KIM, id="U9", email="boss@example.com")
    async with browser(page(built, GUARDED), {}) as client:
        await come_in(built, client, boss)
        assert (await client.get(address)).status_code == 403
    async with browser(page(built), {}) as client:
        assert (await client.get(address)).status_code == 403


async def test_it_ends(built: House, visitor: httpx.AsyncClient) -> None:
    address = await link(built)
    await come_in(built, visitor, LEE)
    now = built.road.clock()
    for passed, status in ((LINK_LASTS - timedelta(seconds=5), 200), (LINK_LASTS + timedelta(seconds=1), 404)):
        moment = now + passed
        built.service.files = FileDesk(replace(built.road, clock=lambda at=moment: at))  # type: ignore[misc]
        got = await visitor.get(address)
        assert got.status_code == status, passed
    assert "Press the button for the file again." in got.text


async def test_nothing_else_is_a_link(built: House, visitor: httpx.AsyncClient, tmp_path: Path) -> None:
    address = await link(built)
    token = address.removeprefix("/files/").removesuffix("?lang=en")
    head, claims, signature = token.split(".")
    stated = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert set(stated) == {"iss", "aud", "iat", "exp", "jti", "sub", "kind", "about"}, "it holds no content"
    boss = base64.urlsafe_b64encode(json.dumps({**stated, "sub": "somebody"}).encode()).decode().rstrip("=")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"file+jwt"}').decode().rstrip("=")
    signs_in = (await built.service.people.link(LEE)).token
    await come_in(built, visitor, LEE)
    forged = [f"{head}.{boss}.{signature}", f"{unsigned}.{claims}.", token[:-2], token + "A", signs_in, "x", "a" * 9000]
    for one in (*forged, "%00", "..%2F..%2Fetc%2Fpasswd", quote("<script>alert(1)</script>")):
        got = await visitor.get(f"/files/{one}")
        assert got.status_code == 404, one
        assert "content-disposition" not in got.headers and "<script>alert" not in got.text


async def test_a_link_of_another_house_opens_nothing_here(
    built: House, visitor: httpx.AsyncClient, tmp_path: Path, web_shop: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    async with open_house(settings_for(other, public_url=ORIGIN), {"memory": None}) as house:
        await add_sqlite(house, web_shop)
        address = await link(house)
    await come_in(built, visitor, LEE)
    assert (await visitor.get(address)).status_code == 404


async def test_who_may_not_have_a_file_gets_no_link(built: House) -> None:
    files, question_id = built.service.files, await answered(built)
    with pytest.raises(NotAllowed):
        await files.link(KIM, "csv", question_id)
    with pytest.raises(NotAllowed):
        await files.take(KIM, "csv", question_id)
    with pytest.raises(NotAllowed):
        await files.link(LEE, "usage", "people:month")
    for kind, about in (("png", question_id), ("", question_id), ("usage", "people"), ("usage", "secrets:month")):
        with pytest.raises(NoAnswer):
            await files.link(LEE, kind, about)
        with pytest.raises(NoAnswer):
            await files.take(LEE, kind, about)


async def test_lists_of_use_are_files_too(built: House, visitor: httpx.AsyncClient) -> None:
    await answered(built)
    mine = await link(built, LEE, "usage", "")
    boss = replace(KIM, id="U9", email="boss@example.com")
    everybodys = await link(built, boss, "usage", list_name("people", "month"))
    await come_in(built, visitor, LEE)
    assert 'filename="my-usage.csv"' in (await visitor.get(mine)).headers["content-disposition"]
    await come_in(built, visitor, boss)
    got = await visitor.get(everybodys)
    assert 'filename="usage-people-month.csv"' in got.headers["content-disposition"]


async def test_without_a_known_address_there_is_no_link(tmp_path: Path, web_shop: Path) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, web_shop)
        assert await house.service.files.link(LEE, "csv", await answered(house)) == ""


async def test_the_page_of_a_link_takes_no_other_method(built: House, visitor: httpx.AsyncClient) -> None:
    address = await link(built)
    assert (await visitor.post(address, headers=ELSEWHERE)).status_code == 403
    assert (await visitor.post(address, headers={"sec-fetch-site": "same-origin"})).status_code == 405
