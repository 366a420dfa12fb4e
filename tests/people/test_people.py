"""From an account to a person."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.chat import Actor
from core.ids import account_of
from core.people.people import People
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.models import AuditLog, ChatSession, DatabaseConnection, User
from core.storage.own_tables import UserIdentity
from core.storage.session import Store

KIM = Actor("slack", "T1", "U1", "Kim", email="Kim@Example.com", locale="ko-KR", timezone="Asia/Seoul")


async def know(people: People, actor: Actor) -> Person:
    async with people.store.writing() as session:
        return await people.know(session, actor)


async def test_the_first_administrators_are_named_by_setting(store: Store) -> None:
    people = People(store, frozenset({"kim@example.com", "teams:X:9"}))
    assert (await know(people, KIM)).role == "admin"
    assert (await know(people, Actor("teams", "X", "9", "Lee"))).role == "admin"
    assert (await know(people, Actor("teams", "X", "8", "Choi"))).role == "viewer"


async def test_only_the_doors_of_this_machine_are_its_owner(store: Store) -> None:
    people = People(store)
    here = await know(people, Actor("terminal", "local", "root", "root"))
    page = await know(people, Actor("web", "local", "owner", "Owner"))
    stranger = await know(people, Actor("slack", "local", "U1", "Mallory", email="owner@local.invalid", kind="guest"))
    assert (here.role, page.id) == ("admin", here.id)
    assert (stranger.role, stranger.id == here.id) == ("viewer", False)


async def test_an_address_is_believed_of_full_members_only(store: Store) -> None:
    people = People(store)
    kim = await know(people, KIM)
    same = await know(people, Actor("teams", "X", "7", "Kim", email="kim@example.com"))
    guest = await know(people, replace(KIM, id="U2", kind="guest"))
    assert same.id == kim.id
    assert guest.id != kim.id


async def test_a_person_is_found_again_and_nothing_is_made_by_looking(store: Store) -> None:
    people = People(store)
    assert await people.find(KIM) is None
    kim = await know(people, KIM)
    assert await people.find(KIM) == kim == await know(people, KIM)


async def test_an_address_of_ours_is_nobodys_whoever_vouches_for_it(store: Store) -> None:
    people = People(store)
    owner = await know(people, Actor("terminal", "local", "root", "root"))
    mallory = await know(people, replace(KIM, id="U6", email="owner@local.invalid"))
    other = await know(people, replace(KIM, id="U7", email=f"{mallory.account}@slack.invalid"))
    long = await know(people, replace(KIM, id="U8", email="a@" + "b" * 300 + ".com"))
    assert len({owner.id, mallory.id, other.id, long.id}) == 4
    assert mallory.role == "viewer"


async def later(people: People, actor: Actor) -> Person:
    """The same account, some time after it was seen last."""
    async with people.store.writing() as session:
        await session.execute(
            update(UserIdentity)
            .where(UserIdentity.id == account_of(actor))
            .values(last_seen=utc_now() - timedelta(hours=1))
        )
    return await know(people, actor)


UNVOUCHED = replace(KIM, email=None)


async def test_who_is_vouched_for_later_gets_the_address_and_keeps_their_own(store: Store) -> None:
    people = People(store, frozenset({"KIM@example.com"}))
    before = await know(people, UNVOUCHED)
    after = await later(people, KIM)
    assert (after.id, before.role, after.role) == (before.id, "viewer", "admin")
    assert (await know(people, replace(KIM, platform="teams", id="7"))).id == before.id


async def test_an_account_with_nothing_of_its_own_joins_the_person_of_the_address(store: Store) -> None:
    people = People(store)
    guest = await know(people, replace(UNVOUCHED, id="U5", kind="guest"))
    kim = await know(people, KIM)
    assert (await later(people, replace(UNVOUCHED, id="U5", kind="guest"))).id == guest.id
    joined = await later(people, replace(KIM, id="U5"))
    assert joined.id == kim.id
    async with store.reading() as session:
        left = await session.get_one(User, guest.id)
        line = (await session.scalars(select(AuditLog).where(AuditLog.action == "people.joined"))).one()
    assert (left.is_active, line.resource_id, line.old_values) == (False, kim.id, {"user": guest.id})


@pytest.mark.parametrize("reason", ["deactivated", "administrator", "tokens", "a connection", "a thread"])
async def test_what_would_carry_something_along_or_leave_it_behind_is_not_joined(
    sqlite_store: Store, reason: str
) -> None:
    people = People(sqlite_store)
    own = await know(people, replace(UNVOUCHED, id="U5"))
    kim = await know(people, KIM)
    async with sqlite_store.writing() as session:
        match reason:
            case "deactivated":
                await session.execute(update(User).where(User.id == own.id).values(is_active=False))
            case "administrator":
                await session.execute(update(User).where(User.id == own.id).values(role="admin"))
            case "tokens":
                await session.execute(update(User).where(User.id == own.id).values(token_usage=1))
            case "a connection":
                session.add(
                    DatabaseConnection(
                        user_id=own.id, connection_name="c", db_host="h", db_port=1, db_user="u", db_name="d"
                    )
                )
            case _:
                session.add(ChatSession(user_id=own.id))
    assert (await later(people, replace(KIM, id="U5"))).id == own.id != kim.id


async def test_the_setting_makes_an_administrator_of_who_was_there_before_once(store: Store) -> None:
    kim, choi = await know(People(store), KIM), await know(People(store), replace(KIM, id="29:1:x", email=None))
    named = People(store, frozenset({"kim@example.com", "slack:T1:29:1:x", "nobody@example.com", "slack:T1"}))
    assert await named.appoint() == 2
    assert [(await know(named, KIM)).role, (await know(named, replace(KIM, id="29:1:x", email=None))).role] == [
        "admin", "admin",
    ]  # fmt: skip
    async with store.writing() as session:
        await session.execute(update(User).where(User.id == kim.id).values(role="viewer"))
    assert await named.appoint() == 0
    assert (await know(named, replace(KIM, platform="teams"))).role == "viewer"
    async with store.reading() as session:
        lines = (await session.scalars(select(AuditLog).where(AuditLog.action == "people.role"))).all()
    assert {(one.resource_id, one.user_id) for one in lines} == {(kim.id, None), (choi.id, None)}


async def test_two_processes_appoint_once(store: Store) -> None:
    await know(People(store), KIM)
    named = People(store, frozenset({"kim@example.com"}))
    assert sum(await asyncio.gather(*(named.appoint() for _ in range(4)))) == 1
