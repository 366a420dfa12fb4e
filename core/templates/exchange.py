"""Templates as YAML: a file that people read, edit and carry to another house.

Read with every scalar as text, so that a name is not taken for a number or a no; written so that it reads back as it
was. What stands for itself elsewhere in the file (anchors, aliases) and types of one's own are refused: a few lines of
them can stand for more than any memory holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import BadEdit
from core.saved import Parameter, ParameterKind, Refused, SavedTemplate, TemplateEdit

MOST_BYTES = 1_000_000
MOST_TEMPLATES = 2_000
_DEEPEST = 8
_MOST_EVENTS = 200_000
"""Pieces of YAML in a file: twice what the most templates of usual size take."""

_VERSION = "1"

# The parser in C is thirty times as fast; without it everything works as well.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_Text = Annotated[str, Field(max_length=20_000)]
"""Longer than anything that is kept; what may be is checked where it is kept."""


class _Parameter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Text
    kind: ParameterKind = "text"
    default: _Text | None = None
    column: _Text = ""


class _Template(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Text
    description: _Text = ""
    category: _Text = ""
    connection: _Text = ""
    public: bool = False
    verified: bool = False
    question: _Text
    parameters: tuple[_Parameter, ...] = Field(default=(), max_length=100)
    sql: _Text


@dataclass(frozen=True, slots=True)
class FromFile:
    """One template of a file."""

    edit: TemplateEdit
    is_public: bool
    is_verified: bool


def write_templates(templates: Iterable[SavedTemplate]) -> str:
    """The templates as YAML, by name."""
    ordered = sorted(templates, key=lambda one: (one.name.casefold(), one.id))
    file = {"version": int(_VERSION), "templates": [_as_written(one) for one in ordered]}
    written: str = yaml.dump(file, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return written


def read_templates(text: str) -> tuple[tuple[FromFile, ...], tuple[Refused, ...]]:
    """The templates of a file, and those that have another shape.

    Raises `BadEdit`: template.file_too_large, .bad_file with the `line`, .file_version, .too_many_in_file.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise BadEdit("template.file_too_large", most=MOST_BYTES)
    entries = _entries(text)
    taken: list[FromFile] = []
    refused: list[Refused] = []
    for number, entry in enumerate(entries, start=1):
        try:
            one = _Template.model_validate(entry)
        except ValidationError as wrong:
            refused.append(Refused(_name(entry, number), "template.bad_entry", {"place": _place(wrong)}))
        else:
            taken.append(_from_file(one))
    return tuple(taken), tuple(refused)


class _Dumper(yaml.SafeDumper):
    """SQL and whatever has several lines stands in a block, line by line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


class _Block(str):
    __slots__ = ()


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    block = isinstance(text, _Block) or "\n" in text
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|" if block else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Block, _text)


def _as_written(template: SavedTemplate) -> dict[str, object]:
    """In the order in which people read; what is not said is left out."""
    written: dict[str, object] = {
        "name": template.name,
        "description": template.description,
        "category": template.category,
        "connection": template.connection,
        "public": template.is_public,
        "verified": template.is_verified,
        "question": template.question,
        "parameters": [_parameter_as_written(one) for one in template.parameters],
        "sql": _Block(template.sql),
    }
    return {key: value for key, value in written.items() if value}


def _parameter_as_written(parameter: Parameter) -> dict[str, str]:
    written = {"name": parameter.name, "kind": parameter.kind, "column": parameter.column}
    if parameter.default is not None:
        written["default"] = parameter.default
    return {key: value for key, value in written.items() if value}


def _entries(text: str) -> Sequence[object]:
    try:
        _look_through(text)
        file = yaml.load(text, Loader=_Loader)  # noqa: S506 - makes texts, lists and mappings, nothing else
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise BadEdit("template.bad_file", line=mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        raise BadEdit("template.bad_file", line=1) from None
    if not isinstance(file, dict) or not isinstance(file.get("templates") or [], list):
        raise BadEdit("template.bad_file", line=1)
    if file.get("version") != _VERSION:
        raise BadEdit("template.file_version", version=str(file.get("version", ""))[:20] or "?", known=_VERSION)
    entries: list[object] = file.get("templates") or []
    if len(entries) > MOST_TEMPLATES:
        raise BadEdit("template.too_many_in_file", most=MOST_TEMPLATES)
    return entries


def _look_through(text: str) -> None:
    """Refuse what a file of templates never needs, before anything is built of it."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        marked = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)
        if marked or depth > _DEEPEST or number > _MOST_EVENTS:
            raise BadEdit("template.bad_file", line=event.start_mark.line + 1 if event.start_mark else 1)


def _from_file(one: _Template) -> FromFile:
    parameters = tuple(Parameter(each.name, each.kind, each.default, each.column) for each in one.parameters)
    edit = TemplateEdit(one.name, one.question, one.sql, parameters, one.description, one.category, one.connection)
    return FromFile(edit, one.public, one.verified)


def _name(entry: object, number: int) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name[:200] if isinstance(name, str) and name else f"#{number}"


def _place(wrong: ValidationError) -> str:
    """As "parameters[0].kind"."""
    parts = wrong.errors()[0]["loc"]
    return (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in parts).lstrip(".") or "templates"
    )
