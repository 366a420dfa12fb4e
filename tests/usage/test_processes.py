"""Limits hold across processes, and outlive one that is killed: real processes on a real PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import func, select

from core.storage.models import User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import Limits
from tests.houses import LEE, add_sqlite, open_house
from tests.leases import end_in
from tests.local_model import LocalModel, Turn
from tests.usage.asking import settings, small_shop

LIMIT = 2_000
COUNT = "SELECT COUNT(*) AS customers FROM customers"


@asynccontextmanager
async def askers(
    directory: Path, store_url: str, model: LocalModel, *, processes: int, questions: int
) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Processes that wait for a line to ask their questions; killed at the end, whatever they do."""
    (directory / "own").mkdir()
    async with open_house(settings(directory / "own", store_url, model.base_url, model.key, LIMIT)) as built:
        await add_sqlite(built, small_shop(directory / "shop.db"))
        await built.road.people.meet(LEE)
    started = []
    try:
        for number in range(processes):
            (directory / str(number)).mkdir()
            first, many = str(number * questions), str(questions)
            started.append(
                await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "tests.usage.asking", store_url, model.base_url, model.key),
                    *(str(directory / str(number)), str(LIMIT), first, many),
                    env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
        for one in started:
            assert one.stdout is not None
            assert await one.stdout.readline() == b"ready\n"
        yield started
    finally:
        for one in started:
            if one.returncode is None:
                one.kill()
            await one.wait()


async def test_twenty_questions_in_two_processes_stay_within_the_limit(tmp_path: Path, postgres_database: str) -> None:
    seen: list[int] = []
    with LocalModel(COUNT, delay=0.3) as model:
        async with (
            askers(tmp_path, postgres_database, model, processes=2, questions=10) as two,
            _looking(postgres_database, seen),
        ):
            said = b" ".join([out for out, _ in await asyncio.gather(*(one.communicate(b"go\n") for one in two))])
        tokens, lee = await _lee(postgres_database)
        *_, month = (await tokens.check_rate_limit(lee))["windows"]
        await tokens.store.close()
    codes = said.decode().split()
    answered = codes.count("ok")
    settled = [sum(call.reported) for call in model.completions]
    assert len(codes) == 20
    assert set(codes) <= {"ok", "quota.held", "quota.month"}
    assert 1 < answered == len(settled) < 20
    assert model.peak > 1
    assert (month.used, month.reserved) == (sum(settled), 0)
    # What is reserved covers what is used, so that the limit is not passed at all, not even for a moment.
    assert max(seen) <= LIMIT
    assert max(seen) > LIMIT // 2


async def test_what_a_killed_process_had_set_aside_is_gone_after_its_lease(
    tmp_path: Path, postgres_database: str
) -> None:
    with LocalModel(Turn(hang=True)) as model:
        async with askers(tmp_path, postgres_database, model, processes=1, questions=1) as (one,):
            assert one.stdin is not None
            one.stdin.write(b"go\n")
            await one.stdin.drain()
            async with asyncio.timeout(30):
                while not model.completions:
                    await asyncio.sleep(0.02)
            one.kill()
            await one.wait()
    tokens, lee = await _lee(postgres_database)
    assert (await tokens.check_rate_limit(lee))["windows"][2].reserved > 0
    assert await tokens.sweep() == 0
    await end_in(tokens.store, TokenReservation, -1)
    assert (await tokens.check_rate_limit(lee))["windows"][2].reserved == 0
    await tokens.reserve(lee, "another question", LIMIT)
    assert await tokens.sweep() == 1
    async with tokens.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 1
    await tokens.store.close()


@asynccontextmanager
async def _looking(store_url: str, seen: list[int]) -> AsyncIterator[None]:
    """Note again and again what is used and set aside."""
    tokens, lee = await _lee(store_url)

    async def look() -> None:
        while True:
            *_, month = (await tokens.check_rate_limit(lee))["windows"]
            seen.append(month.used + month.reserved)
            await asyncio.sleep(0.03)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await tokens.store.close()


async def _lee(store_url: str) -> tuple[TokenUsageService, str]:
    store = Store.open(store_url)
    async with store.reading() as session:
        lee = await session.scalar(select(User.id).where(User.email == LEE.email))
    assert lee is not None
    return TokenUsageService(store, Limits(10**9, 10**9, LIMIT)), lee
