"""Connections changed, switched off, given and taken back: on all three stores, by several people at once."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.chat import Actor, Place
from core.connections import rows
from core.connections.connection import Connection, ConnectionEdit, NewConnection
from core.connections.connections import EVERYONE, Connections
from core.connections.fields import as_it_is, checked, edited, moves, needs_look
from core.errors import BadConnection, ColloqueryError, NotAllowed, UnknownConnection
from core.ids import place_id
from core.people.people import People
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.crypto import load_or_make
from core.storage.models import AuditLog
from core.storage.own_tables import ConnectionOption
from core.storage.session import Store
from tests.authority import Authority

CHANNEL = Place("slack", "T1", "C1", "1.0", "team")
CA = Authority("Ours").pem
NEW = NewConnection("sales", "postgresql", "db.example.com", 5432, "reader", "canary-secret", "sales", "verify", CA)


@pytest.fixture
async def connections(store: Store, tmp_path: Path) -> Connections:
    return Connections(store, load_or_make(None, tmp_path / "key"))


async def person(connections: Connections, name: str, role: str = "viewer") -> Person:
    async with connections.store.writing() as session:
        known = await People(connections.store).know(session, Actor("slack", "T1", name, name))
    return replace(known, role=role)  # type: ignore[arg-type]


async def now_there(connections: Connections, connection: Connection) -> Connection:
    async with connections.store.reading() as session:
        found = await rows.by_id(session, connection.id)
    assert found is not None
    return found


async def choose(connections: Connections, who: Person, place: Place | None, name: str | None) -> Connection:
    async with connections.store.reading() as session:
        return await connections.choose(session, who, place, name)


async def audited(connections: Connections, action: str) -> list[tuple[Any, Any]]:
    async with connections.store.reading() as session:
        wanted = select(AuditLog.old_values, AuditLog.new_values).where(AuditLog.action == action)
        found = await session.execute(wanted.order_by(AuditLog.timestamp))
    return [(row[0], row[1]) for row in found]


async def test_a_change_is_kept_and_audited_without_its_secrets(connections: Connections) -> None:
    kim = await person(connections, "kim")
    added = await connections.add(kim, NEW)
    assert (added.tls, added.tls_ca, added.is_local, added.is_enabled) == ("verify", CA, False, True)
    other = replace(as_it_is(added), name="orders", host="db2.example.com", tls_ca="")
    kept = await connections.change(kim, added, other, keeps_password=True, local=True)
    assert (kept.name, kept.host, kept.tls_ca, kept.is_local) == ("orders", "db2.example.com", "", True)
    assert connections.target(kept).password == "canary-secret"
    assert connections.target(kept).tls == "verify"
    assert kept.revision != added.revision
    fresh = replace(other, password="canary-another")
    again = await connections.change(kim, kept, fresh, keeps_password=False, local=True)
    assert connections.password(again) == "canary-another"
    first, second = await audited(connections, "connection.changed")
    assert {*first[0]} == {*first[1]} == {"name", "host", "tls_ca"}
    assert (first[0]["host"], first[1]["host"]) == ("db.example.com", "db2.example.com")
    assert second == ({"password": "***"}, {"password": "***"})
    async with connections.store.reading() as session:
        lines = (await session.execute(select(AuditLog.old_values, AuditLog.new_values))).all()
    written = json.dumps([list(line) for line in lines])
    assert "canary" not in written and "BEGIN CERTIFICATE" not in written
    assert "canary" not in repr(again) + repr(fresh) + repr(ConnectionEdit(password="canary", tls_ca="canary"))


async def test_of_two_changes_at_once_one_holds_and_the_other_is_told(connections: Connections) -> None:
    kim = await person(connections, "kim")
    added = await connections.add(kim, NEW)

    async def change(host: str) -> str:
        try:
            new = replace(as_it_is(added), host=host)
            await connections.change(kim, added, new, keeps_password=True, local=False)
        except BadConnection as late:
            return late.code
        return host

    outcomes = await asyncio.gather(*(change(f"db{n}.example.com") for n in range(4)))
    assert outcomes.count("connection.changed_meanwhile") == 3
    (winner,) = set(outcomes) - {"connection.changed_meanwhile"}
    assert (await now_there(connections, added)).host == winner


async def test_a_name_is_free_once_for_each_owner(connections: Connections) -> None:
    kim, lee = await person(connections, "kim"), await person(connections, "lee")
    await connections.add(kim, NEW)
    second = await connections.add(kim, replace(NEW, name="orders"))
    await connections.add(lee, NEW)
    with pytest.raises(BadConnection) as taken:
        await connections.change(kim, second, replace(as_it_is(second), name="SALES"), keeps_password=True, local=False)
    assert taken.value.code == "connection.name_taken"
    shouted = await connections.change(
        kim, second, replace(as_it_is(second), name="ORDERS"), keeps_password=True, local=False
    )
    assert shouted.name == "ORDERS"

    async def add() -> str:
        try:
            await connections.add(kim, replace(NEW, name="once"))
        except BadConnection as refused:
            return refused.code
        return "added"

    assert sorted(await asyncio.gather(*(add() for _ in range(4)))) == ["added", *["connection.name_taken"] * 3]


async def test_what_is_switched_off_is_asked_by_nobody_and_keeps_everything(connections: Connections) -> None:
    admin, lee = await person(connections, "admin", "admin"), await person(connections, "lee")
    one, two = await connections.add(admin, NEW), await connections.add(admin, replace(NEW, name="orders"))
    for each in (one, two):
        await connections.give(admin, each, "everyone", EVERYONE)
    await connections.give(admin, one, "place", place_id(CHANNEL), default=True)
    off = await connections.switch(admin, await now_there(connections, one), on=False)
    assert not off.is_enabled
    for who, place, name in ((lee, CHANNEL, None), (lee, None, "Sales"), (admin, None, "sales")):
        with pytest.raises(UnknownConnection) as refused:
            await choose(connections, who, place, name)
        assert (refused.value.code, refused.value.details) == ("connection.disabled", {"name": "sales"})
    # Where nobody chose it, the other one is asked.
    assert (await choose(connections, lee, None, None)).name == "orders"
    async with connections.store.reading() as session:
        assert [one.name for one in await connections.usable(session, lee, None)] == ["orders"]
        assert [one.name for one in await connections.seen(session, admin, None)] == ["orders", "sales"]
    on = await connections.switch(admin, off, on=True)
    assert on.default_of == {("place", place_id(CHANNEL))}
    assert (await choose(connections, lee, CHANNEL, None)).name == "sales"
    assert connections.target(on).password == "canary-secret"


async def test_what_was_given_is_taken_back(connections: Connections) -> None:
    admin, kim, lee = [
        await person(connections, name, role) for name, role in (("a", "admin"), ("k", "viewer"), ("l", "viewer"))
    ]
    own = await connections.add(kim, NEW)
    await connections.give(admin, own, "user", lee.id)
    assert (await choose(connections, lee, None, "sales")).id == own.id
    with pytest.raises(NotAllowed):
        await connections.take(kim, own, "user", lee.id)  # its owner gives and takes nothing
    assert await connections.take(admin, own, "user", lee.id) is True
    assert await connections.take(admin, own, "user", lee.id) is False
    with pytest.raises(UnknownConnection):
        await choose(connections, lee, None, "sales")
    ((old, new),) = await audited(connections, "connection.taken")
    assert (old["to"], old["subject"], new) == ("user", lee.id, None)


async def test_how_it_was_found_is_noted_and_goes_with_it(connections: Connections) -> None:
    kim = await person(connections, "kim")
    added = await connections.add(kim, NEW)
    await connections.note(added.id, at=utc_now(), version="PostgreSQL 17.2", can_write=True)
    await connections.note(added.id, at=utc_now(), problem="database.unreachable")
    noted = await now_there(connections, added)
    assert (noted.version, noted.can_write, noted.problem) == ("PostgreSQL 17.2", True, "database.unreachable")
    assert noted.revision == added.revision  # nobody changed it
    await connections.note(added.id, at=utc_now(), version="PostgreSQL 18", can_write=False)
    noted = await now_there(connections, added)
    assert (noted.version, noted.can_write, noted.problem) == ("PostgreSQL 18", False, "")
    await connections.remove(kim, noted)
    await connections.note(added.id, at=utc_now(), version="PostgreSQL 19")
    async with connections.store.reading() as session:
        assert (await session.scalars(select(ConnectionOption))).all() == []
    with pytest.raises(UnknownConnection):
        await connections.switch(kim, noted, on=False)


async def test_a_connection_without_options_is_as_it_always_was(connections: Connections) -> None:
    kim = await person(connections, "kim")
    added = await connections.add(kim, replace(NEW, tls="prefer", tls_ca=""))
    async with connections.store.writing() as session:
        option = await session.get(ConnectionOption, added.id)
        await session.delete(option)
    found = await now_there(connections, added)
    assert (found.is_enabled, found.is_local, found.tls, found.tls_ca, found.problem) == (True, False, "prefer", "", "")
    assert not (await connections.switch(kim, found, on=False)).is_enabled


# Fields


def made(**changes: Any) -> Connection:
    fields: dict[str, Any] = {
        "id": "c", "owner_id": "o", "name": "sales", "kind": "postgresql", "host": "db.example.com", "port": 5432,
        "user": "reader", "database": "sales", "given_to": frozenset(), "default_of": frozenset(),
        "encrypted_password": "v1:k:n:c", "tls": "verify", "tls_ca": CA,
    }  # fmt: skip
    return Connection(**(fields | changes))


@pytest.mark.parametrize(
    "edit",
    [
        ConnectionEdit(kind="mariadb"),
        ConnectionEdit(host="evil.example.com"),
        ConnectionEdit(host="DB.example.com"),
        ConnectionEdit(port=5433),
        ConnectionEdit(user="admin"),
        ConnectionEdit(tls="off"),
        ConnectionEdit(tls="require"),
        ConnectionEdit(tls_ca=""),
        ConnectionEdit(tls_ca=Authority("Another").pem),
    ],
    ids=str,
)
def test_a_stored_password_goes_nowhere_else_and_no_other_way(edit: ConnectionEdit) -> None:
    with pytest.raises(BadConnection) as refused:
        edited(made(), edit)
    assert (refused.value.code, refused.value.details) == ("connection.password_again", {})
    given = replace(edit, password="p")
    assert edited(made(), given).password == "p"
    assert needs_look(made(), edited(made(), given), given)
    assert edited(made(encrypted_password=None), edit).password == ""


@pytest.mark.parametrize(
    ("edit", "looks", "elsewhere"),
    [
        (ConnectionEdit(), False, False),
        (ConnectionEdit(name="orders"), False, False),
        (ConnectionEdit(host="db.example.com", port=0, user="reader", tls="verify", tls_ca=CA), False, False),
        (ConnectionEdit(database="orders"), True, False),
        (ConnectionEdit(password="p"), True, False),
        (ConnectionEdit(host="db2.example.com", password="p"), True, True),
        (ConnectionEdit(kind="mysql", password="p"), True, True),
        (ConnectionEdit(tls="off", password="p"), True, False),
    ],
    ids=str,
)
def test_when_a_database_is_tried_again(edit: ConnectionEdit, looks: bool, elsewhere: bool) -> None:
    after = edited(made(), edit)
    assert needs_look(made(), after, edit) is looks
    assert moves(made(), after) is elsewhere


def test_another_kind_of_server_has_another_usual_port() -> None:
    assert edited(made(), ConnectionEdit(kind="mysql", password="p")).port == 3306
    assert edited(made(), ConnectionEdit(kind="mysql", port=5432, password="p")).port == 5432


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "connection.field_missing"),
        ({"host": ""}, "connection.field_missing"),
        ({"database": ""}, "connection.field_missing"),
        ({"name": "x" * 101}, "connection.field_too_long"),
        ({"user": "x" * 101}, "connection.field_too_long"),
        ({"password": "é" * 128}, "connection.field_too_long"),
        ({"port": 65536}, "connection.bad_port"),
        ({"port": -1}, "connection.bad_port"),
        ({"kind": "dbase"}, "connection.kind"),
        ({"tls": "maybe"}, "connection.tls_mode"),
        ({"tls_ca": "nonsense"}, "connection.ca_unreadable"),
    ],
)
def test_fields_that_do_not_fit(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ColloqueryError) as refused:
        checked(replace(NEW, **changes))
    assert refused.value.code == code
