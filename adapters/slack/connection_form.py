"""The form in which a connection is added or changed. Pure: what was typed in, a view out, and back again.

What was typed is filled in again when the connection could not be reached, all but the password, which is never sent
back to Slack.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from adapters.slack import blocks, limits
from adapters.slack.escape import Json, is_blank, plain_text
from core.chat import ConnectionView, TlsMode
from core.connections.connection import ConnectionEdit, NewConnection
from core.connections.fields import LENGTHS
from core.engines.base import ServerKind
from core.errors import BadConnection
from core.locale import say

ADD = "cq_new_connection"
"""`callback_id` of the form for a new one."""
CHANGE = "cq_change_connection"
"""`callback_id` of the form for one that is there."""

KINDS: tuple[ServerKind, ...] = tuple(kind for kind in get_args(ServerKind) if kind != "sqlite")
"""A SQLite file is on the machine of the server: nobody names one from a chat."""
MODES: tuple[TlsMode, ...] = get_args(TlsMode)

_FIELDS = {name: LENGTHS.get(name, 5) for name in ("name", "host", "port", "database", "user", "password")}
"""Characters of each, as the store has them. Only the port may be left out: then it is the server's usual one."""
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


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    kind: str = "postgresql"
    """Empty for a file: in a chat nothing but its name is changed."""
    tls: str = "prefer"
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    forgets_ca: bool = False

    def connection(self) -> NewConnection:
        """The connection that is meant; port 0 is the server's usual one. Raises `BadConnection`."""
        texts = {name: self.values.get(name, "").strip() for name in ("name", "host", "user", "database")}
        return NewConnection(
            **texts,
            kind=self._kind(),
            port=self._port(),
            password=self.values.get("password", ""),
            tls=self._mode(),
            tls_ca=self.values.get("tls_ca", ""),
        )

    def edit(self, revision: str) -> ConnectionEdit:
        """The change that is meant: an empty password, and empty certificates, stay as they are. Raises as above."""
        if not self.kind:
            return ConnectionEdit(name=self.values.get("name", "").strip(), revision=revision)
        new = self.connection()
        return ConnectionEdit(
            name=new.name,
            kind=new.kind,
            host=new.host,
            port=new.port,
            user=new.user,
            password=new.password or None,
            database=new.database,
            tls=new.tls,
            tls_ca="" if self.forgets_ca else new.tls_ca or None,
            revision=revision,
        )

    def _kind(self) -> ServerKind:
        for kind in KINDS:
            if kind == self.kind:
                return kind
        raise BadConnection("connection.kind", kinds=", ".join(KINDS))

    def _mode(self) -> TlsMode:
        for mode in MODES:
            if mode == self.tls:
                return mode
        raise BadConnection("connection.tls_mode", modes=", ".join(MODES))

    def _port(self) -> int:
        port = self.values.get("port", "").strip()
        if port and not (port.isascii() and port.isdigit()):
            raise BadConnection("connection.bad_port")
        return int(port or 0)


def typed_of(view: ConnectionView) -> Typed:
    """A connection as the form shows it."""
    if view.kind not in KINDS:
        return Typed("", values={"name": view.name})
    values = {"name": view.name, "host": view.host, "port": str(view.port), "database": view.database,
              "user": view.user}  # fmt: skip
    return Typed(view.kind, view.tls, values)


def about(view: Mapping[str, Any]) -> About:
    """What a form that was sent is about."""
    return About(*json.loads(view["private_metadata"]))


def read(view: Mapping[str, Any]) -> Typed:
    """What was typed, out of a form that was sent."""
    values = view["state"]["values"]
    names = (*_FIELDS, "tls_ca")
    texts = {name: str((values.get(f"cq_{name}") or {}).get(_ACTION, {}).get("value") or "") for name in names}
    forgets = bool((values.get(_FORGET) or {}).get(_FORGET, {}).get("selected_options"))
    return Typed(_chosen(values, "cq_kind"), _chosen(values, "cq_tls") or "prefer", texts, forgets)


def render_connection_form(
    what: About, typed: Typed, locale: str, wrong: str = "", *, has_password: bool = False, has_ca: bool = False
) -> Json:
    """The form. `wrong` is what was wrong with it the last time; of one that is there, what it has already."""
    changes = bool(what.connection)
    words = "slack.change" if changes else "slack.new"
    return {
        "type": "modal",
        "callback_id": CHANGE if changes else ADD,
        "private_metadata": what.metadata,
        "title": blocks.title(say(locale, f"{words}.title")),
        "submit": blocks.title(say(locale, f"{words}.submit")),
        "close": blocks.title(say(locale, "slack.modal.cancel")),
        "blocks": list(_blocks(typed, locale, wrong, has_password=has_password, has_ca=has_ca)),
    }


def _blocks(typed: Typed, locale: str, wrong: str, *, has_password: bool, has_ca: bool) -> Iterator[Json]:
    if wrong:
        yield from blocks.paragraphs(wrong, locale, bold=True)
    if not typed.kind:
        yield _text("name", _FIELDS["name"], typed, locale)
        return
    yield _menu("kind", {kind: kind for kind in KINDS}, typed.kind, locale)
    for name, most in _FIELDS.items():
        hint = say(locale, "slack.change.password_stays") if name == "password" and has_password else ""
        yield _text(name, most, typed, locale, hint=hint)
    yield _menu("tls", {mode: say(locale, f"connections.tls.{mode}") for mode in MODES}, typed.tls, locale)
    hint = say(locale, "slack.change.ca_stays" if has_ca else "slack.new.tls_ca_hint")
    yield _text("tls_ca", limits.INPUT, typed, locale, multiline=True, hint=hint)
    if has_ca:
        forget = blocks.option(say(locale, "slack.change.forget_ca"), "forget")
        box: Json = {"type": "checkboxes", "action_id": _FORGET, "options": [forget]}
        yield _labelled(_FORGET, say(locale, "connections.field.tls_ca"), box, optional=True)


def render_told(text: str, locale: str) -> Json:
    """A form that only says something."""
    return {
        "type": "modal",
        "title": blocks.title(say(locale, "slack.connections.one")),
        "close": blocks.title(say(locale, "slack.modal.close")),
        "blocks": list(blocks.paragraphs(text, locale)),
    }


def _menu(name: str, names: Mapping[str, str], typed: str, locale: str) -> Json:
    options = [blocks.option(text, value) for value, text in names.items()]
    chosen = next((option for option in options if option["value"] == typed), options[0])
    title = say(locale, f"slack.new.{name}")
    return _labelled(f"cq_{name}", title, blocks.select(title, f"cq_{name}", options, chosen))


def _text(name: str, most: int, typed: Typed, locale: str, *, multiline: bool = False, hint: str = "") -> Json:
    element: Json = {"type": "plain_text_input", "action_id": _ACTION, "max_length": most, "multiline": multiline}
    before = "" if name == "password" else typed.values.get(name, "")
    if not is_blank(before):
        element["initial_value"] = before
    optional = name in ("port", "password", "tls_ca")
    return _labelled(f"cq_{name}", say(locale, f"slack.new.{name}"), element, optional=optional, hint=hint)


def _labelled(block_id: str, title: str, element: Json, *, optional: bool = False, hint: str = "") -> Json:
    made: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(title, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return made | {"hint": plain_text(hint, limits.INPUT_LABEL)} if hint else made


def _chosen(values: Mapping[str, Any], name: str) -> str:
    return str(((values.get(name) or {}).get(name, {}).get("selected_option") or {}).get("value") or "")
