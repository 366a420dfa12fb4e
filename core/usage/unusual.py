"""Unusual use: a day that stands out from the days of use before it.

On a logarithmic scale, because ten times as much is as far from usual whether somebody uses little or much. What is
usual is the median. How far days lie above it is their mean distance (only days above count: a day with one question
lies far below and says nothing of a dear one), scaled to a normal distribution's deviation; the dearest day is left
out of it, so that one that was unusual itself hides no other. A day is unusual beyond `_FAR` such deviations, the limit
of B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers" (1993), and beyond all days but the dearest.

Simulated (tests/usage/test_unusual.py): with 14 days to compare with, use of a few questions a day gives a false alarm
in fewer than one person-month of twenty, very uneven use in fewer than one of four and, with 40 days, of ten. A day of
ten times the usual is found 19 times of 20.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt
from statistics import fmean, median

HISTORY = 56
"""Days before that a day is compared with, those with use: eight weeks."""

FEWEST = 14
"""Days with use that it takes: with fewer, nothing is called unusual."""

_FAR = 3.5
_LEAST = log(3) / _FAR
"""The smallest deviation: whoever uses the same every day may use three times as much before anybody is told."""
_NORMAL = sqrt(2 / pi)
"""The mean distance from the middle of a normal distribution, in its deviations."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What the days before say: `usual` is their median, `high` is not unusual yet. In tokens."""

    usual: int
    high: int
    days: int


def usual(before: Sequence[int]) -> Usual | None:
    """What is usual by the tokens of the days before, zeros left out. None with fewer than `FEWEST` days."""
    days = sorted(log(tokens) for tokens in before if tokens > 0)
    if len(days) < FEWEST:
        return None
    middle = median(days)
    above = [day - middle for day in days if day >= middle]
    # The fewer they are, the less they tell: a part is added for each.
    deviation = fmean(above[:-1]) / _NORMAL * (1 + 1 / len(above))
    high = max(middle + _FAR * max(deviation, _LEAST), days[-2])
    return Usual(round(exp(middle)), round(exp(high)), len(days))
