"""What may be done with an answer: by whom, and what is kept of it, over every kind of store."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.wiring import House
from core.chat import Actor, Place, Question, Text
from core.errors import BadEdit, NoAnswer, NotAllowed, UnknownConnection
from core.ids import message_id
from core.saved import SavedTemplate
from core.storage.models import AuditLog, Event, QueryAnalytics, QueryTemplate
from tests.houses import ADMINISTRATOR, KIM, LEE, Parts, add_sqlite, ask, question, wait_for

TOP = "Top 5 products by sales amount"
TYPED = "SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC LIMIT 3"


async def _asked(built: House, text: str = TOP, actor: Actor = LEE, **where: object) -> str:
    _, reply = await ask(built, text, actor, **where)
    return reply.question_id


async def test_an_answer_is_explained_in_the_language_of_whoever_asks_for_it(built: House) -> None:
    question_id = await _asked(built, TYPED)
    english = await built.service.explain(question_id, LEE)
    korean = await built.service.explain(question_id, replace(LEE, locale="ko"))
    assert english.ok and english.question_id == question_id
    (said,) = english.parts
    assert isinstance(said, Text)
    assert said.text.splitlines()[:2] == ["It reads orders.", "It makes one row for each status."]
    assert english.plain == said.text
    assert korean.locale == "ko" and "status별로 묶어" in korean.plain
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(QueryAnalytics)) == 1


async def test_a_table_for_a_file_is_the_one_that_was_answered(built: House) -> None:
    _, reply = await ask(built, TOP)
    text, table, sql, facts = await built.service.table_of(reply.question_id, LEE)
    assert (text, table, sql) == (TOP, Parts(reply).table, Parts(reply).sql)
    assert await built.service.sql_of(reply.question_id, LEE) == sql
    assert (await built.service.question(reply.question_id, LEE)).text == TOP
    assert {fact.key: fact.value for fact in facts.items} == Parts(reply).facts


async def test_only_the_asker_and_an_administrator(built: House) -> None:
    service = built.service
    question_id = await _asked(built, readers="team")  # others read the answer; that is not enough
    await _asked(built, TOP, KIM)
    stranger = Actor("memory", "T1", "U9", "Nobody yet")
    guest = replace(LEE, kind="guest")
    for actor in (KIM, stranger, guest):
        edit = question(TYPED, actor)
        for attempt in (
            service.question(question_id, actor),
            service.sql_of(question_id, actor),
            service.explain(question_id, actor),
            service.table_of(question_id, actor),
            service.feedback(question_id, actor, True),
            service.saved.from_answer(actor, question_id, "mine"),
            service.rerun(question_id, edit),
        ):
            with pytest.raises(NotAllowed):
                await attempt
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).where(Event.event_type == "answer.feedback")) == 0
        assert await session.scalar(select(func.count()).select_from(QueryTemplate)) == 0
    assert (await service.explain(question_id, ADMINISTRATOR)).ok


async def test_a_question_that_does_not_exist_tells_nothing(small: House) -> None:
    await _asked(small)
    with pytest.raises(NotAllowed) as refused:
        await small.service.explain("00000000-0000-0000-0000-000000000000", LEE)
    assert refused.value.code == "people.not_yours"


async def test_an_answer_without_sql_or_table(small: House) -> None:
    refused = await _asked(small, "DELETE FROM orders")
    beyond = await _asked(small, "What is the meaning of life?")
    with pytest.raises(NoAnswer) as no_table:
        await small.service.table_of(refused, LEE)
    with pytest.raises(NoAnswer) as no_sql:
        await small.service.explain(beyond, LEE)
    with pytest.raises(NoAnswer):
        await small.service.saved.from_answer(LEE, refused, "no")
    assert (no_table.value.code, no_sql.value.code) == ("answer.no_table", "answer.no_sql")
    await small.service.feedback(beyond, LEE, False, "it should know")


async def test_an_answer_that_is_still_being_made(small: House) -> None:
    accepted = await small.service.accept(
        question(
            "SELECT COUNT(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"
        )
    )
    with pytest.raises(NoAnswer) as early:
        await small.service.feedback(accepted.question_id, LEE, True)
    assert early.value.code == "answer.not_ready"
    assert (await small.service.question(accepted.question_id, LEE)).actor == LEE
    await small.service.stop(accepted.question_id, LEE)
    await wait_for(small, accepted.question_id)


async def test_the_last_verdict_of_a_person_counts_and_each_is_audited(built: House) -> None:
    question_id = await _asked(built)
    await asyncio.gather(*(built.service.feedback(question_id, LEE, True) for _ in range(3)))
    await built.service.feedback(question_id, LEE, False, " 환불이\0 빠졌어요 ")
    await built.service.feedback(question_id, ADMINISTRATOR, True)
    async with built.store.reading() as session:
        rows = (await session.scalars(select(Event).where(Event.event_type == "answer.feedback"))).all()
        audited = (await session.scalars(select(AuditLog).where(AuditLog.action == "answer.feedback"))).all()
    assert sorted((row.event_data for row in rows), key=str) == [
        {"question_id": question_id, "good": False, "reason": "환불이 빠졌어요"},
        {"question_id": question_id, "good": True, "reason": ""},
    ]
    assert len({row.user_id for row in rows}) == 2
    assert len(audited) == 5 and {row.resource_id for row in audited} == {question_id}


async def test_a_reason_has_an_end(small: House) -> None:
    question_id = await _asked(small)
    with pytest.raises(BadEdit) as long:
        await small.service.feedback(question_id, LEE, False, "x" * 501)
    assert (long.value.code, long.value.details) == ("answer.reason_too_long", {"most": 500, "length": 501})


async def test_a_saved_question_is_answered_from_its_sql(built: House) -> None:
    _, first = await ask(built, TOP)
    assert (await built.service.saved.from_answer(LEE, first.question_id, "  매출\n상위  ")).name == "매출 상위"
    _, again = await ask(built, TOP.upper() + "?")
    assert Parts(again).table.rows == Parts(first).table.rows
    assert "매출 상위" in Parts(again).facts["written_by"]
    (line,) = await built.service.saved.all(LEE)
    assert (line.name, line.question, line.is_public, line.usage_count) == ("매출 상위", TOP, False, 1)
    assert await built.service.saved.all(KIM) == ()
    async with built.store.reading() as session:
        row = (await session.scalars(select(QueryTemplate))).one()
        audit = (await session.scalars(select(AuditLog).where(AuditLog.action == "template.saved"))).one()
    assert row.sql_template == Parts(first).sql.text
    assert (audit.resource_id, audit.user_id) == (row.id, row.user_id)


async def test_typed_sql_is_saved_under_its_name(small: House) -> None:
    question_id = await _asked(small, TYPED)
    await small.service.saved.from_answer(LEE, question_id, "order states")
    _, reply = await ask(small, "Order states?")
    assert len(Parts(reply).table.rows) == 3


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "template.no_name"),
        (" \n\0 ", "template.no_name"),
        ("x" * 201, "template.name_too_long"),
        ("Sales", "template.name_taken"),
        ("ＳALES", "template.name_taken"),
    ],
)
async def test_a_name_that_cannot_be_taken(small: House, name: str, code: str) -> None:
    question_id = await _asked(small)
    await small.service.saved.from_answer(LEE, question_id, "sales")
    with pytest.raises(BadEdit) as refused:
        await small.service.saved.from_answer(LEE, question_id, name)
    assert refused.value.code == code


async def test_of_two_with_one_name_at_once_one_is_kept(built: House) -> None:
    question_id = await _asked(built)
    saving = (built.service.saved.from_answer(LEE, question_id, "sales") for _ in range(4))
    done = await asyncio.gather(*saving, return_exceptions=True)
    assert [one.name for one in done if isinstance(one, SavedTemplate)] == ["sales"]
    assert [one.code for one in done if isinstance(one, BadEdit)] == ["template.name_taken"] * 3


async def test_a_template_for_everybody(small: House) -> None:
    question_id = await _asked(small)
    await small.service.saved.from_answer(LEE, question_id, "sales", public=True)
    (line,) = await small.service.saved.all(KIM)
    assert (line.is_public, line.owner, line.may_change) == (True, "Lee", False)
    await small.service.saved.from_answer(ADMINISTRATOR, question_id, "sales", public=True)
    assert [line.owner for line in await small.service.saved.all(LEE)] == ["Lee", "Owner"]
    with pytest.raises(NotAllowed):
        await small.service.saved.all(replace(KIM, kind="guest"))


async def test_edited_sql_is_a_question_of_the_same_connection(small: House) -> None:
    question_id = await _asked(small, TOP, connection="shop")
    place = Place("memory", "T1", "C1", "t1", "alone")
    edit = Question(LEE, place, "edited-1", TYPED, small.road.clock())
    accepted = await small.service.rerun(question_id, edit)
    assert accepted.new and accepted.question_id == message_id(edit)
    _, reply = await wait_for(small, accepted.question_id)
    assert len(Parts(reply).table.rows) == 3
    history = await small.service.history(LEE, place)
    assert [exchange.text for exchange in history] == [TOP, TYPED]

    bad = await small.service.rerun(question_id, replace(edit, message="edited-2", text="DELETE FROM orders"))
    _, refused = await wait_for(small, bad.question_id)
    assert not refused.ok


async def test_somebodys_own_default_connection(small: House, shop: Path) -> None:
    other = await add_sqlite(small, shop, "other")
    not_given = await add_sqlite(small, shop, "not given", everyone=False)
    place = question(TOP).place
    await small.service.sources.choose(LEE, other.id)
    assert {one.name: one.is_default for one in await small.service.sources.choices(LEE, place)} == {
        "other": True,
        "shop": False,
    }
    with pytest.raises(UnknownConnection):
        await small.service.sources.choose(LEE, not_given.id)
    with pytest.raises(NotAllowed):
        await small.service.sources.choose(replace(KIM, kind="foreign"), other.id)
