"""A query that finds nothing for a value: mended for nothing, else written once more, else answered as it is."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.wiring import House
from core.ask.present.hidden import MASK
from core.ids import new_id
from core.storage.models import QueryAnalytics, QueryTemplate
from core.storage.own_tables import TokenReservation
from core.storage.session import add_row
from tests.houses import ADMINISTRATOR, KIM, LEE, Parts, ask, question, wait_for
from tests.local_model import LocalModel, Turn
from tests.road.test_model_road import house_with

QUESTION = "Which suppliers are from Korea?"
KOREA = "SELECT name FROM suppliers WHERE country = 'Korea'"
SOUTH_KOREA = "SELECT name FROM suppliers WHERE country = 'South Korea'"
JAPAN = "SELECT name FROM suppliers WHERE country = 'japan'"
NOTHING_IN_JAPAN = "SELECT name FROM suppliers WHERE country = 'Japan' AND name = 'Sierra Beans'"


@dataclass(frozen=True)
class Asked:
    """What came of one question to a house with a model."""

    parts: Parts
    ok: bool
    plain: str
    row: QueryAnalytics
    prompts: list[str]
    steps: list[str]

    @property
    def rows(self) -> Any:
        return self.parts.table.rows


async def asked(
    answers: list[str | Turn], directory: Path, shop: Path, text: str = QUESTION, actor: Any = LEE, **changes: Any
) -> Asked:
    with LocalModel(answers) as model:
        async with house_with(model, directory, shop, **changes) as built:
            steps, reply = await ask(built, text, actor)
            row = await analytics(built)
    prompts = [str(call.messages[-1]["content"]) for call in model.completions]
    return Asked(Parts(reply), reply.ok, reply.plain, row, prompts, [step.kind for step in steps])


async def analytics(built: House) -> QueryAnalytics:
    """The one row of it; nothing may stay reserved beside it."""
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 0
        return (await session.scalars(select(QueryAnalytics))).one()


async def test_a_value_in_another_case_is_mended_for_nothing(tmp_path: Path, shop: Path) -> None:
    found = await asked([Turn(text=JAPAN, usage=(300, 20))], tmp_path, shop)
    assert found.rows == (("Sakura Paper",),)
    assert found.parts.facts["mended"] == "'japan' → 'Japan'"
    assert found.parts.facts["filters"] == "country is Japan"
    assert "'Japan'" in found.parts.sql.text
    assert found.row.sql_query == found.parts.sql.text
    assert len(found.prompts) == 1
    assert found.row.total_tokens == 320
    assert found.steps.count("running") == 2
    assert "repairing" not in found.steps


async def test_a_value_that_is_not_known_is_written_once_more(tmp_path: Path, shop: Path) -> None:
    used = [(300, 20), (180, 21)]
    found = await asked([Turn(text=KOREA, usage=used[0]), Turn(text=SOUTH_KOREA, usage=used[1])], tmp_path, shop)
    assert found.ok
    assert found.rows
    assert found.parts.facts["mended"] == "rewritten once by the model after finding nothing"
    assert found.parts.facts["cost"].startswith("521 tokens")
    assert found.steps.count("repairing") == 1
    _, second = found.prompts
    assert "Problem: No rows. Perhaps a value is written differently: country = 'Korea'" in second
    assert "suppliers.country: 'South Korea', " in second
    assert f"Query: {KOREA}\n" in second
    row = found.row
    assert (row.prompt_tokens, row.completion_tokens, row.total_tokens) == (480, 41, 521)
    assert row.sql_query == found.parts.sql.text
    assert "'South Korea'" in found.parts.sql.text
    assert row.success


async def test_what_is_written_once_more_is_mended_too(tmp_path: Path, shop: Path) -> None:
    found = await asked([KOREA, SOUTH_KOREA.replace("South Korea", "south_korea")], tmp_path, shop)
    assert found.rows
    assert found.parts.facts["mended"] == (
        "'south_korea' → 'South Korea', rewritten once by the model after finding nothing"
    )
    assert len(found.prompts) == 2


@pytest.mark.parametrize(
    ("second", "spent"),
    [
        (Turn(status=500, usage=None), 0),
        (Turn(hang=True), 0),
        (Turn(text="I am afraid there are none.", usage=(100, 7)), 107),
        (Turn(text="-- NO: there is no such country", usage=(100, 7)), 107),
        (Turn(text="SELECT name FROM", finish_reason="length", usage=(100, 7)), 107),
        (Turn(text="DELETE FROM suppliers", usage=(100, 7)), 107),
        (Turn(text="SELECT zzz_nothing FROM suppliers", usage=(100, 7)), 107),
        (Turn(text="SELECT abs(-9223372036854775808) FROM suppliers", usage=(100, 7)), 107),
        (Turn(text="SELECT name FROM suppliers WHERE country = 'Republic of Korea'", usage=(100, 7)), 107),
        (Turn(text="SELECT COUNT(*) FROM suppliers WHERE country = 'Republic of Korea'", usage=(100, 7)), 107),
    ],
)
async def test_a_second_call_that_helps_nothing_leaves_the_first_result(
    tmp_path: Path, shop: Path, second: Turn, spent: int
) -> None:
    found = await asked([Turn(text=KOREA, usage=(300, 20)), second], tmp_path, shop, openai_timeout=1.0)
    assert found.ok
    assert found.parts.notice is None
    assert found.rows == ()
    assert "country is Korea" in found.parts.text.text
    assert "mended" not in found.parts.facts
    assert found.parts.sql.text.startswith(KOREA)
    assert len(found.prompts) == 2
    row = found.row
    assert (row.total_tokens, row.success, row.error_message) == (320 + spent, True, None)
    assert row.sql_query == found.parts.sql.text


async def test_over_the_limit_the_first_result_stands(tmp_path: Path, shop: Path) -> None:
    found = await asked([Turn(text=KOREA, usage=(400, 20)), SOUTH_KOREA], tmp_path, shop, quota_hour=600)
    assert found.ok
    assert found.rows == ()
    assert len(found.prompts) == 1
    assert found.row.total_tokens == 420


@pytest.mark.parametrize(
    "sql",
    [
        NOTHING_IN_JAPAN,
        "SELECT COUNT(*) FROM suppliers WHERE country = 'Japan' AND name LIKE 'Sierra%'",
        "SELECT name FROM suppliers WHERE country <> 'Korea' AND id < 0",
        "SELECT id FROM orders WHERE ordered_at = '2031-01-01'",
    ],
)
async def test_where_every_value_is_known_nothing_found_is_the_answer(tmp_path: Path, shop: Path, sql: str) -> None:
    found = await asked([sql, SOUTH_KOREA], tmp_path, shop)
    assert found.ok
    assert len(found.prompts) == 1
    assert found.steps.count("running") == 1
    assert found.parts.sql.text.startswith(sql)


async def test_of_a_private_column_no_value_could_be_told(tmp_path: Path, shop: Path) -> None:
    nobody = "SELECT name FROM customers WHERE email = 'nobody@example.com'"
    found = await asked([nobody, SOUTH_KOREA], tmp_path, shop, actor=ADMINISTRATOR)
    assert found.ok
    assert found.rows == ()
    assert len(found.prompts) == 1


async def test_mended_and_still_nothing_needs_no_model(tmp_path: Path, shop: Path) -> None:
    found = await asked([NOTHING_IN_JAPAN.replace("Japan", "japan"), SOUTH_KOREA], tmp_path, shop)
    assert len(found.prompts) == 1
    assert found.rows == ()
    assert "mended" not in found.parts.facts
    assert "'japan'" in found.parts.sql.text
    assert found.row.sql_query == found.parts.sql.text


@pytest.mark.parametrize("what", ["COUNT(*)", "SUM(p.price)", "COALESCE(SUM(p.stock), 0), MAX(p.price)"])
async def test_an_aggregate_over_nothing_is_nothing_found(tmp_path: Path, shop: Path, what: str) -> None:
    sql = f"SELECT {what} FROM products p JOIN suppliers s ON s.id = p.supplier_id WHERE s.country = 'VIETNAM'"
    found = await asked([sql], tmp_path, shop)
    assert found.rows
    assert all(found.rows[0])
    assert found.parts.facts["mended"] == "'VIETNAM' → 'Vietnam'"
    assert len(found.prompts) == 1


async def test_a_row_that_says_zero_was_found(tmp_path: Path, shop: Path) -> None:
    """A name that the index does not hold: the row is there all the same."""
    with closing(sqlite3.connect(shop)) as connection:
        names = connection.execute("SELECT name FROM customers GROUP BY name ORDER BY COUNT(*), name LIMIT 1")
        (name,) = names.fetchone()
    found = await asked([f"SELECT 0 AS debts FROM customers WHERE name = '{name}'", SOUTH_KOREA], tmp_path, shop)
    assert set(found.rows) == {(0,)}
    assert len(found.prompts) == 1


async def test_a_repaired_query_is_mended_but_not_repaired_again(tmp_path: Path, shop: Path) -> None:
    refused = "SELECT zzz_nothing_like_it FROM suppliers"
    found = await asked([refused, JAPAN, SOUTH_KOREA], tmp_path / "mended", shop)
    assert found.rows
    assert found.parts.facts["mended"] == "'japan' → 'Japan', rewritten once by the model after a refusal"
    assert len(found.prompts) == 2
    empty = await asked([refused, KOREA, SOUTH_KOREA], tmp_path / "empty", shop)
    assert empty.ok
    assert empty.rows == ()
    assert empty.parts.facts["mended"] == "rewritten once by the model after a refusal"
    assert len(empty.prompts) == 2


async def test_names_and_values_are_mended_together(tmp_path: Path, shop: Path) -> None:
    found = await asked(["SELECT name FROM supliers WHERE contry = 'japan'"], tmp_path, shop)
    assert found.rows
    assert found.parts.facts["mended"] == "supliers → suppliers, contry → country, 'japan' → 'Japan'"


async def test_a_question_in_korean(tmp_path: Path, shop: Path) -> None:
    def count(region: str) -> str:
        return (
            "SELECT COUNT(*) AS 고객수 FROM customers c JOIN cities t ON t.id = c.city_id "
            f"WHERE t.region_ko = '{region}'"
        )

    mended = await asked([count("수도 권")], tmp_path / "mended", shop, "수도 권 고객은 몇 명이야?", KIM)
    assert mended.rows[0][0] > 0
    assert mended.parts.facts["mended"] == "'수도 권' → '수도권'"
    written = await asked([count("서울·경기"), count("수도권")], tmp_path / "written", shop, "서울·경기 고객 수", KIM)
    assert written.rows == mended.rows
    assert written.parts.facts["mended"] == "결과가 없어 모델이 한 번 다시 작성함"
    assert "cities.region_ko: '수도권'" in written.prompts[1]
    assert "region_ko = '서울·경기'" in written.prompts[1]


async def test_no_row_of_a_result_is_in_a_prompt(tmp_path: Path, shop: Path) -> None:
    found = await asked([KOREA, SOUTH_KOREA], tmp_path, shop)
    assert found.rows
    assert all(str(name) not in prompt for (name,) in found.rows for prompt in found.prompts)


async def test_what_is_hidden_stays_hidden(tmp_path: Path, shop: Path) -> None:
    found = await asked(["SELECT MAX(email) AS m, COUNT(*) AS n FROM customers WHERE grade = 'GOLD'"], tmp_path, shop)
    assert found.rows[0][0] == MASK
    assert found.rows[0][1] > 0
    assert found.parts.facts["hidden"] == "customers.email"
    assert found.parts.facts["mended"] == "'GOLD' → 'gold'"


async def test_stopped_while_it_is_written_once_more(tmp_path: Path, shop: Path) -> None:
    with LocalModel([Turn(text=KOREA, usage=(300, 20)), Turn(hang=True)]) as model:
        async with house_with(model, tmp_path, shop) as built:
            accepted = await built.service.accept(question(QUESTION))
            async with asyncio.timeout(5):
                while len(model.completions) < 2:
                    await asyncio.sleep(0.01)
            assert await built.service.stop(accepted.question_id, LEE)
            _, reply = await wait_for(built, accepted.question_id)
            row = await analytics(built)
    assert Parts(reply).notice.code == "query.cancelled"
    assert (row.total_tokens, row.error_message) == (320, "query.cancelled")


async def test_sql_that_somebody_typed_runs_as_it_is(small: House) -> None:
    steps, reply = await ask(small, JAPAN)
    parts = Parts(reply)
    assert reply.ok
    assert parts.table.rows == ()
    assert "'japan'" in parts.sql.text
    assert "mended" not in parts.facts
    assert [step.kind for step in steps].count("running") == 1


async def test_a_template_is_mended_for_nothing(small: House) -> None:
    async with small.store.writing() as session:
        await add_row(
            session,
            QueryTemplate,
            id=new_id(),
            name="Suppliers of Japan",
            question_template="Show our friends in Japan",
            sql_template=JAPAN,
            is_public=True,
            is_verified=True,
        )
    _, reply = await ask(small, "Show our friends in Japan")
    parts = Parts(reply)
    assert parts.table.rows
    assert parts.facts["mended"] == "'japan' → 'Japan'"
    assert parts.facts["cost"].startswith("0 tokens")
