"""Rows of results are kept as long as is set; what was asked and said stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Table as Rows

from core import config
from core.ask.retention import RESULTS_DAYS
from core.chat import Chart, Sql, Table, Text
from core.errors import NoAnswer
from core.storage.base import utc_now
from core.storage.models import ChatMessage
from core.upkeep.marks import continued
from core.upkeep.results import forget_results
from tests.houses import LEE, add_sqlite, administrator, ask, make_shop, open_house, question, settings_for, wait_for

JOB = "forget_results"


async def test_rows_go_and_the_answer_says_so(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop.db")
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, shop)
        accepted = await house.service.accept(question("How many customers are there in each city?"))
        _, before = await wait_for(house, accepted.question_id)
        assert any(isinstance(part, Table) for part in before.parts)

        soon, later = utc_now() + timedelta(days=29), utc_now() + timedelta(days=31)
        assert await continued(house.store, JOB, forget_results, soon) == 0
        assert await continued(house.store, JOB, forget_results, later) == 1
        assert await continued(house.store, JOB, forget_results, later) == 0

        after = await house.service.progress(accepted.question_id, LEE)
        assert after is not None and not isinstance(after, str)
        parts = getattr(after, "parts", ())
        assert not any(isinstance(part, Table | Chart) for part in parts)
        kept = [part for part in before.parts if isinstance(part, Text | Sql)]
        assert [part for part in parts if isinstance(part, Text | Sql)] == kept
        with pytest.raises(NoAnswer) as gone:
            await house.service.table_of(accepted.question_id, LEE)
        assert gone.value.code == "answer.rows_gone"
        async with house.store.reading() as session:
            messages = [
                one
                async for one in await session.stream_scalars(
                    ChatMessage.__table__.select().with_only_columns(ChatMessage.content)
                )
            ]
        assert not any("Busan" in content for content in messages)
        assert (await house.service.sql_of(accepted.question_id, LEE)).text == kept[-1].text


async def test_the_next_run_goes_on_where_the_last_ended(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop.db")
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, shop)
        for number in range(3):
            await ask(house, "How many customers are there in each city?", thread=f"t{number}")
        later = utc_now() + timedelta(days=31)
        assert await continued(house.store, JOB, forget_results, later) == 3
        await ask(house, "How many customers are there in each city?", thread="t9")
        assert await continued(house.store, JOB, forget_results, later + timedelta(minutes=1)) == 1


async def test_for_good_is_for_good(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "shop.db")
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, shop)
        await ask(house, "How many customers are there in each city?")
        person = await administrator(house)
        async with house.store.writing() as session:
            await config.write(session, RESULTS_DAYS, 0, by=person.id, now=datetime.now(UTC))
        assert await continued(house.store, JOB, forget_results, utc_now() + timedelta(days=9_000)) == 0


async def test_answers_of_one_moment_go_together(tmp_path: Path) -> None:
    """Where one batch ends and the next begins there may be several of the same microsecond."""
    shop = make_shop(tmp_path / "shop.db")
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, shop)
        await ask(house, "How many customers are there in each city?")
        rows = cast("Rows", ChatMessage.__table__)
        async with house.store.writing() as session:
            (answer,) = (await session.execute(rows.select().where(rows.c.message_type == "assistant"))).mappings()
            for number in range(59):
                moment = answer["timestamp"] + timedelta(microseconds=min(number + 1, 40))
                copy = {**answer, "id": f"copy-{number}", "sequence_number": 10 + number, "timestamp": moment}
                await session.execute(rows.insert(), copy)
        assert await continued(house.store, JOB, forget_results, utc_now() + timedelta(days=31)) == 60
