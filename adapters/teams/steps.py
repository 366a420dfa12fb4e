"""What is shown while an answer is made: one message that is updated, or the lines of a stream. Pure."""

from collections.abc import Sequence

from adapters.chat.text import label
from adapters.teams import cards, limits
from adapters.teams.buttons import stop_button
from adapters.teams.escape import markdown
from adapters.teams.render import Message, page
from core.ask.present.visible import one_line
from core.chat import Step
from core.locale import say

_STEPS = 10
"""Steps that are listed: the latest. A question that waits and is mended has eight."""
_MOST = limits.INFORMATIVE // 3
"""Characters of a line in a stream: each takes at most three bytes in UTF-8, and two in UTF-16."""


def render_progress(question_id: str, steps: Sequence[Step], locale: str) -> Message:
    """The steps so far, the last one under way, and a button that stops it: for a message that is updated."""
    texts = [_words(step, locale) for step in steps] or [say(locale, "steps.waiting")]
    *done, now = [one_line(text) for text in texts[-_STEPS:]]
    listed = [cards.note(f"✓ {text}") for text in done]
    return page(f"{now}…", listed, [stop_button(question_id, locale)], locale=locale)


def informative(step: Step, locale: str) -> str:
    """A step as a line of a stream, at most `limits.INFORMATIVE` bytes."""
    return markdown(f"{label(_words(step, locale), _MOST)}…", _MOST)


def _words(step: Step, locale: str) -> str:
    return step.text or say(locale, f"steps.{step.kind}")
