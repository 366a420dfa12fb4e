"""Passwords: what may be one, and that checking them stops nothing else."""

import asyncio
import time
import unicodedata

import bcrypt
import pytest

from core.ask.people_desk import PeopleDesk
from core.errors import BadEdit, TooSoon
from core.people.passwords import COST, Passwords, check
from core.people.turns import Rank, Turns
from tests.houses import ADMINISTRATOR
from tests.people.desks import EMAIL, PASSWORD, Desk

HANGUL = "한글로 된 비밀번호"


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "password.short"),
        ("a" * 9, "password.short"),
        ("a" * 73, "password.long"),
        ("가" * 25, "password.long"),
        ("kim.longer@example.com", "password.is_email"),
        ("KIM.LONGER", "password.is_email"),
        ("with a \0 sign", "password.signs"),
        ("with \ud800 half", "password.signs"),
    ],
)
def test_what_may_not_be_one(new: str, code: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        check(new, "kim.longer@example.com")
    assert refusal.value.code == code
    assert new not in str(refusal.value.details)


@pytest.mark.parametrize("new", ["a" * 10, "a" * 72, "가" * 24, "correct horse", HANGUL])
def test_what_may(new: str) -> None:
    check(new, EMAIL)


async def test_right_is_right_and_all_else_is_wrong() -> None:
    passwords = Passwords(4)
    kept = await passwords.hashed(PASSWORD)
    assert kept.startswith("$2b$04$")
    assert await passwords.right_now(PASSWORD, kept)
    longest = await passwords.hashed("a" * 72)
    assert await passwords.right_now("a" * 72, longest)
    for given, against in (
        ("wrong", kept), ("", kept), (PASSWORD + " ", kept), (PASSWORD, None), (PASSWORD, "!"), ("!", "!"),
        (PASSWORD, ""), ("a" * 73, longest), ("a" * 10_000, longest), ("\ud800", kept), (PASSWORD, kept[:-1]),
        ("", passwords._nobody),
    ):  # fmt: skip
        assert not await passwords.right_now(given, against)
    passwords.close()


async def test_hangul_is_one_password_composed_or_not() -> None:
    passwords = Passwords(4)
    kept = await passwords.hashed(unicodedata.normalize("NFD", HANGUL))
    assert await passwords.right_now(unicodedata.normalize("NFC", HANGUL), kept)
    passwords.close()


async def test_a_hash_of_a_lower_cost_is_made_anew_at_the_next_sign_in(desk: Desk) -> None:
    assert COST == 12
    user = await desk.person(password=PASSWORD)
    weak = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await desk.change_user(user, password_hash=weak)
    stronger = PeopleDesk(desk.people.road, cost=5)
    for _ in range(2):
        await stronger.sign_in(EMAIL, PASSWORD)
        kept = (await stronger._user(user)).password_hash
        assert kept.startswith("$2b$05$") and kept != weak
    await desk.people.sign_in(EMAIL, PASSWORD)
    assert (await stronger._user(user)).password_hash == kept
    await stronger.close()


@pytest.mark.alone
async def test_the_loop_goes_on_while_passwords_are_looked_at() -> None:
    passwords = Passwords(11)
    looking = [asyncio.create_task(_look(passwords)) for _ in range(4)]
    longest, last = 0.0, time.monotonic()
    while not all(one.done() for one in looking):
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert longest < 0.1  # one look takes about as long, four of them several times that
    passwords.close()


async def _look(passwords: Passwords) -> None:
    async with passwords.turns.turn():
        assert not await passwords.right_now(PASSWORD, None)


async def test_who_came_last_is_next_and_who_is_known_goes_before() -> None:
    turns, order, gate = Turns(1, 3, 7), [], asyncio.Event()

    async def come(name: str, rank: Rank | None = None) -> None:
        async with turns.turn(rank):
            order.append(name)
            await gate.wait()

    waiting = [asyncio.create_task(come(name)) for name in ("at it", "first", "second")]
    waiting.append(asyncio.create_task(come("known", Rank(True, 0))))
    waiting.append(asyncio.create_task(come("third")))
    await asyncio.sleep(0)
    gate.set()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert order == ["at it", "known", "third", "second"]
    assert isinstance(done[1], TooSoon) and done[1].details == {"seconds": 7}


async def test_who_leaves_the_line_takes_no_turn_along() -> None:
    turns, gate = Turns(1, 10, 1), asyncio.Event()

    async def come() -> None:
        async with turns.turn():
            await gate.wait()

    tasks = [asyncio.create_task(come()) for _ in range(6)]
    await asyncio.sleep(0)
    for left in tasks[1:4]:
        left.cancel()
    tasks[0].cancel()  # the turn passes on, to one that leaves at the same moment
    await asyncio.sleep(0)
    tasks[5].cancel()
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(1):
        await come()


async def test_people_without_an_address_have_no_password(desk: Desk) -> None:
    with pytest.raises(BadEdit) as refusal:
        await desk.people.set_password(ADMINISTRATOR, PASSWORD)
    assert refusal.value.code == "password.no_email"
