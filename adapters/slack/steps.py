"""What is shown while an answer is made: one message that is edited, or chunks of a stream. Pure."""

from collections.abc import Sequence
from typing import Literal

from adapters.chat.text import Json, label
from adapters.slack import blocks, limits
from adapters.slack.buttons import stop_button
from adapters.slack.escape import mrkdwn
from adapters.slack.render import Message
from core.ask.present.visible import one_line
from core.chat import Step
from core.locale import say

_STEPS = 10
"""Steps that are listed: the latest. A question that waits and is mended has eight."""


def render_progress(question_id: str, steps: Sequence[Step], locale: str) -> Message:
    """The steps so far, the last one under way, and a button that stops it: for a message that is edited."""
    texts = [step.text or say(locale, f"steps.{step.kind}") for step in steps] or [say(locale, "steps.waiting")]
    *done, now = [one_line(text) for text in texts[-_STEPS:]]
    shown = [f"✓ {text}" for text in done] + [f"{now}…"]
    listed = blocks.paragraphs("\n".join(shown), locale)
    made = (*listed, blocks.actions([stop_button(question_id, locale)]))
    return Message(mrkdwn(f"{now}…", limits.MESSAGE_TEXT), made)


def progress_chunks(step: Step, before: Step | None = None) -> list[Json]:
    """`step` is under way, and `before`, if there was one, is done: for chat.appendStream.

    A step's id is its kind, so that one that comes back after a repair opens its own line again.
    """
    done = [_task(before, "complete")] if before is not None and before.kind != step.kind else []
    return [*done, _task(step, "in_progress")]


def _task(step: Step, status: Literal["in_progress", "complete"]) -> Json:
    text = label(step.text or step.kind, limits.TASK_TEXT)
    return {"type": "task_update", "id": step.kind, "title": text, "status": status}
