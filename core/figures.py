"""What is counted of people's use, as values: of one person, of everybody, and of the limits that hold.

Tokens are integers, money is US dollars as a Decimal, shares lie between 0 and 1, seconds are floats. Days, hours and
weekdays are those of the quotas' calendar.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from core.chat import UsageWindow

Span = Literal["week", "month", "quarter"]
"""The last 7 days, the calendar month so far, the last 90 days; today belongs to each."""

Subject = Literal["everyone", "role", "person"]
"""Whom a limit is for. The nearest one holds: a person's own, their role's, everyone's."""

Listing = Literal[
    "days", "people", "models", "databases", "topics", "questions", "failures", "hours", "unusual", "limits"
]
"""The lists that may be taken along as a table."""


@dataclass(frozen=True, slots=True)
class DayUse:
    """A calendar day. Days without use are there too, with zeros."""

    day: date
    questions: int
    tokens: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model, or "built-in" or "template", by its name. SQL that people typed has none, and is in no such line."""

    model: str
    questions: int
    tokens: int
    cost: Decimal
    failed: int
    repaired: int
    """Questions for which the model was called a second time."""
    seconds: float | None
    """Median of the query's own time, of the last 1,000 questions answered (by any model); None without one."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the calendar month will have cost at its end; in eight months of ten between `low` and `high`."""

    cost: Decimal
    low: Decimal
    high: Decimal
    days: int
    """Days that it rests on."""


@dataclass(frozen=True, slots=True)
class PersonUsage:
    """What one person has used. Money and shares are of the calendar month so far."""

    windows: tuple[UsageWindow, ...]
    """Hour, day and month against their limits."""
    questions: int
    tokens: int
    cost: Decimal
    total_tokens: int
    """Since the beginning."""
    average_tokens: int | None
    """Of a question for which a model was called; None without one."""
    average_cost: Decimal | None
    free: int
    """Questions answered without a model: 0 tokens."""
    days: tuple[DayUse, ...]
    """The last 30, oldest first."""
    models: tuple[ModelUse, ...]
    """The dearest first."""
    forecast: Forecast | None
    """None with too few days to say anything."""
    timezone: str
    """The calendar's, by its name."""


@dataclass(frozen=True, slots=True)
class PersonUse:
    """One person among everybody."""

    user_id: str
    name: str
    email: str
    """Empty when nobody vouched for an address."""
    questions: int
    failed: int
    tokens: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class NamedUse:
    """A database or a topic (the table that questions were mainly about), by its name."""

    name: str
    questions: int
    failed: int
    tokens: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class HourUse:
    """Questions at an hour of a weekday: 0 is Monday, 0 is midnight."""

    weekday: int
    hour: int
    questions: int


@dataclass(frozen=True, slots=True)
class QuestionUse:
    """A question that was asked more than once, whatever its case and spacing."""

    question: str
    times: int
    people: int
    tokens: int


@dataclass(frozen=True, slots=True)
class FailureUse:
    """Questions that failed for one reason. `code` is one of the catalogue of errors."""

    code: str
    questions: int
    people: int
    last: datetime
    """The beginning of the quarter-hour it was in."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day on which somebody, or everybody together, used far more than on their days before."""

    user_id: str | None
    """None: everybody together."""
    name: str
    day: date
    tokens: int
    usual: int
    """The median of the days it is compared with."""
    high: int
    """What would not have been unusual yet."""
    days: int
    """How many days it is compared with."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everybody's use within a span, for administrators. Lists are the largest first, and bounded."""

    span: Span
    since: date
    until: date
    questions: int
    failed: int
    free: int
    people_asking: int
    tokens: int
    cost: Decimal
    cost_before: Decimal
    """Of the stretch of the same length just before."""
    forecast: Forecast | None
    days: tuple[DayUse, ...]
    people: tuple[PersonUse, ...]
    models: tuple[ModelUse, ...]
    databases: tuple[NamedUse, ...]
    topics: tuple[NamedUse, ...]
    hours: tuple[HourUse, ...]
    questions_asked: tuple[QuestionUse, ...]
    failures: tuple[FailureUse, ...]
    unusual: tuple[Unusual, ...]
    """Of the last seven days, whatever the span; the last day first."""
    timezone: str


@dataclass(frozen=True, slots=True)
class LimitLine:
    """The limits set for a subject, in tokens; None where it takes those of the next wider subject."""

    subject: Subject
    id: str
    """Empty for everyone, a role, a user id."""
    name: str
    """Empty for everyone, a role, a person's name."""
    hour: int | None
    day: int | None
    month: int | None


@dataclass(frozen=True, slots=True)
class LimitChange:
    """Limits as an administrator sets them: all three at once. `who` is empty, a role, or a person's e-mail or id."""

    subject: Subject
    who: str
    hour: int | None
    day: int | None
    month: int | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where an alert goes: a channel, or an account to whom it is sent directly."""

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class AlertRules:
    """When administrators are told, and where. Empty: never."""

    thresholds: tuple[Decimal, ...] = ()
    """US dollars a calendar month: told once when the cost passes one, and once when it is forecast to."""
    unusual: bool = True
    """Told once a day and person of unusual use."""
    to: tuple[Recipient, ...] = ()
