"""The form in which an administrator sets somebody's three limits. Pure: a view out, what was filled in back again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack import blocks, limits
from adapters.slack.escape import Json, plain_text
from adapters.slack.usage_words import WINDOWS, Window
from core.ask.present.use_tables import role_name
from core.figures import Subject
from core.locale import say
from core.usage.limits import MOST

LIMITS = "cq_limits"
"""`callback_id` of the form."""

PERSON_FIELD = "cq_person"
"""`block_id` of who it is for, when it is for one person."""

_WHOM = "cq_whom"
_ACTION = "cq_choice"
_PERSON = "person"
_SUBJECTS: dict[str, tuple[Subject, str]] = {
    _PERSON: ("person", ""),
    "everyone": ("everyone", ""),
    "viewer": ("role", "viewer"),
    "admin": ("role", "admin"),
}
"""What may be chosen, and the subject and the role that it means."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was filled in. `numbers` has None where a window was left empty, and "" where it is no whole number."""

    subject: Subject
    role: str
    account: str
    """The account of the person that was picked; empty when none was."""
    hour: int | None
    day: int | None
    month: int | None
    wrong: tuple[Window, ...] = ()
    """Windows in which no whole number stands."""


def field_of(window: Window) -> str:
    """The `block_id` of a window's number."""
    return f"cq_{window}"


def render_limits_form(locale: str) -> Json:
    """The form: for whom, and a number for each window, each of which may be left empty."""
    shown = [*blocks.paragraphs(say(locale, "slack.limits.how"), locale), *_whom(locale)]
    shown += [_number(window, locale) for window in WINDOWS]
    return {
        "type": "modal",
        "callback_id": LIMITS,
        "title": blocks.title(say(locale, "slack.limits.title")),
        "submit": blocks.title(say(locale, "slack.limits.submit")),
        "close": blocks.title(say(locale, "slack.modal.cancel")),
        "blocks": shown,
    }


def render_limits_told(text: str, locale: str) -> Json:
    """What came of it, in the place of the form."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "slack.limits.title")),
        "close": blocks.title(say(locale, "slack.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def read(view: Mapping[str, Any]) -> Wanted:
    """What was filled in, out of a form that was sent."""
    values = view["state"]["values"]

    def field(block: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (values.get(block) or {}).get(_ACTION) or {}
        return found

    chosen = str((field(_WHOM).get("selected_option") or {}).get("value") or _PERSON)
    subject, role = _SUBJECTS.get(chosen, _SUBJECTS[_PERSON])
    typed = {window: str(field(field_of(window)).get("value") or "").strip() for window in WINDOWS}
    numbers = {window: int(text) if text.isascii() and text.isdigit() else None for window, text in typed.items()}
    wrong = tuple(window for window, text in typed.items() if text and numbers[window] is None)
    return Wanted(subject, role, str(field(PERSON_FIELD).get("selected_user") or ""), **numbers, wrong=wrong)


def _whom(locale: str) -> Iterator[Json]:
    names = {
        _PERSON: say(locale, "slack.limits.one_person"),
        "everyone": say(locale, "usage.subject.everyone"),
        **{role: say(locale, "usage.subject.role", name=role_name(role, locale)) for role in ("viewer", "admin")},
    }
    options = [blocks.option(text, value) for value, text in names.items()]
    whom = say(locale, "slack.limits.whom")
    yield _input(_WHOM, whom, blocks.select(whom, _ACTION, options, options[0]))
    person = say(locale, "slack.limits.person")
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
    return _input(field_of(window), say(locale, f"slack.limits.{window}"), element, optional=True)


def _input(block_id: str, label: str, element: Json, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
