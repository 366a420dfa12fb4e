"""Tokens: counted, kept within each person's limits, reserved before a model is called and settled after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Label, Table, bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.chat import UsageWindow
from core.errors import NotAllowed, QuotaExceeded
from core.ids import new_id, query_id, reservation_id
from core.storage.base import utc_now
from core.storage.models import ChatMessage, QueryAnalytics, User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store, add_row
from core.usage.cost_calculator import cost
from core.usage.windows import Limits, Window, WindowName, windows

RESERVATION_LEASE = timedelta(minutes=5)
"""Longer than any question may take; a process that died leaves nothing reserved after it."""


_users = cast("Table", User.__table__)
_analytics = cast("Table", QueryAnalytics.__table__)
_reservations = cast("Table", TokenReservation.__table__)

_LOCKED = (
    select(_users.c.token_usage, _users.c.preferences)
    .where(_users.c.id == bindparam("person"))
    .with_for_update(key_share=True)
)
_CHARGED = (
    update(_users)
    .where(_users.c.id == bindparam("person"))
    .values(token_usage=bindparam("total"), preferences=bindparam("kept"))
)
_RELEASED = delete(_reservations).where(_reservations.c.id == bindparam("reservation"))


def _used_since(name: WindowName) -> Label[int]:
    inside = case((_analytics.c.timestamp >= bindparam(name), _analytics.c.total_tokens), else_=0)
    return func.coalesce(func.sum(inside), 0).label(name)


_RESERVED = (
    select(func.coalesce(func.sum(_reservations.c.tokens), 0))
    .where(_reservations.c.user_id == bindparam("person"), _reservations.c.lease_until > bindparam("now"))
    .scalar_subquery()
)
_COUNTED = select(_used_since("hour"), _used_since("day"), _used_since("month"), _RESERVED.label("reserved")).where(
    _analytics.c.user_id == bindparam("person"), _analytics.c.timestamp >= bindparam("first")
)


class TokenUsage(TypedDict):
    """Tokens as a model's server reports them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class RateLimit(TypedDict):
    """Whether a person may use tokens now, and their three windows."""

    allowed: bool
    windows: tuple[UsageWindow, ...]


@dataclass(frozen=True)
class TokenUsageService:
    """The quotas of the people in `store`. `zone` is where the calendar windows begin and end."""

    store: Store
    limits: Limits = field(default_factory=Limits)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Callable[[], datetime] = utc_now

    async def check_rate_limit(self, user_id: str) -> RateLimit:
        """What is left in each window; `["allowed"]` is false when one of them is used up."""
        async with self.store.reading() as session:
            now = await self._windows(session, user_id)
        return {"allowed": all(window.remaining > 0 for window in now), "windows": now}

    async def reserve(self, user_id: str, question_id: str, tokens: int) -> None:
        """Set tokens aside for a question before a model call, in place of what it had before.

        Raises `QuotaExceeded` when a window does not cover them. The person's row is locked meanwhile, so that many
        questions at once cannot pass a limit together. The reservation is found by its question: one that is taken
        up again after its process died does not count twice.
        """
        row_id = reservation_id(question_id)
        async with self.store.writing() as session:
            await session.execute(_LOCKED, {"person": user_id})
            await self.release(session, question_id)
            for window in await self._windows(session, user_id):
                if window.remaining < tokens:
                    raise QuotaExceeded(
                        f"quota.{window.name}",
                        limit=window.limit,
                        remaining=window.remaining,
                        needed=tokens,
                        resets_at=window.resets_at,
                    )
            now = self.clock()
            await add_row(
                session,
                TokenReservation,
                id=row_id,
                user_id=user_id,
                tokens=tokens,
                created_at=now,
                lease_until=now + RESERVATION_LEASE,
            )

    async def release(self, session: AsyncSession, question_id: str) -> None:
        """Give back what a question had set aside, in the transaction that writes what was really used."""
        await session.execute(_RELEASED, {"reservation": reservation_id(question_id)})

    async def charge(self, session: AsyncSession, user_id: str, usage: TokenUsage) -> None:
        """Add tokens to a person's totals, in the transaction that writes their analytics row."""
        user = (await session.execute(_LOCKED, {"person": user_id})).one_or_none()
        if user is None:
            raise NotAllowed("people.inactive")
        preferences = dict(user.preferences or {})
        before = preferences.get("token_usage") or {}
        preferences["token_usage"] = {
            **{key: int(before.get(key, 0)) + count for key, count in usage.items() if isinstance(count, int)},
            "last_updated": self.clock().isoformat(),
        }
        total = user.token_usage + usage["total_tokens"]
        await session.execute(_CHARGED, {"person": user_id, "total": total, "kept": preferences})

    async def record_call(
        self,
        session: AsyncSession,
        user_id: str,
        about: str,
        usage: TokenUsage,
        model_name: str,
        *,
        seconds: float,
        error: str | None = None,
    ) -> None:
        """Record and charge a model call that answers nobody's question, in the transaction that keeps its result.

        `about` says in a few words what it was for; `error` is the code of what went wrong with it.
        """
        # Charged first: see `lock_row`.
        await self.charge(session, user_id, usage)
        price = cost(model_name, usage["prompt_tokens"], usage["completion_tokens"])
        now = self.clock()
        await add_row(
            session,
            QueryAnalytics,
            query_id=new_id(),
            user_id=user_id,
            question=about,
            sql_query="",
            execution_time=seconds,
            row_count=0,
            success=error is None,
            error_message=error,
            prompt_tokens=usage["prompt_tokens"],
            completion_tokens=usage["completion_tokens"],
            total_tokens=usage["total_tokens"],
            llm_model=model_name,
            llm_cost_estimate=float(price.usd),
            timestamp=now,
            created_at=now,
        )

    async def record_token_usage(
        self, user_id: str, session_id: str, message_id: str, token_usage: TokenUsage, model_name: str
    ) -> None:
        """Record tokens of a call that is not a question's own: they join the analytics row of the message.

        The row is made when the message has none yet.
        """
        price = cost(model_name, token_usage["prompt_tokens"], token_usage["completion_tokens"])
        async with self.store.writing() as session:
            row = await session.scalar(select(QueryAnalytics).where(QueryAnalytics.query_id == query_id(message_id)))
            if row is None:
                asked = await session.scalar(
                    select(ChatMessage.content).where(
                        ChatMessage.id == message_id, ChatMessage.session_id == session_id
                    )
                )
                row = QueryAnalytics(
                    query_id=query_id(message_id),
                    user_id=user_id,
                    question=asked or "",
                    sql_query="",
                    execution_time=0.0,
                    row_count=0,
                    success=True,
                    prompt_tokens=0,
                    completion_tokens=0,
                    total_tokens=0,
                    llm_cost_estimate=0.0,
                    timestamp=self.clock(),
                    created_at=self.clock(),
                )
                session.add(row)
            row.prompt_tokens = (row.prompt_tokens or 0) + token_usage["prompt_tokens"]
            row.completion_tokens = (row.completion_tokens or 0) + token_usage["completion_tokens"]
            row.total_tokens = (row.total_tokens or 0) + token_usage["total_tokens"]
            row.llm_model = model_name
            row.llm_cost_estimate = float(row.llm_cost_estimate or 0.0) + float(price.usd)
            await self.charge(session, user_id, token_usage)

    async def sweep(self) -> int:
        """Remove reservations whose lease has passed. Returns how many."""
        async with self.store.writing() as session:
            gone = await session.execute(delete(TokenReservation).where(TokenReservation.lease_until <= self.clock()))
            return int(getattr(gone, "rowcount", 0))

    async def _windows(self, session: AsyncSession, user_id: str) -> tuple[UsageWindow, ...]:
        now = self.clock()
        spans = windows(now, self.zone)
        starts: dict[str, datetime] = {span.name: span.start for span in spans}
        # One pass over the longest window; a day or an hour never begins before it, but a zone may shift it.
        parameters: dict[str, object] = {**starts, "first": min(starts.values()), "person": user_id, "now": now}
        counted = (await session.execute(_COUNTED, parameters)).one()
        return tuple(self._window(span, int(getattr(counted, span.name)), int(counted.reserved)) for span in spans)

    def _window(self, span: Window, used: int, reserved: int) -> UsageWindow:
        limit = getattr(self.limits, span.name)
        return UsageWindow(span.name, limit, used, reserved, max(0, limit - used - reserved), span.end)
