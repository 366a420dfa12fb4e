"""People as administrators see and change them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.access import NewPerson
from core.chat import Actor
from core.errors import BadEdit, NotAllowed, NotSignedIn
from core.people.service_account import CATALOG, service_account
from tests.houses import ADMINISTRATOR
from tests.people.desks import EMAIL, KIM, PASSWORD, Desk

OTHER = "lee@example.com"


async def signed_in(desk: Desk, email: str) -> Actor:
    return await desk.actor((await desk.come_in(email)).access)


async def code_of(work: Any) -> str:
    with pytest.raises((BadEdit, NotAllowed)) as refusal:
        await work
    return refusal.value.code


async def test_people_are_listed_newest_first_page_by_page(each_desk: Desk) -> None:
    ids = []
    for at in range(7):
        each_desk.later(seconds=at % 2)  # some at the same moment
        ids.append(await each_desk.person(f"p{at}@example.com"))
    async with each_desk.house.store.writing() as session:
        await service_account(session, CATALOG)
    seen: list[Any] = []
    after = None
    while True:
        page = await each_desk.people.all(ADMINISTRATOR, after=after, most=3)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert {one.id for one in seen} >= set(ids) and len(seen) == 8
    moments = [(one.created_at, one.id) for one in seen if one.id in ids]
    assert moments == sorted(moments, reverse=True)
    assert {one.email for one in seen if one.id not in ids} == {None}
    for wrong in ("nonsense", "", "é", "MjAyNg==", "OTk5OS0xMi0zMVQyMzo1OTo1OS0yMzo1OSB4"):
        assert await code_of(each_desk.people.all(ADMINISTRATOR, after=wrong)) == "people.bad_page"


async def test_people_are_found_by_name_and_address_and_not_by_what_is_made_up(each_desk: Desk) -> None:
    await each_desk.house.road.people.meet(Actor("slack", "T1", "U9", "100% Park_"))
    await each_desk.house.road.people.meet(replace(KIM, name="김민수"))
    for search, found in (
        ("민수", 1), ("KIM@EXAMPLE", 1), ("100%", 1), ("%", 1), ("_", 1), ("invalid", 0), ("nobody", 0), ("\0", 3),
        ("\\", 0), ("'; --", 0), ("", 3),
    ):  # fmt: skip
        assert len((await each_desk.people.all(ADMINISTRATOR, search=search)).items) == found, search


async def test_one_person_shows_their_accounts(each_desk: Desk) -> None:
    person = await each_desk.house.road.people.meet(KIM)
    teams = replace(KIM, platform="teams", workspace="X", id="29:1", name="Kim M.")
    await each_desk.house.road.people.meet(teams)
    line = await each_desk.people.one(ADMINISTRATOR, person.id)
    assert (line.email, line.role, line.is_active, line.has_password) == (EMAIL, "viewer", True, False)
    assert {(one.platform, one.account, one.name) for one in line.accounts} == {
        ("slack", "U1", "Kim"), ("teams", "29:1", "Kim M."),
    }  # fmt: skip
    assert line.last_seen is not None
    assert (await each_desk.people.one(KIM, person.id)).id == person.id
    stranger = replace(KIM, id="U2", email=OTHER)
    assert await code_of(each_desk.people.one(stranger, person.id)) == "people.not_administrator"
    for unknown in ("nothing", "x\0", "é", "x" * 99):
        assert await code_of(each_desk.people.one(ADMINISTRATOR, unknown)) == "people.unknown"
    guest = await each_desk.house.road.people.meet(Actor("slack", "T1", "U3", "Guest", kind="guest"))
    assert (await each_desk.people.one(ADMINISTRATOR, guest.id)).email is None


async def test_somebody_added_comes_in_by_link_or_from_the_chat(each_desk: Desk) -> None:
    added = await each_desk.people.add(ADMINISTRATOR, NewPerson(" Kim@Example.com", " Kim  Minsu ", "admin"))
    assert (added.email, added.name, added.role, added.last_seen) == (EMAIL, "Kim Minsu", "admin", None)
    link = await each_desk.people.invite(ADMINISTRATOR, added.id)
    came = await each_desk.people.enter(link.token)
    assert (came.user, came.role) == (added.id, "admin")
    assert (await each_desk.house.road.people.meet(KIM)).id == added.id
    for new, code in (
        (NewPerson("KIM@example.com", "Kim"), "people.exists"),
        (NewPerson("owner@local.invalid", "Mallory"), "people.bad_email"),
        (NewPerson("kim", "Kim"), "people.bad_email"),
        (NewPerson("a b@example.com", "Kim"), "people.bad_email"),
        (NewPerson("a\0@example.com", "Kim"), "people.bad_email"),
        (NewPerson("a@" + "b" * 300 + ".com", "Kim"), "people.bad_email"),
        (NewPerson("new@example.com", "  "), "people.no_name"),
        (NewPerson("new@example.com", "n" * 101), "people.no_name"),
    ):
        assert await code_of(each_desk.people.add(ADMINISTRATOR, new)) == code
    line = (await each_desk.audit("people.added"))[0]
    assert line.new_values == {"email": EMAIL, "name": "Kim Minsu", "role": "admin"}


async def test_nobody_gets_a_link_for_somebody_who_came_in_before_but_at_the_machine(desk: Desk) -> None:
    await desk.person(OTHER, "admin", PASSWORD)
    administrator = await signed_in(desk, OTHER)
    fresh = await desk.person()
    assert (await desk.people.invite(administrator, fresh)).token
    await desk.house.road.people.meet(KIM)
    assert await code_of(desk.people.invite(administrator, fresh)) == "people.came_in_already"
    desk.later(seconds=1)
    assert (await desk.people.enter((await desk.people.invite(ADMINISTRATOR, fresh)).token)).user == fresh


async def test_a_role_is_given_and_taken_and_signs_out(each_desk: Desk) -> None:
    user = await each_desk.person(password=PASSWORD)
    mine = await each_desk.come_in()
    before = len(await each_desk.audit("people.role"))
    assert (await each_desk.people.set_role(ADMINISTRATOR, user, "viewer")).role == "viewer"
    await each_desk.actor(mine.access)
    assert (await each_desk.people.set_role(ADMINISTRATOR, user, "admin")).role == "admin"
    with pytest.raises(NotSignedIn):
        await each_desk.actor(mine.access)
    lines = (await each_desk.audit("people.role"))[before:]
    assert [(one.old_values, one.new_values) for one in lines] == [
        ({"role": "viewer"}, {"role": "admin", "sign_ins_ended": 1})
    ]
    actor = await signed_in(each_desk, EMAIL)
    assert (await each_desk.people.set_role(actor, user, "viewer")).role == "viewer"
    assert await code_of(each_desk.people.set_role(actor, user, "admin")) == "people.not_administrator"


async def test_the_last_administrator_stays_one_and_nobody_deactivates_themselves(desk: Desk) -> None:
    user = await desk.person(role="admin", password=PASSWORD)
    actor = await signed_in(desk, EMAIL)
    owner = (await desk.house.road.people.meet(ADMINISTRATOR)).id
    assert await code_of(desk.people.set_role(actor, owner, "viewer")) == "people.owner_of_machine"
    assert await code_of(desk.people.set_active(actor, owner, False)) == "people.owner_of_machine"
    await desk.change_user(owner, role="viewer")
    assert await code_of(desk.people.set_role(actor, user, "viewer")) == "people.last_administrator"
    assert await code_of(desk.people.set_active(actor, user, False)) == "people.yourself"
    for unknown in ("nothing", "x\0"):
        assert await code_of(desk.people.set_role(actor, unknown, "admin")) == "people.unknown"
        assert await code_of(desk.people.set_active(actor, unknown, False)) == "people.unknown"
    async with desk.house.store.writing() as session:
        service = await service_account(session, CATALOG)
    assert await code_of(desk.people.set_active(actor, service, True)) == "people.unknown"


async def test_two_who_take_it_from_each_other_at_once_leave_one(each_desk: Desk) -> None:
    for _ in range(5):
        one, two = [await each_desk.person(f"{name}{each_desk.now.second}@example.com", "admin", PASSWORD)
                    for name in ("a", "b")]  # fmt: skip
        actors = [await signed_in(each_desk, f"{name}{each_desk.now.second}@example.com") for name in ("a", "b")]
        owner = (await each_desk.house.road.people.meet(ADMINISTRATOR)).id
        await each_desk.change_user(owner, role="viewer")
        other = each_desk.second()
        await asyncio.gather(
            each_desk.people.set_role(actors[0], two, "viewer"),
            other.set_active(actors[1], one, False),
            each_desk.people.set_role(actors[0], one, "viewer"),
            other.set_role(actors[1], two, "viewer"),
            return_exceptions=True,
        )
        await each_desk.change_user(owner, role="admin")
        left = [await each_desk.people.one(ADMINISTRATOR, user) for user in (one, two)]
        assert sum(line.role == "admin" and line.is_active for line in left) == 1
        for line in left:
            await each_desk.change_user(line.id, role="viewer")
        each_desk.later(seconds=1)


async def test_the_deactivated_are_out_at_once_and_back_when_activated(each_desk: Desk) -> None:
    user = await each_desk.person(password=PASSWORD)
    mine = await each_desk.come_in()
    assert not (await each_desk.people.set_active(ADMINISTRATOR, user, False)).is_active
    with pytest.raises(NotSignedIn):
        await each_desk.actor(mine.access)
    with pytest.raises(NotSignedIn):
        await each_desk.people.refresh(mine.refresh)
    with pytest.raises(NotAllowed):
        await each_desk.people.link(KIM)
    assert (await each_desk.people.set_active(ADMINISTRATOR, user, True)).is_active
    with pytest.raises(NotSignedIn):  # what was ended stays ended
        await each_desk.actor(mine.access)
    await each_desk.come_in()
    assert [one.old_values for one in await each_desk.audit("people.deactivated")] == [{"is_active": True}]
    assert [one.new_values for one in await each_desk.audit("people.activated")] == [{"is_active": True}]


async def test_a_viewer_administers_nothing(desk: Desk) -> None:
    user = await desk.person()
    people = desk.people
    for work in (
        people.all(KIM), people.add(KIM, NewPerson(OTHER, "Lee")), people.invite(KIM, user),
        people.set_role(KIM, user, "admin"), people.set_active(KIM, user, False),
        people.give_password(KIM, user, PASSWORD), people.sign_out_everywhere(KIM, "u9"),
    ):  # fmt: skip
        assert await code_of(work) == "people.not_administrator"
    await desk.person(OTHER, "admin", PASSWORD)
    administrator = await signed_in(desk, OTHER)
    assert await code_of(people.give_password(administrator, user, PASSWORD)) == "people.only_at_machine"
    refused = {str((one.new_values or {}).get("asked")) for one in await desk.audit("access.refused")}
    assert {"people.all", "people.set_role", "people.give_password"} <= refused
