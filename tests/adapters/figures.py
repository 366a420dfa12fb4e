"""Figures of use as tests of the doors need them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.chat import UsageWindow
from core.figures import (
    Dashboard,
    DayUse,
    FailureUse,
    Forecast,
    HourUse,
    ModelUse,
    NamedUse,
    PersonUsage,
    PersonUse,
    QuestionUse,
    Unusual,
)

NOW = datetime(2026, 5, 14, 6, 30, tzinfo=UTC)
TODAY = date(2026, 5, 14)


def windows(
    *used: int, reserved: int = 0, limits: tuple[int, ...] = (1_000, 10_000, 100_000)
) -> tuple[UsageWindow, ...]:
    """Hour, day and month of which so many tokens are used."""
    resets = (NOW + timedelta(minutes=30), datetime(2026, 5, 15, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    return tuple(
        UsageWindow(name, limit, tokens, reserved, max(0, limit - tokens - reserved), at)  # type: ignore[arg-type]
        for name, limit, tokens, at in zip(("hour", "day", "month"), limits, used, resets, strict=True)
    )


def days(number: int) -> tuple[DayUse, ...]:
    """So many days up to today; every fifth is without use."""
    first = TODAY - timedelta(days=number - 1)
    return tuple(
        DayUse(first + timedelta(at), at % 5, 100 * (at % 5) * at, Decimal("0.0003") * (at % 5)) for at in range(number)
    )


MODELS = (
    ModelUse("gpt-4o-mini", 40, 12_000, Decimal("0.00341"), 2, 1, 0.034),
    ModelUse("built-in", 12, 0, Decimal(0), 0, 0, 0.01),
    ModelUse("template", 5, 0, Decimal(0), 0, 0, None),
)


def person(**changes: Any) -> PersonUsage:
    """What somebody has used in the middle of a month."""
    given: dict[str, Any] = {
        "windows": windows(120, 2_300, 12_000),
        "questions": 57,
        "tokens": 12_000,
        "cost": Decimal("0.00341"),
        "total_tokens": 88_000,
        "average_tokens": 300,
        "average_cost": Decimal("0.00008525"),
        "free": 17,
        "days": days(30),
        "models": MODELS,
        "forecast": Forecast(Decimal("1.20"), Decimal("0.90"), Decimal("1.60"), 12),
        "timezone": "Asia/Seoul",
    }
    return PersonUsage(**{**given, **changes})


NEVER = PersonUsage(windows(0, 0, 0), 0, 0, Decimal(0), 0, None, None, 0, (), (), None, "UTC")
"""Of somebody who has never asked."""


def dashboard(**changes: Any) -> Dashboard:
    """What everybody has used in half a month."""
    given: dict[str, Any] = {
        "span": "month",
        "since": date(2026, 5, 1),
        "until": TODAY,
        "questions": 342,
        "failed": 12,
        "free": 140,
        "people_asking": 12,
        "tokens": 54_000,
        "cost": Decimal("1.20"),
        "cost_before": Decimal("0.90"),
        "forecast": Forecast(Decimal("3.40"), Decimal("2.90"), Decimal("4.10"), 14),
        "days": days(14),
        "people": tuple(
            PersonUse(
                f"u{n}", f"Person {n}", f"p{n}@example.com", 40 - n, n % 3, 4_000 - n * 100, Decimal(40 - n) / 1000
            )
            for n in range(14)
        ),
        "models": MODELS,
        "databases": (NamedUse("shop", 300, 10, 50_000, Decimal("1.1")),),
        "topics": (NamedUse("orders", 200, 3, 30_000, Decimal("0.7")),),
        "hours": (HourUse(1, 9, 4), HourUse(1, 11, 30), HourUse(4, 23, 2)),
        "questions_asked": (QuestionUse("How many orders last month?", 12, 4, 0),),
        "failures": (FailureUse("quota.hour", 7, 3, NOW), FailureUse("gone.code", 1, 1, NOW)),
        "unusual": (
            Unusual("u1", "Kim", date(2026, 5, 3), 12_400, 900, 3_100, 14),
            Unusual(None, "", date(2026, 5, 3), 22_400, 1_900, 8_100, 14),
        ),
        "timezone": "Asia/Seoul",
    }
    return Dashboard(**{**given, **changes})


NOBODY = dashboard(
    questions=0, failed=0, free=0, people_asking=0, tokens=0, cost=Decimal(0), cost_before=Decimal(0), forecast=None,
    days=days(1), people=(), models=(), databases=(), topics=(), hours=(), questions_asked=(), failures=(), unusual=(),
)  # fmt: skip
"""Of a house in which nobody asked."""
