"""The routes of templates over a real house, and what else may be made of an answer."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from adapters.http.bodies import MAX_BODY
from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.chat import Actor
from core.storage.models import AuditLog
from tests.adapters.api.test_questions import NOBODY, _events, _part, _reply
from tests.adapters.web.conftest import browser, is_refusal, page
from tests.houses import add_sqlite

COUNT = "SELECT COUNT(*) AS n FROM customers JOIN cities ON customers.city_id = cities.id WHERE cities.name = :city"
CITY = {"name": "city", "kind": "choice", "default": "Seoul", "column": "cities.name"}
BODY: dict[str, Any] = {
    "name": "Customers of a city",
    "question": "How many customers are in {city}?",
    "sql": COUNT,
    "parameters": [CITY],
    "category": "Sales",
}
WHERE = {"session": "t1", "message": "m9"}
JSON = {"content-type": "application/json"}
KIM = Actor("slack", "T1", "U0", "Kim", email="kim@example.com")


async def _made(client: httpx.AsyncClient, **change: Any) -> Any:
    sent = await client.post("/api/v1/templates", json={**BODY, **change})
    assert sent.status_code == 201, sent.text
    return sent.json()


async def _listed(client: httpx.AsyncClient, **query: str) -> list[str]:
    found = (await client.get("/api/v1/templates", params=query)).json()["items"]
    return [one["name"] for one in found]


async def _answer(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> tuple[str, Any]:
    sent = await client.post(path, json=body)
    assert sent.status_code == 202, sent.text
    name, reply = (await _events(client, sent.json()["question_id"]))[-1]
    assert name == "reply"
    return sent.json()["text"], reply


def _actions(reply: Any) -> set[str]:
    return {one["name"] for one in _part(reply, "actions")["items"]}


async def test_an_answer_is_saved_run_and_matched_at_no_tokens(client: httpx.AsyncClient) -> None:
    asked = await _reply(client, "How many customers are in Seoul?")
    draft = (await client.get(f"/api/v1/questions/{asked['question_id']}/template")).json()
    assert (draft["name"], draft["question"]) == ("", "How many customers are in Seoul?")
    assert "'Seoul'" in draft["sql"] and "LIMIT" not in draft["sql"]
    sql = draft["sql"].replace("'Seoul'", ":city")
    saved = await _made(client, sql=sql, connection=draft["connection"])
    assert (saved["is_mine"], saved["is_public"], saved["runs"], saved["problem_text"]) == (True, False, True, "")

    path = f"/api/v1/templates/{saved['id']}"
    assert "Busan" in (await client.get(f"{path}/choices?parameter=city")).json()["choices"]
    text, run = await _answer(client, f"{path}/run", {**WHERE, "values": {"city": "Busan"}})
    assert text == "How many customers are in Busan?"
    assert run["ok"] and _part(run, "sql")["text"].count("'Busan'") == 1
    text, usual = await _answer(client, f"{path}/run", {**WHERE, "message": "m10", "values": {}})
    assert text == "How many customers are in Seoul?"
    assert _part(usual, "table")["rows"] == _part(asked, "table")["rows"]

    matched = await _reply(client, "How many customers are in Daegu?", message="m11")
    assert "not_meant" in _actions(matched)
    facts = {fact["key"]: fact["value"] for fact in _part(matched, "facts")["items"]}
    assert facts["cost"].startswith("0 tokens") and BODY["name"] in " ".join(facts.values())
    text, fresh = await _answer(
        client, f"/api/v1/questions/{matched['question_id']}/fresh", {**WHERE, "message": "m12"}
    )
    assert text == "How many customers are in Daegu?" and "not_meant" not in _actions(fresh)
    exchanges = (await client.get("/api/v1/sessions/t1/messages")).json()["items"]
    assert len(exchanges) == 5
    assert (await client.get(path)).json()["usage_count"] == 3


async def test_edited_sql_is_run_in_the_thread(client: httpx.AsyncClient) -> None:
    asked = await _reply(client, "How many customers are there?")
    path = f"/api/v1/questions/{asked['question_id']}/rerun"
    _, reply = await _answer(client, path, {**WHERE, "sql": "SELECT name FROM cities ORDER BY id LIMIT 2"})
    assert len(_part(reply, "table")["rows"]) == 2
    _, refused = await _answer(client, path, {**WHERE, "message": "m10", "sql": "DELETE FROM cities"})
    assert refused["ok"] is False
    is_refusal(await client.post(path, json={**WHERE, "message": "m11", "sql": " "}), 422, "question.empty")


async def test_the_same_message_runs_a_template_once(client: httpx.AsyncClient) -> None:
    saved = await _made(client)
    body = {**WHERE, "values": {}}
    first, again = [await client.post(f"/api/v1/templates/{saved['id']}/run", json=body) for _ in range(2)]
    assert first.json()["question_id"] == again.json()["question_id"]


async def test_a_template_is_found_changed_shared_verified_and_deleted(
    client: httpx.AsyncClient, web_house: House
) -> None:
    saved = await _made(client, description="Of every branch")
    await _made(client, name="Other", question="How many cities?", sql="SELECT COUNT(*) FROM cities", parameters=[])
    assert await _listed(client, search="BRANCH") == [BODY["name"]]
    assert await _listed(client, search="nothing like it") == []
    path = f"/api/v1/templates/{saved['id']}"
    changed = await client.put(path, json={**BODY, "name": "By city", "public": True})
    assert (changed.json()["name"], changed.json()["is_public"], changed.json()["description"]) == ("By city", True, "")
    assert (await client.put(f"{path}/public", json={"public": False})).json()["is_public"] is False
    assert (await client.put(f"{path}/verified", json={"verified": True})).json()["is_verified"] is True
    listing = (await client.get("/api/v1/templates")).json()
    assert (listing["items"][0]["name"], listing["may_verify"]) == ("By city", True)
    gone = await client.request("DELETE", path, json={})
    assert gone.json() == {"name": "By city"} and await _listed(client) == ["Other"]
    is_refusal(await client.get(path), 404, "template.unknown")
    async with web_house.store.reading() as session:
        done = set(await session.scalars(select(AuditLog.action).where(AuditLog.action.startswith("template."))))
    assert len(done) >= 4


async def test_a_file_goes_out_and_comes_in(client: httpx.AsyncClient) -> None:
    saved = await _made(client)
    other = await _made(client, name="도시", question="{city} 고객은 몇 명?")
    response = await client.get("/api/v1/templates.yaml")
    assert response.headers["content-disposition"] == 'attachment; filename="templates.yaml"'
    assert BODY["name"] in response.text and "도시" in response.text
    only = (await client.get(f"/api/v1/templates.yaml?id={other['id']}")).text
    assert "도시" in only and BODY["name"] not in only
    await client.request("DELETE", f"/api/v1/templates/{saved['id']}", json={})
    text = response.text + "\n  - {name: Bad, question: Which?, sql: DROP TABLE cities}\n"
    done = (await client.post("/api/v1/templates/import?lang=ko", json={"text": text})).json()
    assert (done["added"], done["changed"]) == ([BODY["name"]], ["도시"])
    (refused,) = done["refused"]
    assert refused["name"] == "Bad" and any("가" <= sign <= "힣" for sign in refused["text"])
    is_refusal(await client.post("/api/v1/templates/import", json={"text": "{{"}), 422, "template.bad_file")
    is_refusal(await client.post("/api/v1/templates/import", json={"text": "x" * MAX_BODY}), 413, "http.too_big")
    broken = await client.post("/api/v1/templates/import", content='{"text": "version: 1\\n\\ud800"}', headers=JSON)
    is_refusal(broken, 422, "template.bad_file")


IMPOSSIBLE: list[tuple[dict[str, Any], int, str]] = [
    ({"name": " "}, 422, "template.no_name"),
    ({"sql": "\ud800"}, 422, "template.no_sql"),
    ({"name": "x" * 201}, 422, "template.name_too_long"),
    ({"sql": "SELECT 1"}, 422, "template.not_in_sql"),
    ({"sql": COUNT.replace(":city", ":city AND cities.secret = 1")}, 422, "guard.unknown_column"),
    ({"parameters": [{**CITY, "column": "<b>.x\ud800"}]}, 422, "template.unknown_column"),
    ({"parameters": [CITY, CITY]}, 422, "template.parameter_twice"),
    ({"connection": "nowhere"}, 404, "connection.unknown"),
    ({"name": 1}, 400, "http.malformed"),
    ({"question": None}, 400, "http.malformed"),
    ({"public": "yes"}, 400, "http.malformed"),
    ({"id": NOBODY}, 400, "http.malformed"),
    ({"is_verified": True}, 400, "http.malformed"),
    ({"parameters": [{"name": "x", "kind": "sql"}]}, 400, "http.malformed"),
    ({"parameters": [CITY] * 101}, 400, "http.malformed"),
]


async def test_a_template_that_cannot_be_is_refused_in_words(client: httpx.AsyncClient) -> None:
    for change, status, code in IMPOSSIBLE:
        sent = await client.post("/api/v1/templates", content=json.dumps({**BODY, **change}), headers=JSON)
        is_refusal(sent, status, code)
    assert await _listed(client) == []


async def test_a_value_that_cannot_be_is_told_and_nothing_is_asked(client: httpx.AsyncClient) -> None:
    path = f"/api/v1/templates/{(await _made(client))['id']}/run"
    for values, status, code in (
        ({"city": "Atlantis"}, 422, "template.not_a_choice"),
        ({"city": "x" * 501}, 422, "template.value_too_long"),
        ({"city": "\ud800"}, 422, "template.bad_text"),
        ({"city": 1}, 400, "http.malformed"),
    ):
        sent = await client.post(path, content=json.dumps({**WHERE, "values": values}), headers=JSON)
        is_refusal(sent, status, code)
    assert (await client.get("/api/v1/sessions/t1/messages")).json()["items"] == []


async def test_what_is_somebody_elses_stays_theirs(client: httpx.AsyncClient, web_house: House) -> None:
    private, public = await _made(client), await _made(client, name="For all", public=True)
    asked = (await _reply(client, "How many customers are there?"))["question_id"]
    async with browser(page(web_house, HttpSettings(person=KIM))) as kim:
        listing = (await kim.get("/api/v1/templates")).json()
        assert [one["name"] for one in listing["items"]] == ["For all"]
        assert (listing["may_verify"], listing["items"][0]["may_change"]) == (False, False)
        hidden, shown = f"/api/v1/templates/{private['id']}", f"/api/v1/templates/{public['id']}"
        is_refusal(await kim.get(hidden), 404, "template.unknown")
        is_refusal(await kim.post(f"{hidden}/run", json={**WHERE, "values": {}}), 404, "template.unknown")
        for done in (
            kim.put(shown, json=BODY),
            kim.request("DELETE", shown, json={}),
            kim.put(f"{shown}/public", json={"public": False}),
            kim.put(f"{shown}/verified", json={"verified": True}),
            kim.get(f"/api/v1/questions/{asked}/template"),
            kim.post(f"/api/v1/questions/{asked}/fresh", json=WHERE),
            kim.post(f"/api/v1/questions/{asked}/rerun", json={**WHERE, "sql": "SELECT 1"}),
        ):
            assert (await done).status_code == 403
        assert BODY["name"] not in (await kim.get("/api/v1/templates.yaml")).text
    assert sorted(await _listed(client)) == [BODY["name"], "For all"]
    assert (await client.get(f"/api/v1/templates/{public['id']}")).json()["is_verified"] is False


async def test_another_site_changes_nothing(web_house: House) -> None:
    async with browser(page(web_house), {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}) as other:
        for method, path in (("POST", "/api/v1/templates"), ("DELETE", f"/api/v1/templates/{NOBODY}")):
            is_refusal(await other.request(method, path, json=BODY), 403, "http.cross_site")


async def test_values_that_cannot_be_read_are_told_and_are_no_fault_of_ours(
    client: httpx.AsyncClient, web_house: House, web_shop: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copy(web_shop, tmp_path / "copy.db"))
    await add_sqlite(web_house, copy, "copy", everyone=False)
    named = {"name": "who", "kind": "choice", "column": "customers.name"}
    saved = await _made(
        client,
        name="One customer",
        question="Where is {who}?",
        sql="SELECT city_id FROM customers WHERE name = :who",
        parameters=[named],
        connection="copy",
    )
    path = f"/api/v1/templates/{saved['id']}/choices?parameter=who"
    assert len((await client.get(path)).json()["choices"]) == 100
    with closing(sqlite3.connect(copy)) as changed:
        changed.execute("ALTER TABLE customers RENAME TO people")
        changed.commit()
    is_refusal(await client.get(path), 502, "query.no_such_table")
    copy.unlink()
    refused = await client.get(path)
    assert refused.status_code in (502, 503) and refused.json()["detail"] and str(copy) not in refused.text
