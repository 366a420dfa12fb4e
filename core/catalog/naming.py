"""Finds a table or a column of a schema by its name as a person writes it."""

from core.errors import BadEdit
from core.schema import Schema

_LONGEST = 200
"""Characters of a wrong name that an error repeats."""


def find(schema: Schema, name: str) -> tuple[str, str]:
    """The table id and the column a name means; the column is empty for a table.

    A table comes before a column, the very spelling before one in another case. Any part may hold dots: all ways to
    part the name are tried. Raises `BadEdit` (catalog.unknown_name) for none and for several.
    """
    name = name.strip()
    for fold in (str, str.lower):
        wanted = fold(name)
        tables = {table.id for table in schema.tables if fold(table.id) == wanted}
        columns = {
            (table.id, column.name)
            for table in schema.tables
            if wanted.startswith(f"{fold(table.id)}.")
            for column in table.columns
            if f"{fold(table.id)}.{fold(column.name)}" == wanted
        }
        found = {(table, "") for table in tables} or columns
        if len(found) == 1:
            return found.pop()
        if found:
            break
    raise BadEdit("catalog.unknown_name", name=name[:_LONGEST])
