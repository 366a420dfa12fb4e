"""The forms of templates: what stands in them to begin with, and what is done with what was typed. How they look is
each door's.

A text longer than a platform's input is not shown; it comes back as None and stays as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from adapters.chat.refusals import refusal_words
from adapters.chat.text import code, cut, size, travels
from core.ask.present.visible import one_line
from core.ask.service import Service
from core.ask.template_desk import TemplateDesk
from core.chat import Actor, Place
from core.errors import ColloqueryError, QueryRefused, UnknownConnection
from core.locale import say
from core.saved import Parameter, ParameterKind, SavedTemplate, TemplateEdit
from core.templates.notation import print_parameters, read_parameters
from core.templates.values import LONGEST_VALUE

NAME = 200
"""Characters of a template's name: the column that keeps it."""
TEXTS = ("name", "question", "sql", "parameters", "description", "category")
"""The texts of a template, in the order of the form."""
NEEDED = frozenset({"name", "question", "sql"})
LINES = frozenset({"question", "sql", "parameters", "description"})
"""Fields of several lines."""
HINTED = frozenset({"question", "sql", "parameters"})
"""Fields of which it is said how they are written."""

_STORED = {"name": NAME, "question": 2_000, "description": 2_000, "category": 50}
"""Characters of each, as the store has them; of the others as many as the platform's input takes."""
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
"""Numbers that every client's input for numbers holds exactly."""
_EXAMPLES = 5
"""Values of a choice that are named where they cannot all be offered."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A template as it stands in the form; None where a text is too long for it."""

    name: str | None = ""
    question: str | None = ""
    sql: str | None = ""
    parameters: str | None = ""
    """As `core.templates.notation` writes them."""
    description: str | None = ""
    category: str | None = ""
    connection: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """How a placeholder is asked for."""

    name: str
    kind: ParameterKind
    """Of the input: a choice that no menu holds is typed."""
    value: str
    """What stands in it to begin with; empty where that would come back otherwise than it is kept."""
    hint: str
    choices: tuple[str, ...]
    """Of a menu."""
    optional: bool
    """Left empty, what is usual is taken."""


def input_of(parameter: Parameter, choices: Sequence[str], locale: str, *, most: int, longest: int) -> Input:
    """The input for a placeholder. `choices`: its values, where they are known; `most` and `longest`: the lines that a
    menu of this chat holds, and their length. A hundred values may be more: then the value is typed.
    """
    default = parameter.default or ""
    usual = "" if parameter.default is None else say(locale, "chat.run.default", value=parameter.default)
    is_offered = 0 < len(choices) < most and all(travels(one) and size(one) <= longest for one in choices)
    if parameter.kind == "number":
        return _input(parameter, "number", default if _NUMBER.fullmatch(default) else "", usual)
    if parameter.kind == "date":
        return _input(parameter, "date", default if is_day(default) else "", usual)
    if parameter.kind == "choice" and is_offered:
        return _input(parameter, "choice", default if default in choices else "", usual, tuple(dict.fromkeys(choices)))
    examples = say(locale, "chat.run.examples", values=", ".join(choices[:_EXAMPLES])) if choices else ""
    fits = travels(default) and size(default) <= LONGEST_VALUE
    return _input(parameter, "text", default if fits else "", " ".join(filter(None, (examples, usual))))


def _input(parameter: Parameter, kind: ParameterKind, value: str, hint: str, choices: tuple[str, ...] = ()) -> Input:
    return Input(parameter.name, kind, value, hint, choices, parameter.default is not None)


def is_day(text: str) -> bool:
    """Whether a text is a calendar day in ISO 8601, as a field for dates holds it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def longest(name: str, typed: int) -> int:
    """Characters of a text of the form. `typed`: those that an input of this chat takes."""
    return _STORED.get(name, typed)


def shown_text(name: str, text: str) -> str:
    """A text of a template as the form shows it: what cannot be seen is shown."""
    return code(text) if name in LINES else one_line(text)


async def begun(desk: TemplateDesk, actor: Actor, place: Place, *, template: str = "", answer: str = "") -> Draft:
    """What the form begins with: a template, an answer (the id of its question), or nothing."""
    if template:
        return _draft(await desk.one(actor, template, place), actor.locale)
    if not answer:
        return Draft()
    edit = await desk.draft(actor, answer)
    return Draft(cut(one_line(edit.question), NAME), edit.question, edit.sql, connection=edit.connection)


async def opened(
    service: Service, actor: Actor, place: Place, *, template: str = "", answer: str = ""
) -> tuple[Draft, tuple[str, ...]]:
    """The same, and the names of the connections that it may be of; the default one is chosen where none is."""
    draft = await begun(service.saved, actor, place, template=template, answer=answer)
    offered = await service.sources.choices(actor, place)
    if not draft.connection:
        draft = replace(draft, connection=next((one.name for one in offered if one.is_default), ""))
    return draft, tuple(one.name for one in offered)


async def keep(
    desk: TemplateDesk, actor: Actor, place: Place, draft: Draft, *, template: str = "", answer: str = ""
) -> str:
    """Keep the template as it stands in the form, and share it or not. Raises as `TemplateDesk.keep` does."""
    locale = actor.locale
    before = await begun(desk, actor, place, template=template, answer=answer)
    saved = await desk.keep(actor, _edited(before, draft, template), place)
    told = say(locale, "chat.template.kept", name=saved.name)
    if draft.public == saved.is_public or saved.is_verified:  # a verified one is everybody's
        return told
    try:
        await desk.share(actor, saved.id, draft.public, place)
    except ColloqueryError as refusal:
        # It is kept: to send the form again would keep it twice.
        return f"{told} {refusal_words(locale, refusal)}"
    said = "templates.shared" if draft.public else "templates.unshared"
    return f"{told} {say(locale, said, name=saved.name)}"


def field_about(error: ColloqueryError) -> str:
    """The text of the form that an error is about, or "connection"; empty when it is about none."""
    return _FIELDS.get(error.code) or {QueryRefused: "sql", UnknownConnection: "connection"}.get(type(error), "")


_FIELDS = {
    f"template.{code}": field
    for field, codes in {
        "name": ("no_name", "name_too_long", "name_taken", "too_many"),
        "question": ("no_question", "question_too_long", "bad_placeholder", "not_in_question"),
        "sql": ("no_sql", "not_in_sql", "parameter_place"),
        "parameters": (
            *("line_unreadable", "line_kind", "line_column", "bad_parameter", "parameter_twice", "parameter_unused"),
            *("too_many_parameters", "unknown_column", "private_column", "bad_default"),
        ),
        "description": ("description_too_long",),
        "category": ("category_too_long", "category_reserved"),
    }.items()
    for code in codes
}
"""The text that each error is about."""


def _draft(template: SavedTemplate, locale: str) -> Draft:
    return Draft(
        template.name,
        template.question,
        template.sql,
        print_parameters(template.parameters, locale),
        template.description,
        template.category,
        template.connection,
        template.is_public,
    )


def _edited(before: Draft, draft: Draft, template: str) -> TemplateEdit:
    """The template that the form means: a text that it could not hold stays as it was."""

    def text(name: str) -> str:
        typed = getattr(draft, name)
        return str(getattr(before, name) if typed is None else typed)

    return TemplateEdit(
        name=text("name"),
        question=text("question"),
        sql=text("sql"),
        parameters=read_parameters(text("parameters")),
        description=text("description"),
        category=text("category"),
        connection=draft.connection,
        id=template or None,
    )
