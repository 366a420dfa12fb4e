"""Which columns of a schema are private: by their names, and by what administrators marked.

The mark that says most exactly which column it means decides: one of this connection before one of all, one without
patterns before one with them, a later one before an earlier. Where no mark fits, the name and comment of the column
do (`core.engines.private`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.engines.private import is_private
from core.schema import Private, Schema


@dataclass(frozen=True, slots=True)
class Mark:
    """Columns called private, or not private. In both patterns * stands for any letters; case does not matter."""

    table: str
    """Of `core.schema.Table.id`."""
    column: str
    is_private: bool
    everywhere: bool = False
    """True when it holds for every connection."""

    @property
    def exactness(self) -> tuple[bool, int]:
        """How exactly it says which column it means: the higher of two decides."""
        return not self.everywhere, ("*" not in self.table) + 2 * ("*" not in self.column)


def private_columns(schema: Schema, marks: Sequence[Mark] = ()) -> Private:
    """The private columns of a schema. `marks` come oldest first."""
    # A stable sort: of two that are as exact, the later one stays later and is looked at first.
    ordered = sorted(marks, key=lambda mark: mark.exactness)[::-1]
    fitting = [(_pattern(mark.table), _pattern(mark.column), mark.is_private) for mark in ordered]
    found: set[tuple[str, str]] = set()
    for table in schema.tables:
        here = [(column, is_private) for name, column, is_private in fitting if name.fullmatch(table.id)]
        for column in table.columns:
            marked = next((is_private for pattern, is_private in here if pattern.fullmatch(column.name)), None)
            if is_private(column.name, column.comment) if marked is None else marked:
                found.add((table.id, column.name))
    return frozenset(found)


def without_values(schema: Schema, private: Private) -> Schema:
    """The schema with nothing of its private columns in its values."""
    kept = tuple(each for each in schema.values if (each.table, each.column) not in private)
    return schema if len(kept) == len(schema.values) else replace(schema, values=kept)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.IGNORECASE | re.DOTALL)
