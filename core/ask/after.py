"""What may be done with an answer once it is there: explain it, export it, judge it, edit and run its SQL.

Each of these asks whether whoever clicks may read the question: its asker or an administrator. That somebody can see
the answer where it was posted is not enough. Nothing here runs a query or costs a token.
"""

import unicodedata
from dataclasses import replace

from sqlalchemy import update

from core.ask.answered import answered_for, stored_for
from core.ask.codec import reply_from_json
from core.ask.done import note_done
from core.ask.examples import example_of, withdrawn_of
from core.ask.present.explanation import explanation
from core.ask.present.plain import plain
from core.ask.road import Asked, Road
from core.ask.why import Why, why
from core.audit.record import record
from core.chat import Actor, Choices, Facts, Part, Question, Reply, Sql, Table, Text
from core.errors import BadEdit, NoAnswer
from core.ids import event_id
from core.storage.models import Event
from core.storage.session import insert_if_absent, persistently

LONGEST_REASON = 500
"""Characters of why an answer is right or wrong."""


async def question_of(road: Road, question_id: str, actor: Actor) -> Question:
    """The question as it was asked, whether or not it has been answered."""
    return (await stored_for(road, question_id, actor)).question


async def sql_of(road: Road, question_id: str, actor: Actor) -> Sql:
    """The SQL of an answer."""
    return (await answered_for(road, question_id, actor)).sql


async def explain(road: Road, question_id: str, actor: Actor) -> Reply:
    """What the SQL of an answer does, in words, in the language of whoever wants to know."""
    answered = await answered_for(road, question_id, actor)
    locale = answered.person.locale
    parts: tuple[Part, ...] = (Text("\n".join(explanation(answered.sql.text, answered.sql.dialect, locale))),)
    return Reply(question_id, parts, plain(parts, locale), locale)


async def table_of(road: Road, question_id: str, actor: Actor) -> tuple[str, Table, Sql, Facts]:
    """The question, the table as it was answered (what was hidden stays so), its SQL and its facts, for a file."""
    answered = await answered_for(road, question_id, actor)
    table = answered.table
    await note_done(road, answered.person, "answer.exported", "question", question_id, rows=len(table.rows))
    facts = next((part for part in answered.reply.parts if isinstance(part, Facts)), Facts(()))
    return answered.question.text, table, answered.sql, facts


async def feedback(road: Road, question_id: str, actor: Actor, good: bool, reason: str = "") -> None:
    """Keep somebody's verdict on an answer, one a person: a later one takes the place of theirs before.

    What an administrator calls right becomes a verified example, and is none any more when they call it wrong.
    """
    answered = await answered_for(road, question_id, actor)
    reason = _clean(reason)
    if len(reason) > LONGEST_REASON:
        raise BadEdit("answer.reason_too_long", most=LONGEST_REASON, length=len(reason))
    verdict = {"question_id": question_id, "good": good, "reason": reason}
    person, now = answered.person, road.clock()
    example = await example_of(road, answered) if good else None
    withdrawn = None if good else await withdrawn_of(road, answered)
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
            said = {"good": good, "reason": reason}
            await record(session, "answer.feedback", "question", question_id, by=person.id, new=said, at=now)
            if example is not None:
                await road.templates.affirm(session, person, example)
            if withdrawn is not None:
                await road.templates.withdraw(session, person, answered.question.text, withdrawn)

    await persistently(write)


async def why_of(road: Road, question_id: str, actor: Actor) -> Why:
    """Why a question became its SQL, as of now and for whoever wants to know."""
    stored = await stored_for(road, question_id, actor)
    parts = reply_from_json(stored.reply).parts if stored.reply is not None else ()
    sql = next((part.text for part in parts if isinstance(part, Sql)), None)
    return await why(road, Asked(question_id, stored.session_id, stored.person, stored.question), sql)


async def chosen(road: Road, question_id: str, actor: Actor, value: str) -> Question:
    """The question that was asked back about, with what somebody chose. Raises `NoAnswer` (answer.no_choice)."""
    answered = await answered_for(road, question_id, actor)
    choices = next((part for part in answered.reply.parts if isinstance(part, Choices)), None)
    if choices is None or value not in {option.value for option in choices.options}:
        raise NoAnswer("answer.no_choice")
    question = replace(answered.question, actor=actor, schedule=None)  # it is they who ask, and now
    if choices.about == "connection":
        return replace(question, connection=value)
    return replace(question, without=(*question.without, value))


async def edited(road: Road, question_id: str, edit: Question) -> Question:
    """The question that an edited query is: asked of the connection that the question before it named."""
    before = await question_of(road, question_id, edit.actor)
    return replace(edit, connection=edit.connection or before.connection)


def _clean(text: str) -> str:
    """Composed Unicode, without control characters but line ends."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign for sign in composed if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()
