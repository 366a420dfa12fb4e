"""Whatever comes in ends in a clear sentence, and nothing half-written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from bot.wiring import House
from core.connections.connection import NewConnection
from core.errors import BadConnection, BadQuestion, NotAllowed
from core.storage.models import AuditLog, ChatMessage, QueryAnalytics
from tests.houses import ADMINISTRATOR, LEE, Parts, add_sqlite, administrator, ask, open_house, question, settings_for


@pytest.mark.parametrize("text", ["", "   \n\t ", "\x00\x07"])
async def test_an_empty_question_is_not_taken(small: House, text: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        await small.service.accept(question(text))
    assert refusal.value.code == "question.empty"
    async with small.store.reading() as session:
        assert (await session.scalars(select(ChatMessage))).all() == []


async def test_a_very_long_question_is_not_taken(small: House) -> None:
    with pytest.raises(BadQuestion) as refusal:
        await small.service.accept(question("how many " * 1_200))
    assert refusal.value.code == "question.too_long"
    assert refusal.value.details["most"] == 2_000


@pytest.mark.parametrize(
    ("kind", "code"), [("bot", "people.bot"), ("guest", "people.guest"), ("foreign", "people.foreign")]
)
async def test_outsiders_are_refused_and_it_is_audited(small: House, kind: Any, code: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        await small.service.accept(question("How many customers?", replace(LEE, kind=kind)))
    assert refusal.value.code == code
    async with small.store.reading() as session:
        refused = (await session.scalars(select(AuditLog).where(AuditLog.success.is_(False)))).one()
    assert (refused.action, refused.error_message) == ("question.asked", code)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM customers",
        "DROP TABLE customers",
        "SELECT * FROM customers; DROP TABLE customers",
        "WITH x AS (DELETE FROM customers RETURNING *) SELECT * FROM x",
        "UPDATE customers SET name = 'x'",
        "SELECT * FROM sqlite_master",
    ],
)
async def test_sql_that_does_more_than_read_is_refused(small: House, sql: str) -> None:
    _, reply = await ask(small, sql)
    assert not reply.ok
    assert Parts(reply).notice.code.startswith("guard.")
    async with small.store.reading() as session:
        row = (await session.scalars(select(QueryAnalytics))).one()
    assert (row.success, row.total_tokens) == (False, 0)


async def test_sql_of_ones_own_is_run_through_the_guard(small: House) -> None:
    _, reply = await ask(small, "SELECT COUNT(*) AS n FROM customers WHERE id < 11")
    assert Parts(reply).table.rows == ((10,),)
    assert "LIMIT" in Parts(reply).sql.text


async def test_a_question_beyond_the_built_in_writer_says_so(small: House) -> None:
    _, reply = await ask(small, "Why did our profit margin shrink compared to what the board expected?")
    assert not reply.ok
    assert Parts(reply).notice.code.startswith("writer.")


async def test_an_unknown_connection_is_named(small: House) -> None:
    _, reply = await ask(small, "How many customers?", connection="nowhere")
    assert Parts(reply).notice.code == "connection.unknown"
    assert "nowhere" in Parts(reply).notice.text


async def test_no_connection_at_all(tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path)) as built:
        _, reply = await ask(built, "How many customers?")
    assert Parts(reply).notice.code == "connection.none"


async def test_several_connections_without_a_default_are_asked_back(small: House, shop: Path) -> None:
    async with small.store.writing() as session:
        lee = await small.road.people.know(session, LEE)
    for name in ("east", "west"):
        added = await add_sqlite(small, shop, name, everyone=False)
        await small.road.connections.give(await administrator(small), added, "user", lee.id)
    owner = await administrator(small)
    async with small.store.reading() as session:
        first = await small.road.connections.choose(session, owner, None, "shop")
    await small.road.connections.remove(owner, first)
    _, reply = await ask(small, "How many customers?")
    (choices,) = reply.parts
    assert [option.value for option in choices.options] == ["east", "west"]  # type: ignore[union-attr]


async def test_a_database_that_is_not_there(small: House, tmp_path: Path) -> None:
    await add_sqlite(small, tmp_path / "gone.db", "gone")
    _, reply = await ask(small, "How many customers?", connection="gone")
    assert Parts(reply).notice.code.startswith("database.")
    assert str(tmp_path) not in reply.plain


async def test_our_own_store_cannot_be_asked(small: House, tmp_path: Path) -> None:
    alias = tmp_path / "alias.db"
    alias.hardlink_to(tmp_path / "app_data.db")
    for name, path in (("store", tmp_path / "app_data.db"), ("alias", alias)):
        await add_sqlite(small, path, name)
        _, reply = await ask(small, "SELECT password_hash FROM users", connection=name)
        assert Parts(reply).notice.code == "database.host_not_allowed"


async def test_an_unreachable_server_and_a_refused_sign_in_say_so(small: House, postgres_dsn: str) -> None:
    server, owner = make_url(postgres_dsn), await administrator(small)
    host, port = server.host or "127.0.0.1", server.port or 5432
    for new, code in [
        (NewConnection("closed", "postgresql", "127.0.0.1", 1, "u", "canary-p", "d"), "database.unreachable"),
        (NewConnection("wrong", "postgresql", host, port, "no_such_role", "canary-q", "postgres"), "database.sign_in"),
    ]:
        await small.road.connections.add(owner, new, local=True)
        _, reply = await ask(small, "How many customers?", ADMINISTRATOR, connection=new.name)
        assert Parts(reply).notice.code == code
        assert "canary" not in reply.plain
        assert host not in reply.plain


async def test_a_slow_query_is_stopped(tmp_path: Path, shop: Path) -> None:
    async with open_house(settings_for(tmp_path, query_seconds=0.3)) as built:
        await add_sqlite(built, shop)
        _, reply = await ask(
            built, "SELECT COUNT(*) FROM order_items a, order_items b, order_items c WHERE a.id + b.id > c.id"
        )
    assert Parts(reply).notice.code == "query.too_slow"


async def test_a_large_result_is_cut_and_says_so(tmp_path: Path, shop: Path) -> None:
    async with open_house(settings_for(tmp_path, query_rows=50)) as built:
        await add_sqlite(built, shop)
        _, reply = await ask(built, "SELECT * FROM order_items")
    assert len(Parts(reply).table.rows) == 50
    assert Parts(reply).table.truncated
    assert "50" in Parts(reply).facts["rows"]


async def test_fields_that_do_not_fit_are_refused(small: House) -> None:
    person = await administrator(small)
    for new, code in [
        (NewConnection(" ", "sqlite", "x", 0, "", "", ""), "connection.field_missing"),
        (NewConnection("n", "postgresql", "h", 5432, "u", "p", ""), "connection.field_missing"),
        (NewConnection("n", "postgresql", "h", 5432, "u", "가" * 100, "d"), "connection.field_too_long"),
        (NewConnection("SHOP", "sqlite", "x", 0, "", "", ""), "connection.name_taken"),
    ]:
        with pytest.raises(BadConnection) as refusal:
            await small.road.connections.add(person, new)
        assert refusal.value.code == code
