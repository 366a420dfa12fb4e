"""Unusual use: seldom told of without cause, nearly always when there is one, never with too little data."""

import random
from collections.abc import Callable
from math import sqrt
from statistics import median

import pytest

from core.usage.unusual import FEWEST, usual

Day = Callable[[random.Random], int]
"""The tokens of a day with use."""

WORKING_DAYS = 21
"""Of a month."""


def _questions(draw: random.Random, mean: float) -> int:
    """The tokens of about so many questions, one at least."""
    count = max(1, round(draw.gauss(mean, sqrt(mean))))
    return sum(int(draw.lognormvariate(6.2, 0.35)) + 50 for _ in range(count))


def _few(draw: random.Random) -> int:
    return _questions(draw, 4)


def _many(draw: random.Random) -> int:
    return _questions(draw, 25)


def _uneven(draw: random.Random) -> int:
    """Heavy-tailed: on one day of twenty, more than three times the usual."""
    return _questions(draw, 4 * draw.lognormvariate(0, 0.8))


def _wild(draw: random.Random) -> int:
    return int(500 * draw.lognormvariate(0, 1))


@pytest.mark.parametrize(
    ("day", "days", "most"),
    [
        (_few, FEWEST, 0.05),
        (_few, 40, 0.05),
        (_many, FEWEST, 0.05),
        (_uneven, FEWEST, 0.25),
        (_uneven, 40, 0.10),
        (_wild, FEWEST, 0.35),
        (_wild, 40, 0.15),
    ],
)
def test_false_alarms_are_rare(day: Day, days: int, most: float) -> None:
    draw = random.Random(f"{day.__name__}{days}")
    looks = 1_000 if day is _many else 2_500
    alarms = 0
    for _ in range(looks):
        found = usual([day(draw) for _ in range(days)])
        assert found is not None
        alarms += day(draw) > found.high
    assert alarms / looks * WORKING_DAYS < most, "alarms a person and month"


@pytest.mark.parametrize(("day", "days", "least"), [(_few, FEWEST, 0.90), (_few, 40, 0.95), (_many, FEWEST, 0.99)])
def test_a_tenfold_day_is_found(day: Day, days: int, least: float) -> None:
    draw = random.Random(f"tenfold{day.__name__}{days}")
    looks = 1_000
    found = again = 0
    for _ in range(looks):
        before = [day(draw) for _ in range(days)]
        tenfold = round(10 * median(before))
        first, second = usual(before), usual([*before[1:], tenfold])
        assert first is not None and second is not None
        found += tenfold > first.high
        again += tenfold >= second.high
    assert found / looks >= least
    assert again / looks >= least - 0.1, "one unusual day hides no other"


def test_with_too_few_days_nothing_is_unusual() -> None:
    assert usual([]) is None
    assert usual([100] * (FEWEST - 1)) is None
    assert usual([100] * (FEWEST - 1) + [0] * 40) is None, "days without use tell nothing"
    found = usual([100] * FEWEST + [0] * 40)
    assert found is not None and found.days == FEWEST


def test_who_uses_the_same_every_day_may_use_three_times_as_much() -> None:
    found = usual([1_000] * 30)
    assert found is not None
    assert (found.usual, found.high, found.days) == (1_000, 3_000, 30)


def test_what_happened_twice_is_not_unusual() -> None:
    found = usual([1_000] * 30 + [50_000, 60_000])
    assert found is not None and found.high >= 50_000


@pytest.mark.parametrize("scale", [1, 7, 1_000, 2**31])
def test_only_the_ratio_matters(scale: int) -> None:
    draw = random.Random(9)
    days = [_few(draw) for _ in range(30)]
    one, other = usual(days), usual([day * scale for day in days])
    assert one is not None and other is not None
    assert other.high == pytest.approx(one.high * scale, rel=0.001)
