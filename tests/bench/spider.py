"""Reads the yardstick: questions with their gold tables, and schemas, as JSON files of one directory."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.schema import Column, ColumnValues, ForeignKey, Schema, Table


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its database, and the tables and columns of its gold query."""

    db: str
    text: str
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]


def questions(directory: Path) -> list[Asked]:
    """All questions; names are in lower case."""
    return [
        Asked(
            each["db"],
            each["question"],
            frozenset(table.lower() for table in each["gold_tables"]),
            frozenset((table.lower(), column.lower()) for table, column in each["gold_columns"]),
        )
        for each in json.loads((directory / "spider_dev.q.json").read_text(encoding="utf-8"))
    ]


def schemas(path: Path) -> dict[str, Any]:
    """The file of schemas as it is."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def schema_of(described: dict[str, Any], name: str = "") -> Schema:
    """One database; its tables are qualified with `name` when one is given."""
    prefix = f"{name}." if name else ""
    keys: dict[str, list[ForeignKey]] = {}
    for table, column, other, other_column in described["fks"]:
        keys.setdefault(table, []).append(ForeignKey((column,), prefix + other, (other_column,)))
    tables = tuple(
        Table(
            table,
            tuple(Column(column, kind, not key, description) for column, kind, key, description, _ in columns),
            schema=name,
            primary_key=tuple(column for column, _, key, _, _ in columns if key),
            foreign_keys=tuple(keys.get(table, ())),
        )
        for table, columns in described["tables"].items()
    )
    values = tuple(
        ColumnValues(prefix + table, column, tuple(map(str, samples)))
        for table, columns in described["tables"].items()
        for column, _, _, _, samples in columns
        if samples
    )
    return Schema("sqlite", tables, values)


def warehouse(described: dict[str, Any]) -> Schema:
    """All databases side by side in one, each as a schema of its own name."""
    parts = [schema_of(each, name) for name, each in described.items()]
    return Schema(
        "sqlite",
        tuple(table for part in parts for table in part.tables),
        tuple(values for part in parts for values in part.values),
    )
