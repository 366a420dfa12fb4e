"""Every operation of the API and every page, asked by every kind of person about everybody's things."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import Mount

from adapters.api.described import describe
from adapters.http.settings import HttpSettings
from adapters.web.app import PAGES
from core.errors import NotAllowed
from tests.adapters.api.described import ROOT, api_of
from tests.adapters.web.conftest import ORIGIN, page
from tests.houses import ADMINISTRATOR, make_shop
from tests.permissions.operations import HIDDEN, OPERATIONS, PUBLIC, TELLS_NOTHING, Operation
from tests.permissions.town import ADMIN, KEYS, KINDS, LIMITED, NOBODY, VIEWER, Somebody, Thing, Town, town

SETTINGS = HttpSettings(token="a-token-for-the-owner-of-the-machine", a_minute=0, a_minute_each=0)

PAGE_ROUTES = {
    **{f"GET {path}": 200 if path == "/sign-in" else 401 for path in PAGES},
    "GET /words": 200, "GET /session": 200, "POST /session": 401, "POST /session/link": 401,
    "POST /session/refresh": 401, "DELETE /session/refresh": 200, "GET /files/{token}": 404,
}  # fmt: skip
"""What a stranger is answered: the page that lets them in at any page's address, its words, and signing in and out."""

PAGE_BODIES = {
    "POST /session": {"email": "nobody@example.com", "password": "wrong"},
    "POST /session/link": {"token": "wrong"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
async def walked(tmp_path: Path, shop: Path, migrated_file: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, shop, migrated_file) as one:
        yield one


def client(app: FastAPI, who: Somebody | None = None) -> httpx.AsyncClient:
    headers = {} if who is None else {"authorization": f"Bearer {who.token}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers)


@dataclass(frozen=True)
class Ask:
    """One request of the walk."""

    name: str
    operation: Operation
    thing: Thing | None

    @property
    def said(self) -> str:
        whose = f" of the {self.thing.whose}" if self.thing else ""
        return f"{self.name}{whose} {dict(self.operation.query) or ''}"

    async def send(self, http: httpx.AsyncClient) -> httpx.Response:
        method, _, path = self.name.partition(" ")
        values = dict(self.operation.path)
        if "{" in path and self.thing is not None:
            first = path.partition("{")[2].partition("}")[0]
            values[first] = self.thing.id
        body = self.operation.body
        if callable(body):
            assert self.thing is not None, "its body is of a thing"
            body = body(self.thing)
        url = f"{ROOT}{path.format(**values)}"
        return await http.request(method, url, params=self.operation.query, json=body)


def asks(one: Town) -> Iterator[Ask]:
    for name, operations in OPERATIONS.items():
        for operation in operations:
            for thing in one.things[operation.about] if operation.about else [None]:
                yield Ask(name, operation, thing)


def operations_of(app: FastAPI) -> set[str]:
    """Method and path of everything that the description of the API has."""
    paths: dict[str, Any] = describe(api_of(app))["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


async def test_every_operation_is_in_the_walk(walked: Town) -> None:
    app = page(walked.house, SETTINGS)
    assert operations_of(app) == {*OPERATIONS, *PUBLIC}
    assert {name for name, each in OPERATIONS.items() if not any(one.needs for one in each)} == TELLS_NOTHING


async def test_every_page_is_in_the_walk(walked: Town) -> None:
    app = page(walked.house, SETTINGS)
    below = {mount.path: mount.app for mount in app.routes if isinstance(mount, Mount)}
    assert set(below) == {ROOT, ""}
    web = below[""]
    assert isinstance(web, FastAPI)
    paths = get_openapi(title="pages", version="1", routes=web.routes)["paths"]
    assert {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} == set(PAGE_ROUTES)
    assert {mount.path for mount in web.routes if isinstance(mount, Mount)} == {"/static"}


async def test_a_stranger_gets_the_way_in_and_nothing_else(walked: Town) -> None:
    app = page(walked.house, SETTINGS)
    async with client(app) as http:
        for name, status in PAGE_ROUTES.items():
            method, _, path = name.partition(" ")
            answer = await http.request(method, path, json=PAGE_BODIES.get(name))
            assert answer.status_code == status, (name, answer.text)
            if path in PAGES:
                assert "sign_in.js" in answer.text, name
                assert answer.text == (await http.get("/sign-in")).text, name
        for ask in asks(walked):
            answer = await ask.send(http)
            assert (answer.status_code, answer.json()["code"]) == (401, "http.locked"), ask.said
            assert answer.headers["www-authenticate"] == "Bearer"
        assert (await http.get(f"{ROOT}/openapi.json")).status_code == 401
        for name, (body, codes) in PUBLIC.items():
            method, _, path = name.partition(" ")
            answer = await http.request(method, f"{ROOT}{path}", json=body)
            assert answer.json().get("code", "") in codes, (name, answer.text)
    assert [table for table in await walked.differs() if table != "sign_in_attempts"] == []


@pytest.mark.parametrize("kind", [one for one in KINDS if one != NOBODY])
async def test_everybody_gets_what_the_table_says_and_a_refusal_changes_nothing(walked: Town, kind: str) -> None:
    who = walked.people[kind]
    app = page(walked.house, SETTINGS)
    wrong: list[str] = []
    given = refused = 0
    async with client(app, who) as http:
        for ask in asks(walked):
            expected = ask.operation.expected(who, ask.thing)
            answer = await ask.send(http)
            if expected:
                refused += 1
                wrong += await _wrong_refusal(walked, who, ask, answer, expected)
            else:
                given += 1
                wrong += _wrong_gift(ask, answer)
                await _finished(http, answer)
                if not answer.is_success:
                    await walked.refusals()  # what else may be wrong with a request is not what is asked here
                if await walked.differs():
                    await walked.restore()
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)
    assert given >= 2
    assert refused >= 4


def _wrong_gift(ask: Ask, answer: httpx.Response) -> list[str]:
    if answer.is_success:
        return []
    code = answer.json().get("code")
    return [] if code in ask.operation.fine else [f"{ask.said}: should be given, but {answer.status_code} {code}"]


async def _wrong_refusal(one: Town, who: Somebody, ask: Ask, answer: httpx.Response, expected: str) -> list[str]:
    status = 404 if expected in HIDDEN else 403
    if answer.is_success or answer.headers.get("content-type") != "application/problem+json":
        await one.restore()
        return [f"{ask.said}: should be {expected}, but {answer.status_code}"]
    told = answer.json()
    wrong = []
    if (answer.status_code, told["code"]) != (status, expected):
        wrong.append(f"{ask.said}: should be {status} {expected}, but {answer.status_code} {told['code']}")
    audited = await one.refusals()
    if changed := await one.differs():
        wrong.append(f"{ask.said}: refused, and changed {changed}")
        await one.restore()
    # Of what there is not for somebody, they were told so: nothing was refused.
    if audited != ([] if status == 404 else [(expected, who.person.id)]):
        wrong.append(f"{ask.said}: the audit says {audited}")
    return wrong


async def _finished(http: httpx.AsyncClient, answer: httpx.Response) -> None:
    """A question that was taken is answered before the store is put back."""
    if answer.status_code != 202:
        return
    where = f"{ROOT}/questions/{answer.json()['question_id']}"
    async with asyncio.timeout(10):
        while (await http.get(where)).json()["state"] != "answered":
            await asyncio.sleep(0.01)


async def test_lists_hold_what_is_theirs(walked: Town) -> None:
    app = page(walked.house, SETTINGS)
    connections, templates = walked.things["connection"], walked.things["template"]
    for kind in (VIEWER, ADMIN, *KEYS, LIMITED):
        who = walked.people[kind]
        owner = ADMIN if kind in (*KEYS, LIMITED) else kind
        async with client(app, who) as http:
            answer = await http.get(f"{ROOT}/connections")
            if answer.is_success:
                asks_shop = kind not in KEYS or kind == KEYS[0]
                mine = {
                    one.id for one in connections
                    if (one.whose == owner and kind != LIMITED) or (one.whose == "everyone" and asks_shop)
                }  # fmt: skip
                assert {one["id"] for one in answer.json()["items"]} == mine, kind
            answer = await http.get(f"{ROOT}/templates")
            if answer.is_success:
                seen = {one["id"] for one in answer.json()["items"]}
                assert seen == {one.id for one in templates if one.shared or one.whose == owner}, kind
            # A search finds for an administrator what others keep to themselves: not for their keys.
            answer = await http.get(f"{ROOT}/templates", params={"search": "kept"})
            if answer.is_success:
                kept = {one.id for one in templates if not one.shared and (one.whose == owner or kind == ADMIN)}
                assert {one["id"] for one in answer.json()["items"]} == kept, kind
            answer = await http.get(f"{ROOT}/templates.yaml")
            if answer.is_success:
                for one in templates:
                    is_there = one.whose == owner or kind == ADMIN
                    assert (one.more["name"] in answer.text) == is_there, (kind, one.more["name"])
            answer = await http.get(f"{ROOT}/sessions")
            if answer.is_success:
                assert len(answer.json()["items"]) == (kind in (VIEWER, ADMIN, KEYS[0])), kind


async def test_a_file_of_templates_brings_a_key_without_the_scope_none(walked: Town) -> None:
    app = page(walked.house, SETTINGS)
    async with client(app, walked.people[VIEWER]) as http:
        file = (await http.get(f"{ROOT}/templates.yaml")).text
    for kind, taken in ((KEYS[0], 0), (LIMITED, 2)):
        async with client(app, walked.people[kind]) as http:
            told = (await http.post(f"{ROOT}/templates/import", json={"text": file})).json()
            assert len(told["added"]) == taken, told
            assert {one["code"] for one in told["refused"]} == (set() if taken else {"people.key_not_for_this"})


async def test_a_key_for_one_connection_asks_no_other(walked: Town) -> None:
    """It is told of none, and a question that names another is answered with that."""
    app = page(walked.house, SETTINGS)
    async with client(app, walked.people[LIMITED]) as http:
        own = f"of the {ADMIN}"
        asked = await http.post(f"{ROOT}/questions", json={"text": "SELECT 1 AS one", "connection": own})
        await _finished(http, asked)
        reply = (await http.get(f"{ROOT}/questions/{asked.json()['question_id']}")).json()["reply"]
        assert not reply["ok"]
        codes = {part.get("code") for part in reply["parts"]}
        assert codes & {"connection.unknown", "people.connection_not_given"}, reply


async def test_lists_of_all_accounts_are_not_for_keys_nor_for_the_deactivated(walked: Town) -> None:
    """What the Home tab and the terminal list of somebody is of all their accounts: a key sees its own alone."""
    service = walked.house.service
    for kind in (*KEYS, LIMITED):
        for listed in (service.recent, service.threads):
            with pytest.raises(NotAllowed) as refusal:
                await listed(walked.people[kind].actor)
            assert refusal.value.code == "people.key_not_for_this"
    viewer = walked.people[VIEWER]
    assert await service.recent(viewer.actor)
    await service.people.set_active(ADMINISTRATOR, viewer.person.id, False)
    for listed in (service.recent, service.threads):
        with pytest.raises(NotAllowed) as refusal:
            await listed(viewer.actor)
        assert refusal.value.code == "people.inactive"
