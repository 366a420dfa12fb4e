"""Step 7, check: the guard reads the tree, near misses of names are mended, what will run is printed from the tree."""

from dataclasses import dataclass

from core.errors import QueryRefused
from core.schema import Private, Schema
from core.sql.explain import describe
from core.sql.filters import Filter
from core.sql.guard import check as guard
from core.sql.names import Change, mend


@dataclass(frozen=True, slots=True)
class Checked:
    """SQL that may run, and what is to be said of it."""

    sql: str
    dialect: str
    tables: tuple[str, ...]
    filters: tuple[Filter, ...]
    mended: tuple[tuple[str, str], ...]
    """Names that were put right: (as written, as it is)."""
    hidden: tuple[tuple[int, str], ...] = ()
    """The columns of the result that may not be seen, by position, and what they come from."""


_NAMES = ("unknown_table", "unknown_column")
"""The guard's reasons that mending may remove."""


def check(sql: str, schema: Schema, max_rows: int, private: Private = frozenset()) -> Checked:
    """Guard a query, its names mended where they are near misses. Raises `QueryRefused` with reason and place."""
    changes: tuple[Change, ...] = ()
    verdict = guard(sql, schema.dialect, schema, max_rows, private)
    if verdict.reason in _NAMES:
        mended = mend(sql, schema.dialect, schema)
        changes = mended.changes
        verdict = guard(mended.sql, schema.dialect, schema, max_rows, private)
    if not verdict.allowed:
        raise QueryRefused(f"guard.{verdict.reason}", place=verdict.place)
    return Checked(
        sql=verdict.sql,
        dialect=schema.dialect,
        tables=verdict.tables,
        filters=describe(verdict.sql, schema.dialect).filters,
        mended=tuple((change.wrong, change.right) for change in changes),
        hidden=verdict.hidden,
    )
