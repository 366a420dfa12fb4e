"""Step 11, settle: one transaction writes the answer, its analytics, its cost, its audit, and frees the reservation."""

from collections.abc import Collection
from datetime import datetime

from core.ask.accept import next_number
from core.ask.announce import tell_when_open
from core.ask.codec import reply_to_json
from core.ask.road import Answer, Asked, Ledger
from core.audit.record import record
from core.ids import new_id, query_id, reply_id
from core.model.base import Usage
from core.storage import inbox
from core.storage.models import ChatMessage, Event, QueryAnalytics
from core.storage.session import Store, add_row
from core.templates.templates import count_use
from core.usage.details import Kind, Spent
from core.usage.token_usage_service import TokenUsage, TokenUsageService

_LONGEST_TOPIC = 255
"""Characters of a table's name, as `question_kinds.topic` holds them."""


async def settle(
    store: Store,
    tokens: TokenUsageService,
    asked: Asked,
    answer: Answer,
    ledger: Ledger,
    *,
    worker: str,
    now: datetime,
    announcing: Collection[str] = (),
) -> bool:
    """Write everything about an answered question. False, and nothing written, when another worker answered it.

    `announcing`: the platforms that can be told to post by themselves.
    """
    usage = ledger.usage
    error = answer.error.code if answer.error else None
    analytics_id = new_id()
    async with store.writing() as session:
        if usage.total_tokens:
            # Before anything that points to the person is inserted: see `lock_row`.
            await tokens.charge(session, asked.person.id, _as_reported(usage))
        if not await inbox.answered(session, asked.id, worker, now):
            await session.rollback()
            return False
        number = await next_number(session, asked.session_id, now)
        assert number is not None, "a question was accepted into its thread"
        await add_row(
            session,
            ChatMessage,
            id=reply_id(asked.id),
            session_id=asked.session_id,
            message_type="assistant",
            content=answer.reply.plain,
            query_id=query_id(asked.id),
            sql_query=ledger.sql or None,
            query_result=reply_to_json(answer.reply),
            execution_time=answer.seconds,
            error_message=error,
            timestamp=now,
            sequence_number=number,
        )
        await add_row(
            session,
            QueryAnalytics,
            id=analytics_id,
            query_id=query_id(asked.id),
            user_id=asked.person.id,
            question=asked.question.text,
            sql_query=ledger.sql,
            execution_time=answer.seconds,
            row_count=answer.rows,
            success=answer.error is None,
            error_message=error,
            chart_type=answer.chart,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            total_tokens=usage.total_tokens,
            llm_model=ledger.model or None,
            llm_cost_estimate=float(ledger.usd),
            timestamp=now,
            created_at=now,
        )
        spent = Spent(asked.question.text, answer.seconds, usage.total_tokens, ledger.usd)
        await tokens.details.add(session, analytics_id, asked.person.id, spent, _kind(ledger, error), at=now)
        await record(
            session,
            "query.run" if ledger.sql else "question.asked",
            "connection",
            ledger.connection_id,
            by=asked.person.id,
            new={"question_id": asked.id, "sql": ledger.sql, "rows": answer.rows},
            refused=error,
            at=now,
        )
        await add_row(
            session,
            Event,
            event_type="question.answered" if answer.error is None else "question.failed",
            user_id=asked.person.id,
            event_data={"question_id": asked.id, "code": error, "calls": ledger.calls},
            session_id=asked.session_id,
            timestamp=now,
        )
        if ledger.template is not None and answer.error is None:
            await count_use(session, ledger.template)
        if ledger.reserved:
            await tokens.release(session, asked.id)
        await tell_when_open(session, asked, answer.error, announcing, zone=tokens.zone, now=now)
    return True


def _kind(ledger: Ledger, error: str | None) -> Kind:
    return Kind(
        ledger.connection_id,
        ledger.connection_name,
        ledger.topic[:_LONGEST_TOPIC] if ledger.topic else None,
        ledger.model or None,
        ledger.written_by,
        ledger.calls,
        error,
    )


def _as_reported(usage: Usage) -> TokenUsage:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }
