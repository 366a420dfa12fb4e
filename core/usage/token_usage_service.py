"""Tokens: counted, kept within each person's limits, reserved before a model is called and settled after it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypedDict, cast
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Insert,
    Label,
    ScalarSelect,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.chat import UsageWindow
from core.errors import BadEdit, QuotaExceeded
from core.ids import new_id, query_id, reservation_id
from core.storage.base import JsonValue, utc_now
from core.storage.models import ChatMessage, QueryAnalytics, SystemConfig, User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store, add_row
from core.storage.store_time import time_of
from core.usage.cost_calculator import cost
from core.usage.details import Details, Kind, Spent
from core.usage.limits import OF_EVERYONE, OF_PERSON, OF_ROLE, effective
from core.usage.windows import Limits, Window, WindowName, windows

Part = Literal["total_tokens", "prompt_tokens", "completion_tokens"]

RESERVATION_LEASE = timedelta(minutes=5)
"""How long tokens stay set aside for a question whose process is silent; a live one renews it while it works."""

MOST_TOKENS = 2**31 - 1
"""What the store's integers hold, `users.token_usage` among them: a total stays there when it would pass it."""

_LONGEST_NAME = 100
"""What `query_analytics.llm_model` holds."""

_PARTS: tuple[Part, ...] = ("total_tokens", "prompt_tokens", "completion_tokens")

_users = cast("Table", User.__table__)
_analytics = cast("Table", QueryAnalytics.__table__)
_reservations = cast("Table", TokenReservation.__table__)
_config = cast("Table", SystemConfig.__table__)

_PERSON: ColumnElement[str] = bindparam("person")
_LOCKED = (
    select(_users.c.token_usage, _users.c.preferences).where(_users.c.id == _PERSON).with_for_update(key_share=True)
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


def _configured(key: ColumnElement[str]) -> ScalarSelect[JsonValue]:
    return select(_config.c.config_value).where(_config.c.config_key == key).scalar_subquery()


_ROLE = select(_users.c.role).where(_users.c.id == _PERSON).scalar_subquery()


@dataclass(frozen=True, slots=True)
class _Statements:
    """What is said of reservations to one kind of store. Their leases are by the store's clock: see `store_time`."""

    counted: Select[Any]
    """What is used, what is set aside, and the limits as they are set at that moment."""
    counted_after: Select[Any]
    """The same, in the transaction that has set something aside."""
    set_aside: Insert
    """Locks the person's row and writes or rewrites a question's reservation."""
    renewed: Update
    swept: Delete


def _statements(dialect: str) -> _Statements:
    now, until = time_of(dialect), time_of(dialect, RESERVATION_LEASE)
    lease = _reservations.c.lease_until
    # None is given for longer: the store's clock was ahead then, and nobody's tokens wait until it is there again.
    held = and_(lease > now, lease <= until)
    reserved = select(func.coalesce(func.sum(_reservations.c.tokens), 0)).where(
        _reservations.c.user_id == _PERSON, held, _reservations.c.id != bindparam("own")
    )
    counted = select(
        _used_since("hour"),
        _used_since("day"),
        _used_since("month"),
        reserved.scalar_subquery().label("reserved"),
        _configured(literal(OF_EVERYONE.key)).label("everyone"),
        _configured(literal(OF_ROLE.of("").key) + _ROLE).label("role"),
        _configured(literal(OF_PERSON.of("").key) + _PERSON).label("own"),
    ).where(_analytics.c.user_id == _PERSON, _analytics.c.timestamp >= bindparam("first"))
    # A reservation need not outlive the server, and to wait for its disk would be most of what it costs.
    hasty = counted.add_columns(func.set_config("synchronous_commit", "off", True))
    mine = _reservations.c.id.in_(bindparam("reservations", expanding=True))
    return _Statements(
        counted=counted,
        counted_after=hasty if dialect == "postgresql" else counted,
        set_aside=_setting_aside(dialect, until),
        renewed=update(_reservations).where(mine).values(lease_until=until),
        swept=delete(_reservations).where(not_(held)),
    )


def _setting_aside(dialect: str, until: ColumnElement[datetime]) -> Insert:
    values = {_reservations.c.id: "reservation", _reservations.c.tokens: "amount", _reservations.c.created_at: "now"}
    given = [bindparam(name, type_=column.type) for column, name in values.items()]
    person = select(_users.c.id, *given, until).where(_users.c.id == _PERSON).with_for_update(key_share=True)
    names = ["user_id", *(column.name for column in values), "lease_until"]
    if dialect == "mysql":
        mine = mysql_insert(_reservations).from_select(names, person)
        return mine.on_duplicate_key_update(tokens=mine.inserted.tokens, lease_until=mine.inserted.lease_until)
    upsert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    theirs = upsert(_reservations).from_select(names, person)
    changed = {"tokens": theirs.excluded.tokens, "lease_until": theirs.excluded.lease_until}
    return theirs.on_conflict_do_update(index_elements=[_reservations.c.id], set_=changed)


_STATEMENTS = {dialect: _statements(dialect) for dialect in ("sqlite", "mysql", "postgresql")}

_NEVER = {"hour": "quota.hour_too_small", "day": "quota.day_too_small", "month": "quota.month_too_small"}


class TokenUsage(TypedDict):
    """Tokens as a model's server reports them.

    A total above both others together holds tokens of reasoning that the server keeps apart: they are counted and
    priced as completion, as providers bill them.
    """

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class RateLimit(TypedDict):
    """Whether a person may use tokens now, and their three windows."""

    allowed: bool
    windows: tuple[UsageWindow, ...]


@dataclass(frozen=True)
class TokenUsageService:
    """The quotas of the people in `store`. `zone` is where the calendar windows begin and end.

    `limits` hold wherever administrators have set none.
    """

    store: Store
    limits: Limits = field(default_factory=Limits)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Callable[[], datetime] = utc_now
    details: Details = field(default_factory=Details)

    async def check_rate_limit(self, user_id: str) -> RateLimit:
        """What is left in each window; `["allowed"]` is false when one of them is used up."""
        async with self.store.reading() as session:
            now = await self._windows(session, user_id, _STATEMENTS[self.store.dialect].counted)
        return {"allowed": all(window.remaining > 0 for window in now), "windows": now}

    async def reserve(self, user_id: str, question_id: str, tokens: int) -> None:
        """Set tokens aside for a question before a model call, in place of what it had before.

        Raises `QuotaExceeded` when a window does not cover them, `BadEdit` (people.unknown). The person's row is
        locked meanwhile, so that many questions at once cannot pass a limit together. The reservation is found by its
        question: one that is taken up again after its process died does not count twice.
        """
        row_id, statements = reservation_id(question_id), _STATEMENTS[self.store.dialect]
        aside = {"reservation": row_id, "person": user_id, "amount": tokens, "now": self.clock()}
        async with self.store.writing() as session:
            # Counted in a second statement: it sees what others committed while this one waited for the row.
            kept = {"preserve_rowcount": True}
            done = await session.execute(statements.set_aside, aside, execution_options=kept)
            if cast("CursorResult[Any]", done).rowcount == 0:
                raise BadEdit("people.unknown")
            found = await self._windows(session, user_id, statements.counted_after, own=row_id)
            short = [window for window in found if window.remaining < tokens]
            if short:
                raise _refusal(short, tokens)

    async def renew(self, session: AsyncSession, question_ids: Collection[str]) -> None:
        """Keep what is set aside for questions that are being answered: a slow one outlives its lease."""
        ids = [reservation_id(question_id) for question_id in question_ids]
        await session.execute(_STATEMENTS[self.store.dialect].renewed, {"reservations": ids})

    async def release(self, session: AsyncSession, question_id: str) -> None:
        """Give back what a question had set aside, in the transaction that writes what was really used."""
        await session.execute(_RELEASED, {"reservation": reservation_id(question_id)})

    async def charge(self, session: AsyncSession, user_id: str, usage: TokenUsage) -> None:
        """Add tokens to a person's totals, in the transaction that writes their analytics row.

        Raises ValueError for tokens that cannot be, `BadEdit` (people.unknown).
        """
        checked = _checked(usage)
        token_usage, preferences = await self._lock(session, user_id)
        before = preferences.get("token_usage") or {}
        preferences["token_usage"] = {
            **{part: int(before.get(part, 0)) + checked[part] for part in _PARTS},
            "last_updated": self.clock().isoformat(),
        }
        total = min(token_usage + checked["total_tokens"], MOST_TOKENS)
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

        `about` says in a few words what it was for; `error` is the code of what went wrong with it. Raises as `charge`.
        """
        # Charged first: see `lock_row`.
        await self.charge(session, user_id, usage)
        checked = _checked(usage)
        await self._add_row(
            session, user_id, about, checked, model_name, row_id=new_id(), seconds=seconds, error=error, asked=False
        )

    async def record_token_usage(
        self, user_id: str, session_id: str, message_id: str, token_usage: TokenUsage, model_name: str
    ) -> None:
        """Record tokens of a call that is not a question's own: they join the analytics row of the message.

        The row is made when the message has none yet. Raises ValueError for tokens that cannot be (negative, a total
        below its parts, beyond `MOST_TOKENS`) and for a message that is somebody else's, `BadEdit` (people.unknown);
        then nothing is written.
        """
        usage = _checked(token_usage)
        row_id = query_id(message_id)
        async with self.store.writing() as session:
            # Charged first: see `lock_row`. It makes two calls of one person take turns at the row, too.
            await self.charge(session, user_id, usage)
            row = await session.scalar(
                select(QueryAnalytics).where(QueryAnalytics.query_id == row_id).with_for_update()
            )
            if row is None:
                message = (ChatMessage.id == message_id, ChatMessage.session_id == session_id)
                asked = await session.scalar(select(ChatMessage.content).where(*message))
                await self._add_row(session, user_id, asked or "", usage, model_name, row_id=row_id)
                return
            if row.user_id != user_id:
                raise ValueError("the message was asked by somebody else")
            price = cost(model_name, usage["prompt_tokens"], usage["completion_tokens"])
            row.prompt_tokens = (row.prompt_tokens or 0) + usage["prompt_tokens"]
            row.completion_tokens = (row.completion_tokens or 0) + usage["completion_tokens"]
            row.total_tokens = (row.total_tokens or 0) + usage["total_tokens"]
            row.llm_model = model_name[:_LONGEST_NAME]
            row.llm_cost_estimate = float(Decimal(str(row.llm_cost_estimate or 0)) + price.usd)
            spent = Spent(None, 0.0, usage["total_tokens"], price.usd)
            await self.details.join(session, row.id, row.timestamp, spent, row.llm_model)

    async def sweep(self) -> int:
        """Remove reservations whose lease has passed. Returns how many."""
        async with self.store.writing() as session:
            gone = await session.execute(_STATEMENTS[self.store.dialect].swept)
            return int(getattr(gone, "rowcount", 0))

    async def _add_row(
        self,
        session: AsyncSession,
        user_id: str,
        question: str,
        usage: TokenUsage,
        model_name: str,
        *,
        row_id: str,
        seconds: float = 0.0,
        error: str | None = None,
        asked: bool = True,
    ) -> None:
        price = cost(model_name, usage["prompt_tokens"], usage["completion_tokens"])
        now, analytics_id, model = self.clock(), new_id(), model_name[:_LONGEST_NAME]
        await add_row(
            session,
            QueryAnalytics,
            id=analytics_id,
            query_id=row_id,
            user_id=user_id,
            question=question,
            sql_query="",
            execution_time=seconds,
            row_count=0,
            success=error is None,
            error_message=error,
            prompt_tokens=usage["prompt_tokens"],
            completion_tokens=usage["completion_tokens"],
            total_tokens=usage["total_tokens"],
            llm_model=model,
            llm_cost_estimate=float(price.usd),
            timestamp=now,
            created_at=now,
        )
        spent = Spent(question if asked else None, seconds, usage["total_tokens"], price.usd)
        kind = Kind(llm_model=model, written_by="model", calls=1, error=error)
        await self.details.add(session, analytics_id, user_id, spent, kind, at=now)

    async def _lock(self, session: AsyncSession, user_id: str) -> tuple[int, dict[str, JsonValue]]:
        """A person's total and preferences, theirs alone until the transaction ends."""
        user = (await session.execute(_LOCKED, {"person": user_id})).one_or_none()
        if user is None:
            raise BadEdit("people.unknown")
        return int(user.token_usage), dict(user.preferences or {})

    async def _windows(
        self, session: AsyncSession, user_id: str, statement: Select[Any], own: str = ""
    ) -> tuple[UsageWindow, ...]:
        """The three windows; what the reservation `own` has set aside is left out."""
        now = self.clock()
        spans = windows(now, self.zone)
        starts: dict[str, datetime] = {span.name: span.start for span in spans}
        # One pass over the longest window; a day or an hour never begins before it, but a zone may shift it.
        parameters = {**starts, "first": min(starts.values()), "person": user_id, "own": own}
        counted = (await session.execute(statement, parameters)).one()
        limits = effective(self.limits, counted.everyone, counted.role, counted.own)
        return tuple(_window(span, limits, int(getattr(counted, span.name)), int(counted.reserved)) for span in spans)


def _window(span: Window, limits: Limits, used: int, reserved: int) -> UsageWindow:
    limit = getattr(limits, span.name)
    return UsageWindow(span.name, limit, used, reserved, max(0, limit - used - reserved), span.end)


def _refusal(short: list[UsageWindow], tokens: int) -> QuotaExceeded:
    """Why these windows do not cover the tokens, and what would help: a larger limit, patience, or a moment of it."""
    never = [window for window in short if window.limit < tokens]
    if never:
        return QuotaExceeded(_NEVER[never[0].name], limit=never[0].limit, needed=tokens)
    # Of several the one that begins anew last: before that, asking again would be in vain.
    used_up = [window for window in short if window.limit - window.used < tokens]
    window = (used_up or short)[-1]
    return QuotaExceeded(
        f"quota.{window.name}" if used_up else "quota.held",
        limit=window.limit,
        remaining=window.remaining,
        reserved=window.reserved,
        needed=tokens,
        resets_at=window.resets_at,
    )


def _checked(usage: TokenUsage) -> TokenUsage:
    """The tokens, their total the sum of the other two. Raises ValueError."""
    prompt, completion, total = usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]
    for tokens in (prompt, completion, total):
        if type(tokens) is not int or not 0 <= tokens <= MOST_TOKENS:
            raise ValueError(f"tokens are integers from 0 to {MOST_TOKENS}")
    if total < prompt + completion:
        raise ValueError("the total is less than the tokens of the prompt and the completion")
    return {"prompt_tokens": prompt, "completion_tokens": total - prompt, "total_tokens": total}
