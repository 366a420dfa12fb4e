"""The form in which an administrator sets somebody's three limits: what may be chosen in it, and what is done with what
was filled in. How it looks is each door's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.chat.refusals import refusal_words
from adapters.chat.usage import set_words
from adapters.chat.usage_words import WINDOWS, Window
from core.ask.present.use_tables import role_name
from core.ask.usage_desk import UsageDesk
from core.chat import Actor
from core.errors import BadEdit, ColloqueryError
from core.figures import LimitChange, Subject
from core.locale import say

PERSON = "person"
"""What is chosen for one person, and the name of the field that says whom."""

_SUBJECTS: dict[str, tuple[Subject, str]] = {
    PERSON: ("person", ""),
    "everyone": ("everyone", ""),
    "viewer": ("role", "viewer"),
    "admin": ("role", "admin"),
}
"""What may be chosen, and the subject and the role that it means."""

_DIGITS = 20
"""Digits of a number that is read: many more than the largest limit has."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was filled in. A window is None where it was left empty, and where no whole number stands in it."""

    subject: Subject
    role: str
    person: str
    """The account that was picked or the e-mail address that was typed; empty when neither was."""
    hour: int | None
    day: int | None
    month: int | None
    wrong: tuple[Window, ...] = ()
    """Windows in which no whole number stands."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said of a form that was sent."""

    text: str
    field: str = ""
    """`PERSON` or the window that is to be corrected; empty when the form has done its work."""


def subjects(locale: str) -> dict[str, str]:
    """What may be chosen, and how it is called."""
    return {
        PERSON: say(locale, "chat.limits.one_person"),
        "everyone": say(locale, "usage.subject.everyone"),
        **{role: say(locale, "usage.subject.role", name=role_name(role, locale)) for role in ("viewer", "admin")},
    }


def wanted(chosen: str, person: str, typed: Mapping[Window, str]) -> Wanted:
    """What is meant by what was chosen, and by the texts that stand in the windows."""
    subject, role = _SUBJECTS.get(chosen, _SUBJECTS[PERSON])
    texts = {window: typed.get(window, "").strip() for window in WINDOWS}
    numbers = {window: _whole(text) for window, text in texts.items()}
    wrong = tuple(window for window, text in texts.items() if text and numbers[window] is None)
    return Wanted(subject, role, person.strip(), **numbers, wrong=wrong)


async def set_as_filled_in(desk: UsageDesk, actor: Actor, form: Wanted, whom: Actor | str, missing: str) -> Outcome:
    """Set the limits. `whom`: the person, when it is for one; `missing` is said when nobody was named."""
    locale = actor.locale
    if form.subject == "person" and not form.person:
        return Outcome(missing, PERSON)
    if form.wrong:
        return Outcome(say(locale, "chat.limits.whole"), form.wrong[0])
    try:
        who = await desk.who(actor, whom) if form.subject == "person" else form.role
        line = await desk.set_limits(actor, LimitChange(form.subject, who, form.hour, form.day, form.month))
    except BadEdit as error:
        return Outcome(refusal_words(locale, error), PERSON if error.code.startswith("people.") else WINDOWS[0])
    except ColloqueryError as error:
        return Outcome(refusal_words(locale, error))
    return Outcome(set_words(line, locale))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
