"""Connections: kept encrypted, chosen by default or name, given by administrators."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.chat import Actor, Place
from core.connections.connection import Connection, NewConnection
from core.connections.connections import EVERYONE, Connections
from core.errors import NotAllowed, UnknownConnection
from core.ids import place_id
from core.people.people import People
from core.people.person import Person
from core.storage.crypto import load_or_make
from core.storage.models import AuditLog, DatabaseConnection
from core.storage.session import Store

CHANNEL = Place("slack", "T1", "C1", "1.0", "team")


def new(name: str, password: str = "canary-secret") -> NewConnection:
    return NewConnection(name, "postgresql", "db.example.com", 5432, "reader", password, "sales")


@pytest.fixture
async def connections(store: Store, tmp_path) -> Connections:  # type: ignore[no-untyped-def]
    return Connections(store, load_or_make(None, tmp_path / "key"))


async def person(store: Store, name: str, role: str = "viewer") -> Person:
    async with store.writing() as session:
        known = await People(store).know(session, Actor("slack", "T1", name, name))
    return replace(known, role=role)  # type: ignore[arg-type]


async def choose(connections: Connections, who: Person, place: Place | None, name: str | None) -> Connection:
    async with connections.store.reading() as session:
        return await connections.choose(session, who, place, name)


async def usable(connections: Connections, who: Person, place: Place | None) -> tuple[Connection, ...]:
    async with connections.store.reading() as session:
        return await connections.usable(session, who, place)


async def test_the_password_is_encrypted_bound_to_its_row_and_never_shown(connections: Connections) -> None:
    kim = await person(connections.store, "kim")
    added = await connections.add(kim, new("a"))
    other = await connections.add(kim, new("b", "another"))
    assert connections.target(added).password == "canary-secret"
    assert "canary" not in repr(added) + repr(connections.target(added)) + repr(new("c"))
    async with connections.store.reading() as session:
        rows = (await session.scalars(select(DatabaseConnection))).all()
        audit = str([(row.old_values, row.new_values) for row in await session.scalars(select(AuditLog))])
    assert all(str(row.encrypted_db_password).startswith("v1:") for row in rows)
    assert "canary" not in str([row.__dict__ for row in rows]) + audit
    swapped = replace(added, encrypted_password=other.encrypted_password)
    with pytest.raises(Exception, match=r"connection\.password_unreadable"):
        connections.target(swapped)


async def test_defaults_person_before_place_before_everyone(connections: Connections) -> None:
    store = connections.store
    admin, kim = await person(store, "admin", "admin"), await person(store, "kim")
    one, two, three = [await connections.add(admin, new(name)) for name in ("one", "two", "three")]
    with pytest.raises(UnknownConnection) as nothing:
        await choose(connections, kim, CHANNEL, None)
    assert nothing.value.code == "connection.none"

    await connections.give(admin, one, "everyone", EVERYONE)
    assert (await choose(connections, kim, CHANNEL, None)).name == "one"  # the only one there is

    await connections.give(admin, two, "place", place_id(CHANNEL))
    with pytest.raises(UnknownConnection) as several:
        await choose(connections, kim, CHANNEL, None)
    assert several.value.details["names"] == ("one", "two")

    await connections.give(admin, one, "everyone", EVERYONE, default=True)
    assert (await choose(connections, kim, CHANNEL, None)).name == "one"
    await connections.give(admin, two, "place", place_id(CHANNEL), default=True)
    assert (await choose(connections, kim, CHANNEL, None)).name == "two"
    assert (await choose(connections, kim, replace(CHANNEL, channel="C2"), None)).name == "one"

    await connections.give(admin, three, "user", kim.id)
    await connections.set_own_default(kim, next(c for c in await usable(connections, kim, None) if c.name == "three"))
    kim = await person(store, "kim")
    assert (await choose(connections, kim, CHANNEL, None)).name == "three"
    assert (await choose(connections, kim, CHANNEL, " ONE ")).name == "one"

    await connections.give(admin, three, "everyone", EVERYONE, default=True)
    lee = await person(store, "lee")
    assert (await choose(connections, lee, None, None)).name == "three"  # one default for everyone, the last one set


async def test_what_was_not_given_cannot_be_used_given_or_removed(connections: Connections) -> None:
    store = connections.store
    admin, kim, lee = await person(store, "admin", "admin"), await person(store, "kim"), await person(store, "lee")
    own = await connections.add(kim, new("own"))
    with pytest.raises(UnknownConnection):
        await choose(connections, lee, CHANNEL, "own")
    for refused in (
        connections.set_own_default(lee, own),
        connections.give(kim, own, "everyone", EVERYONE),
        connections.remove(lee, own),
    ):
        with pytest.raises(NotAllowed):
            await refused
    await connections.give(admin, own, "user", lee.id)
    assert (await choose(connections, lee, CHANNEL, "own")).id == own.id
    await connections.remove(kim, own)
    assert await usable(connections, lee, CHANNEL) == ()
