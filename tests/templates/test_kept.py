"""What a process keeps of templates in memory: who is answered from what, and what a change costs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from core.people.person import Person
from core.saved import Parameter
from core.schema import Column, ColumnValues, Schema, Table
from core.templates import kept as module
from core.templates.kept import Kept
from core.templates.matching import Candidate, TemplateIndex
from core.templates.template import Template

TODAY = date(2026, 6, 30)
KIM = Person("kim", "Kim", "viewer", True, "member", "ko", "UTC")
LEE = Person("lee", "Lee", "viewer", True, "member", "en", "UTC")
ADMIN = Person("boss", "Boss", "admin", True, "member", "en", "UTC")
SCHEMA = Schema(
    "sqlite",
    (Table("orders", (Column("id", "INTEGER"), Column("city", "TEXT"))),),
    (ColumnValues("orders", "city", ("Seoul", "Busan"), complete=True),),
    "hash",
)


def _template(template_id: str, question: str, **changes: object) -> Template:
    city = (Parameter("city", "choice", None, "orders.city"),) if "{city}" in question else ()
    sql = "SELECT COUNT(*) AS n FROM orders" + (" WHERE city = :city" if city else f" WHERE id <> '{template_id}'")
    made = Template(
        template_id, "lee", "Lee", template_id, question, sql, city, "", "", "shop", True, "sqlite", False, False, 0,
        "hash", "",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def _answer(kept: Kept, person: Person, question: str) -> str | None:
    match = kept.match(person, question, TODAY)
    return match.template.id if match is not None else None


def test_who_is_answered_from_what() -> None:
    kept = Kept("shop", [
        _template("private", "Orders of today?"),
        _template("public", "Orders of yesterday?", is_public=True),
        _template("verified", "Orders of this week?", is_verified=True),
        _template("nobody", "Orders of this month?", owner_id=None, recorded=False, connection_id=None),
        _template("broken", "Orders of this year?", problem="template.table_gone", is_public=True),
        _template("elsewhere", "Orders of the quarter?", connection_id="other", is_public=True),
        _template("orphan", "Orders of the decade?", connection_id=None, problem="template.connection_gone"),
    ], SCHEMA)  # fmt: skip
    asked = [f"orders of {when}" for when in
             ("today", "yesterday", "this week", "this month", "this year", "the quarter", "the decade")]  # fmt: skip
    everybody = [None, "public", "verified", "nobody", None, None, None]
    assert [_answer(kept, LEE, question) for question in asked] == ["private", *everybody[1:]]
    assert [_answer(kept, KIM, question) for question in asked] == everybody
    assert [_answer(kept, ADMIN, question) for question in asked] == everybody


def test_of_several_the_verified_then_ones_own_then_anothers() -> None:
    text = "How many orders in {city}?"
    others = _template("others", text, is_public=True)
    own = _template("own", text, owner_id="kim", owner="Kim")
    checked = _template("checked", text, is_verified=True)
    question = "How many orders in Busan?"
    assert _answer(Kept("shop", [others, own, checked], SCHEMA), KIM, question) == "checked"
    assert _answer(Kept("shop", [others, own], SCHEMA), KIM, question) == "own"
    assert _answer(Kept("shop", [others, own], SCHEMA), LEE, question) == "others"
    match = Kept("shop", [own], SCHEMA).match(KIM, question, TODAY)
    assert match is not None
    assert (match.values, match.sql) == ((("city", "Busan"),), "SELECT COUNT(*) AS n FROM orders WHERE city = 'Busan'")


def test_a_value_that_is_none_of_the_columns_is_no_match() -> None:
    assert _answer(Kept("shop", [_template("t", "How many orders in {city}?", is_public=True)], SCHEMA), KIM,
                   "How many orders in Paris?") is None  # fmt: skip


def test_examples_are_the_verified_ones_as_they_would_run() -> None:
    kept = Kept("shop", [
        _template("one", "How many orders in {city}?", is_verified=True),
        _template("two", "How many orders in total?", is_public=True),
    ], SCHEMA)  # fmt: skip
    (near,) = kept.near(KIM, "How many big orders were there?", TODAY)
    assert (near.question, near.sql) == (
        "How many orders in Seoul?", "SELECT COUNT(*) AS n FROM orders WHERE city = 'Seoul'",
    )  # fmt: skip
    assert kept.near(KIM, "How many big orders were there?", TODAY, but="one") == ()


def test_a_change_takes_over_what_was_built_before(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    class Counting(TemplateIndex):
        def __init__(self, candidates: Sequence[Candidate]) -> None:
            built.append(len(candidates))
            super().__init__(candidates)

    monkeypatch.setattr(module, "TemplateIndex", Counting)
    many = [_template(f"t{number}", f"Orders with the number {number}", is_public=True) for number in range(80)]
    first = Kept("shop", many, SCHEMA)
    new = _template("new", "Orders that are odd", is_public=True)
    asks_else = replace(many[1], question="Orders that are even")
    now = [replace(many[0], sql="SELECT 1"), asks_else, *many[3:], new]
    second = Kept("shop", now, SCHEMA, first)
    assert built == [80, 2]
    assert _answer(second, KIM, "orders that are odd") == "new"
    assert _answer(second, KIM, "orders that are even") == "t1"
    assert _answer(second, KIM, "orders with the number 1") is None
    assert _answer(second, KIM, "orders with the number 2") is None
    assert _answer(second, KIM, "orders with the number 79") == "t79"
    changed = second.match(KIM, "orders with the number 0", TODAY)
    assert changed is not None and changed.sql == "SELECT 1"
    third = Kept("shop", now[:-1], SCHEMA, second)
    assert _answer(third, KIM, "orders that are odd") is None
    Kept("shop", now, replace(SCHEMA), third)
    Kept("shop", [replace(one, question=f"{one.question}!?") for one in many], SCHEMA, third)
    assert built == [80, 2, 1, 80, 80]
