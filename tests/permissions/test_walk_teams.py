"""Everything that can be done in Teams, done by a guest, a deactivated person, a viewer and an administrator.

It comes over HTTP as Teams sends it, so that anything may be forged in it; what is told and shown goes to a local Bot
Connector.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from adapters.teams.app import Teams
from adapters.teams.http import PATH
from adapters.teams.listeners.rooms import ACTS, OPENS, SENT
from bot.wiring import House
from core.chat import Actor, Place, Question
from core.connections.connection import NewConnection
from core.errors import ColloqueryError
from core.ids import new_id
from core.locale import error_words
from core.saved import Parameter, TemplateEdit
from tests.adapters.teams.activities import invoke, mention, message, submit
from tests.adapters.teams.conftest import fast, teams
from tests.adapters.teams.people import ADA, BOB, GROUP_WITH_GUEST, GUEST, PERSONAL, PERSONAL_BOB, TENANT, Json, Member
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.whole import unsigned
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop, open_house, settings_for, wait_for
from tests.permissions.interactions import CANARY, Things
from tests.permissions.teams_interactions import Deed, everything
from tests.permissions.town import SQL, Town

__all__ = ["fast", "teams"]

pytestmark = pytest.mark.usefixtures("fast")

ADA_HERSELF = Actor("teams", TENANT, ADA.aad, ADA.name, email=ADA.email)
WHERE = {ADA: PERSONAL, BOB: PERSONAL_BOB, GUEST: GROUP_WITH_GUEST}
REFUSALS = ("people.guest", "people.inactive", "people.not_yours", "people.not_administrator", "connection.gone",
            "template.unknown", "schedule.unknown")  # fmt: skip
OF_A_VISIT = frozenset({"addresses"})
"""Where Teams is reached: kept of whoever writes, whatever they may."""


def words(code: str) -> str:
    return error_words("en", ColloqueryError(code))[0]


def test_every_button_and_form_is_in_the_walk() -> None:
    found: dict[str, set[str]] = {"press": set(), "open": set(), "send": set()}
    for one in everything(Things("q", "t", "c", "s")):
        found.setdefault(one.kind, set()).add(one.name)
    assert found["press"] == ACTS.keys()
    assert found["open"] == OPENS.keys()
    assert found["send"] == SENT.keys()


@dataclass
class Chat:
    """A house behind Teams' door, and what is said in it."""

    town: Town
    app: Teams
    teams: FakeConnector
    http: httpx.AsyncClient
    things: Things
    aloud: int = 0
    """Messages that everybody in a conversation of several reads, because of what was done last."""

    async def do(self, one: Deed, by: Member) -> str:
        """Somebody does something; all that Teams is told because of it."""
        before = len(self.teams.calls)
        answer = await self.http.post(PATH, json=self._activity(one, by))
        assert answer.status_code in (200, 202), one.said
        door, service = self.app.door, self.town.house.service
        assert door is not None
        async with asyncio.timeout(30):
            while door._tasks or service._live or door._progress:
                await asyncio.sleep(0.005)
        calls = [call for call in self.teams.calls[before:] if call.method in ("POST", "PUT")]
        self.aloud = sum(call.operation == "send" and "@thread" in call.path for call in calls)
        return f"{answer.text} {json.dumps([call.json for call in calls], ensure_ascii=False)}"

    def _activity(self, one: Deed, by: Member) -> Json:
        url, here = self.teams.service_url, dict[str, Any](by=by, conversation=WHERE[by])
        data = {"cq": one.name, "v": one.value, **one.fields}
        match one.kind:
            case "word":
                return (mention if by is GUEST else message)(url, one.name, **here)
            case "press":
                return submit(url, data, **here)
            case "open":
                return invoke(url, "task/fetch", {"data": data}, **here)
            case "send":
                return invoke(url, "task/submit", {"data": {**data, "sent": "1"}}, **here)
            case "invoke":
                return invoke(url, one.name, one.fields, **here)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
async def chat(teams: FakeConnector, shop: Path, tmp_path: Path, migrated_file: Path) -> AsyncIterator[Chat]:
    shutil.copy(migrated_file, tmp_path / "app_data.db")
    root = "https://ask.example.com"
    settings = settings_for(tmp_path, administrators=(f"teams:{TENANT}:{ADA.aad}",), public_url=root)
    door = Teams(unsigned(root))
    async with (
        open_house(settings, {"teams": door.deliver}, {"teams": door.announcer}) as built,
        door.opened(built.service),
    ):
        await add_sqlite(built, shop)
        things = await _settle(built, shop)
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        assert door.router is not None
        app.include_router(door.router)
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            one = Chat(Town(built, tmp_path / "app_data.db"), door, teams, http, things)
            for by in (ADA, BOB, GUEST):
                # Whoever speaks for the first time is known from then on: that is no matter of permission.
                await one.do(Deed("word", "usage"), by)
            await one.town.keep()
            yield one
            one.town.close()


async def _settle(built: House, shop: Path) -> Things:
    """What is Ada's, who is an administrator."""
    ada = await built.road.people.meet(ADA_HERSELF)
    new = NewConnection(f"{CANARY}-base", "sqlite", str(shop), 0, "", "", CANARY)
    connection = await built.road.connections.add(ada, new, local=True)
    await built.road.catalog.entry(connection)
    place = Place("teams", TENANT, PERSONAL, "")
    sql = f"SELECT name AS {CANARY} FROM cities"
    question = Question(ADA_HERSELF, place, new_id(), sql, datetime.now(UTC), f"{CANARY}-base")
    asked = await built.service.accept(question)
    await wait_for(built, asked.question_id, ADA_HERSELF)
    edit = TemplateEdit(f"{CANARY} kept", f"How many {CANARY} customers in {{city}}?", SQL,
                        (Parameter("city", "choice", "Seoul", "cities.name"),), connection="shop")  # fmt: skip
    saved = await built.service.saved.keep(ADA_HERSELF, edit)
    scheduled = await built.service.schedules.make(replace(question, message=new_id()), "daily at 9")
    return Things(asked.question_id, saved.id, connection.id, scheduled.id)


async def _walk(one: Chat, by: Member, refused: tuple[str, ...], whose: tuple[str, ...]) -> list[str]:
    """What is wrong with the answers to whatever of `whose` this person may not do."""
    wrong: list[str] = []
    for each in everything(one.things):
        told = await one.do(each, by)
        changed = set(await one.town.differs()) - OF_A_VISIT
        if each.whose in whose:
            # A file is agreed to in a personal chat alone; what comes from elsewhere is not even answered.
            is_heard = each.kind != "invoke" or WHERE[by] != GROUP_WITH_GUEST
            if is_heard and not any(words(code) in told for code in refused):
                wrong.append(f"{each.said}: not refused in words: {told[:300]}")
            if changed:
                wrong.append(f"{each.said}: changed {changed}")
            if one.aloud:
                wrong.append(f"{each.said}: something was said aloud for them")
        if each.whose == "nothing" and changed:
            wrong.append(f"{each.said}: changed {changed}")
        shown = told.replace(each.value or "\0", "").replace("“canary”", "")
        if CANARY in shown and by is not ADA and CANARY not in each.name:
            wrong.append(f"{each.said}: tells of what is somebody else's: {told[:600]}")
        if changed:
            await one.town.restore()
    return wrong


async def test_a_guest_is_refused_everything_in_words_and_changes_nothing(chat: Chat) -> None:
    wrong = await _walk(chat, GUEST, ("people.guest", "people.not_yours"), ("anyone", "owner", "administrator"))
    assert not wrong, "\n".join(wrong)


async def test_somebody_deactivated_is_refused_everything_in_words_and_changes_nothing(chat: Chat) -> None:
    service = chat.town.house.service
    bob = await service.person(Actor("teams", TENANT, BOB.aad, BOB.name, email=BOB.email))
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
    for each in everything(chat.things):
        told = await chat.do(each, ADA)
        wrong += [f"{each.said}: {code}" for code in REFUSALS if words(code) in told]
        changed = set(await chat.town.differs()) - OF_A_VISIT
        if changed or CANARY in told.replace(each.value or "\0", ""):
            gave.add((each.kind, each.name))
        if changed:
            await chat.town.restore()
    assert not wrong, "\n".join(wrong)
    # What they see and change is what the others must not: nearly everything that is about a thing.
    asked = {(one.kind, one.name) for one in everything(chat.things) if one.whose == "owner"}
    nothing_to_take = {("open", "connection_take"), ("send", "take_connection")}
    assert asked - gave <= {("press", "stop"), ("press", "choose"), *nothing_to_take}, asked - gave
