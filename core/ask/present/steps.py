"""What is shown while an answer is made."""

from typing import Literal, get_args

from core.chat import Step
from core.locale import say

StepKind = Literal["waiting", "linking", "writing", "checking", "running", "repairing", "drawing"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
"""The kinds of `core.chat.Step`, in the order of the road."""


def step(kind: StepKind, locale: str) -> Step:
    """The step with its text in the reader's language."""
    return Step(kind, say(locale, f"steps.{kind}"))
