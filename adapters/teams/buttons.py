"""Buttons: what they are called, what they send, and which a reply has. Pure.

A button's name is that of the action; its value is the question's id, with what was chosen before or after it.
"""

from collections.abc import Iterator, Sequence

from adapters.chat.text import Json, size, travels
from adapters.teams import cards, limits
from core.chat import Action, Choices
from core.locale import format_number, say
from core.saved import SavedTemplate

_FEEDBACK = ("good", "bad")
_OPENING = frozenset({"edit", "save_template", "schedule"})
"""They open a dialog."""
_FOLDED = "show_sql"
"""The SQL is in the card, behind a switch of the client's (`render`)."""


def rows(actions: Sequence[Json]) -> list[Json]:
    """Buttons in rows, of which Teams shows each whole."""
    return [cards.action_set(actions[at : at + limits.BUTTONS]) for at in range(0, len(actions), limits.BUTTONS)]


def stop_button(question_id: str, locale: str) -> Json:
    """The button under an answer that is being made."""
    return cards.button(say(locale, "present.action.stop"), "stop", question_id)


def action_buttons(items: Sequence[Action], question_id: str) -> list[Json]:
    """The buttons under an answer. Left out are right and wrong, which every answer has below it as Teams' own thumbs
    (`feedback_buttons` where it has not), and the one that shows the SQL."""
    labels = {item.name: item.label for item in items if item.name not in (*_FEEDBACK, _FOLDED)}
    return [cards.button(text, name, question_id, opens=name in _OPENING) for name, text in labels.items()]


def feedback_buttons(items: Sequence[Action], question_id: str) -> list[Json]:
    """Right and wrong as two buttons: where a message has no thumbs."""
    labels = {item.name: item.label for item in items if item.name in _FEEDBACK}
    return [cards.button(text, "feedback", f"{name}|{question_id}") for name, text in labels.items()]


def run_button(template: SavedTemplate, text: str) -> Json:
    """The button that asks a template, or opens the form for what it needs."""
    name = "template_form" if template.parameters else "template"
    return cards.button(text, name, template.id, opens=bool(template.parameters))


def choice_elements(choices: Choices, question_id: str, locale: str) -> Iterator[Json]:
    """What may be chosen when we ask back; the question itself is the message's text. The value: `<id>|<chosen>`."""
    # Measured first: to look through a value of any length takes its time.
    fitting = [one for one in choices.options if size(f"{question_id}|{one.value}") <= limits.VALUE]
    offered = {f"{question_id}|{one.value}": one.label for one in fitting if travels(one.value)}
    shown = list(offered.items())[: limits.OFFERED]
    yield from rows([cards.button(text, "choose", value) for value, text in shown])
    left_out = len({option.value for option in choices.options}) - len(shown)
    if left_out:
        yield cards.note(say(locale, "chat.choices.left_out", n=format_number(locale, left_out)))
