"""Signing in at the page: cookies that no script sees, renewed unseen, ended when somebody leaves."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import httpx
import pytest
from fastapi import FastAPI

from adapters.http.cookies import ACCESS, OWNER, REFRESH
from adapters.http.peer import networks
from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.access import NewPerson, PersonLine
from core.chat import Actor
from tests.adapters.web.conftest import ORIGIN, SAME_SITE, TOKEN, browser, is_refusal, page

EMAIL, PASSWORD = "ada@example.com", "a long enough password"
MACHINE = HttpSettings().person


@pytest.fixture
async def ada(web_house: House) -> PersonLine:
    people = web_house.service.people
    line = await people.add(MACHINE, NewPerson(EMAIL, "Ada"))
    await people.give_password(MACHINE, line.id, PASSWORD)
    return line


@pytest.fixture
def guarded(web_house: House) -> FastAPI:
    return page(web_house, HttpSettings(token=TOKEN, allowed_hosts=("localhost",)))


@pytest.fixture
async def stranger(guarded: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(guarded) as one:
        yield one


def _cookies(response: httpx.Response) -> dict[str, SimpleCookie]:
    found = {}
    for line in response.headers.get_list("set-cookie"):
        cookie = SimpleCookie(line)
        (name,) = cookie
        found[name] = cookie
    return found


async def _sign_in(client: httpx.AsyncClient) -> httpx.Response:
    signed = await client.post("/session", json={"email": EMAIL, "password": PASSWORD})
    assert signed.status_code == 200, signed.text
    return signed


async def _name(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/v1/me")).json()["name"])


async def test_a_password_opens_the_page_and_leaves_strict_cookies(
    stranger: httpx.AsyncClient, ada: PersonLine
) -> None:
    assert (await stranger.get("/")).status_code == 401
    signed = await _sign_in(stranger)
    cookies = _cookies(signed)
    access, refresh = cookies[ACCESS][ACCESS], cookies[REFRESH][REFRESH]
    for one in (access, refresh):
        assert one["httponly"] and one["samesite"] == "Strict" and not one["secure"] and int(one["max-age"]) > 3600
        assert one.value not in signed.text
    assert (access["path"], refresh["path"]) == ("/", "/session/refresh")
    assert (await stranger.get("/")).status_code == 200
    me = (await stranger.get("/api/v1/me")).json()
    assert (me["name"], me["email"], me["role"], me["by"]) == ("Ada", EMAIL, "viewer", "sign_in")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": EMAIL, "password": "wrong"}, 401, "sign_in.wrong"),
        ({"email": "nobody@example.com", "password": PASSWORD}, 401, "sign_in.wrong"),
        ({"email": EMAIL, "password": PASSWORD + "x" * 100}, 401, "sign_in.wrong"),
        ({"email": EMAIL, "password": "x" * 3000}, 400, "http.malformed"),
        ({"email": EMAIL}, 400, "http.malformed"),
        ({"email": EMAIL, "password": PASSWORD, "remember": True}, 400, "http.malformed"),
        ({"email": "\x00", "password": "\x00"}, 401, "sign_in.wrong"),
    ],
)
async def test_nothing_else_does(
    stranger: httpx.AsyncClient, ada: PersonLine, body: dict[str, object], status: int, code: str
) -> None:
    refused = await stranger.post("/session", json=body)
    is_refusal(refused, status, code)
    assert not _cookies(refused)


async def test_who_tries_too_often_is_told_when_to_come_again(stranger: httpx.AsyncClient, ada: PersonLine) -> None:
    for _ in range(30):
        refused = await stranger.post("/session", json={"email": EMAIL, "password": "wrong"})
        if refused.status_code == 429:
            break
    is_refusal(refused, 429, "sign_in.wait")
    assert int(refused.headers["retry-after"]) > 0


async def test_what_has_ended_is_renewed_once_and_the_old_one_ends_all_of_it(
    stranger: httpx.AsyncClient, ada: PersonLine
) -> None:
    first = _cookies(await _sign_in(stranger))
    stranger.cookies.set(ACCESS, "ended", domain="localhost.local", path="/")
    stranger.cookies.delete(ACCESS, domain="localhost.local", path="/")
    headers = {"cookie": f"{ACCESS}=ended"}
    is_refusal(await stranger.get("/api/v1/me", headers=headers), 401, "sign_in.ended")
    renewed = await stranger.post("/session/refresh")
    assert renewed.status_code == 200
    second = _cookies(renewed)
    assert second[REFRESH][REFRESH].value != first[REFRESH][REFRESH].value
    assert await _name(stranger) == "Ada"


async def test_whose_sign_in_is_gone_is_forgotten(stranger: httpx.AsyncClient) -> None:
    for value in ("", "x", "a" * 2000):
        refused = await stranger.post("/session/refresh", headers={"cookie": f"{REFRESH}={value}"})
        is_refusal(refused, 401, "sign_in.ended")
        assert {name: cookie[name]["max-age"] for name, cookie in _cookies(refused).items()} == {
            ACCESS: "0",
            REFRESH: "0",
        }


async def test_who_leaves_is_out_for_good(stranger: httpx.AsyncClient, ada: PersonLine) -> None:
    cookies = _cookies(await _sign_in(stranger))
    left = await stranger.delete("/session/refresh")
    assert left.status_code == 200 and set(_cookies(left)) == {ACCESS, REFRESH, OWNER}
    assert (await stranger.get("/")).status_code == 401
    before = {"cookie": f"{ACCESS}={cookies[ACCESS][ACCESS].value}"}
    is_refusal(await stranger.get("/api/v1/me", headers=before), 401, "sign_in.ended")
    again = {"cookie": f"{REFRESH}={cookies[REFRESH][REFRESH].value}"}
    assert (await stranger.post("/session/refresh", headers=again)).status_code == 401


async def test_a_link_from_a_chat_lets_in_once(stranger: httpx.AsyncClient, web_house: House, ada: PersonLine) -> None:
    link = await web_house.service.people.invite(MACHINE, ada.id)
    assert (await stranger.post("/session/link", json={"token": link.token})).status_code == 200
    assert await _name(stranger) == "Ada"
    is_refusal(await stranger.post("/session/link", json={"token": link.token}), 401, "sign_in.link_used")
    is_refusal(await stranger.post("/session/link", json={"token": "x"}), 401, "sign_in.link")
    put = await stranger.put("/api/v1/me/password", json={"new": "another long password"})
    assert put.status_code == 200  # whoever came by a link need not know the one before


async def test_at_the_machine_nobody_signs_in_unless_they_want_to(client: httpx.AsyncClient, ada: PersonLine) -> None:
    assert (await client.get("/session")).json() == {"owner": True, "signed_in": False}
    assert (await client.get("/api/v1/me")).json()["by"] == "machine"
    await _sign_in(client)
    assert await _name(client) == "Ada"
    is_refusal(await client.get("/api/v1/users"), 403, "people.not_administrator")
    # What they held has ended: they are nobody then, not the owner of the machine.
    ended = {"cookie": f"{ACCESS}=ended"}
    is_refusal(await client.get("/api/v1/me", headers=ended), 401, "sign_in.ended")
    await client.delete("/session/refresh")
    assert (await client.get("/api/v1/me")).json()["by"] == "machine"


@pytest.mark.parametrize(
    "passed_on", [{"x-forwarded-for": "203.0.113.9"}, {"forwarded": "for=203.0.113.9"}, {"x-real-ip": "203.0.113.9"}]
)
async def test_what_a_proxy_passes_on_is_not_the_owners(client: httpx.AsyncClient, passed_on: dict[str, str]) -> None:
    is_refusal(await client.get("/api/v1/me", headers=passed_on), 401, "http.locked")


async def test_another_site_signs_nobody_in_or_out(web_house: House, ada: PersonLine) -> None:
    app = page(web_house)
    async with browser(app) as own:
        cookies = _cookies(await _sign_in(own))
        mine = {"cookie": f"{REFRESH}={cookies[REFRESH][REFRESH].value}"}
        elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site", **mine}
        async with browser(app, elsewhere) as other:
            body = {"email": EMAIL, "password": PASSWORD}
            is_refusal(await other.post("/session", json=body), 403, "http.cross_site")
            is_refusal(await other.post("/session/refresh"), 403, "http.cross_site")
            is_refusal(await other.delete("/session/refresh"), 403, "http.cross_site")
            is_refusal(await other.get("/session"), 403, "http.cross_site")
        assert await _name(own) == "Ada"


@pytest.mark.parametrize(("proxies", "secure"), [(("127.0.0.1",), True), ((), False)])
async def test_cookies_are_secure_behind_a_proxy_that_is_trusted(
    web_house: House, ada: PersonLine, proxies: tuple[str, ...], secure: bool
) -> None:
    settings = HttpSettings(token=TOKEN, proxies=networks(proxies))
    headers = {**SAME_SITE, "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    async with browser(page(web_house, settings), headers) as client:
        cookies = _cookies(await _sign_in(client))
        assert bool(cookies[ACCESS][ACCESS]["secure"]) is secure
        (device,) = await web_house.service.people.devices(await _actor(web_house, cookies))
        assert device.ip == ("203.0.113.9" if secure else "127.0.0.1")


async def _actor(built: House, cookies: dict[str, SimpleCookie]) -> Actor:
    return (await built.service.people.signed_in(cookies[ACCESS][ACCESS].value, platform="api")).actor


async def test_the_pages_have_nothing_inline_and_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    for path in ("/sign-in", "/account"):
        text = (await client.get(path)).text
        assert "<script>" not in text and "<style" not in text and " style=" not in text and "onclick" not in text
        assert "//" not in text.replace("<!doctype", "")
    assert ORIGIN.startswith("http://localhost")
