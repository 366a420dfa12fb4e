"""The forms of templates: what a template needs to be asked, and the template itself. Pure: values in, a view out, and
what was typed back again.

Every input is a block of its own, `cq_<field>` or, of a placeholder, `cq_value:<name>`, whose one element is
`cq_text`. A text longer than Slack's input is not shown; it comes back as None and stays as it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.chat.template_form import HINTED, LINES, NEEDED, TEXTS, Draft, field_about, input_of, longest, shown_text
from adapters.chat.text import Json, is_blank, size, travels
from adapters.slack import blocks, limits
from adapters.slack.escape import plain_text
from core.errors import ColloqueryError
from core.locale import say
from core.saved import Parameter, SavedTemplate
from core.templates.values import LONGEST_VALUE

RUN = "cq_run_template"
"""`callback_id` of the form for what a template needs."""
KEEP = "cq_keep_template"
"""`callback_id` of the form for a template itself."""
DELETE = "cq_delete_template"
"""`callback_id` of the question whether a template is to be deleted."""

_ACTION = "cq_text"
_VALUE = "cq_value:"
_WRONG = "cq_wrong"


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about; it travels in the form."""

    template: str = ""
    """The id of a template; empty for a new one."""
    answer: str = ""
    """The id of the question whose answer is kept."""
    channel: str = ""
    thread: str = ""
    """Where the form was opened, which is where a template is asked."""


def about(view: Mapping[str, Any]) -> About:
    """What a form that was sent is about."""
    return About(**json.loads(view["private_metadata"]))


def render_run_form(template: SavedTemplate, choices: Mapping[str, Sequence[str]], where: About, locale: str) -> Json:
    """The form for what a template needs; `choices` are the values of each choice, where they are known."""
    shown = [*blocks.paragraphs(template.question, locale)]
    shown += [_value(parameter, choices.get(parameter.name, ()), locale) for parameter in template.parameters]
    return _form(RUN, where, "run", shown, locale)


def read_values(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by the placeholder's name; what was left empty is not there."""
    typed = {block.removeprefix(_VALUE): _typed(fields) for block, fields in _fields(view) if block.startswith(_VALUE)}
    return {name: value for name, value in typed.items() if value}


def render_keep_form(draft: Draft, connections: Sequence[str], what: About, locale: str) -> Json:
    """The form for a template: a new one, one that is kept from an answer, one that is changed."""
    shown = [block for name in TEXTS for block in _text_field(name, getattr(draft, name) or "", locale)]
    fitting = [name for name in connections if travels(name) and size(name) <= limits.OPTION_VALUE][: limits.OPTIONS]
    if fitting:
        options = [blocks.option(name, name) for name in fitting]
        chosen = next((option for option in options if option["value"] == draft.connection), None)
        menu = blocks.select(say(locale, "chat.home.pick_connection"), _ACTION, options, chosen)
        shown.append(_input("cq_connection", say(locale, "chat.template.connection"), menu, optional=True))
    shown.append(_shared(draft.public, locale))
    return _form(KEEP, what, "edit" if what.template else "template", shown, locale)


def read_draft(view: Mapping[str, Any]) -> Draft:
    """What stands in a form that was sent."""
    inputs = {str(block.get("block_id")) for block in view["blocks"]}
    typed = {block.removeprefix("cq_"): _typed(fields) for block, fields in _fields(view)}
    texts = {name: typed.get(name, "") if f"cq_{name}" in inputs else None for name in TEXTS}
    return Draft(**texts, connection=typed.get("connection", ""), public=bool(typed.get("public")))


def render_delete_form(template: SavedTemplate, what: About, locale: str) -> Json:
    """Is it really to be deleted? Sending the form says yes."""
    shown = list(blocks.paragraphs(say(locale, "templates.delete_sure", name=template.name), locale))
    return _form(DELETE, what, "delete", shown, locale)


def render_template_told(text: str, locale: str) -> Json:
    """A form that only says something."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "chat.templates.title")),
        "close": blocks.title(say(locale, "chat.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def refilled(view: Mapping[str, Any], wrong: str, locale: str) -> Json:
    """A form that was sent, once more: what was typed stands in it, and above it what was wrong."""
    state = dict(_fields(view))
    kept = [block for block in view["blocks"] if block.get("block_id") != _WRONG]
    said: list[Json] = list(blocks.paragraphs(wrong, locale, bold=True))[:1]
    said[0]["block_id"] = _WRONG
    shown = [
        block | {"element": _refilled(block["element"], state.get(block["block_id"], {}))}
        if block["type"] == "input"
        else block
        for block in kept
    ]
    same = ("type", "callback_id", "private_metadata", "title", "submit", "close")
    return {key: view[key] for key in same if view.get(key)} | {"blocks": [*said, *shown]}


def field_of(error: ColloqueryError, view: Mapping[str, Any]) -> str:
    """The block beside which an error is said: the first input when it is about none of them, or about one that is not
    there; empty in a form without one.
    """
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    about_it = (f"{_VALUE}{error.details.get('name')}", f"cq_{field_about(error)}")
    return next((one for one in about_it if one in inputs), next(iter(inputs), ""))


def _value(parameter: Parameter, choices: Sequence[str], locale: str) -> Json:
    """The input for a placeholder."""
    asked = input_of(parameter, choices, locale, most=limits.OPTIONS, longest=limits.OPTION_TEXT)
    element: Json
    if asked.kind == "number":
        element = {"type": "number_input", "action_id": _ACTION, "is_decimal_allowed": True}
        element |= {"initial_value": asked.value} if asked.value else {}
    elif asked.kind == "date":
        element = {"type": "datepicker", "action_id": _ACTION}
        element |= {"initial_date": asked.value} if asked.value else {}
    elif asked.kind == "choice":
        options = [blocks.option(value, value) for value in asked.choices]
        chosen = next((option for option in options if option["value"] == asked.value), None)
        element = blocks.select(say(locale, "chat.choices.pick"), _ACTION, options, chosen)
    else:
        element = _text(asked.value, LONGEST_VALUE)
    return _input(f"{_VALUE}{asked.name}", asked.name, element, optional=asked.optional, hint=asked.hint)


def _text_field(name: str, text: str, locale: str) -> Iterator[Json]:
    most = longest(name, limits.INPUT)
    text = shown_text(name, text)
    label = say(locale, f"chat.template.{name}")
    if size(text) > most:
        yield blocks.context(say(locale, "chat.template.too_long", field=label))
        return
    hint = say(locale, f"chat.template.{name}_hint") if name in HINTED else ""
    element = _text(text, most, multiline=name in LINES)
    yield _input(f"cq_{name}", label, element, optional=name not in NEEDED, hint=hint)


def _shared(public: bool, locale: str) -> Json:
    everyone = blocks.option(say(locale, "chat.template.everyone"), "public")
    element: Json = {"type": "checkboxes", "action_id": _ACTION, "options": [everyone]}
    if public:
        element["initial_options"] = [everyone]
    return _input("cq_public", say(locale, "chat.template.public"), element, optional=True)


def _text(text: str, most: int, multiline: bool = False) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": _ACTION, "multiline": multiline, "max_length": most}
    return element if is_blank(text) else element | {"initial_value": text}


def _input(block_id: str, label: str, element: Json, *, optional: bool = False, hint: str = "") -> Json:
    field: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return field | {"hint": plain_text(hint, limits.INPUT_LABEL)} if hint else field


def _form(callback_id: str, what: About, words: str, shown: list[Json], locale: str) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": json.dumps({name: getattr(what, name) for name in About.__dataclass_fields__}),
        "title": blocks.title(say(locale, _TITLES[words])),
        "submit": blocks.title(say(locale, _SUBMITS[words])),
        "close": blocks.title(say(locale, "chat.modal.cancel")),
        "blocks": shown,
    }


_TITLES = {"run": "chat.templates.title", "template": "chat.template.title", "edit": "chat.template.edit_title",
           "delete": "chat.templates.title"}  # fmt: skip
_SUBMITS = {"run": "chat.templates.run", "template": "chat.template.submit", "edit": "chat.template.submit",
            "delete": "chat.templates.delete"}  # fmt: skip


def _fields(view: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The blocks with an input, and what stands in each."""
    for block, elements in view["state"]["values"].items():
        yield block, elements.get(_ACTION) or {}


def _typed(field: Mapping[str, Any]) -> str:
    """What stands in an input of any kind."""
    chosen = field.get("selected_option") or next(iter(field.get("selected_options") or ()), None) or {}
    return str(field.get("value") or field.get("selected_date") or chosen.get("value") or "")


def _refilled(element: Mapping[str, Any], field: Mapping[str, Any]) -> Json:
    empty = {key: value for key, value in element.items() if not key.startswith("initial_")}
    filled = {
        "initial_value": field.get("value"),
        "initial_date": field.get("selected_date"),
        "initial_option": field.get("selected_option"),
        "initial_options": field.get("selected_options"),
    }
    return empty | {key: value for key, value in filled.items() if value}
