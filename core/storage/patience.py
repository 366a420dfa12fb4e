"""What has to be done waits while the store is away, full or read-only, and is done when that has passed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from core.errors import StoreFailed
from core.storage.session import persistently

Result = TypeVar("Result")

_PASSES: Final = frozenset({"store.unreachable", "store.full", "store.read_only", "store.busy", "store.sign_in"})
"""What somebody mends at the store. Anything else would fail again in the same way."""

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 2.0
"""Seconds between two attempts; each wait is twice the one before."""

_SHORTLY = 1.5
"""Seconds for which somebody is kept waiting: Slack gives three for all of an acknowledgement."""


def passes(failure: StoreFailed) -> bool:
    """Whether it may be otherwise when the store is asked again, with nothing changed here."""
    return failure.code in _PASSES


async def patiently(work: Callable[[], Awaitable[Result]], waiting: Callable[[StoreFailed], None]) -> Result:
    """Do a piece of work that opens its own transactions, however long its store is in trouble.

    `waiting` hears why, once. Raises what does not pass, and whatever else the work raises.
    """
    wait, told = _FIRST_WAIT, False
    while True:
        try:
            return await persistently(work)
        except StoreFailed as failure:
            if not passes(failure):
                raise
            if not told:
                waiting(failure)
                told = True
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def shortly(work: Callable[[], Awaitable[Result]]) -> Result:
    """Do a piece of work that opens its own transaction; again for a moment while the store cannot be reached.

    What the store did when the line to it broke is not known: done twice, the work has to come to the same.
    """
    wait, until = _FIRST_WAIT / 2, time.monotonic() + _SHORTLY
    while True:
        try:
            return await persistently(work)
        except StoreFailed as failure:
            if failure.code != "store.unreachable" or time.monotonic() + wait > until:
                raise
        await asyncio.sleep(wait)
        wait *= 2
