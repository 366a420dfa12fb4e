"""The writer over the demo shop, with what the real engine reads and the real linking finds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from core.ask.linking.linker import Linker
from core.demo.shop import build, questions
from core.engines.base import Target
from core.engines.registry import engine
from core.model.base import Request
from core.model.builtin import BuiltinWriter

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Shop:
    base: sqlite3.Connection
    linker: Linker

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        linked = self.linker.link(question, 2_000)
        return self.base.execute(BuiltinWriter().sql(Request(question, linked, TODAY))).fetchall()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    build(path, TODAY)
    session = engine("sqlite").connect(Target("sqlite", str(path), 0, "", "", ""))
    schema = session.read_schema()
    session.close()
    with closing(sqlite3.connect(path)) as base:
        yield Shop(base, Linker(schema))


SEOUL = "SELECT COUNT(*) FROM customers c JOIN cities t ON t.id = c.city_id WHERE t.name = 'Seoul'"
MONTHS = (
    "SELECT substr(ordered_at, 1, 7) m, SUM(amount) FROM order_items i JOIN orders o ON o.id = i.order_id "
    "GROUP BY m ORDER BY m"
)
BEST = (
    "SELECT p.name, SUM(amount) s FROM order_items i JOIN products p ON p.id = i.product_id "
    "GROUP BY p.id ORDER BY s DESC LIMIT 5"
)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_the_three_questions_to_try(shop: Shop, locale: str) -> None:
    customers, products, months = questions(locale)
    assert shop.ask(customers) == shop.base.execute(SEOUL).fetchall()
    assert shop.ask(products) == shop.base.execute(BEST).fetchall()
    assert shop.ask(months) == shop.base.execute(MONTHS).fetchall()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many gold customers are there?", "SELECT COUNT(*) FROM customers WHERE grade = 'gold'"),
        ("number of orders by channel",
         "SELECT channel, COUNT(*) n FROM orders GROUP BY channel ORDER BY n DESC"),
        ("결제 수단별 결제 금액",
         "SELECT method, SUM(paid_amount) s FROM payments GROUP BY method ORDER BY s DESC"),
        ("지난달 매출은 얼마야?", "SELECT SUM(amount) FROM order_items i JOIN orders o ON o.id = i.order_id "
         "WHERE ordered_at LIKE '2026-10%'"),
        ("refunds without a reason", "SELECT id, order_item_id, refund_amount, reason, refunded_at FROM refunds "
         "WHERE reason IS NULL"),
    ],
)  # fmt: skip
def test_more_questions(shop: Shop, question: str, expected: str) -> None:
    assert shop.ask(question) == shop.base.execute(expected).fetchall()
