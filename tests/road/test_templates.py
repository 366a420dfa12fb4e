"""Templates on the road: answered from at 0 tokens, told, taken back, flagged; kept and shared by those who may."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from bot.wiring import House
from core.chat import Actions, Actor, Question, Reply
from core.errors import BadEdit, ColloqueryError, NotAllowed, NoTemplate, UnknownConnection
from core.saved import Parameter, SavedTemplate, TemplateEdit
from core.storage.models import AuditLog, QueryAnalytics, QueryTemplate
from core.storage.own_tables import ConnectionGrant
from tests.houses import ADMINISTRATOR, KIM, LEE, Parts, add_sqlite, ask, open_house, question, wait_for
from tests.local_model import LocalModel
from tests.road.test_model_road import model_settings

WRITTEN = "SELECT 42 AS written"
BY_GRADE = TemplateEdit(
    "Customers of a grade",
    "How many {grade} customers do we have?",
    "SELECT COUNT(*) AS n FROM customers WHERE grade = :grade",
    (Parameter("grade", "choice", None, "customers.grade"),),
    category="Customers",
)
SINCE = TemplateEdit(
    "가입 고객",
    "{day} 이후 가입한 고객은 몇 명이야?",
    "SELECT COUNT(*) AS n FROM customers WHERE joined_on >= :day",
    (Parameter("day", "date", "2025-01-01"),),
)


@pytest.fixture
async def model() -> AsyncIterator[LocalModel]:
    with LocalModel(WRITTEN) as served:
        yield served


@pytest.fixture
async def modelled(tmp_path: Path, store_url: str, shop: Path, model: LocalModel) -> AsyncIterator[House]:
    """A house with a model, over every kind of store."""
    async with open_house(model_settings(tmp_path, model, store_url)) as house:
        await add_sqlite(house, shop)
        yield house


@pytest.fixture
async def one_store(tmp_path: Path, shop: Path, model: LocalModel) -> AsyncIterator[House]:
    """The same over SQLite alone, for what does not depend on the store. Its shop may be changed."""
    copy = Path(shutil.copy(shop, tmp_path / "own.db"))
    async with open_house(model_settings(tmp_path, model)) as house:
        await add_sqlite(house, copy)
        yield house


def _actions(reply: Reply) -> set[str]:
    return {item.name for part in reply.parts if isinstance(part, Actions) for item in part.items}


async def _run(house: House, template: SavedTemplate, values: dict[str, str], actor: Actor = LEE) -> Reply:
    asked = await house.service.saved.question(actor, template.id, values, question("-", actor))
    accepted = await house.service.accept(asked)
    return (await wait_for(house, accepted.question_id, actor))[1]


async def _refresh(house: House, path: Path, *statements: str) -> None:
    """The schema changes and is read again, as the command line does it."""
    with closing(sqlite3.connect(path)) as changed:
        for statement in statements:
            changed.execute(statement)
        changed.commit()
    async with house.store.reading() as session:
        (connection,) = await house.road.connections.every(session)
    await house.road.databases.forget(connection.id)
    await house.road.catalog.refresh(connection)


async def test_a_question_that_fits_costs_nothing_and_says_so(modelled: House, model: LocalModel) -> None:
    kept = await modelled.service.saved.keep(LEE, BY_GRADE)
    _, plain = await ask(modelled, "SELECT COUNT(*) AS n FROM customers WHERE grade = 'gold'")
    _, reply = await ask(modelled, "how many GOLD customers do we have")
    parts = Parts(reply)
    assert reply.ok
    assert parts.table.rows == Parts(plain).table.rows != ((0,),)
    assert "grade = 'gold'" in parts.sql.text
    assert "Customers of a grade" in parts.facts["written_by"]
    assert parts.facts["values"] == "grade = gold"
    assert parts.facts["cost"] == Parts(plain).facts["cost"]
    assert "not_meant" in _actions(reply)
    assert model.completions == []
    assert (await modelled.service.saved.one(LEE, kept.id)).usage_count == 1
    async with modelled.store.reading() as session:
        row = (await session.scalars(select(QueryAnalytics).where(QueryAnalytics.llm_model == "template"))).one()
    assert (row.total_tokens, row.success) == (0, True)


async def test_korean_values_are_read_and_told(one_store: House, model: LocalModel) -> None:
    await one_store.service.saved.keep(KIM, SINCE)
    _, reply = await ask(one_store, "2026년 3월 1일 이후 가입한 고객은 몇 명이야?", KIM)
    parts = Parts(reply)
    assert "'2026-03-01'" in parts.sql.text
    assert parts.facts["values"] == "day = 2026-03-01"
    assert "2026-03-01" in parts.facts["read_as"]
    assert "가입 고객" in parts.facts["written_by"]
    assert model.completions == []


async def test_not_what_i_meant_asks_the_writer(one_store: House, model: LocalModel) -> None:
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    _, first = await ask(one_store, "How many gold customers do we have?")
    assert model.completions == []
    again = await one_store.service.saved.fresh(LEE, first.question_id, question("whatever the door says"))
    assert (again.text, again.fresh, again.template) == ("How many gold customers do we have?", True, None)
    accepted = await one_store.service.accept(again)
    _, reply = await wait_for(one_store, accepted.question_id)
    assert Parts(reply).table.columns[0].name == "written"
    assert "not_meant" not in _actions(reply)
    assert len(model.completions) == 1
    assert "values" not in Parts(reply).facts
    assert (await one_store.service.saved.one(LEE, kept.id)).usage_count == 1
    with pytest.raises(NotAllowed):
        await one_store.service.saved.fresh(KIM, first.question_id, question("-", KIM))


async def test_taken_from_the_list_it_answers_with_the_values_given(modelled: House, model: LocalModel) -> None:
    kept = await modelled.service.saved.keep(LEE, SINCE)
    asked = await modelled.service.saved.question(LEE, kept.id, {"day": "2026-06-01"}, question("typed meanwhile"))
    assert asked.text == "2026-06-01 이후 가입한 고객은 몇 명이야?"
    assert (asked.template, asked.values, asked.connection) == (kept.id, (("day", "2026-06-01"),), "shop")
    accepted = await modelled.service.accept(asked)
    _, reply = await wait_for(modelled, accepted.question_id)
    assert "joined_on >= '2026-06-01'" in Parts(reply).sql.text
    assert Parts(reply).facts["values"] == "day = 2026-06-01"
    assert "not_meant" not in _actions(reply)  # it is what they took
    by_default = await _run(modelled, kept, {})
    assert "'2025-01-01'" in Parts(by_default).sql.text
    assert model.completions == []
    assert (await modelled.service.saved.one(LEE, kept.id)).usage_count == 2


async def test_values_that_are_wrong_are_told_before_anything_is_asked(one_store: House) -> None:
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    for values, code in (({}, "value_missing"), ({"grade": "platinum"}, "not_a_choice"), ({"grade": "\0"}, "bad_text")):
        with pytest.raises(BadEdit) as refused:
            await one_store.service.saved.question(LEE, kept.id, values, question("-"))
        assert refused.value.code == f"template.{code}"


async def test_a_hostile_value_is_a_value(one_store: House, model: LocalModel) -> None:
    edit = TemplateEdit("n", "Customers called {name}", "SELECT id, name FROM customers WHERE name = :name")
    kept = await one_store.service.saved.keep(LEE, edit)
    for value in ("'; DROP TABLE customers; --", "\\' OR 1=1 --", "x' UNION SELECT email, phone FROM customers --"):
        reply = await _run(one_store, kept, {"name": value})
        assert reply.ok, reply.plain
        assert Parts(reply).table.rows == ()
        assert Parts(reply).facts["values"] == f"name = {value}"
    assert model.completions == []


async def test_what_is_pinned_is_told_when_it_cannot_be_used(
    one_store: House, tmp_path: Path, model: LocalModel
) -> None:
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    asked = await one_store.service.saved.question(LEE, kept.id, {"grade": "gold"}, question("-"))
    await _refresh(one_store, tmp_path / "own.db", "ALTER TABLE customers RENAME COLUMN grade TO membership")
    accepted = await one_store.service.accept(asked)
    _, reply = await wait_for(one_store, accepted.question_id)
    assert Parts(reply).notice.code == "template.not_a_choice" or Parts(reply).notice.code.startswith("guard.")
    await one_store.service.saved.delete(LEE, kept.id)
    accepted = await one_store.service.accept(replace(asked, message="again"))
    _, reply = await wait_for(one_store, accepted.question_id)
    assert (reply.ok, Parts(reply).notice.code) == (False, "template.unknown")
    assert model.completions == []


async def test_one_that_the_schema_no_longer_fits_leaves_the_question_to_the_writer(
    one_store: House, tmp_path: Path, model: LocalModel
) -> None:
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    await ask(one_store, "How many gold customers do we have?")
    assert model.completions == []
    await _refresh(one_store, tmp_path / "own.db", "ALTER TABLE customers RENAME COLUMN grade TO membership")
    _, reply = await ask(one_store, "How many silver customers do we have?")
    assert Parts(reply).table.columns[0].name == "written"
    assert len(model.completions) == 1
    (listed,) = await one_store.service.saved.all(LEE)
    assert (listed.problem, listed.usage_count) == ("template.column_gone", 1)
    await _refresh(one_store, tmp_path / "own.db", "ALTER TABLE customers RENAME COLUMN membership TO grade")
    assert [one.problem for one in await one_store.service.saved.all(LEE)] == [""]
    _, reply = await ask(one_store, "How many silver customers do we have?")
    assert "Customers of a grade" in Parts(reply).facts["written_by"]
    assert (await one_store.service.saved.one(LEE, kept.id)).usage_count == 2
    assert len(model.completions) == 1


async def test_one_that_only_the_database_refuses_leaves_it_too(
    one_store: House, tmp_path: Path, model: LocalModel
) -> None:
    """The table is gone, and nobody has read the schema again yet."""
    await one_store.service.saved.keep(
        LEE, TemplateEdit("r", "How many refunds are there?", "SELECT COUNT(*) AS n FROM refunds")
    )
    with closing(sqlite3.connect(tmp_path / "own.db")) as changed:
        changed.execute("DROP TABLE refunds")
    _, reply = await ask(one_store, "How many refunds are there?")
    assert reply.ok, reply.plain
    assert Parts(reply).table.columns[0].name == "written"
    assert "not_meant" not in _actions(reply)
    (row,) = await one_store.service.saved.all(LEE)
    assert row.usage_count == 0
    assert len(model.completions) == 1


async def test_whose_templates_answer_whom(one_store: House, model: LocalModel) -> None:
    saved = one_store.service.saved
    kept = await saved.keep(LEE, BY_GRADE)
    text = "How many gold customers do we have?"
    await ask(one_store, text, KIM)
    assert len(model.completions) == 1  # private: not Kim's
    await ask(one_store, text, ADMINISTRATOR)
    assert len(model.completions) == 2  # nor an administrator's, who could look at it
    await saved.share(LEE, kept.id, True)
    await ask(one_store, text, KIM)
    assert len(model.completions) == 2
    await saved.share(LEE, kept.id, False)
    await saved.verify(ADMINISTRATOR, kept.id, True)
    await ask(one_store, text, KIM)
    assert len(model.completions) == 2
    await saved.verify(ADMINISTRATOR, kept.id, False)
    await ask(one_store, text, KIM)
    assert len(model.completions) == 3
    await saved.delete(LEE, kept.id)
    await ask(one_store, text)
    assert len(model.completions) == 4


async def test_a_template_is_of_its_database(one_store: House, shop: Path, model: LocalModel) -> None:
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    await add_sqlite(one_store, shop, "other", everyone=True)
    assert kept.connection == "shop"
    text = "How many gold customers do we have?"
    await ask(one_store, text, connection="other")
    assert len(model.completions) == 1
    await ask(one_store, text, connection="shop")
    assert len(model.completions) == 1
    pinned = await one_store.service.saved.question(LEE, kept.id, {"grade": "gold"}, question("-", connection="other"))
    assert pinned.connection == "shop"


async def test_whoever_loses_the_database_loses_its_templates(one_store: House) -> None:
    saved = one_store.service.saved
    kept = await saved.keep(LEE, BY_GRADE)
    pinned = await saved.question(LEE, kept.id, {"grade": "gold"}, question("-"))
    async with one_store.store.writing() as session:
        await session.execute(delete(ConnectionGrant))
    assert await saved.all(LEE) == () == await saved.all(LEE, "grade")
    for attempt in (
        saved.one(LEE, kept.id),
        saved.choices(LEE, kept.id, "grade"),
        saved.question(LEE, kept.id, {"grade": "gold"}, question("-")),
        saved.keep(LEE, replace(BY_GRADE, id=kept.id)),
        saved.delete(LEE, kept.id),
        saved.share(LEE, kept.id, True),
        saved.export(LEE, (kept.id,)),
    ):
        with pytest.raises(NoTemplate):
            await attempt
    accepted = await one_store.service.accept(pinned)
    _, reply = await wait_for(one_store, accepted.question_id)
    assert Parts(reply).notice.code == "template.unknown"


async def test_a_database_given_to_a_place_is_used_from_there(one_store: House, shop: Path) -> None:
    async with one_store.store.writing() as session:
        await session.execute(delete(ConnectionGrant))
    there = question("-").place
    async with one_store.store.reading() as session:
        (connection,) = await one_store.road.connections.every(session)
        owner = await one_store.road.people.find(ADMINISTRATOR)
    assert owner is not None
    from core.ids import place_id

    await one_store.road.connections.give(owner, connection, "place", place_id(there))
    kept = await one_store.service.saved.keep(LEE, BY_GRADE, there)
    assert await one_store.service.saved.all(LEE) == ()
    assert [one.id for one in await one_store.service.saved.all(LEE, place=there)] == [kept.id]
    reply = await _run(one_store, kept, {"grade": "gold"})
    assert reply.ok


async def test_only_the_owner_and_administrators_change_it(one_store: House) -> None:
    saved = one_store.service.saved
    kept = await saved.keep(LEE, BY_GRADE)
    await saved.share(LEE, kept.id, True)
    seen = await saved.one(KIM, kept.id)
    assert (seen.may_change, seen.is_mine, seen.owner, seen.is_public) == (False, False, "Lee", True)
    for attempt in (
        saved.keep(KIM, replace(BY_GRADE, id=kept.id)),
        saved.delete(KIM, kept.id),
        saved.share(KIM, kept.id, False),
        saved.verify(KIM, kept.id, True),
        saved.verify(LEE, kept.id, True),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    guest = replace(LEE, kind="guest")
    for refused in (saved.all(guest), saved.one(guest, kept.id), saved.keep(guest, BY_GRADE), saved.read(guest, "")):
        with pytest.raises(NotAllowed):
            await refused
    changed = await saved.keep(ADMINISTRATOR, replace(BY_GRADE, id=kept.id, name="Grades", description="of customers"))
    assert (changed.name, changed.owner, changed.is_mine, changed.may_change) == ("Grades", "Lee", False, True)
    assert (changed.is_public, changed.connection) == (True, "shop")


async def test_what_was_verified_is_not_after_its_owner_changed_it(one_store: House) -> None:
    saved = one_store.service.saved
    kept = await saved.keep(LEE, BY_GRADE)
    await saved.verify(ADMINISTRATOR, kept.id, True)
    same = await saved.keep(LEE, replace(BY_GRADE, id=kept.id, description="only words"))
    assert same.is_verified
    other = await saved.keep(
        LEE, replace(BY_GRADE, id=kept.id, sql="SELECT 1 AS n FROM customers WHERE grade <> :grade")
    )
    assert not other.is_verified
    await saved.verify(ADMINISTRATOR, kept.id, True)
    assert (await saved.keep(ADMINISTRATOR, replace(BY_GRADE, id=kept.id))).is_verified


async def test_lists_and_search(one_store: House) -> None:
    saved = one_store.service.saved
    mine = await saved.keep(LEE, BY_GRADE)
    hers = await saved.keep(KIM, SINCE)
    assert [one.id for one in await saved.all(LEE)] == [mine.id]
    await saved.share(KIM, hers.id, True)
    assert [one.id for one in await saved.all(LEE)] == [mine.id, hers.id]
    await saved.verify(ADMINISTRATOR, hers.id, True)
    assert [one.id for one in await saved.all(LEE)] == [hers.id, mine.id]
    for search, found in (
        ("가입", [hers.id]), ("가입고객", [hers.id]), ("GRADE", [mine.id]), ("ｃustomers", [mine.id]),
        ("고객 이후", [hers.id]), ("nothing like it", []), ("  ", [hers.id, mine.id]),
    ):  # fmt: skip
        assert [one.id for one in await saved.all(LEE, search)] == found, search
    assert [one.id for one in await saved.all(ADMINISTRATOR)] == [hers.id]
    assert [one.id for one in await saved.all(ADMINISTRATOR, "grade")] == [mine.id]


async def test_a_list_has_an_end(one_store: House) -> None:
    await one_store.service.saved.keep(LEE, BY_GRADE)
    async with one_store.store.writing() as session:
        row = (await session.scalars(select(QueryTemplate))).one()
        for number in range(250):
            session.add(
                QueryTemplate(
                    id=f"t{number}", user_id=row.user_id, name=f"n{number}", question_template="q", sql_template="s"
                )
            )
    assert len(await one_store.service.saved.all(LEE)) == 200


async def test_choices_are_those_of_the_column(one_store: House, tmp_path: Path) -> None:
    saved = one_store.service.saved
    kept = await saved.keep(LEE, BY_GRADE)
    assert await saved.choices(LEE, kept.id, "grade") == ("bronze", "gold", "silver")
    assert await saved.choices(LEE, kept.id, "nothing") == ()
    names = replace(
        BY_GRADE, name="names", question="Customers called {n}", sql="SELECT id FROM customers WHERE name = :n",
        parameters=(Parameter("n", "choice", None, "customers.name"),),
    )  # fmt: skip
    many = await saved.keep(LEE, names)
    found = await saved.choices(LEE, many.id, "n")
    assert len(found) == 100
    assert list(found) == sorted(set(found))
    with closing(sqlite3.connect(tmp_path / "own.db")) as shop:
        assert set(found) <= {name for (name,) in shop.execute("SELECT name FROM customers")}


async def test_choices_of_a_private_column_are_not_for_everybody(one_store: House) -> None:
    saved = one_store.service.saved
    edit = replace(
        BY_GRADE, question="Customers with {mail}", sql="SELECT id FROM customers WHERE grade <> :mail",
        parameters=(Parameter("mail", "choice", "x", "customers.email"),),
    )  # fmt: skip
    kept = await saved.keep(ADMINISTRATOR, edit)  # the owner of the connection sees all of it
    await saved.share(ADMINISTRATOR, kept.id, True)
    assert len(await saved.choices(ADMINISTRATOR, kept.id, "mail")) == 100
    from core.storage.own_tables import PrivateMark

    async with one_store.store.writing() as session:
        person = await one_store.road.people.know(session, ADMINISTRATOR)
        session.add(
            PrivateMark(
                id="mark", connection_id=None, table_pattern="customers", column_pattern="email", is_private=True,
                changed_by=person.id,
            )
        )  # fmt: skip
    one_store.road.catalog._kept.clear()
    with pytest.raises(ColloqueryError) as refused:
        await saved.choices(LEE, kept.id, "mail")
    assert refused.value.code == "guard.private_column"
    with pytest.raises(BadEdit) as kept_refused:
        await saved.keep(LEE, replace(edit, name="mine"))
    assert kept_refused.value.code == "template.private_column"


async def test_private_columns_stay_so_in_a_template(one_store: House, model: LocalModel) -> None:
    """An administrator's template over what others may not see: told when pinned, left to the writer when matched."""
    saved = one_store.service.saved
    names = await saved.keep(
        ADMINISTRATOR, TemplateEdit("s", "Show me names and mails", "SELECT name, email FROM customers")
    )
    by_mail = await saved.keep(
        ADMINISTRATOR, TemplateEdit("m", "Who has the mail {mail}?", "SELECT name FROM customers WHERE email = :mail")
    )
    for template in (names, by_mail):
        await saved.verify(ADMINISTRATOR, template.id, True)
    async with one_store.store.reading() as session:
        (connection,) = await one_store.road.connections.every(session)
    entry = await one_store.road.catalog.entry(connection)
    assert ("customers", "email") in entry.private
    _, reply = await ask(one_store, "Show me names and mails")
    assert "customers.email" in Parts(reply).facts["hidden"]
    assert "@" not in str(Parts(reply).table.rows)
    pinned = await _run(one_store, by_mail, {"mail": "a@example.com"})
    assert Parts(pinned).notice.code == "guard.private_column"
    assert model.completions == []
    await ask(one_store, "Who has the mail a@example.com?", thread="another")
    assert len(model.completions) == 1
    assert "email" not in str(model.completions[0].messages)
    assert [one.problem for one in await saved.all(LEE)] == ["", ""]


async def test_an_answer_is_kept_under_a_name(modelled: House, model: LocalModel) -> None:
    saved = modelled.service.saved
    _, first = await ask(modelled, "What is the meaning of it all in this shop?")
    kept = await saved.from_answer(LEE, first.question_id, "  뜻\n모음 ")
    assert (kept.name, kept.question, kept.sql) == ("뜻 모음", "What is the meaning of it all in this shop?", WRITTEN)
    assert (kept.is_public, kept.is_mine, kept.connection) == (False, True, "shop")
    await ask(modelled, "what is the meaning of it all in this shop")
    assert len(model.completions) == 1
    with pytest.raises(NotAllowed):
        await saved.from_answer(KIM, first.question_id, "mine")
    shared = await saved.from_answer(LEE, first.question_id, "for all", public=True)
    assert shared.is_public


async def test_a_saved_question_of_last_month_is_not_answered_with_this_years_dates(
    one_store: House, model: LocalModel
) -> None:
    saved = one_store.service.saved
    _, reply = await ask(one_store, "SELECT COUNT(*) AS n FROM orders WHERE ordered_at >= '2026-05-01'")
    kept = await saved.from_answer(LEE, reply.question_id, "Orders last month")
    assert kept.problem == "template.fixed_dates"
    await ask(one_store, "Orders last month")
    assert len(model.completions) == 1
    assert (await _run(one_store, kept, {})).ok  # from the list it runs
    assert len(model.completions) == 1


async def test_what_an_administrator_calls_right_answers_and_is_shown_to_the_model(
    modelled: House, model: LocalModel
) -> None:
    service, text = modelled.service, "Which customers remind you of a summer afternoon?"
    _, first = await ask(modelled, text)
    await service.feedback(first.question_id, LEE, True)
    await ask(modelled, text, KIM)
    assert len(model.completions) == 2  # a viewer's word is kept, and that is all
    await service.feedback(first.question_id, ADMINISTRATOR, True)
    _, reply = await ask(modelled, text.upper(), KIM)
    assert len(model.completions) == 2
    assert Parts(reply).table.columns[0].name == "written"
    assert Parts(reply).facts["written_by"] == "이전에 확인된 답변"
    assert "not_meant" in _actions(reply)
    assert await service.saved.all(KIM) == ()
    (found,) = await service.saved.all(KIM, "summer")
    assert (found.category, found.is_verified, found.sql) == ("example", True, WRITTEN)
    await ask(modelled, "Which customers remind you of a winter afternoon?", KIM, thread="another")
    assert f"Example: {text} SQL: {WRITTEN}" in model.completions[-1].messages[1]["content"]
    await service.feedback(first.question_id, ADMINISTRATOR, False)
    calls = len(model.completions)
    await ask(modelled, text)
    assert len(model.completions) == calls + 1
    assert await service.saved.all(KIM, "summer") == ()
    async with modelled.store.reading() as session:
        audited = (
            await session.scalars(select(AuditLog.action).where(AuditLog.action.like("template.example%")))
        ).all()
    assert sorted(audited) == ["template.example_kept", "template.example_withdrawn"]


async def test_what_says_little_by_itself_is_no_example(one_store: House, model: LocalModel) -> None:
    _, typed = await ask(one_store, "SELECT COUNT(*) AS n FROM orders")
    _, follow = await ask(one_store, "and only those of last week?")
    await one_store.service.saved.keep(LEE, BY_GRADE)
    _, matched = await ask(one_store, "How many gold customers do we have?")
    for reply in (typed, follow, matched):
        assert reply.ok, reply.plain
        await one_store.service.feedback(reply.question_id, ADMINISTRATOR, True)
    async with one_store.store.reading() as session:
        assert await session.scalar(select(func.count()).where(QueryTemplate.category == "example")) == 0


async def test_templates_travel_as_a_file(modelled: House) -> None:
    saved = modelled.service.saved
    for edit in (BY_GRADE, SINCE):
        await saved.keep(LEE, edit)
    text = await saved.export(LEE)
    assert text.count("- name: ") >= 2
    again = await saved.read(LEE, text)
    assert (sorted(again.changed), again.added, again.refused) == (sorted([BY_GRADE.name, SINCE.name]), (), ())
    other = await saved.read(KIM, text)
    assert (len(other.added), other.changed) == (2, ())
    (mine,) = await saved.all(KIM, "grade")
    assert (mine.sql, mine.parameters, mine.category) == (BY_GRADE.sql, BY_GRADE.parameters, "Customers")
    assert await saved.export(KIM) == text
    assert (await saved.export(LEE, (mine.id,) if mine.is_public else ())) == text
    everything = await saved.export(ADMINISTRATOR)
    assert everything.count("question:") == 4


async def test_a_file_is_taken_one_by_one(one_store: House) -> None:
    saved = one_store.service.saved
    await saved.keep(LEE, BY_GRADE)
    text = """
version: 1
templates:
  - {name: good, question: "Customers?", sql: "SELECT COUNT(*) AS n FROM customers", public: true, verified: true}
  - {name: Good, question: again, sql: "SELECT 1"}
  - {name: bad, question: "Customers?", sql: "DELETE FROM customers"}
  - {name: nowhere, question: "Customers?", sql: "SELECT 1", connection: warehouse}
  - {name: hole, question: "In {city}?", sql: "SELECT 1"}
  - {name: shapeless}
"""
    done = await saved.read(LEE, text)
    assert (done.added, done.changed) == (("good",), ())
    assert [(one.name, one.code) for one in done.refused] == [
        ("shapeless", "template.bad_entry"), ("Good", "template.name_twice"), ("bad", "guard.writes"),
        ("nowhere", "connection.unknown"), ("hole", "template.not_in_sql"),
    ]  # fmt: skip
    (good,) = await saved.all(LEE, "good")
    assert (good.is_public, good.is_verified) == (True, False)
    await saved.read(ADMINISTRATOR, text)
    assert [one.is_verified for one in await saved.all(ADMINISTRATOR, "good")] == [True, False]


async def test_one_use_is_counted_however_often_the_answer_is_delivered(one_store: House) -> None:
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    asked = question("How many gold customers do we have?", message="once")
    first, second = await asyncio.gather(one_store.service.accept(asked), one_store.service.accept(asked))
    assert first.question_id == second.question_id
    await wait_for(one_store, first.question_id)
    await wait_for(one_store, first.question_id)
    assert (await one_store.service.saved.one(LEE, kept.id)).usage_count == 1


async def test_the_templates_of_a_connection_that_is_gone_wait_for_another(one_store: House, shop: Path) -> None:
    saved = one_store.service.saved
    kept = await saved.keep(LEE, BY_GRADE)
    owner = await one_store.road.people.find(ADMINISTRATOR)
    assert owner is not None
    async with one_store.store.reading() as session:
        (connection,) = await one_store.road.connections.every(session)
    await one_store.road.connections.remove(owner, connection)
    (left,) = await saved.all(LEE)
    assert (left.id, left.connection, left.problem) == (kept.id, "", "template.connection_gone")
    with pytest.raises(NoTemplate) as gone:
        await saved.question(LEE, kept.id, {"grade": "gold"}, question("-"))
    assert gone.value.code == "template.connection_gone"
    with pytest.raises(UnknownConnection):
        await saved.keep(LEE, replace(BY_GRADE, id=kept.id))
    await add_sqlite(one_store, shop, "new")
    mended = await saved.keep(LEE, replace(BY_GRADE, id=kept.id, connection="new"))
    assert (mended.connection, mended.problem) == ("new", "")


async def test_a_row_of_the_store_without_a_connection_answers_where_the_guard_lets_it(
    one_store: House, model: LocalModel
) -> None:
    async with one_store.store.writing() as session:
        for name, sql in (("Refund count", "SELECT COUNT(*) AS n FROM refunds"), ("Clients", "SELECT 1 FROM clients")):
            session.add(QueryTemplate(name=name, question_template=f"{name} in all", sql_template=sql))
    _, reply = await ask(one_store, "refund count in all?")
    assert "Refund count" in Parts(reply).facts["written_by"]
    assert model.completions == []
    await ask(one_store, "clients in all?")
    assert len(model.completions) == 1


async def test_typed_sql_is_never_a_template(one_store: House) -> None:
    sql = "SELECT COUNT(*) AS n FROM customers"
    await one_store.service.saved.keep(LEE, TemplateEdit("sql", sql, "SELECT 1 AS one"))
    _, reply = await ask(one_store, sql)
    assert Parts(reply).table.columns[0].name == "n"


async def test_a_template_that_is_pinned_may_look_like_sql(one_store: House) -> None:
    kept = await one_store.service.saved.keep(LEE, TemplateEdit("sql", "SELECT 1 FROM x", "SELECT 7 AS seven"))
    assert Parts(await _run(one_store, kept, {})).table.rows == ((7,),)


async def test_nothing_of_a_stranger_is_believed(one_store: House) -> None:
    """A question that names somebody else's template, as no honest door would make it."""
    kept = await one_store.service.saved.keep(LEE, BY_GRADE)
    forged = replace(question("-", KIM), template=kept.id, values=(("grade", "gold"),))
    accepted = await one_store.service.accept(forged)
    _, reply = await wait_for(one_store, accepted.question_id, KIM)
    assert Parts(reply).notice.code == "template.unknown"


def test_a_question_with_values_survives_the_store() -> None:
    from core.ask.codec import question_from_json, question_to_json

    asked: Question = replace(question("-"), template="t", values=(("도시", "서울"),), fresh=True)
    assert question_from_json(question_to_json(asked)) == asked
