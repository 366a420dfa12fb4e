"""The form in which an administrator adds a connection. Pure: what was typed in, a view out, and back again.

What was typed is filled in again when the connection could not be reached, all but the password, which is never sent
back to Slack.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from adapters.slack import blocks, limits
from adapters.slack.escape import Json, is_blank, plain_text
from core.connections.connection import NewConnection
from core.engines.base import ServerKind
from core.errors import BadConnection
from core.locale import say

CONNECTION = "cq_new_connection"
"""`callback_id` of the form."""

KINDS: tuple[ServerKind, ...] = tuple(kind for kind in get_args(ServerKind) if kind != "sqlite")
"""A SQLite file is on the machine of the server: nobody names one from a chat."""

_FIELDS = {"name": 100, "host": 255, "port": 5, "database": 100, "user": 100, "password": 255}
"""Characters of each, as the store has them. Only the port may be left out: then it is the server's usual one."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    kind: str = "postgresql"
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def connection(self) -> NewConnection:
        """The connection that is meant; port 0 is the server's usual one. Raises `BadConnection`."""
        kind = next((one for one in KINDS if one == self.kind), None)
        port = self.values.get("port", "").strip()
        if kind is None or (port and not (port.isascii() and port.isdigit())):
            raise BadConnection("connection.bad_port" if kind else "connection.kind", kinds=", ".join(KINDS))
        texts = {name: self.values.get(name, "").strip() for name in ("name", "host", "user", "database")}
        return NewConnection(**texts, kind=kind, port=int(port or 0), password=self.values.get("password", ""))


def read(view: Mapping[str, Any]) -> Typed:
    """What was typed, out of a view that was sent."""
    values = view["state"]["values"]
    texts = {name: str((values.get(f"cq_{name}") or {}).get("cq_text", {}).get("value") or "") for name in _FIELDS}
    chosen = (values.get("cq_kind") or {}).get("cq_kind", {}).get("selected_option") or {}
    return Typed(str(chosen.get("value") or ""), texts)


def render_connection_form(where: str, typed: Typed, locale: str, wrong: str = "") -> Json:
    """The form. `where` travels in it; `wrong` is what was wrong with it the last time."""
    shown = list(blocks.paragraphs(wrong, locale)) if wrong else []
    options = [blocks.option(kind, kind) for kind in KINDS]
    chosen = next((option for option in options if option["value"] == typed.kind), options[0])
    shown.append(_labelled("kind", blocks.select(say(locale, "slack.new.kind"), "cq_kind", options, chosen), locale))
    shown += [_text(name, most, typed, locale) for name, most in _FIELDS.items()]
    return {
        "type": "modal",
        "callback_id": CONNECTION,
        "private_metadata": where,
        "title": blocks.title(say(locale, "slack.new.title")),
        "submit": blocks.title(say(locale, "slack.new.submit")),
        "close": blocks.title(say(locale, "slack.modal.cancel")),
        "blocks": shown,
    }


def render_told(text: str, locale: str) -> Json:
    """A form that only says something."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "slack.new.title")),
        "close": blocks.title(say(locale, "slack.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def _text(name: str, most: int, typed: Typed, locale: str) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "cq_text", "max_length": most}
    before = "" if name == "password" else typed.values.get(name, "")
    if not is_blank(before):
        element["initial_value"] = before
    return _labelled(name, element, locale, optional=name in ("port", "password"))


def _labelled(name: str, element: Json, locale: str, *, optional: bool = False) -> Json:
    return {
        "type": "input",
        "block_id": f"cq_{name}",
        "label": plain_text(say(locale, f"slack.new.{name}"), limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
