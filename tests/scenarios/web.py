"""The scenarios at the page: a browser that signs in, over real HTTP, to the very routes that the page's scripts use.

The page is each person's own: there are no rooms, and a guest is whoever cannot sign in.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

import httpx
from fastapi import FastAPI

from adapters.http.settings import HttpSettings
from bot.server import mount_http
from bot.wiring import House
from core.access import NewPerson
from core.ask.people_desk import PeopleDesk
from core.chat import Actor
from core.ids import new_id
from core.saved import TemplateEdit
from tests.adapters.slack.whole import serving
from tests.houses import ADMINISTRATOR, open_house, settings_for
from tests.local_model import LocalModel
from tests.scenarios.lines import client
from tests.scenarios.stage import Able, Person, Stage, Talk, Told, Use, View
from tests.scenarios.web_view import Json, shown
from tests.scenarios.world import Scenario, World, modelled, settings_of

PASSWORD = "a long enough password"
SETTINGS = HttpSettings("the-token-of-the-owner-of-the-machine", a_minute=0, a_minute_each=0)

_CHEAP = 4
"""Rounds of bcrypt: nothing here is about how long a wrong password takes."""


class Web(Stage):
    """Browsers, one a person."""

    able = Able(rooms=False, apart=False, commands=False)
    guests_are_told = "http.problem.locked.text"

    def __init__(self, house: House, model: LocalModel | None, browsers: Mapping[Person, httpx.AsyncClient]) -> None:
        super().__init__(house, model)
        self._browsers = browsers
        self._actors: dict[Person, Actor] = {}
        self._last: dict[str, Json] = {}

    async def sign_in(self, who: Person, email: str) -> None:
        """Come in by the page's form."""
        signed = await self._send(who, "POST", "/session", {"email": email, "password": PASSWORD})
        assert signed["name"] == self.name(who)
        access = self._browsers[who].cookies["colloquery_access"]
        people = self.house.service.people
        self._actors[who] = (await people.signed_in(access, platform="web", locale=who.locale, timezone="UTC")).actor

    def actor(self, who: Person) -> Actor:
        return self._actors[who]

    def name(self, who: Person) -> str:
        return f"The {who.role}"

    # Asking

    async def say(self, who: Person, text: str, talk: Talk) -> View:
        talk.thread = talk.thread or new_id()
        body = {"text": text, "session": talk.thread, "message": new_id()}
        self._last[talk.thread] = body
        try:
            return await self._asked(who, "/questions", body)
        except Told as told:
            return View(told.text)

    async def start(self, who: Person, text: str, talk: Talk) -> View:
        talk.thread = talk.thread or new_id()
        taken = await self._api(who, "POST", "/questions", {"text": text, "session": talk.thread})
        async for name, told in self._events(who, taken["question_id"]):
            if name == "step" and told["kind"] == "running":
                return View(told["text"], buttons=("stop",), handle=taken["question_id"])
        raise AssertionError("it was answered before it could be stopped")

    async def stop(self, who: Person, working: View, talk: Talk) -> View:
        assert (await self._api(who, "POST", f"/questions/{working.handle}/stop"))["stopped"]
        return await self._followed(who, working.handle)

    async def deliver_again(self, who: Person, text: str, talk: Talk) -> None:
        await self._asked(who, "/questions", self._last[talk.thread])

    async def answers(self, who: Person, talk: Talk) -> int:
        return len((await self._api(who, "GET", f"/sessions/{talk.thread}/messages"))["items"])

    async def read_aloud(self, talk: Talk) -> str:
        return ""

    async def _asked(self, who: Person, path: str, body: Json) -> View:
        taken = await self._api(who, "POST", path, body)
        return await self._followed(who, taken["question_id"])

    async def _followed(self, who: Person, question_id: str) -> View:
        async for name, told in self._events(who, question_id):
            if name == "reply":
                return shown(told)
            assert name == "step", told
        raise AssertionError("the stream ended without an answer")

    async def _events(self, who: Person, question_id: str) -> AsyncIterator[tuple[str, Json]]:
        """The events of a question, as an EventSource reads them."""
        name = ""
        async with self._browsers[who].stream("GET", f"/api/v1/questions/{question_id}/events") as stream:
            assert stream.status_code == 200
            async for line in stream.aiter_lines():
                key, _, value = line.partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    yield name, json.loads(value)

    # Afterwards

    async def sql(self, who: Person, view: View) -> str:
        return next(str(part["text"]) for part in view.handle["parts"] if part["part"] == "sql")

    async def explain(self, who: Person, view: View) -> View:
        try:
            return shown(await self._api(who, "GET", f"{_of(view)}/explanation"))
        except Told as told:
            return View(told.text)

    async def export(self, who: Person, view: View, kind: Literal["csv", "excel"]) -> bytes:
        ending = {"csv": "csv", "excel": "xlsx"}[kind]
        answer = await self._answer(who, "GET", f"/api/v1{_of(view)}/result.{ending}", None)
        assert answer.headers["content-disposition"].endswith(f'.{ending}"')
        return answer.content

    async def judge(self, who: Person, view: View, good: bool, reason: str = "") -> None:
        await self._api(who, "POST", f"{_of(view)}/feedback", {"good": good, "reason": reason})

    async def edit(self, who: Person, view: View, sql: str, talk: Talk) -> View:
        return await self._asked(who, f"{_of(view)}/rerun", {"sql": sql, "session": talk.thread})

    async def choose(self, who: Person, view: View, label: str, talk: Talk) -> View:
        options = next(part["options"] for part in view.handle["parts"] if part["part"] == "choices")
        value = next(one["value"] for one in options if one["label"] == label)
        return await self._asked(who, f"{_of(view)}/choice", {"choice": value, "session": talk.thread})

    async def not_meant(self, who: Person, view: View, talk: Talk) -> View:
        return await self._asked(who, f"{_of(view)}/fresh", {"session": talk.thread})

    # Templates

    async def keep(self, who: Person, view: View, template: TemplateEdit) -> None:
        before = await self._api(who, "GET", f"{_of(view)}/template")
        parameters = [
            {"name": one.name, "kind": one.kind, "default": one.default, "column": one.column}
            for one in template.parameters
        ]
        typed = {"name": template.name, "question": template.question, "sql": template.sql, "parameters": parameters}
        await self._api(who, "POST", "/templates", typed | {"connection": before["connection"]})

    async def templates(self, who: Person) -> tuple[str, ...]:
        return tuple(one["name"] for one in (await self._api(who, "GET", "/templates"))["items"])

    async def run_template(self, who: Person, name: str, values: Mapping[str, str], talk: Talk) -> View:
        found = (await self._api(who, "GET", "/templates"))["items"]
        template = next(one["id"] for one in found if one["name"] == name)
        talk.thread = talk.thread or new_id()
        return await self._asked(who, f"/templates/{template}/run", {"values": dict(values), "session": talk.thread})

    # Use and connections

    async def use(self, who: Person) -> Use:
        windows = (await self._api(who, "GET", "/usage"))["windows"]
        hour = next(one for one in windows if one["name"] == "hour")
        assert hour["used_text"] == f"{hour['used']:,}"
        return Use(hour["used"], hour["limit"])

    async def use_of_all(self, who: Person) -> str:
        return json.dumps(await self._api(who, "GET", "/usage/all"), ensure_ascii=False)

    async def limit_everybody(self, who: Person, hour: int) -> None:
        change = {"subject": "everyone", "who": "", "hour": hour, "day": None, "month": None}
        await self._api(who, "PUT", "/limits", change)

    async def ask_by_default(self, who: Person, connection: str) -> None:
        found = (await self._api(who, "GET", "/connections"))["items"]
        chosen = next(one["id"] for one in found if one["name"] == connection)
        await self._api(who, "PUT", f"/connections/{chosen}/default")

    async def _api(self, who: Person, method: str, path: str, body: Json | None = None) -> Json:
        return await self._send(who, method, f"/api/v1{path}", body)

    async def _send(self, who: Person, method: str, path: str, body: Json | None) -> Json:
        return dict((await self._answer(who, method, path, body)).json())

    async def _answer(self, who: Person, method: str, path: str, body: Json | None) -> httpx.Response:
        answer = await self._browsers[who].request(method, path, json=body)
        if not answer.is_success:
            problem = answer.json()
            raise Told(f"{problem['detail']} {problem['hint']}")
        return answer


def _of(view: View) -> str:
    return f"/questions/{view.handle['question_id']}"


@asynccontextmanager
async def web(scenario: Scenario, world: World, directory: Path) -> AsyncIterator[Stage]:
    """The stage: a served house, and a browser for each of the cast."""
    async with AsyncExitStack() as stack:
        model = stack.enter_context(modelled(scenario))
        settings = settings_for(directory, **settings_of(scenario, model, ()))
        house = await stack.enter_async_context(open_house(settings, {"web": None, "api": None}))
        house.service.people = PeopleDesk(house.road, cost=_CHEAP)
        await world.furnish(house, scenario)
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        mount_http(app, house.service, SETTINGS)
        url = await stack.enter_async_context(serving(app))
        browsers = {}
        for who in scenario.cast:
            headers = {"origin": url, "sec-fetch-site": "same-origin", "accept-language": who.locale}
            browsers[who] = await stack.enter_async_context(client(url, headers=headers))
        stage = Web(house, model, browsers)
        for who in scenario.cast:
            if who.role != "guest":
                email = f"{who.role.replace(' ', '-')}@example.com"
                role: Literal["viewer", "admin"] = "admin" if who.role == "administrator" else "viewer"
                line = await house.service.people.add(ADMINISTRATOR, NewPerson(email, stage.name(who), role))
                await house.service.people.give_password(ADMINISTRATOR, line.id, PASSWORD)
                await stage.sign_in(who, email)
        yield stage
