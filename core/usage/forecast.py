"""What the calendar month will have cost at its end, and between what.

Spent so far, plus what the days that are left will cost. Their level is that of the last weeks, each weekday with its
own share, and a trend that the weeks show clearly enough; the range comes from how much those weeks differ, how few
they are, and how far ahead the end is. There is nothing to tune: the two constants below say what is ordinary anywhere.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from statistics import fmean, variance

from core.figures import Forecast

HISTORY = 56
"""Days before today that a forecast looks at, at most: eight weeks."""

FEWEST = 14
"""Days before today that it needs: each weekday twice."""

GROWTH = 0.05
"""Use that grows or shrinks by more than this share a week is rare: the trend's spread before any week was seen."""

_PRIOR = 4.0
"""How many weeks the spread inside the weeks counts for, beside the spread between them, which few weeks tell badly."""

_Z = 1.4
"""The normal quantile of 0.92. That of 0.9 would hold eight of ten if months differed by chance alone; they do not."""

_ROUNDS = 3
"""How much the weeks differ depends on their trend, and the trend on how much they differ."""

_BILLIONTH = Decimal("1E-9")

_WEEK = 7


def forecast(today: date, so_far: Decimal, passed: float, history: Sequence[Decimal]) -> Forecast | None:
    """The cost of today's calendar month. None with fewer than `FEWEST` days.

    so_far: spent this month, today included; passed: the share of today that is over, 0 to 1; history: the cost of
    each day before today, the oldest first, yesterday last, those without use too. All money in one unit.
    """
    days = [float(one) for one in history[-HISTORY:]]
    if len(days) < FEWEST:
        return None
    shares = _weekdays(days, today)
    ahead = _ahead(today, passed)
    length = sum(shares[day.weekday()] * part for day, part in ahead) / _WEEK
    middle = sum(shares[day.weekday()] * part * (at + part / 2) for at, (day, part) in enumerate(ahead))
    middle = middle / (length * _WEEK) / _WEEK if length else 0.0
    rest, spread, freedom = _rest(days, shares, today, length, middle)
    low, high = _range(rest, spread, _Z + (_Z**3 + _Z) / (4 * freedom))
    cost, least, most = (so_far + Decimal(one).quantize(_BILLIONTH) for one in (rest, low, high))
    return Forecast(cost, least, most, days=len(days))


def _weekdays(days: Sequence[float], today: date) -> list[float]:
    """What a day of each weekday costs beside the average day: seven shares whose mean is 1."""
    mean = fmean(days)
    if not mean:
        return [1.0] * _WEEK
    by_weekday: list[list[float]] = [[] for _ in range(_WEEK)]
    for back, cost in enumerate(reversed(days), start=1):
        by_weekday[(today - timedelta(days=back)).weekday()].append(cost)
    # An average day more, so that one dear Tuesday does not make every Tuesday dear.
    shares = [(sum(costs) + mean) / (len(costs) + 1) / mean if any(costs) else 0.0 for costs in by_weekday]
    return [share * _WEEK / sum(shares) for share in shares]


def _ahead(today: date, passed: float) -> list[tuple[date, float]]:
    """The days that are left of the month and how much of each: the rest of today, then whole days."""
    left = [(today, 1.0 - passed)]
    day = today + timedelta(days=1)
    while day.month == today.month:
        left.append((day, 1.0))
        day += timedelta(days=1)
    return left


def _rest(
    days: Sequence[float], shares: Sequence[float], today: date, length: float, middle: float
) -> tuple[float, float, float]:
    """What `length` weeks from now on will cost, their middle `middle` weeks ahead: mean, deviation, and freedom.

    The weeks before today are a line with noise around it; its slope is known beforehand to be about none (`GROWTH`).
    """
    count = len(days) // _WEEK
    weeks = [sum(days[len(days) - _WEEK * (back + 1) : len(days) - _WEEK * back]) for back in range(count)]
    level = fmean(weeks)
    inside = _WEEK * variance(
        [cost - shares[(today - timedelta(days=back)).weekday()] * level / _WEEK
         for back, cost in enumerate(reversed(days), start=1)]
    )  # fmt: skip
    freedom = count - 1 + _PRIOR
    centre = (count - 1) / 2
    places = [centre - back for back in range(count)]
    lever = sum(place * place for place in places)
    lean = sum(place * week for place, week in zip(places, weeks, strict=True))
    known, slope, weight, noise = (GROWTH * level) ** 2, 0.0, 0.0, 0.0
    for _ in range(_ROUNDS):
        off = [week - level - slope * place for place, week in zip(places, weeks, strict=True)]
        noise = (sum(one * one for one in off) + _PRIOR * inside) / freedom
        weight = known / (known * lever + noise) if known else 0.0
        slope = weight * lean
    ahead = centre + 0.5 + middle
    mean = max(0.0, length * (level + slope * ahead))
    of_line = noise / count + weight * noise * ahead * ahead
    return mean, sqrt(noise * length + length * length * of_line), freedom


def _range(mean: float, deviation: float, quantile: float) -> tuple[float, float]:
    """Where eight of ten of a gamma distribution lie: money is never negative, and dear days are rarer than cheap ones.

    By E. B. Wilson and M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931), 684-688.
    """
    if not mean:
        return 0.0, 0.0
    ninth = (deviation / mean) ** 2 / 9
    low, high = (mean * max(0.0, 1 - ninth + side * sqrt(ninth)) ** 3 for side in (-quantile, quantile))
    return min(low, mean), max(high, mean)
