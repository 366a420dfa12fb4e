"""The tools, through the protocol's own client: in this process, and as the command that an assistant starts."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent

from adapters.mcp.door import build
from bot.wiring import House
from core.chat import Actor
from core.errors import NotAllowed
from core.saved import Parameter, TemplateEdit
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, make_shop, open_house, settings_for

SQL = "SELECT COUNT(*) AS n FROM customers JOIN cities ON cities.id = customers.city_id WHERE cities.name = :city"
TEMPLATE = TemplateEdit(
    "Customers of a city",
    "How many customers live in {city}?",
    SQL,
    (Parameter("city", "choice", column="cities.name"),),
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path), {"memory": None, "terminal": None}) as built:
        await add_sqlite(built, make_shop(tmp_path / "shop.sqlite3"))
        yield built


def client_of(built: House, actor: Actor) -> Client:
    async def who() -> Actor:
        return actor

    return Client(build(built.service, who, "1"))


def fields(result: CallToolResult) -> dict[str, Any]:
    assert result.structured_content is not None
    return dict(result.structured_content)


def text(result: CallToolResult) -> str:
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text


async def test_an_answer_in_fields_and_in_words(shop: House) -> None:
    steps: list[str | None] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        steps.append(message)

    async with client_of(shop, LEE) as client:
        result = await client.call_tool("ask", {"question": "How many customers are in Seoul?"}, progress_callback=told)
    answer = fields(result)
    assert not result.is_error
    assert answer["ok"]
    assert answer["row_count"] == 1
    assert answer["rows"][0][0] > 0
    assert answer["sql"].startswith("SELECT")
    assert str(answer["rows"][0][0]) in text(result).replace(",", "")
    assert {fact["label"] for fact in answer["facts"]} >= {"Tables", "Cost"}
    assert steps


async def test_rows_are_cut_to_what_was_asked_for(shop: House) -> None:
    async with client_of(shop, LEE) as client:
        some = fields(await client.call_tool("ask", {"question": "SELECT name FROM cities", "most_rows": 2}))
        none = fields(await client.call_tool("ask", {"question": "SELECT name FROM cities", "most_rows": 0}))
    assert len(some["rows"]) == 2 < some["row_count"]
    assert none["rows"] == []


async def test_a_thread_goes_on(shop: House) -> None:
    async with client_of(shop, LEE) as client:
        first = fields(await client.call_tool("ask", {"question": "Sales amount by month"}))
        again = {"question": "only in Seoul", "thread": first["thread"]}
        second = fields(await client.call_tool("ask", again))
    assert second["thread"] == first["thread"]
    assert "Seoul" in second["sql"]


async def test_a_refusal_is_an_error_with_words(shop: House) -> None:
    async with client_of(shop, KIM) as client:
        result = await client.call_tool("ask", {"question": "DELETE FROM customers"})
        empty = await client.call_tool("ask", {"question": " "})
        unknown = await client.call_tool("ask", {"question": "고객 수", "connection": "nowhere"})
    assert result.is_error
    assert not fields(result)["ok"]
    assert "DELETE" in fields(result)["notices"][0]
    assert empty.is_error
    assert unknown.is_error
    assert any("가" <= sign <= "힣" for sign in text(empty) + text(unknown))


async def test_only_what_somebody_may_ask_is_listed(shop: House, tmp_path: Path) -> None:
    await add_sqlite(shop, make_shop(tmp_path / "mine.sqlite3"), "mine", everyone=False)
    async with client_of(shop, LEE) as client:
        theirs = fields(await client.call_tool("list_connections", {}))["connections"]
        refused = await client.call_tool("ask", {"question": "SELECT 1 AS a", "connection": "mine"})
    async with client_of(shop, ADMINISTRATOR) as client:
        own = fields(await client.call_tool("list_connections", {}))["connections"]
    assert [one["name"] for one in theirs] == ["shop"]
    assert theirs[0]["is_default"]
    assert [one["name"] for one in own] == ["mine", "shop"]
    assert refused.is_error


async def test_templates_are_listed_and_run(shop: House) -> None:
    kept = await shop.service.saved.keep(LEE, TEMPLATE)
    async with client_of(shop, LEE) as client:
        (line,) = fields(await client.call_tool("list_templates", {"search": "city"}))["templates"]
        right = await client.call_tool("run_template", {"template": line["id"], "values": {"city": "Busan"}})
        missing = await client.call_tool("run_template", {"template": line["id"]})
        unknown = await client.call_tool("run_template", {"template": "no-such"})
    async with client_of(shop, KIM) as client:
        others = fields(await client.call_tool("list_templates", {}))["templates"]
        foreign = await client.call_tool("run_template", {"template": kept.id, "values": {"city": "Busan"}})
    assert line["parameters"] == [{"name": "city", "kind": "choice", "default": None, "column": "cities.name"}]
    assert fields(right)["rows"][0][0] > 0
    assert "Busan" in fields(right)["sql"]
    assert missing.is_error
    assert unknown.is_error
    assert others == []
    assert foreign.is_error


async def test_malformed_calls_are_refused(shop: House) -> None:
    async with client_of(shop, LEE) as client:
        for name, arguments in (
            ("ask", {}),
            ("ask", {"question": 7, "most_rows": "many"}),
            ("ask", {"question": "x", "most_rows": 10_000}),
            ("run_template", {"template": "x" * 10_000}),
            ("run_template", {"template": "x", "values": {"a": {"b": 1}}}),
            ("list_templates", {"search": "x" * 1_000}),
        ):
            assert (await client.call_tool(name, arguments)).is_error


async def test_permissions_are_asked_for_at_each_call(shop: House) -> None:
    revoked = False

    async def who() -> Actor:
        if revoked:
            raise NotAllowed("people.inactive")
        return LEE

    async with Client(build(shop.service, who, "1")) as client:
        before = await client.call_tool("list_connections", {})
        revoked = True
        after = await client.call_tool("list_connections", {})
    assert not before.is_error
    assert after.is_error
    assert text(after)


async def test_every_tool_says_what_it_is_for(shop: House) -> None:
    async with client_of(shop, LEE) as client:
        tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == {"ask", "list_connections", "list_templates", "run_template"}
    for tool in tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint


async def test_the_command(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("COLLOQUERY_", "OPENAI_"))},
        "COLLOQUERY_DATA_DIR": str(tmp_path),
    }
    async with open_house(settings_for(tmp_path), {"terminal": None}) as built:
        await add_sqlite(built, make_shop(tmp_path / "shop.sqlite3"))
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp", "--lang", "ko"], env=environment, cwd=tmp_path
    )
    async with Client(command) as client:
        listed = fields(await client.call_tool("list_connections", {}))
        answered = await client.call_tool("ask", {"question": "서울에 사는 고객은 몇 명인가요?"})
    assert [one["name"] for one in listed["connections"]] == ["shop"]
    assert fields(answered)["rows"][0][0] > 0
