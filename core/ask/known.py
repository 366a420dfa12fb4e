"""What the store knows of a question, looked up in one go: its connection, its schema, a template, the one before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.road import Road, Walk
from core.ask.thread import previous
from core.ask.typed import is_sql
from core.catalog.entry import CatalogEntry
from core.chat import Place
from core.connections.connection import Connection
from core.errors import NotAllowed, NoTemplate
from core.model.base import Previous
from core.people.permission import may, require
from core.people.person import Person
from core.schema import Private, Schema
from core.templates.kept import Match, Near, bound
from core.templates.template import Template, sees


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known before anything is written."""

    connection: Connection
    entry: CatalogEntry
    private: Private
    """The columns that the asker, or somebody else who reads the answer, may not see."""
    left_out: Private
    """What linking leaves out: the private columns, and what the asker said they do not mean."""
    is_sql: bool
    """The asker typed SQL."""
    template: Match | None
    near: tuple[Near, ...]
    """Verified questions like this one, nearest first."""
    previous: Previous | None

    @property
    def schema(self) -> Schema:
        """The structure and the values."""
        return self.entry.schema


async def look_up(walk: Walk) -> Known:
    """Look it up.

    Raises `UnknownConnection`, `NotAllowed` when others read at the place whom the connection was not given to, and
    what reading a schema for the first time raises.
    """
    road, asked = walk.road, walk.asked
    text, place, before = asked.question.text, asked.question.place, None
    typed = asked.question.template is None and is_sql(text)
    async with road.store.reading() as session:
        pinned = await _pinned(session, walk)
        if pinned is not None:
            connection = await connection_of(
                session, road, asked.person, pinned, place=place, name=asked.question.connection
            )
        else:
            connection = await road.connections.choose(session, asked.person, place, asked.question.connection)
        require(asked.person, "show", connection.resource, place)
        entry = await road.catalog.known(session, connection)
        version = await road.templates.version(session)
        if not typed and asked.question.schedule is None:  # it follows on from nothing that was said there
            before = await previous(session, asked)
    walk.ledger.connection_id, walk.ledger.connection_name = connection.id, connection.name
    entry = entry or await road.catalog.entry(connection)
    template: Match | None = None
    near: tuple[Near, ...] = ()
    if pinned is not None:
        template = bound(pinned, dict(asked.question.values), entry.schema, today_of(walk), pinned=True)
    elif not typed:
        template, near = await _fitting(walk, connection, entry, version)
    sees_all = may(asked.person, "see_private", connection.resource, place).allowed
    private: Private = frozenset() if sees_all else entry.private
    left_out = private | _named(entry.schema, asked.question.without)
    return Known(connection, entry, private, left_out, typed, template, near, before)


async def connection_of(
    session: AsyncSession,
    road: Road,
    person: Person,
    template: Template,
    *,
    place: Place | None = None,
    name: str | None = None,
) -> Connection:
    """The connection that a template is asked of; one for which none was recorded is asked of the one that is named.

    Raises `NotAllowed` where the person may not ask it, `NoTemplate`.
    """
    if not template.recorded:
        return await road.connections.choose(session, person, place, name)
    for connection in await road.connections.usable(session, person, place):
        if connection.id == template.connection_id:
            return connection
    if template.connection_id is None and sees(person, template, ()):
        raise NoTemplate("template.connection_gone")
    raise NotAllowed("people.connection_not_given")


def today_of(walk: Walk) -> date:
    """The asker's calendar day."""
    return day_of(walk.asked.person, walk.road)


def day_of(person: Person, road: Road) -> date:
    """Somebody's calendar day."""
    try:
        zone = ZoneInfo(person.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return road.clock().astimezone(zone).date()


async def _pinned(session: AsyncSession, walk: Walk) -> Template | None:
    """The template that the asker took from the list. Raises `NoTemplate` when it is gone or no longer theirs."""
    asked = walk.asked
    if asked.question.template is None:
        return None
    template = await walk.road.templates.one(session, asked.question.template)
    usable = await walk.road.connections.usable(session, asked.person, asked.question.place)
    if template is None or not sees(asked.person, template, {one.id for one in usable}):
        raise NoTemplate
    return template


async def _fitting(
    walk: Walk, connection: Connection, entry: CatalogEntry, version: str
) -> tuple[Match | None, tuple[Near, ...]]:
    """The template that the question fits, or verified ones like it."""
    person, question, today = walk.asked.person, walk.asked.question, today_of(walk)
    kept = await walk.road.templates.of(connection.id, entry.schema, version)
    match = kept.match(person, question.text, today)
    if match is not None and not question.fresh:
        return match, ()
    # What they did not mean is no example of what they do mean.
    return None, kept.near(person, question.text, today, but=match.template.id if match else "")


def _named(schema: Schema, names: Collection[str]) -> Private:
    """The columns of these tables and columns."""
    if not names:
        return frozenset()
    return frozenset(
        (table.id, column.name)
        for table in schema.tables
        for column in table.columns
        if table.id in names or f"{table.id}.{column.name}" in names
    )
