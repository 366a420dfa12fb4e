"""Whatever words come, in whatever order: an honest refusal, or SQL that runs."""

import time
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.errors import BeyondWriter
from core.model.base import Previous, Request, Usage
from core.model.builtin import BuiltinWriter
from core.model.builtin.grammar import english, korean
from core.schema import Column, Linked, Table
from tests.model.builtin.shop import TODAY, link, open_shop, write

ENGLISH = (
    "customers", "orders", "products", "price", "city", "names", "sales", "stock", "Seoul", "Mug", "2024", "5", "age",
    "last month", "refunds", "refund amount", "category", "employees", "salary", '"Te"', "status", "cancelled", "hired",
)  # fmt: skip
KOREAN = (
    "고객", "주문", "상품", "가격", "도시", "이름", "매출", "재고", "서울", "2024년", "5개", "지난달", "나이", "환불",
    "카테고리별", "직원", "급여가", "부서별", '"Te"', "상태", "고객의", "월별",
)  # fmt: skip
WORDS_EN = some.lists(
    some.one_of(some.sampled_from(ENGLISH), some.sampled_from(sorted(" ".join(k) for k in english())))
)
WORDS_KO = some.lists(some.one_of(some.sampled_from(KOREAN), some.sampled_from(sorted(korean()))))


def _asked(question: str, previous: Previous | None = None) -> None:
    with closing(open_shop()) as shop:
        try:
            sql = write(question, previous=previous)
        except BeyondWriter:
            return
        shop.execute(sql).fetchall()


@settings(max_examples=400, deadline=None)
@given(some.one_of(WORDS_EN, WORDS_KO).map(lambda found: " ".join(found[:8])))
def test_known_words_in_any_order(question: str) -> None:
    _asked(question)


@settings(max_examples=200, deadline=None)
@given(some.one_of(WORDS_EN, WORDS_KO).map(lambda found: " ".join(found[:4])))
def test_known_words_after_another_question(question: str) -> None:
    _asked(question, Previous("How many orders by status?", write("How many orders by status?")))


@settings(max_examples=200, deadline=None)
@given(some.text(max_size=60))
def test_any_text(question: str) -> None:
    _asked(question)


@pytest.mark.parametrize("previous", ["", "not SQL at all", "SELECT 1", "SELECT * FROM (SELECT 1) x", "DELETE FROM a"])
def test_a_follow_up_of_something_odd_is_refused(previous: str) -> None:
    with pytest.raises(BeyondWriter):
        write("and in 2025?", previous=Previous("x", previous))


def test_nothing_can_be_asked_of_no_tables() -> None:
    with pytest.raises(BeyondWriter):
        BuiltinWriter().sql(Request("How many customers?", Linked("sqlite", ()), TODAY))


def test_a_long_question_takes_no_long_time() -> None:
    started = time.perf_counter()
    _asked("customers from nowhere " * 400)
    _asked("customers orders " * 600)
    assert time.perf_counter() - started < 2


def test_a_wide_table_is_no_trouble() -> None:
    columns = tuple(Column(f"field_{number}", "INTEGER") for number in range(2_000))
    linked = Linked("sqlite", (Table("wide", columns, primary_key=("field_0",)),))
    assert (
        BuiltinWriter().sql(Request("average field 7", linked, TODAY))
        == "SELECT AVG(field_7) AS average_field_7 FROM wide"
    )


async def test_the_writer_costs_nothing_and_says_who_wrote() -> None:
    written = await BuiltinWriter().write(Request("How many orders?", link("How many orders?"), TODAY))
    assert written.sql == "SELECT COUNT(*) AS order_count FROM orders"
    assert written.usage == Usage() and written.model == "built-in"
    assert not BuiltinWriter.wants_prompt
