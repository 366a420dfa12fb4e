"""A result, an error or a question asked back, made into a reply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.ask.present.chart import choose
from core.ask.present.facts import AnswerFacts, facts_part
from core.ask.present.hidden import masked, visible
from core.ask.present.plain import plain
from core.ask.present.sentence import sentence
from core.ask.present.visible import lines
from core.chat import Action, Actions, Choice, Choices, Notice, Part, Reply, Sql, Table, Text
from core.engines.base import Rows
from core.errors import (
    BadEdit,
    BadQuestion,
    BeyondWriter,
    ColloqueryError,
    NotAllowed,
    NoTemplate,
    QueryRefused,
    QuotaExceeded,
)
from core.locale import error_words, say

ActionName = Literal[
    "show_sql", "edit", "explain", "csv", "excel", "save_template", "schedule", "good", "bad", "stop", "retry",
    "not_meant",
]  # fmt: skip
"""The names of `core.chat.Action`."""

ANSWER_ACTIONS: tuple[ActionName, ...] = (
    "show_sql", "edit", "explain", "csv", "excel", "save_template", "schedule", "good", "bad",
)  # fmt: skip
"""What can be done with an answer. An adapter shows those it knows."""

_WARNINGS = (BadEdit, BadQuestion, BeyondWriter, NotAllowed, NoTemplate, QueryRefused, QuotaExceeded)
"""Said no, with a reason: nothing is broken."""


class Reader(Protocol):
    """Who a notice is for: an actor or a person."""

    @property
    def locale(self) -> str:
        """Their language, as in `core.chat.Actor`."""
        ...

    @property
    def timezone(self) -> str:
        """Where they are, an IANA name: the zone in which moments are said."""
        ...


@dataclass(frozen=True, slots=True)
class Presentable:
    """A question that was answered: the rows, the SQL that was run, and what is known of both."""

    question_id: str
    question: str
    rows: Rows
    sql: str
    dialect: str
    facts: AnswerFacts


def _reply(question_id: str, parts: list[Part], locale: str, ok: bool = True) -> Reply:
    return Reply(question_id, tuple(parts), plain(parts, locale), locale, ok)


def _actions(names: Sequence[ActionName], locale: str) -> list[Part]:
    items = tuple(Action(name, say(locale, f"present.action.{name}")) for name in names)
    return [Actions(items)] if items else []


def present(result: Presentable, locale: str, actions: Sequence[ActionName] = ANSWER_ACTIONS) -> Reply:
    """The answer: sentence, chart if one makes sense, table, SQL, facts and buttons, all from rows and query."""
    rows, seen = masked(result.rows, result.facts.hidden), visible(result.rows, result.facts.hidden)
    told = seen if seen.columns and len(seen.rows) > 1 else rows
    parts: list[Part] = [Text(sentence(told, result.facts.filters, locale))]
    chart = choose(seen.columns, seen.rows, locale, result.question, seen.truncated)
    if chart is not None:
        parts.append(chart)
    parts += [
        Table(rows.columns, rows.rows, rows.truncated),
        Sql(result.sql, result.dialect),
        facts_part(result.facts, rows, locale),
        *_actions(actions, locale),
    ]
    return _reply(result.question_id, parts, locale)


def reference(question_id: str) -> str:
    """The part of a question's id that people quote when they ask for help: its last eight characters."""
    return question_id[-8:]


def notice_reply(
    question_id: str,
    error: ColloqueryError,
    reader: Reader,
    sql: Sql | None = None,
    actions: Sequence[ActionName] = (),
) -> Reply:
    """What went wrong and what to do next, with a reference to quote; the SQL it happened to, when there is one."""
    locale = reader.locale
    text, hint = error_words(locale, error, reader.timezone)
    quoted = say(locale, "present.reference", reference=reference(question_id))
    level: Literal["warning", "error"] = "warning" if isinstance(error, _WARNINGS) else "error"
    notice = Notice(level, error.code, lines(text), " ".join(filter(None, (lines(hint), quoted))))
    parts: list[Part] = [notice] if sql is None else [notice, sql]
    return _reply(question_id, parts + _actions(actions, locale), locale, ok=False)


def choices_reply(question_id: str, prompt: str, about: str, options: Sequence[Choice], locale: str) -> Reply:
    """A question asked back. `prompt` is in the reader's language; `about` names what is chosen, for the adapter."""
    return _reply(question_id, [Choices(prompt, about, tuple(options))], locale)
