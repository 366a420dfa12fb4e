"""What is said once: put once, claimed by one, tried again, kept for a while."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.chat import Place
from core.storage import outbox
from core.storage.models import User
from core.storage.own_tables import OutboxItem
from core.storage.session import Store
from tests.leases import end_in, left_of

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
PLACE = Place("slack", "T0HOME", "C0GENERAL", "", "team")


async def put(store: Store, item_id: str = "n1", *, due: datetime = NOW, **values: object) -> bool:
    async with store.writing() as session:
        given: dict[str, object] = {"place": PLACE, "content": {"kind": "trial"}, "due_at": due, "now": NOW, **values}
        return await outbox.put(session, item_id=item_id, **given)  # type: ignore[arg-type]


async def claim(
    store: Store, now: datetime = NOW, *, most: int = 10, platforms: tuple[str, ...] = ("slack",)
) -> list[OutboxItem]:
    async with store.writing() as session:
        return list(await outbox.claim(session, platforms, now, most=most))


async def state(store: Store, item_id: str = "n1") -> tuple[str, int]:
    async with store.reading() as session:
        item = (await session.scalars(select(OutboxItem).where(OutboxItem.id == item_id))).one()
        return item.state, item.attempts


async def test_it_is_put_once_and_comes_back_as_it_was(store: Store) -> None:
    assert await put(store, content={"kind": "unusual", "name": "김하나"})
    assert not await put(store, content={"kind": "other"})
    (item,) = await claim(store)
    assert (outbox.place_of(item), item.content) == (PLACE, {"kind": "unusual", "name": "김하나"})
    async with store.reading() as session:
        assert await outbox.known(session, ["n1", "n2"]) == {"n1"}


async def test_what_is_due_is_claimed_the_longest_waiting_first(store: Store) -> None:
    await put(store, "later", due=NOW + timedelta(seconds=1))
    await put(store, "second", due=NOW)
    await put(store, "first", due=NOW - timedelta(days=3))
    await put(store, "elsewhere", place=Place("teams", "", "c", ""))
    assert [item.id for item in await claim(store, most=1)] == ["first"]
    assert [item.id for item in await claim(store)] == ["second"]
    assert [item.id for item in await claim(store)] == []


async def test_a_lease_that_has_passed_is_taken_up_and_its_first_holder_changes_nothing(store: Store) -> None:
    await put(store)
    (slow,) = await claim(store)
    assert await claim(store, NOW + timedelta(days=9)) == [], "a process whose clock is ahead takes nothing early"
    assert outbox.LEASE - timedelta(seconds=10) < await left_of(store, OutboxItem) <= outbox.LEASE
    await end_in(store, OutboxItem, -1)
    (fast,) = await claim(store)
    assert fast.attempts == 2
    async with store.writing() as session:
        assert not await outbox.failed(session, slow)
        assert not await outbox.sent(session, slow, NOW)
        assert await outbox.sent(session, fast, NOW)
        assert not await outbox.drop(session, fast)
    assert await state(store) == ("sent", 2)
    assert await claim(store, NOW + timedelta(days=9)) == []


async def test_a_lease_that_cannot_be_is_nobodys(store: Store) -> None:
    """One that is longer than any is of a time when the store's own clock was ahead."""
    await put(store)
    await claim(store)
    await end_in(store, OutboxItem, 3_700)
    assert len(await claim(store)) == 1


async def test_pauses_grow_up_to_an_hour(store: Store) -> None:
    await put(store)
    pauses = []
    for _ in range(10):
        (item,) = await claim(store)
        async with store.writing() as session:
            assert await outbox.failed(session, item)
        assert await claim(store) == []
        pauses.append(round((await left_of(store, OutboxItem)).total_seconds() / 30) * 30)
        await end_in(store, OutboxItem, -1)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


async def test_what_is_postponed_begins_anew_and_what_is_forgotten_may_be_put_again(store: Store) -> None:
    await put(store)
    (item,) = await claim(store)
    async with store.writing() as session:
        assert await outbox.postpone(session, item, NOW + timedelta(hours=1))
    assert await claim(store) == []
    (item,) = await claim(store, NOW + timedelta(hours=1))
    assert item.attempts == 1
    async with store.writing() as session:
        await outbox.forget(session, item)
    assert await put(store)


async def test_dropped_is_never_said_and_never_put_again(store: Store) -> None:
    await put(store)
    (item,) = await claim(store)
    async with store.writing() as session:
        assert await outbox.drop(session, item)
    assert not await put(store)
    assert await claim(store, NOW + timedelta(days=1)) == []


async def test_what_waits_for_its_time_can_be_hastened_for_one_or_for_all(store: Store) -> None:
    async with store.writing() as session:
        session.add_all(
            User(id=one, email=f"{one}@example.com", password_hash="!", full_name=one) for one in ("kim", "lee")
        )
    later = NOW + timedelta(days=1)
    await put(store, "kim", due=later, user_id="kim")
    await put(store, "lee", due=later, user_id="lee")
    await put(store, "alert", due=later)
    async with store.writing() as session:
        assert await outbox.hasten(session, NOW, "kim") == 1
    assert [item.id for item in await claim(store)] == ["kim"]
    async with store.writing() as session:
        assert await outbox.hasten(session, NOW) == 1
    assert [item.id for item in await claim(store)] == ["lee"]


async def test_old_rows_go_whatever_became_of_them(store: Store) -> None:
    await put(store, "old", due=NOW - timedelta(days=40))
    await put(store, "new", due=NOW)
    await put(store, "far", due=NOW + timedelta(days=29))
    async with store.writing() as session:
        assert await outbox.purge(session, NOW - timedelta(days=30)) == 1
        assert await outbox.known(session, ["old", "new", "far"]) == {"new", "far"}


@pytest.mark.parametrize("senders", [4])
async def test_of_many_senders_each_row_has_one(store_url: str, senders: int) -> None:
    """Several stores, as several processes have them: what one holds, the others pass over."""
    from core.storage.migrate import upgrade

    stores = [Store.open(store_url) for _ in range(senders)]
    try:
        await upgrade(stores[0])
        for number in range(40):
            await put(stores[0], f"n{number}")

        async def work(store: Store) -> list[str]:
            mine: list[str] = []
            while items := await claim(store, most=3):
                mine += [item.id for item in items]
                async with store.writing() as session:
                    for item in items:
                        assert await outbox.sent(session, item, NOW)
            return mine

        claimed = await asyncio.gather(*map(work, stores))
    finally:
        for store in stores:
            await store.close()
    assert sorted(one for mine in claimed for one in mine) == sorted(f"n{number}" for number in range(40))
