"""The road end to end, over every kind of store, with the built-in writer."""

import asyncio
import gc
from pathlib import Path

import anyio
import pytest
from sqlalchemy import func, select

from bot.wiring import House
from core.chat import Question, Reply
from core.ids import query_id, reply_id
from core.storage.models import AuditLog, ChatMessage, ChatSession, Event, QueryAnalytics, User
from core.storage.own_tables import InboxItem
from tests.houses import KIM, LEE, Parts, add_sqlite, ask, open_house, question, settings_for, wait_for

COUNT = "How many customers are there?"


async def test_a_question_is_answered_and_everything_is_written(built: House) -> None:
    steps, reply = await ask(built, COUNT)

    assert [step.kind for step in steps] == ["linking", "writing", "checking", "running", "drawing"]
    assert reply.ok
    parts = Parts(reply)
    (number,) = parts.table.rows[0]
    assert isinstance(number, int)
    assert number > 100
    assert "customers" in parts.sql.text
    assert parts.facts["cost"].startswith("0 tokens")

    async with built.store.reading() as session:
        messages = (await session.scalars(select(ChatMessage).order_by(ChatMessage.sequence_number))).all()
        asked, answered = messages
        assert (asked.message_type, asked.content, asked.sequence_number) == ("user", COUNT, 1)
        assert (answered.message_type, answered.sequence_number) == ("assistant", 2)
        assert answered.id == reply_id(asked.id)
        assert answered.sql_query == parts.sql.text
        row = (await session.scalars(select(QueryAnalytics))).one()
        assert row.query_id == query_id(asked.id) == answered.query_id
        assert (row.success, row.row_count, row.total_tokens, row.llm_model) == (True, 1, 0, "built-in")
        thread = (await session.scalars(select(ChatSession))).one()
        assert (thread.message_count, thread.title) == (2, COUNT)
        item = (await session.scalars(select(InboxItem))).one()
        assert (item.state, item.attempts) == ("answered", 1)
        audit = (await session.scalars(select(AuditLog).where(AuditLog.action == "query.run"))).one()
        assert audit.success
        assert audit.new_values == {"question_id": asked.id, "sql": parts.sql.text, "rows": 1}
        kinds = set(await session.scalars(select(Event.event_type)))
        assert {"schema.read", "question.answered"} <= kinds


async def test_both_languages_get_the_same_rows(built: House) -> None:
    _, english = await ask(built, "Top 5 products by sales amount", thread="a")
    _, korean = await ask(built, "매출 상위 5개 상품", KIM, thread="b")
    assert Parts(english).table.rows == Parts(korean).table.rows
    assert len(Parts(english).table.rows) == 5
    assert korean.locale == "ko"
    assert "토큰" in Parts(korean).facts["cost"]


async def test_the_same_message_twice_is_one_question(built: House) -> None:
    first = await built.service.accept(question(COUNT, message="same"))
    again = await built.service.accept(question(COUNT, message="same"))
    assert (first.new, again.new) == (True, False)
    assert first.question_id == again.question_id
    await wait_for(built, first.question_id)
    third = await built.service.accept(question(COUNT, message="same"))
    assert not third.new
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(QueryAnalytics)) == 1


async def test_a_follow_up_leans_on_the_question_before(built: House) -> None:
    _, first = await ask(built, "How many customers are in Seoul?", thread="f")
    _, second = await ask(built, "and in Busan?", thread="f")
    assert "Busan" in Parts(second).sql.text or "부산" in Parts(second).sql.text
    assert Parts(first).table.columns == Parts(second).table.columns


async def test_accounts_with_one_vouched_address_are_one_person(built: House) -> None:
    await ask(built, COUNT, LEE)
    elsewhere = LEE.__class__("other", "X9", "A7", "Lee J.", email="LEE@example.com")
    async with built.store.writing() as session:
        joined = await built.road.people.know(session, elsewhere)
    guest = LEE.__class__("other", "X9", "A8", "Not Lee", email="lee@example.com", kind="guest")
    async with built.store.writing() as session:
        apart = await built.road.people.know(session, guest)
    async with built.store.reading() as session:
        lee = (await session.scalars(select(User).where(User.email == "lee@example.com"))).one()
    assert joined.id == lee.id
    assert apart.id != lee.id


async def test_twenty_at_once_are_all_answered_once(built: House) -> None:
    accepted = [await built.service.accept(question(COUNT, thread=f"t{number}")) for number in range(20)]
    replies = [await wait_for(built, one.question_id) for one in accepted]
    assert {Parts(reply).table.rows for _, reply in replies} == {Parts(replies[0][1]).table.rows}
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(QueryAnalytics)) == 20


async def test_followers_that_hang_up_leave_the_store_alone(small: House, caplog: pytest.LogCaptureFixture) -> None:
    async def follow(question_id: str) -> None:
        async for _ in small.service.follow(question_id, LEE):
            pass

    await ask(small, COUNT, message="known")
    accepted = await small.service.accept(question(COUNT, message="known"))
    for number in range(60):
        with anyio.move_on_after(number / 20_000):  # cancels again and again, as a web server does
            await follow(accepted.question_id)
    _, reply = await wait_for(small, accepted.question_id)
    gc.collect()
    await asyncio.sleep(0.1)
    assert reply.ok
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def test_an_answer_that_nobody_came_for_is_left_alone(built: House) -> None:
    await ask(built, COUNT)
    assert await built.service.recover(alone=True) == 0
    async with built.store.reading() as session:
        assert (await session.scalars(select(InboxItem.state))).all() == ["answered"]


async def delivered(house: House) -> InboxItem:
    """The only question there is, once its delivery is written down: that is a moment after the post."""
    async with asyncio.timeout(10):
        while True:
            async with house.store.reading() as session:
                (item,) = (await session.scalars(select(InboxItem))).all()
            if item.state == "delivered":
                return item
            await asyncio.sleep(0.02)


async def test_a_reply_is_posted_once_even_when_posting_failed_before(
    tmp_path: Path, store_url: str, shop: Path
) -> None:
    posted: list[str] = []
    broken = True

    async def post(question: Question, reply: Reply) -> None:
        if broken:
            raise ConnectionError("the platform is away")
        posted.append(reply.question_id)

    async with open_house(settings_for(tmp_path, store_url), {"memory": post}) as house:
        await add_sqlite(house, shop)
        accepted = await house.service.accept(question(COUNT))
        _, reply = await wait_for(house, accepted.question_id)
        assert reply.ok
        assert posted == []
        broken = False
        assert await house.service.recover(alone=True) == 1
        item = await delivered(house)
        assert await house.service.recover(alone=True) == 0
        async with house.store.reading() as session:
            assert await session.scalar(select(func.count()).select_from(QueryAnalytics)) == 1
    assert item.attempts == 1
    assert posted == [accepted.question_id]
