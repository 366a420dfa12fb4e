"""Activities over HTTP: what is refused before anything reads it, what is answered, and the whole house behind it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.teams import http
from adapters.teams.auth import Authentication
from adapters.teams.calls import Connector
from adapters.teams.http import PATH
from adapters.teams.keys import Keys
from adapters.teams.settings import TeamsSettings
from adapters.teams.shapes import read
from tests.adapters.slack.whole import serving
from tests.adapters.teams.activities import conversation_update, invoke, mention, message
from tests.adapters.teams.people import APP_ID, OTHER_TENANT, PERSONAL, TENANT, Json
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.tokens import ISSUER, KEY, OTHER_KEY, KeyServer, key_server, listed, token
from tests.adapters.teams.whole import logged_as_served, over_http, post, unsigned
from tests.houses import add_sqlite, make_shop

SERVICE = "http://127.0.0.1:9/emea/"
CANARY = "canary-in-a-body"
GOOD = message(SERVICE, f"How many customers are there? {CANARY}")


class Heard:
    """What reached a turn, and what it answers or raises."""

    def __init__(self) -> None:
        self.activities: list[Json] = []
        self.answer: Json | None = None
        self.failure: Exception | None = None

    async def turn(self, activity: Json) -> Json | None:
        self.activities.append(activity)
        if self.failure is not None:
            raise self.failure
        return self.answer


@asynccontextmanager
async def listening(chosen: TeamsSettings, heard: Heard) -> AsyncIterator[str]:
    """A web server with the route alone; its address."""
    async with aiohttp.ClientSession() as session:
        keys = None if chosen.no_auth else Keys(session, chosen.openid_url, ISSUER)
        authentication = Authentication(chosen, Connector(session, chosen), keys)
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.include_router(http.router(chosen, authentication, heard.turn))
        async with serving(app) as url:
            yield url


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    async with key_server() as made:
        yield made


@pytest.fixture
async def url(heard: Heard, server: KeyServer) -> AsyncIterator[str]:
    """The route of a bot that checks who writes."""
    chosen = TeamsSettings(APP_ID, "canary-secret", (TENANT,), openid_url=server.openid_url)
    async with listening(chosen, heard) as address:
        yield address


@pytest.fixture
async def open_url(heard: Heard) -> AsyncIterator[str]:
    """The route of a bot that checks nobody."""
    async with listening(unsigned(), heard) as address:
        yield address


async def _raw(url: str, body: Any, headers: Any = ()) -> httpx.Response:
    async with httpx.AsyncClient(timeout=20) as client:
        return await client.post(f"{url}{PATH}", content=body, headers=headers)


async def test_what_is_right_reaches_the_turn_as_it_came(url: str, heard: Heard) -> None:
    sent = mention(SERVICE, CANARY, unknown={"kept": [1, None]}, locale=None)
    taken = await post(url, {**sent, "replyToId": None}, token=token(SERVICE))
    assert (taken.status_code, taken.content) == (202, b"")
    assert heard.activities == [sent]


async def test_an_invoke_is_answered_with_what_the_turn_says(url: str, heard: Heard) -> None:
    for said in ({"task": {"type": "message", "value": f'"{CANARY}" 안녕'}}, {}, None):
        heard.answer = said
        answered = await post(url, invoke(SERVICE, "task/fetch", {}), token=token(SERVICE))
        assert (answered.status_code, answered.json()) == (200, said or {})
        assert answered.headers["content-type"] == "application/json"
    heard.answer = {"never": "shown"}
    assert (await post(url, conversation_update(SERVICE), token=token(SERVICE))).status_code == 202


async def test_a_turn_that_fails_tells_nobody_why(url: str, heard: Heard) -> None:
    heard.failure = RuntimeError(CANARY)
    for activity in (GOOD, invoke(SERVICE, "task/fetch", {})):
        failed = await post(url, activity, token=token(SERVICE))
        assert (failed.status_code, failed.content) == (500, b"")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Basic dXNlcjpwYXNz")],
        [("Authorization", "Bearer canary.canary.canary")],
        [("Authorization", f"Bearer {token(SERVICE, key=OTHER_KEY)}")],
        [("Authorization", f"Bearer {token('http://127.0.0.1:10/')}")],
        [("Authorization", f"Bearer {token(SERVICE)}")] * 2,
        [("Authorization", f"Bearer {token(SERVICE)}"), ("Authorization", "")],
        [("Authorization", "Bearer é".encode("latin-1"))],
    ],
)
async def test_what_is_not_the_bot_frameworks_is_refused(
    url: str, heard: Heard, headers: list[tuple[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    raw = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    refused = await _raw(url, json.dumps(GOOD).encode(), raw)
    assert (refused.status_code, refused.content) == (401, b"")
    assert heard.activities == []
    assert CANARY not in caplog.text and "canary.canary" not in caplog.text


async def test_other_tenants_are_refused_though_all_is_signed(url: str, heard: Heard) -> None:
    elsewhere = {"tenant": {"id": OTHER_TENANT}}
    nowhere = {"id": PERSONAL, "conversationType": "personal"}
    of_others = {"id": PERSONAL, "conversationType": "personal", "tenantId": OTHER_TENANT}
    for changes in (
        {"channelData": elsewhere},
        {"channelData": {}, "conversation": of_others},
        {"channelData": None, "conversation": of_others},
        {"channelData": {}, "conversation": nowhere},
        {"channelData": {"tenant": {"id": ""}}, "conversation": nowhere},
    ):
        refused = await post(url, {**GOOD, **changes}, token=token(SERVICE))
        assert (refused.status_code, refused.content) == (403, b""), changes
    assert heard.activities == []
    ours = {"channelData": {"tenant": {"id": TENANT.upper()}}}
    assert (await post(url, {**GOOD, **ours}, token=token(SERVICE))).status_code == 202
    by_conversation = {"channelData": {}, "conversation": {**nowhere, "tenantId": TENANT}}
    assert (await post(url, {**GOOD, **by_conversation}, token=token(SERVICE))).status_code == 202


async def test_without_keys_nothing_passes_and_it_may_come_again(url: str, heard: Heard, server: KeyServer) -> None:
    server.status = 503
    refused = await post(url, GOOD, token=token(SERVICE))
    assert (refused.status_code, refused.content) == (503, b"")
    assert heard.activities == []


async def test_a_key_that_changes_is_found(url: str, heard: Heard, server: KeyServer) -> None:
    server.keys = [listed(KEY, "k1"), listed(OTHER_KEY, "k2")]
    assert (await post(url, GOOD, token=token(SERVICE, key=OTHER_KEY, kid="k2"))).status_code == 202


async def test_without_authentication_this_machine_alone_may_write(open_url: str, heard: Heard) -> None:
    assert (await post(open_url, GOOD)).status_code == 202
    elsewhere = "https://smba.trafficmanager.net/emea/"
    assert (await post(open_url, {**GOOD, "serviceUrl": elsewhere})).status_code == 401
    body = json.dumps(GOOD).encode()
    for header in (
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example.com"},
    ):
        refused = await _raw(open_url, body, header)
        assert (refused.status_code, refused.content) == (403, b""), header
    assert len(heard.activities) == 1


async def test_without_authentication_another_address_may_not_write(heard: Heard) -> None:
    """The same route, asked as a web server asks it for a peer that is not loopback."""
    async with aiohttp.ClientSession() as session:
        authentication = Authentication(unsigned(), Connector(session, unsigned()), None)
        app = FastAPI()
        app.include_router(http.router(unsigned(), authentication, heard.turn))
        for peer, status in (("10.0.0.7", 403), ("::ffff:10.0.0.7", 403), ("127.0.0.1", 202), ("::1", 202)):
            transport = httpx.ASGITransport(app, client=(peer, 4_711))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                assert (await client.post(PATH, json=GOOD)).status_code == status, peer
    assert len(heard.activities) == 2


UNREADABLE = {
    "not UTF-8": b'{"type": "\xff\xfe ' + CANARY.encode() + b'"}',
    "not JSON": b'{"type": ' + CANARY.encode(),
    "a list": json.dumps([CANARY]).encode(),
    "a text": json.dumps(CANARY).encode(),
    "null": b"null",
    "nested too deep": b'{"a":' + b"[" * 200_000 + CANARY.encode(),
    "nested deep and whole": b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "a number that is none": json.dumps({**GOOD, "value": {"n": float("nan")}}).encode(),
    "a number without an end": b'{"a":' + b"9" * 5_000 + b"}",
    "half a sign": json.dumps({**GOOD, "text": "\ud800"}).encode(),
    "empty": b"",
    "an empty object": b"{}",
    **{
        f"{name} of another type": json.dumps({**GOOD, name: value}).encode()
        for name, value in {
            "type": 7, "id": {"x": 1}, "serviceUrl": None, "channelId": ["msteams"], "from": "29:1", "recipient": 7,
            "conversation": "19:x", "channelData": [1], "text": {"x": CANARY}, "locale": 7, "entities": {"x": 1},
            "attachments": [CANARY], "membersAdded": ["29:1"], "replyToId": 7, "localTimezone": [],
        }.items()
    },
    "a tenant of another type": json.dumps({**GOOD, "channelData": {"tenant": {"id": 7}}}).encode(),
    "a conversation without an id": json.dumps({**GOOD, "conversation": {}}).encode(),
    "a name of another type": json.dumps({**GOOD, "from": {"id": "29:1", "name": 7}}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_refused(
    url: str, open_url: str, heard: Heard, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    signed = {"Authorization": f"Bearer {token(SERVICE)}", "Content-Type": "application/json"}
    for address, headers in ((url, signed), (url, {}), (open_url, {"Content-Type": "application/json"})):
        refused = await _raw(address, body, headers)
        assert (refused.status_code, refused.content) == (400, b"")
    assert heard.activities == []
    assert CANARY not in caplog.text
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda one: st.lists(one) | st.dictionaries(st.text(max_size=5), one),
    max_leaves=5,
)
_FIELDS = st.sampled_from(sorted({*GOOD, "name", "entities", "replyToId", "membersAdded", "membersRemoved", "value"}))


@given(changes=st.dictionaries(_FIELDS, _ANYTHING, max_size=4))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_read_has_the_types_that_are_relied_on(changes: dict[str, Any]) -> None:
    found = read(json.dumps({**GOOD, **changes}).encode())
    if found is None:
        return
    assert all(isinstance(found[name], str) and found[name] for name in ("type", "serviceUrl", "channelId"))
    assert isinstance(found["conversation"]["id"], str) and found["conversation"]["id"]
    for name in ("id", "text", "locale", "localTimezone", "replyToId", "name"):
        assert isinstance(found.get(name, ""), str)
    for name in ("from", "recipient", "channelData"):
        assert isinstance(found.get(name, {}), dict)
    for name in ("entities", "attachments", "membersAdded", "membersRemoved"):
        assert all(isinstance(one, dict) for one in found.get(name, []))


@given(body=st.binary(max_size=50))
def test_whatever_is_sent_is_read_or_refused(body: bytes) -> None:
    assert read(body) is None


async def test_a_body_that_is_too_large_is_refused_whatever_its_header_says(
    url: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    whole = json.dumps({**GOOD, "text": "x" * http.LARGEST_BODY}).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 65_536):
            yield whole[start : start + 65_536]

    assert await _status(url, whole) == 413
    assert await _status(url, chunks()) == 413
    assert heard.activities == []
    assert CANARY not in caplog.text


async def _status(url: str, body: Any) -> int:
    """The status of a request that is answered before it was sent whole: the line may break while we still write."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    length = f"Content-Length: {len(body)}" if isinstance(body, bytes) else "Transfer-Encoding: chunked"
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n".encode())
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


# The whole house


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("teams-http-shop") / "shop.db")


async def test_a_question_is_answered_and_nothing_of_it_is_logged(
    shop: Path, tmp_path: Path, teams: FakeConnector, caplog: pytest.LogCaptureFixture
) -> None:
    with logged_as_served(caplog):
        async with over_http(tmp_path, teams) as (house, url):
            await add_sqlite(house, shop)
            asked = message(teams.service_url, f"SELECT '{CANARY}' AS said")
            for _ in range(2):
                assert (await post(url, asked)).status_code == 202
            await teams.until(lambda: any(one.cards and one.says(CANARY) for one in teams.messages(PERSONAL)))
    assert len([one for one in teams.messages(PERSONAL) if one.cards]) == 1
    assert CANARY not in caplog.text


async def test_nothing_else_is_there(tmp_path: Path, teams: FakeConnector) -> None:
    async with over_http(tmp_path, teams) as (_, url), httpx.AsyncClient() as client:
        for path in ("/api", "/api/messages/", "/api/messages/x", "/api/notify"):
            assert (await client.post(f"{url}{path}", json=GOOD)).status_code in (307, 403, 404, 405), path
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            assert (await client.request(method, f"{url}{PATH}")).status_code in (404, 405), method
        # The page is still there beside it.
        assert (await client.get(f"{url}/")).status_code == 200
