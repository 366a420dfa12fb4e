"""What a follow-up leans on: the question before it in its thread and the SQL that became of it. Never its rows."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.road import Asked
from core.ids import reply_id
from core.model.base import Previous
from core.storage.models import ChatMessage


async def previous(session: AsyncSession, asked: Asked) -> Previous | None:
    """The last question of the thread before this one that was answered with SQL."""
    replies = (
        await session.execute(
            select(ChatMessage.id, ChatMessage.sql_query)
            .where(
                ChatMessage.session_id == asked.session_id,
                ChatMessage.message_type == "assistant",
                ChatMessage.sql_query.is_not(None),
                ChatMessage.error_message.is_(None),
            )
            .order_by(ChatMessage.sequence_number.desc())
            .limit(1)
        )
    ).all()
    if not replies:
        return None
    ((answered, sql),) = replies
    assert sql is not None, "asked for above"
    # Replies come in the order they were finished, questions in the order they were asked: a few are looked through.
    asked_before = await session.execute(
        select(ChatMessage.id, ChatMessage.content)
        .where(
            ChatMessage.session_id == asked.session_id,
            ChatMessage.message_type == "user",
            ChatMessage.id != asked.id,
        )
        .order_by(ChatMessage.sequence_number.desc())
        .limit(20)
    )
    return next((Previous(content, sql) for row, content in asked_before if reply_id(row) == answered), None)
