"""The form in which an administrator sets somebody's three limits. Pure: a view out, what was filled in back again."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.chat.limits_form import PERSON, Wanted, subjects, wanted
from adapters.chat.text import Json
from adapters.chat.usage_words import WINDOWS, Window
from adapters.slack import blocks, limits
from adapters.slack.escape import plain_text
from core.locale import say
from core.usage.limits import MOST

LIMITS = "cq_limits"
"""`callback_id` of the form."""

PERSON_FIELD = "cq_person"
"""`block_id` of who it is for, when it is for one person."""

_WHOM = "cq_whom"
_ACTION = "cq_choice"


def field_of(name: str) -> str:
    """The `block_id` of a window's number, or of the person."""
    return f"cq_{name}"


def render_limits_form(locale: str) -> Json:
    """The form: for whom, and a number for each window, each of which may be left empty."""
    shown = [*blocks.paragraphs(say(locale, "chat.limits.how"), locale), *_whom(locale)]
    shown += [_number(window, locale) for window in WINDOWS]
    return {
        "type": "modal",
        "callback_id": LIMITS,
        "title": blocks.title(say(locale, "chat.limits.title")),
        "submit": blocks.title(say(locale, "chat.limits.submit")),
        "close": blocks.title(say(locale, "chat.modal.cancel")),
        "blocks": shown,
    }


def render_limits_told(text: str, locale: str) -> Json:
    """What came of it, in the place of the form."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "chat.limits.title")),
        "close": blocks.title(say(locale, "chat.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def read(view: Mapping[str, Any]) -> Wanted:
    """What was filled in, out of a form that was sent."""
    values = view["state"]["values"]

    def field(block: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (values.get(block) or {}).get(_ACTION) or {}
        return found

    chosen = str((field(_WHOM).get("selected_option") or {}).get("value") or PERSON)
    typed = {window: str(field(field_of(window)).get("value") or "") for window in WINDOWS}
    return wanted(chosen, str(field(PERSON_FIELD).get("selected_user") or ""), typed)


def _whom(locale: str) -> Iterator[Json]:
    options = [blocks.option(text, value) for value, text in subjects(locale).items()]
    whom = say(locale, "chat.limits.whom")
    yield _input(_WHOM, whom, blocks.select(whom, _ACTION, options, options[0]))
    person = say(locale, "chat.limits.person")
    menu = {
        "type": "users_select",
        "action_id": _ACTION,
        "placeholder": plain_text(person, limits.PLACEHOLDER),
    }
    yield _input(PERSON_FIELD, person, menu, optional=True)


def _number(window: Window, locale: str) -> Json:
    element = {
        "type": "number_input",
        "action_id": _ACTION,
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(MOST),
    }
    return _input(field_of(window), say(locale, f"chat.limits.{window}"), element, optional=True)


def _input(block_id: str, label: str, element: Json, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
