"""Passwords: what may be one, and bcrypt, which is slow on purpose and therefore has threads of its own."""

import asyncio
import os
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from core.errors import BadEdit
from core.people.turns import Turns

Result = TypeVar("Result")

COST = 12
"""The logarithm of bcrypt's rounds: the default of the library, above the least of 10 that OWASP's Password Storage
Cheat Sheet names; about a quarter of a second."""

LEAST = 10
"""Characters: more than the 8 of NIST SP 800-63B-3. Guesses are throttled (`core.people.throttle`)."""

MOST_BYTES = 72
"""What bcrypt reads. Longer ones would be cut, so that two passwords are one."""

NONE = "!"
"""Kept where there is no password: no bcrypt hash looks like this, so nothing signs in with it."""

_PLACES = max(1, (os.cpu_count() or 1) // 2)
"""Half of the machine is left to answers, whoever guesses passwords."""

_WAITING = 64
_SECONDS = 10
"""What so many take, at worst."""

_HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{53}")


def check(new: str, email: str) -> None:
    """Whether this may be somebody's password. Raises `BadEdit` (password.short, .long, .signs, .is_email)."""
    given = _normal(new)
    if len(given) < LEAST:
        raise BadEdit("password.short", least=LEAST)
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in given):
        raise BadEdit("password.signs")
    if len(given.encode()) > MOST_BYTES:
        raise BadEdit("password.long", most=MOST_BYTES)
    if given.casefold() in (email.casefold(), email.partition("@")[0].casefold()):
        raise BadEdit("password.is_email")


class Passwords:
    """Hashes and checks passwords, a few at a time, in threads."""

    def __init__(self, cost: int = COST) -> None:
        self.cost = cost
        self.turns = Turns(_PLACES, _WAITING, _SECONDS)
        self._threads = ThreadPoolExecutor(_PLACES, "password")
        # Of nobody's password, and made without bcrypt: the first unknown person costs no more than the second.
        self._nobody = f"$2b${cost:02d}$" + "." * 53

    async def hashed(self, new: str) -> str:
        """The bcrypt hash of a password that `check` let pass. Raises `TooSoon`."""
        async with self.turns.turn():
            return await self.hashed_now(new)

    async def hashed_now(self, new: str) -> str:
        """The same for whoever has a turn."""
        return await self._in_thread(lambda: bcrypt.hashpw(_normal(new).encode(), bcrypt.gensalt(self.cost)).decode())

    async def right_now(self, given: str, kept: str | None) -> bool:
        """Whether this is the password; for whoever has a turn. Takes as long where there is none to compare with."""
        try:
            password = _normal(given).encode()
        except UnicodeEncodeError:
            password = b"\xff" * (MOST_BYTES + 1)
        real = kept is not None and _HASH.fullmatch(kept) is not None and len(password) <= MOST_BYTES
        hashed = kept if real and kept is not None else self._nobody
        same = await self._in_thread(lambda: bcrypt.checkpw(password[:MOST_BYTES], hashed.encode()))
        return same and real

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made at a lower cost than today's."""
        found = _HASH.fullmatch(kept)
        return found is not None and int(found[1]) < self.cost

    def close(self) -> None:
        """Let the threads go when they are done."""
        self._threads.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _normal(password: str) -> str:
    # Hangul comes composed from one keyboard and decomposed from another; NIST SP 800-63B-4 asks for NFC or NFKC.
    return unicodedata.normalize("NFC", password)
