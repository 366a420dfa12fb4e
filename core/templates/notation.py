"""The parameters of a template as people write them, one a line, in any door that has only text to type into.

    city: choice cities.name = Seoul
    since: date = 2026-01-01
    n: number = 5
    name

Behind the colon stands the kind, in any language of ours; behind the equals sign the default. Without a kind it is a
text, or a choice when a column is named. A default or a column that the line would swallow is written in double
quotes, as in JSON. Pure.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import get_args

from core.errors import BadEdit
from core.locale import LANGUAGES, say
from core.saved import Parameter, ParameterKind

_KINDS: tuple[ParameterKind, ...] = get_args(ParameterKind)

_QUOTED = r'"(?:[^"\\]|\\.)*"'
# Korean keyboards write colons and equals signs in full width, too.
_LINE = re.compile(
    rf"""(?P<name>[^\W\d_]\w*) \s*
    (?: [:：] \s* (?P<kind>[^\W\d_]+(?![\w.]))? \s* (?P<column>{_QUOTED}|[^=＝"]*?) )? \s*
    (?: [=＝] \s* (?P<default>.*) )?""",
    re.VERBOSE | re.DOTALL,
)
_BARE = re.compile(r'[^\s"=＝](?:[^\n"=＝]*[^\s"=＝])?')
"""A column that needs no quotes."""

_SHOWN = 80
"""Characters of a line that an error repeats."""


def print_parameters(parameters: Iterable[Parameter], locale: str) -> str:
    """The lines; `read_parameters` gives the same parameters back."""
    return "\n".join(_printed(parameter, locale) for parameter in parameters)


def read_parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters that stand in `text`.

    Raises `BadEdit` (template.line_unreadable, .line_kind, .line_column, .parameter_twice).
    """
    read: dict[str, Parameter] = {}
    for parameter in _read_lines(text):
        if parameter.name in read:
            raise BadEdit("template.parameter_twice", name=parameter.name)
        read[parameter.name] = parameter
    return tuple(read.values())


def _printed(parameter: Parameter, locale: str) -> str:
    words = [f"{parameter.name}: {say(locale, f'templates.kind.{parameter.kind}')}"]
    if parameter.column:
        is_bare = _BARE.fullmatch(parameter.column)
        words.append(parameter.column if is_bare else json.dumps(parameter.column, ensure_ascii=False))
    if parameter.default is not None:
        words.append(f"= {_quoted_default(parameter.default)}")
    return " ".join(words)


def _quoted_default(text: str) -> str:
    is_bare = text and text == text.strip() and "\n" not in text and not text.startswith('"')
    return text if is_bare else json.dumps(text, ensure_ascii=False)


def _read_lines(text: str) -> Iterator[Parameter]:
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line.strip():
            yield _read(line.strip(), number)


def _read(line: str, number: int) -> Parameter:
    found = _LINE.fullmatch(line)
    if found is None:
        raise BadEdit("template.line_unreadable", number=number, line=line[:_SHOWN])
    name = found["name"]
    column = _unquoted((found["column"] or "").strip(), line, number)
    kind = _kind(found["kind"], name, is_column="." in column)
    if (kind == "choice") != bool(column):
        raise BadEdit("template.line_column", name=name)
    default = (found["default"] or "").strip()
    return Parameter(name, kind, _unquoted(default, line, number) if default else None, column)


def _kind(word: str | None, name: str, *, is_column: bool) -> ParameterKind:
    if word is None:
        return "choice" if is_column else "text"
    for kind in _KINDS:
        if word.casefold() in {kind, *(say(language, f"templates.kind.{kind}").casefold() for language in LANGUAGES)}:
            return kind
    raise BadEdit("template.line_kind", name=name, kind=word)


def _unquoted(text: str, line: str, number: int) -> str:
    if not text.startswith('"'):
        return text
    try:
        read = json.loads(text)
    except json.JSONDecodeError:
        raise BadEdit("template.line_unreadable", number=number, line=line[:_SHOWN]) from None
    return str(read)
