"""The bot's own token: asked for as Microsoft wants it, once for many, kept, renewed; and never shown."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from adapters.teams import checkup, token
from adapters.teams.calls import Connector, NotReached, Refused
from adapters.teams.settings import LOGIN, OPENID, TeamsSettings
from adapters.teams.spot import Spot
from adapters.teams.token import NoToken, Tokens
from core.errors import BadSetting
from tests.adapters.teams.people import APP_ID, PASSWORD, PERSONAL, TENANT
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.tokens import Answer, TokenServer, token_server
from tests.adapters.teams.whole import unsigned

HELLO = {"type": "message", "text": "hello"}


@pytest.fixture
async def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TokenServer]:
    """Where tokens are given out."""
    async with token_server(tmp_path) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.authority))
        yield server


def settings(login: TokenServer, **changes: object) -> TeamsSettings:
    fields = {"app_id": APP_ID, "password": PASSWORD, "tenants": (TENANT,), "login_url": login.url, **changes}
    return TeamsSettings(**fields)  # type: ignore[arg-type]


@asynccontextmanager
async def connector_of(chosen: TeamsSettings) -> AsyncIterator[Connector]:
    async with aiohttp.ClientSession() as session:
        yield Connector(session, chosen)


async def test_a_token_is_asked_for_as_the_bot_framework_wants_it(login: TokenServer) -> None:
    assert await Tokens(settings(login)).get() == login.given[0]
    (asked,) = login.asked
    assert asked["tenant"] == TENANT
    assert asked["grant_type"] == "client_credentials"
    assert asked["scope"] == "https://api.botframework.com/.default"
    assert (asked["client_id"], asked["client_secret"]) == (APP_ID, PASSWORD)


async def test_a_bot_of_many_tenants_asks_the_bot_frameworks_own(login: TokenServer) -> None:
    await Tokens(settings(login, app_type="MultiTenant")).get()
    assert login.asked[0]["tenant"] == "botframework.com"


async def test_in_the_cloud_of_the_us_government_the_scope_is_its_own(login: TokenServer) -> None:
    openid = "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"
    await Tokens(settings(login, openid_url=openid)).get()
    assert login.asked[0]["scope"] == "https://api.botframework.us/.default"


async def test_many_who_wait_ask_once_and_one_who_gives_up_ends_nothing(login: TokenServer) -> None:
    tokens = Tokens(settings(login))
    login.play(Answer(seconds=0.3))
    hurried = asyncio.create_task(tokens.get())
    patient = [asyncio.create_task(tokens.get()) for _ in range(20)]
    await asyncio.sleep(0.1)
    hurried.cancel()
    assert set(await asyncio.gather(*patient)) == {login.given[0]}
    assert await tokens.get() == login.given[0]
    assert len(login.asked) == 1


async def test_the_loop_goes_on_while_a_token_is_looked_up(login: TokenServer) -> None:
    login.play(Answer(seconds=0.5))
    waiting = asyncio.create_task(Tokens(settings(login)).get())
    longest, last = 0.0, time.monotonic()
    while not waiting.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    await waiting
    assert longest < 0.3


async def test_a_token_is_renewed_before_it_ends(login: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    login.seconds = 360
    tokens = Tokens(settings(login))
    first, start = await tokens.get(), time.monotonic()
    for later, is_first in ((50, True), (70, False)):
        monkeypatch.setattr(token, "monotonic", lambda later=later: start + later)
        assert (await tokens.get() == first) == is_first
    assert len(login.asked) == 2


async def test_a_token_that_is_not_taken_is_renewed_once(login: TokenServer, teams: FakeConnector) -> None:
    teams.tokens = set()
    async with connector_of(settings(login)) as client:
        with pytest.raises(Refused) as refusal:
            await client.send(Spot(teams.service_url, PERSONAL), HELLO)
        assert refusal.value.status == 401
        assert [call.headers["Authorization"] for call in teams.calls] == [f"Bearer {one}" for one in login.given]
        assert len(login.given) == 2
        teams.tokens = {login.given[1], "canary-token-of-the-bot-3-" + "x" * 40}
        # The second is forgotten, too; whoever asks next has a third.
        await client.send(Spot(teams.service_url, PERSONAL), HELLO)
    assert len(teams.messages(PERSONAL)) == 1


async def test_a_token_is_shown_to_the_connector_and_to_no_file_store(login: TokenServer, teams: FakeConnector) -> None:
    async with connector_of(settings(login)) as client:
        await client.send(Spot(teams.service_url, PERSONAL), HELLO)
        assert teams.calls[-1].headers["Authorization"] == f"Bearer {login.given[0]}"
        with pytest.raises(Refused, match="foreign_host"):
            await client.put_file(f"{teams.url}/upload/x", b"x")
    assert not teams.made("upload")


async def test_without_authentication_there_is_none(teams: FakeConnector) -> None:
    assert await Tokens(unsigned()).get() is None
    async with connector_of(unsigned()) as client:
        await client.send(Spot(teams.service_url, PERSONAL), HELLO)
    assert "Authorization" not in teams.calls[-1].headers


async def test_wrong_credentials_are_refused_in_a_word(login: TokenServer, teams: FakeConnector) -> None:
    wrong = settings(login, password="canary-wrong-secret")
    with pytest.raises(NoToken) as none:
        await Tokens(wrong).get()
    assert (none.value.code, none.value.is_refused) == ("invalid_client", True)
    async with connector_of(wrong) as client:
        with pytest.raises(Refused, match="token: invalid_client"):
            await client.send(Spot(teams.service_url, PERSONAL), HELLO)
    assert not teams.calls
    with pytest.raises(BadSetting, match=r"teams\.sign_in") as words:
        await checkup.check_token(wrong)
    assert words.value.details == {"name": "TEAMS_APP_PASSWORD"}


@pytest.mark.parametrize(
    ("answer", "code", "is_refused"),
    [
        (Answer(400, {"error": "unauthorized_client", "error_description": "x"}), "unauthorized_client", True),
        (Answer(503, {"error": "server_error"}), "MsalServiceError", False),
        (Answer(400, {"error": "temporarily_unavailable"}), "temporarily_unavailable", False),
        (Answer(400, {"error": "<b>canary"}), "no_token", True),
        (Answer(200, {"access_token": "", "expires_in": 3_600}), "no_token", True),
        (Answer(200, {"access_token": 7, "expires_in": 3_600}), "no_token", True),
    ],
)
async def test_what_else_is_no_token(login: TokenServer, answer: Answer, code: str, is_refused: bool) -> None:
    login.play(answer)
    tokens = Tokens(settings(login))
    with pytest.raises(NoToken) as none:
        await tokens.get()
    assert (none.value.code, none.value.is_refused) == (code, is_refused)
    # A failure is not kept.
    assert await tokens.get() == login.given[0]


async def test_an_answer_that_is_no_json_is_no_token(login: TokenServer) -> None:
    login.play(Answer(200, "<html>sign in to the network</html>"))
    with pytest.raises(NoToken):
        await Tokens(settings(login)).get()


async def test_a_tenant_that_is_none_is_refused(login: TokenServer) -> None:
    login.discovery = 400
    with pytest.raises(NoToken) as none:
        await Tokens(settings(login)).get()
    assert (none.value.code, none.value.is_refused) == ("invalid_tenant", True)


async def test_a_login_that_fails_says_nothing_of_the_credentials(
    login: TokenServer, teams: FakeConnector, unused_tcp_port: int
) -> None:
    login.discovery = 503
    nowhere = settings(login, login_url=f"https://127.0.0.1:{unused_tcp_port}")
    for chosen in (settings(login), nowhere):
        with pytest.raises(BadSetting, match=r"teams\.unreachable"):
            await checkup.check_token(chosen)
        async with connector_of(chosen) as client:
            with pytest.raises(NotReached):
                await client.send(Spot(teams.service_url, PERSONAL), HELLO)
    assert not teams.calls


async def test_a_slow_login_is_not_waited_for(login: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "SECONDS_A_REQUEST", 0.3)
    login.play(Answer(seconds=3))
    began = time.monotonic()
    with pytest.raises(NoToken) as none:
        await Tokens(settings(login)).get()
    assert not none.value.is_refused
    assert time.monotonic() - began < 2


async def test_a_managed_identity_is_asked_for_the_same(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    chosen = TeamsSettings(APP_ID, None, (TENANT,), app_type="UserAssignedMSI")
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        body = b'{"access_token": "canary-of-the-machine", "expires_on": "%d", "resource": "x"}' % (time.time() + 3_600)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    monkeypatch.setenv("IDENTITY_HEADER", "canary-header")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}/token")
    async with await asyncio.start_server(answer, "127.0.0.1", unused_tcp_port):
        assert await Tokens(chosen).get() == "canary-of-the-machine"
    assert f"client_id={APP_ID}" in asked[0] and "resource=https%3A%2F%2Fapi.botframework.com" in asked[0]
    with pytest.raises(BadSetting, match=r"teams\.no_identity"):
        await checkup.check_token(chosen)


async def test_neither_password_nor_token_is_shown(
    login: TokenServer, teams: FakeConnector, caplog: pytest.LogCaptureFixture
) -> None:
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.DEBUG)
    chosen = settings(login)
    teams.tokens = set()
    shown = [repr(chosen)]
    async with connector_of(chosen) as client:
        with pytest.raises(Refused) as refusal:
            await client.send(Spot(teams.service_url, PERSONAL), HELLO)
        shown += [repr(client), repr(refusal.value), str(refusal.value)]
    tokens = Tokens(settings(login, password="canary-wrong-secret"))
    with pytest.raises(NoToken) as none:
        await tokens.get()
    shown += [repr(tokens), repr(none.value), str(none.value), str(none.value.__cause__), caplog.text]
    assert caplog.records
    assert not [one for one in shown for secret in (PASSWORD, "canary", *login.given) if secret in one]


def test_the_addresses_are_microsofts() -> None:
    assert TeamsSettings(APP_ID, None, ()).login_url == LOGIN == "https://login.microsoftonline.com"
    assert OPENID == "https://login.botframework.com/v1/.well-known/openidconfiguration"
