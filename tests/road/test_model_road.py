"""The road with a model: the real client against a real local server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from bot.wiring import House
from core.storage.inbox import MOST_ATTEMPTS
from core.storage.models import ChatMessage, QueryAnalytics, User
from core.storage.own_tables import InboxItem, TokenReservation
from tests.houses import KIM, LEE, Parts, add_sqlite, ask, open_house, question, settings_for, wait_for
from tests.local_model import LocalModel, Turn

COUNT = "SELECT COUNT(*) AS customers FROM customers"
HARD = "Which customers remind you of a summer afternoon?"


def model_settings(directory: Path, model: LocalModel, store_url: str = "sqlite:///app_data.db", **changes: Any) -> Any:
    return settings_for(
        directory,
        store_url,
        openai_api_key=SecretStr(model.key),
        openai_base_url=model.base_url,
        openai_max_retries=0,
        **changes,
    )


@asynccontextmanager
async def house_with(
    model: LocalModel, directory: Path, shop: Path, store_url: str | None = None, **changes: Any
) -> AsyncIterator[House]:
    settings = model_settings(directory, model, store_url or "sqlite:///app_data.db", **changes)
    async with open_house(settings) as built:
        await add_sqlite(built, shop)
        yield built


async def test_tokens_are_counted_priced_and_charged(tmp_path: Path, shop: Path, store_url: str) -> None:
    with LocalModel(COUNT) as model:
        async with house_with(model, tmp_path, shop, store_url) as built:
            _, reply = await ask(built, "How many customers do we have?")
            assert reply.ok
            (call,) = model.completions
            async with built.store.reading() as session:
                row = (await session.scalars(select(QueryAnalytics))).one()
                lee = (await session.scalars(select(User).where(User.email == LEE.email))).one()
                assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 0
            windows = await built.service.usage.windows(LEE)
    prompt, written = row.prompt_tokens or 0, row.completion_tokens or 0
    assert prompt > 0
    assert written > 0
    assert row.total_tokens == prompt + written <= 550
    assert row.llm_model == "gpt-4o-mini"
    assert row.llm_cost_estimate == pytest.approx(prompt * 0.00000015 + written * 0.0000006)
    assert lee.token_usage == row.total_tokens
    assert lee.preferences
    assert lee.preferences["token_usage"]["total_tokens"] == row.total_tokens
    assert {window.used for window in windows} == {row.total_tokens}
    assert "Lee" not in str(call.messages)
    assert Parts(reply).facts["cost"].startswith(str(row.total_tokens))


async def test_one_repair_after_the_database_or_the_check_refused(tmp_path: Path, shop: Path) -> None:
    with LocalModel(["SELECT zzz_nothing_like_it FROM customers", COUNT]) as model:
        async with house_with(model, tmp_path, shop) as built:
            steps, reply = await ask(built, "How many customers do we have?")
            async with built.store.reading() as session:
                row = (await session.scalars(select(QueryAnalytics))).one()
    assert reply.ok
    assert "repairing" in [step.kind for step in steps]
    assert len(model.completions) == 2
    first, second = (call.messages for call in model.completions)
    assert "zzz_nothing_like_it" in str(second)
    assert len(str(second)) < len(str(first))
    assert (row.total_tokens or 0) > 0


async def test_a_second_failure_is_not_repaired_again(tmp_path: Path, shop: Path) -> None:
    with LocalModel("DELETE FROM customers") as model:
        async with house_with(model, tmp_path, shop) as built:
            _, reply = await ask(built, "How many customers do we have?")
    assert len(model.completions) == 2
    assert Parts(reply).notice.code.startswith("guard.")


@pytest.mark.parametrize(
    ("turn", "code"),
    [
        (Turn(status=500), "model.down"),
        (Turn(status=401), "model.sign_in"),
        (Turn(text=""), "model.nonsense"),
        (Turn(text="I think you have many customers, dear friend."), "model.nonsense"),
        (Turn(text="SELECT 1", finish_reason="length"), "model.cut_off"),
        (Turn(hang=True), "model.too_slow"),
        (Turn(cut=True), "model.down"),
        (Turn(body=b"<html>gateway</html>"), "model.nonsense"),
    ],
)
async def test_a_model_that_fails_ends_in_a_sentence(tmp_path: Path, shop: Path, turn: Turn, code: str) -> None:
    with LocalModel(turn) as model:
        async with house_with(model, tmp_path, shop, openai_timeout=1.0) as built:
            _, reply = await ask(built, "How many customers do we have?")
            async with built.store.reading() as session:
                assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 0
                row = (await session.scalars(select(QueryAnalytics))).one()
    assert (Parts(reply).notice.code, row.error_message, row.success) == (code, code, False)
    assert model.key not in reply.plain


async def test_over_the_limit_simple_questions_still_work(tmp_path: Path, shop: Path) -> None:
    with LocalModel(COUNT) as model:
        async with house_with(model, tmp_path, shop, quota_hour=600) as built:
            _, first = await ask(built, "How many customers do we have?")
            _, simple = await ask(built, "How many customers are there?")
            _, hard = await ask(built, HARD)
    assert len(model.completions) == 1
    assert first.ok
    assert simple.ok
    assert Parts(simple).facts["cost"].startswith("0 tokens")
    assert Parts(hard).notice.code == "quota.hour"
    assert "600" in Parts(hard).notice.text


async def test_many_at_once_never_pass_the_limit(tmp_path: Path, shop: Path, store_url: str) -> None:
    with LocalModel(COUNT, delay=0.2) as model:
        async with house_with(model, tmp_path, shop, store_url, quota_hour=2_000, concurrency=20) as built:
            accepted = [await built.service.accept(question(HARD, thread=f"t{n}")) for n in range(20)]
            replies = [(await wait_for(built, one.question_id))[1] for one in accepted]
            (hour, *_) = await built.service.usage.windows(LEE)
    assert 1 <= sum(reply.ok for reply in replies) == len(model.completions) < 20
    assert hour.used <= 2_000
    assert hour.reserved == 0


async def test_stop_ends_the_model_call(tmp_path: Path, shop: Path) -> None:
    with LocalModel(Turn(hang=True)) as model:
        async with house_with(model, tmp_path, shop) as built:
            accepted = await built.service.accept(question(HARD))
            await _until(lambda: bool(model.completions))
            assert await built.service.stop(accepted.question_id, LEE)
            _, reply = await wait_for(built, accepted.question_id)
            assert not await built.service.stop(accepted.question_id, LEE)
            await _until(lambda: model.completions[0].aborted)
    assert Parts(reply).notice.code == "query.cancelled"


async def test_what_is_in_the_database_is_never_in_the_next_prompt(tmp_path: Path, shop: Path) -> None:
    with LocalModel(["SELECT name FROM customers WHERE id = 1", COUNT]) as model:
        async with house_with(model, tmp_path, shop) as built:
            _, first = await ask(built, "Who is our first customer, by id?", thread="same")
            await ask(built, "And how many are there?", thread="same")
    ((name,),) = Parts(first).table.rows
    second = str(model.completions[1].messages)
    assert "Who is our first customer" in second
    assert "WHERE id = 1" in second
    assert str(name) not in second


async def test_an_orderly_stop_hands_questions_back(tmp_path: Path, shop: Path) -> None:
    with LocalModel([Turn(hang=True), COUNT]) as model:
        async with house_with(model, tmp_path, shop) as built:
            accepted = await built.service.accept(question(HARD))
            await _until(lambda: bool(model.completions))
            await built.service.close(grace_seconds=0.1)
        async with open_house(model_settings(tmp_path, model)) as again:
            assert await again.service.recover() == 1
            _, reply = await wait_for(again, accepted.question_id)
            async with again.store.reading() as session:
                assert await session.scalar(select(func.count()).select_from(ChatMessage)) == 2
    assert reply.ok


async def test_what_a_dead_process_had_set_aside_is_given_back_with_the_apology(tmp_path: Path, shop: Path) -> None:
    with LocalModel(Turn(hang=True)) as model:
        async with house_with(model, tmp_path, shop) as built:
            accepted = await built.service.accept(question(HARD))
            await _until(lambda: bool(model.completions))
            async with open_house(model_settings(tmp_path, model)) as again:
                async with again.store.writing() as session:
                    assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 1
                    await session.execute(update(InboxItem).values(attempts=MOST_ATTEMPTS, lease_until=None))
                assert await again.service.recover() == 1
                _, reply = await wait_for(again, accepted.question_id)
                assert Parts(reply).notice.code == "question.given_up"
                async with again.store.reading() as session:
                    assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 0
            await built.service.close(grace_seconds=0.1)


async def test_what_cannot_be_read_keeps_nobody_behind_it_waiting(
    tmp_path: Path, shop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As of a newer version, before somebody went back to this one."""
    with LocalModel([Turn(hang=True), Turn(hang=True), COUNT]) as model:
        async with house_with(model, tmp_path, shop) as built:
            first = await built.service.accept(question(HARD, KIM))
            second = await built.service.accept(question(HARD, LEE))
            await _until(lambda: len(model.completions) == 2)
            await built.service.close(grace_seconds=0.1)
        async with open_house(model_settings(tmp_path, model)) as again:
            async with again.store.writing() as session:
                strange = update(InboxItem).where(InboxItem.id == first.question_id).values(question={"version": 99})
                await session.execute(strange)
            await again.service.recover()
            _, reply = await wait_for(again, second.question_id)
    assert reply.ok
    assert "a question was not taken up" in caplog.text


async def _until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
