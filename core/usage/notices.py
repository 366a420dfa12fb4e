"""What is said without being asked, as data: it becomes words in the reader's language when it is sent."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from core.usage.windows import WindowName


@dataclass(frozen=True, slots=True)
class CostPassed:
    """The cost of a calendar month has passed a threshold; both in US dollars."""

    threshold: Decimal
    cost: Decimal
    month: date
    """Its first day."""
    elapsed: float
    """The share of the month that has passed: 0 to 1."""
    kind: Literal["cost_passed"] = "cost_passed"


@dataclass(frozen=True, slots=True)
class CostForecast:
    """The cost of a calendar month is forecast to pass a threshold; `low` and `high` as in `core.figures.Forecast`."""

    threshold: Decimal
    cost: Decimal
    """So far."""
    forecast: Decimal
    low: Decimal
    high: Decimal
    month: date
    elapsed: float
    kind: Literal["cost_forecast"] = "cost_forecast"


@dataclass(frozen=True, slots=True)
class UnusualUse:
    """Somebody, or everybody together, used far more tokens on a day than before; as in `core.figures.Unusual`."""

    name: str
    """Empty: everybody together."""
    day: date
    tokens: int
    usual: int
    days: int
    kind: Literal["unusual"] = "unusual"


@dataclass(frozen=True, slots=True)
class Trial:
    """Alerts reach this place."""

    kind: Literal["trial"] = "trial"


@dataclass(frozen=True, slots=True)
class LimitOpen:
    """Somebody who was stopped by a limit can go on, from `opens_at` on or since the limit was raised."""

    window: WindowName | None
    """None: only a larger limit helps; without one there is nothing to say at `opens_at`, the end of the month."""
    opens_at: datetime
    needed: int
    """Tokens that the question needed."""
    question: str
    """What they had asked, its beginning."""
    kind: Literal["limit_open"] = "limit_open"


@dataclass(frozen=True, slots=True)
class SchedulePaused:
    """A scheduled question is no longer asked: its owner left or may no longer ask it there, or it failed."""

    question: str
    owner: str
    """The owner's name."""
    why: str
    """The code of why, as `core.locale.reason_words` has it."""
    kind: Literal["schedule_paused"] = "schedule_paused"


Alert = CostPassed | CostForecast | UnusualUse | Trial
"""For administrators."""

Content = Alert | LimitOpen | SchedulePaused

_CONTENT: TypeAdapter[Content] = TypeAdapter(Annotated[Content, Field(discriminator="kind")])


def content_to_json(content: Content) -> object:
    """What is said as JSON values."""
    return _CONTENT.dump_python(content, mode="json")


def content_from_json(stored: object) -> Content:
    """What was stored."""
    return _CONTENT.validate_python(stored, strict=False)
