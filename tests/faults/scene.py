"""One scene for every trouble of a store: questions under way and waiting, the trouble, and after it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count

from sqlalchemy import text

from core.storage.session import Store
from tests.faults.served import SQL, Served, until
from tests.local_model import LocalModel, Message, Turn

BACK_WITHIN = 10.0
"""Seconds after the trouble is over: until it is ready, and until each answer."""


@contextmanager
def slow_model(seconds: float, *, hangs_at: int | None = None) -> Iterator[LocalModel]:
    """A model that is slow at first: that call is under way when the trouble begins, and ends during it. It can hang at
    a later call.
    """
    calls = count()

    def answer(_: list[Message]) -> Turn:
        number = next(calls)
        return Turn(text=SQL, delay=seconds if number == 0 else 0, hang=number == hangs_at)

    with LocalModel(answer) as model:
        yield model


def under_way(one: Served, model: LocalModel) -> dict[str, str]:
    """Some questions that are accepted, by their message: the first is with the model, the others wait in line."""
    asked = {f"before-{number}": one.accepted(f"before-{number}") for number in range(3)}
    until(lambda: model.completions, "the model is asked")
    return asked


def until_answered(one: Served, asked: dict[str, str]) -> None:
    """Each of them is answered, soon, and once as people see it."""
    for message, question in asked.items():
        until(partial(one.answered, question), f"{message} is answered", BACK_WITHIN)
        assert one.exchanges(message) == [question]


def is_whole(store_url: str, questions: int, left: int = 0) -> None:
    """A store has so many questions, each answered once, at the first attempt, and nothing is set aside any more; but
    for those `left` to whoever serves next.
    """
    found = asyncio.run(_looked_up(store_url))
    assert found == {
        "messages": [("assistant", questions), ("user", questions + left)],
        "inbox": [("answered", 1, questions), *([("claimed", 1, left)] if left else [])],
        "reservations": [(left,)],
    }


async def _looked_up(store_url: str) -> dict[str, list[tuple[object, ...]]]:
    wanted = {
        "messages": "SELECT message_type, COUNT(*) FROM chat_messages GROUP BY message_type ORDER BY message_type",
        "inbox": "SELECT state, attempts, COUNT(*) FROM inbox GROUP BY state, attempts ORDER BY state",
        "reservations": "SELECT COUNT(*) FROM token_reservations",
    }
    store = Store.open(store_url)
    try:
        async with store.reading() as session:
            return {
                name: [tuple(row) for row in (await session.execute(text(query))).all()]
                for name, query in wanted.items()
            }
    finally:
        await store.close()
