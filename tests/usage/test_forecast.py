"""The forecast of a month: it holds what it states, for several kinds of use, and says nothing with too little data."""

import random
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from math import exp, sqrt

import pytest

from core.usage.forecast import FEWEST, HISTORY, forecast

Use = Callable[[random.Random, int, date], float]
"""What a day costs: drawn, days since the beginning, the day."""


def _asked(draw: random.Random, mean: float) -> float:
    """The cost of about so many questions."""
    count = max(0, round(draw.gauss(mean, sqrt(mean))))
    return sum(draw.lognormvariate(-6, 0.5) for _ in range(count))


def _steady(draw: random.Random, _at: int, _day: date) -> float:
    return _asked(draw, 20)


def _weekdays(draw: random.Random, _at: int, day: date) -> float:
    return _asked(draw, 15) if day.weekday() < 5 else 0.0


def _bursty(draw: random.Random, _at: int, _day: date) -> float:
    return _asked(draw, 60 if draw.random() < 0.1 else 2)


def _growing(draw: random.Random, at: int, day: date) -> float:
    return _asked(draw, 10 * 1.04 ** (at / 7) * (1 if day.weekday() < 5 else 0.2))


def _shrinking(draw: random.Random, at: int, day: date) -> float:
    return _asked(draw, 40 * 0.96 ** (at / 7) * (1 if day.weekday() < 5 else 0.2))


def _large(draw: random.Random, _at: int, day: date) -> float:
    return max(0.0, draw.gauss(10, 0.6)) * (1 if day.weekday() < 5 else 0.3)


@pytest.mark.parametrize("use", [_steady, _weekdays, _bursty, _growing, _shrinking, _large])
def test_eight_months_of_ten_end_within_the_range(use: Use) -> None:
    draw = random.Random(use.__name__)
    held, costs, truths = 0, 0.0, 0.0
    months = 300
    for _ in range(months):
        low, cost, high, truth = _one(use, draw)
        held += low <= truth <= high
        costs += cost
        truths += truth
    assert 0.70 <= held / months <= 0.90, f"{held / months:.0%}"
    assert 0.92 < costs / truths < 1.08, "and its middle leans to neither side"


def _one(use: Use, draw: random.Random) -> tuple[float, float, float, float]:
    """Low, forecast and high on some day of a month, and what the month came to."""
    month = draw.choice([1, 3, 5, 6, 9, 11])
    today = date(2026, month, draw.randint(1, 28))
    first = today - timedelta(days=HISTORY)
    last = date(2026, month, monthrange(2026, month)[1])
    days = [use(draw, at, first + timedelta(days=at)) for at in range((last - first).days + 1)]
    passed = draw.random()
    before = sum(days[HISTORY - today.day + 1 : HISTORY])
    found = forecast(today, Decimal(before + days[HISTORY] * passed), passed, [Decimal(one) for one in days[:HISTORY]])
    assert found is not None and found.days == HISTORY
    return float(found.low), float(found.cost), float(found.high), before + sum(days[HISTORY:])


def test_nothing_is_said_with_less_than_two_weeks() -> None:
    day = date(2026, 6, 15)
    assert forecast(day, Decimal(1), 0.5, [Decimal(1)] * (FEWEST - 1)) is None
    found = forecast(day, Decimal(1), 0.5, [Decimal(1)] * FEWEST)
    assert found is not None and found.days == FEWEST


def test_the_same_every_day_ends_where_it_must() -> None:
    found = forecast(date(2026, 6, 15), Decimal(28), 0.0, [Decimal(2)] * HISTORY)
    assert found is not None
    assert float(found.cost) == pytest.approx(28 + 16 * 2)
    assert found.low <= found.cost <= found.high and found.high - found.low < 10


def test_weekends_without_use_are_expected_to_be_so_again() -> None:
    today = date(2026, 6, 27)  # a Saturday; two working days are left of the month
    history = [Decimal(5 if (today - timedelta(days=back)).weekday() < 5 else 0) for back in range(HISTORY, 0, -1)]
    found = forecast(today, Decimal(0), 0.0, history)
    assert found is not None and float(found.cost) == pytest.approx(10, rel=0.01)


def test_what_was_spent_is_the_least() -> None:
    draw = random.Random(3)
    for _ in range(300):
        history = [Decimal(draw.choice([0, 0, 0, draw.lognormvariate(0, 3)])) for _ in range(draw.randint(14, 56))]
        so_far = Decimal(draw.choice([0, draw.randint(1, 10_000)])) / 100
        found = forecast(date(2026, draw.randint(1, 12), draw.randint(1, 28)), so_far, draw.random(), history)
        assert found is not None
        assert so_far <= found.low <= found.cost <= found.high


def test_nothing_spent_means_nothing_forecast() -> None:
    found = forecast(date(2026, 6, 15), Decimal(0), 0.5, [Decimal(0)] * HISTORY)
    assert found is not None and found.low == found.cost == found.high == 0


def test_the_last_moment_of_a_month_is_known() -> None:
    found = forecast(date(2026, 6, 30), Decimal(100), 0.999999, [Decimal(exp(one % 3)) for one in range(HISTORY)])
    assert found is not None
    assert found.high - found.low < Decimal("0.1") and abs(found.cost - 100) < Decimal("0.1")
