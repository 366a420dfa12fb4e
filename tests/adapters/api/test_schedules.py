"""Scheduled questions over the API; every answer is held against its description."""

from typing import Any

import httpx
import pytest

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.access import NewKey, NewPerson
from core.upkeep.schedules import run_schedules
from tests.adapters.web.conftest import browser, is_refusal, page
from tests.houses import ADMINISTRATOR

MACHINE = HttpSettings().person
PATH = "/api/v1/schedules"
NEW = {"text": "How many customers are there?", "when": "every weekday at 9", "condition": "any rows"}


async def made(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={**NEW, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_one_is_made_read_changed_paused_resumed_and_deleted(client: httpx.AsyncClient) -> None:
    one = await made(client)
    where = f"{PATH}/{one['id']}"
    assert (one["title"], one["when"], one["condition"]) == (
        NEW["text"], "every weekday at 09:00", "when there are rows",
    )  # fmt: skip
    assert one["about"][0].startswith("every weekday at 09:00 (UTC) · when there are rows · shop")
    assert (await client.get(where)).json() == one
    changed = (await client.patch(where, json={"when": "매월 1일 8시"}, params={"lang": "ko"})).json()
    assert (changed["when"], changed["title"]) == ("매월 1일 08:00", NEW["text"])
    paused = (await client.post(f"{where}/pause")).json()
    assert (paused["is_paused"], paused["next_at"]) == (True, None)
    is_refusal(await client.post(f"{where}/run"), 422, "schedule.is_paused")
    assert not (await client.post(f"{where}/resume")).json()["is_paused"]
    assert (await client.get(PATH)).json()["items"][0]["id"] == one["id"]
    assert (await client.delete(where)).json() == {"name": NEW["text"]}
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/run")):
        body: dict[str, str] | None = {} if method == "PATCH" else None
        is_refusal(await client.request(method, where + path, json=body), 404, "schedule.unknown")


async def test_it_is_run_and_its_answer_is_in_its_session(client: httpx.AsyncClient, web_house: House) -> None:
    one = await made(client, session="weekly")
    await client.post(f"{PATH}/{one['id']}/run")
    assert await run_schedules(web_house.road, web_house.service) == 1
    (live,) = web_house.service._live.values()
    assert live.task is not None
    await live.task
    (message,) = (await client.get("/api/v1/sessions/weekly/messages")).json()["items"]
    assert message["text"] == NEW["text"] and message["reply"]["ok"]
    after = (await client.get(f"{PATH}/{one['id']}")).json()
    assert (after["last_outcome"], after["problem_text"]) == ("posted", "")
    sql = await made(client, text="", question_id=message["question_id"], when="hourly", condition="")
    assert sql["sql"].startswith("SELECT") and sql["title"] == NEW["text"]


async def test_a_template_is_scheduled_with_its_values(client: httpx.AsyncClient) -> None:
    template = {"name": "of a city", "question": "How many customers are in {city}?", "connection": "shop",
                "sql": "SELECT COUNT(*) AS n FROM customers JOIN cities ON cities.id = customers.city_id"
                       " WHERE cities.name = :city", "parameters": [{"name": "city"}]}  # fmt: skip
    saved = (await client.post("/api/v1/templates", json=template)).json()
    one = await made(client, text="", template_id=saved["id"], values={"city": "Busan"})
    assert one["title"] == "How many customers are in Busan?"
    refused = await client.post(PATH, json={**NEW, "template_id": saved["id"]})
    is_refusal(refused, 422, "template.value_missing")


async def test_made_again_under_one_key_it_is_one(client: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "weekly-report"}
    first, second = [(await client.post(PATH, json=NEW, headers=headers)).json()["id"] for _ in range(2)]
    assert first == second
    assert len((await client.get(PATH)).json()["items"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"when": "soon"}, "schedule.when"), ({"when": "every 5 hours"}, "schedule.hours"),
        ({"condition": "never"}, "schedule.condition"), ({"text": " "}, "question.empty"),
        ({"place": {"platform": "slack", "workspace": "T", "channel": "C"}}, "schedule.place"),
    ],
)  # fmt: skip
async def test_what_cannot_be_scheduled(client: httpx.AsyncClient, changes: dict[str, Any], code: str) -> None:
    is_refusal(await client.post(PATH, json={**NEW, **changes}), 422, code)
    assert (await client.get(PATH)).json()["items"] == []


async def test_lists_page_by_page_and_everybodys_for_administrators(
    client: httpx.AsyncClient, web_house: House
) -> None:
    for number in range(3):
        await made(client, text=f"SELECT {number} AS n")
    first = (await client.get(PATH, params={"limit": 2})).json()
    rest = (await client.get(PATH, params={"limit": 2, "cursor": first["next"]})).json()
    assert len({one["id"] for one in (*first["items"], *rest["items"])}) == 3
    people = web_house.service.people
    line = await people.add(ADMINISTRATOR, NewPerson("kim@example.com", "Kim"))
    await people.give_password(ADMINISTRATOR, line.id, "correct horse battery")
    came = await people.sign_in("kim@example.com", "correct horse battery")
    async with browser(page(web_house), {"authorization": f"Bearer {came.access}"}) as kim:
        assert (await kim.get(PATH)).json()["items"] == []
        is_refusal(await kim.get(PATH, params={"everybodys": True}), 403, "people.not_administrator")
        theirs = await made(kim)
        assert theirs["is_mine"]
    items = (await client.get(PATH, params={"everybodys": True})).json()["items"]
    assert {one["owner"] for one in items} == {"Owner", "Kim"}
    is_refusal(await client.patch(f"{PATH}/{theirs['id']}", json={"when": "hourly"}), 403, "people.not_yours")


async def test_no_key_schedules_anything(web_house: House) -> None:
    key = await web_house.service.people.make_key(MACHINE, NewKey("report", (("ask", None), ("administer", None))))
    async with browser(page(web_house), {"authorization": f"Bearer {key.key}"}) as program:
        is_refusal(await program.post(PATH, json=NEW), 403, "people.key_not_for_this")
        is_refusal(await program.get(PATH), 403, "people.key_not_for_this")
