"""A template's placeholders filled in: with what was given, with defaults, with samples. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from core.errors import BadEdit
from core.saved import Parameter
from core.schema import ColumnValues, Schema
from core.templates.binding import NAME
from core.templates.values import Value, read_value

BRACES = re.compile(r"\{([^{}]*)\}")
_IS_NAME = re.compile(NAME)


def placeholders(question: str) -> tuple[str, ...]:
    """The `{names}` of a question, each once. Raises `BadEdit` (template.bad_placeholder)."""
    found = []
    for inside in BRACES.findall(question):
        name = inside.strip()
        if not _IS_NAME.fullmatch(name):
            raise BadEdit("template.bad_placeholder", place=f"{{{inside[:50]}}}")
        found.append(name)
    return tuple(dict.fromkeys(found))


def filled(question: str, values: Mapping[str, str]) -> str:
    """The question with values in place of its placeholders."""
    return BRACES.sub(lambda inside: values.get(inside[1].strip(), inside[0]), question)


def read_values(
    parameters: Sequence[Parameter], given: Mapping[str, str], schema: Schema, today: date
) -> dict[str, Value]:
    """A value for every parameter, in their order: what was given, else its default.

    Raises `BadEdit`: template.value_missing, .not_a_choice, and what `read_value` raises.
    """
    values: dict[str, Value] = {}
    for parameter in parameters:
        text = given.get(parameter.name, "")
        text = text if text.strip() else parameter.default or ""
        if not text:
            raise BadEdit("template.value_missing", name=parameter.name)
        value = read_value(parameter, text, today, known_values(parameter, schema))
        every = all_values(parameter, schema)
        if every is not None and value not in every:
            raise BadEdit("template.not_a_choice", name=parameter.name, value=text)
        values[parameter.name] = value
    return values


def sample(parameters: Sequence[Parameter], schema: Schema, today: date) -> dict[str, Value]:
    """A value for every parameter: its default, or one of its kind."""
    values: dict[str, Value] = {}
    for parameter in parameters:
        if parameter.default is not None:
            values[parameter.name] = read_value(parameter, parameter.default, today)
        elif parameter.kind == "number":
            values[parameter.name] = Decimal(1)
        elif parameter.kind == "date":
            values[parameter.name] = today
        else:
            values[parameter.name] = next(iter(known_values(parameter, schema)), "a")
    return values


def known_values(parameter: Parameter, schema: Schema) -> tuple[str, ...]:
    """The values of a choice that are known without asking the database; of the others none."""
    held = _held(parameter, schema)
    return held.values if held is not None else ()


def all_values(parameter: Parameter, schema: Schema) -> tuple[str, ...] | None:
    """The same, when there are no others; else None."""
    held = _held(parameter, schema)
    return held.values if held is not None and held.complete else None


def choice_column(parameter: Parameter, schema: Schema) -> tuple[str, str]:
    """The table and column of a choice, as the catalog spells them. Raises `BadEdit` (template.unknown_column)."""
    wanted = parameter.column.strip()
    every = [(table.id, column.name) for table in schema.tables for column in table.columns]
    exact = [each for each in every if ".".join(each) == wanted]
    near = exact or [each for each in every if ".".join(each).casefold() == wanted.casefold()]
    if len(near) != 1:
        raise BadEdit("template.unknown_column", name=parameter.name, column=wanted[:100] or "?")
    return near[0]


def _held(parameter: Parameter, schema: Schema) -> ColumnValues | None:
    if parameter.kind != "choice":
        return None
    return next((held for held in schema.values if f"{held.table}.{held.column}" == parameter.column), None)
