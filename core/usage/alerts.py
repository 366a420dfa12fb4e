"""Alerts to administrators: when they are told, and looking whether there is something to tell.

Told is, once a place: that the cost of a calendar month has passed a threshold, that it is forecast to, and that
somebody's use on a day is unusual. Of several thresholds at once the highest is told. What was told is known by its
outbox row, which outlives its month (`core.upkeep.outbox`).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import config
from core.chat import Place
from core.errors import BadEdit
from core.figures import AlertRules, Forecast, Recipient, Unusual
from core.ids import notice_id
from core.storage import outbox
from core.storage.own_tables import UserIdentity
from core.storage.session import Store
from core.usage.notices import Alert, CostForecast, CostPassed, UnusualUse, content_to_json

MOST_THRESHOLDS = 10
MOST_RECIPIENTS = 20
_HIGHEST = Decimal(10) ** 9
_FINEST = -6
"""The exponent of a millionth of a dollar: less than any question costs."""

RULES = config.Setting(
    "alerts", TypeAdapter(AlertRules), "When administrators are told of cost and unusual use, and where."
)
"""Set with `set_rules`, which looks at the places, too."""


async def rules(session: AsyncSession) -> AlertRules:
    """The rules that hold."""
    return await config.read(session, RULES, AlertRules())


async def set_rules(
    session: AsyncSession, wanted: AlertRules, platforms: Mapping[str, re.Pattern[str]], *, by: str, now: datetime
) -> AlertRules:
    """Let these rules hold, thresholds in order and nothing twice. `platforms`: those that alerts can be sent to, and
    the shape of their channels' ids. Raises `BadEdit`.
    """
    thresholds = tuple(sorted({_amount(one) for one in wanted.thresholds}))
    to = tuple(dict.fromkeys(wanted.to))
    if len(thresholds) > MOST_THRESHOLDS:
        raise BadEdit("alerts.too_many_thresholds", number=len(thresholds), most=MOST_THRESHOLDS)
    if len(to) > MOST_RECIPIENTS:
        raise BadEdit("alerts.too_many_recipients", number=len(to), most=MOST_RECIPIENTS)
    for one in to:
        _check(one, platforms)
    kept = replace(wanted, thresholds=thresholds, to=to)
    await config.write(session, RULES, kept, by=by, now=now)
    return kept


def _amount(threshold: Decimal) -> Decimal:
    if not threshold.is_finite() or not 0 < threshold <= _HIGHEST:
        raise BadEdit("alerts.threshold")
    amount = threshold.normalize()
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST:
        raise BadEdit("alerts.threshold")
    return Decimal(f"{amount:f}")


def _check(recipient: Recipient, platforms: Mapping[str, re.Pattern[str]]) -> None:
    if not platforms:
        raise BadEdit("alerts.nowhere")
    shape = platforms.get(recipient.platform)
    if shape is None:
        raise BadEdit("alerts.platform", platform=recipient.platform[:50], platforms=tuple(platforms))
    if not shape.fullmatch(recipient.channel) or len(recipient.workspace) > 100:
        raise BadEdit("alerts.recipient", text=recipient.channel[:100])


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """What the calendar month has cost so far, in US dollars, and what it is forecast to."""

    month: date
    """Its first day."""
    elapsed: float
    """The share of it that has passed: 0 to 1."""
    cost: Decimal
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class _Finding:
    """Something to tell: once a place and `key`, and never after one of `instead` was told there."""

    key: tuple[str, ...]
    alert: Alert
    instead: tuple[tuple[str, ...], ...] = ()

    def id_at(self, to: Recipient, key: tuple[str, ...] | None = None) -> str:
        return notice_id(*(key or self.key), to.platform, to.workspace, to.channel)

    def is_news(self, to: Recipient, told: Collection[str]) -> bool:
        return not any(self.id_at(to, key) in told for key in (self.key, *self.instead))


def findings(rules: AlertRules, month: MonthSoFar | None, unusual: Sequence[Unusual]) -> tuple[_Finding, ...]:
    """What there is to tell by these figures, whether it was told before or not. Pure."""
    of_month = (_passed(rules, month), _forecast(rules, month)) if month is not None else ()
    return tuple(one for one in (*of_month, *map(_unusual, unusual if rules.unusual else ())) if one is not None)


def _passed(rules: AlertRules, month: MonthSoFar) -> _Finding | None:
    passed = [one for one in rules.thresholds if one <= month.cost]
    if not passed:
        return None
    alert = CostPassed(max(passed), month.cost, month.month, month.elapsed)
    return _of_threshold(rules, alert)


def _forecast(rules: AlertRules, month: MonthSoFar) -> _Finding | None:
    forecast = month.forecast
    ahead = [one for one in rules.thresholds if forecast is not None and month.cost < one <= forecast.cost]
    if forecast is None or not ahead:
        return None
    alert = CostForecast(max(ahead), month.cost, forecast.cost, forecast.low, forecast.high, month.month, month.elapsed)
    return _of_threshold(rules, alert)


def _of_threshold(rules: AlertRules, alert: CostPassed | CostForecast) -> _Finding:
    """A higher threshold told before says more: a forecast goes up and down."""
    month = alert.month.isoformat()
    higher = (one for one in rules.thresholds if one > alert.threshold)
    return _Finding(
        (alert.kind, month, str(alert.threshold)), alert, tuple((alert.kind, month, str(one)) for one in higher)
    )


def _unusual(one: Unusual) -> _Finding:
    name = one.name if one.user_id is not None else ""
    alert = UnusualUse(name, one.day, one.tokens, one.usual, one.days)
    return _Finding((alert.kind, one.day.isoformat(), one.user_id or ""), alert)


async def tell(store: Store, rules: AlertRules, found: Sequence[_Finding], now: datetime) -> int:
    """Put into the outbox what was not told before. Counts it."""
    pairs = [(one, to) for one in found for to in rules.to]
    ids = {one.id_at(to, key) for one, to in pairs for key in (one.key, *one.instead)}
    async with store.reading() as session:
        told = await outbox.known(session, ids)
    news = [(one, to) for one, to in pairs if one.is_news(to, told)]
    if not news:
        return 0
    async with store.writing() as session:
        return sum([await _put(session, one, to, now) for one, to in news])


async def _put(session: AsyncSession, one: _Finding, to: Recipient, now: datetime) -> bool:
    return await outbox.put(
        session,
        item_id=one.id_at(to),
        place=place_of(to),
        content=content_to_json(one.alert),
        due_at=now,
        now=now,
        user_id=await person_of(session, to),
    )


def place_of(to: Recipient) -> Place:
    """Where an alert for a recipient is posted."""
    return Place(to.platform, to.workspace, to.channel, thread="", readers="team")


async def person_of(session: AsyncSession, to: Recipient) -> str | None:
    """The person behind an account that was seen here; None for a channel."""
    found = select(UserIdentity.user_id).where(UserIdentity.platform == to.platform, UserIdentity.account == to.channel)
    if to.workspace:
        found = found.where(UserIdentity.workspace == to.workspace)
    return await session.scalar(found.order_by(UserIdentity.last_seen.desc()).limit(1))
