"""A golden set's file taken apart: YAML, JSON or JSON lines, each entry with the line it begins on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from core.errors import BadGoldenSet

MOST_BYTES = 200_000_000
"""Spider's largest file, with its parsed queries, has about 25 MB."""

_DEEPEST = 50
"""Spider nests its parsed queries, which nobody reads here, some ten deep."""

# The parser in C is thirty times as fast; without it everything works as well.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them, as it was written. `number` and `line` count from 1."""

    number: int
    line: int
    value: object


def entries(text: str) -> tuple[Entry, ...]:
    """The entries of a file. What begins with [ is a JSON list, with { JSON lines, anything else YAML.

    Raises `BadGoldenSet`: golden.too_large, .syntax with the line, .no_list, .empty.
    """
    if len(text) > MOST_BYTES:
        raise BadGoldenSet("golden.too_large", most=MOST_BYTES // 1_000_000)
    text = text.removeprefix("\ufeff")
    first = text.lstrip()[:1]
    read = _json_list if first == "[" else _json_lines if first == "{" else _yaml
    found = tuple(Entry(number, line, value) for number, (line, value) in enumerate(read(text), start=1))
    if not found:
        raise BadGoldenSet("golden.empty")
    return found


def _json_list(text: str) -> Iterator[tuple[int, object]]:
    """Value by value, to know their lines."""
    decoder = json.JSONDecoder()
    at, line, counted = _skip(text, text.index("[") + 1), 1, 0
    while text[at : at + 1] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as wrong:
            raise _syntax(wrong.lineno) from None
        except RecursionError:
            raise _syntax(line) from None
        yield line, value
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise _syntax(text.count("\n", 0, at) + 1)
    if text[at + 1 :].strip():
        raise _syntax(text.count("\n", 0, at) + 1)


def _skip(text: str, at: int) -> int:
    """The place of the next sign that is no white space."""
    while text[at : at + 1] in (" ", "\t", "\r", "\n"):
        at += 1
    return at


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if written.strip():
            try:
                yield line, json.loads(written)
            except (json.JSONDecodeError, RecursionError):
                raise _syntax(line) from None


def _yaml(text: str) -> Iterator[tuple[int, object]]:
    try:
        _look_through(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise BadGoldenSet("golden.no_list")
        for each in node.value:
            yield each.start_mark.line + 1, loader.construct_document(each)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise _syntax(mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _syntax(1) from None


def _look_through(text: str) -> None:
    """Refuse aliases and depths, of which a few lines can stand for more than any memory holds."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
            raise _syntax(event.start_mark.line + 1 if event.start_mark else 1)


def _syntax(line: int) -> BadGoldenSet:
    return BadGoldenSet("golden.syntax", line=line)
