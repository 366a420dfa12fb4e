"""A question's way in the log: one line a step, with the question's id, how long it took and what came of it.

Counts, codes and names of steps; no row ever. The words of the question and its SQL go as `Words`, which show
themselves only where an operator has asked for them.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

log = logging.getLogger(__name__)

Passed = Literal[
    "accepted", "linked", "written", "checked", "ran", "repaired", "presented", "settled", "delivered",
]  # fmt: skip
"""The steps of the road, each told when it has been passed."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text that people wrote, or that was written for them. As text and in a repr it is not shown."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        return "(not shown)"


@dataclass(frozen=True, slots=True)
class Passage:
    """A step that a question has passed: how long it took, and what the log says of it. Words are `Words`."""

    question: str
    step: Passed
    seconds: float
    total_seconds: float
    """Since the question came in."""
    facts: Mapping[str, object]


Watcher = Callable[[Passage], None]
"""Hears of every step at once, in the loop: it must neither wait nor raise."""


@dataclass(slots=True)
class Journal:
    """Of one question, while a process is at it."""

    question: str
    """Its id."""
    watchers: tuple[Watcher, ...] = ()
    began: float = field(default_factory=perf_counter)
    _since: float = 0.0

    def note(self, step: Passed, **facts: object) -> None:
        """A step has been passed: `ms` says how long after the one before, `total_ms` how long after the first."""
        now = perf_counter()
        since, self._since = self._since or self.began, now
        told = {name: value for name, value in facts.items() if value is not None}
        for watcher in self.watchers:
            watcher(Passage(self.question, step, now - since, now - self.began, told))
        if log.isEnabledFor(logging.INFO):
            times = {"ms": _milliseconds(now - since), "total_ms": _milliseconds(now - self.began)}
            log.info(step, extra={"question": self.question, "step": step, **times, **told})


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1_000, 1)
