"""The routes of the chat over a real house: real store, the demo shop, the built-in writer."""

import asyncio
import csv
import io
import json
import re
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import select

import adapters.web as static
from adapters.api.stream import events
from adapters.http.problem import status_of
from bot.wiring import House
from core.chat import Actor, KeyScope
from core.errors import StoreFailed
from core.locale.words import catalogue
from core.saved import ParameterKind
from core.storage.own_tables import InboxItem
from tests.adapters.web.conftest import browser, page

NOBODY = "00000000-0000-0000-0000-000000000000"
SLOW = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"
OWNER = Actor("web", "local", "owner", "Owner")
SCOPE = {"type": "http", "path": "/api/v1/questions/x/events"}


async def _ask(
    client: httpx.AsyncClient, text: str, *, thread: str = "t1", message: str = "m1", lang: str = "en", **more: Any
) -> str:
    asked = await client.post(
        f"/api/v1/questions?lang={lang}&tz=Asia/Seoul",
        json={"session": thread, "message": message, "text": text, **more},
    )
    assert asked.status_code == 202, asked.text
    return str(asked.json()["question_id"])


async def _events(client: httpx.AsyncClient, question_id: str, lang: str = "en") -> list[tuple[str, Any]]:
    response = await client.get(f"/api/v1/questions/{question_id}/events?lang={lang}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in response.text.strip().split("\n\n")]
    assert blocks[0] == {"retry": "1500"}
    return [(block["event"], json.loads(block["data"])) for block in blocks if "event" in block]


async def _reply(client: httpx.AsyncClient, text: str, **where: Any) -> Any:
    received = await _events(client, await _ask(client, text, **where), where.get("lang", "en"))
    name, reply = received[-1]
    assert name == "reply"
    return reply


def _part(reply: Any, kind: str) -> Any:
    return next((part for part in reply["parts"] if part["part"] == kind), None)


async def test_a_question_is_answered_step_by_step(client: httpx.AsyncClient) -> None:
    received = await _events(client, await _ask(client, "Top 5 products by sales amount"))
    names = [name for name, _ in received]
    assert names[-1] == "reply" and set(names[:-1]) <= {"step"}
    reply = received[-1][1]
    assert reply["ok"] and reply["locale"] == "en"
    assert len(_part(reply, "table")["cells"]) == 5
    assert _part(reply, "chart")["kind"] == "bar"
    assert _part(reply, "sql")["text"].upper().startswith("SELECT")
    assert any(fact["key"] == "cost" for fact in _part(reply, "facts")["items"])


async def test_the_examples_are_answered_in_both_languages(client: httpx.AsyncClient) -> None:
    tables = []
    for lang in ("en", "ko"):
        examples = (await client.get(f"/api/v1/examples?lang={lang}")).json()["examples"]
        assert len(examples) == 3
        replies = [await _reply(client, text, message=f"{lang}{at}", lang=lang) for at, text in enumerate(examples)]
        assert all(reply["ok"] and reply["locale"] == lang for reply in replies)
        tables.append([_part(reply, "table")["rows"] for reply in replies])
    assert tables[0] == tables[1]


async def test_the_same_message_is_the_same_question(client: httpx.AsyncClient) -> None:
    first = await _ask(client, "How many customers are there?", message="once")
    assert await _ask(client, "How many customers are there?", message="once") == first
    history = (await client.get("/api/v1/sessions/t1/messages")).json()["items"]
    assert [exchange["question_id"] for exchange in history] == [first]


async def test_a_thread_is_listed_and_kept(client: httpx.AsyncClient) -> None:
    reply = await _reply(client, "How many customers are there?", thread="kept")
    await _reply(client, "고객은 몇 명인가요?", thread="kept", message="m2", lang="ko")
    (thread,) = (await client.get("/api/v1/sessions")).json()["items"]
    assert thread["session"] == "kept" and thread["title"] == "How many customers are there?"
    exchanges = (await client.get("/api/v1/sessions/kept/messages")).json()["items"]
    assert [exchange["text"] for exchange in exchanges] == ["How many customers are there?", "고객은 몇 명인가요?"]
    assert exchanges[0]["reply"] == reply
    assert (await client.get("/api/v1/sessions/unknown/messages")).json()["items"] == []


async def test_an_answer_can_be_followed_again_after_a_restart(web_house: House) -> None:
    async with browser(page(web_house)) as client:
        question_id = await _ask(client, "How many customers are there?")
        first = await _events(client, question_id)
    async with browser(page(web_house)) as client:
        assert (await _events(client, question_id))[-1] == first[-1]


async def test_a_reply_that_was_read_is_marked_delivered(client: httpx.AsyncClient, web_house: House) -> None:
    question_id = await _ask(client, "How many customers are there?")
    await _events(client, question_id)
    async with web_house.store.reading() as session:
        state = await session.scalar(select(InboxItem.state).where(InboxItem.id == question_id))
    assert state == "delivered"


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 422, "question.empty"),
        (" \n\t", 422, "question.empty"),
        ("\0", 422, "question.empty"),
        ("x" * 10_000, 422, "question.too_long"),
    ],
)
async def test_a_question_that_cannot_be_taken_is_refused_in_words(
    client: httpx.AsyncClient, text: str, status: int, code: str
) -> None:
    sent = await client.post("/api/v1/questions?lang=ko", json={"session": "t1", "message": "m1", "text": text})
    assert sent.status_code == status
    assert sent.json()["code"] == code
    assert "가" <= sent.json()["detail"][0] <= "힣"


@pytest.mark.parametrize(
    ("text", "connection"),
    [("DELETE FROM orders", None), ("What is the meaning of life?", None), ("How many customers?", "nowhere")],
)
async def test_what_cannot_be_answered_is_an_answer_that_says_so(
    client: httpx.AsyncClient, text: str, connection: str | None
) -> None:
    reply = await _reply(client, text, connection=connection)
    assert not reply["ok"]
    notice = _part(reply, "notice")
    assert notice["code"] and notice["text"] and notice["hint"]
    assert _part(reply, "table") is None


async def test_a_question_is_stopped(client: httpx.AsyncClient) -> None:
    question_id = await _ask(client, SLOW)
    following = asyncio.create_task(_events(client, question_id))
    await asyncio.sleep(0.3)
    assert (await client.get(f"/api/v1/questions/{question_id}/result.csv")).status_code == 409
    assert (await client.post(f"/api/v1/questions/{question_id}/stop", json={})).json() == {"stopped": True}
    async with asyncio.timeout(5):
        reply = (await following)[-1][1]
    assert not reply["ok"]
    assert _part(reply, "notice")["code"] == "query.cancelled"
    assert (await client.post(f"/api/v1/questions/{question_id}/stop", json={})).json() == {"stopped": False}


async def test_the_result_as_a_file(client: httpx.AsyncClient) -> None:
    text = """SELECT '=cmd()' AS "+formula", -5 AS number, NULL AS blank, '서울' AS city"""
    question_id = await _ask(client, text)
    await _events(client, question_id)
    response = await client.get(f"/api/v1/questions/{question_id}/result.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == f'attachment; filename="answer-{question_id[:8]}.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert rows == [["'+formula", "number", "blank", "city"], ["'=cmd()", "-5", "", "서울"]]


async def test_an_answer_without_a_table_has_no_file(client: httpx.AsyncClient) -> None:
    question_id = await _ask(client, "DELETE FROM orders")
    await _events(client, question_id)
    refused = await client.get(f"/api/v1/questions/{question_id}/result.csv")
    assert (refused.status_code, refused.json()["code"]) == (409, "answer.no_table")


async def test_strange_cells_arrive_as_they_are(client: httpx.AsyncClient) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    reply = await _reply(client, f"SELECT '{evil}' AS a, char(10) || 'data: x' AS b")
    assert _part(reply, "table")["rows"] == [[evil, "\ndata: x"]]


async def test_nobody_elses_questions(client: httpx.AsyncClient) -> None:
    refused = await client.get(f"/api/v1/questions/{NOBODY}/events")
    assert refused.status_code == 403 and refused.json()["code"].startswith("people.")
    assert (await client.get(f"/api/v1/questions/{NOBODY}")).status_code == 403
    assert (await client.post(f"/api/v1/questions/{NOBODY}/stop", json={})).status_code == 403
    assert (await client.get(f"/api/v1/questions/{NOBODY}/result.csv")).status_code == 403
    assert (await client.get("/api/v1/questions/not-an-id/events")).status_code == 400


async def test_connections(client: httpx.AsyncClient) -> None:
    connections = (await client.get("/api/v1/connections")).json()["items"]
    assert [(one["name"], one["kind"], one["is_default"]) for one in connections] == [("shop", "sqlite", True)]


async def test_the_words_of_the_page(client: httpx.AsyncClient) -> None:
    english = (await client.get("/words")).json()
    korean = (await client.get("/words", headers={"accept-language": "ko-KR"})).json()
    assert (english["lang"], korean["lang"]) == ("en", "ko")
    assert english["words"].keys() == korean["words"].keys()
    assert korean["words"]["stop"] == "중지"


_CONFIRMED = ("share", "unshare", "verify", "unverify", "delete")
"""What may be done with a template, each asked about before."""


def test_every_word_of_the_page_is_written_and_none_is_left_over() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(static.__file__ or "").parent.glob("static/*"))
    written = {key.removeprefix("web.page.") for key in catalogue("en") if key.startswith("web.page.")}
    asked_for = set(re.findall(r"""(?:\bt\(|data-t(?:-label)?=)"([\w.]+)\"""", text))
    assert asked_for - written == set()
    # Not asked for by a name that stands there whole: put together, or chosen by a value.
    by_name = {"hour", "day", "month", "theme_auto", "theme_light", "theme_dark"}
    by_name |= {f"dashboard.per_{window}" for window in ("hour", "day", "month")}
    by_name |= {f"templates.{done}{asked}" for done in _CONFIRMED for asked in ("", "_sure")}
    by_name |= {f"templates.kind_{kind}" for kind in get_args(ParameterKind)}
    by_name |= {f"account.scope_{scope}" for scope in get_args(KeyScope)} | {
        "account.role_viewer",
        "account.role_admin",
    }
    by_name |= {f"account.key_{state}" for state in ("revoked", "expired", "owner_inactive")}
    assert written - by_name - set(re.findall(r"""["`']([\w.]+)["`']""", text)) == set()


async def test_a_quiet_stream_is_kept_alive(client: httpx.AsyncClient, web_house: House) -> None:
    question_id = await _ask(client, SLOW)
    stream = events(web_house.service, question_id, OWNER, SCOPE, keep_alive=0.01)
    seen: list[bytes] = []
    async with asyncio.timeout(10):
        async for chunk in stream:
            seen.append(chunk)
            if seen.count(b": still here\n\n") == 2:
                await web_house.service.stop(question_id, OWNER)
    assert seen[0] == b"retry: 1500\n\n"
    assert seen[-1].startswith(b"event: reply\n")


async def test_whoever_leaves_a_stream_leaves_the_question_going(client: httpx.AsyncClient, web_house: House) -> None:
    question_id = await _ask(client, SLOW)
    stream = events(web_house.service, question_id, OWNER, SCOPE, keep_alive=0.01)
    async for chunk in stream:
        if chunk.startswith(b":"):
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert await web_house.service.stop(question_id, OWNER)
    assert (await _events(client, question_id))[-1][0] == "reply"


def test_a_failed_store_is_unavailable() -> None:
    assert status_of(StoreFailed("store.unavailable")) == 503
