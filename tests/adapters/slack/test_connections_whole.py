"""Connections from Slack, end to end: a real local Slack server, a whole house, a real PostgreSQL."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from bot.wiring import House
from core.chat import Actor, ConnectionView
from core.config import write
from core.connections.settings import ADDED_BY
from core.storage.models import AuditLog
from tests.adapters.slack.payloads import message_problems, view_problems
from tests.adapters.slack.people import Page, page, until
from tests.adapters.slack.proxy import Proxy
from tests.adapters.slack.server import ADA, BOB, BOT, GENERAL, TEAM, LocalSlack
from tests.adapters.slack.whole import Json, answer, over_a_socket, said_by_us, types
from tests.houses import administrator

ADA_HERSELF = Actor("slack", TEAM, ADA, "Ada")
BOB_HIMSELF = Actor("slack", TEAM, BOB, "Bob")
CANARY = "canary-password"

pytestmark = pytest.mark.usefixtures("fast")


@asynccontextmanager
async def house(proxy: Proxy, directory: Path, **changes: Any) -> AsyncIterator[House]:
    """Ada is an administrator; the machine itself may be asked, because a setting names it."""
    chosen = {"administrators": (f"slack:{TEAM}:{ADA}",), "allowed_hosts": ("127.0.0.1",), **changes}
    async with over_a_socket(proxy.api_url, directory, **chosen) as built:
        yield built


@pytest.fixture
def typed(postgres_database: str) -> dict[str, str]:
    """What is filled in to reach a real database."""
    url = make_url(postgres_database)
    return {"name": "pg", "host": "127.0.0.1", "port": str(url.port or 5432), "database": url.database or "",
            "user": url.username or "", "password": CANARY}  # fmt: skip


async def listed(slack: LocalSlack, user: str = ADA) -> Json:
    """What /connections shows, once it is there; what was said before is gone."""
    slack.reset()
    await slack.command(GENERAL, "/connections", user=user)
    shown = await said_by_us(slack, GENERAL, "Databases", privately=True)
    assert message_problems(shown["text"], shown["blocks"]) == []
    return shown


async def press(slack: LocalSlack, shown: Json, name: str, user: str = ADA) -> None:
    await slack.press(
        GENERAL, shown["ts"], {"type": "button", "action_id": name, "block_id": "b", "value": "new"}, user=user
    )


async def choose(slack: LocalSlack, shown: Json, what: str, connection: str, user: str = ADA) -> None:
    chosen = {"type": "static_select", "action_id": "cq_connection_menu:0", "block_id": "b",
              "selected_option": {"value": f"{what}|{connection}"}}  # fmt: skip
    await slack.press(GENERAL, shown["ts"], chosen, user=user)


async def told(opened: Page, words: str) -> Json:
    """The form, once it says something."""

    async def look() -> Json | None:
        form = opened.modals[-1] if opened.modals else {}
        return form if words in json.dumps(form, ensure_ascii=False) else None

    found = await until(look, 15)
    assert view_problems(found) == []
    return found


async def added(slack: LocalSlack, typed: dict[str, str], user: str = ADA) -> None:
    """Add a connection by the form."""
    shown = await listed(slack, user)
    async with page(slack) as opened:
        await press(slack, shown, "cq_add_connection", user)
        await opened.fill(typed, user=user)
        await told(opened, "works: PostgreSQL")


async def only(built: House, actor: Actor = ADA_HERSELF) -> ConnectionView:
    (view,) = await built.service.sources.all(actor)
    return view


async def test_somebody_adds_one_of_their_own_and_it_is_theirs_alone(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(proxy, tmp_path) as built:
        shown = await listed(slack, BOB)
        async with page(slack) as opened:
            await press(slack, shown, "cq_add_connection", BOB)
            await opened.fill(typed | {"database": "no_such_database"}, user=BOB)
            again = json.dumps(await told(opened, "no database of that name"))
            assert "no_such_database" in again and CANARY not in again
            await opened.fill(typed, user=BOB)
            await told(opened, "works: PostgreSQL")
        assert "“pg”" not in json.dumps(await listed(slack, ADA))
        assert await built.service.sources.all(ADA_HERSELF) == ()
        view = await only(built, BOB_HIMSELF)
        assert (view.is_mine, view.may_give, view.problem) == (True, False, "")
        asked = await slack.say(GENERAL, f"<@{BOT}> SELECT 1 AS one", user=BOB)
        # In a channel the others could read it: it is answered in a direct message.
        await said_by_us(slack, GENERAL, "direct message")
        assert asked
    assert CANARY not in json.dumps([call.arguments for call in proxy.calls])


async def test_a_setting_keeps_adding_to_administrators(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(proxy, tmp_path) as built:
        owner = await administrator(built)
        async with built.store.writing() as session:
            await write(session, ADDED_BY, "administrators", by=owner.id, now=built.road.clock())
        assert "cq_add_connection" in json.dumps(await listed(slack, ADA))
        shown = await listed(slack, BOB)
        assert "cq_add_connection" not in json.dumps(shown)
        async with page(slack) as opened:
            await press(slack, shown, "cq_add_connection", BOB)  # forged: it was not offered
            await opened.fill(typed, user=BOB)
            await told(opened, "Only administrators")
        assert await built.service.sources.all(BOB_HIMSELF) == ()


async def test_a_connection_is_changed_and_its_password_asked_for_again(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(proxy, tmp_path) as built:
        await added(slack, typed)
        view, shown = await only(built), await listed(slack)
        async with page(slack) as opened:
            await choose(slack, shown, "edit", view.id)
            form = json.dumps(await told(opened, "Change a connection"))
            assert typed["database"] in form and CANARY not in form
            await opened.fill(typed | {"name": "sales", "password": ""})
            await told(opened, "“sales” was changed. It was not tried")
        async with page(slack) as opened:
            view = await only(built)
            await choose(slack, shown, "edit", view.id)
            await told(opened, "Change a connection")
            await opened.fill(typed | {"name": "sales", "user": "somebody", "password": ""})
            await told(opened, "Enter the password")
            assert (await only(built)).user == typed["user"]
        async with page(slack) as opened:
            await choose(slack, shown, "edit", view.id)
            await told(opened, "Change a connection")
            await built.service.sources.disable(ADA_HERSELF, view.id)
            await opened.fill(typed | {"name": "late"})
            await told(opened, "Somebody else has changed")
        assert (await only(built)).name == "sales"


async def test_test_refresh_switch_off_and_on_and_delete(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(proxy, tmp_path) as built:
        await added(slack, typed)
        view, shown = await only(built), await listed(slack)
        for what, words in (
            ("show", "127.0.0.1"),
            ("test", "works: PostgreSQL"),
            ("refresh", "Nothing changed"),
            ("default", "is asked for you"),
            ("disable", "asked by nobody"),
            ("enable", "is asked again"),
        ):
            await choose(slack, shown, what, view.id)
            await said_by_us(slack, GENERAL, words, privately=True)
        async with page(slack) as opened:
            await choose(slack, shown, "delete", view.id)
            await told(opened, "will be deleted")
            await opened.send({})
            await told(opened, "was deleted")
        assert await built.service.sources.all(ADA_HERSELF) == ()
        await choose(slack, shown, "test", view.id)
        await said_by_us(slack, GENERAL, "no such connection", privately=True)


async def test_an_administrator_gives_it_to_a_channel_and_takes_it_back(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(proxy, tmp_path) as built:
        await added(slack, typed)
        view, shown = await only(built), await listed(slack)
        async with page(slack) as opened:
            await choose(slack, shown, "give", view.id)
            await told(opened, "Who may ask")
            whom = {"cq_choice": {"type": "static_select", "selected_option": {"value": "channel"}}}
            await opened.send({"cq_whom": whom})
            await told(opened, "Nothing was changed")
        async with page(slack) as opened:
            await choose(slack, shown, "give", view.id)
            await told(opened, "Who may ask")
            channel = {"cq_choice": {"type": "conversations_select", "selected_conversation": GENERAL}}
            more = {"cq_choice": {"type": "checkboxes", "selected_options": [{"value": "default"}]}}
            await opened.send({"cq_whom": whom, "cq_channel": channel, "cq_more": more})
            await told(opened, "was given to a channel")
        asked = await slack.say(GENERAL, f"<@{BOT}> SELECT 1 AS one", user=BOB)
        assert "data_table" in types(await answer(slack, GENERAL, asked))
        async with page(slack) as opened:
            await choose(slack, shown, "take", view.id)
            await told(opened, "this channel")
            (given,) = (await only(built)).given_to
            chosen = {"type": "static_select", "selected_option": {"value": f"place|{given.subject}"}}
            await opened.send({"cq_whom": {"cq_choice": chosen}})
            await told(opened, "was taken back")
        assert (await only(built)).given_to == ()
        await choose(slack, shown, "here", view.id)
        await said_by_us(slack, GENERAL, "Everybody here asks", privately=True)


async def test_others_manage_nothing_even_with_forged_buttons(
    slack: LocalSlack, proxy: Proxy, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(proxy, tmp_path) as built:
        await added(slack, typed)
        view = await only(built)
        shown = await listed(slack, BOB)
        assert "pg" not in json.dumps(shown["blocks"])
        await choose(slack, shown, "test", view.id, BOB)
        await said_by_us(slack, GENERAL, "no such connection", privately=True)
        await built.service.sources.give(ADA_HERSELF, view.id, "everyone")
        shown = await listed(slack, BOB)
        menus = json.dumps(shown["blocks"])
        assert "default|" in menus and "edit|" not in menus and "127.0.0.1" not in menus
        for what in ("test", "edit", "refresh", "disable", "enable", "delete", "give", "take", "here"):
            slack.reset()
            await choose(slack, shown, what, view.id, BOB)
            await said_by_us(slack, GENERAL, "administrator", privately=True)
        assert (await only(built)).is_enabled
        async with built.store.reading() as session:
            refused = await session.scalar(select(AuditLog.id).where(AuditLog.success.is_(False)).limit(1))
        assert refused is not None
