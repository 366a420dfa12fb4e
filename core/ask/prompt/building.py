"""Builds the one prompt of a question, within a ceiling that nothing passes.

What is sent: the system text, the linked schema and verified examples fenced as data, the question before this one with
its SQL (never rows), today's date, and the question last. When it is too much, examples go first, then columns.
"""

from dataclasses import dataclass
from datetime import date

from core.ask.linking import Linker
from core.ask.prompt.texts import system_text
from core.errors import BadQuestion, BeyondWriter
from core.model.base import Previous, Prompt
from core.model.plain import fenced, plain_line
from core.schema import Linked, Private
from core.tokens import count, count_messages, cut

CEILING = 550
"""Tokens of one question, all in: both messages, what the server adds around them, and the longest answer."""

AIM = 420
"""Tokens aimed at when the schema knows the words of the question: then a shorter selection misses nothing."""

MAX_OUTPUT = 120
"""Tokens the answer may have. A query of this product's kind has about 50."""

_SURE = 0.6
"""Share of the question's words that the schema must know for the shorter selection."""
_SCHEMA = 130
"""Tokens the schema gets, where the ceiling allows, however much else there is to say."""
_LEAST = 60
"""Tokens without which a schema says nothing."""
_EXAMPLES = 2
_EXAMPLE_TOKENS = 120
_PREVIOUS_QUESTION = 40
_PREVIOUS_SQL = 120


@dataclass(frozen=True, slots=True)
class Example:
    """A question somebody asked before and the SQL that was found right."""

    question: str
    sql: str


@dataclass(frozen=True, slots=True)
class Built:
    """A prompt, the part of the schema it shows, and what had to be left out of it."""

    prompt: Prompt
    linked: Linked
    dropped: tuple[str, ...] = ()
    """Any of "examples", "previous", "columns", in the order they were given up."""


def build(
    question: str,
    linker: Linker,
    today: date,
    *,
    previous: Previous | None = None,
    boost: tuple[str, ...] = (),
    private: Private = frozenset(),
    examples: tuple[Example, ...] = (),
    ceiling: int = CEILING,
    aim: int = AIM,
    max_output: int = MAX_OUTPUT,
) -> Built:
    """The prompt for one question; `Prompt.tokens + max_output` never exceeds `ceiling`.

    `boost` are the ids of tables the previous question used; `examples` come nearest first. Raises `BadQuestion`
    ("question.too_long_for_model") when the question leaves no room for a schema, and `BeyondWriter`
    ("writer.no_tables") when there is no table to ask.
    """
    system = system_text("system", linker.dialect)
    dropped: list[str] = []
    before = _before(previous)

    def used(after: str, schema: str = "") -> int:
        return count_messages(system, _user(schema, after)) + max_output

    after = _asked(question, today, before)
    if before and used(after) + _LEAST > ceiling:
        after = _asked(question, today, "")
        dropped.append("previous")
    room = ceiling - used(after)
    if room < _LEAST:
        asked = count(question)
        raise BadQuestion("question.too_long_for_model", tokens=asked, limit=max(0, asked + room - _LEAST))

    comfortable = max(_SCHEMA, aim - used(after)) if linker.covers(question) >= _SURE else room
    budget = min(room, comfortable)
    linked = linker.link(question, budget, boost, private)
    while linked.tables and used(after, linked.text) > ceiling:
        budget -= used(after, linked.text) - ceiling
        linked = linker.link(question, budget, boost, private)
    if not linked.tables:
        raise BeyondWriter("writer.no_tables")

    shown = linked.text
    usable = [line for line in map(_line, examples) if count(line) <= _EXAMPLE_TOKENS][:_EXAMPLES]
    for line in usable:
        if used(after, f"{shown}\n{line}") <= ceiling:
            shown = f"{shown}\n{line}"
        elif "examples" not in dropped:
            dropped.append("examples")
    if linker.prunes(linked, private):
        dropped.append("columns")
    user = _user(shown, after)
    return Built(Prompt(system, user, count_messages(system, user), max_output), linked, tuple(dropped))


def _user(schema: str, after: str) -> str:
    return f"{fenced(schema)}\n{after}"


def _asked(question: str, today: date, before: str) -> str:
    return f"{before}Today: {today.isoformat()}\nQuestion: {plain_line(question)}"


def _before(previous: Previous | None) -> str:
    if previous is None:
        return ""
    question = cut(plain_line(previous.question), _PREVIOUS_QUESTION)
    return f"Before: {question}\nSQL: {cut(plain_line(previous.sql), _PREVIOUS_SQL)}\n"


def _line(example: Example) -> str:
    return f"Example: {plain_line(example.question)} SQL: {plain_line(example.sql)}"
