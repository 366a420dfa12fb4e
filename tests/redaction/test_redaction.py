"""Secrets go in through every door there is; nothing that comes out has one.

A new door is a new line in `CASES`.
"""

import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from mcp import Client
from pydantic import TypeAdapter
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import make_url

from adapters.http.settings import HttpSettings
from adapters.mcp.door import build
from adapters.slack.http import PATH
from adapters.slack.settings import SlackSettings
from adapters.teams import checkup
from adapters.teams.settings import TeamsSettings
from bot import settings as start
from bot.doors import teams_settings
from bot.wiring import model_settings
from core.access import NewPerson
from core.ask.config_desk import ConfigDesk
from core.ask.run_time_settings import Declared
from core.chat import Actor
from core.config import Setting
from core.connections.connection import NewConnection
from core.errors import BadSetting, ColloqueryError, StoreFailed
from core.locale import error_words
from core.storage.session import Store
from tests.adapters.slack.server import BOT_TOKEN, SIGNING_SECRET, running
from tests.adapters.slack.whole import over_http
from tests.adapters.teams.activities import message
from tests.adapters.teams.people import APP_ID, PASSWORD, TENANT
from tests.adapters.teams.server import Fault, connector
from tests.adapters.teams.tokens import Answer, key_server, token, token_server
from tests.adapters.teams.whole import over_http as teams_over_http
from tests.adapters.teams.whole import post
from tests.commands import colloquery
from tests.houses import ADMINISTRATOR, LEE, ask
from tests.redaction.scene import (
    API_KEY,
    CANARIES,
    JWT,
    KEY_OF_MODEL,
    KEY_OF_STORE,
    PASSWORD_OF_DATABASE,
    PASSWORD_OF_PERSON,
    PASSWORD_OF_STORE,
    TOKEN_OF_PAGE,
    Scene,
    leaks,
    scene,
    spellings,
    stored,
)

_API = "/api/v1"
_OWNER = {"Authorization": f"Bearer {TOKEN_OF_PAGE}"}


def _words(error: ColloqueryError) -> str:
    return " ".join((*error_words("en", error), *error_words("ko", error), repr(error), str(error.details)))


async def wrong_settings(scene: Scene) -> None:
    """Each setting with a secret where it does not belong."""
    wrong = {
        "COLLOQUERY_PORT": API_KEY, "COLLOQUERY_LANGUAGE": KEY_OF_MODEL, "COLLOQUERY_TIMEZONE": JWT,
        "SLACK_API_URL": f"https://x:{BOT_TOKEN}@h/", "COLLOQUERY_LOG_FORMAT": SIGNING_SECRET,
        "COLLOQUERY_PUBLIC_URL": f"https://u:{TOKEN_OF_PAGE}@h", "TEAMS_LOGIN_URL": f"https://x:{PASSWORD}@h",
        "TEAMS_APP_TYPE": PASSWORD, "TEAMS_OPENID_URL": f"http://localhost/?{PASSWORD}",
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in wrong}
    for name, value in wrong.items():
        os.environ[name] = value
        try:
            with pytest.raises(BadSetting) as refusal:
                start.load(None)
            scene.hear(_words(refusal.value))
        finally:
            os.environ.pop(name)
            if (old := before[name]) is not None:
                os.environ[name] = old


async def reprs(scene: Scene) -> None:
    """What a debugger, an assertion or a careless log line would show."""
    settings = scene.house.settings
    scene.hear(settings, str(settings), settings.model_dump(), model_settings(settings), scene.house.road.connections)
    scene.hear(HttpSettings(TOKEN_OF_PAGE), SlackSettings(BOT_TOKEN, signing_secret=SIGNING_SECRET))
    scene.hear(TeamsSettings(APP_ID, PASSWORD, (TENANT,)), teams_settings(settings))
    scene.hear(NewConnection("a", "postgresql", "h", 1, "u", PASSWORD_OF_DATABASE, "d"))
    scene.hear(scene.house.service, scene.house.road.writer, scene.house)


async def wrong_store(scene: Scene) -> None:
    """Our own store, its password wrong."""
    for kind, url in scene.servers.items():
        wrong = make_url(url).set(username="nobody", password=PASSWORD_OF_STORE)
        store = Store.open(wrong.render_as_string(hide_password=False))
        with pytest.raises(StoreFailed) as refusal:
            async with store.reading() as session:
                await session.connection()
        scene.hear(kind, _words(refusal.value), store)
        await store.close()
    with pytest.raises(BadSetting) as bad:
        Store.open(f"oracle://kim:{PASSWORD_OF_STORE}@db/x")
    scene.hear(_words(bad.value))


async def wrong_key_of_store(scene: Scene) -> None:
    """The key that encrypts, which is none."""
    ran = colloquery(scene.directory / "terminal", "connections", "list", COLLOQUERY_SECRET_KEY=KEY_OF_STORE)
    assert ran.returncode == 2
    scene.hear(ran.stdout, ran.stderr)


async def terminal(scene: Scene) -> None:
    """Connections that fail at the sign-in, and a store that does, each with its log at its most verbose."""
    home = scene.directory / "terminal"
    verbose = {"COLLOQUERY_LOG_LEVEL": "DEBUG", "COLLOQUERY_DB_PASSWORD": PASSWORD_OF_DATABASE}
    asked, kept = map(make_url, scene.servers.values())
    ran = colloquery(
        home, "connections", "add", "bad", "--type", "postgresql", "--host", "127.0.0.1", "--port", str(asked.port),
        "--user", "nobody", "--database", asked.database or "", **verbose,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    scene.hear(ran.stdout, ran.stderr)
    wrong = kept.set(username="nobody", password=PASSWORD_OF_STORE).render_as_string(hide_password=False)
    ran = colloquery(home, "db", "check", DATABASE_URL=wrong, **verbose)
    assert ran.returncode != 0
    scene.hear(ran.stdout, ran.stderr)
    ran = colloquery(
        home, "doctor", OPENAI_API_KEY=KEY_OF_MODEL, OPENAI_BASE_URL=scene.model.base_url,
        SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET=SIGNING_SECRET, SLACK_API_URL="http://127.0.0.1:1/",
        TEAMS_APP_ID=APP_ID, TEAMS_APP_PASSWORD=PASSWORD, TEAMS_TENANT_ID=TENANT,
        TEAMS_LOGIN_URL="https://127.0.0.1:1", TEAMS_OPENID_URL="https://127.0.0.1:1/",
        **verbose,
    )  # fmt: skip
    scene.hear(ran.stdout, ran.stderr)


async def connections(scene: Scene) -> None:
    """Connections with a right and with a wrong password, asked, listed, shown, changed."""
    sources = scene.house.service.sources
    for kind, url in scene.servers.items():
        there = make_url(url)
        new = NewConnection(
            f"{kind}-good", kind, "127.0.0.1", there.port or 0, there.username or "", PASSWORD_OF_DATABASE,  # type: ignore[arg-type]
            there.database or "",
        )  # fmt: skip
        for one in (replace(new, name=f"{kind}-bad", user="nobody"), new):
            try:
                scene.hear(await sources.add(ADMINISTRATOR, one))
            except ColloqueryError as error:
                scene.hear(_words(error))
    for view in await sources.all(ADMINISTRATOR):
        scene.hear(view, await sources.one(ADMINISTRATOR, view.id))
        _, reply = await ask(scene.house, "SELECT 1 AS one", ADMINISTRATOR, connection=view.name)
        scene.hear(reply)


async def connections_by_api(scene: Scene) -> None:
    """The same from a browser or a program."""
    for kind, url in scene.servers.items():
        there = make_url(url)
        body = {
            "name": f"{kind}-api", "kind": kind, "host": "127.0.0.1", "port": there.port, "user": "nobody",
            "database": there.database, "password": PASSWORD_OF_DATABASE,
        }  # fmt: skip
        for sent in (body, {**body, "user": there.username}, {**body, "port": PASSWORD_OF_DATABASE}, [body]):
            await scene.send("POST", f"{_API}/connections", json=sent, headers=_OWNER)
    await scene.send("GET", f"{_API}/connections?everybodys=true", headers=_OWNER)
    await scene.send("GET", f"{_API}/audit", headers=_OWNER)
    await scene.send("GET", f"{_API}/audit.csv", headers=_OWNER)


async def model_that_repeats_its_key(scene: Scene) -> None:
    """Its server says the key in an error, in a header, in what is no JSON."""
    await scene.house.service.sources.all(LEE)
    for number in range(4):
        _, reply = await ask(scene.house, f"How profitable are {number} unicorns?", LEE, thread=f"t{number}")
        scene.hear(reply.plain)
    assert scene.model.calls


async def page(scene: Scene) -> None:
    """The link with the token, wrong tokens, wrong and right passwords."""
    people = scene.house.service.people
    await scene.send("GET", f"/?token={TOKEN_OF_PAGE}")
    await scene.send("GET", f"/dashboard?token={TOKEN_OF_PAGE}x&x={API_KEY}")
    await scene.client.get(f"/static/{JWT}")
    await scene.send("GET", f"{_API}/me", headers=_OWNER)
    await people.add(ADMINISTRATOR, NewPerson("kim@example.com", "Kim"))
    for path in ("/session", f"{_API}/auth/sign-in"):
        for email in ("kim@example.com", "nobody@example.com", PASSWORD_OF_PERSON):
            await scene.send("POST", path, json={"email": email, "password": PASSWORD_OF_PERSON})
        await scene.send("POST", path, json={"email": [PASSWORD_OF_PERSON], "password": {"x": PASSWORD_OF_PERSON}})
        await scene.send("POST", path, content=f"{{ {PASSWORD_OF_PERSON}")
    await scene.send("PUT", f"{_API}/me/password", json={"new": PASSWORD_OF_PERSON}, headers=_OWNER)
    await scene.send("PUT", f"{_API}/me/password", json={"new": PASSWORD_OF_PERSON * 20}, headers=_OWNER)


async def tokens_that_are_none_of_ours(scene: Scene) -> None:
    """Keys and tokens of others, or made up, wherever one may be put."""
    for secret in (API_KEY, JWT, KEY_OF_MODEL):
        shown = {"Authorization": f"Bearer {secret}", "Cookie": f"cq_access={secret}", "X-Api-Key": secret}
        for headers in ({name: value} for name, value in shown.items()):
            await scene.send("GET", f"{_API}/me?cursor={secret}", headers=headers)
            # The answer names the path to whoever sent it; nobody else is to hear of it.
            await scene.client.get(f"{_API}/connections/{secret}?cursor={secret}", headers=headers)
        for path in ("auth/refresh", "auth/sign-out"):
            await scene.send("POST", f"{_API}/{path}", json={"refresh": secret})
        await scene.send("POST", f"{_API}/auth/link", json={"token": secret})


async def assistant(scene: Scene) -> None:
    """Tools with a key that is none, and with secrets where names and words go."""
    service = scene.house.service

    async def nobody() -> Actor:
        return await service.people.actor_of_key(API_KEY)

    async def somebody() -> Actor:
        return LEE

    for who in (nobody, somebody):
        async with Client(build(service, who, "1")) as client:
            for secret in (API_KEY, JWT, KEY_OF_MODEL):
                scene.hear(await client.call_tool("list_templates", {"search": secret}))
                scene.hear(await client.call_tool("run_template", {"template": secret, "values": {"a": secret}}))
                scene.hear(await client.call_tool("ask", {"question": "Hi", "answers": secret, "choice": secret}))
    ran = colloquery(scene.directory / "terminal", "mcp", stdin="", COLLOQUERY_API_KEY=API_KEY)
    assert ran.returncode == 1
    scene.hear(ran.stdout, ran.stderr)


async def slack(scene: Scene) -> None:
    """Requests with right and wrong signatures, Slack's own answers, a command with a secret in it."""
    directory = scene.directory / "slack"
    directory.mkdir()
    with running(directory) as server:
        async with over_http(server.api_url, directory) as (house, url):
            body = f"command=/usage&text={API_KEY}&token={BOT_TOKEN}&user_id=U1&team_id=T1&channel_id=C1"
            for secret in (SIGNING_SECRET, "not the secret"):
                now = str(int(time.time()))
                signature = SignatureVerifier(secret).generate_signature(timestamp=now, body=body)
                answer = await scene.client.post(
                    f"{url}{PATH}",
                    content=body,
                    headers={
                        "content-type": "application/x-www-form-urlencoded",
                        "x-slack-request-timestamp": now,
                        "x-slack-signature": signature or "",
                    },
                )
                scene.hear(answer.text, str(answer.headers))
            scene.hear(await stored(house))


async def teams(scene: Scene) -> None:
    """A bot that is given tokens and shown tokens, right and wrong ones; a Connector and a login that repeat them."""
    directory = scene.directory / "teams"
    directory.mkdir()
    async with token_server(directory) as login, key_server() as keys, connector() as there:
        os.environ["REQUESTS_CA_BUNDLE"] = str(login.authority)
        settings = TeamsSettings(
            APP_ID, PASSWORD, (TENANT,), login_url=login.url, openid_url=keys.openid_url
        )  # fmt: skip
        try:
            async with teams_over_http(directory, there, teams=settings) as (house, url):
                shown = f"Bearer {login.given[0]}"
                there.play("send", *[Fault(status=403, body={"error": {"code": shown, "message": shown}})] * 20)
                sent = message(there.service_url, "help")
                for text in (token(there.service_url), token("https://elsewhere.example/"), JWT, PASSWORD):
                    answer = await post(url, sent, token=text)
                    scene.hear(answer.text, str(answer.headers))
                    answer = await post(url, {**sent, "type": [text], "value": login.given[0]}, token=text)
                    scene.hear(answer.text)
                unknown = {**sent, "type": "invoke", "name": PASSWORD, "value": {"secret": PASSWORD}}
                scene.hear((await post(url, unknown, token=token(there.service_url))).text)
                scene.hear(house.service, settings, await stored(house))
            for body in ({"error": "invalid_client", "error_description": PASSWORD}, {"error": PASSWORD}, PASSWORD):
                login.play(Answer(400, body))
                with pytest.raises(BadSetting) as refusal:
                    await checkup.check_token(settings)
                scene.hear(_words(refusal.value))
        finally:
            del os.environ["REQUESTS_CA_BUNDLE"]
        assert login.given and there.made("send")


async def sensitive_setting(scene: Scene) -> None:
    """A setting that is kept encrypted: set, shown, changed, refused."""
    secret: Setting[str] = Setting("test.word", TypeAdapter(str), "A word.", sensitive=True)

    class Described(Declared):
        @property
        def words(self) -> str:
            return "config.description.alerts"

    desk = ConfigDesk(scene.house.road, (Described(secret, lambda _road: ""),))
    for value in (API_KEY, JWT, 5, PASSWORD_OF_DATABASE * 30):
        try:
            scene.hear(await desk.set(ADMINISTRATOR, "test.word", value))
        except ColloqueryError as error:
            scene.hear(_words(error))
    scene.hear(await desk.list(ADMINISTRATOR), await desk.unset(ADMINISTRATOR, "test.word"))


async def typed_as_a_question(scene: Scene) -> None:
    """Somebody pastes secrets where questions go: the thread has them, nothing else."""
    scene.typed = True
    asked = (f"Is {API_KEY} good?", f"SELECT '{JWT}' AS token", f"SELECT 1 FROM t WHERE password='{KEY_OF_MODEL}'")
    for text in asked:
        await ask(scene.house, text, LEE)


CASES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    case.__name__: case
    for case in (
        wrong_settings, reprs, wrong_store, wrong_key_of_store, terminal, connections, connections_by_api,
        model_that_repeats_its_key, page, tokens_that_are_none_of_ours, assistant, slack, teams, sensitive_setting,
        typed_as_a_question,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
async def test_no_secret_comes_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], postgres_database: str, mariadb_database: str, name: str
) -> None:
    (tmp_path / "terminal").mkdir()
    async with scene(tmp_path, {"postgresql": postgres_database, "mysql": mariadb_database}) as (at, log):
        await CASES[name](at)
        kept = frozenset({"audit_logs", "events"}) if at.typed else None
        found = leaks("store", await stored(at.house, tables=kept))
    printed = capfd.readouterr()
    found += leaks("log", log.getvalue()) + leaks("stdout", printed.out) + leaks("stderr", printed.err)
    for heard in at.heard:
        found += leaks("heard", heard)
    if not at.typed:
        for file in tmp_path.rglob("app_data.db*"):
            found += leaks(file.name, file.read_bytes().decode("latin-1"))
    assert found == []
    assert at.heard or at.typed
    assert log.getvalue()


def test_a_leak_would_be_found() -> None:
    for secret in CANARIES:
        for spelling in spellings(secret):
            assert leaks("x", f"before {spelling} after")
    assert not leaks("x", "nothing")
