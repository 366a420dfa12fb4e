"""Whole runs: a real house, the demo shop, the built-in writer or a model's server on loopback."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.wiring import House
from core.demo.shop import questions as demo_questions
from core.errors import NotAllowed
from core.evaluation.figures import Outcome, totals
from core.evaluation.golden import Golden
from core.evaluation.running import PLATFORM, Evaluation, Manner
from core.saved import TemplateEdit
from core.storage.own_tables import InboxItem
from tests.demo.gold import GOLD
from tests.houses import ADMINISTRATOR, add_sqlite, open_house, settings_for
from tests.local_model import LocalModel, Message, Turn

COUNT = "SELECT COUNT(*) AS customers FROM customers"


@asynccontextmanager
async def house_with(
    directory: Path, shop: Path, model: LocalModel | None = None, **changes: Any
) -> AsyncIterator[House]:
    given: dict[str, Any] = {}
    if model is not None:
        given = {"openai_api_key": SecretStr(model.key), "openai_base_url": model.base_url, "openai_max_retries": 0}
    settings = settings_for(directory, **{"quota_hour": 100_000, "quota_day": 100_000, **given, **changes})
    async with open_house(settings, {PLATFORM: None}) as built:
        await add_sqlite(built, shop)
        yield built


async def run(built: House, questions: Sequence[Golden], **manner: Any) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}

    def done(outcome: Outcome) -> None:
        outcomes[outcome.id] = outcome

    await Evaluation(built.service, built.road, ADMINISTRATOR, Manner(**manner)).run(questions, done)
    return outcomes


async def test_the_built_in_writer_on_the_demo_shop(tmp_path: Path, shop: Path) -> None:
    asked = [
        Golden(f"{language}{number}", text, "shop", sql)
        for language in ("en", "ko")
        for number, (text, sql) in enumerate(zip(demo_questions(language), GOLD, strict=True))
    ]
    async with house_with(tmp_path, shop) as built:
        outcomes = await run(built, asked)
    assert {one.verdict for one in outcomes.values()} == {"right"}
    assert len(outcomes) == 6
    assert all(one.sql.startswith("SELECT") and one.seconds > 0 for one in outcomes.values())
    found = totals(list(outcomes.values()))
    assert (found.prompt_tokens, found.completion_tokens, found.cost) == (0, 0, Decimal(0))


async def test_right_wrong_failing_and_not_understood(tmp_path: Path, shop: Path) -> None:
    answers: dict[str, str | Turn] = {
        "right": "SELECT COUNT(*) AS n FROM customers",
        "fewer": "SELECT COUNT(*) AS n FROM customers WHERE id < 5",
        "wider": "SELECT COUNT(*) AS n, 1 AS one FROM customers",
        "writes": "DELETE FROM customers",
        "down": Turn(status=500),
    }

    def answer(messages: list[Message]) -> str | Turn:
        return next(said for word, said in answers.items() if word in str(messages[-1]["content"]))

    asked = [Golden(word, f"Zorp the {word} customers?", sql=COUNT) for word in answers]
    with LocalModel(answer) as model:
        async with house_with(tmp_path, shop, model) as built:
            outcomes = await run(built, asked)
    verdicts = {name: (one.verdict, one.code) for name, one in outcomes.items()}
    assert verdicts["right"] == ("right", "")
    assert verdicts["fewer"] == ("wrong_rows", "")
    assert verdicts["wider"] == ("wrong_columns", "")
    assert verdicts["writes"][0] == "error"
    assert verdicts["writes"][1].startswith("guard.")
    assert verdicts["down"][0] == "error"
    assert verdicts["down"][1].startswith("model.")
    right = outcomes["right"]
    assert right.model == "gpt-4o-mini"
    assert right.prompt_tokens > 0
    assert right.completion_tokens > 0
    assert right.cost > Decimal(0)
    assert "COUNT" in right.sql
    assert "DELETE" in outcomes["writes"].sql


async def test_a_question_without_an_answer_in_time_is_stopped(tmp_path: Path, shop: Path) -> None:
    with LocalModel(Turn(hang=True)) as model:
        async with house_with(tmp_path, shop, model) as built:
            outcomes = await run(built, [Golden("1", "Zorp?", sql=COUNT)], seconds=0.5)
            async with built.store.reading() as session:
                states = (await session.scalars(select(InboxItem.state))).all()
    assert outcomes["1"].verdict == "late"
    assert 0.5 <= outcomes["1"].seconds < 20
    assert not set(states) & {"accepted", "claimed"}


async def test_ending_a_run_stops_what_is_under_way_and_keeps_what_was_measured(tmp_path: Path, shop: Path) -> None:
    hanging = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(messages: list[Message]) -> str | Turn:
        if "slow" in str(messages[-1]["content"]):
            loop.call_soon_threadsafe(hanging.set)
            return Turn(hang=True)
        return COUNT

    outcomes: list[Outcome] = []
    with LocalModel(answer) as model:
        async with house_with(tmp_path, shop, model) as built:
            evaluation = Evaluation(built.service, built.road, ADMINISTRATOR, Manner(concurrency=1))
            asked = [Golden("1", "Zorp the customers?", sql=COUNT), Golden("2", "Zorp the slow ones?", sql=COUNT)]
            task = asyncio.create_task(evaluation.run(asked, outcomes.append))
            await hanging.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert [call.aborted for call in model.completions] == [False, True]
    assert [(one.id, one.verdict) for one in outcomes] == [("1", "right")]


async def test_what_cannot_be_compared_with_is_not_asked(tmp_path: Path, shop: Path) -> None:
    asked = [
        Golden("gone", "How many customers?", "nowhere", COUNT),
        Golden("typo", "How many customers?", sql="SELECT COUNT(*) FROM qqqqq"),
        Golden("writes", "How many customers?", sql="DELETE FROM customers"),
        Golden("many", "List all orders", sql="SELECT * FROM orders"),
    ]
    with LocalModel(COUNT) as model:
        async with house_with(tmp_path, shop, model, query_rows=20) as built:
            outcomes = await run(built, asked)
        assert not model.completions
    assert {one.verdict for one in outcomes.values()} == {"gold_failed"}
    codes = {name: one.code for name, one in outcomes.items()}
    assert codes["gone"] == "connection.unknown"
    assert codes["typo"] == "guard.unknown_table"
    assert codes["writes"].startswith("guard.")
    assert codes["many"] == "golden.too_many_rows"


async def test_given_rows_are_compared_by_the_names_of_their_columns(tmp_path: Path, shop: Path) -> None:
    said = "SELECT COUNT(*) AS n, MIN(name) AS name FROM cities WHERE name = 'Seoul'"
    asked = [
        Golden("named", "Zorp Seoul?", rows=(("Seoul", 1),), columns=("name", "n")),
        Golden("unnamed", "Zorp Seoul?", rows=(("Seoul", 1),)),
        Golden("nothing", "Zorp Seoul?", rows=()),
    ]
    with LocalModel(said) as model:
        async with house_with(tmp_path, shop, model) as built:
            outcomes = await run(built, asked)
            anyway = await run(built, asked, any_column_order=True)
    assert {name: one.verdict for name, one in outcomes.items()} == {
        "named": "right", "unnamed": "wrong_rows", "nothing": "wrong_rows",
    }  # fmt: skip
    assert anyway["unnamed"].verdict == "right"


async def test_the_order_matters_where_the_golden_query_has_one_or_it_is_said(tmp_path: Path, shop: Path) -> None:
    down, up = (f"SELECT name FROM cities ORDER BY name {way}" for way in ("DESC", "ASC"))
    asked = [
        Golden("as the query", "Zorp?", sql=down),
        Golden("said not", "Zorp?", sql=down, order=False),
        Golden("no order", "Zorp?", sql="SELECT name FROM cities"),
    ]
    with LocalModel(up) as model:
        async with house_with(tmp_path, shop, model) as built:
            outcomes = await run(built, asked)
    assert {name: one.verdict for name, one in outcomes.items()} == {
        "as the query": "wrong_rows", "said not": "right", "no order": "right",
    }  # fmt: skip
    assert outcomes["as the query"].same_set


async def test_hints_are_put_with_the_question_or_left_out(tmp_path: Path, shop: Path) -> None:
    golden = Golden("1", "Zorp the old ones?", sql=COUNT, hint="old refers to id < 10")
    with LocalModel(COUNT) as model:
        async with house_with(tmp_path, shop, model) as built:
            await run(built, [golden])
            await run(built, [golden], evidence=False)
        told = [str(call.messages[-1]["content"]) for call in model.completions]
    assert [("Hint: old refers to id < 10" in one) for one in told] == [True, False]


async def test_a_template_answers_unless_the_run_is_fresh(tmp_path: Path, shop: Path) -> None:
    text = "Zorp the customers?"
    with LocalModel("SELECT 1 AS n") as model:
        async with house_with(tmp_path, shop, model) as built:
            await built.service.saved.keep(ADMINISTRATOR, TemplateEdit("zorp", text, COUNT, connection="shop"))
            kept = await run(built, [Golden("1", text, sql=COUNT)])
            fresh = await run(built, [Golden("1", text, sql=COUNT)], fresh=True)
    assert (kept["1"].verdict, kept["1"].model, kept["1"].prompt_tokens) == ("right", "template", 0)
    assert (fresh["1"].verdict, fresh["1"].model) == ("wrong_rows", "gpt-4o-mini")


async def test_a_question_too_long_to_be_taken_is_one_that_failed(tmp_path: Path, shop: Path) -> None:
    async with house_with(tmp_path, shop) as built:
        outcomes = await run(built, [Golden("1", "how " * 1_000, sql=COUNT)])
    assert (outcomes["1"].verdict, outcomes["1"].code) == ("error", "question.too_long")


async def test_sql_of_a_yardstick_is_run_as_it_was_written_and_only_reads(tmp_path: Path, shop: Path) -> None:
    asked = [
        Golden("beyond the guard", "How many customers are there?", sql="SELECT COUNT(*) FROM customers NOT INDEXED"),
        Golden("writes", "How many customers are there?", sql="DELETE FROM customers"),
    ]
    async with house_with(tmp_path, shop) as built:
        guarded = await run(built, asked)
        loose = await run(built, asked, guarded=False)
    assert {name: one.verdict for name, one in guarded.items()} == dict.fromkeys(loose, "gold_failed")
    assert {name: one.verdict for name, one in loose.items()} == {"beyond the guard": "right", "writes": "gold_failed"}
    with sqlite3.connect(f"file:{shop}?mode=ro", uri=True) as made:
        assert made.execute("SELECT COUNT(*) > 0 FROM customers").fetchone() == (1,)


async def test_so_many_questions_are_under_way_at_the_same_time(tmp_path: Path, shop: Path) -> None:
    asked = [Golden(str(number), f"Zorp {number}?", sql=COUNT) for number in range(8)]
    with LocalModel(COUNT, delay=0.2) as model:
        async with house_with(tmp_path, shop, model) as built:
            outcomes = await run(built, asked, concurrency=3)
        assert 1 < model.peak <= 3
    assert len(outcomes) == 8


async def test_whoever_may_not_ask_measures_nothing(tmp_path: Path, shop: Path) -> None:
    outcomes: list[Outcome] = []
    guest = replace(ADMINISTRATOR, platform="memory", workspace="T1", kind="guest")
    async with house_with(tmp_path, shop) as built:
        evaluation = Evaluation(built.service, built.road, guest, Manner())
        with pytest.raises(NotAllowed):
            await evaluation.run([Golden("1", "How many customers?", rows=((1,),))], outcomes.append)
    assert outcomes == []
