"""Step 7, check: names are mended against the catalog, the guard reads the tree, what will run is printed from it."""

from dataclasses import dataclass

import sqlglot

from core.ask.present.filters import Filter, read_filters
from core.errors import QueryRefused
from core.schema import Schema
from core.sql.guard import check as guard
from core.sql.names import mend


@dataclass(frozen=True, slots=True)
class Checked:
    """SQL that may run, and what is to be said of it."""

    sql: str
    dialect: str
    tables: tuple[str, ...]
    filters: tuple[Filter, ...]
    mended: tuple[tuple[str, str], ...]
    """Names that were put right: (as written, as it is)."""


def check(sql: str, schema: Schema, max_rows: int) -> Checked:
    """Mend and guard a query. Raises `QueryRefused` with the guard's reason and place."""
    mended = mend(sql, schema.dialect, schema)
    verdict = guard(mended.sql, schema.dialect, schema, max_rows)
    if not verdict.allowed:
        raise QueryRefused(f"guard.{verdict.reason}", place=verdict.place)
    return Checked(
        sql=verdict.sql,
        dialect=schema.dialect,
        tables=verdict.tables,
        filters=read_filters(sqlglot.parse_one(verdict.sql, dialect=schema.dialect), schema.dialect),
        mended=tuple((change.wrong, change.right) for change in mended.changes),
    )
