"""What a follow-up leans on: the question before it in its thread and the SQL that became of it. Never its rows."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.road import Asked
from core.ids import reply_id
from core.model.base import Previous
from core.storage.models import ChatMessage

_messages = ChatMessage.__table__
_of_thread = _messages.c.session_id == bindparam("thread")

_LAST_SQL = (
    select(_messages.c.id, _messages.c.sql_query)
    .where(
        _of_thread,
        _messages.c.id != bindparam("own_reply"),
        _messages.c.message_type == "assistant",
        _messages.c.sql_query.is_not(None),
        _messages.c.error_message.is_(None),
    )
    .order_by(_messages.c.sequence_number.desc())
    .limit(1)
)

# Replies come in the order they were finished, questions in the order they were asked: a few are looked through.
_LAST_QUESTIONS = (
    select(_messages.c.id, _messages.c.content)
    .where(_of_thread, _messages.c.message_type == "user")
    .order_by(_messages.c.sequence_number.desc())
    .limit(20)
)


async def previous(session: AsyncSession, asked: Asked) -> Previous | None:
    """The last question of the thread before this one that was answered with SQL."""
    thread = {"thread": asked.session_id}
    last = (await session.execute(_LAST_SQL, {**thread, "own_reply": reply_id(asked.id)})).one_or_none()
    if last is None:
        return None
    questions = await session.execute(_LAST_QUESTIONS, thread)
    return next((Previous(one.content, last.sql_query) for one in questions if reply_id(one.id) == last.id), None)
