"""Scheduled questions as they lie in the store, and as somebody may see them. Works within the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.codec import question_from_json
from core.ask.present.visible import one_line
from core.ask.scheduling.condition import Condition, condition_from_json
from core.ask.scheduling.condition_words import print_condition
from core.ask.scheduling.when import When, next_after, when_from_json, zone_of
from core.ask.scheduling.when_words import print_when
from core.ask.typed import is_sql
from core.chat import Question
from core.people.permission import Resource
from core.scheduled import Outcome, ScheduleView
from core.storage.models import DatabaseConnection, User
from core.storage.own_tables import Schedule

LONGEST_TITLE = 200
"""Characters, as the table holds them."""


def when_of(row: Schedule) -> When:
    """When it is asked."""
    return when_from_json(row.timing)


def condition_of(row: Schedule) -> Condition:
    """On which condition its answer is posted."""
    return condition_from_json(row.condition)


def question_of(row: Schedule) -> Question:
    """What is asked. Its message and its moment are those of a run."""
    return question_from_json(row.question)


def following(row: Schedule, moment: datetime) -> datetime:
    """Its first run after a moment."""
    return next_after(when_of(row), moment, zone_of(row.timezone))


def title_of(text: str) -> str:
    """A question as a title."""
    return one_line(text)[:LONGEST_TITLE]


def resource_of(owner_id: str) -> Resource:
    """What `core.people.permission.may` is asked about."""
    return Resource("schedule", owner_id)


async def count_of(session: AsyncSession, owner_id: str) -> int:
    """How many somebody has."""
    return int(await session.scalar(select(func.count()).where(Schedule.owner_id == owner_id)) or 0)


async def listed(session: AsyncSession, owner_id: str | None) -> Sequence[Schedule]:
    """Somebody's, or everybody's: those that come next first, then the paused ones."""
    found = select(Schedule).order_by(Schedule.next_at.is_(None), Schedule.next_at, Schedule.created_at, Schedule.id)
    return (await session.scalars(found if owner_id is None else found.where(Schedule.owner_id == owner_id))).all()


async def due(session: AsyncSession, platforms: Collection[str], now: datetime, *, most: int) -> Sequence[Schedule]:
    """Those that are due at these platforms, the one that has waited longest first."""
    return (
        await session.scalars(
            select(Schedule)
            .where(Schedule.next_at <= now, Schedule.platform.in_(platforms))
            .order_by(Schedule.next_at)
            .limit(most)
        )
    ).all()


async def connection_names(session: AsyncSession, rows: Sequence[Schedule]) -> dict[str, str]:
    """The names of the connections that they ask, by id; none of one that is gone."""
    ids = {row.connection_id for row in rows}
    found = await session.execute(
        select(DatabaseConnection.id, DatabaseConnection.connection_name).where(DatabaseConnection.id.in_(ids))
    )
    return {row.id: row.connection_name for row in found}


async def owner_names(session: AsyncSession, rows: Sequence[Schedule]) -> dict[str, str]:
    """The names of their owners, by id."""
    found = await session.execute(select(User.id, User.full_name).where(User.id.in_({row.owner_id for row in rows})))
    return {row.id: row.full_name for row in found}


def view(
    row: Schedule, reader: str, locale: str, connections: Mapping[str, str], owners: Mapping[str, str]
) -> ScheduleView:
    """One as `reader`, a users id, sees it."""
    question = question_of(row)
    return ScheduleView(
        id=row.id,
        title=row.title,
        sql=question.text if is_sql(question.text) else "",
        connection=connections.get(row.connection_id, ""),
        owner=owners.get(row.owner_id, ""),
        is_mine=row.owner_id == reader,
        platform=question.place.platform,
        channel=question.place.channel,
        is_private=question.place.readers == "alone",
        when=print_when(when_of(row), locale),
        condition=print_condition(condition_of(row), locale),
        timezone=row.timezone,
        is_paused=row.next_at is None,
        paused_why=row.paused_why or "",
        next_at=row.next_at,
        last_at=row.last_at,
        last_outcome=cast("Outcome | None", row.last_outcome),
        last_problem=row.last_problem or "",
        missed_at=row.missed_at,
    )
