"""What a scheduled question may be asked of at the moment it is asked: whose, where, of which database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.wiring import House
from core.ask.announce import tell_when_open
from core.ask.codec import reply_from_json
from core.ask.road import Asked
from core.chat import Actor, Choices, Question, Reply, Table
from core.connections.connection import NewConnection
from core.connections.connections import EVERYONE
from core.errors import NotAllowed, QuotaExceeded
from core.ids import place_id, reply_id
from core.scheduled import ScheduleChange
from core.storage.models import ChatMessage
from core.storage.own_tables import InboxItem, OutboxItem
from tests.houses import ADMINISTRATOR, LEE, add_sqlite, administrator, open_house, settings_for
from tests.upkeep.street import HERE, STOCK, Clock, Process, change, make_stock, running

PENS = (("pen", 120), ("ink", 90))


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    return make_stock(tmp_path / "stock.db")


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as house:
        yield house


@pytest.fixture
async def served(built: House) -> AsyncIterator[Process]:
    async with running(built, Clock()) as one:
        yield one


async def at_the_page(served: Process) -> Actor:
    """Lee, who writes in the chat, signed in at the page."""
    person = await served.road.people.meet(LEE)
    return Actor("web", "browser", person.id, "Lee", user=person.id)


async def become(built: House, served: Process, role: Literal["viewer", "admin"]) -> None:
    """Give Lee a role."""
    person = await served.road.people.meet(LEE)
    await built.service.people.set_role(ADMINISTRATOR, person.id, role)


def rows(reply: Reply) -> tuple[tuple[object, ...], ...]:
    """The rows of an answer."""
    (table,) = [part for part in reply.parts if isinstance(part, Table)]
    return table.rows


async def test_who_is_no_administrator_any_more_posts_nowhere_else(built: House, served: Process, stock: Path) -> None:
    await add_sqlite(built, stock, "stock")
    await become(built, served, "admin")
    lee = await at_the_page(served)
    made = await served.make(actor=lee)
    assert await served.next() == 1
    await become(built, served, "viewer")
    assert await served.next() == 0
    after = await served.view(made.id)
    assert (after.is_paused, after.paused_why) == (True, "people.not_administrator")
    await served.service.schedules.resume(lee, made.id)
    await served.service.schedules.change(lee, made.id, ScheduleChange("SELECT 'anything'"))
    assert await served.next() == 0
    assert len(served.posted) == 1


async def test_from_elsewhere_only_what_its_owner_could_ask_anywhere_is_asked(
    built: House, served: Process, stock: Path
) -> None:
    connection = await add_sqlite(built, stock, "stock")
    await become(built, served, "admin")
    made = await served.make(actor=await at_the_page(served))
    assert await served.next() == 1
    keeper = await administrator(built)
    await built.road.connections.give(keeper, connection, "place", place_id(HERE))
    await built.road.connections.take(keeper, connection, "everyone", EVERYONE)
    assert await served.next() == 0
    assert (await served.view(made.id)).paused_why == "people.connection_not_given"


async def test_what_a_channel_alone_may_ask_is_changed_and_run_from_its_chat_alone(
    built: House, served: Process, stock: Path
) -> None:
    """Whoever has left the channel must not read at the page what those in it read there."""
    change(stock, "CREATE TABLE salaries (who TEXT, pay INTEGER)", "INSERT INTO salaries VALUES ('Ann', 91000)")
    connection = await add_sqlite(built, stock, "hr", everyone=False)
    await built.road.connections.give(await administrator(built), connection, "place", place_id(HERE))
    made, desk, lee = await served.make(), served.service.schedules, await at_the_page(served)
    with pytest.raises(NotAllowed, match="connection_not_given"):
        await desk.change(lee, made.id, ScheduleChange("SELECT * FROM salaries", None, "no rows"))
    with pytest.raises(NotAllowed, match="connection_not_given"):
        await desk.run(lee, made.id)
    assert (await served.view(made.id)).title == STOCK
    assert (await desk.pause(lee, made.id)).is_paused
    assert not (await desk.resume(lee, made.id)).is_paused
    await desk.run(ADMINISTRATOR, made.id)
    assert await served.tick(seconds=5) == 1
    assert (await desk.change(LEE, made.id, ScheduleChange("SELECT item FROM stock"))).sql == "SELECT item FROM stock"
    assert await served.next() == 1


async def test_the_database_is_that_which_it_was_made_of_whatever_others_are_called(
    built: House, served: Process, tmp_path: Path, stock: Path
) -> None:
    await add_sqlite(built, stock, "sales")
    await served.make()
    accepted = await served.service.accept(Question(LEE, HERE, "m1", STOCK, served.clock()))
    await served.settle()
    await served.service.schedules.from_answer(LEE, accepted.question_id, HERE, "every weekday at 9")
    other = make_stock(tmp_path / "other.db")
    change(other, "UPDATE stock SET pieces = 7777")
    lee = await served.road.people.meet(LEE)
    new = NewConnection("sales", "sqlite", str(other), 0, "", "", "sales")
    own = await built.road.connections.add(lee, new, local=True)
    await built.road.connections.give(await administrator(built), own, "everyone", EVERYONE)
    served.posted.clear()
    assert await served.next() == 2
    assert [rows(reply) for _, reply in served.posted] == [PENS, PENS]


async def test_what_is_chosen_by_hand_is_no_run_of_the_schedule(built: House, served: Process, stock: Path) -> None:
    change(stock, "CREATE TABLE deliveries (item TEXT, pieces INTEGER)", "INSERT INTO deliveries VALUES ('pen', 1)")
    await add_sqlite(built, stock, "stock")
    made = await served.make("total pieces")
    assert await served.next() == 1
    before = await served.view(made.id)
    question_id, choices = await asked_back(built)
    served.clock.go(minutes=5)
    question = await served.service.chosen(question_id, LEE, choices.options[0].value)
    posted = len(served.posted)
    await served.service.accept(replace(question, message="chosen", asked_at=served.clock()))
    await served.settle()
    assert len(served.posted) == posted + 1, "it is answered, as any question is"
    assert await served.view(made.id) == before


async def asked_back(built: House) -> tuple[str, Choices]:
    """The question that was asked back about, and what may be chosen."""
    async with built.store.reading() as session:
        (question_id,) = await session.scalars(select(InboxItem.id))
        stored = await session.scalar(select(ChatMessage.query_result).where(ChatMessage.id == reply_id(question_id)))
    (choices,) = [part for part in reply_from_json(stored).parts if isinstance(part, Choices)]
    return question_id, choices


async def test_nobody_is_told_under_an_account_of_another_platform(built: House, served: Process, stock: Path) -> None:
    """A limit that stops what was scheduled from the page is shown in its list, and not written to nobody."""
    lee = await at_the_page(served)
    question = Question(lee, HERE, "m", STOCK, served.clock(), schedule="s")
    asked = Asked("q", "t", await served.road.people.meet(LEE), question)
    error = QuotaExceeded("quota.hour", needed=5)
    async with built.store.writing() as session:
        platforms, now = served.road.announcing, served.clock()
        await tell_when_open(session, asked, error, platforms, zone=ZoneInfo("UTC"), now=now)
        assert (await session.scalars(select(OutboxItem))).all() == []
        in_chat = replace(asked, question=replace(question, actor=LEE))
        await tell_when_open(session, in_chat, error, platforms, zone=ZoneInfo("UTC"), now=now)
        assert len((await session.scalars(select(OutboxItem))).all()) == 1


async def test_a_door_that_can_post_it_nowhere_has_it_paused_and_told(
    built: House, served: Process, stock: Path
) -> None:
    await add_sqlite(built, stock, "stock")
    await become(built, served, "admin")
    made = await served.make(actor=await at_the_page(served))
    await served.next()
    ((question, _),) = served.posted
    assert question.is_from_elsewhere
    await served.service.schedules.not_posted(question, "people.outsiders_read")
    after = await served.view(made.id)
    assert (after.is_paused, after.paused_why, after.last_outcome) == (True, "people.outsiders_read", "refused")
