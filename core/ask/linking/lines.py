"""The compact text of a schema: one line a table, `t(id*, name, amount:num, user_id->user)`.

`*` marks the primary key, `->` a foreign key (with the other column only where its name differs), `:` a type that is
not text, parentheses after a name a comment. Whatever a database holds stays on the one line it is written to.
"""

from collections.abc import Callable, Collection

from core.ask.linking.names import literal, short_comment, short_type, written, written_id
from core.schema import Column, Schema, Table, ValueMatch
from core.tokens import count

_ENUMERATION = 6
"""Values of the longest complete list that is shown."""
_ENUMERATED_TOKENS = 24


def _arrow(table: Table, column: str, listed: Collection[str], names: dict[str, Table], dialect: str) -> str:
    """Where a column points to, when that table is listed too."""
    for key in table.foreign_keys:
        if column not in key.columns or key.ref_table not in listed:
            continue
        other = names[key.ref_table]
        far = key.ref_columns[key.columns.index(column)] if len(key.ref_columns) == len(key.columns) else column
        name = (
            written(other.name, dialect)
            if other.schema == table.schema
            else written_id(other.schema, other.name, dialect)
        )
        return f"->{name}" if far == column else f"->{name}.{written(far, dialect)}"
    return ""


Told = Callable[[str, str], bool]
"""Whether the comment of a name is worth its tokens."""


def never(_name: str, _comment: str) -> bool:
    """No comment is."""
    return False


class Lines:
    """Writes lines for one schema."""

    def __init__(self, schema: Schema) -> None:
        self._dialect = schema.dialect
        self._tables = {table.id: table for table in schema.tables}

    def table(self, table: Table, listed: Collection[str], told: Told = never) -> str:
        """The line of a table whose columns are already chosen.

        `listed` are the ids of all tables with a line: only they are pointed to. `told` says of a name and its
        comment whether the comment helps.
        """
        parts = (self._part(table, column, listed, told) for column in table.columns)
        return f"{self._head(table)}({', '.join(parts)}){self._told(table, told)}"

    def cost(self, table: Table, wanted: Collection[str], listed: Collection[str], told: Told = never) -> int:
        """About how many tokens a table's line with the wanted columns takes, counted in pieces that come again."""
        parts = [self._part(table, column, listed, told) for column in table.columns if column.name in wanted]
        first = parts[0] if parts else ""
        rest = sum(count(f" {part},") for part in parts[1:])
        return count(f"{self._head(table)}({first},") + rest + count(self._told(table, told))

    def column_cost(self, table: Table, column: Column, listed: Collection[str], told: Told = never) -> int:
        """About how many tokens one more column takes."""
        return count(f" {self._part(table, column, listed, told)},")

    def _head(self, table: Table) -> str:
        return written_id(table.schema, table.name, self._dialect)

    def _told(self, thing: Table | Column, told: Told) -> str:
        if not thing.comment or not told(thing.name, thing.comment):
            return ""
        comment = short_comment(thing.comment)
        return f" ({comment})" if comment else ""

    def _part(self, table: Table, column: Column, listed: Collection[str], told: Told) -> str:
        part = written(column.name, self._dialect)
        if column.name in table.primary_key:
            part += "*"
        if arrow := _arrow(table, column.name, listed, self._tables, self._dialect):
            part += arrow
        elif column.name not in table.primary_key and (kind := short_type(column.type)):
            part += f":{kind}"
        return part + self._told(column, told)

    def values(self, matches: Collection[ValueMatch]) -> list[str]:
        """`t.c: 'X'` for each column with a matched value that can be written."""
        found: dict[tuple[str, str], list[str]] = {}
        for match in matches:
            if quoted := literal(match.value):
                known = found.setdefault((match.table, match.column), [])
                if quoted not in known:
                    known.append(quoted)
        return [f"{self._column(*place)}: {', '.join(values)}" for place, values in found.items()]

    def enumeration(self, table: str, column: str, values: tuple[str, ...]) -> str:
        """`t.c in 'A', 'B'`: every value of a column, when they are few and short; else empty."""
        quoted = [literal(value) for value in values]
        if len(values) > _ENUMERATION or not all(quoted):
            return ""
        line = f"{self._column(table, column)} in {', '.join(quoted)}"
        return line if count(line) <= _ENUMERATED_TOKENS else ""

    def _column(self, table: str, column: str) -> str:
        found = self._tables[table]
        return f"{written_id(found.schema, found.name, self._dialect)}.{written(column, self._dialect)}"


def keys(table: Table) -> list[str]:
    """The columns of the primary key and of every foreign key, in the table's order."""
    wanted = {*table.primary_key, *(column for key in table.foreign_keys for column in key.columns)}
    return [column.name for column in table.columns if column.name in wanted]


def narrowed(table: Table, wanted: Collection[str], listed: Collection[str] | None = None) -> Table:
    """The table with some of its columns only, and with those of its keys that are wholly among them."""
    return Table(
        table.name,
        tuple(column for column in table.columns if column.name in wanted),
        table.schema,
        table.kind,
        table.primary_key if all(column in wanted for column in table.primary_key) else (),
        tuple(
            key
            for key in table.foreign_keys
            if all(column in wanted for column in key.columns) and (listed is None or key.ref_table in listed)
        ),
        table.comment,
        table.row_estimate,
    )
