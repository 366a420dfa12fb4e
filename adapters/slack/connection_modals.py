"""The small forms of connections: to whom one is given, from whom it is taken back, whether it is deleted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.chat.connection_form import receiver
from adapters.chat.text import Json
from adapters.slack import blocks, limits
from adapters.slack.connection_form import About
from adapters.slack.escape import plain_text
from core.chat import ConnectionView
from core.connections.connections import SubjectKind
from core.locale import say

GIVE = "cq_give_connection"
"""`callback_id` of the form in which one is given."""
TAKE = "cq_take_connection"
"""`callback_id` of the form in which one is taken back."""
DELETE = "cq_delete_connection"
"""`callback_id` of the question whether one is to be deleted."""

PERSON_FIELD, CHANNEL_FIELD = "cq_person", "cq_channel"
"""`block_id` of who, and of which channel."""

_WHOM, _MORE, _ACTION = "cq_whom", "cq_more", "cq_choice"
_SUBJECTS: dict[str, SubjectKind] = {"everyone": "everyone", "person": "user", "channel": "place"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """To whom it is to be given."""

    to: SubjectKind
    account: str
    """Of a person; empty when none was picked."""
    channel: str
    default: bool
    private: bool


def render_give_form(view: ConnectionView, what: About, locale: str) -> Json:
    """The form: everyone, a person or a channel; whether they ask it by default and see what is private."""
    names = {one: say(locale, f"chat.give.{one}") for one in _SUBJECTS}
    options = [blocks.option(text, value) for value, text in names.items()]
    whom = say(locale, "chat.give.whom")
    person = {"type": "users_select", "action_id": _ACTION,
              "placeholder": plain_text(names["person"], limits.PLACEHOLDER)}  # fmt: skip
    channel = {"type": "conversations_select", "action_id": _ACTION,
               "placeholder": plain_text(names["channel"], limits.PLACEHOLDER),
               "filter": {"include": ["public", "private"], "exclude_bot_users": True}}  # fmt: skip
    more = [blocks.option(say(locale, f"chat.give.{one}"), one) for one in ("default", "private")]
    shown = [
        *blocks.paragraphs(say(locale, "chat.give.how", name=view.name), locale),
        _input(_WHOM, whom, blocks.select(whom, _ACTION, options, options[0])),
        _input(PERSON_FIELD, say(locale, "chat.give.which_person"), person, optional=True),
        _input(CHANNEL_FIELD, say(locale, "chat.give.which_channel"), channel, optional=True),
        _input(
            _MORE, say(locale, "chat.give.and"), {"type": "checkboxes", "action_id": _ACTION, "options": more},
            optional=True,
        ),
    ]  # fmt: skip
    return _form(GIVE, what, "give", shown, locale)


def read_wanted(view: Mapping[str, Any]) -> Wanted:
    """What was filled in, out of a form that was sent."""

    def field(block: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (view["state"]["values"].get(block) or {}).get(_ACTION) or {}
        return found

    chosen = str((field(_WHOM).get("selected_option") or {}).get("value") or "everyone")
    more = {str(one.get("value")) for one in field(_MORE).get("selected_options") or ()}
    return Wanted(
        _SUBJECTS.get(chosen, "everyone"),
        str(field(PERSON_FIELD).get("selected_user") or ""),
        str(field(CHANNEL_FIELD).get("selected_conversation") or ""),
        "default" in more,
        "private" in more,
    )


def render_take_form(view: ConnectionView, what: About, here: str, locale: str) -> Json:
    """The form: one of those it is given to. `here` is the `core.ids.place_id` of the channel where it was opened."""
    options = [blocks.option(receiver(one, here, locale), f"{one.to}|{one.subject}") for one in view.given_to]
    whom = say(locale, "chat.take.whom")
    shown = [
        *blocks.paragraphs(say(locale, "chat.take.how", name=view.name), locale),
        _input(_WHOM, whom, blocks.select(whom, _ACTION, options[: limits.OPTIONS])),
    ]
    return _form(TAKE, what, "take", shown, locale)


def read_taken(view: Mapping[str, Any]) -> str:
    """Who was chosen, as `<to>|<subject>`."""
    field = (view["state"]["values"].get(_WHOM) or {}).get(_ACTION) or {}
    return str((field.get("selected_option") or {}).get("value") or "")


def render_delete_form(view: ConnectionView, what: About, locale: str) -> Json:
    """Is it really to be deleted? Sending the form says yes."""
    shown = list(blocks.paragraphs(say(locale, "chat.delete.sure", name=view.name), locale))
    return _form(DELETE, what, "delete", shown, locale)


def _form(callback_id: str, what: About, words: str, shown: list[Json], locale: str) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": what.metadata,
        "title": blocks.title(say(locale, f"chat.{words}.title")),
        "submit": blocks.title(say(locale, f"chat.{words}.submit")),
        "close": blocks.title(say(locale, "chat.modal.cancel")),
        "blocks": shown,
    }


def _input(block_id: str, label: str, element: Json, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
