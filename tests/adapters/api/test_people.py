"""Who comes in by the API, and what administrators do about people and keys."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.access import NewKey, NewPerson
from core.errors import BadEdit
from core.storage.models import AuditLog
from tests.adapters.web.conftest import TOKEN, browser, is_refusal, page
from tests.houses import add_sqlite

MACHINE = HttpSettings().person
EMAIL, PASSWORD = "ada@example.com", "a long enough password"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def guarded(web_house: House) -> FastAPI:
    return page(web_house, HttpSettings(token=TOKEN, allowed_hosts=("localhost",)))


@pytest.fixture
async def program(guarded: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A program somewhere else: no cookies, no manners of a browser."""
    async with browser(guarded, {"user-agent": "program/1.0"}) as one:
        yield one


async def _person(built: House, email: str = EMAIL, role: str = "viewer") -> str:
    line = await built.service.people.add(MACHINE, NewPerson(email, email.split("@", maxsplit=1)[0].title(), role))  # type: ignore[arg-type]
    await built.service.people.give_password(MACHINE, line.id, PASSWORD)
    return line.id


async def _bearer(client: httpx.AsyncClient, email: str = EMAIL) -> dict[str, str]:
    signed = await client.post("/api/v1/auth/sign-in", json={"email": email, "password": PASSWORD})
    assert signed.status_code == 200, signed.text
    return {"authorization": f"Bearer {signed.json()['access']}"}


async def test_a_program_signs_in_for_a_person(program: httpx.AsyncClient, web_house: House) -> None:
    user = await _person(web_house)
    is_refusal(await program.get("/api/v1/me"), 401, "http.locked")
    signed = (await program.post("/api/v1/auth/sign-in", json={"email": EMAIL, "password": PASSWORD})).json()
    assert "set-cookie" not in program.headers and signed["user"] == user
    bearer = {"authorization": f"Bearer {signed['access']}"}
    assert (await program.get("/api/v1/me", headers=bearer)).json()["by"] == "sign_in"
    (device,) = (await program.get("/api/v1/me/devices", headers=bearer)).json()["items"]
    assert device["is_this"] is True and device["id"] == signed["device"]

    second = (await program.post("/api/v1/auth/refresh", json={"refresh": signed["refresh"]})).json()
    assert second["refresh"] != signed["refresh"]
    done = await program.post("/api/v1/auth/sign-out", json={"refresh": second["refresh"]})
    assert done.json() == {"done": True}
    is_refusal(await program.get("/api/v1/me", headers=bearer), 401, "sign_in.ended")
    is_refusal(await program.post("/api/v1/auth/refresh", json={"refresh": "x"}), 401, "sign_in.ended")


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ("Bearer ", "http.not_bearer"),
        ("Bearer", "http.not_bearer"),
        ("Basic YWRhOmFkYQ==", "http.not_bearer"),
        ("Bearer x", "sign_in.ended"),
        ("Bearer eyJhbGciOiJub25lIn0.e30.", "sign_in.ended"),
        ("bearer cq_", "sign_in.key"),
        ("Bearer cq_aaaaaaaa_" + "b" * 40, "sign_in.key"),
        ("Bearer " + "a" * 5_000, "sign_in.ended"),
        (f"Bearer {TOKEN}", "sign_in.ended"),
    ],
)
async def test_what_is_no_token_is_refused_and_nothing_else_is_looked_at(
    guarded: FastAPI, shown: str, code: str
) -> None:
    async with browser(guarded) as owner:
        await owner.get(f"/?token={TOKEN}")
        assert (await owner.get("/api/v1/me")).status_code == 200
        refused = await owner.get("/api/v1/me", headers={"authorization": shown})
        is_refusal(refused, 401, code)
        assert refused.headers["www-authenticate"].startswith("Bearer")
        twice = [("authorization", "Bearer x"), ("authorization", "Bearer y")]
        assert (await owner.get("/api/v1/me", headers=twice)).status_code == 401


async def test_a_key_may_what_it_is_for_and_nothing_more(program: httpx.AsyncClient, web_house: House) -> None:
    admin = await _person(web_house, "root@example.com", "admin")
    made = await web_house.service.people.make_key(MACHINE, NewKey("asks", (("ask", None),)), owner=admin)
    key = {"authorization": f"Bearer {made.key}"}
    me = (await program.get("/api/v1/me", headers=key)).json()
    assert (me["by"], me["scopes"]) == ("key", [{"scope": "ask", "connections": None}])
    asked = await program.post("/api/v1/questions", json={"text": "How many customers are there?"}, headers=key)
    assert asked.status_code == 202
    for path in ("users", "audit", "config", "limits", "alerts", "usage/all", "usage", "keys", "me/devices"):
        is_refusal(await program.get(f"/api/v1/{path}", headers=key), 403, "people.key_not_for_this")
    body = {"name": "more", "scopes": [{"scope": "administer"}]}
    assert (await program.post("/api/v1/keys", json=body, headers=key)).status_code == 403
    assert (await program.put("/api/v1/me/password", json={"new": PASSWORD}, headers=key)).status_code == 403
    assert (await program.post("/api/v1/me/link", headers=key)).status_code == 403
    # What its owner asks elsewhere is none of its business.
    bearer = await _bearer(program, "root@example.com")
    other = await program.post("/api/v1/questions", json={"text": "How many orders are there?"}, headers=bearer)
    assert (await program.get(other.headers["location"], headers=key)).status_code == 403
    assert (await program.get(asked.headers["location"], headers=key)).status_code == 200
    assert [one["title"] for one in (await program.get("/api/v1/sessions", headers=key)).json()["items"]] == [
        "How many customers are there?"
    ]


async def test_a_key_for_one_connection_asks_that_one(
    program: httpx.AsyncClient, web_house: House, client: httpx.AsyncClient
) -> None:
    (shop,) = (await client.get("/api/v1/connections")).json()["items"]
    people = web_house.service.people
    with pytest.raises(BadEdit) as refused:
        await people.make_key(MACHINE, NewKey("none", (("ask", (NOBODY,)),)))
    assert refused.value.code == "key.bad_scope"
    other = await add_sqlite(web_house, Path(shop["host"]), "other")
    made = await people.make_key(MACHINE, NewKey("one", (("ask", (shop["id"],)),)))
    key = {"authorization": f"Bearer {made.key}"}
    assert (await program.get(f"/api/v1/connections/{shop['id']}/tables", headers=key)).status_code == 200
    assert (await program.get(f"/api/v1/connections/{other.id}/tables", headers=key)).status_code == 404


async def test_keys_are_made_shown_once_listed_and_revoked(client: httpx.AsyncClient, web_house: House) -> None:
    body = {"name": "nightly", "scopes": [{"scope": "ask"}], "days": None}
    made = await client.post("/api/v1/keys", json=body)
    assert made.status_code == 201 and made.json()["key"].startswith("cq_")
    line = made.json()["line"]
    assert (line["expires_at"], line["state"], line["scopes"]) == (
        None,
        "works",
        [{"scope": "ask", "connections": None}],
    )
    listed = await client.get("/api/v1/keys")
    assert [one["id"] for one in listed.json()["items"]] == [line["id"]] and made.json()["key"] not in listed.text
    async with browser(page(web_house), {"authorization": f"Bearer {made.json()['key']}"}) as program:
        assert (await program.get("/api/v1/examples")).status_code == 200
        assert (await client.delete(f"/api/v1/keys/{line['id']}")).json()["state"] == "revoked"
        is_refusal(await program.get("/api/v1/examples"), 401, "sign_in.key")
    is_refusal(await client.delete(f"/api/v1/keys/{NOBODY}"), 404, "key.unknown")
    wrongs: list[dict[str, object]] = [{"name": " "}, {"scopes": []}, {"days": 0}, {"days": 10**6}]
    for wrong in wrongs:
        assert (await client.post("/api/v1/keys", json={**body, **wrong})).status_code == 422
    for malformed in ({"scopes": [{"scope": "everything"}]}, {"days": "90"}, {"days": 10**40}, {"owner": NOBODY}):
        assert (await client.post("/api/v1/keys", json={**body, **malformed})).status_code in (400, 422)


async def test_administrators_look_after_people(client: httpx.AsyncClient, web_house: House) -> None:
    added = await client.post("/api/v1/users", json={"email": EMAIL, "name": "Ada"})
    assert added.status_code == 201
    user = added.json()["id"]
    assert added.headers["location"] == f"/api/v1/users/{user}"
    is_refusal(await client.post("/api/v1/users", json={"email": EMAIL, "name": "Ada"}), 409, "people.exists")
    is_refusal(await client.post("/api/v1/users", json={"email": "x", "name": "X"}), 422, "people.bad_email")
    found = (await client.get("/api/v1/users?search=ADA")).json()["items"]
    assert [one["email"] for one in found] == [EMAIL]
    link = await client.post(f"/api/v1/users/{user}/invitation")
    assert link.status_code == 201 and link.json()["token"] and link.json()["url"] == ""
    changed = (await client.patch(f"/api/v1/users/{user}", json={"role": "admin"})).json()
    assert changed["role"] == "admin"
    assert (await client.patch(f"/api/v1/users/{user}", json={"active": False})).json()["is_active"] is False
    assert (await client.post(f"/api/v1/users/{user}/sign-out")).json() == {"ended": 0}
    me = (await client.get("/api/v1/me")).json()["id"]
    assert (await client.patch(f"/api/v1/users/{me}", json={"role": "viewer"})).status_code == 409
    is_refusal(await client.get(f"/api/v1/users/{NOBODY}"), 404, "people.unknown")
    async with web_house.store.reading() as session:
        actions = set(await session.scalars(select(AuditLog.action)))
    assert len({one for one in actions if one.startswith("people.")}) >= 4


async def test_people_come_page_by_page(client: httpx.AsyncClient, web_house: House) -> None:
    for number in range(7):
        await web_house.service.people.add(MACHINE, NewPerson(f"p{number}@example.com", f"P{number}"))
    seen, cursor = [], ""
    while True:
        page_ = (await client.get(f"/api/v1/users?limit=3{cursor}")).json()
        seen += [one["id"] for one in page_["items"]]
        if page_["next"] is None:
            break
        cursor = f"&cursor={page_['next']}"
    assert len(seen) == len(set(seen)) == 8
    assert (await client.get("/api/v1/users?cursor=x")).status_code in (400, 422)


async def test_a_viewer_sees_nobody(program: httpx.AsyncClient, web_house: House) -> None:
    user = await _person(web_house)
    other = await _person(web_house, "kim@example.com")
    bearer = await _bearer(program)
    for path in ("users", f"users/{other}", "keys?everybodys=true", "connections?everybodys=true", "audit", "config"):
        assert (await program.get(f"/api/v1/{path}", headers=bearer)).status_code == 403, path
    assert (await program.get(f"/api/v1/users/{user}", headers=bearer)).status_code == 200
    for method, path, body in (
        ("POST", "users", {"email": "x@example.com", "name": "X"}),
        ("PATCH", f"users/{user}", {"role": "admin"}),
        ("PATCH", f"users/{other}", {"active": False}),
        ("POST", f"users/{other}/invitation", None),
        ("POST", f"users/{other}/sign-out", None),
        ("PUT", "config/connections.added_by", {"value": "everyone"}),
    ):
        sent = await program.request(method, f"/api/v1/{path}", json=body, headers=bearer)
        assert sent.status_code == 403, (method, path, sent.text)


async def test_ones_own_password_and_devices(program: httpx.AsyncClient, web_house: House) -> None:
    await _person(web_house)
    first, second = await _bearer(program), await _bearer(program)
    items = (await program.get("/api/v1/me/devices", headers=first)).json()["items"]
    assert sorted(one["is_this"] for one in items) == [False, True]
    wrong = {"new": "another long password", "current": "wrong"}
    is_refusal(await program.put("/api/v1/me/password", json=wrong, headers=first), 422, "password.current")
    is_refusal(
        await program.put("/api/v1/me/password", json={"new": "x", "current": PASSWORD}, headers=first),
        422,
        "password.short",
    )
    right = {"new": "another long password", "current": PASSWORD}
    assert (await program.put("/api/v1/me/password", json=right, headers=first)).status_code == 200
    is_refusal(await program.get("/api/v1/me", headers=second), 401, "sign_in.ended")
    is_refusal(await program.delete("/api/v1/me/devices/nothing", headers=first), 404, "sign_in.no_device")
    assert (await program.post("/api/v1/me/sign-out", headers=first)).json() == {"ended": 1}
    is_refusal(await program.get("/api/v1/me", headers=first), 401, "sign_in.ended")
