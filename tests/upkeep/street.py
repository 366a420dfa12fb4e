"""A serving process for scheduled questions: its own clock, a door that records, a database to change."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.wiring import House
from core.ask.road import Road
from core.ask.service import Service
from core.chat import Actor, Place, Question, Reply
from core.scheduled import ScheduleView
from core.storage.models import AuditLog
from core.storage.own_tables import OutboxItem, Schedule
from core.upkeep.schedules import run_schedules
from tests.houses import ADMINISTRATOR, LEE

MONDAY = datetime(2026, 6, 29, 8, 30, tzinfo=UTC)
STOCK = "SELECT item, pieces FROM stock"
HERE = Place("memory", "T1", "C1", "", "team")


class Clock:
    """The time of a process; it goes on when it is told to."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Process:
    """One process. `posted`: what its door was given; while `closed`, the door takes nothing."""

    road: Road
    clock: Clock
    service: Service = field(init=False)
    posted: list[tuple[Question, Reply]] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self.service = Service(self.road, {"memory": self._door, "web": None}, concurrency=4)

    async def _door(self, question: Question, reply: Reply) -> None:
        if self.closed:
            raise ConnectionError("the platform is away")
        self.posted.append((question, reply))

    async def tick(self, **by: float) -> int:
        """Some time later the job runs, and what it asked is answered."""
        self.clock.go(**by)
        asked = await run_schedules(self.road, self.service)
        await self.settle()
        return asked

    async def next(self) -> int:
        """The same at the moment that the next schedule is due."""
        async with self.road.store.reading() as session:
            due = await session.scalar(
                select(Schedule.next_at).where(Schedule.next_at.is_not(None)).order_by(Schedule.next_at).limit(1)
            )
        assert due is not None, "one of them runs"
        self.clock.now = due
        return await self.tick()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        async with asyncio.timeout(20):
            while tasks := [live.task for live in self.service._live.values() if live.task is not None]:
                await asyncio.wait(tasks)

    async def make(
        self, text: str = STOCK, when: str = "every weekday at 9", condition: str = "", actor: Actor = LEE,
        place: Place = HERE,
    ) -> ScheduleView:  # fmt: skip
        question = Question(actor, place, "m", text, self.clock())
        return await self.service.schedules.make(question, when, condition)

    async def view(self, schedule_id: str) -> ScheduleView:
        return await self.service.schedules.one(ADMINISTRATOR, schedule_id)


def process(built: House, clock: Clock, **changes: Any) -> Process:
    """A process over the store of a house."""
    road = replace(built.road, clock=clock, announcing={"memory": re.compile("[CU][0-9]+")}, **changes)
    return Process(road, clock)


@asynccontextmanager
async def running(built: House, clock: Clock, **changes: Any) -> AsyncIterator[Process]:
    """The same, ended in an orderly way."""
    one = process(built, clock, **changes)
    try:
        yield one
    finally:
        await one.service.close()


def make_stock(path: Path) -> Path:
    """A database with one table."""
    change(path, "CREATE TABLE stock (item TEXT, pieces INTEGER)", "INSERT INTO stock VALUES ('pen', 120), ('ink', 90)")
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


async def told(built: House) -> list[tuple[str, str, str | None]]:
    """What waits in the outbox: where, what kind, for whom."""
    async with built.store.reading() as session:
        items = (await session.scalars(select(OutboxItem).order_by(OutboxItem.created_at))).all()
    found: list[Any] = [(item.place, item.content, item.user_id) for item in items]
    return [(place["channel"], content["why"], user) for place, content, user in found]


async def audited(built: House, action: str) -> list[tuple[str | None, Any]]:
    """The lines of the audit of an action: why it was not done, and what is said of it."""
    async with built.store.reading() as session:
        found = select(AuditLog.error_message, AuditLog.new_values).where(AuditLog.action == action)
        return [(row[0], row[1]) for row in await session.execute(found.order_by(AuditLog.timestamp))]
