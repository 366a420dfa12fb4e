"""How long somebody is kept waiting for a store that is away."""

import time

import pytest

from core.errors import StoreFailed
from core.storage.patience import shortly


class Work:
    """Fails so often, then is done."""

    def __init__(self, times: int, code: str = "store.unreachable") -> None:
        self.left = times
        self.code = code
        self.begun = 0

    async def __call__(self) -> str:
        self.begun += 1
        self.left -= 1
        if self.left >= 0:
            raise StoreFailed(self.code)
        return "done"


async def test_what_a_break_of_the_line_stopped_is_done_again() -> None:
    assert await shortly(Work(2)) == "done"


async def test_nobody_is_kept_waiting_for_long() -> None:
    began = time.monotonic()
    with pytest.raises(StoreFailed, match=r"store\.unreachable"):
        await shortly(Work(1000))
    assert time.monotonic() - began < 2.5


async def test_nor_for_what_does_not_pass_in_a_moment() -> None:
    work = Work(1, "store.full")
    with pytest.raises(StoreFailed, match=r"store\.full"):
        await shortly(work)
    assert work.begun == 1
