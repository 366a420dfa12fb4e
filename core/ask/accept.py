"""Step 1, accept, and 2, who: a question is stored, with who asked it, before anybody is told that it was heard.

One transaction writes the person, the thread, the message, the inbox item, and that the person was here. The same
message twice is one question.
"""

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.codec import question_to_json
from core.ask.line import Line
from core.ask.road import Asked
from core.audit.origin import origin
from core.chat import Question
from core.errors import BadQuestion
from core.ids import message_id, session_id
from core.people.activity import keep_open
from core.people.people import People
from core.people.permission import Resource, require
from core.storage import inbox
from core.storage.models import ChatMessage, ChatSession
from core.storage.session import Store, add_row, insert_if_absent

LONGEST_QUESTION = 2_000
"""Characters. Longer ones are a paste, not a question, and no prompt within its budget could hold them."""


def tidy(question: Question) -> Question:
    """The question with its text in composed Unicode, without control characters. Raises `BadQuestion`."""
    text = unicodedata.normalize("NFC", question.text)
    text = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if not text:
        raise BadQuestion("question.empty")
    if len(text) > LONGEST_QUESTION:
        raise BadQuestion("question.too_long", most=LONGEST_QUESTION, length=len(text))
    return replace(question, text=text)


async def accept(
    store: Store, people: People, question: Question, *, worker: str, now: datetime, line: Line
) -> tuple[Asked, bool]:
    """Store a tidied question, claimed by `worker`. The flag is false when this message was stored before.

    Raises `NotAllowed`, and `Busy` when there is no place left in the `line`: nothing is stored then.
    """
    question_id, thread = message_id(question), session_id(question.place)
    async with store.writing() as session:
        person = await people.know(session, question.actor)
        require(person, "ask", Resource("question"), question.place)
        asked = Asked(question_id, thread, person, question)
        number = await next_number(session, thread, now) or await _open_thread(session, asked, now)
        new = await inbox.put(
            session,
            item_id=question_id,
            platform=question.place.platform,
            session_id=thread,
            user_id=person.id,
            question=question_to_json(question),
            worker=worker,
            now=now,
        )
        if not new:
            await session.rollback()
            return asked, False
        line.require_place(person.id)
        await add_row(
            session,
            ChatMessage,
            id=question_id,
            session_id=thread,
            message_type="user",
            content=question.text,
            timestamp=now,
            sequence_number=number,
        )
        if question.schedule is None:  # else they are not here
            await keep_open(session, person.id, origin(), now, questions=1)
    return asked, True


_threads = cast(Table, ChatSession.__table__)
_ADVANCE = (
    update(_threads)
    .where(_threads.c.id == bindparam("thread"))
    .values(message_count=_threads.c.message_count + 1, last_message_at=bindparam("now"), updated_at=bindparam("now"))
)
_COUNT = select(_threads.c.message_count).where(_threads.c.id == bindparam("thread"))


async def next_number(session: AsyncSession, thread: str, now: datetime) -> int | None:
    """The number of a thread's next message. None when there is no such thread.

    Its row is locked until the transaction ends, so that two messages never share a number.
    """
    await session.execute(_ADVANCE, {"thread": thread, "now": now})
    return await session.scalar(_COUNT, {"thread": thread})


async def _open_thread(session: AsyncSession, asked: Asked, now: datetime) -> int:
    opened = await insert_if_absent(
        session,
        ChatSession,
        id=asked.session_id,
        user_id=asked.person.id,
        title=asked.question.text[:80],
        created_at=now,
        updated_at=now,
        last_message_at=now,
        message_count=1,
    )
    if opened:
        return 1
    number = await next_number(session, asked.session_id, now)
    assert number is not None, "another process opened it at the same moment"
    return number
