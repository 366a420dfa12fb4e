"""The templates of the store, over every kind of it."""

from core.ids import new_id
from core.people.person import Person
from core.storage.models import QueryTemplate, User
from core.storage.session import Store, add_row
from core.templates.templates import Templates


async def _person(store: Store, name: str) -> Person:
    person = Person(new_id(), name, "viewer", True, "member", "en", "UTC")
    async with store.writing() as session:
        await add_row(
            session, User, id=person.id, email=f"{name}@example.com", password_hash="!", full_name=name, role="viewer"
        )
    return person


async def test_everybody_sees_their_own_and_what_is_public(store: Store) -> None:
    kim, lee, templates = await _person(store, "kim"), await _person(store, "lee"), Templates(store)
    async with store.writing() as session:
        for name, person, public in (("mine", kim, False), ("shared", lee, True), ("hers", lee, False)):
            await templates.add(session, person, name, question=f"{name}?", sql="SELECT 1", public=public)
        await add_row(
            session, QueryTemplate, id=new_id(), user_id=None, name="house", question_template="q", sql_template="s",
            is_verified=True,
        )  # fmt: skip
    async with store.reading() as session:
        seen = await templates.visible(session, kim)
        assert [(line.name, line.is_public, line.is_verified) for line in seen] == [
            ("house", True, True),
            ("mine", False, False),
            ("shared", True, False),
        ]
        assert (seen[1].question, seen[1].usage_count) == ("mine?", 0)
        found = await templates.named(session, kim, "MINE")
        assert found == seen[1]
        assert await templates.named(session, kim, "shared") is None
        match, _ = await templates.match(session, kim, " Mine ")
        assert match is not None and match.id == seen[1].id


async def test_uses_are_counted(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    async with store.writing() as session:
        await templates.add(session, kim, "a", question="a", sql="SELECT 1", public=False)
        await templates.add(session, kim, "b", question="b", sql="SELECT 1", public=False)
    async with store.reading() as session:
        match, _ = await templates.match(session, kim, "b")
    assert match is not None
    await templates.used(match)
    async with store.reading() as session:
        assert [(line.name, line.usage_count) for line in await templates.visible(session, kim)] == [("b", 1), ("a", 0)]


async def test_verified_questions_that_are_alike_are_found_nearest_first(store: Store) -> None:
    kim, templates = await _person(store, "kim"), Templates(store)
    asked = {
        "revenue by city this year": True,
        "revenue by city in 2024": True,
        "revenue by city last month": False,
        "how many employees are there": True,
        "올해 도시별 매출": True,
    }
    async with store.writing() as session:
        for question, verified in asked.items():
            await add_row(
                session, QueryTemplate, id=new_id(), user_id=None, name=question, question_template=question,
                sql_template=f"SELECT '{question}'", is_verified=verified,
            )  # fmt: skip
    async with store.reading() as session:
        match, near = await templates.match(session, kim, "revenue by city in 2024 and in 2025")
        assert match is None
        assert [one.question for one in near] == ["revenue by city in 2024", "revenue by city this year"]
        _, korean = await templates.match(session, kim, "작년 도시별 매출은?")
        assert [one.question for one in korean] == ["올해 도시별 매출"]
        _, none = await templates.match(session, kim, "average salary of nurses")
        assert none == ()
