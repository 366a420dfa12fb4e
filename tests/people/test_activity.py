"""Stretches of activity: opened by questions and requests, over after half an hour, and counted once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.access import NewKey
from core.audit.origin import Origin, acting_from
from core.people.activity import IDLE, keep_open
from core.people.people import People
from core.people.tally import Tally
from core.storage.base import utc_now
from core.storage.models import RefreshToken, UserSession
from core.storage.own_tables import IdempotencyKey, SignInAttempt
from core.storage.session import Store
from core.upkeep.retention import delete_refresh_tokens, delete_user_sessions
from core.upkeep.sessions import close_sessions
from tests.houses import LEE, ask, question
from tests.people.desks import CHROME, KIM, PASSWORD, Desk

NOW = datetime(2026, 6, 30, 11, 59, 59, tzinfo=UTC)
HERE = Origin("192.0.2.1", CHROME)


async def rows(store: Store) -> list[UserSession]:
    async with store.reading() as session:
        return list((await session.scalars(select(UserSession).order_by(UserSession.session_start))).all())


async def keep(store: Store, user: str, at: datetime, here: Origin = HERE, **more: Any) -> None:
    async with store.writing() as session:
        await keep_open(session, user, here, at, **more)


async def kim(store: Store) -> str:
    return (await People(store).meet(KIM)).id


async def test_a_stretch_goes_on_while_somebody_is_there_and_ends_with_their_last_activity(store: Store) -> None:
    user = await kim(store)
    for minutes in (0, 10, 39, 68):
        await keep(store, user, NOW + timedelta(minutes=minutes), questions=1)
    await keep(store, user, NOW + timedelta(minutes=60))  # an earlier one that was written later
    assert await close_sessions(store, NOW + timedelta(minutes=97)) == 0
    assert await close_sessions(store, NOW + timedelta(minutes=98)) == 1
    await keep(store, user, NOW + timedelta(minutes=98), questions=1)
    first, second = await rows(store)
    assert (first.session_start, first.session_end) == (NOW, NOW + timedelta(minutes=68))
    assert (first.queries_count, first.is_active, first.ip_address, first.user_agent) == (4, False, *_told(HERE))
    assert (second.session_start, second.queries_count, second.is_active) == (NOW + timedelta(minutes=98), 1, True)


def _told(here: Origin) -> tuple[str | None, str | None]:
    return here.ip, here.agent


async def test_each_address_is_a_stretch_of_its_own_and_none_is_an_address(store: Store) -> None:
    user = await kim(store)
    for here in (HERE, Origin("2001:db8::1", None), Origin(), HERE, Origin(), Origin("192.0.2.1", "another program")):
        await keep(store, user, NOW, here, questions=1)
    assert sorted((row.ip_address or "", row.queries_count) for row in await rows(store)) == [
        ("", 2), ("192.0.2.1", 3), ("2001:db8::1", 1),
    ]  # fmt: skip


async def test_many_at_once_open_one_stretch_and_lose_no_question(store: Store) -> None:
    user = await kim(store)
    await asyncio.gather(*(keep(store, user, NOW + timedelta(seconds=at * 0), questions=1) for at in range(12)))
    assert [row.queries_count for row in await rows(store)] == [12]


async def test_nobody_is_there_without_an_end(store: Store) -> None:
    user = await kim(store)
    for at in range(0, 24 * 60, 20):
        await keep(store, user, NOW + timedelta(minutes=at), questions=1)
    found = await rows(store)
    assert [row.queries_count for row in found] == [36, 36]
    assert timedelta(minutes=30) == IDLE


async def test_a_question_counts_once_however_often_it_comes(desk: Desk) -> None:
    asked = question("SELECT 1", LEE, message="m-once")
    with acting_from("192.0.2.1", CHROME):
        for _ in range(3):
            await desk.house.service.accept(asked)
        await ask(desk.house, "SELECT 2", LEE)
    (row,) = await rows(desk.house.store)
    assert (row.queries_count, row.ip_address, row.user_agent, row.is_active) == (2, "192.0.2.1", CHROME, True)


async def test_requests_of_the_page_and_of_keys_are_activity(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    mine = await each_desk.come_in()
    made = await each_desk.people.make_key(await each_desk.actor(mine.access), NewKey("k", (("ask", None),)))
    began = each_desk.now
    for _ in range(3):
        each_desk.later(seconds=20)
        with acting_from("192.0.2.1", CHROME):
            await each_desk.people.signed_in(mine.access)
        with acting_from("198.51.100.1", "python"):
            await each_desk.people.actor_of_key(made.key)
    assert not await rows(each_desk.house.store)
    await each_desk.people.tally.write()
    page, key, *_ = sorted(await rows(each_desk.house.store), key=lambda row: row.ip_address or "z")
    assert (page.session_start, page.session_end, page.queries_count) == (began, each_desk.now, 0)
    assert (key.ip_address, key.user_agent) == ("198.51.100.1", "python")
    await each_desk.people.seen(KIM)


async def test_what_was_counted_is_written_by_itself_and_at_the_end(sqlite_store: Store) -> None:
    user = await kim(sqlite_store)
    tally = Tally(sqlite_store, utc_now, every=0.05)
    tally.seen(user)
    async with asyncio.timeout(5):
        while not await rows(sqlite_store):
            await asyncio.sleep(0.02)
    with acting_from("192.0.2.9", None):
        tally.seen(user)
    await tally.close()
    assert len(await rows(sqlite_store)) == 2


async def test_what_could_not_be_written_is_still_counted(sqlite_store: Store) -> None:
    user = await kim(sqlite_store)
    away = Store.open("postgresql://nobody@127.0.0.1:9/nothing")
    tally = Tally(away, utc_now, every=0.01)
    tally.seen(user)
    await asyncio.sleep(0.2)
    tally.store = sqlite_store
    await tally.close()
    assert len(await rows(sqlite_store)) == 1
    await away.close()


async def test_what_is_worthless_goes(each_desk: Desk) -> None:
    store, user = each_desk.house.store, await each_desk.person(password=PASSWORD)
    now = each_desk.now
    ended, fresh = await each_desk.come_in(), await each_desk.come_in()
    old = now - timedelta(days=1, minutes=1)
    async with store.writing() as session:
        for at, name in ((old, "old"), (now, "new")):
            session.add(SignInAttempt(id=name, failures=1, last_at=at))
            session.add(IdempotencyKey(id=name, user_id=user, request_hash="x", created_at=at))
        session.add(
            UserSession(user_id=user, session_start=now - timedelta(days=9), session_end=now - timedelta(days=8))
        )
        (await session.get_one(RefreshToken, ended.device)).expires_at = old
    assert await close_sessions(store, now) == 0
    assert await delete_refresh_tokens(store, now) == 3
    assert await delete_refresh_tokens(store, now) == 0
    assert await delete_user_sessions(store, now) == 2  # marked as ended, and gone
    assert await delete_user_sessions(store, now) == 0
    async with store.reading() as session:
        left = [list((await session.scalars(select(of.id))).all()) for of in (IdempotencyKey, RefreshToken)]
        attempts = set((await session.scalars(select(SignInAttempt.id))).all())
    assert left == [["new"], [fresh.device]]
    assert "old" not in attempts and "new" in attempts
