"""Sessions page by page, and what belongs to another account of the same person."""

import httpx
import pytest

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.access import NewKey
from tests.adapters.api.test_questions import _ask, _reply
from tests.adapters.web.conftest import browser, is_refusal, page

MACHINE = HttpSettings().person


async def _all(client: httpx.AsyncClient, path: str, limit: int) -> tuple[list[dict[str, object]], int]:
    items, cursor, pages = list[dict[str, object]](), "", 0
    while True:
        told = (await client.get(f"{path}?limit={limit}{cursor}")).json()
        items, pages = items + told["items"], pages + 1
        if told["next"] is None:
            return items, pages
        assert len(told["items"]) == limit
        cursor = f"&cursor={told['next']}"


async def test_sessions_and_messages_come_page_by_page(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await _ask(client, "How many customers are there?", thread=f"t{number}", message=f"m{number}")
    for number in range(5, 9):
        await _ask(client, f"How many customers are there in {number}?", thread="t0", message=f"m{number}")
    sessions, pages = await _all(client, "/api/v1/sessions", 2)
    assert [one["session"] for one in sessions] == ["t0", "t4", "t3", "t2", "t1"] and pages == 3
    messages, pages = await _all(client, "/api/v1/sessions/t0/messages", 2)
    assert pages == 3 and len(messages) == 5
    assert [one["text"] for one in messages][1:] == [f"How many customers are there in {n}?" for n in range(5, 9)]


async def test_what_comes_meanwhile_hides_and_repeats_nothing(client: httpx.AsyncClient) -> None:
    for number in range(4):
        await _reply(client, "How many customers are there?", thread=f"t{number}", message=f"m{number}")
    first = (await client.get("/api/v1/sessions?limit=2")).json()
    await _reply(client, "How many orders are there?", thread="new", message="m9")
    rest = (await client.get(f"/api/v1/sessions?limit=2&cursor={first['next']}")).json()
    assert [one["session"] for one in (*first["items"], *rest["items"])] == ["t3", "t2", "t1", "t0"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJ4IiwieCJd", "WzFd", "a" * 1_000, "bnVsbA", "WyJcdWQ4MDAiLCJ4Il0"])
async def test_a_place_that_is_none(client: httpx.AsyncClient, cursor: str) -> None:
    for path in ("sessions", "templates", "connections"):
        refused = await client.get(f"/api/v1/{path}?cursor={cursor}")
        is_refusal(refused, 400, "http.bad_cursor")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=" + "9" * 400, "cursor=", "cursor=%00"])
async def test_no_other_pages(client: httpx.AsyncClient, query: str) -> None:
    is_refusal(await client.get(f"/api/v1/sessions?{query}"), 400, "http.malformed")


async def test_each_key_has_sessions_of_its_own(client: httpx.AsyncClient, web_house: House) -> None:
    people = web_house.service.people
    keys = [(await people.make_key(MACHINE, NewKey(name, (("ask", None),)))).key for name in "ab"]
    await _reply(client, "How many customers are there?", thread="mine")
    for at, key in enumerate(keys):
        async with browser(page(web_house), {"authorization": f"Bearer {key}"}) as program:
            await _reply(program, "How many orders are there?", thread=f"of-{at}")
            assert [one["session"] for one in (await program.get("/api/v1/sessions")).json()["items"]] == [f"of-{at}"]
            assert (await program.get("/api/v1/sessions/mine/messages")).json()["items"] == []
    assert [one["session"] for one in (await client.get("/api/v1/sessions")).json()["items"]] == ["mine"]


async def test_a_question_is_fetched_while_it_is_made_and_after(client: httpx.AsyncClient) -> None:
    asked = await client.post("/api/v1/questions", json={"text": "How many customers are there?"})
    path = asked.headers["location"]
    assert (await client.get(path)).json()["state"] in ("working", "answered")
    await client.get(f"{path}/events")
    told = (await client.get(path)).json()
    assert (told["state"], told["step"], told["reply"]["ok"]) == ("answered", None, True)
    assert told["session"] == asked.json()["session"]


async def test_an_asked_back_question_is_answered_by_a_choice(client: httpx.AsyncClient, web_house: House) -> None:
    from pathlib import Path

    from tests.houses import add_sqlite

    (shop,) = (await client.get("/api/v1/connections")).json()["items"]
    await add_sqlite(web_house, Path(shop["host"]), "second", everyone=False)
    await client.delete(f"/api/v1/connections/{shop['id']}/grants/everyone/*")
    back = await _reply(client, "How many customers are there?")
    (choices,) = (part for part in back["parts"] if part["part"] == "choices")
    path = f"/api/v1/questions/{back['question_id']}/choice"
    chosen = await client.post(path, json={"choice": choices["options"][0]["value"], "session": "t1"})
    assert chosen.status_code == 202 and chosen.json()["text"] == "How many customers are there?"
    await client.get(f"{chosen.headers['location']}/events")
    assert (await client.get(chosen.headers["location"])).json()["reply"]["ok"] is True
    is_refusal(await client.post(path, json={"choice": "nothing"}), 409, "answer.no_choice")
