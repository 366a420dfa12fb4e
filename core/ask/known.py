"""What the store knows of a question, looked up in one go: its connection, its schema, a template, the one before."""

from collections.abc import Collection
from dataclasses import dataclass

from core.ask.road import Walk
from core.ask.thread import previous
from core.ask.typed import is_sql
from core.catalog.entry import CatalogEntry
from core.connections.connection import Connection
from core.model.base import Previous
from core.people.permission import may, require
from core.schema import Private, Schema
from core.templates.templates import Match, Near


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
    text, place, template, before = asked.question.text, asked.question.place, None, None
    near: tuple[Near, ...] = ()
    typed = is_sql(text)
    async with road.store.reading() as session:
        connection = await road.connections.choose(session, asked.person, place, asked.question.connection)
        require(asked.person, "show", connection.resource, place)
        entry = await road.catalog.known(session, connection)
        if not typed:
            template, near = await road.templates.match(session, asked.person, text)
            before = await previous(session, asked)
    walk.ledger.connection_id = connection.id
    entry = entry or await road.catalog.entry(connection)
    sees_all = may(asked.person, "see_private", connection.resource, place).allowed
    private: Private = frozenset() if sees_all else entry.private
    left_out = private | _named(entry.schema, asked.question.without)
    return Known(connection, entry, private, left_out, typed, template, near, before)


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
