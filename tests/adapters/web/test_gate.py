"""What does not come in: other hosts, other sites, strangers, bodies that are too big or no JSON."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from adapters.http.bodies import MAX_BODY
from adapters.http.cookies import OWNER as COOKIE
from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.errors import BadSetting
from tests.adapters.api.described import api_of
from tests.adapters.web.conftest import ORIGIN, SAME_SITE, TOKEN, browser, is_refusal, page

ASKED = {"session": "t1", "message": "m1", "text": "How many customers are there?"}


async def _nothing_was_asked(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/sessions")).json() == {"items": [], "next": None}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8000", "127.0.0.1.nip.io", "", "[::2]:8000"])
async def test_a_strangers_host_name_is_refused(client: httpx.AsyncClient, host: str) -> None:
    for path in ("/", "/api/v1/sessions", "/static/app.js"):
        is_refusal(await client.get(path, headers={"host": host}), 421, "http.wrong_host")
    is_refusal(await client.post("/api/v1/questions", json=ASKED, headers={"host": host}), 421, "http.wrong_host")
    await _nothing_was_asked(client)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "[::1]"])
async def test_the_names_of_this_machine_are_taken(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/", headers={"host": host})).status_code == 200


async def test_two_host_headers_are_refused(web_house: House) -> None:
    status, _ = await _raw(page(web_house), [(b"host", b"localhost"), (b"host", b"evil.example")])
    assert status == 400
    status, _ = await _raw(page(web_house), [])
    assert status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ],
)
async def test_another_sites_page_cannot_ask_or_stop(web_house: House, headers: dict[str, str]) -> None:
    app = page(web_house)
    async with browser(app, headers) as other:
        is_refusal(await other.post("/api/v1/questions", json=ASKED), 403, "http.cross_site")
        stop = f"/api/v1/questions/{'0' * 8}-0000-0000-0000-{'0' * 12}/stop"
        is_refusal(await other.post(stop, json={}), 403, "http.cross_site")
    async with browser(app) as own:
        await _nothing_was_asked(own)


async def test_another_site_cannot_read_but_may_link_to_the_page(web_house: House) -> None:
    async with browser(page(web_house), {"sec-fetch-site": "cross-site"}) as other:
        is_refusal(await other.get("/api/v1/sessions"), 403, "http.cross_site")
        assert (await other.get("/")).status_code == 200


async def test_a_program_on_this_machine_may_ask(web_house: House) -> None:
    async with browser(page(web_house), {"user-agent": "curl"}) as program:
        assert (await program.post("/api/v1/questions", json=ASKED)).status_code == 202


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken(client: httpx.AsyncClient, kind: str) -> None:
    sent = await client.post("/api/v1/questions", content=json.dumps(ASKED), headers={"content-type": kind})
    is_refusal(sent, 415, "http.not_json")
    await _nothing_was_asked(client)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"session":"t1","message":"m1","text":"\xc3\x28"}',
        b'{"session":"t1","message":"m1","text":"x","connection":"\\ud800"}',
        b'{"session":"t1","message":"m1","text":"x","connection":"\\u0000"}',
        b"[" * 60_000,
        b"1" * 60_000,
        b"null",
        b"[]",
        b'{"session":"t1","message":"m1"}',
        b'{"session":"t1","message":"m1","text":7}',
        b'{"session":"t1","message":"m1","text":"x","is_admin":true}',
        b'{"session":"../t1","message":"m1","text":"x"}',
        b'{"session":"t1","message":"","text":"x"}',
        b'{"session":"t1","message":"' + b"m" * 65 + b'","text":"x"}',
        b'{"session":"t1","message":"m1","text":"x","connection":"' + b"c" * 300 + b'"}',
    ],
)
async def test_a_malformed_question_is_refused_in_words(client: httpx.AsyncClient, body: bytes) -> None:
    sent = await client.post("/api/v1/questions", content=body, headers={"content-type": "application/json"})
    is_refusal(sent, 400, "http.malformed")
    await _nothing_was_asked(client)


async def test_a_big_body_is_refused(client: httpx.AsyncClient) -> None:
    big = {**ASKED, "text": "x" * MAX_BODY}
    is_refusal(await client.post("/api/v1/questions", json=big), 413, "http.too_big")
    await _nothing_was_asked(client)


async def test_a_big_body_that_does_not_say_so_is_refused_without_being_read_to_its_end(web_house: House) -> None:
    pieces = 0

    async def endless() -> dict[str, Any]:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    status, _ = await _raw(page(web_house), headers, method="POST", path="/api/v1/questions", receive=endless)
    assert status == 413
    assert pieces <= MAX_BODY // 1024 + 1


async def test_a_client_that_leaves_in_the_middle_gets_nothing_and_asks_nothing(web_house: House) -> None:
    messages: Iterator[dict[str, Any]] = iter(
        [
            {"type": "http.request", "body": json.dumps(ASKED).encode(), "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def leaving() -> dict[str, Any]:
        return next(messages)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    app = page(web_house)
    status, _ = await _raw(app, headers, method="POST", path="/api/v1/questions", receive=leaving)
    assert status is None
    async with browser(app) as client:
        await _nothing_was_asked(client)


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    paths = ["/", "/static/app.js", "/api/v1/sessions", "/api/v1/nothing", "/nothing", "/static/../app.py"]
    for response in [await client.get(path) for path in paths] + [await client.get("/", headers={"host": "x"})]:
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in response.headers
    assert (await client.get("/api/v1/sessions")).headers["cache-control"] == "no-store"


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    text = (await client.get("/")).text
    assert "<script>" not in text and "<style" not in text and " style=" not in text and "onclick" not in text
    assert "http://" not in text and "https://" not in text and "//" not in text.replace("<!doctype", "")


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/", "/x"]
)
async def test_only_the_pages_own_files_are_served(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert "import" not in response.text


async def test_refusals_are_in_the_readers_language(client: httpx.AsyncClient) -> None:
    refused = await client.get("/api/v1/nothing", headers={"accept-language": "ko"})
    is_refusal(refused, 404, "http.not_found")
    assert refused.json()["detail"] == "이 주소에는 아무것도 없어요."


async def test_a_wrong_method_is_refused(client: httpx.AsyncClient) -> None:
    is_refusal(await client.request("DELETE", "/api/v1/sessions", json={}), 405, "http.wrong_method")


# With a token


@pytest.fixture
def guarded(web_house: House) -> FastAPI:
    return page(web_house, HttpSettings(token=TOKEN, allowed_hosts=("localhost",)))


async def test_without_the_token_there_is_only_the_way_in(guarded: FastAPI) -> None:
    async with browser(guarded) as client:
        pages = ["/", "/?token=", "/?token=wrong", f"/?token={TOKEN}x", f"/?Token={TOKEN}", "/dashboard", "/account"]
        for path in [*pages, f"/dashboard?token={TOKEN}"]:
            response = await client.get(path)
            assert response.status_code == 401
            assert 'class="locked way-in"' in response.text
            assert "set-cookie" not in response.headers
            assert TOKEN not in response.text
        is_refusal(await client.get("/api/v1/sessions"), 401, "http.locked")
        is_refusal(await client.post("/api/v1/questions", json=ASKED), 401, "http.locked")
        is_refusal(await client.get(f"/api/v1/sessions?token={TOKEN}"), 401, "http.locked")
        assert (await client.get("/static/style.css")).status_code == 200


async def test_the_token_is_exchanged_for_a_strict_cookie(guarded: FastAPI) -> None:
    async with browser(guarded) as client:
        entered = await client.get(f"/?token={TOKEN}")
        assert entered.status_code == 200
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
        assert TOKEN not in cookie
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/api/v1/sessions")).status_code == 200
        assert (await client.post("/api/v1/questions", json=ASKED)).status_code == 202


@pytest.mark.parametrize("value", ["", "x", TOKEN, "é", '"', "a" * 5000])
async def test_no_other_cookie_opens_the_door(guarded: FastAPI, value: str) -> None:
    cookie = f"{COOKIE}={value}".encode()
    async with browser(guarded) as client:
        response = await client.get("/api/v1/sessions", headers=[(b"cookie", cookie)])
        assert response.status_code == 401


async def test_the_cookie_is_secure_where_the_page_is(guarded: FastAPI) -> None:
    transport = httpx.ASGITransport(guarded)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        assert "Secure" in (await client.get(f"/?token={TOKEN}")).headers["set-cookie"]


async def test_the_same_holds_below_another_path(guarded: FastAPI) -> None:
    async with browser(FastAPI(routes=[Mount("/ask", guarded)])) as client:
        assert (await client.get("/ask/")).status_code == 401
        is_refusal(await client.get("/ask/api/v1/sessions"), 401, "http.locked")
        assert (await client.get("/ask/static/style.css")).status_code == 200
        assert (await client.get(f"/ask/?token={TOKEN}")).status_code == 200
        assert (await client.get("/ask/api/v1/sessions")).status_code == 200


def test_the_token_is_not_shown() -> None:
    settings = HttpSettings(token=TOKEN)
    assert TOKEN not in repr(settings)
    assert settings.link("http://host:8000") == f"http://host:8000/?token={TOKEN}"
    assert HttpSettings().link("http://localhost:8000") == "http://localhost:8000/"


@pytest.mark.parametrize(
    "wrong", [{"token": "short"}, {"allowed_hosts": ()}, {"allowed_hosts": ("*",)}, {"allowed_hosts": ("a", "*")}]
)
def test_settings_that_leave_the_door_open_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        HttpSettings(**wrong)
    assert HttpSettings(token=TOKEN, allowed_hosts=("*",)).allows_host("any.example:80")


async def test_an_exception_leaves_as_a_sentence(web_house: House, caplog: pytest.LogCaptureFixture) -> None:
    app = page(web_house)

    @api_of(app).get("/broken")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    async with browser(app, {**SAME_SITE, "accept-language": "ko"}) as client:
        response = await client.get("/api/v1/broken")
    is_refusal(response, 500, "http.unexpected")
    assert "hunter2" not in response.text
    assert "A web request failed: '/api/v1/broken'" in caplog.text


async def test_the_way_in_speaks_every_language_to_strangers(guarded: FastAPI) -> None:
    async with browser(guarded) as client:
        english, korean = [(await client.get(f"/words?lang={lang}")).json()["words"] for lang in ("en", "ko")]
        assert (english["sign_in.title"], korean["sign_in.title"]) == ("Sign in", "로그인")
        assert (await client.get("/sign-in")).status_code == 200


async def _raw(
    app: FastAPI,
    headers: list[tuple[bytes, bytes]],
    *,
    method: str = "GET",
    path: str = "/api/v1/sessions",
    receive: Any = None,
) -> tuple[int | None, bytes]:
    """Speak ASGI by hand, for what an honest client does not send."""

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    async with asyncio.timeout(10):
        await app(scope, receive or nothing, send)
    status = next((message["status"] for message in sent if message["type"] == "http.response.start"), None)
    return status, b"".join(message.get("body", b"") for message in sent)
