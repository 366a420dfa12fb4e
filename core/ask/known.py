"""What the store knows of a question, looked up in one go: its connection, its schema, a template, the one before."""

from dataclasses import dataclass

from core.ask.road import Walk
from core.ask.thread import previous
from core.ask.typed import is_sql
from core.connections.connection import Connection
from core.model.base import Previous
from core.schema import Schema
from core.templates.templates import Match


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known before anything is written."""

    connection: Connection
    schema: Schema
    is_sql: bool
    """The asker typed SQL."""
    template: Match | None
    previous: Previous | None


async def look_up(walk: Walk) -> Known:
    """Look it up. Raises `UnknownConnection`, and what reading a schema for the first time raises."""
    road, asked = walk.road, walk.asked
    text, template, before = asked.question.text, None, None
    typed = is_sql(text)
    async with road.store.reading() as session:
        connection = await road.connections.choose(
            session, asked.person, asked.question.place, asked.question.connection
        )
        schema = await road.catalog.known(session, connection)
        if not typed:
            template = await road.templates.match(session, asked.person, text)
            before = await previous(session, asked)
    walk.ledger.connection_id = connection.id
    return Known(connection, schema or await road.catalog.schema(connection), typed, template, before)
