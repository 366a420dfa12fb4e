"""The dialog in which an administrator sets somebody's three limits. Pure: a form out, what was filled in back again.

A person is named by their e-mail address: Teams' own menu of people is not there on telephones.
"""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.chat.limits_form import PERSON, Outcome, Wanted, subjects, wanted
from adapters.chat.text import Json, cut
from adapters.chat.usage_words import WINDOWS, Window
from adapters.teams import cards
from adapters.teams.dialogs import Dialog, form
from core.ask.present.visible import one_line
from core.locale import say
from core.usage.limits import MOST

LIMITS = "limits"
"""Name of the form, and of the button that opens it."""

_WHOM = "whom"
_ADDRESS = 255
"""Characters of an e-mail address: the column that keeps it."""
_EMPTY: Mapping[str, str] = MappingProxyType({})


def render_limits_form(locale: str, typed: Mapping[str, str] = _EMPTY, wrong: Outcome | None = None) -> Dialog:
    """The form: for whom, and a number for each window, each of which may be left empty.

    `typed`: what was filled in before, by the fields' ids; `wrong`: what was wrong with it.
    """
    whom = [(name, value) for value, name in subjects(locale).items()]
    chosen = typed.get(_WHOM, PERSON)
    written = cut(one_line(typed.get(PERSON, "")), _ADDRESS)
    address = cards.field(PERSON, _label(PERSON, locale), written, most=_ADDRESS)
    body = [
        *cards.paragraphs(say(locale, "chat.limits.how"), locale),
        cards.choice(_WHOM, say(locale, "chat.limits.whom"), whom, chosen if chosen in subjects(locale) else PERSON),
        address | {"style": "Email"},
        *(_number(window, typed.get(window, ""), locale) for window in WINDOWS),
    ]
    told = f"{_label(wrong.field, locale)}: {wrong.text}" if wrong else ""
    title, submit = say(locale, "chat.limits.title"), say(locale, "chat.limits.submit")
    return form(title, LIMITS, "", body, submit, locale, told)


def read(fields: Mapping[str, str]) -> Wanted:
    """What was filled in, out of a form that was sent."""
    typed: dict[Window, str] = {window: fields.get(window, "") for window in WINDOWS}
    return wanted(fields.get(_WHOM, PERSON), fields.get(PERSON, ""), typed)


def _label(field: str, locale: str) -> str:
    return say(locale, "teams.limits.email") if field == PERSON else say(locale, f"chat.limits.{field}")


def _number(window: Window, typed: str, locale: str) -> Json:
    """A field; a text that is no number within the limits cannot stand in it again."""
    text = typed.strip()
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) else None
    return cards.number(window, _label(window, locale), value, most=MOST)
