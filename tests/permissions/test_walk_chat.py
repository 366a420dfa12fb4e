"""Everything that can be done in Slack, done by a guest, a deactivated person, a viewer and an administrator.

It comes signed over HTTP, as Slack sends it, so that anything may be forged in it; what is told and shown goes to the
real local Slack server. That a form was opened is said by the proxy before it: no trigger of ours is Slack's.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from adapters.slack.app import Slack
from adapters.slack.connection_modals import TAKE
from adapters.slack.http import PATH
from adapters.slack.listeners import register
from adapters.slack.settings import SlackSettings
from bot.wiring import House
from core.chat import Actor, Place, Question
from core.connections.connection import NewConnection
from core.errors import ColloqueryError
from core.ids import new_id
from core.locale import error_words
from core.saved import Parameter, TemplateEdit
from tests.adapters.slack.conftest import fast, proxy, slack, slack_server
from tests.adapters.slack.proxy import Fault, Proxy
from tests.adapters.slack.server import (
    ADA,
    BOB,
    BOT,
    BOT_TOKEN,
    DIRECT,
    GENERAL,
    GUEST,
    SIGNING_SECRET,
    TEAM,
    WITH_GUEST,
)
from tests.adapters.slack.whole import event, signed
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop, open_house, settings_for, wait_for
from tests.permissions.interactions import CANARY, Interaction, Things, everything
from tests.permissions.town import SQL, Town

__all__ = ["fast", "proxy", "slack", "slack_server"]

pytestmark = pytest.mark.usefixtures("fast")

ADA_HERSELF = Actor("slack", TEAM, ADA, "Ada Lovelace", email="ada@example.com")

REFUSALS = ("people.guest", "people.inactive", "people.not_yours", "people.not_administrator", "connection.gone",
            "template.unknown", "schedule.unknown")  # fmt: skip

_numbers = count(1)


def words(code: str) -> str:
    return error_words("en", ColloqueryError(code))[0]


class Recorder:
    """An app that only notes what is registered with it."""

    def __init__(self) -> None:
        self.heard: set[tuple[str, str]] = set()

    def event(self, name: str) -> Any:
        return self._note("event", name)

    def command(self, name: str) -> Any:
        return self._note("command", name)

    def action(self, pattern: Any) -> Any:
        return self._note("action", pattern.pattern.removeprefix("^cq_").removesuffix(r"(:\w+)?$"))

    def view(self, name: str) -> Any:
        return self._note("view", name)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is registered, and the walk knows nothing of it")

    def _note(self, kind: str, name: str) -> Any:
        self.heard.add((kind, name))
        return lambda listener: listener


def test_everything_that_is_registered_is_in_the_walk() -> None:
    recorder = Recorder()
    register(recorder, None)  # type: ignore[arg-type]  # nothing is called, so no door is needed
    assert {(one.kind, one.name) for one in everything(Things("q", "t", "c", "s"), GENERAL)} == recorder.heard


@dataclass
class Chat:
    """A house behind Slack's door, and what is said in it."""

    town: Town
    slack: Slack
    proxy: Proxy
    http: httpx.AsyncClient
    things: Things
    aloud: int = 0
    """Messages that everybody in a channel reads, because of what was done last."""

    async def do(self, one: Interaction, user: str) -> str:
        """Somebody does something; all that Slack is told because of it."""
        self.proxy._faults.clear()
        for method in ("views.open", "views.update"):
            shown = {"ok": True, "view": {"id": "V1"}}
            self.proxy.play(method, *[Fault("answer", body=shown)] * 3)
        before = len(self.proxy.calls)
        body = _body(one, user, GENERAL if user != GUEST else WITH_GUEST)
        answer = await self.http.post(PATH, content=body, headers=signed(body))
        assert answer.status_code == 200, one.said
        door, service = self.slack.door, self.town.house.service
        assert door is not None
        async with asyncio.timeout(20):
            while door._tasks or service._live or door._progress:
                await asyncio.sleep(0.005)
        calls = self.proxy.calls[before:]
        posted = [call.arguments["channel"] for call in calls if call.method == "chat.postMessage"]
        self.aloud = sum(not channel.startswith("D") for channel in posted)
        told = [call.arguments for call in calls if not call.method.startswith("users.")]
        return f"{answer.text} {json.dumps(told, ensure_ascii=False)}"


def _body(one: Interaction, user: str, channel: str) -> bytes:
    number = next(_numbers)
    who: dict[str, Any] = {"user": {"id": user}, "team": {"id": TEAM}, "trigger_id": f"trigger.{number}"}
    match one.kind:
        case "command":
            fields = {"command": one.name, "text": one.value, "user_id": user, "channel_id": channel,
                      "team_id": TEAM, "trigger_id": f"trigger.{number}"}  # fmt: skip
            return urlencode(fields).encode()
        case "action":
            pressed = {"type": "button", "action_id": f"cq_{one.name}", "block_id": "b", "value": one.value}
            message = {"ts": "1.0", "thread_ts": ""}
            payload = {**who, "type": "block_actions", "channel": {"id": channel}, "message": message,
                       "actions": [pressed]}  # fmt: skip
        case "view":
            view = {"id": f"V{number}", "type": "modal", "callback_id": one.name, "private_metadata": one.value,
                    "blocks": [{"type": "input", "block_id": name} for name in one.fields],
                    "state": {"values": one.state}}  # fmt: skip
            payload = {**who, "type": "view_submission", "view": view}
        case "event":
            more: dict[str, Any] = {"type": one.name, "user": user}
            if one.name == "message":
                more |= {"text": f"<@{BOT}> {one.value}", "channel_type": "channel"}
            elif one.name == "app_home_opened":
                more |= {"tab": "home"}
            elif one.name == "agent_session_stopped":
                more |= {"streaming_message_ts": ["1.0"]}
            return json.dumps(event(one.value, channel=channel, **more)).encode()
    return urlencode({"payload": json.dumps(payload)}).encode()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
async def chat(proxy: Proxy, shop: Path, tmp_path: Path, migrated_file: Path) -> AsyncIterator[Chat]:
    shutil.copy(migrated_file, tmp_path / "app_data.db")
    proxy.people[GUEST] = {"is_restricted": True}
    settings = settings_for(tmp_path, administrators=(f"slack:{TEAM}:{ADA}",), public_url="https://ask.example.com")
    door = Slack(SlackSettings(BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=proxy.api_url))
    async with (
        open_house(settings, {"slack": door.deliver}, {"slack": door.announcer}) as built,
        door.opened(built.service),
        _over_http(door) as http,
    ):
        await add_sqlite(built, shop)
        things = await _settle(built, shop)
        one = Chat(Town(built, tmp_path / "app_data.db"), door, proxy, http, things)
        for user in (ADA, BOB, GUEST):
            # Whoever speaks for the first time is known from then on: that is no matter of permission.
            await one.do(Interaction("command", "/usage"), user)
        await one.town.keep()
        yield one
        one.town.close()


@asynccontextmanager
async def _over_http(door: Slack) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    assert door.router is not None, "there is a signing secret"
    app.include_router(door.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
        yield http


async def _settle(built: House, shop: Path) -> Things:
    """What is Ada's, who is an administrator."""
    ada = await built.road.people.meet(ADA_HERSELF)
    new = NewConnection(f"{CANARY}-base", "sqlite", str(shop), 0, "", "", CANARY)
    connection = await built.road.connections.add(ada, new, local=True)
    await built.road.catalog.entry(connection)
    place = Place("slack", TEAM, DIRECT, "1.0")
    sql = f"SELECT name AS {CANARY} FROM cities"
    question = Question(ADA_HERSELF, place, new_id(), sql, datetime.now(UTC), f"{CANARY}-base")
    asked = await built.service.accept(question)
    await wait_for(built, asked.question_id, ADA_HERSELF)
    edit = TemplateEdit(f"{CANARY} kept", f"How many {CANARY} customers in {{city}}?", SQL,
                        (Parameter("city", "choice", "Seoul", "cities.name"),), connection="shop")  # fmt: skip
    saved = await built.service.saved.keep(ADA_HERSELF, edit)
    scheduled = await built.service.schedules.make(replace(question, message=new_id()), "daily at 9")
    return Things(asked.question_id, saved.id, connection.id, scheduled.id)


async def _walk(one: Chat, user: str, refused: tuple[str, ...], whose: tuple[str, ...]) -> list[str]:
    """What is wrong with the answers to whatever of `whose` this person may not do."""
    wrong: list[str] = []
    for each in everything(one.things, WITH_GUEST if user == GUEST else GENERAL):
        told = await one.do(each, user)
        changed = await one.town.differs()
        if each.whose in whose:
            if not any(words(code) in told for code in refused):
                wrong.append(f"{each.said}: not refused in words: {told[:300]}")
            if changed:
                wrong.append(f"{each.said}: changed {changed}")
            if one.aloud:
                wrong.append(f"{each.said}: something was said aloud for them")
        if each.whose == "nothing" and changed:
            wrong.append(f"{each.said}: changed {changed}")
        if CANARY in told.replace(each.value, "").replace("“canary”", "") and user != ADA:
            wrong.append(f"{each.said}: tells of what is somebody else's: {told[:600]}")
        if changed:
            await one.town.restore()
    return wrong


async def test_a_guest_is_refused_everything_in_words_and_changes_nothing(chat: Chat) -> None:
    wrong = await _walk(chat, GUEST, ("people.guest", "people.not_yours"), ("anyone", "owner", "administrator"))
    assert not wrong, "\n".join(wrong)


async def test_somebody_deactivated_is_refused_everything_in_words_and_changes_nothing(chat: Chat) -> None:
    service = chat.town.house.service
    bob = await service.person(Actor("slack", TEAM, BOB, "Bob"))
    await service.people.set_active(ADMINISTRATOR, bob.id, False)
    await chat.town.keep()
    wrong = await _walk(chat, BOB, ("people.inactive", "people.not_yours"), ("anyone", "owner", "administrator"))
    assert not wrong, "\n".join(wrong)


async def test_a_viewer_is_refused_what_is_somebody_elses_and_what_is_for_administrators(chat: Chat) -> None:
    wrong = await _walk(chat, BOB, REFUSALS, ("owner", "administrator"))
    assert not wrong, "\n".join(wrong)


async def test_an_administrator_is_refused_nothing(chat: Chat) -> None:
    """So that the others were refused for who they are, and not because nothing works."""
    wrong, gave = [], set()
    for each in everything(chat.things, GENERAL):
        told = await chat.do(each, ADA)
        wrong += [f"{each.said}: {code}" for code in REFUSALS if words(code) in told]
        changed = await chat.town.differs()
        if changed or CANARY in told.replace(each.value, ""):
            gave.add((each.kind, each.name))
        if changed:
            await chat.town.restore()
    assert not wrong, "\n".join(wrong)
    # What they see and change is what the others must not: nearly everything that is about a thing.
    asked = {(one.kind, one.name) for one in everything(chat.things, GENERAL) if one.whose == "owner"}
    assert asked - gave <= {("action", "stop"), ("action", "choose"), ("view", TAKE)}, asked - gave
