"""The templates of the store, over every kind of it."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from core.errors import BadEdit, NoTemplate
from core.ids import new_id
from core.people.person import Person
from core.saved import Parameter, TemplateEdit
from core.schema import Column, Schema, Table
from core.storage.models import AuditLog, DatabaseConnection, QueryTemplate, User
from core.storage.own_tables import TemplateDetail
from core.storage.session import Store, add_row
from core.templates.template import EXAMPLE, Template, sees
from core.templates.templates import Entry, Templates, count_use

TODAY = date(2026, 6, 30)
SCHEMA = Schema("sqlite", (Table("orders", (Column("id", "INTEGER"), Column("city", "TEXT"))),), (), "hash-1")
EDIT = TemplateEdit("Sales", "Sales in {city}", "SELECT id FROM orders WHERE city = :city", (Parameter("city"),))


async def _person(store: Store, name: str, role: str = "viewer") -> Person:
    person = Person(new_id(), name, "admin" if role == "admin" else "viewer", True, "member", "en", "UTC")
    async with store.writing() as session:
        await add_row(
            session, User, id=person.id, email=f"{name}@example.com", password_hash="!", full_name=name, role=role
        )
    return person


async def _connection(store: Store, owner: Person, name: str = "shop") -> str:
    row = new_id()
    async with store.writing() as session:
        await add_row(
            session, DatabaseConnection, id=row, user_id=owner.id, connection_name=name, db_type="sqlite", db_host="h",
            db_port=0, db_user="u", db_name="d",
        )  # fmt: skip
    return row


def _entry(connection: str, name: str = "Sales", **changes: object) -> Entry:
    return replace(Entry(replace(EDIT, name=name), connection, SCHEMA, ""), **changes)  # type: ignore[arg-type]


async def _one(store: Store, templates: Templates, template_id: str) -> Template:
    async with store.reading() as session:
        found = await templates.one(session, template_id)
    assert found is not None
    return found


async def _seen(
    store: Store, templates: Templates, person: Person, connection: str, *, everything: bool = False
) -> list[str]:
    async with store.reading() as session:
        found = await templates.seen(session, person, (connection,), everything=everything, most=100)
    return [one.name for one in found if sees(person, one, {connection})]


async def test_what_is_kept_is_read_back(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    connection = await _connection(store, kim)
    template_id = await templates.add(kim, _entry(connection, is_public=True, problem="template.fixed_dates"))
    found = await _one(store, templates, template_id)
    assert (found.name, found.question, found.sql, found.parameters) == (
        EDIT.name,
        EDIT.question,
        EDIT.sql,
        EDIT.parameters,
    )
    assert (found.owner_id, found.owner, found.connection_id, found.dialect) == (kim.id, "kim", connection, "sqlite")
    assert (found.is_public, found.is_verified, found.usage_count) == (True, False, 0)
    assert (found.checked_hash, found.problem, found.recorded) == ("hash-1", "template.fixed_dates", True)


async def test_everybody_sees_their_own_and_what_is_shared(store: Store) -> None:
    kim, lee, admin = [await _person(store, name, role) for name, role in
                       (("kim", "viewer"), ("lee", "viewer"), ("boss", "admin"))]  # fmt: skip
    templates, connection = Templates(store), await _connection(store, kim)
    other = await _connection(store, lee, "other")
    await templates.add(kim, _entry(connection, "mine"))
    shared = await templates.add(lee, _entry(connection, "shared", is_public=True))
    await templates.add(lee, _entry(connection, "hers"))
    await templates.add(lee, _entry(connection, "checked", is_verified=True))
    await templates.add(kim, _entry(other, "mine, of a database not given to me any more"))
    async with store.writing() as session:
        await templates.affirm(session, admin, _entry(connection, "example", edit=replace(EDIT, category=EXAMPLE)))
        await count_use(session, shared)
        await add_row(
            session, QueryTemplate, id=new_id(), user_id=None, name="of nobody", question_template="q", sql_template="s"
        )
    assert await _seen(store, templates, kim, connection) == ["checked", "mine", "shared", "of nobody"]
    assert await _seen(store, templates, lee, connection) == ["checked", "shared", "hers", "of nobody"]
    assert sorted(await _seen(store, templates, admin, connection)) == ["checked", "of nobody", "shared"]
    assert sorted(await _seen(store, templates, admin, connection, everything=True)) == [
        "Sales", "checked", "hers", "mine", "of nobody", "shared",
    ]  # fmt: skip


async def test_a_template_without_its_connection_is_its_owners(store: Store) -> None:
    kim, lee, admin = [await _person(store, name, role) for name, role in
                       (("kim", "viewer"), ("lee", "viewer"), ("boss", "admin"))]  # fmt: skip
    templates, connection = Templates(store), await _connection(store, kim)
    template_id = await templates.add(kim, _entry(connection, is_public=True, is_verified=True))
    assert not sees(kim, await _one(store, templates, template_id), ())
    async with store.writing() as session:
        row = await session.get_one(TemplateDetail, template_id)
        row.connection_id = None
    orphan = await _one(store, templates, template_id)
    assert [sees(person, orphan, ()) for person in (kim, lee, admin)] == [True, False, True]


async def test_names_are_one_persons(store: Store) -> None:
    kim, lee, templates = await _person(store, "kim"), await _person(store, "lee"), Templates(store)
    connection = await _connection(store, kim)
    first = await templates.add(kim, _entry(connection, "Sales"))
    await templates.add(lee, _entry(connection, "Sales"))
    second = await templates.add(kim, _entry(connection, "Costs"))
    for name in ("sales", "ＳALES ", "Sales?"):
        with pytest.raises(BadEdit) as taken:
            await templates.add(kim, _entry(connection, name))
        assert taken.value.code == "template.name_taken"
    with pytest.raises(BadEdit):
        await templates.change(kim, await _one(store, templates, second), _entry(connection, "SALES"))
    await templates.change(kim, await _one(store, templates, first), _entry(connection, "SALES"))
    assert (await _one(store, templates, first)).name == "SALES"


async def test_of_two_with_one_name_at_once_one_is_kept(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    connection = await _connection(store, kim)
    done = await asyncio.gather(
        *(templates.add(kim, _entry(connection, "sales")) for _ in range(4)), return_exceptions=True
    )
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert [one.code for one in done if isinstance(one, BadEdit)] == ["template.name_taken"] * 3


async def test_every_change_is_audited_with_what_was_before(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    connection = await _connection(store, kim)
    template_id = await templates.add(kim, _entry(connection))
    changed = _entry(connection, edit=replace(EDIT, sql="SELECT id FROM orders WHERE city <> :city"))
    await templates.change(kim, await _one(store, templates, template_id), changed)
    await templates.share(kim, await _one(store, templates, template_id), public=True)
    await templates.verify(kim, await _one(store, templates, template_id), verified=True)
    gone = await _one(store, templates, template_id)
    await templates.delete(kim, gone)
    async with store.reading() as session:
        rows = (await session.scalars(select(AuditLog).order_by(AuditLog.timestamp))).all()
        assert (await session.scalars(select(TemplateDetail))).all() == []
    assert [(row.action, row.resource_id, row.user_id) for row in rows] == [
        (f"template.{what}", template_id, kim.id) for what in ("saved", "changed", "shared", "verified", "deleted")
    ]
    assert [row.old_values and row.old_values.get("sql", row.old_values) for row in rows] == [
        None, EDIT.sql, {"public": False}, {"verified": False}, changed.edit.sql,
    ]  # fmt: skip
    for attempt in (
        templates.change(kim, gone, changed),
        templates.share(kim, gone, public=False),
        templates.verify(kim, gone, verified=False),
    ):
        with pytest.raises(NoTemplate):
            await attempt


async def test_what_is_kept_in_memory_follows_every_change_of_any_process(store: Store) -> None:
    kim, here, there = await _person(store, "kim"), Templates(store), Templates(store)
    connection = await _connection(store, kim)

    async def kept() -> object:
        async with store.reading() as session:
            version = await here.version(session)
        return await here.of(connection, SCHEMA, version)

    seen = [await kept()]
    assert await kept() is seen[0]
    template_id = await there.add(kim, _entry(connection))
    for change in ("change", "share", "verify", "flag", "delete"):
        seen.append(await kept())
        assert seen[-1] is not seen[-2], change
        assert await kept() is seen[-1]
        one = await _one(store, there, template_id)
        match change:
            case "change":
                await there.change(kim, one, _entry(connection, "other"))
            case "share":
                await there.share(kim, one, public=True)
            case "verify":
                await there.verify(kim, one, verified=True)
            case "flag":
                await there.flag(one, "template.table_gone")
            case "delete":
                await there.delete(kim, one)
    assert await kept() is not seen[-1]


async def test_one_index_is_built_for_a_burst_of_questions(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    connection = await _connection(store, kim)
    kept = await asyncio.gather(*(templates.of(connection, SCHEMA, "v1") for _ in range(8)))
    assert len(set(map(id, kept))) == 1
    assert await templates.of(connection, replace(SCHEMA), "v1") is not kept[0]


async def test_templates_are_checked_again_when_the_schema_changed(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    connection = await _connection(store, kim)
    ids = [await templates.add(kim, _entry(connection, f"t{number}")) for number in range(3)]
    renamed = replace(
        SCHEMA, tables=(Table("orders", (Column("id", "INTEGER"), Column("town", "TEXT"))),), hash="hash-2"
    )
    assert await templates.recheck(connection, SCHEMA) == 0
    assert await templates.recheck(connection, renamed, most=2) == 2
    assert await templates.recheck(connection, renamed) == 1
    assert await templates.recheck(connection, renamed) == 0
    assert {(await _one(store, templates, one)).problem for one in ids} == {"template.column_gone"}
    assert await templates.recheck(connection, SCHEMA) == 3
    assert {(await _one(store, templates, one)).problem for one in ids} == {""}


async def test_of_one_question_there_is_one_example_and_who_made_it_takes_it_back(store: Store) -> None:
    kim, lee, templates = await _person(store, "kim", "admin"), await _person(store, "lee", "admin"), Templates(store)
    connection = await _connection(store, kim)
    example = Entry(TemplateEdit("q", "Sales?", "SELECT 1", category=EXAMPLE), connection, SCHEMA, "", is_verified=True)
    async with store.writing() as session:
        await templates.affirm(session, kim, example)
    async with store.writing() as session:
        await templates.affirm(
            session, lee, replace(example, edit=replace(example.edit, question="sales", sql="SELECT 2"))
        )
    async with store.writing() as session:
        await templates.withdraw(session, kim, "Sales?", connection)
    async with store.reading() as session:
        (row,) = (await session.scalars(select(QueryTemplate))).all()
    assert (row.user_id, row.sql_template, row.is_verified, row.is_public) == (lee.id, "SELECT 2", True, False)
    async with store.writing() as session:
        await templates.withdraw(session, lee, "SALES", connection)
    async with store.reading() as session:
        assert (await session.scalars(select(QueryTemplate))).all() == []


async def test_one_person_has_not_any_number(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.templates.templates.MOST_OF_ONE", 2)
    kim, templates = await _person(store, "kim"), Templates(store)
    connection = await _connection(store, kim)
    for name in "ab":
        await templates.add(kim, _entry(connection, name))
    with pytest.raises(BadEdit) as refused:
        await templates.add(kim, _entry(connection, "c"))
    assert refused.value.code == "template.too_many"
