"""Answers that become templates: by an administrator's word for the prompt, by anybody's under a name."""

from sqlalchemy import select

from core.ask.answered import Answered
from core.ask.known import day_of
from core.ask.road import Road
from core.ask.typed import is_sql
from core.catalog.entry import CatalogEntry
from core.chat import Actions
from core.connections.connection import Connection
from core.errors import NoAnswer, UnknownConnection
from core.ids import query_id
from core.people.permission import Resource, may
from core.saved import TemplateEdit
from core.storage.models import ChatMessage
from core.templates.answers import leans, without_own_limit
from core.templates.checking import problem_of, tidy
from core.templates.template import EXAMPLE
from core.templates.templates import Entry
from core.usage.details import connection_of


async def example_of(road: Road, answered: Answered) -> Entry | None:
    """The example that an answer becomes when its judge calls it right; None when it does not become one.

    Only an administrator's word counts. A question that was SQL, that a template answered, that was asked back about or
    that leans on the one before it says too little by itself to be answered so again.
    """
    question = answered.question
    matched = any(item.name == "not_meant" for part in answered.reply.parts if isinstance(part, Actions)
                  for item in part.items)  # fmt: skip
    if question.template is not None or matched or question.without or is_sql(question.text):
        return None
    if not _administers(answered) or await is_leaning(road, answered):
        return None
    try:
        sql = answered.sql
        connection, entry = await asked_of(road, answered)
    except (NoAnswer, UnknownConnection):
        return None
    text = without_own_limit(sql.text, sql.dialect, road.limits.rows)
    asked = " ".join(tidy(question.text).split())
    edit = TemplateEdit(name=asked[:200], question=asked, sql=text, category=EXAMPLE)
    problem = problem_of(text, asked, (), entry.schema, day_of(answered.person, road))
    return Entry(edit, connection.id, entry.schema, problem, is_verified=True)


async def withdrawn_of(road: Road, answered: Answered) -> str | None:
    """The connection whose example a judge takes back who calls the answer wrong; None when they made none."""
    if not _administers(answered):
        return None
    try:
        return (await asked_of(road, answered))[0].id
    except UnknownConnection:
        return None


async def asked_of(road: Road, answered: Answered) -> tuple[Connection, CatalogEntry]:
    """The connection that was asked, for somebody who may ask it, too. Raises `UnknownConnection`."""
    question, person = answered.question, answered.person
    async with road.store.reading() as session:
        asked = await connection_of(session, query_id(answered.id))
        usable = await road.connections.usable(session, person, question.place)
        if asked is None:
            connection = await road.connections.choose(session, person, question.place, question.connection)
        else:
            found = next((one for one in usable if one.id == asked), None)
            if found is None:
                raise UnknownConnection("connection.unknown", name=question.connection or "?")
            connection = found
    return connection, await road.catalog.entry(connection)


async def is_leaning(road: Road, answered: Answered) -> bool:
    """Whether the question came after another in its thread and says little without it."""
    if not leans(answered.question.text):
        return False
    async with road.store.reading() as session:
        number = await session.scalar(select(ChatMessage.sequence_number).where(ChatMessage.id == answered.id))
    return number is not None and number > 1


def _administers(answered: Answered) -> bool:
    return may(answered.person, "administer", Resource("template")).allowed
