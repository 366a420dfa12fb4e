"""The audit and the settings that change while running, by the API."""

import csv
import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.chat import Actor
from core.storage.models import AuditLog
from tests.adapters.web.conftest import SAME_SITE, browser, is_refusal, page

KIM = Actor("slack", "T1", "U0", "=cmd()", email="kim@example.com")


async def test_what_was_done_is_found_page_by_page(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await client.post("/api/v1/keys", json={"name": f"k{number}", "scopes": [{"scope": "ask"}]})
    seen, cursor = [], ""
    while True:
        told = (await client.get(f"/api/v1/audit?action=key.&limit=2{cursor}")).json()
        seen += told["items"]
        if told["next"] is None:
            break
        cursor = f"&cursor={told['next']}"
    assert [one["new"]["name"] for one in seen] == ["k4", "k3", "k2", "k1", "k0"]
    assert {one["ip"] for one in seen} == {"127.0.0.1"} and all(one["words"] for one in seen)
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for query, found in (
        ({"action": "key.", "success": "true"}, 5), ({"action": "key.", "success": "false"}, 0),
        ({"since": later}, 0), ({"until": later, "action": "key."}, 5), ({"origin": "httpx", "action": "key."}, 5),
    ):  # fmt: skip
        told = (await client.get("/api/v1/audit", params=query)).json()
        assert len(told["items"]) == found, query
    for wrong in ({"since": "2026-01-01T00:00:00"}, {"success": "maybe"}, {"limit": "0"}, {"action": "a\x00"}):
        is_refusal(await client.get("/api/v1/audit", params=wrong), 400, "http.malformed")
    assert (await client.get("/api/v1/audit?cursor=nonsense")).status_code in (400, 422)


async def test_the_audit_as_a_file_runs_nothing(web_house: House) -> None:
    headers = {**SAME_SITE, "user-agent": "=HYPERLINK(1)"}
    async with browser(page(web_house, HttpSettings(person=KIM)), headers) as kim:
        await kim.get("/api/v1/users")
        await kim.post("/api/v1/questions", json={"text": "How many customers are there?"})
    async with browser(page(web_house)) as client:
        told = await client.get("/api/v1/audit.csv")
    assert told.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"), newline="")))
    cells = {cell for row in rows for cell in row}
    assert "'=cmd()" in cells and "'=HYPERLINK(1)" in cells
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in cells)


async def test_the_chain_is_proven_and_damage_is_told(client: httpx.AsyncClient, web_house: House) -> None:
    await client.post("/api/v1/keys", json={"name": "k", "scopes": [{"scope": "ask"}]})
    whole = (await client.post("/api/v1/audit/verify", json={})).json()
    assert whole["is_whole"] is True and whole["damage"] == []
    async with web_house.store.writing() as session:
        row = await session.scalar(select(AuditLog.id).where(AuditLog.action == "key.made"))
        assert row is not None
        await session.execute(update(AuditLog).where(AuditLog.id == row).values(action="key.revoked"))
    damaged = (
        await client.post("/api/v1/audit/verify", json={"heads": [whole["head"]] if whole["head"] else []})
    ).json()
    if whole["lines"]:
        assert damaged["is_whole"] is False and damaged["damage"][0]["kind"] == "changed"


async def test_settings_are_read_set_and_let_go(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/v1/config")).json()["items"]
    one = next(line for line in items if line["key"] == "connections.added_by")
    assert not one["is_set"] and one["description"] and one["schema"]
    other = next(value for value in one["schema"]["enum"] if value != one["value"])
    path = "/api/v1/config/connections.added_by"
    assert (await client.put(path, json={"value": other})).json()["value"] == other
    assert (await client.get(path)).json()["is_set"] is True
    assert (await client.put(path, json={"value": ["no"]})).status_code == 422
    assert (await client.delete(path)).json()["value"] == one["value"]
    is_refusal(await client.get("/api/v1/config/nothing.at.all"), 404, "config.unknown")
    is_refusal(await client.get("/api/v1/config/a%20b"), 400, "http.malformed")
    for odd in (b'{"value": NaN}', b'{"value": "\\ud800"}', b"{}"):
        sent = await client.put(path, content=odd, headers={"content-type": "application/json"})
        is_refusal(sent, 400, "http.malformed")


@pytest.mark.parametrize("path", ["audit", "audit.csv", "config", "config/alerts"])
async def test_for_administrators_alone(web_house: House, path: str) -> None:
    async with browser(page(web_house, HttpSettings(person=KIM))) as kim:
        is_refusal(await kim.get(f"/api/v1/{path}"), 403, "people.not_administrator")
        assert (await kim.post("/api/v1/audit/verify", json={})).status_code == 403
        assert (await kim.put("/api/v1/config/connections.added_by", json={"value": "everyone"})).status_code == 403
