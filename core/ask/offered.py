"""Of what somebody may ask: the connections that are theirs to use."""

import asyncio
from dataclasses import replace

from core.ask.road import Road
from core.chat import Actor, ConnectionChoice, ConnectionHealth, Place
from core.connections.connection import Connection, NewConnection
from core.engines.registry import engine
from core.errors import BadConnection, UnknownConnection
from core.ids import place_id
from core.people.permission import Resource, require
from core.people.person import Person


async def connections(road: Road, actor: Actor, place: Place) -> tuple[ConnectionChoice, ...]:
    """The connections this person may ask from this place."""
    person = await road.people.meet(actor)
    require(person, "ask", Resource("question"), place)
    async with road.store.reading() as session:
        usable = await road.connections.usable(session, person, place)
        try:
            chosen = (await road.connections.choose(session, person, place, None)).id
        except UnknownConnection:  # nothing is chosen: the list shows it by marking none
            chosen = None
    return tuple(ConnectionChoice(one.name, one.kind, one.id == chosen) for one in usable)


async def choose_connection(road: Road, actor: Actor, name: str, place: Place | None = None) -> None:
    """Make a connection this person's own default, or, by an administrator, the default of everybody at a place.

    Raises `UnknownConnection`, `NotAllowed`.
    """
    person, connection = await _named(road, actor, name)
    if place is None:
        await road.connections.set_own_default(person, connection)
    else:
        await road.connections.give(person, connection, "place", place_id(place), default=True)


async def try_connection(road: Road, actor: Actor, name: str) -> ConnectionHealth:
    """Reach it, sign in, and say what is there. Raises `UnknownConnection`, `DatabaseUnavailable`."""
    _, connection = await _named(road, actor, name)
    return await _look(road, connection)


async def add_connection(road: Road, actor: Actor, new: NewConnection) -> ConnectionHealth:
    """Add a connection from a chat: tried first, and kept only when it answers. For administrators.

    Raises `NotAllowed`, `BadConnection` (connection.no_files: a file of this machine is named by nobody who is not at
    it), `DatabaseUnavailable`.
    """
    person = await road.people.meet(actor)
    require(person, "administer", Resource("system"))
    if new.kind == "sqlite":
        raise BadConnection("connection.no_files")
    return (await add(road, person, new))[1]


async def add(road: Road, person: Person, new: NewConnection) -> tuple[Connection, ConnectionHealth]:
    """Add a connection, its owner `person`; port 0 is the server's usual one.

    Whatever goes wrong at the first look, it is not kept then.
    """
    new = replace(new, port=new.port or engine(new.kind).default_port)
    connection = await road.connections.add(person, new)
    try:
        return connection, await _look(road, connection)
    except BaseException:
        await asyncio.shield(road.connections.remove(person, connection))
        raise


async def _look(road: Road, connection: Connection) -> ConnectionHealth:
    health = await road.databases.health(connection.id, road.connections.target(connection))
    entry = await road.catalog.entry(connection)
    return ConnectionHealth(connection.name, health.version, len(entry.schema.tables), health.can_write)


async def _named(road: Road, actor: Actor, name: str) -> tuple[Person, Connection]:
    person = await road.people.meet(actor)
    require(person, "ask", Resource("question"))
    async with road.store.reading() as session:
        return person, await road.connections.choose(session, person, None, name)
