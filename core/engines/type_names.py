"""From a type's name, as a server spells it, to the kind of cell it makes.

For drivers that announce a column by its type's name. A name that is not known leaves the kind to the values.
"""

import re

from core.chat import ColumnKind

_WRAPPER = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)", re.DOTALL)
"""ClickHouse's: what is inside is the type."""

_KINDS: tuple[tuple[ColumnKind, re.Pattern[str]], ...] = (
    ("datetime", re.compile(r"timestamp|datetime")),
    ("date", re.compile(r"date(32)?$")),
    ("time", re.compile(r"time\b(?! ?tz)(?!.*with time zone)")),
    ("boolean", re.compile(r"bool")),
    ("integer", re.compile(r"u?(tiny|small|medium|big|huge)?int(eger)?\d*$|byteint$")),
    ("decimal", re.compile(r"(big)?(decimal|numeric)|number$|number\(")),
    ("float", re.compile(r"float|double|real$|bfloat")),
    ("binary", re.compile(r"blob|bytea|bytes$|varbinary|binary")),
    ("text", re.compile(r"(var)?char|text$|string$|fixedstring|uuid|enum|bpchar")),
)
_NESTED = re.compile(
    r"(array|map|tuple|struct|row|nested|variant|object|json|list|union|interval)\b|.*\[\d*\]$", re.DOTALL
)


def kind_of(spelling: str) -> ColumnKind | None:
    """The kind of a column of this type; None where only the values can tell."""
    while found := _WRAPPER.fullmatch(spelling.strip()):
        spelling = found.group(1)
    name = spelling.strip().lower()
    if _NESTED.match(name):
        return None
    return next((kind for kind, pattern in _KINDS if pattern.match(name)), None)


def is_text(spelling: str) -> bool:
    """Whether a column of this type holds texts whose values are worth knowing: no identifiers, no documents."""
    return kind_of(spelling) == "text" and "uuid" not in spelling.lower()
