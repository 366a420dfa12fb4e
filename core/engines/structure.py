"""From the flat rows of a server's catalogue to one `Schema`.

Every engine asks its catalogue the same four questions, a query each, however many tables there are:

- tables: schema, name, kind ("table" or "view"), comment, row estimate (or None), whether its rows may be sampled
- columns, in their order: schema, table, name, type, nullable, comment, whether it is a short text
- keys, in their order: schema, table, column of the primary key
- references, in their order: schema, table, constraint, column, schema, table and column it points to
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.schema import Column, ForeignKey, Schema, Table

Row = Sequence[Any]
"""One row of a catalogue query, as a driver gives it."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rows of the four questions."""

    tables: Iterable[Row]
    columns: Iterable[Row]
    keys: Iterable[Row]
    references: Iterable[Row]


@dataclass(frozen=True, slots=True)
class Structure:
    """A schema without values, and the columns whose values may be sampled: table and column, in order."""

    schema: Schema
    texts: tuple[tuple[Table, Column], ...]


def assemble(dialect: str, default: str, rows: Catalogue) -> Structure:
    """The schema of these rows, its default schema first and then by name. Tables without columns are left out."""

    def short(schema: str) -> str:
        return "" if schema == default else schema

    columns: dict[tuple[str, str], list[Column]] = defaultdict(list)
    texts: set[tuple[str, str, str]] = set()
    for schema, table, name, spelling, nullable, comment, text in rows.columns:
        columns[schema, table].append(Column(name, str(spelling), bool(nullable), (comment or "").strip()))
        if text:
            texts.add((schema, table, name))
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    for schema, table, name in rows.keys:
        keys[schema, table].append(name)
    references = _references(rows.references, short)

    tables: list[Table] = []
    sampled: list[tuple[Table, Column]] = []
    for schema, name, kind, comment, estimate, may_sample in sorted(
        rows.tables, key=lambda row: (row[0] != default, row[0], row[1])
    ):
        place = (schema, name)
        if place not in columns:
            continue
        table = Table(
            name=name,
            columns=tuple(columns[place]),
            schema=short(schema),
            kind="view" if kind == "view" else "table",
            primary_key=tuple(keys[place]),
            foreign_keys=references.get(place, ()),
            comment=(comment or "").strip(),
            row_estimate=None if estimate is None else max(0, int(estimate)),
        )
        tables.append(table)
        if may_sample:
            sampled.extend((table, column) for column in table.columns if (*place, column.name) in texts)
    return Structure(Schema(dialect, tuple(tables), hash=fingerprint(dialect, tables)), tuple(sampled))


def fingerprint(dialect: str, tables: Iterable[Table]) -> str:
    """SHA-256 of names, types, keys and comments: no values, no estimates, nothing of the order tables are read in."""
    structure = sorted(
        (
            table.id,
            table.kind,
            table.comment,
            [(column.name, column.type, column.nullable, column.comment) for column in table.columns],
            table.primary_key,
            sorted((key.columns, key.ref_table, key.ref_columns) for key in table.foreign_keys),
        )
        for table in tables
    )
    return hashlib.sha256(json.dumps([dialect, structure], ensure_ascii=False).encode()).hexdigest()


def _references(rows: Iterable[Row], short: Callable[[str], str]) -> dict[tuple[str, str], tuple[ForeignKey, ...]]:
    pairs: dict[tuple[str, str], dict[tuple[str, str], list[tuple[str, str]]]] = defaultdict(dict)
    for schema, table, constraint, column, to_schema, to_table, to_column in rows:
        target = f"{short(to_schema)}.{to_table}" if short(to_schema) else to_table
        pairs[schema, table].setdefault((str(constraint), target), []).append((column, to_column))
    return {
        place: tuple(
            ForeignKey(tuple(ours for ours, _ in columns), target, tuple(theirs for _, theirs in columns))
            for (_, target), columns in constraints.items()
        )
        for place, constraints in pairs.items()
    }
