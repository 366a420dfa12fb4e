import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import BeyondWriter
from core.model.base import Previous
from tests.model.builtin.questions import BEYOND, ENGLISH, FOLLOW_UPS, KOREAN
from tests.model.builtin.shop import open_shop, write


@pytest.fixture(scope="module")
def shop() -> Iterator[sqlite3.Connection]:
    base = open_shop()
    yield base
    base.close()


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row)


def assert_same_rows(shop: sqlite3.Connection, written: str, expected: str) -> None:
    got = [_plain(row) for row in shop.execute(written)]
    want = [_plain(row) for row in shop.execute(expected)]
    assert want, "a query without rows proves nothing"
    if "ORDER BY" in expected.rpartition(")")[2]:
        assert got == want, written
    else:
        assert Counter(got) == Counter(want), written


@pytest.mark.parametrize(("question", "expected"), ENGLISH + KOREAN, ids=lambda text: str(text)[:60])
def test_the_rows_are_right(shop: sqlite3.Connection, question: str, expected: str) -> None:
    assert_same_rows(shop, write(question), expected)


@pytest.mark.parametrize(("first", "then", "expected"), FOLLOW_UPS)
def test_a_follow_up_changes_the_query_before(shop: sqlite3.Connection, first: str, then: str, expected: str) -> None:
    assert_same_rows(shop, write(then, previous=Previous(first, write(first))), expected)


@pytest.mark.parametrize("question", BEYOND)
def test_what_is_not_understood_is_refused(question: str) -> None:
    with pytest.raises(BeyondWriter) as refusal:
        write(question)
    assert refusal.value.code in ("writer.unknown_words", "writer.ambiguous", "writer.no_join", "writer.beyond")


def test_there_are_as_many_questions_as_promised() -> None:
    assert len(ENGLISH) + len(KOREAN) >= 120
    assert len(BEYOND) >= 40
