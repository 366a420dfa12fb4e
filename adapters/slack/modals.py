"""The modals, as plain dicts: slack_sdk's own View drops blocks that it does not know.

`private_metadata` is the question's id. A text that is typed comes back as
`view["state"]["values"][INPUT_BLOCK][INPUT_ACTION]["value"]`.
"""

from datetime import datetime

from adapters.chat.answers import edit_refusal
from adapters.chat.text import Json, code, is_blank
from adapters.slack import blocks, limits
from adapters.slack.escape import plain_text
from core.chat import Actor
from core.locale import format_date, say

EDIT = "cq_edit"
"""`callback_id` of the modal in which SQL is changed."""
REASON = "cq_reason"
"""`callback_id` of the modal that asks why an answer is wrong."""
SIGN_IN = "cq_sign_in_form"
"""`callback_id` of the modal that shows a link to the page."""
LOADING = "cq_loading"
"""`callback_id` of the modal that keeps a trigger, which lives three seconds, until there is something to show."""

INPUT_BLOCK = "cq_input"
"""`block_id` of the one input of a modal."""
INPUT_ACTION = "cq_text"
"""`action_id` of the one input of a modal."""


def render_edit_modal(question_id: str, sql: str, locale: str) -> Json:
    """The SQL of an answer, to be changed and run. Of one longer than Slack's input it is said that it is."""
    if refusal := edit_refusal(sql, limits.INPUT, locale):
        said = list(blocks.paragraphs(refusal, locale))
        return _modal(EDIT, question_id, "edit", said, locale)
    hint = say(locale, "chat.edit.hint")
    field = _input(say(locale, "chat.edit.label"), code(sql), limits.INPUT, multiline=True, hint=hint)
    return _modal(EDIT, question_id, "edit", [field], locale)


def render_reason_modal(question_id: str, locale: str) -> Json:
    """What is wrong with an answer, in a person's own words."""
    field = _input(say(locale, "chat.reason.label"), "", limits.INPUT, multiline=True)
    return _modal(REASON, question_id, "reason", [field], locale)


def render_loading_modal(locale: str) -> Json:
    """Shown until the real modal is ready: a trigger lives three seconds."""
    said = list(blocks.paragraphs(say(locale, "chat.loading.text"), locale))
    return _modal(LOADING, "", "loading", said, locale)


def render_sign_in_modal(url: str, until: datetime, reader: Actor) -> Json:
    """The link that lets somebody in at the page, once."""
    moment = format_date(reader.locale, until, reader.timezone)
    said = list(blocks.paragraphs(say(reader.locale, "chat.sign_in.text", until=moment), reader.locale))
    link = blocks.button(say(reader.locale, "chat.sign_in.open"), "cq_sign_in_open", "page", "primary") | {"url": url}
    return _modal(SIGN_IN, "", "sign_in", [*said, blocks.actions([link])], reader.locale)


def _modal(callback_id: str, question_id: str, words: str, shown: list[Json], locale: str) -> Json:
    """`words` is where in the catalogue its title is. One without an input sends nothing: its one button closes it."""
    sends = any(block["type"] == "input" for block in shown)
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": blocks.title(say(locale, f"chat.{words}.title")),
        "close": blocks.title(say(locale, "chat.modal.cancel" if sends else "chat.modal.close")),
        "blocks": shown,
    }
    if sends:
        view["submit"] = blocks.title(say(locale, f"chat.{words}.submit"))
    if question_id:
        view["private_metadata"] = question_id
    return view


def _input(label: str, text: str, most: int, multiline: bool = False, hint: str = "") -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": INPUT_ACTION,
        "multiline": multiline,
        "max_length": most,
        "focus_on_load": True,
    }
    if not is_blank(text):
        element["initial_value"] = text
    field: Json = {
        "type": "input",
        "block_id": INPUT_BLOCK,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
    }
    return field | {"hint": plain_text(hint, limits.INPUT_LABEL)} if hint else field
