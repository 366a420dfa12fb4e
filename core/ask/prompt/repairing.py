"""The second and last prompt of a question: a query that failed, why, and the columns of its tables.

Where a value was the reason, the known values of its column too, which the catalog read: never rows of an answer.
"""

from core.ask.linking import Linker
from core.ask.linking.lines import Lines
from core.ask.prompt.building import MAX_OUTPUT
from core.ask.prompt.texts import system_text
from core.model.base import Prompt
from core.model.plain import fenced, plain_line
from core.schema import ColumnValues, Private, Schema, Table, ValueMatch
from core.tokens import count, count_messages, cut

REPAIR_TOKENS = 280
"""Most tokens of the prompt, its answer not counted."""

_QUESTION = 60
_SQL = 120
_ERROR = 40
_VALUES = 60
_LEAST = 30


def repair(
    question: str,
    sql: str,
    error: str,
    tables: tuple[Table, ...],
    dialect: str,
    *,
    values: tuple[ColumnValues, ...] = (),
    private: Private = frozenset(),
    ceiling: int = REPAIR_TOKENS,
    max_output: int = MAX_OUTPUT,
) -> Prompt:
    """The prompt that asks for a corrected query, of at most `ceiling` tokens.

    `error` is in our own words (a reason and names of the query), never a driver's text. `tables` are those the query
    reads or may have meant, whole; only what fits of them is shown, what question and query name first. Long texts
    are cut, the query last. Of `values`, the most telling first, as many are shown as a part of the room holds.
    """
    system = system_text("repair", dialect)
    schema = Schema(dialect, tables)
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
    lines = _value_lines(schema, values, private, min(_VALUES, room - _LEAST))
    room -= sum(count(f"{line}\n") for line in lines)
    linked = Linker(schema).link(f"{question} {sql} {error}", max(0, room - 2), private=private)
    known = fenced("\n".join(filter(None, (linked.text, *lines))))
    user = f"{known}\n{after}"
    return Prompt(system, user, count_messages(system, user), max_output)


def _value_lines(schema: Schema, values: tuple[ColumnValues, ...], private: Private, budget: int) -> list[str]:
    """`t.c: 'X', 'Y'` for each column, all of them together in at most `budget` tokens."""
    listed = {table.id for table in schema.tables}
    shown = [each for each in values if each.table in listed and (each.table, each.column) not in private]
    lines = Lines(schema)
    found: list[str] = []
    for each in shown:
        matches: list[ValueMatch] = []
        line: list[str] = []
        for value in each.values:
            longer = lines.values([*matches, ValueMatch(each.table, each.column, value, "")])
            if sum(count(f"{one}\n") for one in longer) > budget // len(shown):
                break
            matches.append(ValueMatch(each.table, each.column, value, ""))
            line = longer
        found += line
    return found
