"""From an account to a person."""

from dataclasses import replace

from core.chat import Actor
from core.people.people import People
from core.people.person import Person
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
