"""What is taken up again out of the inbox, and for how long."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import event, select, update

from core.ask.accept import accept
from core.ask.line import Line
from core.ids import message_id
from core.people.people import People
from core.storage import inbox
from core.storage.base import utc_now
from core.storage.own_tables import InboxItem
from core.storage.session import Store
from tests.houses import LEE, question
from tests.leases import end_in, left_of


@pytest.mark.parametrize(("age", "taken"), [(timedelta(hours=23), 1), (timedelta(hours=25), 0)])
async def test_a_reply_that_nobody_takes_is_tried_for_a_day(store: Store, age: timedelta, taken: int) -> None:
    asked, now = question("How many?"), utc_now()
    await accept(store, People(store), asked, worker="w", now=now - age, line=Line(1, 100))
    async with store.writing() as session:
        await session.execute(
            update(InboxItem)
            .where(InboxItem.id == message_id(asked))
            .values(state="answered", answered_at=now - age, lease_until=now - age)
        )
    async with store.writing() as session:
        items = await inbox.claim(session, "other", (LEE.platform,), now, most=10, posting=(LEE.platform,))
        assert len(items) == taken


async def _taken_up(store: Store, *, alone: bool = False) -> Sequence[InboxItem]:
    async with store.writing() as session:
        return await inbox.claim(session, "other", (LEE.platform,), utc_now(), most=10, alone=alone)


@pytest.mark.parametrize("wrong", [timedelta(hours=-3), timedelta(), timedelta(hours=3)])
async def test_a_lease_lasts_as_long_by_whatever_clock_it_is_given(store: Store, wrong: timedelta) -> None:
    """A process whose clock is behind loses no question to others; one whose clock is ahead keeps none from them."""
    await accept(store, People(store), question("How many?"), worker="w", now=utc_now() + wrong, line=Line(1, 100))
    assert await _taken_up(store) == []
    assert inbox.LEASE - timedelta(seconds=10) < await left_of(store, InboxItem) <= inbox.LEASE


@pytest.mark.parametrize(("seconds", "taken"), [(-1, 1), (10, 0), (3600, 1)])
async def test_a_lease_that_passed_or_cannot_be_is_nobodys(store: Store, seconds: int, taken: int) -> None:
    """One that is longer than any is of a time when the store's own clock was ahead."""
    await accept(store, People(store), question("How many?"), worker="w", now=utc_now(), line=Line(1, 100))
    await end_in(store, InboxItem, seconds)
    assert len(await _taken_up(store)) == taken


async def test_who_is_alone_takes_up_what_others_have_and_keeps_it(store: Store) -> None:
    await accept(store, People(store), question("How many?"), worker="w", now=utc_now(), line=Line(1, 100))
    (item,) = await _taken_up(store, alone=True)
    assert (item.claimed_by, item.attempts) == ("other", 1)
    assert await _taken_up(store) == []
    await end_in(store, InboxItem, -1)
    async with store.writing() as session:
        await inbox.renew(session, "other", [item.id])
    assert await _taken_up(store) == []


async def test_an_attempt_counts_when_its_turn_has_come_and_not_while_it_stands_in_line(store: Store) -> None:
    """What kills the worker is at its turn; whoever waits behind it is not to blame."""
    for name in ("deadly", "behind"):
        asked = question("How many?", thread=name, message=name)
        await accept(store, People(store), asked, worker="w", now=utc_now(), line=Line(9, 100))
    deadly, behind = (message_id(question("How many?", thread=name, message=name)) for name in ("deadly", "behind"))
    for attempt in (2, 3, 4):
        assert {item.id for item in await _taken_up(store, alone=True)} == {deadly, behind}
        async with store.writing() as session:
            assert await inbox.begin(session, "other", deadly) == attempt
    async with store.writing() as session:
        assert await inbox.begin(session, "another", deadly) is None, "it is another worker's"
        await inbox.release(session, "other", [deadly, behind], [deadly])
    async with store.reading() as session:
        rows = {row.id: row for row in await session.scalars(select(InboxItem))}
    assert [(rows[one].state, rows[one].attempts) for one in (deadly, behind)] == [("accepted", 3), ("accepted", 1)]


async def test_what_nobody_came_for_is_not_looked_through(sqlite_store: Store) -> None:
    """Answers that nobody ever fetched stay answered: the sweep of every five seconds goes by the lease."""
    asked: list[tuple[str, object]] = []

    def listen(_: object, __: object, statement: str, parameters: object, ___: object, ____: bool) -> None:
        if "FROM inbox" in statement:
            asked.append((statement, parameters))

    engine = sqlite_store._writers.engine.sync_engine
    event.listen(engine, "before_cursor_execute", listen)
    async with sqlite_store.writing() as session:
        await inbox.claim(session, "w", (LEE.platform,), utc_now(), most=10, posting=(LEE.platform,))
    event.remove(engine, "before_cursor_execute", listen)
    ((statement, parameters),) = asked
    with closing(sqlite3.connect(sqlite_store.path)) as file:
        plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {statement}", cast("tuple[str, ...]", parameters))]
    assert any("state=? AND lease_until>?" in step for step in plan), plan
    assert not any(step.startswith("SCAN inbox") for step in plan), plan
