"""A golden set read from its file: our own form, Spider's and BIRD's, told apart by their fields.

- ours: question, and sql or rows; connection, columns, order, id, without, difficulty;
- Spider's dev.json: db_id, question, query; whatever else it has is left;
- BIRD's dev.json: db_id, question, SQL; question_id, evidence, difficulty.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError
from pydantic import model_validator as validates

from core.chat import Cell
from core.errors import BadGoldenSet
from core.evaluation.entries import Entry, entries
from core.evaluation.golden import Golden, GoldenSet, Kind

_Text = Annotated[StrictStr, Field(min_length=1)]
_Id = StrictInt | Annotated[StrictStr, Field(min_length=1, max_length=100)]
_Database = Annotated[StrictStr, Field(pattern=r"^\w[\w .-]{0,99}$")]
"""It is the name of a folder and of a file: nothing that leads elsewhere."""
_Cell = StrictBool | StrictInt | StrictFloat | StrictStr | datetime | date | None
"""YAML reads a bare 2026-03-01, with or without a time, as a date."""


class _Own(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: _Text
    connection: _Text | None = None
    sql: _Text | None = None
    rows: tuple[tuple[_Cell, ...], ...] | None = None
    columns: tuple[StrictStr, ...] = ()
    order: StrictBool | None = None
    id: _Id | None = None
    without: tuple[StrictStr, ...] = ()
    difficulty: StrictStr = ""

    @validates(mode="after")
    def _one_gold(self) -> "_Own":
        if (self.sql is None) == (self.rows is None):
            raise ValueError("golden.sql_or_rows")
        if self.columns and self.rows is None:
            raise ValueError("golden.columns_without_rows")
        widths = {len(row) for row in self.rows or ()} | ({len(self.columns)} if self.columns else set())
        if len(widths) > 1:
            raise ValueError("golden.uneven")
        return self


class _Spider(BaseModel):
    db_id: _Database
    question: _Text
    query: _Text


class _Bird(BaseModel):
    db_id: _Database
    question: _Text
    SQL: _Text
    question_id: _Id | None = None
    evidence: StrictStr | None = None
    difficulty: StrictStr | None = None


def read_file(path: Path) -> GoldenSet:
    """The golden set of a file. Raises `BadGoldenSet`, with the line and the number of the entry that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadGoldenSet("golden.unreadable", file=path.name) from None
    return read(text)


def read(text: str) -> GoldenSet:
    """The golden set of a file's text. Raises as `read_file`."""
    found = entries(text)
    kind = _kind(found[0].value)
    questions = tuple(_taken(entry, _READERS[kind]) for entry in found)
    seen: set[str] = set()
    for entry, one in zip(found, questions, strict=True):
        if one.id in seen:
            raise BadGoldenSet("golden.twice", number=entry.number, line=entry.line, id=one.id)
        seen.add(one.id)
    return GoldenSet(kind, questions)


def _kind(first: object) -> Kind:
    if isinstance(first, dict) and "db_id" in first:
        return "bird" if "SQL" in first else "spider"
    return "own"


def _taken(entry: Entry, reader: Callable[[Entry], Golden]) -> Golden:
    try:
        return reader(entry)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        known = str(first["ctx"]["error"]) if first["type"] == "value_error" else "golden.entry"
        raise BadGoldenSet(known, number=entry.number, line=entry.line, field=_field(first["loc"])) from None


def _field(place: tuple[int | str, ...]) -> str:
    """As "rows[0][2]"; of a cell that may be one of several types, the cell. Empty where it is the entry itself."""
    written = ""
    for part in place[:3]:
        written += f"[{part}]" if isinstance(part, int) else f".{part[:60]}" if not written else ""
    return written.lstrip(".") or "–"


def _own(entry: Entry) -> Golden:
    one = _Own.model_validate(entry.value)
    return Golden(
        id=_id(one.id, entry),
        text=one.question,
        connection=one.connection,
        sql=one.sql or "",
        rows=None if one.rows is None else tuple(tuple(map(_cell, row)) for row in one.rows),
        columns=one.columns,
        order=one.order,
        without=one.without,
        difficulty=one.difficulty,
    )


def _spider(entry: Entry) -> Golden:
    one = _Spider.model_validate(entry.value)
    return Golden(_id(None, entry), one.question, one.db_id, one.query)


def _bird(entry: Entry) -> Golden:
    one = _Bird.model_validate(entry.value)
    name, difficulty, hint = _id(one.question_id, entry), one.difficulty or "", one.evidence or ""
    return Golden(name, one.question, one.db_id, one.SQL, difficulty=difficulty, hint=hint)


_READERS: dict[Kind, Callable[[Entry], Golden]] = {"own": _own, "spider": _spider, "bird": _bird}


def _id(given: int | str | None, entry: Entry) -> str:
    """The given one, else the number of the entry."""
    return str(entry.number if given is None else given)


def _cell(value: float | str | date | None) -> Cell:
    return value.isoformat() if isinstance(value, date) else value
