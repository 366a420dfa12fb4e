"""Starting with what is wrong or not there: the door stays shut, and says why. `colloquery doctor`, `alerts test` and
`serve` as processes of their own.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.teams.app import Teams
from adapters.teams.http import PATH
from adapters.teams.settings import TeamsSettings
from core.chat import Place, Reply
from core.errors import BadSetting, ColloqueryError, NotAnnounced
from tests.adapters.teams.activities import mention, message
from tests.adapters.teams.people import ADA, APP_ID, CHANNEL, PASSWORD, PERSONAL, TENANT
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.tokens import KeyServer, TokenServer, key_server, token, token_server
from tests.adapters.teams.whole import over_http, post, unsigned
from tests.commands import ROOT, colloquery
from tests.houses import add_sqlite, make_shop, open_house, question, settings_for


@pytest.fixture
async def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TokenServer]:
    folder = tmp_path / "login"
    folder.mkdir()
    async with token_server(folder) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.authority))
        yield server


@pytest.fixture
async def keys() -> AsyncIterator[KeyServer]:
    async with key_server() as server:
        yield server


def chosen(login: TokenServer, keys: KeyServer, **changes: Any) -> TeamsSettings:
    fields = {"login_url": login.url, "openid_url": keys.openid_url, **changes}
    return TeamsSettings(APP_ID, fields.pop("password", PASSWORD), (TENANT,), **fields)


def environment(login: TokenServer, keys: KeyServer, **changes: str) -> dict[str, str]:
    return {
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_APP_PASSWORD": PASSWORD,
        "TEAMS_TENANT_ID": TENANT,
        "TEAMS_LOGIN_URL": login.url,
        "TEAMS_OPENID_URL": keys.openid_url,
        "COLLOQUERY_LANGUAGE": "en",
        **changes,
    }


async def command(directory: Path, *arguments: str, **values: str) -> tuple[int, str]:
    """A command in a process of its own, while the servers here go on: its exit code and what it said."""
    ran = await asyncio.to_thread(colloquery, directory, *arguments, **values)
    assert "canary" not in ran.stdout + ran.stderr
    return ran.returncode, ran.stdout


@asynccontextmanager
async def opened(settings: TeamsSettings, directory: Path) -> AsyncIterator[Teams]:
    door = Teams(settings)
    async with open_house(settings_for(directory), {"teams": door.deliver}) as house, door.opened(house.service):
        yield door


async def test_with_all_that_is_needed_it_opens_and_closes(login: TokenServer, keys: KeyServer, tmp_path: Path) -> None:
    async with opened(chosen(login, keys), tmp_path) as door:
        assert door.router is not None and door.door is not None
    assert (len(login.asked), keys.reads) == (1, 1)


async def test_it_does_not_open_without_a_token_or_without_keys(
    login: TokenServer, keys: KeyServer, tmp_path: Path, unused_tcp_port: int
) -> None:
    nowhere = f"https://127.0.0.1:{unused_tcp_port}"
    for changes, code in (
        ({"password": "canary-wrong"}, "teams.sign_in"),
        ({"login_url": nowhere}, "teams.unreachable"),
        ({"openid_url": f"{nowhere}/x"}, "teams.no_keys"),
        ({"openid_url": f"{keys.url}/nothing"}, "teams.no_keys"),
    ):
        door = Teams(chosen(login, keys, **changes))
        async with open_house(settings_for(tmp_path), {"teams": door.deliver}) as house:
            with pytest.raises(BadSetting) as wrong:
                async with door.opened(house.service):
                    pytest.fail("it opened")
        assert wrong.value.code == code
        assert door.router is None and door.announcing is None


async def test_without_authentication_nobody_is_asked(tmp_path: Path) -> None:
    settings = TeamsSettings(
        APP_ID, None, (), no_auth=True, login_url="https://127.0.0.1:1", openid_url="https://[::1]:1/"
    )
    async with opened(settings, tmp_path) as door:
        assert door.router is not None


async def test_a_closed_door_delivers_and_announces_nothing() -> None:
    door, now = Teams(unsigned()), datetime.now(UTC)
    reply = Reply("q", (), "Hello")
    with pytest.raises(ColloqueryError, match=r"teams\.closed"):
        await door.deliver(question("Hi"), reply)
    with pytest.raises(NotAnnounced, match=r"announce\.failed"):
        await door.announcer.announce(Place("teams", "", CHANNEL, ""), reply, since=now, again=False)


@pytest.mark.parametrize("channel", [CHANNEL, "19:0a1b2c@thread.v2", PERSONAL, ADA.id, ADA.aad])
def test_what_an_announcer_takes_for_a_place(channel: str) -> None:
    pattern = Teams(unsigned()).announcer.channel
    assert pattern.fullmatch(channel)
    for wrong in (
        f"{channel} x",
        f"{channel}\n",
        "#general",
        "C0123ABCDEF",
        "",
        "https://teams.microsoft.com/l/channel/x",
    ):
        assert not pattern.fullmatch(wrong)


async def test_signed_activities_are_answered_with_our_token(
    login: TokenServer, keys: KeyServer, teams: FakeConnector, tmp_path: Path
) -> None:
    shop = make_shop(tmp_path / "shop.db")
    async with over_http(tmp_path, teams, teams=chosen(login, keys)) as (house, url):
        await add_sqlite(house, shop)
        teams.tokens = set(login.given)
        asked = message(teams.service_url, "How many customers are there?")
        assert (await post(url, asked)).status_code == 401
        assert (await post(url, asked, token=token(teams.service_url))).status_code == 202
        await teams.until(lambda: any(one.cards for one in teams.messages(PERSONAL)))
    assert {call.headers["Authorization"] for call in teams.calls} == {f"Bearer {login.given[0]}"}
    assert (len(login.asked), keys.reads) == (1, 1)


async def test_the_doctor_says_what_is_wrong(login: TokenServer, keys: KeyServer, tmp_path: Path) -> None:
    code, said = await command(tmp_path, "doctor", **environment(login, keys))
    assert (code, said.splitlines()[2:]) == (0, ["✓ Teams: a token can be had", "✓ Teams OpenID: the keys can be read"])
    keys.status = 503
    code, said = await command(tmp_path, "doctor", **environment(login, keys, TEAMS_APP_PASSWORD="canary-wrong"))
    assert code == 1
    first, second = said.splitlines()[2:]
    assert first.startswith("✗ Teams: Microsoft gives the Teams bot no token with what is in TEAMS_APP_PASSWORD.")
    assert second.startswith("✗ Teams OpenID: The keys that Teams signs with cannot be read")
    code, said = await command(tmp_path, "doctor", COLLOQUERY_LANGUAGE="en", TEAMS_TENANT_ID=TENANT)
    assert code == 1
    assert "✗ Teams: Teams is set up in part: TEAMS_APP_ID is missing." in said
    code, said = await command(tmp_path, "doctor", COLLOQUERY_LANGUAGE="en", TEAMS_DEV_NO_AUTH="true")
    assert (code, said.splitlines()[2:]) == (0, ["✓ Teams: without any check of who writes, for this machine alone"])


async def test_a_test_of_alerts_arrives_or_says_where_not(teams: FakeConnector, tmp_path: Path) -> None:
    async with over_http(tmp_path, teams) as (_, url):
        assert (await post(url, mention(teams.service_url, "help", conversation=CHANNEL))).status_code == 202
        assert (await post(url, message(teams.service_url, "help"))).status_code == 202
        await teams.until(lambda: teams.messages(PERSONAL))
    before = len(teams.messages(CHANNEL)), len(teams.messages(PERSONAL))
    values = {
        "COLLOQUERY_LANGUAGE": "en",
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_TENANT_ID": TENANT,
        "TEAMS_DEV_NO_AUTH": "true",
    }
    places = (f"teams:{CHANNEL}", f"teams:{ADA.aad}")
    code, said = await command(tmp_path, "alerts", "set", "--to", places[0], "--to", places[1], **values)
    assert code == 0, said
    code, said = await command(tmp_path, "alerts", "test", **values)
    assert (code, said.splitlines()) == (0, [f"{place}: arrived" for place in places])
    assert (len(teams.messages(CHANNEL)), len(teams.messages(PERSONAL))) == (before[0] + 1, before[1] + 1)
    assert teams.messages(PERSONAL)[-1].says("Alerts arrive here")
    teams.left.add(CHANNEL)
    code, said = await command(tmp_path, "alerts", "test", **values)
    assert code == 1
    assert f"{places[0]}: did not arrive." in said and f"{places[1]}: arrived" in said


async def test_it_is_served_beside_the_page(
    login: TokenServer, keys: KeyServer, teams: FakeConnector, tmp_path: Path
) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    values = {**os.environ, **environment(login, keys), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", "--port", str(port), "--no-demo", cwd=tmp_path, env=values,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    address = f"http://localhost:{port}{PATH}"
    try:
        async with asyncio.timeout(60):
            said = b""
            while address.encode() not in said:
                line = await process.stdout.readline()
                assert line, said.decode()
                said += line
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(30):
            while True:
                try:
                    refused = await post(url, message(teams.service_url, "help"))
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        assert refused.status_code == 401
        assert (await post(url, message(teams.service_url, "help"), token=token(teams.service_url))).status_code == 202
        await teams.until(lambda: teams.messages(PERSONAL), 20)
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = await process.communicate()
    assert process.returncode == 0, rest.decode()
    assert PASSWORD not in (said + rest).decode() and login.given[0] not in (said + rest).decode()
