"""What a look at somebody's limits costs, and a look with tokens set aside, on a store that is full."""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.storage.session import Store
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import Limits

AIM_MS = 2.0
"""Median of a look at the limits and the setting aside together, on a million questions of two thousand people."""

_NO_LIMIT = Limits(10**9, 10**9, 10**9)


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of many runs."""

    median: float
    p95: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Figures":
        """Of times in milliseconds."""
        return cls(statistics.median(times), statistics.quantiles(times, n=20)[-1])


@dataclass(frozen=True, slots=True)
class QuotaFigures:
    """`check_rate_limit`, `reserve` (which checks too), and `release` in a transaction of its own."""

    check: Figures
    reserve: Figures
    release: Figures


async def measure(tokens: TokenUsageService, people: Sequence[str], runs: int = 500, seed: int = 1) -> QuotaFigures:
    """Look, reserve and release for people drawn at random, one after the other. Leaves nothing reserved."""
    tokens = replace(tokens, limits=_NO_LIMIT)
    draw = random.Random(seed)
    check, reserve, release = list[float](), list[float](), list[float]()
    for number in range(runs + 20):
        person, question = draw.choice(people), f"bench-{number}"
        begun = time.perf_counter()
        await tokens.check_rate_limit(person)
        checked = time.perf_counter()
        await tokens.reserve(person, question, 550)
        reserved = time.perf_counter()
        await _release(tokens.store, tokens, question)
        released = time.perf_counter()
        if number >= 20:
            check.append((checked - begun) * 1000)
            reserve.append((reserved - checked) * 1000)
            release.append((released - reserved) * 1000)
    return QuotaFigures(Figures.of(check), Figures.of(reserve), Figures.of(release))


async def _release(store: Store, tokens: TokenUsageService, question: str) -> None:
    async with store.writing() as session:
        await tokens.release(session, question)
