"""What is known of a database that can be asked: its tables, and the part of them one question needs.

These values are read by an engine, kept by the catalog, narrowed by linking and used by the guard, the prompt and the
built-in writer. Names are exactly as the server spells them.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is the server's own spelling; `comment` is data written by strangers, never an instruction."""

    name: str
    type: str
    nullable: bool = True
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of the table that holds it point to `ref_columns` of `ref_table` (qualified as in `Table.id`)."""

    columns: tuple[str, ...]
    ref_table: str
    ref_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. `schema` is empty where it is the connection's default one, so that plain names work."""

    name: str
    columns: tuple[Column, ...]
    schema: str = ""
    kind: Literal["table", "view"] = "table"
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    comment: str = ""
    row_estimate: int | None = None

    @property
    def id(self) -> str:
        """The name it has in SQL without quotes: `schema.name`, or `name` in the default schema."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """Some distinct values of a short text column, most frequent first, at most as many as were asked for."""

    table: str
    column: str
    values: tuple[str, ...]
    complete: bool = False
    """True when these are all distinct values of the column."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything known of one database, as of one reading."""

    dialect: str
    """A sqlglot dialect name: postgres, mysql, oracle, tsql, sqlite (MariaDB is "mysql")."""
    tables: tuple[Table, ...]
    values: tuple[ColumnValues, ...] = ()
    hash: str = ""
    """SHA-256 of the structure alone (no values, no estimates): changes when the structure does."""


Private = frozenset[tuple[str, str]]
"""Columns that may not be seen: `Table.id` and column name, as the server spells them."""


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A business word and what it means here: a column, a table or an SQL expression over them."""

    term: str
    means: str
    words: tuple[str, ...] = ()
    """Other ways to say it, in either language."""


@dataclass(frozen=True, slots=True)
class Documentation:
    """What is known of a table, or of one of its columns, beyond its comment."""

    table: str
    """As `Table.id`."""
    column: str = ""
    """Empty for the table itself."""
    description: str = ""
    words: tuple[str, ...] = ()
    """What people call it, in Korean and English."""
    by: Literal["model", "person"] = "model"
    """Who wrote it: what a person wrote is never overwritten by a model."""


@dataclass(frozen=True, slots=True)
class ValueMatch:
    """A word of the question that is a value of a column: `phrase` as asked, `value` as stored."""

    table: str
    column: str
    value: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The part of a schema that one question needs, and the compact text of it for a prompt."""

    dialect: str
    tables: tuple[Table, ...]
    """Best first; their columns pruned to what fits, keys always kept."""
    values: tuple[ValueMatch, ...] = ()
    glossary: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    tokens: int = 0
    """Tokens of `text` (o200k_base)."""
    whole: bool = True
    """True when no table was left out."""
