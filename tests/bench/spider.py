"""Reads the yardstick: questions with their gold tables, and schemas, as JSON files of one directory."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalog import schema_file
from core.catalog.schema_file import SchemaFile
from core.schema import Schema


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
    """The databases of a file, as it describes them."""
    return schema_file.read(path).described


def schema_of(described: dict[str, Any]) -> Schema:
    """One database."""
    return SchemaFile("", {"": described}).schema("")
