"""A question from a shell over a real house."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from adapters.terminal.ask import ANSWERED, FAILED, ask
from bot.wiring import House
from core.errors import BadQuestion
from core.storage.models import ChatMessage, ChatSession
from core.storage.own_tables import InboxItem
from tests.houses import add_sqlite, make_shop, open_house, settings_for

SLOW = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"


@pytest.fixture(scope="session")
def terminal_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("terminal") / "shop.db")


@pytest.fixture
async def built(tmp_path: Path, terminal_shop: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path), {"terminal": None}) as house:
        await add_sqlite(house, terminal_shop)
        yield house


def _console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=100, highlight=False, force_terminal=terminal)


def _said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_an_answer_is_printed_whole(built: House) -> None:
    out, progress = _console(), _console()
    code = await ask(built.service, "Top 5 products by sales amount", out=out, progress=progress)
    assert code == ANSWERED
    shown = _said(out)
    assert "SELECT" in shown and "0 tokens" in shown and "█" in shown
    assert _said(progress) == ""


async def test_the_steps_are_shown_on_a_terminal_only(built: House) -> None:
    progress = _console(terminal=True)
    await ask(built.service, "How many customers are there?", out=_console(), progress=progress)
    # A line is drawn a few times a second, so of a quick question only the last step is sure to be seen.
    assert "Drawing the answer" in _said(progress)


async def test_korean(built: House) -> None:
    out = _console()
    assert await ask(built.service, "매출액 상위 5개 상품은?", language="ko", out=out) == ANSWERED
    assert "토큰" in _said(out)


async def test_json_is_one_object_and_nothing_else(built: House) -> None:
    out, progress = _console(), _console(terminal=True)
    code = await ask(built.service, "How many customers are there?", as_json=True, out=out, progress=progress)
    assert code == ANSWERED
    assert _said(out).count("\n") == 1
    reply = json.loads(_said(out))
    assert reply["ok"] and {"text", "table", "sql", "facts"} <= {part["part"] for part in reply["parts"]}
    assert _said(progress) == ""


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("text", "connection"), [("DELETE FROM orders", None), ("How many?", "nowhere"), ("Sing me a song", None)]
)
async def test_a_refusal_is_printed_and_is_a_failure(
    built: House, text: str, connection: str | None, as_json: bool
) -> None:
    out = _console()
    assert await ask(built.service, text, connection=connection, as_json=as_json, out=out) == FAILED
    assert _said(out).strip()
    if as_json:
        reply = json.loads(_said(out))
        assert not reply["ok"] and reply["parts"][0]["part"] == "notice"


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_000])
async def test_a_question_that_cannot_be_taken_prints_nothing(built: House, text: str) -> None:
    out = _console()
    with pytest.raises(BadQuestion):
        await ask(built.service, text, out=out)
    assert _said(out) == ""


async def test_a_named_thread_goes_on_and_no_name_is_a_new_one(built: House) -> None:
    for thread in ("work", "work", None, None):
        await ask(built.service, "How many customers are there?", thread=thread, out=_console())
    async with built.store.reading() as session:
        threads = (await session.scalars(select(ChatSession.id))).all()
        messages = (await session.scalars(select(ChatMessage.session_id))).all()
    assert len(threads) == 3
    assert sorted(messages.count(thread) for thread in threads) == [2, 2, 4]


async def test_a_printed_answer_is_delivered(built: House) -> None:
    await ask(built.service, "How many customers are there?", out=_console())
    async with built.store.reading() as session:
        assert (await session.scalars(select(InboxItem.state))).all() == ["delivered"]


async def test_whoever_gives_up_stops_the_query(built: House) -> None:
    asking = asyncio.create_task(ask(built.service, SLOW, out=_console()))
    await asyncio.sleep(0.5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    async with asyncio.timeout(5):
        while not await _answered(built):
            await asyncio.sleep(0.05)


async def _answered(built: House) -> bool:
    async with built.store.reading() as session:
        return await session.scalar(select(InboxItem.state)) == "answered"


async def test_why_is_shown_when_it_is_asked_for(built: House) -> None:
    out = _console()
    assert await ask(built.service, "How many customers are there?", explain=True, out=out) == ANSWERED
    shown = _said(out)
    assert "Linked in “shop”" in shown and "customers(" in shown
    assert "built-in writer" in shown and "Guard: allowed" in shown and "LIMIT 1001" in shown
    out = _console()
    await ask(built.service, "고객이 몇 명이야?", language="ko", as_json=True, explain=True, out=out)
    why = json.loads(_said(out))["why"]
    assert "customers" in why["tables"]
    assert why["verdict"]["allowed"] is True
    assert why["tokens"] > 0
