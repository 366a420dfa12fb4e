"""An ambiguous name is asked back, at 0 tokens, and the original question is answered with what was chosen."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from core.chat import Choices, Reply
from core.errors import NoAnswer, NotAllowed
from tests.houses import KIM, LEE, Parts, add_sqlite, ask, in_korean, open_house, settings_for, wait_for


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Orders that were made and shipped on different days."""
    path = tmp_path / "orders.db"
    with sqlite3.connect(path) as line:
        line.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at DATE, shipped_at DATE)")
        days = [("2024-03-01", "2024-03-02"), ("2024-03-30", "2024-04-01"), ("2024-03-31", "2024-04-02")]
        line.executemany("INSERT INTO orders (ordered_at, shipped_at) VALUES (?, ?)", days)
    line.close()
    return path


def _choices(reply: Reply) -> Choices:
    (found,) = [part for part in reply.parts if isinstance(part, Choices)]
    return found


@pytest.mark.parametrize(("name", "orders_found"), [("orders.ordered_at", 3), ("orders.shipped_at", 1)])
@pytest.mark.parametrize("text", ["How many orders in March 2024?", "2024년 3월 주문 건수"])
async def test_the_one_that_is_meant_is_chosen(
    tmp_path: Path, orders: Path, text: str, name: str, orders_found: int
) -> None:
    asker = in_korean(LEE) if text.startswith("2") else LEE
    async with open_house(settings_for(tmp_path / "house")) as built:
        await add_sqlite(built, orders)
        _, back = await ask(built, text, asker)
        choices = _choices(back)
        assert {option.label for option in choices.options} == {"orders.ordered_at", "orders.shipped_at"}
        value = next(option.value for option in choices.options if option.label == name)
        question = await built.service.chosen(back.question_id, asker, value)
        assert question.text == text
        accepted = await built.service.accept(replace(question, message="chosen"))
        _, reply = await wait_for(built, accepted.question_id, asker)
        assert Parts(reply).table.rows == ((orders_found,),)
        assert "0" in Parts(reply).facts["cost"]


async def test_only_what_was_offered_can_be_chosen_and_only_by_who_asked(tmp_path: Path, orders: Path) -> None:
    async with open_house(settings_for(tmp_path / "house")) as built:
        await add_sqlite(built, orders)
        _, back = await ask(built, "How many orders in March 2024?")
        with pytest.raises(NoAnswer) as refusal:
            await built.service.chosen(back.question_id, LEE, "orders.id")
        assert refusal.value.code == "answer.no_choice"
        await ask(built, "How many orders are there?", KIM)
        with pytest.raises(NotAllowed):
            await built.service.chosen(back.question_id, KIM, "orders.shipped_at")
        _, plain = await ask(built, "How many orders are there?")
        with pytest.raises(NoAnswer):
            await built.service.chosen(plain.question_id, LEE, "orders.shipped_at")
