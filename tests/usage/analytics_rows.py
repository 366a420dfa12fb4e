"""Random questions for tests of figures, written as settling writes them, and the same figures counted plainly."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from core.storage.models import DatabaseConnection, QueryAnalytics, User
from core.storage.session import Store
from core.usage.details import Details, Kind, Spent

PEOPLE = ("ann", "bob", "cho", "dee")
CONNECTIONS = (("c1", "shop"), ("c2", "stock"))
_TEXTS = (
    "How many orders?",
    "how  many   ORDERS?",
    "서울 고객 수",
    "서울  고객  수",
    "Total sales",
    "Straße",
    "STRASSE",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A question, or a call that answers nobody (`text` None)."""

    at: datetime
    person: str
    text: str | None
    kind: Kind
    seconds: float
    tokens: int
    usd: Decimal

    @property
    def failed(self) -> bool:
        """A question without an answer."""
        return self.text is not None and self.kind.error is not None

    @property
    def plain(self) -> str:
        """What all spellings of the question have in common."""
        return " ".join((self.text or "").casefold().split())

    @property
    def called(self) -> bool:
        """A model was called."""
        return self.kind.llm_model not in (None, "built-in", "template")


def invent(draw: random.Random, count: int, now: datetime, days: int) -> list[Row]:
    """Rows of the `days` before `now`, at any moment of theirs."""
    return [_row(draw, now - timedelta(seconds=draw.random() * days * 86_400)) for _ in range(count)]


def _row(draw: random.Random, at: datetime) -> Row:
    model, writer = draw.choice(
        [("gpt-4o", "model"), ("gpt-4o-mini", "model"), ("built-in", "built_in"), ("template", "template"),
         (None, "asker")]
    )  # fmt: skip
    error = draw.choice(["query.failed", "guard.refused"]) if draw.random() < 0.2 else None
    nobody = model == "gpt-4o" and draw.random() < 0.2
    connection, name = (None, None) if nobody else draw.choice(CONNECTIONS)
    topic = draw.choice(["orders", "customers", None]) if connection else None
    tokens = draw.randint(1, 900) if writer == "model" else 0
    calls = draw.choice([1, 1, 2]) if writer == "model" else 0
    kind = Kind(connection, name, topic, model, writer, calls, error)
    price = Decimal(tokens) * Decimal("0.000000137")
    text = None if nobody else draw.choice(_TEXTS)
    return Row(at, draw.choice(PEOPLE), text, kind, draw.randint(1, 5_000) / 1000, tokens, price)


async def write(store: Store, rows: Sequence[Row]) -> None:
    """The people, the connections, and the rows."""
    async with store.writing() as session:
        for name in PEOPLE:
            address = f"{name}@example.com" if name != "dee" else "x@slack.invalid"
            session.add(
                User(
                    id=name, email=address, password_hash="!", full_name=name.title(), is_active=name != "bob",
                    token_usage=sum(row.tokens for row in rows if row.person == name),
                )
            )  # fmt: skip
        await session.flush()
        for number, name in CONNECTIONS:
            session.add(
                DatabaseConnection(
                    id=number, user_id="ann", connection_name=name, db_type="sqlite", db_host="", db_port=0,
                    db_user="", db_name="",
                )
            )  # fmt: skip
    await add(store, rows)


async def add(store: Store, rows: Sequence[Row]) -> None:
    """The rows of analytics and what is counted of them, for people who are there."""
    details = Details()
    async with store.writing() as session:
        for number, row in enumerate(rows):
            row_id = f"{row.at:%Y%m%d%H%M%S%f}{number}"
            session.add(
                QueryAnalytics(
                    id=row_id, query_id=row_id, user_id=row.person, question=row.text or "describe", sql_query="",
                    execution_time=row.seconds, row_count=1, success=row.kind.error is None,
                    error_message=row.kind.error, total_tokens=row.tokens, llm_model=row.kind.llm_model,
                    llm_cost_estimate=float(row.usd), timestamp=row.at, created_at=row.at,
                )
            )  # fmt: skip
            spent = Spent(row.text, row.seconds, row.tokens, row.usd)
            await details.add(session, row_id, row.person, spent, row.kind, at=row.at)


def tally(rows: Iterable[Row]) -> tuple[int, int, int, Decimal]:
    """Questions, those without an answer, tokens, cost."""
    found = list(rows)
    return (
        sum(row.text is not None for row in found),
        sum(row.failed for row in found),
        sum(row.tokens for row in found),
        sum((row.usd for row in found), Decimal(0)),
    )


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Rows by their key; those whose key is None are left out."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        if key(row) is not None:
            groups[key(row)].append(row)
    return groups


def seconds(rows: Iterable[Row]) -> float | None:
    """The median time of answered questions, to the millisecond."""
    taken = [round(row.seconds * 1000) for row in rows if row.text is not None and row.kind.error is None]
    return median(taken) / 1000 if taken else None
