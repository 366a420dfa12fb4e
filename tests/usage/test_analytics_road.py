"""What settling leaves to be counted, on the real road, and what the doors are told of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.wiring import House
from core.ask.usage_desk import UsageDesk
from core.errors import NotAllowed
from core.export.csv_file import csv_chunks
from core.figures import Listing
from core.storage.migrate import upgrade
from core.storage.models import QueryAnalytics, User
from core.storage.own_tables import QuestionDetail, QuestionKind
from core.storage.session import Store
from core.usage.calendar import slot_of
from core.usage.details import Details, Kind, Spent, connection_of, nanodollars, question_number
from core.usage.token_usage_service import TokenUsageService
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, administrator, ask, make_shop, open_house, settings_for
from tests.local_model import LocalModel
from tests.storage.directly import run_on

SQL = "SELECT COUNT(*) AS customers FROM customers WHERE id < 500"
NOBODY = "SELECT COUNT(*) FROM nowhere"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop."""
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
async def built(tmp_path: Path, empty_url: str, shop: Path) -> AsyncIterator[House]:
    """A house without a model, on each store."""
    async with open_house(settings_for(tmp_path, empty_url)) as house:
        await add_sqlite(house, shop)
        yield house


async def _counted(house: House) -> list[tuple[QueryAnalytics, QuestionDetail, QuestionKind]]:
    """Each analytics row with what is counted of it, in order of time. There is one for each."""
    async with house.store.reading() as session:
        rows = (await session.scalars(select(QueryAnalytics).order_by(QueryAnalytics.timestamp))).all()
        details = {one.id: one for one in (await session.scalars(select(QuestionDetail))).all()}
        kinds = {one.id: one for one in (await session.scalars(select(QuestionKind))).all()}
    assert details.keys() == {row.id for row in rows}
    return [(row, details[row.id], kinds[details[row.id].kind_id]) for row in rows]


async def test_every_question_leaves_one_row_to_be_counted(built: House) -> None:
    for text in ("How many customers are in Seoul?", "how many  customers are in SEOUL?", SQL, NOBODY, "asdf qwerty"):
        await ask(built, text)
    found = await _counted(built)
    assert len(found) == 5
    for row, detail, kind in found:
        assert detail.slot == slot_of(row.timestamp) and detail.user_id == row.user_id
        assert detail.milliseconds == round(row.execution_time * 1000) and detail.total_tokens == row.total_tokens
        assert detail.question == question_number(row.question)
        assert bool(detail.failed) is not row.success and kind.error == row.error_message
        assert kind.llm_model == row.llm_model
        assert detail.nanodollars == nanodollars(Decimal(str(row.llm_cost_estimate))) == 0
    kinds = [kind for *_, kind in found]
    assert [kind.written_by for kind in kinds] == ["built_in", "built_in", "asker", None, None]
    assert [kind.topic for kind in kinds] == ["customers"] * 3 + [None] * 2
    assert {kind.connection_name for kind in kinds} == {"shop"}
    assert found[0][1].question == found[1][1].question and found[0][1].kind_id == found[1][1].kind_id
    async with built.store.reading() as session:
        for row, _, kind in found:
            assert await connection_of(session, row.query_id) == kind.connection_id
        assert await connection_of(session, "nobody's") is None


async def test_the_main_table_is_the_first_that_is_read(built: House) -> None:
    joined = (
        "WITH recent AS (SELECT * FROM orders) SELECT c.id, (SELECT COUNT(*) FROM products) AS n FROM recent r"
        " JOIN customers c ON c.id = r.customer_id GROUP BY c.id"
    )
    plain = (
        "SELECT (SELECT COUNT(*) FROM products) AS n, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id"
    )
    for sql in (joined, plain, "SELECT 1 AS one"):
        _, reply = await ask(built, sql)
        assert reply.ok, reply.plain
    assert [kind.topic for *_, kind in await _counted(built)] == ["orders", "customers", None]


async def test_calls_of_a_model_are_counted_with_what_they_cost(tmp_path: Path, shop: Path) -> None:
    with LocalModel(SQL) as model:
        settings = settings_for(
            tmp_path, openai_api_key=SecretStr(model.key), openai_base_url=model.base_url, openai_model="gpt-4o-mini"
        )
        async with open_house(settings) as house:
            await add_sqlite(house, shop)
            await ask(house, "How many customers are in Seoul?")
            ((row, detail, kind),) = await _counted(house)
            desk = UsageDesk(house.road)
            mine = await desk.mine(LEE)
    assert (kind.written_by, kind.calls, kind.llm_model) == ("model", 1, row.llm_model)
    assert detail.total_tokens == row.total_tokens and detail.total_tokens > 0
    assert detail.nanodollars == nanodollars(Decimal(str(row.llm_cost_estimate))) > 0
    assert (mine.questions, mine.free, mine.average_tokens) == (1, 0, row.total_tokens)
    assert mine.cost == mine.average_cost == Decimal(detail.nanodollars).scaleb(-9)


async def test_calls_that_answer_nobody_cost_but_are_no_questions(store: Store) -> None:
    now = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
    async with store.writing() as session:
        session.add(User(id="u1", email="kim@example.com", password_hash="!", full_name="Kim"))
    tokens = TokenUsageService(store, clock=lambda: now)
    usage = {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
    async with store.writing() as session:
        await tokens.record_call(session, "u1", "describe", usage, "gpt-4o", seconds=1.0, error="model.nonsense")  # type: ignore[arg-type]
    await tokens.record_token_usage("u1", "s1", "m1", usage, "gpt-4o")  # type: ignore[arg-type]
    later = TokenUsageService(store, clock=lambda: now + timedelta(minutes=20))
    await later.record_token_usage("u1", "s1", "m1", usage, "gpt-4o-mini")  # type: ignore[arg-type]
    async with store.reading() as session:
        rows = (
            await session.execute(
                select(QuestionDetail, QuestionKind)
                .join(QuestionKind, QuestionKind.id == QuestionDetail.kind_id)
                .order_by(QuestionDetail.total_tokens)
            )
        ).all()
        analytics = (await session.scalars(select(QueryAnalytics).order_by(QueryAnalytics.total_tokens))).all()
    (nobody, failed), (asked, twice) = rows
    assert (nobody.question, nobody.failed, nobody.total_tokens) == (None, 0, 1_100)
    assert (failed.error, failed.calls) == ("model.nonsense", 1)
    assert (asked.total_tokens, twice.calls, twice.llm_model) == (2_200, 2, "gpt-4o-mini")
    assert asked.question is not None
    assert [one.nanodollars for one, _ in rows] == [
        nanodollars(Decimal(str(one.llm_cost_estimate))) for one in analytics
    ]


async def test_kinds_are_written_once_and_never_lost_with_a_transaction(store: Store) -> None:
    details, kind = Details(), Kind("c1", "shop", "orders", "gpt-4o", "model", 1, None)
    now = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)

    async def one(row_id: str) -> None:
        async with store.writing() as session:
            await details.add(session, row_id, "u1", Spent("How many?", 0.1, 1, Decimal(0)), kind, at=now)
            if row_id == "lost":
                raise RuntimeError(row_id)

    with pytest.raises(RuntimeError):
        await one("lost")
    for row_id in ("a", "b", "c"):
        await one(row_id)
    async with store.reading() as session:
        assert [row.id for row in (await session.scalars(select(QuestionKind))).all()] == [kind.id]
        assert len((await session.scalars(select(QuestionDetail))).all()) == 3


async def test_who_may_see_which_figures(built: House) -> None:
    await ask(built, "How many customers are in Seoul?", KIM)
    await ask(built, "How many customers are in Seoul?", LEE)
    desk = UsageDesk(built.road)
    await administrator(built)
    assert (await desk.mine(KIM)).questions == 1
    assert (await desk.dashboard(ADMINISTRATOR)).questions == 2
    assert (await desk.of(ADMINISTRATOR, "kim@example.com")).questions == 1
    for refused in (desk.dashboard(KIM), desk.table(KIM, "people"), desk.of(KIM, "kim@example.com")):
        with pytest.raises(NotAllowed) as refusal:
            await refused
        assert refusal.value.code == "people.not_administrator"


async def test_every_list_is_a_table_and_names_are_no_formulas(built: House) -> None:
    await ask(built, "How many customers are in Seoul?", KIM)
    await ask(built, "How many customers are in Seoul?", KIM)
    await ask(built, NOBODY, KIM)
    async with built.store.writing() as session:
        kim = (await session.scalars(select(User).where(User.email == "kim@example.com"))).one()
        kim.full_name = '=HYPERLINK("http://example.com")'
    desk = UsageDesk(built.road)
    lists: list[Listing] = [
        "days", "people", "models", "databases", "topics", "questions", "failures", "hours", "unusual", "limits",
    ]  # fmt: skip
    for what in lists:
        table = await desk.table(ADMINISTRATOR, what)
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.rows or what == "unusual", what
        written = b"".join(csv_chunks(table)).decode("utf-8-sig")
        assert "\n=" not in written and not written.startswith("=") and ",=" not in written
        if what == "people":
            assert "\"'=HYPERLINK" in written
    assert len((await desk.my_table(KIM)).rows) == 30


async def test_questions_from_before_are_counted_when_the_store_is_upgraded(store_url: str) -> None:
    await upgrade(store_url, "f3a8c15d9e64")
    run_on(
        store_url,
        "INSERT INTO users (id, email, password_hash, full_name, created_at)"
        " VALUES ('u1', 'a@example.com', '!', 'A', '2026-01-01 00:00:00')",
    )
    run_on(
        store_url,
        "INSERT INTO chat_sessions (id, user_id, created_at) VALUES ('s1', 'u1', '2026-01-01 00:00:00')",
    )
    for number, (asked, model, success, code) in enumerate(
        [(True, "'gpt-4o'", True, "NULL"), (True, "NULL", False, "'query.failed'"), (False, "'gpt-4o'", True, "NULL")]
    ):
        run_on(
            store_url,
            "INSERT INTO query_analytics (id, query_id, user_id, question, sql_query, execution_time, row_count,"
            " success, error_message, total_tokens, llm_model, llm_cost_estimate, timestamp, created_at) VALUES"
            f" ('a{number}', 'q{number}', 'u1', ' How  MANY?', '', 0.25, 1, {success}, {code}, 100, {model}, 0.00025,"
            " '2026-03-01 12:34:56.789', '2026-03-01 12:34:56.789')",
        )
        if asked:
            run_on(
                store_url,
                "INSERT INTO chat_messages (id, session_id, message_type, content, query_id, timestamp,"
                f" sequence_number) VALUES ('m{number}', 's1', 'assistant', '', 'q{number}', '2026-03-01 12:34:56', 1)",
            )
    await upgrade(store_url)
    store = Store.open(store_url)
    async with store.reading() as session:
        details = (await session.scalars(select(QuestionDetail).order_by(QuestionDetail.id))).all()
        kinds = {one.id: one for one in (await session.scalars(select(QuestionKind))).all()}
    await store.close()
    slot, number = slot_of(datetime(2026, 3, 1, 12, 30, tzinfo=UTC)), question_number("how many?")
    assert [(one.slot, one.question, one.failed, one.milliseconds) for one in details] == [
        (slot, number, 0, 250), (slot, number, 1, 250), (slot, None, 0, 250),
    ]  # fmt: skip
    assert {(one.total_tokens, one.nanodollars) for one in details} == {(100, 250_000)}
    assert [kinds[one.kind_id].error for one in details] == [None, "query.failed", None]
    by_model = Kind(llm_model="gpt-4o", written_by="model", calls=1)
    assert details[0].kind_id == details[2].kind_id == by_model.id, "the kinds of then are those of now"
