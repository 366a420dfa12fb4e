"""Wrong sign-ins make the next one wait: from the address, for the account from that address, and for the account.

An attempt is counted before its password is looked at, and taken back when it was right: so a thousand at once are no
more than a thousand one after another. The counts are rows of sign_in_attempts, and all replicas agree. Each runs out
with time, as a leaking bucket does.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import TooSoon
from core.ids import attempt_id
from core.storage.models import RefreshToken, User
from core.storage.own_tables import SignInAttempt
from core.storage.session import insert_if_absent, lock_row

WORTHLESS = timedelta(days=1)
"""A row that was not touched for so long has run out, whatever it counted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` wrong ones cost nothing; each more doubles the pause, from a second up to `longest`.

    Every `leak` one is forgotten.
    """

    free: int
    longest: timedelta
    leak: timedelta

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many."""
        over = failures - self.free
        return min(timedelta(seconds=2 ** min(over - 1, 20)), self.longest) if over > 0 else timedelta()


RULES = {
    # Somebody who mistypes their own password: three are free.
    "pair": Rule(3, timedelta(minutes=15), timedelta(hours=1)),
    # A whole office may share one address, so it is never shut for long.
    "address": Rule(30, timedelta(minutes=5), timedelta(minutes=1)),
    # Many addresses that guess at one account. One address alone never fills this: its pair waits long before. It does
    # not hold where the person has signed in from before, so nobody can shut them out there.
    "account": Rule(50, timedelta(minutes=15), timedelta(minutes=10)),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted: the ids of its rows, and until when each of them was shut by it."""

    rows: dict[str, str]
    shut: dict[str, datetime]


def rows_of(email: str, ip: str | None) -> dict[str, str]:
    """The rows that count attempts at an account from an address, by rule. The address of IPv6 is its network of /64:
    whoever has one has all of it.
    """
    address = _network(ip)
    return {
        "pair": attempt_id("pair", email, address),
        "address": attempt_id("address", address),
        "account": attempt_id("account", email),
    }


async def refuse_early(session: AsyncSession, rows: dict[str, str], now: datetime, is_known: bool) -> None:
    """Refuse what has to wait anyway; only reads. Raises `TooSoon` (sign_in.wait)."""
    looked_at = [row for rule, row in rows.items() if not (is_known and rule == "account")]
    shut = select(SignInAttempt.blocked_until).where(SignInAttempt.id.in_(looked_at), SignInAttempt.blocked_until > now)
    _refuse(tuple((await session.scalars(shut)).all()), now)


async def count(session: AsyncSession, rows: dict[str, str], now: datetime, is_known: bool) -> Attempt:
    """Count an attempt, in a transaction that ends before its password is looked at. Raises `TooSoon`.

    What is refused is not counted: whoever hammers at a shut door does not keep it shut.
    """
    found: dict[str, SignInAttempt] = {}
    for rule, row_id in sorted(rows.items(), key=lambda one: one[1]):  # one order, so that nobody waits in a circle
        found[rule] = await _locked(session, row_id, now)
    _refuse([row.blocked_until for rule, row in found.items() if not (is_known and rule == "account")], now)
    shut: dict[str, datetime] = {}
    for rule, row in found.items():
        row.failures = max(row.failures - (now - row.last_at) // RULES[rule].leak, 0) + 1
        row.last_at = max(row.last_at, now)
        if pause := RULES[rule].pause(row.failures):
            row.blocked_until = shut[rule] = now + pause
    await session.flush()
    return Attempt(rows, shut)


async def take_back(session: AsyncSession, attempt: Attempt) -> None:
    """It was right: the pair is clear, and the others are as if it had not been."""
    for rule, row_id in sorted(attempt.rows.items(), key=lambda one: one[1]):
        if rule == "pair":
            await session.execute(delete(SignInAttempt).where(SignInAttempt.id == row_id))
            continue
        one_less = update(SignInAttempt).where(SignInAttempt.id == row_id, SignInAttempt.failures > 0)
        values = {"failures": SignInAttempt.failures - 1}
        if (shut := attempt.shut.get(rule)) is not None:
            # Only the pause that this attempt made itself: another's stays.
            values["blocked_until"] = case(
                (SignInAttempt.blocked_until == shut, None), else_=SignInAttempt.blocked_until
            )
        await session.execute(one_less.values(**values).execution_options(synchronize_session=False))


async def knows(session: AsyncSession, email: str, ip: str | None) -> bool:
    """Whether the person has come in from this address before, as far as their sign-ins tell."""
    theirs = select(RefreshToken.device_info).join(User, User.id == RefreshToken.user_id).where(User.email == email)
    devices = await session.scalars(theirs)
    return any(isinstance(one, dict) and _network(one.get("ip")) == _network(ip) for one in devices)


async def _locked(session: AsyncSession, row_id: str, now: datetime) -> SignInAttempt:
    row = await lock_row(session, SignInAttempt, row_id)
    if row is None:
        await insert_if_absent(session, SignInAttempt, id=row_id, failures=0, last_at=now)
        row = await lock_row(session, SignInAttempt, row_id)
    assert row is not None, "it was inserted, by this transaction or by another at the same moment"
    return row


def _refuse(shut: Sequence[datetime | None], now: datetime) -> None:
    longest = max((until for until in shut if until is not None and until > now), default=None)
    if longest is not None:
        raise TooSoon("sign_in.wait", seconds=ceil((longest - now).total_seconds()))


def _network(ip: object) -> str:
    try:
        address = ipaddress.ip_address(str(ip))
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)
