"""Everything that somebody can do in Slack, as Slack sends it: each command, button, menu, form and event.

Whoever registers a listener adds what it hears here, or the test of the walk fails.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters.slack import connection_form, connection_modals, modals, schedule_pages, template_modals, usage_form
from adapters.slack.listeners import connections, templates
from tests.adapters.slack.server import DIRECT

Json = dict[str, Any]

Whose = Literal["anyone", "owner", "administrator", "nothing"]
"""Who is given something: every member; the owner of the thing and administrators; administrators alone. "nothing":
it says and does the same for everybody, and asks no more than that."""

CANARY = "canary"
"""In the name, the words and the SQL of everything that is the administrator's: nobody else is told of it."""


@dataclass(frozen=True)
class Things:
    """What is the administrator's, by id."""

    question: str
    template: str
    connection: str
    schedule: str


@dataclass(frozen=True)
class Interaction:
    """Something that somebody does. `name` is what listens to it."""

    kind: Literal["command", "action", "view", "event"]
    name: str
    value: str = ""
    whose: Whose = "anyone"
    state: Json = field(default_factory=dict)
    fields: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        return f"{self.kind} {self.name} {self.value}"


def commands() -> Iterator[Interaction]:
    yield Interaction("command", "/ask", "", "nothing")
    yield Interaction("command", "/ask", "How many customers are in Seoul?")
    yield Interaction("command", "/templates")
    yield Interaction("command", "/templates", CANARY)
    yield Interaction("command", "/connections")
    yield Interaction("command", "/colloquery", "help", "nothing")
    yield Interaction("command", "/colloquery", "schedules")
    yield Interaction("command", "/colloquery", "usage all", "administrator")
    yield Interaction("command", "/usage")
    yield Interaction("command", "/usage", "csv")
    yield Interaction("command", "/usage", "help", "nothing")
    for text in ("all", "ada@example.com", "limits", "limit viewer hour 9", "csv people"):
        yield Interaction("command", "/usage", text, "administrator")


def actions(things: Things) -> Iterator[Interaction]:
    question, template, connection = things.question, things.template, things.connection
    for name in ("show_sql", "edit", "explain", "csv", "excel", "stop", "save_template", "schedule", "not_meant"):
        yield Interaction("action", name, question, "owner")
    for verdict in ("good", "bad"):
        yield Interaction("action", "feedback", f"{verdict}|{question}", "owner")
    yield Interaction("action", "choose", f"{question}|x", "owner")
    yield Interaction("action", "templates", f"0|{CANARY}")
    yield Interaction("action", "new_template", "new")
    for name in ("template", "template_form"):
        yield Interaction("action", name, template, "owner")
    for line in templates._LINES:
        whose: Whose = "administrator" if "verify" in line else "owner"
        yield Interaction("action", "template_menu", f"{line}|{template}", whose)
    yield Interaction("action", "connections", "0")
    yield Interaction("action", "add_connection", "new", "nothing")
    yield Interaction("action", "connection", connection, "owner")
    for line in connections.LINES:
        yield Interaction("action", "connection_menu", f"{line}|{connection}", "owner")
    for act in ("pause", "resume", "run", "delete"):
        yield Interaction("action", "schedule_do", f"{act}|{things.schedule}", "owner")
    yield Interaction("action", "usage_span", "week", "administrator")
    yield Interaction("action", "limits", "set", "administrator")
    yield Interaction("action", "sign_in", "page")
    yield Interaction("action", "sign_in_open", "", "nothing")


def views(things: Things, channel: str) -> Iterator[Interaction]:
    question = things.question
    of_template = json.dumps({"template": things.template, "answer": "", "channel": channel, "thread": ""})
    of_answer = json.dumps({"template": "", "answer": question, "channel": channel, "thread": ""})
    of_connection = json.dumps([things.connection, "", channel, ""])
    texts = {"name": "new", "question": "How many?", "sql": "SELECT COUNT(*) AS n FROM customers", "parameters": "",
             "description": "", "category": ""}  # fmt: skip
    kept = {f"cq_{name}": _text(text) for name, text in texts.items()}
    yield Interaction("view", modals.EDIT, question, "owner", {"cq_input": _text("SELECT 1 AS one")})
    yield Interaction("view", modals.REASON, question, "owner", {"cq_input": _text("Wrong.")})
    everyone = {"cq_whom": _choice("everyone"), "cq_hour": {"cq_number": {"value": "9"}}}
    yield Interaction("view", usage_form.LIMITS, "", "administrator", everyone)
    city = {"cq_value:city": _text("Seoul")}
    yield Interaction("view", template_modals.RUN, of_template, "owner", city)
    for about in (of_template, of_answer):
        yield Interaction("view", template_modals.KEEP, about, "owner", kept, tuple(kept))
    yield Interaction("view", template_modals.DELETE, of_template, "owner")
    scheduled = {schedule_pages.WHEN_FIELD: _text("every weekday at 9"), schedule_pages.CONDITION_FIELD: _text("")}
    yield Interaction("view", schedule_pages.FORM, json.dumps([question, DIRECT]), "owner", scheduled)
    typed = {f"cq_{name}": _text(text) for name, text in {"name": "new", "host": "127.0.0.1", "user": "u"}.items()}
    kind = {"cq_kind": {"cq_kind": {"type": "static_select", "selected_option": {"value": "postgresql"}}}}
    yield Interaction("view", connection_form.ADD, json.dumps(["", "", channel, ""]), "anyone", typed | kind)
    renamed = {"cq_name": _text("renamed")}
    yield Interaction("view", connection_form.CHANGE, of_connection, "owner", renamed)
    yield Interaction("view", connection_modals.GIVE, of_connection, "owner", {"cq_whom": _choice("everyone")})
    yield Interaction("view", connection_modals.TAKE, of_connection, "owner", {"cq_whom": _choice("everyone|*")})
    yield Interaction("view", connection_modals.DELETE, of_connection, "owner")


def events() -> Iterator[Interaction]:
    yield Interaction("event", "app_mention", "How many customers are in Seoul?")
    yield Interaction("event", "message", "templates")
    yield Interaction("event", "app_home_opened")
    yield Interaction("event", "agent_session_stopped", "", "nothing")


def everything(things: Things, channel: str) -> list[Interaction]:
    """All of them."""
    return [*commands(), *actions(things), *views(things, channel), *events()]


def _text(text: str) -> Json:
    return {"cq_text": {"type": "plain_text_input", "value": text}}


def _choice(value: str) -> Json:
    return {"cq_choice": {"type": "static_select", "selected_option": {"value": value}}}
