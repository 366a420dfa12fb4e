"""Scheduled questions in Slack: the form that makes one of an answer, and the list. Pure.

The form's `private_metadata` is the question's id and the channel, as JSON. `cq_schedule_do` sends `<what>|<id>`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.chat.schedules import MOST
from adapters.chat.text import Json, label
from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id
from adapters.slack.escape import mrkdwn, plain_text
from adapters.slack.render import Message
from core.ask.present.schedule_words import acts_of, lines_of, title_of
from core.chat import Actor
from core.locale import format_number, say
from core.scheduled import ScheduleView

FORM = "cq_schedule_form"
"""`callback_id` of the form."""
WHEN_FIELD, CONDITION_FIELD = "cq_when", "cq_condition"
"""`block_id`s of its two inputs."""

_TEXT = "cq_text"
_LONGEST = 200
_QUESTION = 300
"""Characters of the question that the form shows."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was sent."""

    question_id: str
    channel: str
    when: str
    condition: str


def render_form(question_id: str, question: str, channel: str, locale: str) -> Json:
    """When the SQL of an answer is to be asked again, and on which condition its answer is posted."""
    how = say(locale, "schedule.form.how", question=label(question, _QUESTION))
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps([question_id, channel]),
        "title": blocks.title(say(locale, "schedule.form.title")),
        "submit": blocks.title(say(locale, "schedule.form.submit")),
        "close": blocks.title(say(locale, "chat.modal.cancel")),
        "blocks": [
            *blocks.paragraphs(how, locale),
            _field(WHEN_FIELD, "when", locale),
            _field(CONDITION_FIELD, "condition", locale, optional=True),
        ],
    }


def render_told(text: str, locale: str) -> Json:
    """What came of it, in the place of the form."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "schedule.form.title")),
        "close": blocks.title(say(locale, "chat.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def read(view: Mapping[str, Any]) -> Filled:
    """What was filled in, out of a form that was sent."""
    question_id, channel = json.loads(view["private_metadata"])
    values = view["state"]["values"]

    def typed(field: str) -> str:
        return str(((values.get(field) or {}).get(_TEXT) or {}).get("value") or "")

    return Filled(question_id, channel, typed(WHEN_FIELD), typed(CONDITION_FIELD))


def list_page(found: Sequence[ScheduleView], reader: Actor) -> Message:
    """The scheduled questions, each with its buttons; of many, those that come next."""
    locale = reader.locale
    if not found:
        none = say(locale, "schedule.none")
        return Message(mrkdwn(none), tuple(blocks.paragraphs(none, locale)))
    drawn = [block for one in found[:MOST] for block in _entry(one, reader)]
    if len(found) > MOST:
        drawn.append(blocks.context(say(locale, "chat.home.left_out", n=format_number(locale, len(found) - MOST))))
    return Message(mrkdwn(say(locale, "schedule.form.title")), tuple(drawn))


def _entry(one: ScheduleView, reader: Actor) -> Iterator[Json]:
    yield blocks.rich_section([blocks.text_element(title_of(one), bold=True)])
    yield blocks.context("\n".join(lines_of(one, reader)))
    yield blocks.actions(
        [
            blocks.button(
                say(reader.locale, f"schedule.button.{act}"),
                action_id("schedule_do", act),
                f"{act}|{one.id}",
                "danger" if act == "delete" else None,
            )
            for act in acts_of(one)
        ]
    )


def _field(block_id: str, name: str, locale: str, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(say(locale, f"schedule.form.{name}"), limits.INPUT_LABEL),
        "hint": plain_text(say(locale, f"schedule.form.{name}_hint"), limits.INPUT_LABEL),
        "element": {"type": "plain_text_input", "action_id": _TEXT, "max_length": _LONGEST},
        "optional": optional,
    }
