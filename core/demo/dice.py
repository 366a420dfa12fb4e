"""Chance from a seed. Built on `Random.random` alone, whose sequence Python promises to keep."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """One stream of chance: the same seed gives the same throws in every version of Python."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - made-up rows, not secrets

    def share(self) -> float:
        """A number from 0 up to, but not including, 1."""
        return self._random()

    def happens(self, chance: float) -> bool:
        """True with this chance."""
        return self._random() < chance

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self._random() * len(items))]

    def index(self, sums: Sequence[float]) -> int:
        """An index, as likely as its weight; `sums` are the running sums of the weights."""
        return min(bisect_right(sums, self._random() * sums[-1]), len(sums) - 1)


def running_sums(weights: Sequence[float]) -> tuple[float, ...]:
    """What `Dice.index` wants."""
    return tuple(accumulate(weights))
