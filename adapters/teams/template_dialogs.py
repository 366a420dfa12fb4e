"""The dialogs of templates: what a template needs to be asked, and the template itself. Pure: values in, a form out,
and what was typed back again.

A text has the id of its name; a placeholder, whose name may be of any script, `value_` and its name in hexadecimal
digits. A text longer than a field takes is not shown; the form carries its name, it comes back as None and stays as it
is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from adapters.chat.template_form import (
    HINTED,
    LINES,
    NEEDED,
    TEXTS,
    Draft,
    Input,
    field_about,
    input_of,
    is_day,
    longest,
    shown_text,
)
from adapters.chat.text import Json, cut, label, size, travels
from adapters.teams import cards, limits
from adapters.teams.dialogs import Dialog, form
from core.ask.present.visible import one_line
from core.errors import ColloqueryError
from core.locale import say
from core.saved import Parameter, SavedTemplate
from core.templates.values import LONGEST_VALUE

RUN = "run_template"
"""Name of the form for what a template needs."""
KEEP = "keep_template"
"""Name of the form for a template itself."""
DELETE = "delete_template"
"""Name of the question whether a template is to be deleted."""

_VALUE = "value_"
_CONNECTION = "connection"
_PUBLIC = "public"
_LARGEST = 10**15 - 1
"""The largest number that every client holds exactly with its field for numbers."""


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about; it travels in the form."""

    template: str = ""
    """The id of a template; empty for a new one."""
    answer: str = ""
    """The id of the question whose answer is kept."""
    left: tuple[str, ...] = ()
    """Texts that the form does not hold."""


def about(value: str) -> About:
    """What a form that was sent is about."""
    template, _, rest = value.partition("|")
    answer, _, left = rest.partition("|")
    return About(template, answer, tuple(name for name in left.split(",") if name in TEXTS))


def render_run_form(
    template: SavedTemplate,
    choices: Mapping[str, Sequence[str]],
    locale: str,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> Dialog:
    """The form for what a template needs; `choices` are the values of each choice, where they are known.

    `typed`: what was filled in before, by the placeholder's name; `wrong`: what was wrong with it.
    """
    body = list(cards.paragraphs(template.question, locale))
    for parameter in template.parameters:
        body += _value(parameter, choices.get(parameter.name, ()), typed, locale)
    title, submit = say(locale, "chat.templates.title"), say(locale, "chat.templates.run")
    return form(title, RUN, template.id, body, submit, locale, wrong)


def read_values(fields: Mapping[str, str]) -> dict[str, str]:
    """What was filled in, by the placeholder's name; what was left empty is not there."""
    filled = {_name_of(identity): typed for identity, typed in fields.items() if typed}
    return {name: typed for name, typed in filled.items() if name}


def field_of(name: str) -> str:
    """The id of the field for a placeholder."""
    return f"{_VALUE}{name.encode().hex()}"


def _name_of(identity: str) -> str:
    """The placeholder whose field has that id; empty when none has."""
    try:
        return bytes.fromhex(identity.removeprefix(_VALUE)).decode() if identity.startswith(_VALUE) else ""
    except ValueError:
        return ""


def render_keep_form(draft: Draft, connections: Sequence[str], what: About, locale: str, wrong: str = "") -> Dialog:
    """The form for a template: a new one, one that is kept from an answer, one that is changed, or one that was sent
    and is wrong.
    """
    texts = {name: None if name in what.left else _fitting(name, getattr(draft, name)) for name in TEXTS}
    body = [element for name, text in texts.items() for element in _text_field(name, text, locale)]
    # More characters of a name than a line of the menu shows would make two lines alike.
    fitting = [name for name in connections if travels(name) and size(name) <= limits.CELL][: limits.CHOICES]
    if fitting:
        chosen = draft.connection if draft.connection in fitting else ""
        title = say(locale, "chat.template.connection")
        body.append(cards.choice(_CONNECTION, title, [(name, name) for name in fitting], chosen))
    body.append(cards.text(say(locale, "chat.template.public")))
    body.append(cards.tick(_PUBLIC, say(locale, "chat.template.everyone"), ticked=draft.public))
    left = ",".join(name for name, text in texts.items() if text is None)
    title = say(locale, "chat.template.edit_title" if what.template else "chat.template.title")
    value = f"{what.template}|{what.answer}|{left}"
    return form(title, KEEP, value, body, say(locale, "chat.template.submit"), locale, wrong, height="large")


def read_draft(fields: Mapping[str, str], what: About) -> Draft:
    """What stands in a form that was sent."""
    texts = {name: None if name in what.left else fields.get(name, "") for name in TEXTS}
    return Draft(**texts, connection=fields.get(_CONNECTION, ""), public=fields.get(_PUBLIC) == "true")


def beside(error: ColloqueryError, told: str, locale: str) -> str:
    """What is said of an error above the form: the field that it is about comes first."""
    field = field_about(error)
    return f"{say(locale, f'chat.template.{field}')}: {told}" if field else told


def render_delete_form(template: SavedTemplate, locale: str) -> Dialog:
    """Is it really to be deleted? Sending the form says yes."""
    body = list(cards.paragraphs(say(locale, "templates.delete_sure", name=template.name), locale))
    title, submit = say(locale, "chat.templates.title"), say(locale, "chat.templates.delete")
    return form(title, DELETE, template.id, body, submit, locale, height="small")


def _value(
    parameter: Parameter, choices: Sequence[str], typed: Mapping[str, str] | None, locale: str
) -> Iterator[Json]:
    """The field for a placeholder, and below it what is said of it."""
    asked = input_of(parameter, choices, locale, most=limits.CHOICES, longest=limits.CELL)
    if typed is not None:
        asked = replace(asked, value=_again(asked, typed.get(parameter.name, "")))
    yield _drawn(asked)
    if asked.hint:
        yield cards.note(asked.hint)


def _again(asked: Input, typed: str) -> str:
    """What was typed, as the field can hold it."""
    if asked.kind == "date":
        return typed if is_day(typed) else ""
    if asked.kind == "choice":
        return typed if typed in asked.choices else ""
    return cut(one_line(typed), LONGEST_VALUE)


def _drawn(asked: Input) -> Json:
    identity, required = field_of(asked.name), not asked.optional
    if asked.kind == "number":
        made = _bare("Input.Number", identity, asked.name, required) | {"min": -_LARGEST, "max": _LARGEST}
        number = _exactly(asked.value)
        return made if number is None else made | {"value": number}
    if asked.kind == "date":
        made = _bare("Input.Date", identity, asked.name, required)
        return made | {"value": asked.value} if asked.value else made
    if asked.kind == "choice":
        options = [(value, value) for value in asked.choices]
        return cards.choice(identity, asked.name, options, asked.value, required=required)
    return cards.field(identity, asked.name, asked.value, most=LONGEST_VALUE, required=required)


def _bare(kind: str, identity: str, title: str, required: bool) -> Json:
    shown = label(title, limits.TEXT)
    made: Json = {"type": kind, "id": identity, "label": shown}
    return made | {"isRequired": True, "errorMessage": shown} if required else made


def _exactly(text: str) -> int | float | None:
    """A number as JSON; None for a text that is none, or that JSON's numbers would change."""
    try:
        number = float(text)
    except ValueError:
        return None
    exact = abs(number) <= _LARGEST and Decimal(repr(number)) == Decimal(text.strip())
    return None if not exact else int(number) if number.is_integer() else number


def _fitting(name: str, text: str | None) -> str | None:
    """A text as the form shows it; None for one that is too long for it."""
    shown = shown_text(name, text or "")
    return shown if size(shown) <= longest(name, limits.INPUT) else None


def _text_field(name: str, text: str | None, locale: str) -> Iterator[Json]:
    title = say(locale, f"chat.template.{name}")
    if text is None:
        yield cards.note(say(locale, "chat.template.too_long", field=title))
        return
    most = longest(name, limits.INPUT)
    yield cards.field(name, title, text, most=most, multiline=name in LINES, required=name in NEEDED)
    if name in HINTED:
        yield cards.note(say(locale, f"chat.template.{name}_hint"))
