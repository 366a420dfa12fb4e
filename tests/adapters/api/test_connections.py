"""Connections and catalogs by the API."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url, select

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.chat import Actor, Place
from core.ids import place_id
from core.storage.models import AuditLog
from tests.adapters.web.conftest import browser, is_refusal, page
from tests.servers import run_on_postgres

KIM = Actor("slack", "T1", "U0", "Kim", email="kim@example.com")
NOBODY = "00000000-0000-0000-0000-000000000000"
SECRET = "hunter2-and-more"


async def _shop(client: httpx.AsyncClient) -> dict[str, Any]:
    items = (await client.get("/api/v1/connections")).json()["items"]
    return dict(next(one for one in items if one["name"] == "shop"))


async def test_a_connection_is_added_changed_tested_disabled_and_deleted(
    client: httpx.AsyncClient, web_house: House, postgres_database: str
) -> None:
    run_on_postgres("CREATE TABLE cities (id int PRIMARY KEY, name text)", postgres_database)
    where = make_url(postgres_database)
    body = {
        "name": "warehouse", "kind": "postgresql", "host": where.host, "port": where.port or 0,
        "user": where.username, "password": SECRET, "database": where.database,
    }  # fmt: skip
    added = await client.post("/api/v1/connections", json=body)
    assert added.status_code == 201, added.text
    view, report = added.json()["connection"], added.json()["report"]
    assert (view["name"], view["is_mine"], view["has_password"], view["given_to"]) == ("warehouse", True, True, [])
    assert report["tables"] == 1 and report["failed"] is None
    path = added.headers["location"]
    assert path == f"/api/v1/connections/{view['id']}"
    is_refusal(await client.post("/api/v1/connections", json=body), 409, "connection.name_taken")

    renamed = (await client.patch(path, json={"name": "stock", "revision": view["revision"]})).json()
    assert (renamed["connection"]["name"], renamed["report"]) == ("stock", None)
    late = await client.patch(path, json={"name": "late", "revision": view["revision"]})
    is_refusal(late, 409, "connection.changed_meanwhile")
    is_refusal(await client.patch(path, json={"user": "postgres2"}), 422, "connection.password_again")
    unreachable = {"port": 1, "password": SECRET}
    assert (await client.patch(path, json=unreachable)).status_code == 503

    run_on_postgres("CREATE TABLE stores (id int PRIMARY KEY)", postgres_database)
    assert (await client.post(f"{path}/refresh")).json()["added"] == ["stores"]
    assert (await client.post(f"{path}/test")).json()["tables"] == 2
    off = (await client.put(f"{path}/enabled", json={"enabled": False})).json()
    assert (off["connection"]["is_enabled"], off["report"]) == (False, None)
    on = (await client.put(f"{path}/enabled", json={"enabled": True})).json()
    assert on["connection"]["is_enabled"] and on["report"]["tables"] == 2
    assert (await client.put(f"{path}/default")).json()["is_default"] is True
    assert (await client.delete(path)).json() == {"name": "stock"}
    is_refusal(await client.get(path), 404, "connection.gone")
    async with web_house.store.reading() as session:
        lines = list(await session.scalars(select(AuditLog).where(AuditLog.resource_type == "connection")))
    assert len(lines) >= 6
    told = json.dumps([(line.old_values, line.new_values) for line in lines])
    assert SECRET not in told and SECRET not in added.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"host": "169.254.169.254"}, 422),
        ({"host": "db.example.com;Server=evil"}, 422),
        ({"host": "/var/run/postgresql"}, 422),
        ({"name": ""}, 422),
        ({"kind": "sqlite", "host": "/etc/passwd"}, 422),
        ({"kind": "excel"}, 400),
        ({"port": 99_999}, 400),
        ({"port": "5432"}, 400),
        ({"host": "a\nb"}, 400),
        ({"dsn": "postgresql://x"}, 400),
        ({"tls_ca": "x" * 30_000}, 400),
    ],
)
async def test_what_cannot_be_a_connection_is_refused_and_not_kept(
    web_house: House, change: dict[str, Any], status: int
) -> None:
    body = {"name": "x", "kind": "postgresql", "host": "db.invalid", "user": "u", "database": "d", **change}
    async with browser(page(web_house, HttpSettings(person=KIM))) as kim:
        refused = await kim.post("/api/v1/connections", json=body)
        assert refused.status_code == status, refused.text
        assert [one["name"] for one in (await kim.get("/api/v1/connections")).json()["items"]] == ["shop"]


async def test_a_connection_is_given_and_taken_back(client: httpx.AsyncClient, web_house: House) -> None:
    path = f"/api/v1/connections/{(await _shop(client))['id']}"
    async with browser(page(web_house, HttpSettings(person=KIM))) as kim:
        assert [one["name"] for one in (await kim.get("/api/v1/connections")).json()["items"]] == ["shop"]
        seen = await _shop(kim)
        assert (seen["host"], seen["given_to"], seen["may_manage"], seen["may_give"]) == ("", [], False, False)
        everyone = {"to": "everyone", "default": True}
        assert (await kim.post(f"{path}/grants", json=everyone)).status_code == 403
        assert (await client.delete(f"{path}/grants/everyone/*")).json()["given_to"] == []
        assert (await kim.get("/api/v1/connections")).json()["items"] == []
        is_refusal(await kim.get(path), 404, "connection.gone")
        me = (await kim.get("/api/v1/me")).json()["id"]
        given = (await client.post(f"{path}/grants", json={"to": "user", "subject": me, "private": True})).json()
        assert [(one["to"], one["subject"], one["sees_private"]) for one in given["given_to"]] == [("user", me, True)]
        assert (await kim.get(path)).status_code == 200
    spot = {"platform": "slack", "workspace": "T1", "channel": "C1"}
    given = (await client.post(f"{path}/grants", json={"to": "place", "place": spot})).json()
    assert place_id(Place("slack", "T1", "C1", "")) in {one["subject"] for one in given["given_to"]}
    is_refusal(await client.post(f"{path}/grants", json={"to": "user", "subject": NOBODY}), 404, "people.unknown")


async def test_tables_and_columns_are_read_and_described(client: httpx.AsyncClient, web_house: House) -> None:
    path = f"/api/v1/connections/{(await _shop(client))['id']}"
    tables = (await client.get(f"{path}/tables?limit=3")).json()
    rest = (await client.get(f"{path}/tables?cursor={tables['next']}")).json()
    names = [one["name"] for one in (*tables["items"], *rest["items"])]
    assert names == sorted(names) and "customers" in names and rest["next"] is None
    told = {"name": "customers.city_id", "description": "Where they live", "words": ["도시", "home town"]}
    assert (await client.put(f"{path}/documentation", json=told)).json() == {"done": True}
    columns = (await client.get(f"{path}/columns?table=customers")).json()["items"]
    (city,) = (one for one in columns if one["name"] == "city_id")
    assert (city["description"], city["words"], city["by"]) == ("Where they live", ["도시", "home town"], "person")
    found = (await client.get(f"{path}/columns?search=S.NAME")).json()["items"]
    assert {"cities", "customers"} <= {one["table"] for one in found}
    is_refusal(await client.get(f"{path}/columns?table=nothing"), 404, "catalog.unknown_name")
    is_refusal(await client.put(f"{path}/documentation", json={"name": "nothing"}), 404, "catalog.unknown_name")

    term = {"term": "regulars", "means": "customers", "words": ["단골"]}
    assert (await client.put(f"{path}/glossary", json=term)).status_code == 200
    assert (await client.get(f"{path}/glossary")).json()["items"] == [term]
    exported = await client.get(f"{path}/catalog.json")
    assert "Where they live" in exported.text and "단골" in exported.text
    assert (await client.delete(f"{path}/glossary?term=regulars")).json() == {"done": True}
    is_refusal(await client.delete(f"{path}/glossary?term=regulars"), 404, "catalog.unknown_term")
    done = await client.post(f"{path}/catalog/import", json={"text": exported.text})
    assert done.json() == {"documentation": 1, "glossary": 1}
    is_refusal(await client.post(f"{path}/catalog/import", json={"text": "{"}), 422, "catalog.not_json")


async def test_what_is_private_is_told_to_nobody_who_may_not_see_it(
    client: httpx.AsyncClient, web_house: House
) -> None:
    path = f"/api/v1/connections/{(await _shop(client))['id']}"
    assert (await client.get(f"{path}/tables")).status_code == 200
    mark = {"table": "customers", "column": "city_id", "private": True}
    assert (await client.put(f"{path}/marks", json=mark)).json() == {"done": True}
    assert (
        await client.put("/api/v1/marks", json={"table": "*", "column": "price", "private": True})
    ).status_code == 200
    marks = (await client.get(f"{path}/marks")).json()["items"]
    assert {(one["column"], one["everywhere"]) for one in marks} == {("city_id", False), ("price", True)}
    await client.put(f"{path}/glossary", json={"term": "home", "means": "customers.city_id"})
    own = (await client.get(f"{path}/columns?table=customers")).json()["items"]
    assert {one["name"] for one in own if one["private"]} >= {"city_id"}
    async with browser(page(web_house, HttpSettings(person=KIM))) as kim:
        seen = (await kim.get(f"{path}/columns")).json()["items"]
        assert ("customers", "city_id") not in {(one["table"], one["name"]) for one in seen}
        assert "price" not in {one["name"] for one in seen} and len(seen) > 10
        assert (await kim.get(f"{path}/glossary")).json()["items"] == []
        for method, name, body in (
            ("GET", "marks", None),
            ("PUT", "marks", mark),
            ("GET", "catalog.json", None),
            ("POST", "catalog/import", {"text": "{}"}),
            ("PUT", "documentation", {"name": "customers", "description": "x"}),
            ("PUT", "glossary", {"term": "x", "means": "customers"}),
            ("DELETE", "glossary?term=home", None),
        ):
            assert (await kim.request(method, f"{path}/{name}", json=body)).status_code == 403, (method, name)
        assert (await kim.put("/api/v1/marks", json=mark)).status_code == 403
        is_refusal(await kim.get(f"/api/v1/connections/{NOBODY}/tables"), 404, "connection.gone")
