"""A pass over a schema: the real client against a real local server, over real stores."""

import asyncio
from typing import Any

import pytest

from core.catalog.describe import Describer, Done, Plan
from core.catalog.describe.prompt import MOST_OUTPUT
from core.errors import BadEdit, ModelFailed, NotAllowed
from core.ids import service_account_id
from core.model.base import completer
from core.model.builtin import BuiltinWriter
from core.schema import Documentation
from core.storage.models import QueryAnalytics, User
from core.storage.session import Store
from core.usage.cost_calculator import cost
from tests.catalog.rooms import Rooms, asked_names, obedient, rooms_over, somebody, writer_for
from tests.local_model import LocalModel, Turn

WIDE = ";".join(f"CREATE TABLE t{n} (a INT, b INT, c INT, d INT, e INT, f INT, g INT, h INT)" for n in range(12))
"""12 tables of 9 names: two a batch."""


async def run(rooms: Rooms, describer: Describer, heard: list[Done] | None = None, **options: Any) -> tuple[Plan, Done]:
    plan = await describer.plan(rooms.person, rooms.connection, **options)
    heard = [] if heard is None else heard
    return plan, await describer.describe(rooms.person, rooms.connection, plan, heard.append)


async def documented(rooms: Rooms) -> dict[tuple[str, str], Documentation]:
    entry = await rooms.catalog.entry(rooms.connection)
    return {(each.table, each.column): each for each in entry.documentation}


def prompts(model: LocalModel) -> list[str]:
    return [call.messages[1]["content"] for call in model.completions]


async def test_a_pass_is_kept_counted_priced_and_audited(everywhere: Rooms) -> None:
    rooms = everywhere
    before = rooms.person
    with LocalModel(obedient) as model:
        async with writer_for(model) as writer:
            plan, done = await run(rooms, rooms.describer(writer))
            again, _ = await run(rooms, rooms.describer(writer))
    found = await documented(rooms)
    assert set(found) == {
        ("customers", ""), ("customers", "id"), ("customers", "name"), ("customers", "grade"),
        ("orders", ""), ("orders", "id"), ("orders", "customer_id"), ("orders", "state"), ("orders", "total"),
    }  # fmt: skip
    assert found["orders", "state"].words == ("말 7", "word 7")
    assert (done.tables, done.columns, done.batches) == (2, 7, 1)
    assert again.batches == ()

    (call,) = model.completions
    assert call.body["max_tokens"] <= MOST_OUTPUT
    (row,) = await rooms.rows(QueryAnalytics)
    (account,) = [user for user in await rooms.rows(User) if user.email == "catalog@service.invalid"]
    assert (row.user_id, account.id, account.is_active) == (account.id, service_account_id("catalog"), False)
    assert (account.full_name, account.password_hash) == ("Catalog", "!")
    assert row.prompt_tokens == plan.prompt_tokens
    assert row.total_tokens == done.tokens == account.token_usage == row.prompt_tokens + row.completion_tokens
    assert account.preferences["token_usage"]["total_tokens"] == done.tokens
    price = cost("gpt-4o-mini", row.prompt_tokens, row.completion_tokens).usd
    assert done.usd == price
    assert row.llm_cost_estimate == pytest.approx(float(price))
    assert (row.success, row.llm_model, row.sql_query) == (True, "gpt-4o-mini", "")
    (audit,) = await rooms.audit("catalog.described")
    assert (audit.user_id, audit.resource_id) == (before.id, rooms.connection.id)
    assert audit.new_values == {"tables": 2, "columns": 7, "tokens": done.tokens, "model": "gpt-4o-mini"}
    (person,) = [user for user in await rooms.rows(User) if user.id == before.id]
    assert person.token_usage == 0


async def test_neither_values_nor_private_columns_nor_their_comments_are_sent(rooms: Rooms) -> None:
    await rooms.catalog.entry(rooms.connection)
    await rooms.editor.mark(rooms.person, None, "*", "grade", True)
    with LocalModel(obedient) as model:
        async with writer_for(model) as writer:
            await run(rooms, rooms.describer(writer))
    everything = str([call.body for call in model.calls])
    for secret in ("email", "canary", "grade", "gold", "silver", "Kim", "example.com"):
        assert secret not in everything
    assert "customers.name" in everything
    assert "(paid, sent or returned)" in everything  # a comment, not a value
    assert ("customers", "grade") not in await documented(rooms)


async def test_a_mark_made_during_a_pass_holds_for_what_is_still_to_be_sent(sqlite_store: Store, tmp_path: Any) -> None:
    async with rooms_over(sqlite_store, tmp_path, WIDE) as rooms:
        marked = False

        with LocalModel(obedient) as model:
            async with writer_for(model) as writer:
                describer = rooms.describer(writer)
                plan = await describer.plan(rooms.person, rooms.connection)
                work = asyncio.create_task(describer.describe(rooms.person, rooms.connection, plan, lambda done: None))
                while not work.done() and not marked:
                    await asyncio.sleep(0)
                    if model.completions:
                        await rooms.editor.mark(rooms.person, rooms.connection, "*", "h", True)
                        marked = True
                await work
    assert marked
    assert "t9.g" in prompts(model)[-1]
    assert "t9.h" not in prompts(model)[-1]


async def test_what_was_kept_stays_when_the_run_is_killed_and_the_next_goes_on(store: Store, tmp_path: Any) -> None:
    async with rooms_over(store, tmp_path, WIDE) as rooms:
        answers = 0

        def then_hang(messages: list[dict[str, Any]]) -> str | Turn:
            nonlocal answers
            answers += 1
            return obedient(messages) if answers <= 2 else Turn(hang=True)

        heard: list[Done] = []
        with LocalModel(then_hang) as model:
            async with writer_for(model) as writer:
                work = asyncio.create_task(run(rooms, rooms.describer(writer), heard))
                while len(model.completions) < 3:
                    await asyncio.sleep(0.01)
                work.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await work
        kept = await documented(rooms)
        assert len(kept) == heard[-1].tables + heard[-1].columns == 36
        lost = asked_names(prompts(model)[2])
        with LocalModel(obedient) as second:
            async with writer_for(second) as writer:
                plan, done = await run(rooms, rooms.describer(writer))
        assert plan.names == 12 * 9 - 36
        assert asked_names(prompts(second)[0]) == lost
        assert len(await documented(rooms)) == 108
        rows = await rooms.rows(QueryAnalytics)
        assert len(rows) == 6
        assert sum(row.total_tokens for row in rows) == heard[-1].tokens + done.tokens


async def test_the_rows_add_up_to_what_the_server_reported(rooms: Rooms) -> None:
    turns = [Turn(text="no", usage=(111, 7)), Turn(text="orders | What was bought | 주문; sale", usage=(222, 13)),
             Turn(text="customers | Who buys | 고객", usage=(50, 3))]  # fmt: skip
    with LocalModel(turns) as model:
        async with writer_for(model) as writer:
            _, done = await run(rooms, rooms.describer(writer))
    rows = await rooms.rows(QueryAnalytics)
    assert sorted((row.prompt_tokens, row.completion_tokens, row.success) for row in rows) == [
        (50, 3, True), (111, 7, False), (222, 13, True),
    ]  # fmt: skip
    assert done.tokens == sum(row.total_tokens for row in rows) == 406
    assert [row.error_message for row in rows if not row.success] == ["model.nonsense"]
    # What the answer left out was asked about once more, and then left.
    assert asked_names(prompts(model)[2]) == [name for name in asked_names(prompts(model)[1]) if name != "orders"]
    assert set(await documented(rooms)) == {("orders", ""), ("customers", "")}


async def test_a_last_answer_that_says_nothing_is_no_failure(rooms: Rooms) -> None:
    with LocalModel(["orders | What was bought | 주문", "I have nothing to add."]) as model:
        async with writer_for(model) as writer:
            _, done = await run(rooms, rooms.describer(writer))
    assert (done.tables, done.columns, len(model.completions)) == (1, 0, 2)


@pytest.mark.parametrize(
    ("turn", "code", "calls"),
    [
        (Turn(status=500), "model.down", 2),
        (Turn(text="As an assistant I cannot."), "model.nonsense", 2),
        (Turn(text=""), "model.nonsense", 2),
        (Turn(hang=True), "model.too_slow", 2),
        (Turn(status=401), "model.sign_in", 1),
        (Turn(status=402), "model.out_of_credit", 1),
    ],
)
async def test_a_batch_that_fails_twice_ends_the_run_and_what_was_kept_stays(
    sqlite_store: Store, tmp_path: Any, turn: Turn, code: str, calls: int
) -> None:
    async with rooms_over(sqlite_store, tmp_path, WIDE) as rooms:
        answers = 0

        def failing(messages: list[dict[str, Any]]) -> str | Turn:
            nonlocal answers
            answers += 1
            return obedient(messages) if answers == 1 else turn

        heard: list[Done] = []
        with LocalModel(failing) as model:
            async with writer_for(model) as writer:
                with pytest.raises(ModelFailed) as failure:
                    await run(rooms, rooms.describer(writer, seconds=0.5), heard)
        assert failure.value.code == code
        assert len(model.completions) == 1 + calls
        assert (heard[-1].tables, heard[-1].columns) == (2, 16)
        assert len(await documented(rooms)) == 18
        rows = await rooms.rows(QueryAnalytics)
        assert sum(row.total_tokens for row in rows) == heard[-1].tokens


async def test_a_failure_once_is_tried_again(rooms: Rooms) -> None:
    answers = 0

    def once(messages: list[dict[str, Any]]) -> str | Turn:
        nonlocal answers
        answers += 1
        return Turn(status=500) if answers == 1 else obedient(messages)

    with LocalModel(once) as model:
        async with writer_for(model) as writer:
            _, done = await run(rooms, rooms.describer(writer))
    assert (done.tables, done.columns, len(model.completions)) == (2, 7, 2)


async def test_an_answer_that_was_cut_off_is_asked_for_in_halves(rooms: Rooms) -> None:
    def short_of_breath(messages: list[dict[str, Any]]) -> str | Turn:
        text = obedient(messages)
        return text if len(asked_names(messages[1]["content"])) <= 5 else Turn(text=text, finish_reason="length")

    with LocalModel(short_of_breath) as model:
        async with writer_for(model) as writer:
            _, done = await run(rooms, rooms.describer(writer))
    assert [len(asked_names(each)) for each in prompts(model)] == [9, 5, 4]
    assert done.tables + done.columns == 9
    rows = await rooms.rows(QueryAnalytics)
    assert sum(row.total_tokens for row in rows) == done.tokens
    assert sorted(row.success for row in rows) == [False, True, True]


async def test_a_persons_words_survive(everywhere: Rooms) -> None:
    rooms = everywhere
    await rooms.catalog.entry(rooms.connection)
    mine = Documentation("orders", "state", "Mine", ("내 말",), by="person")
    await rooms.editor.document(rooms.person, rooms.connection, [mine])
    calls = 0

    def bold(messages: list[dict[str, Any]]) -> str:
        # Writes about what it was not asked about, too.
        nonlocal calls
        calls += 1
        return f"{obedient(messages)}\norders | pass {calls} | 말\norders.state | Theirs | 남의 말"

    with LocalModel(bold) as model:
        async with writer_for(model) as writer:
            await run(rooms, rooms.describer(writer))
            assert (await documented(rooms))["orders", ""].description == "pass 1"
            plan, _ = await run(rooms, rooms.describer(writer), again=True)
    found = await documented(rooms)
    assert found["orders", "state"] == mine
    assert found["orders", ""].description == "pass 2"
    assert plan.names == 8
    assert all("orders.state" not in prompt for prompt in prompts(model))


async def test_words_a_person_writes_during_the_call_are_theirs(rooms: Rooms) -> None:
    await rooms.catalog.entry(rooms.connection)
    with LocalModel(lambda messages: Turn(text=obedient(messages), delay=0.5)) as model:
        async with writer_for(model) as writer:
            work = asyncio.create_task(run(rooms, rooms.describer(writer)))
            while not model.completions:
                await asyncio.sleep(0.01)
            await rooms.editor.document(rooms.person, rooms.connection, [Documentation("orders", "", "Mine")])
            await work
    assert (await documented(rooms))["orders", ""].description == "Mine"


async def test_a_table_that_goes_during_the_call_takes_its_words_along(rooms: Rooms) -> None:
    from tests.catalog.rooms import execute

    await rooms.catalog.entry(rooms.connection)
    with LocalModel(lambda messages: Turn(text=obedient(messages), delay=0.5)) as model:
        async with writer_for(model) as writer:
            work = asyncio.create_task(run(rooms, rooms.describer(writer)))
            while not model.completions:
                await asyncio.sleep(0.01)
            execute(rooms.path, "DROP TABLE orders;")
            await rooms.catalog.refresh(rooms.connection)
            await work
    assert {table for table, _ in await documented(rooms)} == {"customers"}


async def test_tokens_are_recorded_even_when_the_connection_was_removed(rooms: Rooms) -> None:
    with LocalModel(lambda messages: Turn(text=obedient(messages), delay=0.5)) as model:
        async with writer_for(model) as writer:
            work = asyncio.create_task(run(rooms, rooms.describer(writer)))
            while not model.completions:
                await asyncio.sleep(0.01)
            await rooms.catalog.connections.remove(rooms.person, rooms.connection)
            with pytest.raises(BadEdit):
                await work
    (row,) = await rooms.rows(QueryAnalytics)
    assert row.total_tokens > 0
    assert not row.success


async def test_two_passes_at_once_lose_nothing(everywhere: Rooms) -> None:
    with LocalModel(obedient, delay=0.05) as model:
        async with writer_for(model) as writer:
            (_, one), (_, two) = await asyncio.gather(
                run(everywhere, everywhere.describer(writer)), run(everywhere, everywhere.describer(writer))
            )
    assert len(await documented(everywhere)) == 9
    rows = await everywhere.rows(QueryAnalytics)
    assert len(rows) == 2
    (account,) = [user for user in await everywhere.rows(User) if user.email.startswith("catalog@")]
    assert account.token_usage == one.tokens + two.tokens == sum(row.total_tokens for row in rows)


async def test_a_stranger_may_not_and_the_builtin_writer_cannot(rooms: Rooms) -> None:
    lee = await somebody(rooms.store, "lee")
    with LocalModel(obedient) as model:
        async with writer_for(model) as writer:
            describer = rooms.describer(writer)
            plan = await describer.plan(rooms.person, rooms.connection)
            for refused in (
                describer.plan(lee, rooms.connection),
                describer.describe(lee, rooms.connection, plan, lambda done: None),
            ):
                with pytest.raises(NotAllowed):
                    await refused
            assert completer(writer) is writer
    assert model.completions == []
    with pytest.raises(ModelFailed) as none:
        completer(BuiltinWriter())
    assert none.value.code == "model.none_configured"
