"""Short ways to write the values these tests need."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from core.ask.present import AnswerFacts, Presentable
from core.chat import Actor, Cell, Column, ColumnKind
from core.engines.base import Rows
from core.model.base import Usage
from core.sql.filters import Filter

RAN_AT = datetime(2024, 3, 5, 5, 0, tzinfo=UTC)


def columns(**kinds: ColumnKind) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in kinds.items())


def rows_of(cells: Sequence[tuple[Cell, ...]], truncated: bool = False, **kinds: ColumnKind) -> Rows:
    return Rows(columns(**kinds), tuple(cells), truncated, 0.0123)


def facts_of(filters: tuple[Filter, ...] = (), usage: Usage | None = None) -> AnswerFacts:
    return AnswerFacts(
        tables=("orders", "customers"),
        filters=filters,
        ran_at=RAN_AT,
        timezone="Asia/Seoul",
        written_by="model",
        writer="gpt-4o-mini",
        usage=usage or Usage(),
        cost=Decimal("0.00009") if usage else Decimal(0),
    )


def presentable(rows: Rows, question: str = "question", facts: AnswerFacts | None = None) -> Presentable:
    return Presentable(
        "11112222-3333-4444-5555-66667777abcd", question, rows, "SELECT 1", "sqlite", facts or facts_of()
    )


def reader(locale: str) -> Actor:
    return Actor("web", "local", "u1", "Kim", locale=locale, timezone="Asia/Seoul")
