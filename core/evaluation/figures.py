"""What came of each question, and what they come to together."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Verdict = Literal["right", "wrong_rows", "wrong_columns", "error", "late", "gold_failed"]
"""right: the same rows. wrong_rows, wrong_columns: a result, but another one, or one with another number of columns.
error: an answer without a result, `Outcome.code` says why. late: no answer within the time. gold_failed: nothing to
compare with, so that it was not asked; `Outcome.code` says why."""

VERDICTS: tuple[Verdict, ...] = ("right", "wrong_rows", "wrong_columns", "error", "late", "gold_failed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    id: str
    verdict: Verdict
    code: str = ""
    """Of an error, for `core.locale.reason_words`."""
    same_set: bool = False
    """Right as BIRD has it."""
    connection: str = ""
    difficulty: str = ""
    sql: str = ""
    """What was run, or written where nothing ran."""
    model: str = ""
    """Who wrote it, as the analytics name it; empty for nobody."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal = Decimal(0)
    """US dollars, estimated from the price list."""
    seconds: float = 0.0
    """From the question's acceptance to its reply."""

    @property
    def right(self) -> bool:
        """Counted for execution accuracy."""
        return self.verdict == "right"


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of some questions."""

    questions: int
    right: int
    same_set: int
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal
    median: float
    """Seconds, of the questions that were asked."""
    p95: float
    """Seconds that 95 of 100 of them took at most (nearest rank)."""

    @property
    def accuracy(self) -> float:
        """Execution accuracy: the share of the questions that was answered right."""
        return self.right / self.questions if self.questions else 0.0

    @property
    def set_accuracy(self) -> float:
        """The same as BIRD has it."""
        return self.same_set / self.questions if self.questions else 0.0


def totals(outcomes: Sequence[Outcome]) -> Totals:
    """What they come to. A question whose gold failed counts as one that was not answered right."""
    seconds = sorted(one.seconds for one in outcomes if one.verdict != "gold_failed")
    return Totals(
        questions=len(outcomes),
        right=sum(one.right for one in outcomes),
        same_set=sum(one.same_set for one in outcomes),
        prompt_tokens=sum(one.prompt_tokens for one in outcomes),
        completion_tokens=sum(one.completion_tokens for one in outcomes),
        cost=sum((one.cost for one in outcomes), Decimal(0)),
        median=statistics.median(seconds) if seconds else 0.0,
        p95=seconds[math.ceil(len(seconds) * 0.95) - 1] if seconds else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Failures:
    """Questions that failed alike."""

    verdict: Verdict
    code: str
    ids: tuple[str, ...]


def failures(outcomes: Iterable[Outcome]) -> tuple[Failures, ...]:
    """By kind, the most frequent first."""
    kinds: dict[tuple[Verdict, str], list[str]] = {}
    for one in outcomes:
        if not one.right:
            kinds.setdefault((one.verdict, one.code), []).append(one.id)
    found = [Failures(verdict, code, tuple(ids)) for (verdict, code), ids in kinds.items()]
    return tuple(sorted(found, key=lambda one: (-len(one.ids), VERDICTS.index(one.verdict), one.code)))


def by(outcomes: Sequence[Outcome], what: Literal["connection", "difficulty"]) -> tuple[tuple[str, Totals], ...]:
    """The figures of each connection or difficulty, in the order in which they first come."""
    names = dict.fromkeys(getattr(one, what) for one in outcomes)
    return tuple((name, totals([one for one in outcomes if getattr(one, what) == name])) for name in names)


def writers(outcomes: Iterable[Outcome]) -> tuple[tuple[str, int], ...]:
    """Who wrote how many of the queries, the most first."""
    return tuple(Counter(one.model for one in outcomes if one.model).most_common())
