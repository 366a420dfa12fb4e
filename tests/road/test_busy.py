"""More is asked than can be answered at once: in line, fairly, and refused in words when the line is full."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from bot.wiring import House
from core.chat import Reply, Step
from core.errors import Busy
from core.storage.own_tables import InboxItem
from tests.houses import KIM, LEE, add_sqlite, open_house, question, settings_for, wait_for
from tests.local_model import LocalModel

HARD = "Which customers remind you of a summer afternoon, number {n}?"
SQL = "SELECT COUNT(*) AS n FROM customers"
NO_LIMIT = 10**9


async def stored(house: House) -> int:
    async with house.store.reading() as session:
        return await session.scalar(select(func.count()).select_from(InboxItem)) or 0


async def test_those_who_wait_hear_their_place_and_a_full_line_refuses(tmp_path: Path, shop: Path) -> None:
    with LocalModel(SQL, delay=0.5) as model:
        settings = settings_for(
            tmp_path, openai_api_key=SecretStr(model.key), openai_base_url=model.base_url, concurrency=1, queue=2,
            quota_hour=NO_LIMIT, quota_day=NO_LIMIT, quota_month=NO_LIMIT,
        )  # fmt: skip
        async with open_house(settings) as house:
            await add_sqlite(house, shop)
            asked = [question(HARD.format(n=n), KIM, thread=f"t{n}") for n in range(2)]
            accepted = [await house.service.accept(one) for one in asked]
            others = await house.service.accept(question(HARD.format(n=3), LEE))
            assert (house.service.line.running, house.service.line.waiting) == (1, 2)

            with pytest.raises(Busy) as refused:
                await house.service.accept(question(HARD.format(n=4), LEE, thread="t4"))
            assert (refused.value.code, refused.value.details["waiting"]) == ("question.busy", 2)
            assert await stored(house) == 3, "a refused question leaves nothing behind"
            again = await house.service.accept(asked[1])
            assert (again.question_id, again.new) == (accepted[1].question_id, False), (
                "delivered again, it is no new one"
            )

            (first, _), (steps, reply), (theirs, answer) = await asyncio.gather(
                wait_for(house, accepted[0].question_id, KIM), wait_for(house, accepted[1].question_id, KIM),
                wait_for(house, others.question_id, LEE),
            )  # fmt: skip
            assert first[0].kind != "waiting"
            assert steps[0] == Step("waiting", "지금 바쁩니다. 1번째로 기다리고 계십니다")
            assert theirs[0].kind == "waiting" and "number 1 in line" in theirs[0].text, "Lee has none under way"
            assert isinstance(reply, Reply) and reply.ok and answer.ok
            late = await house.service.accept(question(HARD.format(n=5), LEE, thread="t5"))
            assert (await wait_for(house, late.question_id))[1].ok
