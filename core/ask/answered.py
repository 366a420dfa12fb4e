"""A stored question and its answer, looked up for whoever wants to do something with it."""

from dataclasses import dataclass

from sqlalchemy import select

from core.ask.codec import question_from_json, reply_from_json
from core.ask.done import note_reading
from core.ask.road import Road
from core.chat import Actor, Notice, Question, Reply, Sql, Table
from core.errors import NoAnswer, NotAllowed
from core.ids import account_of, reply_id
from core.people.permission import Resource, require
from core.people.person import Person
from core.storage.models import ChatMessage
from core.storage.own_tables import InboxItem

ROWS_GONE = "answer.rows_gone"
"""Code of the notice in an answer whose rows are no longer kept, and of what is raised when they are asked for."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A question as the store holds it, and who wants to do something with it."""

    person: Person
    question: Question
    session_id: str
    reply: object | None
    """As JSON; None until there is one."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A stored question and its answer, and who wants to do something with them."""

    person: Person
    question: Question
    id: str
    session_id: str
    reply: Reply

    @property
    def sql(self) -> Sql:
        """The SQL of the answer. Raises `NoAnswer`."""
        found = next((part for part in self.reply.parts if isinstance(part, Sql)), None)
        if found is None:
            raise NoAnswer("answer.no_sql")
        return found

    @property
    def table(self) -> Table:
        """Its table. Raises `NoAnswer`."""
        found = next((part for part in self.reply.parts if isinstance(part, Table)), None)
        if found is None:
            gone = any(isinstance(part, Notice) and part.code == ROWS_GONE for part in self.reply.parts)
            raise NoAnswer("answer.rows_gone" if gone else "answer.no_table")
        return found


async def answered_for(road: Road, question_id: str, actor: Actor) -> Answered:
    """Look an answer up for somebody who may read it. Raises `NotAllowed`, `NoAnswer`."""
    stored = await stored_for(road, question_id, actor)
    if stored.reply is None:
        raise NoAnswer
    return Answered(stored.person, stored.question, question_id, stored.session_id, reply_from_json(stored.reply))


async def stored_for(road: Road, question_id: str, actor: Actor) -> Stored:
    """What the store holds of a question, for somebody who may read it. Raises `NotAllowed`."""
    person = await road.people.find(actor)
    async with road.store.reading() as session:
        row = (
            await session.execute(
                select(InboxItem.user_id, InboxItem.question, InboxItem.session_id, ChatMessage.query_result)
                .outerjoin(ChatMessage, ChatMessage.id == reply_id(question_id))
                .where(InboxItem.id == question_id)
            )
        ).one_or_none()
    if person is None or row is None:
        raise NotAllowed("people.not_yours")
    question = question_from_json(row.question)
    require(person, "read", Resource("question", row.user_id, account=account_of(question.actor)))
    await note_reading(road, person, row.user_id, "question", question_id)
    return Stored(person, question, row.session_id, row.query_result)
