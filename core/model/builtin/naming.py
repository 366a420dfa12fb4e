"""What a result's columns are called, and which columns show a thing to a person."""

import re

from core.lexicon import split_identifier, stem
from core.model.builtin.intent import Measure, Product
from core.schema import Column, Table

_NUMERIC = re.compile(r"int|num|dec|float|double|real|money|serial|bit|fixed|long(?!text)|byte|short", re.IGNORECASE)
_DATED = re.compile(r"date|time", re.IGNORECASE)
_TEXTUAL = re.compile(r"char|text|string|clob|enum|^$", re.IGNORECASE)
_NAMES = ("name", "title", "fullname", "full name", "label", "subject", "이름", "명칭", "제목", "성명")
_PREFIX = {"sum": "total", "avg": "average", "min": "lowest", "max": "highest"}


def is_numeric(column: Column) -> bool:
    """Whether a column's declared type is a number's."""
    return (
        bool(_NUMERIC.search(column.type)) and not _DATED.search(column.type) and "interval" not in column.type.lower()
    )


def is_dated(column: Column) -> bool:
    """Whether a column's declared type is a date's or a moment's."""
    lower = column.type.lower()
    return bool(_DATED.search(lower)) and lower not in ("time", "timetz") and not lower.startswith("time without")


def is_textual(column: Column) -> bool:
    """Whether a column's declared type is text."""
    return bool(_TEXTUAL.search(column.type))


def is_key(table: Table, column: Column) -> bool:
    """Whether a column only identifies: a key, or named as one."""
    linked = {name for key in table.foreign_keys for name in key.columns}
    parts = split_identifier(column.name)
    return column.name in table.primary_key or column.name in linked or (bool(parts) and parts[-1] in ("id", "uuid"))


def singular(name: str) -> str:
    """A table's name for one of its rows: order_items → order_item."""
    parts = split_identifier(name)
    return "_".join((*parts[:-1], stem(parts[-1]))) if parts else name


def human_columns(table: Table) -> tuple[str, ...]:
    """The columns that show a row to a person: its name or title; empty when it has none."""
    words = {column.name: " ".join(split_identifier(column.name)) for column in table.columns}
    own = " ".join(split_identifier(singular(table.name)))
    last = own.split()[-1] if own else ""
    for wanted in (
        *_NAMES,
        f"{own} name",
        f"{last} name",
        f"{own} title",
        f"{last} title",
        "full name",
        f"{own}명",
        own,
    ):
        for name, said in words.items():
            if said == wanted:
                return (name,)
    first = [name for name, said in words.items() if said in ("first name", "fname", "firstname", "given name")]
    family = [
        name for name, said in words.items() if said in ("last name", "lname", "lastname", "family name", "surname")
    ]
    if first and family:
        return (first[0], family[0])
    named = [name for name, said in words.items() if said.split()[-1:] == ["name"] or said.endswith("이름")]
    return (named[0],) if len(named) == 1 else ()


def measure_alias(measure: Measure, table: Table) -> str:
    """The heading of a figure: order_count, total_amount, average_price."""
    if measure.of is None:
        return f"{singular(table.name)}_count"
    if isinstance(measure.of, Product):
        return f"{_PREFIX[measure.fn]}_amount"
    column = "_".join(split_identifier(measure.of.column))
    if measure.fn in ("count", "count_distinct"):
        return f"{column}_count"
    prefix = _PREFIX[measure.fn]
    return column if column.startswith(prefix) else f"{prefix}_{column}"
