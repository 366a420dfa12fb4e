"""Buttons: what they are called, what they send, and which a reply has.

A button's `action_id` is `cq_<name>`; its `value` is the question's id, with what was chosen before or after it. Slack
refuses a block with the same `action_id` twice, so that buttons of one name in a row are numbered: `cq_choose:0`.
`pattern` finds them all.
"""

import re
from collections.abc import Iterator, Sequence

from adapters.chat.text import Json, label, size, travels
from adapters.slack import blocks, limits
from adapters.slack.escape import plain_text
from core.chat import Action, Choices
from core.locale import format_number, say

_STYLES = {"stop": "danger", "retry": "primary"}
_FEEDBACK = ("good", "bad")


def action_id(name: str, number: int | str = "") -> str:
    """The id of a button: `cq_csv`, `cq_choose:3`."""
    return f"cq_{name}" if number == "" else f"cq_{name}:{number}"


def pattern(name: str) -> re.Pattern[str]:
    """What a listener waits for to hear every button of a name."""
    return re.compile(rf"^cq_{name}(:\w+)?$")


def stop_button(question_id: str, locale: str) -> Json:
    """The button under an answer that is being made."""
    return blocks.button(say(locale, "present.action.stop"), action_id("stop"), question_id, _STYLES["stop"])


def action_buttons(items: Sequence[Action], question_id: str, native: bool) -> Iterator[Json]:
    """The rows of buttons under an answer. `native`: feedback as Slack's own pair of thumbs."""
    labels = {item.name: item.label for item in items}
    feedback = [name for name in _FEEDBACK if name in labels]
    row = [
        blocks.button(text, action_id(name), question_id, _STYLES.get(name))
        for name, text in labels.items()
        if name not in _FEEDBACK
    ]
    if row:
        yield blocks.actions(row)
    if native and len(feedback) == len(_FEEDBACK):
        yield _thumbs(labels["good"], labels["bad"], question_id)
    elif feedback:
        yield blocks.actions(
            [blocks.button(labels[name], action_id("feedback", name), f"{name}|{question_id}") for name in feedback]
        )


def _thumbs(good: str, bad: str, question_id: str) -> Json:
    def thumb(text: str, value: str) -> Json:
        shown = plain_text(text, limits.BUTTON_TEXT)
        return {"text": shown, "value": value, "accessibility_label": label(text, limits.BUTTON_TEXT)}

    element = {
        "type": "feedback_buttons",
        "action_id": action_id("feedback"),
        "positive_button": thumb(good, f"good|{question_id}"),
        "negative_button": thumb(bad, f"bad|{question_id}"),
    }
    return {"type": "context_actions", "elements": [element]}


def choice_blocks(choices: Choices, question_id: str, locale: str) -> Iterator[Json]:
    """A question asked back: buttons, or a menu when there are more than a row holds. The value: `<id>|<chosen>`."""
    yield from blocks.paragraphs(choices.prompt, locale)
    by_value = {f"{question_id}|{option.value}": option for option in choices.options if travels(option.value)}
    offered = {value: option.label for value, option in by_value.items() if size(value) <= limits.BUTTON_VALUE}
    shown = list(offered.items())[: limits.OPTIONS]
    if len(shown) > limits.ACTIONS and all(size(value) <= limits.OPTION_VALUE for value, _ in shown):
        options = [blocks.option(text, value) for value, text in shown]
        yield blocks.actions([blocks.select(say(locale, "chat.choices.pick"), action_id("choose"), options)])
    else:
        buttons = [blocks.button(text, action_id("choose", n), value) for n, (value, text) in enumerate(shown)]
        for start in range(0, len(buttons), limits.ACTIONS):
            yield blocks.actions(buttons[start : start + limits.ACTIONS])
    left_out = len({option.value for option in choices.options}) - len(shown)
    if left_out:
        yield blocks.context(say(locale, "chat.choices.left_out", n=format_number(locale, left_out)))
