"""A request that is sent again under its key is done once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.ask.once_desk import KEPT, LEASE
from core.chat import Actor
from core.storage.base import utc_now
from core.storage.own_tables import IdempotencyKey
from tests.adapters.web.conftest import browser, is_refusal, page
from tests.houses import open_house, settings_for

MACHINE = HttpSettings().person
KIM = Actor("slack", "T1", "U0", "Kim", email="kim@example.com")
KEY = {"idempotency-key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
BODY = {"name": "nightly", "scopes": [{"scope": "ask"}]}


@pytest.fixture
async def everywhere(tmp_path: Path, empty_url: str) -> AsyncIterator[House]:
    """A house on each of the three stores."""
    async with open_house(settings_for(tmp_path, empty_url), {"web": None, "api": None}) as built:
        yield built


async def _rows(built: House) -> list[Any]:
    async with built.store.reading() as session:
        return list((await session.scalars(select(IdempotencyKey))).all())


async def test_the_same_request_gives_the_same_answer_and_does_nothing_twice(everywhere: House) -> None:
    async with browser(page(everywhere)) as client:
        first, again = [await client.post("/api/v1/keys", json=BODY, headers=KEY) for _ in range(2)]
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json() and first.headers["location"] == again.headers["location"]
        assert "idempotency-replayed" not in first.headers and again.headers["idempotency-replayed"] == "true"
        assert len((await client.get("/api/v1/keys")).json()["items"]) == 1
        other = await client.post("/api/v1/keys", json={**BODY, "name": "another"}, headers=KEY)
        is_refusal(other, 422, "http.key_of_another")
        elsewhere = await client.post("/api/v1/users", json={"email": "a@example.com", "name": "A"}, headers=KEY)
        is_refusal(elsewhere, 422, "http.key_of_another")
        assert len((await client.get("/api/v1/keys")).json()["items"]) == 1
    (row,) = await _rows(everywhere)
    assert first.json()["key"] not in json.dumps(row.body)


async def test_many_at_once_do_it_once(everywhere: House) -> None:
    async with browser(page(everywhere)) as client:
        answers = await asyncio.gather(*(client.post("/api/v1/keys", json=BODY, headers=KEY) for _ in range(8)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.json()["key"] for answer in answers if answer.status_code == 201}) == 1
        for answer in answers:
            if answer.status_code == 409:
                is_refusal(answer, 409, "http.under_way")
                assert answer.headers["retry-after"]
        assert len((await client.get("/api/v1/keys")).json()["items"]) == 1


async def test_what_was_refused_may_be_sent_again(client: httpx.AsyncClient, web_house: House) -> None:
    is_refusal(await client.post("/api/v1/keys", json={**BODY, "name": " "}, headers=KEY), 422, "key.no_name")
    assert await _rows(web_house) == []
    assert (await client.post("/api/v1/keys", json=BODY, headers=KEY)).status_code == 201


async def test_another_persons_key_is_another_key(web_house: House) -> None:
    async with browser(page(web_house)) as owner, browser(page(web_house, HttpSettings(person=KIM))) as kim:
        body = {"text": "How many customers are there?"}
        first, second = [await one.post("/api/v1/questions", json=body, headers=KEY) for one in (owner, kim)]
        assert first.status_code == second.status_code == 202
        assert first.json()["question_id"] != second.json()["question_id"]


async def test_what_a_dead_process_left_is_taken_over_and_old_answers_are_forgotten(
    client: httpx.AsyncClient, web_house: House
) -> None:
    once = web_house.service.once
    assert (await once.begin(MACHINE, "k", "h" * 64)).state == "new"
    assert (await once.begin(MACHINE, "k", "h" * 64)).state == "under_way"
    await _made(web_house, utc_now() - LEASE - timedelta(seconds=1))
    taken = await once.begin(MACHINE, "k", "h" * 64)
    assert taken.state == "new"
    await once.finish(taken, 201, {"a": 1})
    assert (await once.begin(MACHINE, "k", "h" * 64)).answer == {"a": 1}
    await _made(web_house, utc_now() - KEPT - timedelta(seconds=1))
    assert (await once.begin(MACHINE, "k", "h" * 64)).state == "new"


async def test_an_answer_of_another_row_cannot_be_read(web_house: House) -> None:
    once = web_house.service.once
    for key in "ab":
        await once.finish(await once.begin(MACHINE, key, "h" * 64), 201, {"key": key})
    first, second = await _rows(web_house)
    async with web_house.store.writing() as session:
        await session.execute(update(IdempotencyKey).where(IdempotencyKey.id == first.id).values(body=second.body))
    states = {(await once.begin(MACHINE, key, "h" * 64)).state for key in "ab"}
    assert states == {"known", "under_way"}


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "\x7f"])
async def test_a_malformed_key(client: httpx.AsyncClient, key: str) -> None:
    sent = await client.post("/api/v1/keys", json=BODY, headers={"idempotency-key": key})
    is_refusal(sent, 400, "http.malformed")


async def _made(built: House, when: Any) -> None:
    async with built.store.writing() as session:
        await session.execute(update(IdempotencyKey).values(created_at=when))
