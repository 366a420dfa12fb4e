"""Whether each person's totals are what their analytics rows add up to, and the totals set from the rows.

`users.token_usage` and `preferences["token_usage"]` are kept beside the rows, in the same transaction. A back-up put
together by hand, or a change made in the tables, can part them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Row, Select, Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.storage.base import JsonValue
from core.storage.models import QueryAnalytics, User
from core.storage.session import Store
from core.usage.token_usage_service import MOST_TOKENS

PEOPLE_AT_ONCE = 100
"""People mended in one transaction: no question waits longer than these take."""

_PARTS = ("total_tokens", "prompt_tokens", "completion_tokens")

_users = cast("Table", User.__table__)
_rows = cast("Table", QueryAnalytics.__table__)


@dataclass(frozen=True, slots=True)
class Totals:
    """Tokens of one person."""

    total_tokens: int
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Parted:
    """A person's totals, and what their rows add up to."""

    user_id: str
    email: str
    column: int
    """`users.token_usage`."""
    kept: Totals
    """`preferences["token_usage"]`."""
    counted: Totals
    """Their rows of `query_analytics`."""

    @property
    def fitting(self) -> int:
        """What `column` should be: as much of the total as it holds."""
        return min(self.counted.total_tokens, MOST_TOKENS)

    @property
    def agrees(self) -> bool:
        """Whether nothing is to be mended."""
        return self.kept == self.counted and self.column == self.fitting


async def parted(store: Store) -> tuple[Parted, ...]:
    """Everybody whose totals do not agree, by id.

    One statement: a question that is settled meanwhile is seen whole or not at all.
    """
    async with store.reading() as session:
        rows = (await session.execute(_EVERYBODY)).all()
    found = (_parted(row, _totals(row)) for row in rows)
    return tuple(one for one in found if not one.agrees)


async def mend(store: Store, people: Sequence[Parted], *, by: str, clock: Callable[[], datetime]) -> int:
    """Set the totals of these people, at most `PEOPLE_AT_ONCE`, from their rows. Audited as done by the person `by`.

    Whoever has asked since they were counted is counted again, with their own row locked, so that nothing is lost.
    Counts who was mended.
    """
    seen = {one.user_id: one for one in people}
    mended = 0
    async with store.writing() as session:
        rows = (await session.execute(_LOCKED, {"people": list(seen)})).all()
        preferences = {row.id: row.preferences for row in rows}
        now = [_parted(row, seen[row.id].counted) for row in rows]
        changed = [one.user_id for one in now if one != seen[one.user_id]]
        counted = {row.id: _totals(row) for row in (await session.execute(_AMONG, {"people": changed})).all()}
        for one in now:
            right = replace(one, counted=counted.get(one.user_id, Totals(0, 0, 0))) if one.user_id in changed else one
            if not right.agrees:
                await _set(session, right, preferences[one.user_id], by, clock())
                mended += 1
    return mended


def _sums(person: ColumnElement[str]) -> Select[Any]:
    return select(
        person.label("id"),
        func.coalesce(func.sum(_rows.c.total_tokens), 0).label("total"),
        func.coalesce(func.sum(_rows.c.prompt_tokens), 0).label("prompt"),
        func.coalesce(func.sum(_rows.c.completion_tokens), 0).label("completion"),
    ).group_by(person)


# Not the column itself: along its index, each row would be looked up by itself, which takes ten times as long.
_BY_PERSON = _sums(func.coalesce(_rows.c.user_id, "")).subquery()
_COLUMNS = (_users.c.id, _users.c.email, _users.c.token_usage, _users.c.preferences)
_EVERYBODY = (
    select(*_COLUMNS, _BY_PERSON.c.total, _BY_PERSON.c.prompt, _BY_PERSON.c.completion)
    .join_from(_users, _BY_PERSON, _BY_PERSON.c.id == _users.c.id, isouter=True)
    .order_by(_users.c.id)
)
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_AMONG = _sums(_rows.c.user_id).where(_rows.c.user_id.in_(_PEOPLE))
_LOCKED = select(*_COLUMNS).where(_users.c.id.in_(_PEOPLE)).order_by(_users.c.id).with_for_update(key_share=True)
_SET = (
    update(_users)
    .where(_users.c.id == bindparam("person"))
    .values(token_usage=bindparam("total"), preferences=bindparam("kept"))
)


def _parted(row: Row[*tuple[Any, ...]], counted: Totals) -> Parted:
    return Parted(row.id, row.email, row.token_usage, _kept(row.preferences), counted)


def _totals(row: Row[*tuple[Any, ...]]) -> Totals:
    return Totals(int(row.total or 0), int(row.prompt or 0), int(row.completion or 0))


def _kept(preferences: JsonValue) -> Totals:
    """What the preferences hold. -1, which no rows add up to, for what is there and is no number."""
    if preferences is None:
        return Totals(0, 0, 0)
    kept = preferences.get("token_usage", {}) if isinstance(preferences, dict) else None
    parts = [kept.get(part, 0) if isinstance(kept, dict) else -1 for part in _PARTS]
    return Totals(*(part if type(part) is int else -1 for part in parts))


async def _set(session: AsyncSession, one: Parted, preferences: JsonValue, by: str, now: datetime) -> None:
    total = one.fitting
    others = preferences if isinstance(preferences, dict) else {}
    kept = {**others, "token_usage": {**asdict(one.counted), "last_updated": now.isoformat()}}
    await session.execute(_SET, {"person": one.user_id, "total": total, "kept": kept})
    old = {"token_usage": one.column, "preferences": asdict(one.kept)}
    new = {"token_usage": total, "preferences": asdict(one.counted)}
    await record(session, "usage.recounted", "user", one.user_id, by=by, old=old, new=new, at=now)
