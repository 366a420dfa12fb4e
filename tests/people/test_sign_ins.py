"""Sign-ins: tokens that renew themselves once, devices, signing out."""

import asyncio
import base64
from datetime import timedelta
from typing import Any

import pytest

from core.access import SignIn
from core.audit.origin import acting_from
from core.errors import BadEdit, NotAllowed, NotSignedIn
from core.people.sign_ins import ACCESS_LASTS, GRACE, LONGEST, REFRESH_LASTS
from tests.houses import ADMINISTRATOR
from tests.people.desks import CHROME, EMAIL, KIM, PASSWORD, Desk


async def refused(work: Any) -> str:
    with pytest.raises(NotSignedIn) as refusal:
        await work
    return refusal.value.code


async def test_a_password_opens_the_door_and_the_tokens_are_the_persons(each_desk: Desk) -> None:
    user = await each_desk.person(password=PASSWORD)
    mine = await each_desk.come_in("KIM@example.com ")
    came = await each_desk.people.signed_in(mine.access, platform="api", locale="ko", timezone="Asia/Seoul")
    actor = came.actor
    assert (actor.platform, actor.workspace, actor.id, actor.user, actor.name) == ("api", "account", user, user, "Kim")
    assert (actor.scopes, actor.locale, actor.kind) == (None, "ko", "member")
    page = await each_desk.people.signed_in(mine.access)
    assert (page.actor.platform, page.device, page.until) == ("web", mine.device, mine.access_until)
    assert (await each_desk.people.one(ADMINISTRATOR, user)).last_seen == each_desk.now
    began = (await each_desk.audit("sign_in.began"))[-1]
    assert (began.user_id, began.ip_address, began.user_agent) == (user, "192.0.2.1", CHROME)
    assert began.new_values == {"by": "password", "device": "Chrome on macOS"}


async def test_an_access_token_lasts_fifteen_minutes(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    mine = await desk.come_in()
    desk.later(seconds=ACCESS_LASTS.total_seconds() - 1)
    await desk.actor(mine.access)
    desk.later(seconds=1)
    assert await refused(desk.actor(mine.access)) == "sign_in.ended"


async def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_sign_in(each_desk: Desk) -> None:
    user = await each_desk.person(password=PASSWORD)
    first = await each_desk.come_in()
    other = await each_desk.come_in()
    second = await each_desk.people.refresh(first.refresh)
    third = await each_desk.people.refresh(second.refresh)
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert {first.device, second.device, third.device} == {first.device}
    assert await refused(each_desk.people.refresh(first.refresh)) == "sign_in.reused"
    for token in (third, second, first):
        assert await refused(each_desk.people.refresh(token.refresh)) == "sign_in.ended"
        assert await refused(each_desk.actor(token.access)) == "sign_in.ended"
    await each_desk.actor(other.access)
    reuse = (await each_desk.audit("sign_in.reused"))[0]
    assert (reuse.user_id, reuse.success, reuse.error_message) == (user, False, "sign_in.reused")


async def test_a_used_token_gets_its_successor_again_for_some_seconds(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    first = await each_desk.come_in()
    second = await each_desk.people.refresh(first.refresh)
    each_desk.later(seconds=GRACE.total_seconds())
    again = await each_desk.people.refresh(first.refresh)
    assert again.refresh == second.refresh
    await each_desk.actor(again.access)
    each_desk.later(seconds=1)
    assert await refused(each_desk.people.refresh(first.refresh)) == "sign_in.reused"
    assert await refused(each_desk.people.refresh(second.refresh)) == "sign_in.ended"


async def test_many_tabs_at_once_get_the_same_successor(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    first = await each_desk.come_in()
    desks = [each_desk.people, each_desk.second()]
    got = await asyncio.gather(*(desks[at % 2].refresh(first.refresh) for at in range(16)))
    assert len({one.refresh for one in got}) == 1
    for one in got:
        await each_desk.actor(one.access)
    following = await each_desk.people.refresh(got[0].refresh)
    assert following.refresh != got[0].refresh
    assert not await each_desk.audit("sign_in.reused")


async def test_replayed_at_once_after_the_grace_nobody_gets_anything(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    first = await each_desk.come_in()
    second = await each_desk.people.refresh(first.refresh)
    each_desk.later(minutes=1)
    replays = [each_desk.people.refresh(first.refresh) for _ in range(8)]
    got = await asyncio.gather(*replays, each_desk.people.refresh(second.refresh), return_exceptions=True)
    assert all(isinstance(one, NotSignedIn) for one in got[:-1])
    if isinstance(got[-1], SignIn):  # it was first; but its sign-in has ended all the same
        assert await refused(each_desk.people.refresh(got[-1].refresh)) == "sign_in.ended"
        assert await refused(each_desk.actor(got[-1].access)) == "sign_in.ended"
    assert len(await each_desk.audit("sign_in.reused")) == 1


async def test_what_was_never_ours_ends_nothing(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    mine = await desk.come_in()
    raw = bytearray(base64.urlsafe_b64decode(mine.refresh.removeprefix("cqr_") + "=="))
    tampered = []
    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 1
        tampered.append("cqr_" + base64.urlsafe_b64encode(changed).rstrip(b"=").decode())
    for wrong in (*tampered, "", "cqr_", "cqr_é", "x" * 90, mine.refresh[:-1], mine.refresh + "A", mine.access):
        if wrong[:-22] != mine.refresh[:-22]:  # the mark alone says only whether it was ours
            assert await refused(desk.people.refresh(wrong)) == "sign_in.ended"
    assert (await desk.people.refresh(mine.refresh)).device == mine.device


async def test_a_sign_in_lasts_thirty_days_unused_and_ninety_in_all(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    unused, used = await desk.come_in(), await desk.come_in()
    for _ in range(4):
        desk.later(days=REFRESH_LASTS.days - 1)
        if desk.now >= used.refresh_until:
            break
        used = await desk.people.refresh(used.refresh)
    assert used.refresh_until - desk.now < timedelta(days=4)
    assert await refused(desk.people.refresh(unused.refresh)) == "sign_in.ended"
    desk.later(days=4)
    assert await refused(desk.people.refresh(used.refresh)) == "sign_in.ended"
    assert LONGEST > REFRESH_LASTS


async def test_signing_out_ends_the_access_token_at_once(each_desk: Desk) -> None:
    user = await each_desk.person(password=PASSWORD)
    mine, other = await each_desk.come_in(), await each_desk.come_in()
    await each_desk.people.sign_out(mine.refresh)
    assert await refused(each_desk.actor(mine.access)) == "sign_in.ended"
    assert await refused(each_desk.people.refresh(mine.refresh)) == "sign_in.ended"
    for nothing in (mine.refresh, "cqr_", "nonsense"):
        await each_desk.people.sign_out(nothing)
    await each_desk.actor(other.access)
    assert [one.user_id for one in await each_desk.audit("sign_in.ended")] == [user]


async def test_devices_are_listed_and_ended_one_by_one_or_all(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    await each_desk.person("lee@example.com", password=PASSWORD)
    mine = await each_desk.come_in()
    actor = await each_desk.actor(mine.access)
    each_desk.later(seconds=5)
    with acting_from("2001:db8::1", "curl/8.0"):
        phone = await each_desk.people.sign_in(EMAIL, PASSWORD)
    theirs = await each_desk.come_in("lee@example.com")
    shown = await each_desk.people.devices(actor, device=mine.device)
    assert [(one.id, one.name, one.ip, one.by, one.is_this) for one in shown] == [
        (phone.device, "curl", "2001:db8::1", "password", False),
        (mine.device, "Chrome on macOS", "192.0.2.1", "password", True),
    ]
    for wrong in (theirs.device, "nonsense", "x\0"):
        with pytest.raises(BadEdit) as refusal:
            await each_desk.people.end_device(actor, wrong)
        assert refusal.value.code == "sign_in.no_device"
    await each_desk.people.end_device(actor, phone.device)
    assert await refused(each_desk.actor(phone.access)) == "sign_in.ended"
    assert await each_desk.people.sign_out_everywhere(actor) == 1
    assert await refused(each_desk.actor(mine.access)) == "sign_in.ended"
    with pytest.raises(NotAllowed):
        await each_desk.people.sign_out_everywhere(await each_desk.actor(theirs.access), actor.id)
    assert await each_desk.people.sign_out_everywhere(ADMINISTRATOR, theirs.user) == 1
    assert await refused(each_desk.people.refresh(theirs.refresh)) == "sign_in.ended"


async def test_a_link_from_the_chat_lets_in_once_even_in_two_processes(each_desk: Desk) -> None:
    link = await each_desk.people.link(KIM)
    assert link.until == each_desk.now + timedelta(minutes=10)
    two = (each_desk.people, each_desk.second())
    got = await asyncio.gather(*(two[at % 2].enter(link.token) for at in range(8)), return_exceptions=True)
    entered = [one for one in got if isinstance(one, SignIn)]
    assert len(entered) == 1
    assert {one.code for one in got if isinstance(one, NotSignedIn)} == {"sign_in.link_used"}
    person = await each_desk.house.road.people.find(KIM)
    assert person is not None and (await each_desk.actor(entered[0].access)).user == person.id


async def test_a_link_ends_with_time_and_with_signing_out_everywhere(desk: Desk) -> None:
    early, dropped = await desk.people.link(KIM), await desk.people.link(KIM)
    desk.later(seconds=1)
    await desk.people.enter(early.token)
    person = await desk.house.road.people.find(KIM)
    assert person is not None
    await desk.people.sign_out_everywhere(ADMINISTRATOR, person.id)
    assert await refused(desk.people.enter(dropped.token)) == "sign_in.link"
    desk.later(seconds=1)
    late = await desk.people.link(KIM)
    desk.later(minutes=10)
    assert await refused(desk.people.enter(late.token)) == "sign_in.link"
    fresh = await desk.people.link(KIM)
    await desk.people.set_active(ADMINISTRATOR, person.id, False)
    assert await refused(desk.people.enter(fresh.token)) == "sign_in.link"


@pytest.mark.parametrize(("kind", "why"), [("guest", "people.guest"), ("foreign", "people.foreign")])
async def test_outsiders_get_no_link(desk: Desk, kind: Any, why: str) -> None:
    outsider = KIM.__class__("slack", "T1", "U7", "Out", email=EMAIL, kind=kind)
    with pytest.raises(NotAllowed) as refusal:
        await desk.people.link(outsider)
    assert refusal.value.code == why


async def test_a_password_that_changes_signs_the_other_devices_out(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    mine, other = await each_desk.come_in(), await each_desk.come_in()
    actor = await each_desk.actor(mine.access)
    with acting_from("192.0.2.1", CHROME):
        for wrong in ("wrong", None):
            with pytest.raises(BadEdit) as refusal:
                await each_desk.people.set_password(actor, "another long one", current=wrong, device=mine.device)
            assert refusal.value.code == "password.current"
        await each_desk.people.set_password(actor, "another long one", current=PASSWORD, device=mine.device)
    await each_desk.actor(mine.access)
    assert await refused(each_desk.actor(other.access)) == "sign_in.ended"
    assert await refused(each_desk.come_in()) == "sign_in.wrong"
    changed = [one for one in await each_desk.audit("people.password") if one.user_id == actor.id]
    assert [(one.old_values, one.new_values) for one in changed] == [
        ({"has_password": True}, {"has_password": True, "sign_ins_ended": 1})
    ]


async def test_who_came_by_a_link_sets_a_password_without_the_forgotten_one(desk: Desk) -> None:
    with acting_from("192.0.2.1", CHROME):
        came = await desk.people.enter((await desk.people.link(KIM)).token)
        actor = await desk.actor(came.access)
        await desk.people.set_password(actor, PASSWORD, device=came.device)
        await desk.people.set_password(actor, PASSWORD + "2", device=came.device)
        desk.later(minutes=16)
        with pytest.raises(BadEdit):
            await desk.people.set_password(actor, PASSWORD, device=came.device)
        await desk.people.set_password(actor, PASSWORD, current=PASSWORD + "2", device=came.device)
    await desk.come_in()


async def test_a_sign_in_under_way_is_not_finished_with_a_password_that_was_changed(desk: Desk) -> None:
    user = await desk.person(password=PASSWORD)
    with acting_from("192.0.2.1", CHROME):
        proof = await desk.people.coming_in.prove(EMAIL, PASSWORD)
    await desk.people.give_password(ADMINISTRATOR, user, "another long one")
    assert await refused(desk.people.coming_in._begin(proof)) == "sign_in.wrong"
