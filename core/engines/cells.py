"""From what a driver gives to the cells of a result, within limits.

Every cell that is not NULL is of its column's kind (see `core.chat.Cell`). A driver declares a kind where it knows one;
a cell that its kind cannot hold (NaN and infinity, MySQL's date 0000-00-00, a time of 30 hours) turns the whole column
into text, so that nothing is lost and no reader meets a surprise. Without a declared kind the values decide: integers
among floats or decimals are taken for those, any other mix is text.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from core.chat import Cell, Column, ColumnKind
from core.engines.base import Limits

BINARY_BYTES = 32
"""Of a binary cell only these many first bytes are shown."""

_FIRST_BATCH = 64
"""Rows of the first batch, before their weight is known."""
_LARGEST_BATCH = 1_000
_BATCH_BYTES = 1_000_000
"""A batch is asked for so that it weighs about this much, by the mean weight of the rows before it."""

_DECIMAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([+-]\d\d(:?\d\d)?)?")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?")
_MIXES: dict[frozenset[ColumnKind], ColumnKind] = {
    frozenset({"integer", "float"}): "float",
    frozenset({"integer", "decimal"}): "decimal",
    frozenset({"integer", "boolean"}): "integer",
    frozenset({"date", "datetime"}): "datetime",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as a driver announces it. `kind` is None where only the values can tell."""

    name: str
    kind: ColumnKind | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A query that is being answered: its columns, and a call that brings n more rows (fewer: the end)."""

    headings: tuple[Heading, ...]
    fetch: Callable[[int], Sequence[Sequence[object]]]


def read(answer: Answer, limits: Limits) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...], bool]:
    """Columns, rows and whether the limits cut them. Asks for one row more than the limit, to know."""
    readers = [_Reader(heading.kind, limits.cell_bytes) for heading in answer.headings]
    count = read_bytes = shown_bytes = 0
    truncated, size = False, first_batch(limits)
    while not truncated:
        batch = answer.fetch(size)
        for row in batch:
            if count == limits.rows or shown_bytes > limits.total_bytes:
                truncated = True
                break
            count += 1
            for value, reader in zip(row, readers, strict=True):
                weight = _weight(value)
                read_bytes += weight
                shown_bytes += min(weight, limits.cell_bytes)
                reader.add(value)
        if len(batch) < size:
            break
        size = min(_LARGEST_BATCH, _BATCH_BYTES * count // max(read_bytes, 1) + 1, limits.rows + 1 - count)
    columns = tuple(
        Column(name, reader.settle())
        for name, reader in zip(unique([heading.name for heading in answer.headings]), readers, strict=True)
    )
    return columns, tuple(zip(*(reader.cells for reader in readers), strict=True)), truncated


def first_batch(limits: Limits) -> int:
    """How many rows `read` asks for first."""
    return min(_FIRST_BATCH, limits.rows + 1)


def unique(names: Sequence[str]) -> list[str]:
    """The headings, each one once: a repeated one is numbered, an empty one is named by its place."""
    taken = set(names)
    seen: set[str] = set()
    result = []
    for place, name in enumerate(names, start=1):
        free = name
        if not name.strip() or name in seen:
            stem, number = (name, 2) if name.strip() else ("column", place)
            while (free := f"{stem}_{number}") in taken:
                number += 1
        seen.add(free)
        taken.add(free)
        result.append(free)
    return result


def _weight(value: object) -> int:
    return len(value) if isinstance(value, (str, bytes, bytearray, memoryview)) else 8


@dataclass(slots=True)
class _Reader:
    """One column while it is read."""

    declared: ColumnKind | None
    cell_bytes: int
    cells: list[Cell] = field(default_factory=list)
    kinds: set[ColumnKind] = field(default_factory=set)

    def add(self, value: object) -> None:
        if value is None:
            self.cells.append(None)
            return
        cell, kind = _natural(value, self.declared)
        if kind in ("text", "decimal"):
            short = _cut(str(cell), self.cell_bytes)
            if short is not cell:
                cell, kind = short, "text"
        self.cells.append(cell)
        self.kinds.add(kind)

    def settle(self) -> ColumnKind:
        """The kind of the whole column; the cells are brought to it."""
        if not self.kinds:
            return self.declared or "text"
        if len(self.kinds) == 1:
            kind = next(iter(self.kinds))
            return self._dated() if kind == "text" and self.declared is None else kind
        kind = _MIXES.get(frozenset(self.kinds), "text")
        bring = _BRINGERS[kind]
        self.cells = [None if cell is None else bring(cell) for cell in self.cells]
        return kind

    def _dated(self) -> ColumnKind:
        """A server without a type for dates writes them as ISO text: they are dates when every cell is one."""
        for kind in ("date", "datetime"):
            parse = _PARSERS[kind]
            try:
                self.cells = [None if cell is None else parse(str(cell)) for cell in self.cells]
            except ValueError:
                continue
            return kind
        return "text"


def _natural(value: object, declared: ColumnKind | None) -> tuple[Cell, ColumnKind]:
    """A value as a cell of the declared kind if it fits, else of its own."""
    if isinstance(value, str):
        if declared is None or declared == "text":
            return value, "text"
        try:
            return _PARSERS[declared](value), declared
        except ValueError:
            return value, "text"
    if isinstance(value, bool):
        return value, "boolean"
    if isinstance(value, int):
        return _integer(value, declared)
    if isinstance(value, float):
        return (value, "float") if math.isfinite(value) else (_spell(value), "text")
    if isinstance(value, Decimal):
        return _decimal(value, declared)
    return _other(value)


def _integer(value: int, declared: ColumnKind | None) -> tuple[Cell, ColumnKind]:
    if declared == "boolean" and value in (0, 1):
        return bool(value), "boolean"
    if declared == "decimal":
        return str(value), "decimal"
    return (float(value), "float") if declared == "float" else (value, "integer")


def _decimal(value: Decimal, declared: ColumnKind | None) -> tuple[Cell, ColumnKind]:
    if not value.is_finite():
        return _spell(math.nan if value.is_nan() else float(value)), "text"
    if declared == "integer" and value == value.to_integral_value():
        return int(value), "integer"
    return f"{value:f}", "decimal"


def _other(value: object) -> tuple[Cell, ColumnKind]:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _hexadecimal(bytes(value[: BINARY_BYTES + 1])), "binary"
    if isinstance(value, datetime):
        return value.isoformat(), "datetime"
    if isinstance(value, date):
        return value.isoformat(), "date"
    if isinstance(value, time):
        return value.isoformat(), "time"
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str), "text"
    return str(value), "text"


def _hexadecimal(value: bytes) -> str:
    return "0x" + value[:BINARY_BYTES].hex() + ("…" if len(value) > BINARY_BYTES else "")


def _cut(text: str, limit: int) -> str:
    if len(text) * 4 <= limit:
        return text
    encoded = text.encode("utf-8", "replace")
    return text if len(encoded) <= limit else encoded[:limit].decode("utf-8", "ignore") + "…"


def _spell(cell: Cell) -> str:
    """A cell as text, where its column turned out to be text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and not math.isfinite(cell):
        return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"
    return str(cell)


def _parse_decimal(text: str) -> str:
    if _DECIMAL.fullmatch(text):
        return text
    return _exact(text)


def _exact(text: str) -> str:
    """Exponents written out, where that stays short: 1E+3 is 1000."""
    try:
        value = Decimal(text)
    except ArithmeticError:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value.adjusted()) > 400:
        raise ValueError(text)
    return f"{value:f}"


def _parse_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _parse_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


def _parse_time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return text


def _parse_datetime(text: str) -> str:
    """ISO 8601 with a T, and an offset of hours and minutes. A bare date is the midnight that begins it."""
    if _DATE.fullmatch(text):
        return _parse_date(text) + "T00:00:00"
    found = _DATETIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    day, clock, offset = found.groups()
    if offset and offset != "Z":
        hours, minutes = offset[:3], offset[3:].removeprefix(":") or "00"
        offset = f"{hours}:{minutes}"
    return f"{_parse_date(day)}T{clock if len(clock) > 5 else clock + ':00'}{(offset or '').replace('Z', '+00:00')}"


def _parse_boolean(text: str) -> bool:
    if text.lower() not in ("t", "f", "true", "false", "1", "0"):
        raise ValueError(text)
    return text.lower() in ("t", "true", "1")


_PARSERS: dict[ColumnKind, Callable[[str], Cell]] = {
    "integer": int,
    "decimal": _parse_decimal,
    "float": _parse_float,
    "date": _parse_date,
    "time": _parse_time,
    "datetime": _parse_datetime,
    "boolean": _parse_boolean,
    "binary": lambda text: text,
    "text": lambda text: text,
}
_BRINGERS: dict[ColumnKind, Callable[[Cell], Cell]] = {
    "float": lambda cell: float(cell or 0),
    "decimal": _spell,
    "integer": lambda cell: int(cell or 0),
    "datetime": lambda cell: _parse_datetime(str(cell)),
    "text": _spell,
}
