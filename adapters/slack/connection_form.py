"""The form in which a connection is added or changed, as a modal. Pure: what was typed in, a view out, and back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.chat.connection_form import FIELDS, KINDS, MODES, OPTIONAL, Typed, hint
from adapters.chat.text import Json, is_blank
from adapters.slack import blocks, limits
from adapters.slack.escape import plain_text
from core.locale import say

ADD = "cq_new_connection"
"""`callback_id` of the form for a new one."""
CHANGE = "cq_change_connection"
"""`callback_id` of the form for one that is there."""

_ACTION = "cq_text"
_FORGET = "cq_forget_ca"


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about; it travels in the form."""

    connection: str = ""
    """The id of the connection; empty for a new one."""
    revision: str = ""
    channel: str = ""
    thread: str = ""

    @property
    def metadata(self) -> str:
        """As it travels."""
        return json.dumps([self.connection, self.revision, self.channel, self.thread])


def about(view: Mapping[str, Any]) -> About:
    """What a form that was sent is about."""
    return About(*json.loads(view["private_metadata"]))


def read(view: Mapping[str, Any]) -> Typed:
    """What was typed, out of a form that was sent."""
    values = view["state"]["values"]
    names = (*FIELDS, "tls_ca")
    texts = {name: str((values.get(f"cq_{name}") or {}).get(_ACTION, {}).get("value") or "") for name in names}
    forgets = bool((values.get(_FORGET) or {}).get(_FORGET, {}).get("selected_options"))
    return Typed(_chosen(values, "cq_kind"), _chosen(values, "cq_tls") or "prefer", texts, forgets)


def render_connection_form(
    what: About, typed: Typed, locale: str, wrong: str = "", *, has_password: bool = False, has_ca: bool = False
) -> Json:
    """The form. `wrong` is what was wrong with it the last time; of one that is there, what it has already."""
    changes = bool(what.connection)
    words = "chat.change" if changes else "chat.new"
    return {
        "type": "modal",
        "callback_id": CHANGE if changes else ADD,
        "private_metadata": what.metadata,
        "title": blocks.title(say(locale, f"{words}.title")),
        "submit": blocks.title(say(locale, f"{words}.submit")),
        "close": blocks.title(say(locale, "chat.modal.cancel")),
        "blocks": list(_blocks(typed, locale, wrong, has_password=has_password, has_ca=has_ca)),
    }


def _blocks(typed: Typed, locale: str, wrong: str, *, has_password: bool, has_ca: bool) -> Iterator[Json]:
    if wrong:
        yield from blocks.paragraphs(wrong, locale, bold=True)
    if not typed.kind:
        yield _text("name", FIELDS["name"], typed, locale)
        return
    yield _menu("kind", {kind: kind for kind in KINDS}, typed.kind, locale)
    for name, most in FIELDS.items():
        yield _text(name, most, typed, locale, below=hint(name, locale, has_password=has_password))
    yield _menu("tls", {mode: say(locale, f"connections.tls.{mode}") for mode in MODES}, typed.tls, locale)
    below = hint("tls_ca", locale, has_ca=has_ca)
    yield _text("tls_ca", limits.INPUT, typed, locale, multiline=True, below=below)
    if has_ca:
        forget = blocks.option(say(locale, "chat.change.forget_ca"), "forget")
        box: Json = {"type": "checkboxes", "action_id": _FORGET, "options": [forget]}
        yield _labelled(_FORGET, say(locale, "connections.field.tls_ca"), box, optional=True)


def render_told(text: str, locale: str) -> Json:
    """A form that only says something."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "chat.connections.one")),
        "close": blocks.title(say(locale, "chat.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def _menu(name: str, names: Mapping[str, str], typed: str, locale: str) -> Json:
    options = [blocks.option(text, value) for value, text in names.items()]
    chosen = next((option for option in options if option["value"] == typed), options[0])
    title = say(locale, f"chat.new.{name}")
    return _labelled(f"cq_{name}", title, blocks.select(title, f"cq_{name}", options, chosen))


def _text(name: str, most: int, typed: Typed, locale: str, *, multiline: bool = False, below: str = "") -> Json:
    element: Json = {"type": "plain_text_input", "action_id": _ACTION, "max_length": most, "multiline": multiline}
    before = "" if name == "password" else typed.values.get(name, "")
    if not is_blank(before):
        element["initial_value"] = before
    title = say(locale, f"chat.new.{name}")
    return _labelled(f"cq_{name}", title, element, optional=name in OPTIONAL, below=below)


def _labelled(block_id: str, title: str, element: Json, *, optional: bool = False, below: str = "") -> Json:
    made: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(title, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return made | {"hint": plain_text(below, limits.INPUT_LABEL)} if below else made


def _chosen(values: Mapping[str, Any], name: str) -> str:
    return str(((values.get(name) or {}).get(name, {}).get("selected_option") or {}).get("value") or "")
