"""One process at a time, whatever becomes of it."""

import asyncio
import signal
import sys

import pytest

from core.errors import StoreFailed
from core.storage.locks import held
from core.storage.session import Store

HOLDING = """
import asyncio, sys
from core.storage.locks import held
from core.storage.session import Store

async def hold(url):
    async with held(Store.open(url), "night") as taken:
        print(taken, flush=True)
        await asyncio.sleep(60)

asyncio.run(hold(sys.argv[1]))
"""


async def test_one_holds_it_until_it_is_given_back(store: Store, empty_url: str) -> None:
    other = Store.open(empty_url)
    try:
        async with held(store, "night") as first:
            assert first
            async with held(other, "night") as second, held(store, "night") as again, held(other, "day") as third:
                assert (second, again, third) == (False, False, True)
            # Whoever did not have it did not give it back.
            async with held(other, "night") as still:
                assert not still
        async with held(other, "night") as free:
            assert free
    finally:
        await other.close()


async def test_it_is_given_back_when_the_work_fails(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with held(store, "night") as taken:
            assert taken
            _ = 1 / 0
    async with held(store, "night") as taken:
        assert taken


async def test_it_ends_with_a_process_that_is_killed(store: Store, empty_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDING, empty_url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"True\n"
    async with held(store, "night") as taken:
        assert not taken
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with asyncio.timeout(10):
        while True:
            async with held(store, "night") as taken:
                if taken:
                    return
            await asyncio.sleep(0.05)


async def test_a_store_that_is_away_says_so() -> None:
    away = Store.open("postgresql://nobody@127.0.0.1:9/nothing")
    with pytest.raises(StoreFailed):
        async with held(away, "night"):
            raise AssertionError("nothing is done without the lock")
    await away.close()
