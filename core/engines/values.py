"""The value index: a few distinct values of short text columns, so that a word of a question finds its column.

Read after the structure, with the same session, by ordinary limited queries. Nothing here scans a large table: a query
sees a sample of it, the newest rows where the server has no sampling of its own. Columns that look private are skipped.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlglot import exp

from core.engines.base import Limits, Rows
from core.engines.private import looks_private
from core.engines.structure import Structure
from core.errors import DatabaseUnavailable, QueryFailed
from core.schema import Column, ColumnValues, Schema, Table
from core.sql.generators import sql_of

VALUES_A_COLUMN = 200
VALUE_LENGTH = 60
"""Characters. A column with longer values keeps its short ones and is not complete."""
VALUES_A_SCHEMA = 20_000
SAMPLE_ROWS = 20_000
SECONDS_A_TABLE = 2.0
SECONDS_A_SCHEMA = 60.0

_SAMPLING = {"postgres": "SYSTEM", "oracle": "", "tsql": "SYSTEM"}
"""Dialects whose server samples a table by itself, and the method to name."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Budget:
    table_ends: float
    schema_ends: float

    def left(self) -> float:
        return min(self.table_ends, self.schema_ends) - time.monotonic()


def with_values(structure: Structure, run: Callable[[str, Limits], Rows]) -> Schema:
    """The schema with its value index. Columns that fail or take too long are skipped and logged."""
    schema = structure.schema
    found = list(_all_values(structure, run))
    # Complete columns first: a status or a country is worth more than two hundred of a million names.
    found.sort(key=lambda values: not values.complete)
    kept: list[ColumnValues] = []
    room = VALUES_A_SCHEMA
    for values in found:
        if len(values.values) <= room:
            kept.append(values)
            room -= len(values.values)
    return Schema(schema.dialect, schema.tables, tuple(kept), schema.hash)


def query(dialect: str, table: Table, column: Column) -> str:
    """The SQL that reads a column's values: value (NULL when missing or too long), 1 when too long, its rows."""
    value = exp.column("v")
    length = exp.Length(this=value.copy())
    too_long = exp.GT(this=length, expression=exp.Literal.number(VALUE_LENGTH))
    shown = exp.case().when(too_long.copy(), exp.null()).else_(value.copy())
    flag = exp.case().when(too_long.copy(), exp.Literal.number(1)).else_(exp.Literal.number(0))
    rows = exp.Count(this=exp.Star())
    # Not copied at every step: a schema may have 100,000 columns to sample.
    asked = (
        exp.select(exp.alias_(shown, "shown"), exp.alias_(flag, "too_long"), exp.alias_(rows, "n"))
        .from_(_sample(dialect, table, column).subquery("s", copy=False), copy=False)
        .group_by(shown.copy(), flag.copy(), copy=False)
        .order_by(exp.column("n").desc(), exp.column("shown"), copy=False)
        .limit(VALUES_A_COLUMN + 3, copy=False)
    )
    return sql_of(asked, dialect)


def _sample(dialect: str, table: Table, column: Column) -> exp.Select:
    source: exp.Expression = exp.table_(table.name, table.schema or None, quoted=True)
    value: exp.Expression = exp.column(column.name, quoted=True)
    if dialect == "postgres":
        value = exp.cast(value, "text")  # an enum is no text to its functions
    large = (table.row_estimate or 0) > SAMPLE_ROWS
    if large and dialect in _SAMPLING:
        source = _sampled(dialect, source, table.row_estimate or 0)
    sample = exp.select(exp.alias_(value, "v")).from_(source, copy=False).limit(SAMPLE_ROWS, copy=False)
    if large and dialect not in _SAMPLING and table.primary_key:
        # The end of the primary key is cheap to read and usually the newest rows.
        sample = sample.order_by(*(exp.column(name, quoted=True).desc() for name in table.primary_key))
    return sample


def _sampled(dialect: str, source: exp.Expression, estimate: int) -> exp.Expression:
    percent = exp.Literal.number(f"{max(100 * SAMPLE_ROWS / estimate, 0.000001):.6f}")
    sample = exp.TableSample(percent=percent, method=exp.var(_SAMPLING[dialect]) if _SAMPLING[dialect] else None)
    source.set("sample", sample)
    return source


def _all_values(structure: Structure, run: Callable[[str, Limits], Rows]) -> Iterable[ColumnValues]:
    schema_ends = time.monotonic() + SECONDS_A_SCHEMA
    complete = 0
    for table, pairs in groupby(structure.texts, key=lambda pair: pair[0]):
        budget = _Budget(time.monotonic() + SECONDS_A_TABLE, schema_ends)
        if time.monotonic() > schema_ends or complete >= VALUES_A_SCHEMA:
            _log.info("value index: full, or out of time, at table %r", table.id)
            return
        for column in [column for _, column in pairs if not looks_private(column.name, column.comment)]:
            try:
                values = _column_values(structure.schema.dialect, table, column, run, budget)
            except QueryFailed as error:
                _log.info("value index: a column of table %r is skipped: %s", table.id, error.code)
                continue
            except DatabaseUnavailable as error:
                _log.info("value index: ends at table %r: %s", table.id, error.code)
                return
            if values.values:
                complete += len(values.values) if values.complete else 0
                yield values


def _column_values(
    dialect: str, table: Table, column: Column, run: Callable[[str, Limits], Rows], budget: _Budget
) -> ColumnValues:
    if (seconds := budget.left()) <= 0:
        raise QueryFailed("query.too_slow", seconds=f"{SECONDS_A_TABLE:g}")
    rows = run(query(dialect, table, column), Limits(seconds=seconds, rows=VALUES_A_COLUMN + 3)).rows
    values = [str(value) for value, _, _ in rows if value is not None and str(value).strip()]
    sampled = sum(int(str(n)) for _, _, n in rows)
    whole = sampled < SAMPLE_ROWS and (table.row_estimate or 0) <= SAMPLE_ROWS
    complete = whole and len(values) <= VALUES_A_COLUMN and not any(int(str(flag)) for _, flag, _ in rows)
    return ColumnValues(table.id, column.name, tuple(values[:VALUES_A_COLUMN]), complete)
