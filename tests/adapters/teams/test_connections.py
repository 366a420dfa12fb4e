"""Connections from Teams, end to end: a local Bot Connector, a whole house, a real PostgreSQL."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from bot.wiring import House
from core.chat import Actor, ConnectionView
from core.config import write
from core.connections.connection import NewConnection
from core.connections.settings import ADDED_BY
from core.locale import say
from core.storage.models import AuditLog
from tests.adapters.teams.hands import Hands, button, buttons, fields
from tests.adapters.teams.payloads import card_problems
from tests.adapters.teams.payloads import shown as words
from tests.adapters.teams.people import ADA, BOB, CHANNEL, GROUP, PERSONAL_BOB, TENANT, Json
from tests.adapters.teams.server import FakeConnector, Posted
from tests.adapters.teams.whole import over_http
from tests.houses import administrator

ADA_HERSELF = Actor("teams", TENANT, ADA.aad, ADA.name)
BOB_HIMSELF = Actor("teams", TENANT, BOB.aad, BOB.name)
CANARY = "canary-password"
OPENS = {"msteams": {"type": "task/fetch"}}

pytestmark = pytest.mark.usefixtures("fast")


@asynccontextmanager
async def house(teams: FakeConnector, directory: Path, **changes: Any) -> AsyncIterator[tuple[House, Hands]]:
    """Ada, an administrator, in her own chat; the machine itself may be asked, because a setting names it."""
    chosen = {"administrators": (f"teams:{TENANT}:{ADA.aad}",), "allowed_hosts": ("127.0.0.1",), **changes}
    async with over_http(directory, teams, **chosen) as (built, url):
        yield built, Hands(url, teams)


@pytest.fixture
def typed(postgres_database: str) -> dict[str, str]:
    """What is filled in to reach a real database."""
    url = make_url(postgres_database)
    return {"name": "pg", "host": "127.0.0.1", "port": str(url.port or 5432), "database": url.database or "",
            "user": url.username or "", "password": CANARY}  # fmt: skip


def in_bobs_chat(hands: Hands) -> Hands:
    return hands.elsewhere(PERSONAL_BOB, by=BOB)


async def listed(hands: Hands) -> list[Json]:
    """The list, once it is there."""
    return await shown(hands, "Databases", hands.say("connections"))


async def details(hands: Hands, connection: str) -> list[Json]:
    """The card of one connection: it has what may be done with it."""
    return await shown(hands, "Server:", hands.press({"cq": "connection_menu", "v": f"show|{connection}"}))


async def shown(hands: Hands, containing: str, done: Awaitable[None]) -> list[Json]:
    """The card that somebody sees after what is done."""

    def found() -> list[Posted]:
        return [one for one in hands.seen() if containing in words(one.cards)]

    before = len(found())
    await done
    await hands.until(lambda: len(found()) > before)
    cards = found()[-1].cards
    assert [problem for card in cards for problem in card_problems(card)] == []
    return cards


async def added(hands: Hands, typed: dict[str, str]) -> None:
    """Add a connection by the form."""
    form = await hands.open(button(await listed(hands), "add_connection"))
    assert "works: PostgreSQL" in words(await hands.send(form, **typed))


async def only(built: House, actor: Actor = ADA_HERSELF) -> ConnectionView:
    (view,) = await built.service.sources.all(actor)
    return view


async def test_somebody_adds_one_of_their_own_and_it_is_theirs_alone(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house(teams, tmp_path) as (built, ada):
        bob = in_bobs_chat(ada)
        form = await bob.open(button(await listed(bob), "add_connection"))
        assert fields(form)["password"]["style"] == "Password"
        again = await bob.send(form, **typed | {"database": "no_such_database"})
        assert "no database of that name" in words(again)
        assert fields(again)["database"]["value"] == "no_such_database" and CANARY not in json.dumps(again)
        assert "works: PostgreSQL" in words(await bob.send(form, **typed))
        assert await built.service.sources.all(ADA_HERSELF) == ()
        assert "“pg”" not in words(await listed(ada))
        view = await only(built, BOB_HIMSELF)
        assert (view.is_mine, view.may_give, view.problem) == (True, False, "")
        await bob.say("SELECT 1 AS one")
        await bob.sees("one")
    assert CANARY not in json.dumps([call.json for call in teams.calls]) + caplog.text


async def test_a_form_takes_certificates_longer_than_slacks(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (_, ada):
        form = await ada.open(button(await listed(ada), "add_connection"))
        pem = "-----BEGIN CERTIFICATE-----\n" + "x" * 9_000
        again = await ada.send(form, **typed | {"tls": "verify", "tls_ca": pem})
        assert fields(again)["tls_ca"]["value"] == pem and fields(again)["tls"]["value"] == "verify"
        assert "certificate" in words(again).lower()


async def test_a_setting_keeps_adding_to_administrators(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (built, ada):
        owner = await administrator(built)
        async with built.store.writing() as session:
            await write(session, ADDED_BY, "administrators", by=owner.id, now=built.road.clock())
        opens = button(await listed(ada), "add_connection")
        bob = in_bobs_chat(ada)
        assert "add_connection" not in json.dumps(await listed(bob))
        form = await bob.open(opens)  # forged: it was not offered
        assert "Only administrators" in words(await bob.send(form, **typed))
        assert await built.service.sources.all(BOB_HIMSELF) == ()


async def test_a_connection_is_changed_and_its_password_asked_for_again(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (built, ada):
        await added(ada, typed)
        view = await only(built)
        edit = button(await details(ada, view.id), "connection_edit")
        form = await ada.open(edit)
        assert fields(form)["database"]["value"] == typed["database"] and CANARY not in json.dumps(form)
        told = await ada.send(form, name="sales")
        assert "“sales” was changed. It was not tried" in words(told)
        form = await ada.open(edit)
        again = await ada.send(form, user="somebody")
        assert "Enter the password" in words(again) and fields(again)["user"]["value"] == "somebody"
        assert (await only(built)).user == typed["user"]
        form = await ada.open(edit)
        await built.service.sources.disable(ADA_HERSELF, view.id)
        assert "Somebody else has changed" in words(await ada.send(form, name="late"))
        assert (await only(built)).name == "sales"


async def test_test_refresh_switch_off_and_on_and_delete(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (built, ada):
        await added(ada, typed)
        view = await only(built)
        for what, told in (
            ("show", "127.0.0.1"),
            ("test", "works: PostgreSQL"),
            ("refresh", "Nothing changed"),
            ("default", "is asked for you"),
            ("disable", "asked by nobody"),
            ("enable", "is asked again"),
        ):
            await ada.press({"cq": "connection_menu", "v": f"{what}|{view.id}"})
            await ada.sees(told)
        form = await ada.open(button(await details(ada, view.id), "connection_delete"))
        assert "will be deleted" in words(form)
        assert "was deleted" in words(await ada.send(form))
        assert await built.service.sources.all(ADA_HERSELF) == ()
        await ada.press({"cq": "connection_menu", "v": f"test|{view.id}"})
        await ada.sees("no such connection")


async def test_an_administrator_gives_it_to_a_conversation_and_takes_it_back(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (built, ada):
        await added(ada, typed)
        view = await only(built)
        group = ada.elsewhere(GROUP)
        form = await group.open(button(await details(group, view.id), "connection_give"))
        told = await group.send(form, whom="conversation", default="true")
        assert "was given to a channel" in words(told)
        (given,) = (await only(built)).given_to
        assert (given.to, given.is_default, given.sees_private) == ("place", True, False)
        bob = replace(group, by=BOB)
        await bob.say("SELECT 1 AS one")
        await teams.until(lambda: any("one" in words(one.cards) for one in teams.messages(GROUP)), 20)
        assert "pg" not in words(await listed(bob.elsewhere(CHANNEL)))
        form = await group.open(button(await details(group, view.id), "connection_take"))
        assert fields(form)["from"]["choices"][0]["title"] == "this channel"
        assert "was taken back" in words(await group.send(form))
        assert (await only(built)).given_to == ()
        told = await group.open({"cq": "connection_take", "v": view.id, **OPENS})
        assert say("en", "connections.nobody") in words(told)
        await group.press({"cq": "connection_menu", "v": f"here|{view.id}"})
        await group.sees("Everybody here asks")


async def test_it_is_given_to_a_person_by_their_address(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (built, ada):
        await added(ada, typed)
        view, bob = await only(built), in_bobs_chat(ada)
        assert "pg" not in words(await listed(bob))
        form = await ada.open(button(await details(ada, view.id), "connection_give"))
        again = await ada.send(form, whom="person", private="true") or {}
        assert "e-mail address, too" in words(again) and fields(again)["whom"]["value"] == "person"
        again = await ada.send(again, email="nobody@example.com") or {}
        assert "nobody@example.com" in words(again) and fields(again)["private"]["value"] == "true"
        assert BOB.email in words(await ada.send(again, email=BOB.email))
        (given,) = (await only(built)).given_to
        assert (given.to, given.name, given.sees_private) == ("user", BOB.name, True)
        assert "pg" in words(await listed(bob))


async def test_a_list_has_pages_and_is_in_the_readers_language(teams: FakeConnector, tmp_path: Path) -> None:
    async with house(teams, tmp_path) as (built, ada):
        owner = await built.road.people.meet(ADA_HERSELF)
        for number in range(12):
            new = NewConnection(f"pg {number:02}", "postgresql", "127.0.0.1", 1, "reader", "", "sales", "off")
            await built.road.connections.add(owner, new, local=False)
        first = await listed(ada)
        more = button(first, "connections")
        assert (entries(first), more["v"]) == (10, "10")
        assert entries(await shown(ada, "Databases", ada.press(more))) == 2
        korean = replace(ada, locale="ko-KR")
        assert entries(await shown(korean, "데이터베이스", korean.say("연결"))) == 10


async def test_others_manage_nothing_even_with_forged_buttons(
    teams: FakeConnector, tmp_path: Path, typed: dict[str, str]
) -> None:
    async with house(teams, tmp_path) as (built, ada):
        await added(ada, typed)
        view, bob = await only(built), in_bobs_chat(ada)
        assert "pg" not in words(await listed(bob))
        await bob.press({"cq": "connection_menu", "v": f"test|{view.id}"})
        await bob.sees("no such connection")
        await built.service.sources.give(ADA_HERSELF, view.id, "everyone")
        card = await details(bob, view.id)
        assert "default|" in json.dumps(card) and "connection_edit" not in json.dumps(card)
        assert "127.0.0.1" not in words(card)
        for refusals, what in enumerate(("test", "refresh", "disable", "enable", "here"), start=1):
            await bob.press({"cq": "connection_menu", "v": f"{what}|{view.id}"})
            await bob.sees("administrator", times=refusals)
        for what in ("edit", "give", "take", "delete"):
            told = await bob.open({"cq": f"connection_{what}", "v": view.id, **OPENS})
            assert "administrator" in words(told)
        for name in ("change_connection", "give_connection", "take_connection", "delete_connection"):
            forged = {"type": "Action.Submit", "data": {"cq": name, "v": view.id, "sent": "1", "from": "everyone|*"}}
            assert "administrator" in words(await bob.send({"actions": [forged]}))
        assert (await only(built)).is_enabled
        async with built.store.reading() as session:
            refused = await session.scalar(select(AuditLog.id).where(AuditLog.success.is_(False)).limit(1))
        assert refused is not None


def entries(cards: list[Json]) -> int:
    """The connections of a card."""
    return sum(str(one["v"]).startswith("show|") for one in buttons(cards))


async def test_the_menu_of_the_home_card_chooses(teams: FakeConnector, tmp_path: Path) -> None:
    async with house(teams, tmp_path) as (built, ada):
        owner = await built.road.people.meet(ADA_HERSELF)
        made = [
            await built.road.connections.add(
                owner, NewConnection(name, "postgresql", "127.0.0.1", 1, "reader", "", "sales", "off"), local=False
            )
            for name in ("first", "second")
        ]
        for one in made:
            await ada.press({"cq": "connection", "v": "", "connection": one.id})
            await ada.sees(f"“{one.name}” is asked for you")
        assert [view.name for view in await built.service.sources.all(ADA_HERSELF) if view.is_default] == ["second"]
