"""The file in which documentation and glossary of a connection travel: JSON, made to be read and edited by people."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.catalog.entry import CatalogEntry
from core.errors import BadEdit
from core.schema import Documentation, GlossaryEntry

_Text = Annotated[str, Field(max_length=2_000)]
"""Longer than anything that is kept; what may be is checked where it is kept."""
_Words = Annotated[tuple[_Text, ...], Field(max_length=100)]


class _Documented(BaseModel):
    model_config = ConfigDict(extra="forbid")

    table: _Text
    column: _Text = ""
    description: _Text = ""
    words: _Words = ()
    by: Literal["model", "person"] = "person"
    """Whoever writes an entry by hand need not say that they are a person."""


class _Term(BaseModel):
    model_config = ConfigDict(extra="forbid")

    term: _Text
    means: _Text
    words: _Words = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    documentation: tuple[_Documented, ...] = ()
    glossary: tuple[_Term, ...] = ()


def write_file(entry: CatalogEntry) -> str:
    """What is known of a connection beyond its schema."""
    documentation = sorted(entry.documentation, key=lambda each: (each.table, each.column))
    file = _File(
        documentation=tuple(
            _Documented(
                table=each.table, column=each.column, description=each.description, words=each.words, by=each.by
            )
            for each in documentation
        ),
        glossary=tuple(_Term(term=each.term, means=each.means, words=each.words) for each in entry.glossary),
    )
    return json.dumps(file.model_dump(mode="json"), ensure_ascii=False, indent=1)


def read_file(content: bytes) -> tuple[tuple[Documentation, ...], tuple[GlossaryEntry, ...]]:
    """What such a file holds.

    Raises `BadEdit`: catalog.not_json with the `line`, catalog.bad_entry with the `place` of the first entry of another
    shape. Whether the names are there is for `CatalogEditor.take_in` to say.
    """
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise BadEdit("catalog.not_json", line=content[: wrong.start].count(b"\n") + 1) from None
    except json.JSONDecodeError as wrong:
        raise BadEdit("catalog.not_json", line=wrong.lineno) from None
    except RecursionError:
        raise BadEdit("catalog.not_json", line=1) from None
    try:
        file = _File.model_validate(given)
    except ValidationError as wrong:
        raise BadEdit("catalog.bad_entry", place=_place(wrong.errors()[0]["loc"])) from None
    return (
        tuple(
            Documentation(each.table, each.column, each.description, each.words, each.by) for each in file.documentation
        ),
        tuple(GlossaryEntry(each.term, each.means, each.words) for each in file.glossary),
    )


def _place(parts: tuple[int | str, ...]) -> str:
    """As "documentation[3].words"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in parts).lstrip(".") or "JSON"
