"""Slack over signed HTTP: what is no request of Slack's, and the whole house behind a web server."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.slack.http import PATH
from tests.adapters.slack.people import page, until
from tests.adapters.slack.proxy import proxied
from tests.adapters.slack.server import (
    ADA,
    BOT,
    BOT_TOKEN,
    GENERAL,
    SIGNING_SECRET,
    LocalSlack,
    running,
)
from tests.adapters.slack.whole import (
    answer,
    button,
    event,
    form,
    logged_as_served,
    over_http,
    post,
    said_by_us,
    signed,
    types,
)
from tests.houses import add_sqlite, make_shop

SECRETS = (BOT_TOKEN, SIGNING_SECRET)
CANARY = "canary-in-a-body"
CHALLENGE = json.dumps({"type": "url_verification", "challenge": CANARY, "token": "t"}).encode()
GOOD = json.dumps(event(f"How many customers are there? {CANARY}")).encode()
Headers = dict[str, str]
MEGABYTES = b"x" * (10 * 2**20)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("http-shop") / "shop.db")


@pytest.fixture(scope="session")
def port(unused_tcp_port_factory: Callable[[], int]) -> int:
    """Where our web server listens: the local Slack server is told at its start."""
    return unused_tcp_port_factory()


@pytest.fixture(scope="session")
def slack_over_http(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[LocalSlack]:
    with running(tmp_path_factory.mktemp("slack-http"), f"http://127.0.0.1:{port}{PATH}") as server:
        yield server


@pytest.fixture
def slack(slack_over_http: LocalSlack) -> LocalSlack:
    """A local Slack server that sends its events over HTTP."""
    slack_over_http.reset()
    return slack_over_http


@pytest.fixture
def talkative(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log, as a serving process that is told to be verbose keeps it."""
    with logged_as_served(caplog):
        yield caplog


@pytest.fixture
async def url(slack: LocalSlack, port: int, shop: Path, tmp_path: Path) -> AsyncIterator[str]:
    async with proxied(slack.url) as proxy, over_http(proxy.api_url, tmp_path, port) as (built, url):
        await add_sqlite(built, shop)
        yield url


async def _send(url: str, body: Any, headers: dict[str, str]) -> int:
    async with httpx.AsyncClient(timeout=20) as http:
        return (await http.post(f"{url}{PATH}", content=body, headers=headers)).status_code


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def _at(stamp: str) -> Callable[[], Headers]:
    return lambda: signed(GOOD, stamp=stamp)


# Made when they are sent: whatever is old by then is refused for that alone.
NOT_SIGNED: dict[str, Callable[[], Headers]] = {
    "wrong": lambda: signed(GOOD) | {"X-Slack-Signature": "v0=" + "0" * 64},
    "of another body": lambda: signed(CHALLENGE),
    "of another secret": lambda: signed(GOOD, secret="another-secret"),
    "empty": lambda: signed(GOOD) | {"X-Slack-Signature": ""},
    "missing": lambda: _without(signed(GOOD), "X-Slack-Signature"),
    "of no time": lambda: _without(signed(GOOD), "X-Slack-Request-Timestamp"),
    "stale": lambda: signed(GOOD, stamp=str(int(time.time()) - 400)),
    "of the future": lambda: signed(GOOD, stamp=str(int(time.time()) + 3_600)),
    "before all time": lambda: signed(GOOD, stamp=f"-{int(time.time())}"),
    "of nothing at all": lambda: {"Content-Type": "application/json"},
    **{f"at {stamp[:40]!r} of {len(stamp)}": _at(stamp) for stamp in ("", "abc", "9" * 40, "9" * 5_000, "1e9")},
    "at digits of another script": lambda: signed(GOOD) | {"X-Slack-Request-Timestamp": "١٢٣"},
}


@pytest.mark.parametrize("made", NOT_SIGNED.values(), ids=NOT_SIGNED)
async def test_what_slack_did_not_sign_is_refused(
    url: str, made: Callable[[], Headers], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    raw = [(name.encode(), value.encode()) for name, value in made().items()]
    async with httpx.AsyncClient() as http:
        refused = await http.post(f"{url}{PATH}", content=GOOD, headers=raw)
    assert refused.status_code == 401
    assert not refused.content
    assert CANARY not in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


async def test_a_signature_that_is_no_ascii_is_refused(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = _without(signed(GOOD), "X-Slack-Signature")
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    async with httpx.AsyncClient() as http:
        for signature in ("v0=é".encode("latin-1"), "v0=서명".encode(), b"v0=\xff\xfe"):
            sent = [*raw, (b"X-Slack-Signature", signature)]
            assert (await http.post(f"{url}{PATH}", content=GOOD, headers=sent)).status_code == 401
    assert CANARY not in caplog.text


async def test_a_body_that_is_too_large_is_refused_whatever_its_header_says(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = CANARY.encode() + MEGABYTES

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    headers = signed(body)
    assert await _refusal(url, body, headers) == 413
    assert await _refusal(url, chunks(), headers) == 413
    assert CANARY not in caplog.text


async def _refusal(url: str, body: Any, headers: dict[str, str]) -> int:
    """The status of a request that is answered before it was sent whole: the line may break while we still write."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    given = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"Content-Length: {len(body)}" if isinstance(body, bytes) else "Transfer-Encoding: chunked"
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{given}{length}\r\n\r\n".encode())
    try:
        if isinstance(body, bytes):
            writer.write(body)
        else:
            async for chunk in body:
                writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            writer.write(b"0\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), 10)
    finally:
        writer.transport.abort()
    return int(status.split()[1])


UNREADABLE = {
    "not UTF-8": b'{"type": "\xff\xfe ' + CANARY.encode() + b'"}',
    "not JSON": b'{"type": ' + CANARY.encode(),
    "a list": json.dumps([CANARY]).encode(),
    "a payload that is not JSON": form(payload="{" + CANARY),
    "a payload that is no object": form(payload=json.dumps([CANARY])),
    "nested too deep": b'{"a":' + b"[" * 200_000 + CANARY.encode(),
    "empty": b"",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_refused_though_it_is_signed(
    url: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = signed(body) if body != UNREADABLE["not UTF-8"] else signed(GOOD)
    assert await _send(url, body, headers) == 400
    assert await _send(url, body, headers | {"Content-Type": "application/json"}) == 400
    assert CANARY not in caplog.text
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_slack_learns_that_the_address_is_ours(url: str) -> None:
    async with httpx.AsyncClient() as http:
        learned = await http.post(f"{url}{PATH}", content=CHALLENGE, headers=signed(CHALLENGE))
        assert (learned.status_code, learned.json()) == (200, {"challenge": CANARY})
        unsigned = await http.post(f"{url}{PATH}", content=CHALLENGE, headers={"Content-Type": "application/json"})
        assert unsigned.status_code == 401
        assert CANARY not in unsigned.text
        nothing = form(unknown=CANARY)
        assert (await http.post(f"{url}{PATH}", content=nothing, headers=signed(nothing))).status_code == 404
        check = form(ssl_check="1", token="t")
        assert (await http.post(f"{url}{PATH}", content=check, headers=signed(check))).status_code == 200
        assert (await http.post(f"{url}{PATH}", content=check)).status_code == 401


async def test_nothing_else_is_there(url: str) -> None:
    headers = signed(GOOD)
    async with httpx.AsyncClient() as http:
        for path in ("/slack", "/slack/install", f"{PATH}/", f"{PATH}/x", "/slack/oauth_redirect"):
            assert (await http.post(f"{url}{path}", content=GOOD, headers=headers)).status_code in (403, 404, 405), path
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            assert (await http.request(method, f"{url}{PATH}", headers=headers)).status_code in (404, 405), method
        # The page is still there beside it.
        assert (await http.get(f"{url}/")).status_code == 200


async def test_the_log_keeps_no_secret_and_no_text_of_what_is_asked_and_answered(
    talkative: pytest.LogCaptureFixture, url: str, slack: LocalSlack
) -> None:
    await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul? {CANARY}")
    asked = await slack.say(GENERAL, f"<@{BOT}> SELECT '{CANARY}' AS said")
    await answer(slack, GENERAL, asked)
    async with httpx.AsyncClient() as http:
        assert (await post(http, url, event(CANARY, type="pin_added", item=CANARY))).status_code == 404
        await http.post(f"{url}{PATH}", content=GOOD, headers=NOT_SIGNED["wrong"]())
    assert CANARY not in talkative.text
    assert not [secret for secret in SECRETS if secret in talkative.text]


async def test_a_mention_is_answered(url: str, slack: LocalSlack) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> Top 5 products by sales amount")
    assert {"data_table", "data_visualization"} <= set(types(await answer(slack, GENERAL, asked)))

    async def done() -> bool:
        return await slack.reactions(GENERAL, asked) == {"white_check_mark"}

    assert await until(done)


async def test_commands_are_answered(url: str, slack: LocalSlack) -> None:
    await slack.command(GENERAL, "/usage")
    await said_by_us(slack, GENERAL, "1,000", privately=True)
    await slack.command(GENERAL, "/ask", "How many customers are there?")
    aloud = await said_by_us(slack, GENERAL, "asks:")
    assert "data_table" in types(await answer(slack, GENERAL, aloud["ts"]))


async def test_buttons_and_forms_are_answered(url: str, slack: LocalSlack) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    found = await answer(slack, GENERAL, asked)
    await slack.press(GENERAL, found["ts"], button(found, "cq_show_sql"))
    await said_by_us(slack, GENERAL, "SELECT COUNT", privately=True)
    async with page(slack) as opened:
        await slack.press(GENERAL, found["ts"], button(found, "cq_edit"))
        assert "SELECT COUNT" in json.dumps(await opened.modal())
        await opened.submit("SELECT name FROM categories ORDER BY id")

        async def edited() -> Any:
            found = await slack.messages(GENERAL, ours=True)
            return next((one for one in found if "categories" in json.dumps(one)), None)

        await until(edited)


async def test_the_home_tab_is_drawn(url: str, slack: LocalSlack) -> None:
    async with page(slack) as opened:
        await slack.open_home()

        async def drawn() -> Any:
            return opened.homes.get(ADA)

        assert "1,000" in json.dumps(await until(drawn))


async def test_a_delivery_that_comes_again_is_acknowledged_and_answered_once(url: str, slack: LocalSlack) -> None:
    asked = event("How many customers are there?")
    async with httpx.AsyncClient() as http:
        for _ in range(3):
            assert (await post(http, url, asked)).status_code == 200
    thread = asked["event"]["ts"]
    await answer(slack, GENERAL, thread)
    await asyncio.sleep(0.3)
    assert len([one for one in await slack.messages(GENERAL, ours=True) if one.get("thread_ts") == thread]) == 1
