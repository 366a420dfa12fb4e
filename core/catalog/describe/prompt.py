"""What a model is shown of a schema: names, types, keys and comments. Never a value, never a private column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from core.model.base import Prompt
from core.model.plain import fenced, plain_line
from core.schema import Column, Private, Table
from core.sql.products import product
from core.tokens import count, count_messages, cut

MOST_OUTPUT = 1_500
"""Tokens of one answer."""
OUTPUT_ESTIMATE = 42
"""Tokens that one name's line takes as a rule: a name of 8, a sentence of 12, six words in two languages."""

_OUTPUT_MOST = 75
"""Tokens that one name's line may take: about the longest that is kept."""
_OUTPUT_BESIDE = 60
"""Tokens for what a model says although it was asked not to."""
_COMMENT = 40
"""Tokens of a comment that are shown."""
_LONGEST_LINE = 120
"""Tokens. A name that alone is longer says nothing to anybody."""

_VALUES = re.compile(r"[(\[{'\"].*", re.DOTALL)
"""What follows a type's name: a length, or the values of an enum, which are data."""
_LONGEST_TYPE = 20


@dataclass(frozen=True, slots=True)
class Item:
    """A table, or one of its columns, and how it is shown."""

    table: str
    """As `core.schema.Table.id`."""
    column: str
    """Empty for the table itself."""
    name: str
    """As it is shown, and as the answer should repeat it."""
    line: str


def items_of(table: Table, private: Private) -> list[Item]:
    """A table and its columns as a model may see them; none of the private ones, nor what is too long to show."""
    named = _name(table.id)
    shown = [Item(table.id, "", named, _line(named, _comment(table.comment)))]
    points_to = {column: key.ref_table for key in table.foreign_keys for column in key.columns}
    for column in table.columns:
        if (table.id, column.name) not in private:
            name = f"{named}.{_name(column.name)}"
            to = points_to.get(column.name)
            about = (_type(column), f"->{_name(to)}" if to else "", _comment(column.comment))
            shown.append(Item(table.id, column.name, name, _line(name, *about)))
    return [item for item in shown if item.line]


def prompt_of(dialect: str, items: Sequence[Item]) -> Prompt:
    """The prompt that asks about these."""
    system, user = _system(dialect), fenced("\n".join(item.line for item in items))
    return Prompt(system, user, count_messages(system, user), most_output(len(items)))


def most_output(items: int) -> int:
    """Tokens the answer about so many may have."""
    return min(MOST_OUTPUT, items * _OUTPUT_MOST + _OUTPUT_BESIDE)


@cache
def beside(dialect: str) -> int:
    """Tokens of a prompt without any line."""
    return prompt_of(dialect, ()).tokens


@cache
def _system(dialect: str) -> str:
    text = Path(__file__).with_name("system.txt").read_text(encoding="utf-8")
    return Template(text).substitute(dialect=product(dialect)).strip()


def _name(name: str) -> str:
    # The answer parts its fields with this sign.
    return plain_line(name).replace("|", "¦")


def _type(column: Column) -> str:
    return plain_line(_VALUES.sub("", column.type))[:_LONGEST_TYPE].strip().lower()


def _comment(comment: str) -> str:
    return f"({cut(plain_line(comment), _COMMENT)})" if comment.strip() else ""


def _line(name: str, *about: str) -> str:
    """The name with what is known about it; the name alone where that is too long; empty where the name is."""
    whole = " ".join(part for part in (name, *about) if part)
    return next((line for line in (whole, name) if count(line) <= _LONGEST_LINE), "")
