"""Keys of programs: shown once, for what they are for, until they end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.access import MadeKey, NewKey
from core.chat import Scopes
from core.errors import BadEdit, NotAllowed, NotSignedIn
from core.people.permission import Resource, may
from core.storage.models import ApiKey
from tests.houses import ADMINISTRATOR, add_sqlite, make_shop
from tests.people.desks import EMAIL, KIM, PASSWORD, Desk

ALL: Scopes = (("ask", None), ("templates", None), ("connections", None), ("usage", None))


async def refused(desk: Desk, key: str) -> str:
    with pytest.raises(NotSignedIn) as refusal:
        await desk.people.actor_of_key(key)
    return refusal.value.code


async def make(desk: Desk, new: NewKey, actor: Any = ADMINISTRATOR) -> MadeKey:
    return await desk.people.make_key(actor, new)


async def test_a_key_is_shown_once_and_is_its_owner(each_desk: Desk) -> None:
    made = await make(each_desk, NewKey("  my   program ", ALL), KIM)
    person = await each_desk.house.road.people.find(KIM)
    assert person is not None
    assert made.key.startswith(made.line.prefix + "_") and len(made.line.prefix) == 11
    assert (made.line.name, made.line.owner, made.line.state) == ("my program", person.id, "works")
    assert made.line.expires_at == each_desk.now + timedelta(days=90)
    actor = await each_desk.people.actor_of_key(made.key, locale="ko", timezone="Asia/Seoul")
    assert (actor.platform, actor.workspace, actor.id, actor.user) == ("api", "key", made.line.id, person.id)
    assert (actor.scopes, actor.name, actor.locale) == (ALL, "Kim", "ko")
    assert await each_desk.people.keys(KIM) == (made.line,)
    async with each_desk.house.store.reading() as session:
        row = (await session.scalars(select(ApiKey))).one()
    assert row.permissions == {"ask": ["*"], "templates": ["*"], "connections": ["*"], "usage": ["*"]}
    assert len(row.key_hash) == 64 and made.key not in str(vars(row))


async def test_a_key_ends_by_itself_when_revoked_and_with_its_owner(each_desk: Desk) -> None:
    short, kept, endless = [await make(each_desk, NewKey("k", ALL, days), KIM) for days in (1, 90, None)]
    assert endless.line.expires_at is None
    each_desk.later(days=1)
    assert await refused(each_desk, short.key) == "sign_in.key_expired"
    gone = await each_desk.people.revoke_key(KIM, kept.line.id)
    assert gone.state == "revoked"
    assert await refused(each_desk, kept.key) == "sign_in.key"
    assert (await each_desk.people.revoke_key(KIM, kept.line.id)).state == "revoked"
    await each_desk.people.actor_of_key(endless.key)
    await each_desk.people.set_active(ADMINISTRATOR, endless.line.owner, False)
    assert await refused(each_desk, endless.key) == "sign_in.key"
    states = {one.id: one.state for one in await each_desk.people.keys(ADMINISTRATOR, everybody=True)}
    assert [states[one.line.id] for one in (short, kept, endless)] == ["expired", "revoked", "owner_inactive"]
    await each_desk.people.set_active(ADMINISTRATOR, endless.line.owner, True)
    await each_desk.people.actor_of_key(endless.key)
    assert len(await each_desk.audit("key.revoked")) == 1
    made = await each_desk.audit("key.made")
    assert {one.new_values and one.new_values["days"] for one in made} == {1, 90, None}


async def test_nothing_that_looks_like_a_key_is_one(desk: Desk) -> None:
    made = await make(desk, NewKey("k", ALL))
    another = made.key[:-1] + ("a" if made.key[-1] != "a" else "b")
    for wrong in (
        "", "cq_", made.key[:-1], made.key + "a", made.key.upper(), another,
        made.line.prefix, f" {made.key}", made.key + "\n", "cq_" + "é" * 8 + "_" + "a" * 40, "x\0",
    ):  # fmt: skip
        assert await refused(desk, wrong) == "sign_in.key"


async def test_a_key_makes_lists_and_revokes_no_key_and_never_comes_in(desk: Desk) -> None:
    made = await make(desk, NewKey("k", (*ALL, ("administer", None))))
    actor = await desk.people.actor_of_key(made.key)
    people = desk.people
    for work in (
        people.make_key(actor, NewKey("k", ALL)), people.keys(actor), people.keys(actor, everybody=True),
        people.revoke_key(actor, made.line.id), people.link(actor), people.devices(actor),
        people.end_device(actor, "d"), people.sign_out_everywhere(actor), people.set_password(actor, PASSWORD),
        people.one(actor, made.line.owner), people.give_password(actor, made.line.owner, PASSWORD),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await work
    assert (await people.all(actor)).items


async def test_administering_counts_only_while_its_owner_is_an_administrator(desk: Desk) -> None:
    user = await desk.person(role="admin", password=PASSWORD)
    actor = await desk.actor((await desk.come_in()).access)
    made = await make(desk, NewKey("k", (("administer", None),)), actor)
    by_key = await desk.people.actor_of_key(made.key)
    assert may(await desk.house.road.people.meet(by_key), "administer", Resource("system")).allowed
    await desk.people.set_role(ADMINISTRATOR, user, "viewer")
    assert not may(await desk.house.road.people.meet(by_key), "administer", Resource("system")).allowed
    with pytest.raises(NotAllowed):
        await desk.people.all(by_key)
    viewer = await desk.actor((await desk.come_in()).access)
    with pytest.raises(BadEdit) as refusal:
        await make(desk, NewKey("k", (("administer", None),)), viewer)
    assert refusal.value.code == "key.not_administrator"


async def test_everybodys_keys_are_the_administrators_alone(desk: Desk) -> None:
    mine = await make(desk, NewKey("mine", ALL), KIM)
    lee = replace(KIM, id="U2", name="Lee", email="lee@example.com")
    theirs = await make(desk, NewKey("theirs", ALL), lee)
    assert [one.id for one in await desk.people.keys(lee)] == [theirs.line.id]
    for work in (desk.people.keys(lee, everybody=True), desk.people.revoke_key(lee, mine.line.id)):
        with pytest.raises(NotAllowed):
            await work
    with pytest.raises(NotAllowed):
        await desk.people.make_key(lee, NewKey("k", ALL), owner=mine.line.owner)
    assert {one.owner_name for one in await desk.people.keys(ADMINISTRATOR, everybody=True)} == {"Kim", "Lee"}
    assert (await desk.people.revoke_key(ADMINISTRATOR, mine.line.id)).state == "revoked"
    given = await desk.people.make_key(ADMINISTRATOR, NewKey("given", ALL), owner=theirs.line.owner)
    assert (given.line.owner, (await desk.people.actor_of_key(given.key)).user) == (theirs.line.owner,) * 2
    for unknown in ("nothing", "x\0"):
        with pytest.raises(BadEdit) as refusal:
            await desk.people.revoke_key(ADMINISTRATOR, unknown)
        assert refusal.value.code == "key.unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "key.no_name"),
        ({"name": "n" * 101}, "key.no_name"),
        ({"name": "n\x1b[31m"}, "key.no_name"),
        ({"scopes": ()}, "key.no_scope"),
        ({"scopes": (("everything", None),)}, "key.bad_scope"),
        ({"scopes": (("ask", None), ("ask", None))}, "key.bad_scope"),
        ({"scopes": (("ask", ()),)}, "key.bad_scope"),
        ({"scopes": (("ask", ("nothing",)),)}, "key.bad_scope"),
        ({"scopes": (("usage", ("nothing",)),)}, "key.bad_scope"),
        ({"days": 0}, "key.bad_days"),
        ({"days": 3651}, "key.bad_days"),
    ],
)
async def test_what_cannot_be_made(desk: Desk, changes: Any, code: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        await make(desk, replace(NewKey("k", ALL), **changes))
    assert refusal.value.code == code


async def test_a_key_may_be_for_one_connection_and_odd_permissions_give_nothing(desk: Desk, tmp_path: Any) -> None:
    shop = await add_sqlite(desk.house, make_shop(tmp_path / "shop.db"))
    made = await make(desk, NewKey("k", (("ask", (shop.id,)),)))
    assert (await desk.people.actor_of_key(made.key)).scopes == (("ask", (shop.id,)),)
    for kept, scopes in (
        (None, ()), ([], ()), ({"ask": "*"}, ()), ({"ask": []}, ()),
        ({"rule": ["*"], "usage": ["*"]}, (("usage", None),)), ({"ask": [7, shop.id]}, (("ask", (shop.id,)),)),
    ):  # fmt: skip
        async with desk.house.store.writing() as session:
            await session.execute(update(ApiKey).values(permissions=kept))
        assert (await desk.people.actor_of_key(made.key)).scopes == scopes


async def test_uses_are_counted_exactly_and_written_together(each_desk: Desk) -> None:
    made = await make(each_desk, NewKey("k", ALL), KIM)
    other = each_desk.second()
    for _ in range(7):
        await each_desk.people.actor_of_key(made.key)
        await other.actor_of_key(made.key)
    each_desk.later(seconds=30)
    await each_desk.people.actor_of_key(made.key)
    assert (await each_desk.people.keys(KIM))[0].usage_count == 0
    await each_desk.people.tally.write()
    await each_desk.people.tally.write()
    await other.close()
    line = (await each_desk.people.keys(KIM))[0]
    assert (line.usage_count, line.last_used) == (15, each_desk.now)
    assert line.owner_name == "Kim" and EMAIL not in str(line)
