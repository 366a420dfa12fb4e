"""Reads schemas from a JSON file, for linking over databases that nobody is connected to.

The file: `{database: {"tables": {table: [[column, type, is_key, description, samples], ...]}, "fks": [[table, column,
other_table, other_column], ...]}}`. Of a column only the name and type are needed; a database may have a "dialect".
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import BadConnection
from core.schema import Column, ColumnValues, ForeignKey, Schema, Table


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """The databases of one file, each read when it is asked for."""

    name: str
    """The file's name without its folder."""
    described: dict[str, Any]
    """Each database as the file has it."""
    dialect: str = "sqlite"
    """Dialect of databases that name none."""

    def schema(self, database: str) -> Schema:
        """One database.

        Raises `BadConnection` with the code `catalog.unknown_database` or `catalog.bad_file`.
        """
        if database not in self.described:
            raise BadConnection("catalog.unknown_database", name=database, file=self.name)
        try:
            return _schema(self.described[database], self.dialect)
        except _Wrong as wrong:
            raise BadConnection("catalog.bad_file", file=self.name, place=f"{database}{wrong.place}") from wrong

    def merged(self) -> Schema:
        """All databases as one warehouse, each as a schema of its own name.

        Raises `BadConnection` with the code `catalog.bad_file`.
        """
        parts = [_inside(self.schema(name), name) for name in self.described]
        return Schema(
            self.dialect,
            tuple(table for part in parts for table in part.tables),
            tuple(values for part in parts for values in part.values),
        )


def read(path: Path, dialect: str = "sqlite") -> SchemaFile:
    """Open a file of schemas.

    Raises `BadConnection` with the code `catalog.no_file`, or `catalog.bad_file` when it is not a JSON object.
    """
    try:
        described = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadConnection("catalog.no_file", file=path.name) from error
    except (ValueError, RecursionError) as error:
        raise BadConnection("catalog.bad_file", file=path.name, place="JSON") from error
    if not isinstance(described, dict):
        raise BadConnection("catalog.bad_file", file=path.name, place="JSON")
    return SchemaFile(path.name, described, dialect)


class _Wrong(Exception):
    """Something in a database has another shape; `place` says where."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(place)


def _schema(described: Any, dialect: str) -> Schema:
    listed = described.get("tables") if isinstance(described, dict) else None
    if not isinstance(listed, dict):
        raise _Wrong(".tables")
    tables: list[Table] = []
    values: list[ColumnValues] = []
    for name, rows in listed.items():
        table, samples = _table(name, rows)
        tables.append(table)
        values += samples
    keys = _foreign_keys(described.get("fks"), tables)
    linked = tuple(replace(table, foreign_keys=tuple(keys.get(table.name, ()))) for table in tables)
    own = described.get("dialect")
    return Schema(own if isinstance(own, str) else dialect, linked, tuple(values))


def _table(name: str, rows: Any) -> tuple[Table, list[ColumnValues]]:
    if not isinstance(rows, list):
        raise _Wrong(f".{name}")
    columns: dict[str, Column] = {}
    key: list[str] = []
    values: list[ColumnValues] = []
    for row in rows:
        if not isinstance(row, list) or len(row) < 2 or not isinstance(row[0], str):
            raise _Wrong(f".{name}")
        column, kind, is_key, description, samples = (*row, *(None,) * 5)[:5]
        if column in columns:
            continue  # A file may list a column twice; a table cannot have it twice.
        columns[column] = Column(column, str(kind or ""), not is_key, _text(description))
        if is_key:
            key.append(column)
        if texts := _samples(samples):
            values.append(ColumnValues(name, column, texts))
    return Table(name, tuple(columns.values()), primary_key=tuple(key)), values


def _text(description: Any) -> str:
    return "" if description is None else str(description)


def _samples(samples: Any) -> tuple[str, ...]:
    if not isinstance(samples, list):
        return () if samples is None else (str(samples),)
    return tuple(dict.fromkeys(str(sample) for sample in samples if sample is not None))


def _foreign_keys(rows: Any, tables: list[Table]) -> dict[str, list[ForeignKey]]:
    """The keys by table. Names may be written in another case; what is not in the file is not pointed to."""
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        raise _Wrong(".fks")
    known = {table.name.lower(): table for table in tables}
    found: dict[str, list[ForeignKey]] = {}
    for row in rows:
        if not isinstance(row, list) or len(row) != 4:
            raise _Wrong(".fks")
        here, there = (known.get(str(name).lower()) for name in (row[0], row[2]))
        if here is None or there is None:
            continue
        column, other = _column(here, row[1]), _column(there, row[3])
        if other is None and row[3] is None and len(there.primary_key) == 1:
            other = there.primary_key[0]  # SQLite lets a key point to "the primary key" without naming it.
        if column is not None and other is not None:
            found.setdefault(here.name, []).append(ForeignKey((column,), there.id, (other,)))
    return {name: list(dict.fromkeys(keys)) for name, keys in found.items()}


def _column(table: Table, name: Any) -> str | None:
    """The column as the table spells it: the very name before one in another case."""
    names = [column.name for column in table.columns]
    if name in names:
        return str(name)
    return next((each for each in names if each.lower() == str(name).lower()), None)


def _inside(schema: Schema, name: str) -> Schema:
    """The database as a schema of a warehouse."""
    return replace(
        schema,
        tables=tuple(
            replace(
                table,
                schema=name,
                foreign_keys=tuple(replace(key, ref_table=f"{name}.{key.ref_table}") for key in table.foreign_keys),
            )
            for table in schema.tables
        ),
        values=tuple(replace(values, table=f"{name}.{values.table}") for values in schema.values),
    )
