"""Wrong sign-ins: refused, ever slower, and nobody else waits for them."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.ask.people_desk import PeopleDesk
from core.audit.origin import acting_from
from core.errors import ColloqueryError, NotSignedIn, StoreFailed, TooSoon
from core.people.throttle import RULES, rows_of
from core.storage.own_tables import SignInAttempt
from core.storage.session import Store
from tests.houses import ADMINISTRATOR
from tests.people.desks import CHROME, EMAIL, PASSWORD, Desk, open_desk

pytestmark = pytest.mark.alone

LEE, CHOI = "lee@example.com", "choi@example.com"


async def attempt(people: PeopleDesk, email: str, password: str, ip: str) -> str:
    """The code of what came of it; empty when it let in."""
    with acting_from(ip, CHROME):
        try:
            await people.sign_in(email, password)
        except (NotSignedIn, TooSoon) as refusal:
            return refusal.code
    return ""


async def failures(desk: Desk, rule: str, ip: str, email: str = EMAIL) -> int:
    async with desk.house.store.reading() as session:
        row = await session.get(SignInAttempt, rows_of(email, ip)[rule])
        return row.failures if row else 0


async def test_the_pauses_grow_and_being_right_clears_them(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    for pause in (0, 0, 0, 1, 2, 4, 8):
        assert await attempt(each_desk.people, EMAIL, "wrong", "192.0.2.1") == "sign_in.wrong"
        if pause:
            with acting_from("192.0.2.1", CHROME), pytest.raises(TooSoon) as refusal:
                await each_desk.people.sign_in(EMAIL, PASSWORD)
            assert (refusal.value.code, refusal.value.details) == ("sign_in.wait", {"seconds": pause})
        each_desk.later(seconds=pause)
    assert await attempt(each_desk.people, EMAIL, PASSWORD, "192.0.2.1") == ""
    assert await failures(each_desk, "pair", "192.0.2.1") == 0
    assert await failures(each_desk, "address", "192.0.2.1") > 0


async def test_right_ones_leave_no_trace_however_many(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    for _ in range(RULES["address"].free + 5):
        assert await attempt(desk.people, EMAIL, PASSWORD, "192.0.2.1") == ""
    assert [await failures(desk, rule, "192.0.2.1") for rule in RULES] == [0, 0, 0]


async def test_what_is_refused_early_is_not_counted_and_costs_no_bcrypt(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    for _ in range(RULES["pair"].free + 1):
        await attempt(desk.people, EMAIL, "wrong", "192.0.2.1")
    before = await failures(desk, "pair", "192.0.2.1")
    slow = PeopleDesk(desk.people.road, cost=31)  # days
    async with asyncio.timeout(5):
        for _ in range(20):
            assert await attempt(slow, EMAIL, PASSWORD, "192.0.2.1") == "sign_in.wait"
    assert await failures(desk, "pair", "192.0.2.1") == before
    await slow.close()


async def test_one_address_locks_nobody_out_elsewhere(each_desk: Desk) -> None:
    await each_desk.person(password=PASSWORD)
    await asyncio.gather(*(attempt(each_desk.people, EMAIL, "wrong", "192.0.2.1") for _ in range(100)))
    assert await attempt(each_desk.people, EMAIL, PASSWORD, "192.0.2.1") == "sign_in.wait"
    assert await attempt(each_desk.people, EMAIL, PASSWORD, "198.51.100.1") == ""


async def test_a_day_of_guesses_from_one_address_does_not_fill_the_account(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    guesses, end = 0, desk.now + timedelta(days=1)
    while desk.now < end:
        with acting_from("192.0.2.1", CHROME):
            try:
                await desk.people.sign_in(EMAIL, "wrong")
            except TooSoon as refusal:
                desk.later(seconds=int(str(refusal.details["seconds"])))
            except NotSignedIn:
                guesses += 1
    assert guesses < 120
    assert await attempt(desk.people, EMAIL, PASSWORD, "198.51.100.1") == ""


async def test_many_addresses_that_guess_at_one_account_wait_and_its_person_does_not(desk: Desk) -> None:
    await desk.person(password=PASSWORD)
    assert await attempt(desk.people, EMAIL, PASSWORD, "198.51.100.1") == ""
    codes = [await attempt(desk.people, EMAIL, "wrong", f"203.0.113.{at}") for at in range(80)]
    assert Counter(codes)["sign_in.wrong"] <= RULES["account"].free + 1
    assert codes[-1] == "sign_in.wait"
    assert await attempt(desk.people, EMAIL, PASSWORD, "198.51.100.1") == ""


async def test_a_network_of_ipv6_is_one_address(desk: Desk) -> None:
    for at in range(RULES["address"].free + 2):
        await attempt(desk.people, f"no{at}@example.com", "wrong", f"2001:db8:1:2::{at:x}")
    assert await attempt(desk.people, EMAIL, "wrong", "2001:db8:1:2:ffff::1") == "sign_in.wait"
    assert await attempt(desk.people, EMAIL, "wrong", "2001:db8:1:3::1") == "sign_in.wrong"


async def _flood(desk: Desk, accounts: int, addresses: int) -> tuple[Counter[str], float, float]:
    """What came of a thousand guesses at once, and how long two others' sign-ins took among them: of somebody who comes
    from a new address just after, and of one who has come from there before, while many guesses come after theirs.
    """
    people = PeopleDesk(desk.people.road, cost=8)  # about 15 ms, so that a line forms
    for email in (EMAIL, LEE, CHOI):
        await desk.person(email, password=PASSWORD)
    assert await attempt(people, CHOI, PASSWORD, "198.51.100.9") == ""

    async def guess(at: int) -> str:
        email = EMAIL if accounts == 1 else f"no{at}@example.com"
        return await attempt(people, email, f"wrong {at}", f"10.{at % addresses // 250}.0.{at % addresses % 250}")

    async def timed(email: str, ip: str) -> float:
        began = time.monotonic()
        assert await attempt(people, email, PASSWORD, ip) == ""
        return time.monotonic() - began

    guesses = [asyncio.create_task(guess(at)) for at in range(500)]
    await asyncio.sleep(0)
    known = asyncio.create_task(timed(CHOI, "198.51.100.9"))
    await asyncio.sleep(0)
    guesses += [asyncio.create_task(guess(at)) for at in range(500, 1_000)]
    await asyncio.sleep(0)
    new = asyncio.create_task(timed(LEE, "198.51.100.7"))
    codes = Counter(await asyncio.gather(*guesses))
    took = await known, await new
    await people.close()
    assert codes.total() == 1_000
    assert set(codes) <= {"sign_in.wrong", "sign_in.wait", "sign_in.busy"}
    return codes, *took


async def test_a_thousand_wrong_ones_at_once_from_one_address(each_desk: Desk) -> None:
    codes, known, new = await _flood(each_desk, accounts=1, addresses=1)
    assert codes["sign_in.wrong"] <= RULES["pair"].free + 1
    assert max(known, new) < 5


async def test_a_thousand_wrong_ones_at_once_from_as_many_addresses(each_desk: Desk) -> None:
    codes, known, new = await _flood(each_desk, accounts=1, addresses=1_000)
    assert codes["sign_in.wrong"] <= RULES["account"].free + 1
    assert max(known, new) < 5


async def test_a_thousand_wrong_ones_at_once_at_as_many_accounts(desk: Desk) -> None:
    codes, known, new = await _flood(desk, accounts=1_000, addresses=1_000)
    assert codes["sign_in.busy"] > 0
    assert max(known, new) < 5


async def test_nothing_tells_whether_somebody_is_known(desk: Desk) -> None:
    people = PeopleDesk(desk.people.road, cost=9)
    await desk.person(password=PASSWORD)
    with_cost = await people.coming_in.passwords.hashed(PASSWORD)
    user = (await desk.house.service.people.all(ADMINISTRATOR, search="kim@")).items[0]
    await desk.change_user(user.id, password_hash=with_cost)
    await desk.person("none@example.com")
    took: dict[str, list[float]] = {EMAIL: [], "unknown@example.com": [], "none@example.com": [], "no\0body": []}
    for at in range(12):
        for email, times in took.items():
            began = time.perf_counter()
            assert await attempt(people, email, "wrong", f"10.0.{at}.{len(email)}") == "sign_in.wrong"
            times.append(time.perf_counter() - began)
    quickest = {email: min(times) for email, times in took.items()}
    assert max(quickest.values()) < 1.5 * min(quickest.values()), quickest
    await people.close()


async def test_the_deactivated_hear_it_only_when_they_know_the_password(desk: Desk) -> None:
    user = await desk.person(password=PASSWORD)
    await desk.people.set_active(ADMINISTRATOR, user, False)
    assert await attempt(desk.people, EMAIL, "wrong", "192.0.2.1") == "sign_in.wrong"
    assert await attempt(desk.people, EMAIL, PASSWORD, "192.0.2.1") == "people.inactive"


async def test_refusals_are_in_the_audit_without_what_was_typed(desk: Desk) -> None:
    user = await desk.person(password=PASSWORD)
    for typed in ("my secret password", EMAIL):
        assert await attempt(desk.people, typed, "hunter2 hunter2", "192.0.2.1") == "sign_in.wrong"
    lines = await desk.audit("sign_in.refused")
    assert [(one.error_message, one.success, one.ip_address) for one in lines] == [
        ("sign_in.wrong", False, "192.0.2.1")
    ] * len(lines)
    assert {one.new_values["asked"] for one in lines if one.new_values} == {"sign_in", f"sign_in {user}"}
    assert not any("hunter" in str(vars(one)) or "secret" in str(vars(one)) for one in lines)


async def test_a_store_that_is_away_lets_nobody_in(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        away = Store.open("postgresql://nobody@127.0.0.1:9/nothing")
        people = PeopleDesk(replace(desk.people.road, store=away), cost=4)
        with pytest.raises(StoreFailed):
            await people.sign_in(EMAIL, PASSWORD)
        await people.close()
        await away.close()


def test_an_error_of_signing_in_names_nobody() -> None:
    error: ColloqueryError = NotSignedIn("sign_in.wrong")
    assert (str(error), error.details) == ("sign_in.wrong", {})
