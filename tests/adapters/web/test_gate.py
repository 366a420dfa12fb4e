"""What does not come in: other hosts, other sites, strangers, bodies that are too big or no JSON."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from adapters.web import WebSettings
from adapters.web import locked as locked_page
from adapters.web.gate import COOKIE, MAX_BODY
from bot.wiring import House
from core.errors import BadSetting
from tests.adapters.web.conftest import ORIGIN, SAME_SITE, TOKEN, browser, page

ASKED = {"thread": "t1", "message": "m1", "text": "How many customers are there?"}


def _is_refusal(response: httpx.Response, status: int, code: str) -> None:
    assert response.status_code == status, response.text
    answer = response.json()
    assert set(answer) == {"code", "text", "hint"}
    assert answer["code"] == code
    assert answer["text"] and answer["hint"]


async def _nothing_was_asked(client: httpx.AsyncClient) -> None:
    assert (await client.get("/chat/threads")).json() == {"threads": []}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8000", "127.0.0.1.nip.io", "", "[::2]:8000"])
async def test_a_strangers_host_name_is_refused(client: httpx.AsyncClient, host: str) -> None:
    for path in ("/", "/chat/threads", "/static/app.js"):
        _is_refusal(await client.get(path, headers={"host": host}), 421, "web.wrong_host")
    _is_refusal(await client.post("/chat/questions", json=ASKED, headers={"host": host}), 421, "web.wrong_host")
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
        _is_refusal(await other.post("/chat/questions", json=ASKED), 403, "web.cross_site")
        stop = f"/chat/questions/{'0' * 8}-0000-0000-0000-{'0' * 12}/stop"
        _is_refusal(await other.post(stop, json={}), 403, "web.cross_site")
    async with browser(app) as own:
        await _nothing_was_asked(own)


async def test_another_site_cannot_read_but_may_link_to_the_page(web_house: House) -> None:
    async with browser(page(web_house), {"sec-fetch-site": "cross-site"}) as other:
        _is_refusal(await other.get("/chat/threads"), 403, "web.cross_site")
        assert (await other.get("/")).status_code == 200


async def test_a_program_on_this_machine_may_ask(web_house: House) -> None:
    async with browser(page(web_house), {"user-agent": "curl"}) as program:
        assert (await program.post("/chat/questions", json=ASKED)).status_code == 202


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken(client: httpx.AsyncClient, kind: str) -> None:
    sent = await client.post("/chat/questions", content=json.dumps(ASKED), headers={"content-type": kind})
    _is_refusal(sent, 415, "web.not_json")
    await _nothing_was_asked(client)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"thread":"t1","message":"m1","text":"\xc3\x28"}',
        b'{"thread":"t1","message":"m1","text":"x","connection":"\\ud800"}',
        b'{"thread":"t1","message":"m1","text":"x","connection":"\\u0000"}',
        b"[" * 60_000,
        b"1" * 60_000,
        b"null",
        b"[]",
        b'{"thread":"t1","message":"m1"}',
        b'{"thread":"t1","message":"m1","text":7}',
        b'{"thread":"t1","message":"m1","text":"x","is_admin":true}',
        b'{"thread":"../t1","message":"m1","text":"x"}',
        b'{"thread":"t1","message":"","text":"x"}',
        b'{"thread":"t1","message":"' + b"m" * 65 + b'","text":"x"}',
        b'{"thread":"t1","message":"m1","text":"x","connection":"' + b"c" * 300 + b'"}',
    ],
)
async def test_a_malformed_question_is_refused_in_words(client: httpx.AsyncClient, body: bytes) -> None:
    sent = await client.post("/chat/questions", content=body, headers={"content-type": "application/json"})
    _is_refusal(sent, 400, "web.malformed")
    await _nothing_was_asked(client)


async def test_a_big_body_is_refused(client: httpx.AsyncClient) -> None:
    big = {**ASKED, "text": "x" * MAX_BODY}
    _is_refusal(await client.post("/chat/questions", json=big), 413, "web.too_big")
    await _nothing_was_asked(client)


async def test_a_big_body_that_does_not_say_so_is_refused_without_being_read_to_its_end(web_house: House) -> None:
    pieces = 0

    async def endless() -> dict[str, Any]:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    status, _ = await _raw(page(web_house), headers, method="POST", path="/chat/questions", receive=endless)
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
    status, _ = await _raw(app, headers, method="POST", path="/chat/questions", receive=leaving)
    assert status is None
    async with browser(app) as client:
        await _nothing_was_asked(client)


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    paths = ["/", "/static/app.js", "/chat/threads", "/chat/nothing", "/nothing", "/static/../app.py"]
    for response in [await client.get(path) for path in paths] + [await client.get("/", headers={"host": "x"})]:
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in response.headers
    assert (await client.get("/chat/threads")).headers["cache-control"] == "no-store"


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
    refused = await client.get("/chat/nothing", headers={"accept-language": "ko"})
    _is_refusal(refused, 404, "web.not_found")
    assert refused.json()["text"] == "이 주소에는 아무것도 없습니다."


async def test_a_wrong_method_is_refused(client: httpx.AsyncClient) -> None:
    _is_refusal(await client.request("DELETE", "/chat/threads", json={}), 405, "web.wrong_method")


# With a token


@pytest.fixture
def guarded(web_house: House) -> FastAPI:
    return page(web_house, WebSettings(token=TOKEN, allowed_hosts=("localhost",)))


async def test_without_the_token_there_is_only_the_way_in(guarded: FastAPI) -> None:
    async with browser(guarded) as client:
        for path in ("/", "/?token=", "/?token=wrong", f"/?token={TOKEN}x", f"/?Token={TOKEN}"):
            response = await client.get(path)
            assert response.status_code == 401
            assert "열쇠가 필요한" in response.text and "asks for its key" in response.text
            assert "set-cookie" not in response.headers
            assert TOKEN not in response.text
        _is_refusal(await client.get("/chat/threads"), 401, "web.locked")
        _is_refusal(await client.post("/chat/questions", json=ASKED), 401, "web.locked")
        _is_refusal(await client.get(f"/chat/threads?token={TOKEN}"), 401, "web.locked")
        assert (await client.get("/static/style.css")).status_code == 200


async def test_the_token_is_exchanged_for_a_strict_cookie(guarded: FastAPI) -> None:
    async with browser(guarded) as client:
        entered = await client.get(f"/?token={TOKEN}")
        assert entered.status_code == 200
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
        assert TOKEN not in cookie
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/chat/threads")).status_code == 200
        assert (await client.post("/chat/questions", json=ASKED)).status_code == 202


@pytest.mark.parametrize("value", ["", "x", TOKEN, "é", '"', "a" * 5000])
async def test_no_other_cookie_opens_the_door(guarded: FastAPI, value: str) -> None:
    cookie = f"{COOKIE}={value}".encode()
    async with browser(guarded) as client:
        response = await client.get("/chat/threads", headers=[(b"cookie", cookie)])
        assert response.status_code == 401


async def test_the_cookie_is_secure_where_the_page_is(guarded: FastAPI) -> None:
    transport = httpx.ASGITransport(guarded)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        assert "Secure" in (await client.get(f"/?token={TOKEN}")).headers["set-cookie"]


async def test_the_same_holds_below_another_path(guarded: FastAPI) -> None:
    async with browser(FastAPI(routes=[Mount("/ask", guarded)])) as client:
        assert (await client.get("/ask/")).status_code == 401
        _is_refusal(await client.get("/ask/chat/threads"), 401, "web.locked")
        assert (await client.get("/ask/static/style.css")).status_code == 200
        assert (await client.get(f"/ask/?token={TOKEN}")).status_code == 200
        assert (await client.get("/ask/chat/threads")).status_code == 200


def test_the_token_is_not_shown() -> None:
    settings = WebSettings(token=TOKEN)
    assert TOKEN not in repr(settings)
    assert settings.link("http://host:8000") == f"http://host:8000/?token={TOKEN}"
    assert WebSettings().link("http://localhost:8000") == "http://localhost:8000/"


@pytest.mark.parametrize(
    "wrong", [{"token": "short"}, {"allowed_hosts": ()}, {"allowed_hosts": ("*",)}, {"allowed_hosts": ("a", "*")}]
)
def test_settings_that_leave_the_door_open_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        WebSettings(**wrong)
    assert WebSettings(token=TOKEN, allowed_hosts=("*",)).allows_host("any.example:80")


async def test_an_exception_leaves_as_a_sentence(web_house: House, caplog: pytest.LogCaptureFixture) -> None:
    app = page(web_house)

    @app.get("/chat/broken")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    async with browser(app, {**SAME_SITE, "accept-language": "ko"}) as client:
        response = await client.get("/chat/broken")
    _is_refusal(response, 500, "web.unexpected")
    assert "hunter2" not in response.text
    assert "A web request failed: '/chat/broken'" in caplog.text


def test_the_way_in_is_written_in_every_language() -> None:
    text = bytes(locked_page.response().body).decode()
    assert '<section lang="en">' in text and '<section lang="ko">' in text


async def _raw(
    app: FastAPI,
    headers: list[tuple[bytes, bytes]],
    *,
    method: str = "GET",
    path: str = "/chat/threads",
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
