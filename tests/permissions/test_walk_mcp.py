"""Every tool of the MCP server, with a key for each one scope, with one for one connection, and with one that ended."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult, TextContent

from adapters.mcp.door import build
from core.errors import NotAllowed, NotSignedIn
from core.locale import error_words
from core.people.permission import may
from tests.houses import make_shop
from tests.permissions.operations import ASKS, Need
from tests.permissions.town import ADMIN, KEYS, LIMITED, SHOP, Somebody, Town, town

CALLS: dict[str, tuple[dict[str, Any], tuple[Need, ...]]] = {
    "ask": ({"question": "How many customers are in Busan?", "connection": SHOP}, (ASKS,)),
    "list_connections": ({}, (ASKS,)),
    "list_templates": ({}, (ASKS,)),
    "run_template": ({"values": {"city": "Busan"}}, (ASKS,)),
}
"""Of each tool arguments that are right, and what it asks of `may`."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
async def walked(tmp_path: Path, shop: Path, migrated_file: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, shop, migrated_file) as one:
        yield one


def client(one: Town, who: Somebody) -> Client:
    """As `colloquery mcp` with COLLOQUERY_API_KEY: who it is, is asked at each call."""

    async def knock() -> Any:
        return await one.house.service.people.actor_of_key(who.token)

    return Client(build(one.house.service, knock, "1"))


def told(result: CallToolResult) -> str:
    return " ".join(part.text for part in result.content if isinstance(part, TextContent))


def words(code: str) -> str:
    return error_words("en", NotAllowed(code))[0]


def template_of(one: Town, whose: str, *, shared: bool) -> str:
    (found,) = [each.id for each in one.things["template"] if (each.whose, each.shared) == (whose, shared)]
    return found


async def test_every_tool_is_in_the_walk(walked: Town) -> None:
    async with client(walked, walked.people[KEYS[0]]) as opened:
        assert {tool.name for tool in (await opened.list_tools()).tools} == set(CALLS)


@pytest.mark.parametrize("kind", [*KEYS, LIMITED])
async def test_a_tool_does_what_the_key_is_for_and_refuses_the_rest_in_words(walked: Town, kind: str) -> None:
    who = walked.people[kind]
    async with client(walked, who) as opened:
        for name, (arguments, needs) in CALLS.items():
            more = {"template": template_of(walked, ADMIN, shared=True)} if name == "run_template" else {}
            expected = next((code for need in needs if (code := need(who, None))), "")
            result = await opened.call_tool(name, {**arguments, **more})
            assert result.is_error == bool(expected), (name, told(result))
            if expected:
                assert words(expected) in told(result)
                assert await walked.refusals() == [(expected, who.person.id)], name
        if expected:
            assert await walked.differs() == []


async def test_a_key_for_one_connection_lists_and_asks_that_alone(walked: Town) -> None:
    who = walked.people[LIMITED]
    other = next(one for one in walked.things["connection"] if one.whose == ADMIN)
    assert not may(who.person, "use", other.resource).allowed
    async with client(walked, who) as opened:
        listed = (await opened.call_tool("list_connections", {})).structured_content
        assert listed is not None
        assert [one["name"] for one in listed["connections"]] == [SHOP]
        asked = await opened.call_tool("ask", {"question": "SELECT 1 AS one", "connection": f"of the {ADMIN}"})
        assert asked.is_error
        assert "There is no database connection named" in told(asked)
    async with client(walked, walked.people[KEYS[0]]) as opened:
        listed = (await opened.call_tool("list_connections", {})).structured_content
        assert listed is not None
        assert {one["name"] for one in listed["connections"]} == {SHOP, f"of the {ADMIN}"}


async def test_a_key_of_an_administrator_sees_no_template_that_others_keep(walked: Town) -> None:
    who = walked.people[KEYS[0]]
    kept = template_of(walked, "viewer", shared=False)
    async with client(walked, who) as opened:
        listed = (await opened.call_tool("list_templates", {"search": "kept"})).structured_content
        assert listed is not None
        assert [one["name"] for one in listed["templates"]] == [f"kept by the {ADMIN}"]
        run = await opened.call_tool("run_template", {"template": kept, "values": {"city": "Busan"}})
        assert run.is_error
        back = await opened.call_tool(
            "ask", {"question": "x", "answers": walked.things["question"][1].id, "choice": "y"}
        )
        assert back.is_error
        assert words("people.key_not_for_this") in told(back)


async def test_a_key_that_was_revoked_is_refused_at_the_next_call(walked: Town) -> None:
    who = walked.people[KEYS[0]]
    async with client(walked, who) as opened:
        assert not (await opened.call_tool("list_connections", {})).is_error
        await walked.house.service.people.revoke_key(walked.people[ADMIN].actor, who.actor.id)
        result = await opened.call_tool("list_connections", {})
        assert result.is_error
        assert error_words("en", NotSignedIn("sign_in.key"))[0] in told(result)
