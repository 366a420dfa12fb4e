"""The text kept in database_schemas.generated_documentation: descriptions and words of tables and columns, as JSON."""

from collections.abc import Iterable

from pydantic import TypeAdapter

from core.schema import Documentation, Schema

_LIST = TypeAdapter(tuple[Documentation, ...])


def read_documentation(text: str | None) -> tuple[Documentation, ...]:
    """What `write_documentation` wrote; nothing where nothing was written."""
    return _LIST.validate_json(text) if text else ()


def write_documentation(documentation: Iterable[Documentation]) -> str:
    """As JSON, by table and column, so that two versions can be compared by eye."""
    ordered = sorted(documentation, key=lambda each: (each.table, each.column))
    return _LIST.dump_json(tuple(ordered), exclude_defaults=True, indent=1).decode()


def merged(old: Iterable[Documentation], new: Iterable[Documentation]) -> tuple[Documentation, ...]:
    """`old` with `new` in its place where both speak of the same thing. A model never replaces what a person wrote."""
    found = {(each.table, each.column): each for each in old}
    for each in new:
        before = found.get((each.table, each.column))
        if before is None or before.by == "model" or each.by == "person":
            found[each.table, each.column] = each
    return tuple(found.values())


def still_there(documentation: Iterable[Documentation], schema: Schema) -> tuple[Documentation, ...]:
    """What speaks of tables and columns that the schema has."""
    columns = {table.id: {column.name for column in table.columns} for table in schema.tables}
    return tuple(
        each
        for each in documentation
        if each.table in columns and (not each.column or each.column in columns[each.table])
    )
