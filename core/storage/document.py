"""docs/DB_SCHEMA.md, written from the models: `python -m core.storage.document > docs/DB_SCHEMA.md`."""

import sys
from collections.abc import Iterator
from inspect import cleandoc
from types import ModuleType
from typing import Any, Final, cast

from sqlalchemy import Column, Table, UniqueConstraint
from sqlalchemy.sql.elements import False_, True_

from core.storage.base import Base
from core.storage.compare import MODULES

_INTRODUCTION: Final = """\
# The store's tables

Generated from the models by `python -m core.storage.document`; do not edit. Ids are UUID text, times are UTC.
On MariaDB, TEXT is MEDIUMTEXT, FLOAT is DOUBLE and DATETIME keeps microseconds, so that all servers hold the same."""

_HEADINGS: Final = {
    "core.storage.models": "## The main tables",
    "core.storage.own_tables": "## Tables of our own\n\nWhy each exists is told in [decisions](decisions/).",
}

_ALEMBIC: Final = """\
### alembic_version

The revision that the store is at, kept by Alembic.

| column | type | null | default | key |
|---|---|---|---|---|
| version_num | VARCHAR | no |  | primary |"""

_MEETINGS: Final = ("    chat_messages }o..o| query_analytics : query_id",)
"""What belongs together without a foreign key."""


def document() -> str:
    """The whole document, in Markdown."""
    parts = [_INTRODUCTION]
    for module in MODULES:
        parts.append(_HEADINGS[module.__name__])
        parts += [_section(model) for model in _models(module)]
        if module is MODULES[0]:
            parts.append(_ALEMBIC)
    parts += ["## How they hang together", "```mermaid\n" + "\n".join(_diagram()) + "\n```"]
    return "\n\n".join(parts) + "\n"


def _models(module: ModuleType) -> list[type[Base]]:
    """In the order they are written in."""
    return [thing for thing in vars(module).values() if isinstance(thing, type) and thing.__module__ == module.__name__]


def _section(model: type[Base]) -> str:
    table = cast(Table, model.__table__)
    lines = [f"### {table.name}", "", cleandoc(model.__doc__ or ""), ""]
    lines += ["| column | type | null | default | key |", "|---|---|---|---|---|"]
    lines += [_column_row(column) for column in table.columns]
    indexes = sorted(", ".join(column.name for column in index.columns) for index in table.indexes)
    if indexes:
        lines += ["", "Indexes: " + "; ".join(f"({columns})" for columns in indexes)]
    return "\n".join(lines)


def _column_row(column: Column[Any]) -> str:
    note = f" ({column.doc})" if column.doc else ""
    cells = (column.name + note, str(column.type), "yes" if column.nullable else "no", _default(column), _key(column))
    return "| " + " | ".join(cells) + " |"


def _default(column: Column[Any]) -> str:
    if column.server_default is None:
        return ""
    value = getattr(column.server_default, "arg", "")
    return str(value).upper() if isinstance(value, True_ | False_) else str(value)


def _key(column: Column[Any]) -> str:
    keys = ["primary"] if column.primary_key else []
    for constraint in column.table.constraints:
        if isinstance(constraint, UniqueConstraint) and column in constraint.columns.values():
            alone = len(constraint.columns) == 1
            keys.append("unique" if alone else f"unique ({', '.join(c.name for c in constraint.columns)})")
    keys += [f"→ {key.target_fullname}" for key in column.foreign_keys]
    return ", ".join(sorted(keys))


def _diagram() -> Iterator[str]:
    yield "erDiagram"
    tables = [cast(Table, model.__table__) for module in MODULES for model in _models(module)]
    for table in tables:
        for column in table.columns:
            for key in column.foreign_keys:
                one = "|o" if column.nullable else "||"
                yield f"    {key.column.table.name} {one}--o{{ {table.name} : {column.name}"
    yield from _MEETINGS
    for table in tables:
        yield f"    {table.name} {{"
        for column in table.columns:
            yield f"        {column.type} {column.name}{_mark(column)}"
        yield "    }"


def _mark(column: Column[Any]) -> str:
    marks = ["PK"] if column.primary_key else []
    marks += ["FK"] if column.foreign_keys else []
    marks += ["UK"] if _key(column) == "unique" else []
    return f" {', '.join(marks)}" if marks else ""


if __name__ == "__main__":
    sys.stdout.write(document())
