"""A whole house for tests: real settings, real store, the demo shop as the asked database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.wiring import House, house
from core.ask.announce import Announcer
from core.ask.service import Deliver
from core.chat import Actor, Chart, Facts, Notice, Place, Question, Reply, Sql, Step, Table, Text
from core.connections.connection import Connection, NewConnection
from core.connections.connections import EVERYONE
from core.demo.shop import build
from core.people.person import Person

ADMINISTRATOR = Actor("terminal", "local", "owner", "Owner", locale="en", timezone="UTC")
KIM = Actor("memory", "T1", "U1", "Kim", email="kim@example.com", locale="ko", timezone="Asia/Seoul")
LEE = Actor("memory", "T1", "U2", "Lee", email="lee@example.com", locale="en", timezone="UTC")
TODAY = date(2026, 6, 30)

_numbers = count(1)


def settings_for(directory: Path, store_url: str = "sqlite:///app_data.db", **changes: Any) -> Settings:
    """Settings that read nothing from the environment or a file."""
    given = {name: field.default for name, field in Settings.model_fields.items()}
    return Settings.model_construct(**{**given, "data_dir": directory, "database_url": store_url, **changes})


@asynccontextmanager
async def open_house(
    settings: Settings,
    doors: dict[str, Deliver | None] | None = None,
    announcers: dict[str, Announcer] | None = None,
) -> AsyncIterator[House]:
    """A house whose only door is the tests' own."""
    async with house(settings, {"memory": None} if doors is None else doors, announcers) as built:
        yield built


def make_shop(path: Path) -> Path:
    """The demo shop as of a fixed day."""
    build(path, TODAY)
    return path


async def administrator(built: House) -> Person:
    """The person who owns what a test adds."""
    async with built.store.writing() as session:
        return await built.road.people.know(session, ADMINISTRATOR)


async def add_sqlite(built: House, path: Path, name: str = "shop", *, everyone: bool = True) -> Connection:
    """A SQLite database as a connection, everybody's default."""
    person = await administrator(built)
    added = await built.road.connections.add(person, NewConnection(name, "sqlite", str(path), 0, "", "", name))
    if everyone:
        await built.road.connections.give(person, added, "everyone", EVERYONE, default=True)
    return added


def question(
    text: str,
    actor: Actor = LEE,
    *,
    thread: str = "t1",
    message: str | None = None,
    connection: str | None = None,
    readers: Any = "alone",
) -> Question:
    """A question as a door would make it."""
    place = Place(actor.platform, actor.workspace, "C1", thread, readers)
    return Question(actor, place, message or f"m{next(_numbers)}", text, datetime.now(UTC), connection)


async def ask(built: House, text: str, actor: Actor = LEE, **where: Any) -> tuple[list[Step], Reply]:
    """Ask and wait: the steps and the reply."""
    accepted = await built.service.accept(question(text, actor, **where))
    return await wait_for(built, accepted.question_id, actor)


async def wait_for(built: House, question_id: str, actor: Actor = LEE) -> tuple[list[Step], Reply]:
    """Follow a question to its end."""
    steps: list[Step] = []
    async for item in built.service.follow(question_id, actor):
        if isinstance(item, Reply):
            return steps, item
        steps.append(item)
    raise AssertionError("a question that is followed ends in a reply")


class Parts:
    """The parts of a reply by their kind."""

    def __init__(self, reply: Reply) -> None:
        kinds = {type(part): part for part in reply.parts}
        self.text: Any = kinds.get(Text)
        self.table: Any = kinds.get(Table)
        self.chart: Any = kinds.get(Chart)
        self.sql: Any = kinds.get(Sql)
        self.notice: Any = kinds.get(Notice)
        facts = kinds.get(Facts)
        self.facts: dict[str, str] = {fact.key: fact.value for fact in facts.items} if isinstance(facts, Facts) else {}


def in_korean(actor: Actor) -> Actor:
    """The same person, speaking Korean."""
    return replace(actor, locale="ko")
