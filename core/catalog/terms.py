"""Is a glossary term usable: does what it means name tables and columns that are there?"""

from dataclasses import replace

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from core.errors import BadEdit
from core.schema import GlossaryEntry, Schema

LONGEST_TERM = 60
LONGEST_MEANING = 200
"""Characters. A line of the prompt has room for about 25 tokens; a longer meaning would never be shown."""


def check_term(entry: GlossaryEntry, schema: Schema) -> GlossaryEntry:
    """The entry, its names as the schema spells them where that is clear.

    `means` is a table, a `table.column`, a column, or an SQL expression over columns.
    Raises `BadEdit`: catalog.bad_term, catalog.bad_meaning, catalog.unknown_name.
    """
    if not entry.term or len(entry.term) > LONGEST_TERM:
        raise BadEdit("catalog.bad_term", most=LONGEST_TERM)
    if not entry.means or len(entry.means) > LONGEST_MEANING:
        raise BadEdit("catalog.bad_meaning", most=LONGEST_MEANING)
    tables = {table.id.lower(): table.id for table in schema.tables} | {table.id: table.id for table in schema.tables}
    if named := tables.get(entry.means) or tables.get(entry.means.lower()):
        return replace(entry, means=named)
    try:
        tree = parse_one(entry.means, dialect=schema.dialect, into=exp.Condition)
    except (SqlglotError, RecursionError):
        raise BadEdit("catalog.bad_meaning", most=LONGEST_MEANING) from None
    columns = list(tree.find_all(exp.Column))
    if not columns or tree.find(exp.Query, exp.DDL, exp.DML, exp.Command):
        raise BadEdit("catalog.bad_meaning", most=LONGEST_MEANING)
    for column in columns:
        _require(column, schema)
    return entry


def _require(column: exp.Column, schema: Schema) -> None:
    """That a column is there: of the table it names, or of any table."""
    table = ".".join(part.name for part in column.parts[:-1]).lower()
    for known in schema.tables:
        if table and table not in (known.id.lower(), known.name.lower()):
            continue
        if isinstance(column.this, exp.Star) or any(one.name.lower() == column.name.lower() for one in known.columns):
            return
    raise BadEdit("catalog.unknown_name", name=".".join(part.name for part in column.parts))
