"""What the page offers under an answer, over a real house."""

import io
import zipfile

import httpx
import pytest
from sqlalchemy import select

from bot.wiring import House
from core.storage.models import Event
from tests.adapters.api.test_questions import NOBODY, _ask, _reply
from tests.adapters.web.conftest import browser, page

CITIES = "SELECT name_ko AS 도시 FROM cities ORDER BY id LIMIT 3"


async def test_an_answer_is_explained_in_the_language_of_the_page(client: httpx.AsyncClient) -> None:
    question_id = (await _reply(client, CITIES))["question_id"]
    english = (await client.get(f"/api/v1/questions/{question_id}/explanation?lang=en")).json()
    korean = (await client.get(f"/api/v1/questions/{question_id}/explanation?lang=ko")).json()
    assert english["parts"][0]["text"].splitlines()[0] == "It reads cities."
    assert korean["parts"][0]["text"].splitlines()[0] == "cities 테이블을 읽습니다."


async def test_the_result_as_a_workbook(client: httpx.AsyncClient) -> None:
    question_id = (await _reply(client, CITIES))["question_id"]
    response = await client.get(f"/api/v1/questions/{question_id}/result.xlsx?lang=ko")
    assert response.headers["content-type"].endswith("spreadsheetml.sheet")
    assert response.headers["content-disposition"] == f'attachment; filename="answer-{question_id[:8]}.xlsx"'
    texts = zipfile.ZipFile(io.BytesIO(response.content)).read("xl/sharedStrings.xml").decode()
    assert "<t>도시</t>" in texts and "<t>서울</t>" in texts and CITIES in texts


async def test_a_verdict_is_kept(client: httpx.AsyncClient, web_house: House) -> None:
    question_id = (await _reply(client, CITIES))["question_id"]
    for verdict in ({"good": True}, {"good": False, "reason": "too few"}):
        sent = await client.post(f"/api/v1/questions/{question_id}/feedback", json=verdict)
        assert sent.json() == {"kept": True}
    async with web_house.store.reading() as session:
        (kept,) = await session.scalars(select(Event.event_data).where(Event.event_type == "answer.feedback"))
    assert kept == {"question_id": question_id, "good": False, "reason": "too few"}


@pytest.mark.parametrize("body", [{}, {"good": "yes"}, {"good": True, "more": 1}])
async def test_a_malformed_verdict(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    question_id = await _ask(client, CITIES)
    assert (await client.post(f"/api/v1/questions/{question_id}/feedback", json=body)).status_code == 400


async def test_nobody_elses_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/v1/questions/{NOBODY}/explanation")).status_code == 403
    assert (await client.get(f"/api/v1/questions/{NOBODY}/result.xlsx")).status_code == 403
    assert (await client.post(f"/api/v1/questions/{NOBODY}/feedback", json={"good": True})).status_code == 403


async def test_another_site_leaves_no_verdict(web_house: House) -> None:
    async with browser(page(web_house), {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}) as one:
        assert (await one.post(f"/api/v1/questions/{NOBODY}/feedback", json={"good": True})).status_code == 403
