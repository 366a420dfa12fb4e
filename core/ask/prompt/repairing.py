"""The second and last prompt of a question: a query that failed, why, and the columns of its tables."""

from core.ask.linking import Linker, Private
from core.ask.linking.names import plain_line
from core.ask.prompt.building import MAX_OUTPUT
from core.ask.prompt.texts import fenced, system_text
from core.model.base import Prompt
from core.schema import Schema, Table
from core.tokens import count_messages, cut

REPAIR_TOKENS = 280
"""Most tokens of the prompt, its answer not counted."""

_QUESTION = 60
_SQL = 120
_ERROR = 40
_LEAST = 30


def repair(
    question: str,
    sql: str,
    error: str,
    tables: tuple[Table, ...],
    dialect: str,
    *,
    private: Private = frozenset(),
    ceiling: int = REPAIR_TOKENS,
    max_output: int = MAX_OUTPUT,
) -> Prompt:
    """The prompt that asks for a corrected query, of at most `ceiling` tokens.

    `error` is in our own words (a reason and names of the query), never a driver's text. `tables` are those the query
    reads or may have meant, whole; only what fits of them is shown, what question and query name first. Long texts
    are cut, the query last.
    """
    system = system_text("repair", dialect)
    linker = Linker(Schema(dialect, tables))
    question, sql, error = plain_line(question), plain_line(sql), plain_line(error)
    share = 1.0
    while True:
        after = "\n".join(
            (
                f"Question: {cut(question, int(_QUESTION * share))}",
                f"Query: {cut(sql, int(_SQL * share))}",
                f"Problem: {cut(error, int(_ERROR * share))}",
            )
        )
        room = ceiling - count_messages(system, f"{fenced('')}\n{after}")
        if room >= _LEAST or share < 0.1:
            break
        share *= 0.8
    linked = linker.link(f"{question} {sql} {error}", max(0, room - 2), private=private)
    user = f"{fenced(linked.text)}\n{after}"
    return Prompt(system, user, count_messages(system, user), max_output)
