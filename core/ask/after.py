"""What may be done with an answer once it is there: explain it, export it, judge it, keep its SQL, edit and run that.

Each of these asks whether whoever clicks may read the question: its asker or an administrator. That somebody can see
the answer where it was posted is not enough. Nothing here runs a query or costs a token.
"""

import unicodedata
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from core.ask.codec import question_from_json, reply_from_json
from core.ask.present.explanation import explanation
from core.ask.present.plain import plain
from core.ask.road import Asked, Road
from core.ask.typed import is_sql
from core.ask.why import Why, why
from core.chat import Actor, Choices, Facts, Part, Question, Reply, Sql, Table, Text
from core.errors import BadEdit, NoAnswer, NotAllowed
from core.ids import event_id, reply_id
from core.people.permission import Resource, require
from core.people.person import Person
from core.storage.models import AuditLog, ChatMessage, Event, User
from core.storage.own_tables import InboxItem
from core.storage.session import add_row, insert_if_absent, lock_row, persistently

LONGEST_REASON = 500
"""Characters of why an answer is right or wrong."""

LONGEST_NAME = 200
"""Characters of a template's name, as `query_templates.name` holds them."""


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
            raise NoAnswer("answer.no_table")
        return found


async def question_of(road: Road, question_id: str, actor: Actor) -> Question:
    """The question as it was asked, whether or not it has been answered."""
    return (await _stored(road, question_id, actor)).question


async def sql_of(road: Road, question_id: str, actor: Actor) -> Sql:
    """The SQL of an answer."""
    return (await _answered(road, question_id, actor)).sql


async def explain(road: Road, question_id: str, actor: Actor) -> Reply:
    """What the SQL of an answer does, in words, in the language of whoever wants to know."""
    answered = await _answered(road, question_id, actor)
    locale = answered.person.locale
    parts: tuple[Part, ...] = (Text("\n".join(explanation(answered.sql.text, answered.sql.dialect, locale))),)
    return Reply(question_id, parts, plain(parts, locale), locale)


async def table_of(road: Road, question_id: str, actor: Actor) -> tuple[str, Table, Sql, Facts]:
    """The question, the table as it was answered (what was hidden stays so), its SQL and its facts, for a file."""
    answered = await _answered(road, question_id, actor)
    facts = next((part for part in answered.reply.parts if isinstance(part, Facts)), Facts(()))
    return answered.question.text, answered.table, answered.sql, facts


async def feedback(road: Road, question_id: str, actor: Actor, good: bool, reason: str = "") -> None:
    """Keep somebody's verdict on an answer, one a person: a later one takes the place of theirs before."""
    answered = await _answered(road, question_id, actor)
    reason = _clean(reason)
    if len(reason) > LONGEST_REASON:
        raise BadEdit("answer.reason_too_long", most=LONGEST_REASON, length=len(reason))
    verdict = {"question_id": question_id, "good": good, "reason": reason}
    person, now = answered.person, road.clock()
    row = event_id("feedback", question_id, person.id)

    async def write() -> None:
        async with road.store.writing() as session:
            new = await insert_if_absent(
                session,
                Event,
                id=row,
                event_type="answer.feedback",
                user_id=person.id,
                event_data=verdict,
                session_id=answered.session_id,
                timestamp=now,
            )
            if not new:
                await session.execute(update(Event).where(Event.id == row).values(event_data=verdict, timestamp=now))
            await add_row(
                session,
                AuditLog,
                user_id=person.id,
                action="answer.feedback",
                resource_type="question",
                resource_id=question_id,
                new_values={"good": good, "reason": reason},
                success=True,
                timestamp=now,
            )

    await persistently(write)


async def save_template(road: Road, question_id: str, actor: Actor, name: str, public: bool = False) -> str:
    """Keep an answered question and its SQL under a name, for the person or, by an administrator, for everybody.

    Returns the name as it is kept. A question that was SQL itself is asked by that name from then on. Raises `BadEdit`
    (template.no_name, .name_too_long, .name_taken), `NoAnswer`, `NotAllowed`.
    """
    answered = await _answered(road, question_id, actor)
    person, sql, now = answered.person, answered.sql, road.clock()
    _ = answered.table  # SQL that gave no result is not worth keeping
    if public:
        require(person, "administer", Resource("template"))
    name = " ".join(_clean(name).split())
    if not name:
        raise BadEdit("template.no_name")
    if len(name) > LONGEST_NAME:
        raise BadEdit("template.name_too_long", most=LONGEST_NAME, length=len(name))
    asked = answered.question.text

    async def write() -> None:
        async with road.store.writing() as session:
            await lock_row(session, User, person.id)  # of two with the same name at once, one comes second
            if await road.templates.named(session, person, name) is not None:
                raise BadEdit("template.name_taken", name=name)
            saved = await road.templates.add(
                session, person, name, question=name if is_sql(asked) else asked, sql=sql.text, public=public
            )
            await add_row(
                session,
                AuditLog,
                user_id=person.id,
                action="template.saved",
                resource_type="template",
                resource_id=saved,
                new_values={"name": name, "public": public, "question_id": question_id},
                success=True,
                timestamp=now,
            )

    await persistently(write)
    return name


async def why_of(road: Road, question_id: str, actor: Actor) -> Why:
    """Why a question became its SQL, as of now and for whoever wants to know."""
    stored = await _stored(road, question_id, actor)
    parts = reply_from_json(stored.reply).parts if stored.reply is not None else ()
    sql = next((part.text for part in parts if isinstance(part, Sql)), None)
    return await why(road, Asked(question_id, stored.session_id, stored.person, stored.question), sql)


async def chosen(road: Road, question_id: str, actor: Actor, value: str) -> Question:
    """The question that was asked back about, with what somebody chose. Raises `NoAnswer` (answer.no_choice)."""
    answered = await _answered(road, question_id, actor)
    choices = next((part for part in answered.reply.parts if isinstance(part, Choices)), None)
    if choices is None or value not in {option.value for option in choices.options}:
        raise NoAnswer("answer.no_choice")
    question = replace(answered.question, actor=actor)
    if choices.about == "connection":
        return replace(question, connection=value)
    return replace(question, without=(*question.without, value))


async def edited(road: Road, question_id: str, edit: Question) -> Question:
    """The question that an edited query is: asked of the connection that the question before it named."""
    before = await question_of(road, question_id, edit.actor)
    return replace(edit, connection=edit.connection or before.connection)


async def _answered(road: Road, question_id: str, actor: Actor) -> Answered:
    """Look an answer up for somebody who may read it. Raises `NotAllowed`, `NoAnswer`."""
    stored = await _stored(road, question_id, actor)
    if stored.reply is None:
        raise NoAnswer
    return Answered(stored.person, stored.question, stored.session_id, reply_from_json(stored.reply))


async def _stored(road: Road, question_id: str, actor: Actor) -> Stored:
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
    require(person, "read", Resource("question", row.user_id))
    return Stored(person, question_from_json(row.question), row.session_id, row.query_result)


def _clean(text: str) -> str:
    """Composed Unicode, without control characters but line ends."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign for sign in composed if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()
