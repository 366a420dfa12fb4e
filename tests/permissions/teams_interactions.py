"""Everything that somebody can do in Teams, as Teams sends it: each word, button, dialog, form and invoke.

Whoever adds a name to a listener's table adds what it hears here, or the test of the walk fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from adapters.chat.templates import DEEDS
from tests.permissions.interactions import CANARY, Json, Things, Whose

Kind = Literal["word", "press", "open", "send", "invoke"]


@dataclass(frozen=True)
class Deed:
    """Something that somebody does. `name` is what listens to it."""

    kind: Kind
    name: str
    value: str = ""
    whose: Whose = "anyone"
    fields: Json = field(default_factory=dict)

    @property
    def said(self) -> str:
        return f"{self.kind} {self.name} {self.value}"


def words() -> Iterator[Deed]:
    for word in ("home", "templates", f"templates {CANARY}", "connections", "schedules", "usage", "usage csv", "page"):
        yield Deed("word", word)
    yield Deed("word", "ask How many customers are in Seoul?")
    for word in ("help", "ask", "usage help"):
        yield Deed("word", word, whose="nothing")
    for said in ("all", "ada@example.com", "limits", "limit viewer hour 9", "csv people"):
        yield Deed("word", f"usage {said}", whose="administrator")


def presses(things: Things) -> Iterator[Deed]:
    question, template, connection = things.question, things.template, things.connection
    for name in ("explain", "csv", "excel", "stop", "retry", "not_meant"):
        yield Deed("press", name, question, "owner")
    yield Deed("press", "choose", f"{question}|x", "owner")
    yield Deed("press", "feedback", f"good|{question}", "owner")
    yield Deed("press", "home")
    yield Deed("press", "templates", f"0|{CANARY}")
    for name in ("template", "template_show"):
        yield Deed("press", name, template, "owner")
    for name in DEEDS:
        yield Deed("press", f"template_{name}", template, "administrator" if "verify" in name else "owner")
    yield Deed("press", "connections", "0")
    yield Deed("press", "connection", connection, "owner")
    for line in ("show", "default", "test", "refresh", "disable", "enable", "here"):
        yield Deed("press", "connection_menu", f"{line}|{connection}", "owner")
    for act in ("pause", "resume", "run", "delete"):
        yield Deed("press", "schedule_do", f"{act}|{things.schedule}", "owner")
    yield Deed("press", "usage_span", "week", "administrator")


def opens(things: Things) -> Iterator[Deed]:
    question, template, connection = things.question, things.template, things.connection
    for name in ("edit", "save_template", "schedule"):
        yield Deed("open", name, question, "owner")
    yield Deed("open", "feedback", f"bad|{question}", "owner")
    for name in ("template_form", "template_edit", "template_delete"):
        yield Deed("open", name, template, "owner")
    yield Deed("open", "new_template")
    yield Deed("open", "add_connection", whose="nothing")
    for name in ("connection_edit", "connection_give", "connection_take", "connection_delete"):
        yield Deed("open", name, connection, "owner")
    yield Deed("open", "limits", whose="administrator")
    yield Deed("open", "sign_in")


def sends(things: Things) -> Iterator[Deed]:
    question, template, connection = things.question, things.template, things.connection
    yield Deed("send", "edit", question, "owner", {"sql": "SELECT 1 AS one"})
    yield Deed("send", "reason", question, "owner", {"reason": "Wrong."})
    yield Deed("send", "keep_schedule", question, "owner", {"when": "every weekday at 9"})
    yield Deed("send", "limits", "", "administrator", {"whom": "everyone", "hour": "9"})
    yield Deed("send", "run_template", template, "owner", {"value_city": "Seoul"})
    texts = {"name": "new", "question": "How many?", "sql": "SELECT COUNT(*) AS n FROM customers"}
    for about in (f"{template}||", f"|{question}|"):
        yield Deed("send", "keep_template", about, "owner", dict(texts))
    yield Deed("send", "delete_template", template, "owner")
    typed = {"name": "new", "host": "127.0.0.1", "user": "u", "kind": "postgresql"}
    yield Deed("send", "new_connection", "", "anyone", dict(typed))
    yield Deed("send", "change_connection", f"{connection}|", "owner", {"name": "renamed"})
    yield Deed("send", "give_connection", connection, "owner", {"whom": "everyone"})
    yield Deed("send", "take_connection", connection, "owner", {"from": "everyone|*"})
    yield Deed("send", "delete_connection", connection, "owner")


def invokes(things: Things) -> Iterator[Deed]:
    for kind in ("csv", "excel"):
        context = {"kind": kind, "v": things.question}
        yield Deed("invoke", "fileConsent/invoke", kind, "owner", {"action": "accept", "context": context})
    context = {"kind": "usage", "v": "people:month"}
    yield Deed("invoke", "fileConsent/invoke", "usage", "administrator", {"action": "accept", "context": context})


def everything(things: Things) -> list[Deed]:
    """All of them."""
    return [*words(), *presses(things), *opens(things), *sends(things), *invokes(things)]
