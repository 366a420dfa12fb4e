"""Whether a template is whole: its words, its placeholders, its SQL against the schema. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.errors import BadEdit, ColloqueryError, QueryRefused
from core.saved import Parameter, TemplateEdit
from core.schema import Private, Schema
from core.sql.guard import check
from core.templates.binding import NAME, SqlTemplate, read_template
from core.templates.filling import BRACES, all_values, choice_column, known_values, placeholders, sample
from core.templates.template import EXAMPLE
from core.templates.values import read_value

MOST_PARAMETERS = 20

_LENGTHS = {"name": 200, "question": 2_000, "description": 2_000, "category": 50}
"""Characters: those of name and category as the store's columns hold them."""

_TOO_LONG = {
    "name": "template.name_too_long",
    "question": "template.question_too_long",
    "description": "template.description_too_long",
    "category": "template.category_too_long",
}

_IS_NAME = re.compile(NAME)

_GONE = {"unknown_table": "template.table_gone", "unknown_column": "template.column_gone"}

# What is written beside a fixed day in SQL makes a question of "last month" wrong from the next month on.
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NOW = re.compile(
    r"\b(?:current_date|current_timestamp|now|curdate|sysdate|getdate|today|localtimestamp|'now')\b|'now'",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:today|yesterday|now|current(?:ly)?|recent(?:ly)?|latest|ago|so far|to date|mtd|ytd|qtd"
    r"|(?:this|last|past|previous|prior|next)\s+(?:\d+\s+|few\s+|couple of\s+)?(?:day|week|month|quarter|year|half)s?"
    r"|(?:in|since|during|for|by|until)\s+(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december))\b"
    r"|오늘|어제|그제|그저께|금일|전일|이번|지난|저번|올해|금년|작년|전년|재작년|지난해|금월|당월|전월|최근|현재|요즘|상반기|하반기"
    r"|(?<!\d)\d{1,2}\s*월|[1-4]\s*분기|\d+\s*(?:일|주|달|개월|년)\s*(?:전|간|동안)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A template that may be kept, tidied; `problem` is a code when it may, but does not answer by itself."""

    edit: TemplateEdit
    problem: str = ""


def tidy(text: str) -> str:
    """Composed Unicode without control characters but line ends, and without space around it."""
    composed = unicodedata.normalize("NFC", text)
    kept = (sign for sign in composed if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def tidy_name(text: str) -> str:
    """A name, a category: on one line."""
    return " ".join(tidy(text).split())


def same_name(text: str) -> str:
    """What two names have in common that are the same but for case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).rstrip("?!.。").rstrip().casefold()


def check_edit(edit: TemplateEdit, schema: Schema, private: Private, today: date) -> Checked:
    """Look at all of it. `private`: the columns that whoever writes it may not see.

    Placeholders that are not declared are texts. Raises `BadEdit` (template.*) and `QueryRefused`.
    """
    edit = _tidied(edit)
    in_question = placeholders(edit.question)
    parsed = read_template(edit.sql, schema.dialect)
    parameters = _parameters(edit, in_question, parsed, schema, private)
    _read_defaults(parameters, schema, today)
    text = parsed.bind(sample(parameters, schema, today))
    verdict = check(text, schema.dialect, schema, private=private)
    if not verdict.allowed:
        raise QueryRefused(f"guard.{verdict.reason}", place=verdict.place)
    edit = replace(edit, parameters=parameters)
    return Checked(edit, "template.fixed_dates" if goes_stale(edit.question, edit.sql) else "")


def problem_of(sql: str, question: str, parameters: Sequence[Parameter], schema: Schema, today: date) -> str:
    """Why a template cannot be used over this schema: a code, or empty."""
    try:
        text = read_template(sql, schema.dialect).bind(sample(parameters, schema, today))
        for parameter in parameters:
            if parameter.kind == "choice":
                choice_column(parameter, schema)
    except BadEdit as wrong:
        return "template.column_gone" if wrong.code == "template.unknown_column" else "template.refused_now"
    except (ColloqueryError, KeyError):
        return "template.refused_now"
    return problem_of_bound(text, schema) or ("template.fixed_dates" if goes_stale(question, sql) else "")


def problem_of_bound(sql: str, schema: Schema) -> str:
    """The same of SQL with its values in it."""
    verdict = check(sql, schema.dialect, schema)
    return "" if verdict.allowed else _GONE.get(verdict.reason, "template.refused_now")


def goes_stale(question: str, sql: str) -> bool:
    """Whether a question about a time that moves ("last month") has SQL about a year that does not."""
    fixed = set(_YEAR.findall(sql)) - set(_YEAR.findall(question))
    return bool(fixed) and bool(_RELATIVE.search(question)) and not _NOW.search(sql)


def _tidied(edit: TemplateEdit) -> TemplateEdit:
    edit = replace(
        edit,
        name=tidy_name(edit.name),
        question=BRACES.sub(lambda inside: f"{{{inside[1].strip()}}}", " ".join(tidy(edit.question).split())),
        sql=tidy(edit.sql).rstrip(";").rstrip(),
        description=tidy(edit.description),
        category=tidy_name(edit.category),
        connection=tidy_name(edit.connection),
    )
    if not edit.name:
        raise BadEdit("template.no_name")
    if not edit.question:
        raise BadEdit("template.no_question")
    if not edit.sql:
        raise BadEdit("template.no_sql")
    for field, most in _LENGTHS.items():
        length = len(getattr(edit, field))
        if length > most:
            raise BadEdit(_TOO_LONG[field], most=most, length=length)
    if edit.category.casefold() == EXAMPLE:
        raise BadEdit("template.category_reserved", category=edit.category)
    return edit


def _parameters(
    edit: TemplateEdit, in_question: tuple[str, ...], parsed: SqlTemplate, schema: Schema, private: Private
) -> tuple[Parameter, ...]:
    """In the order of the question, then of the SQL."""
    declared: dict[str, Parameter] = {}
    for parameter in edit.parameters:
        one = replace(
            parameter,
            name=unicodedata.normalize("NFC", parameter.name).strip(),
            default=tidy(parameter.default or "") or None,
            column=parameter.column if parameter.kind == "choice" else "",
        )
        if not _IS_NAME.fullmatch(one.name):
            raise BadEdit("template.bad_parameter", name=one.name[:50])
        if one.name in declared:
            raise BadEdit("template.parameter_twice", name=one.name)
        declared[one.name] = _with_column(one, schema, private) if one.kind == "choice" else one
    names = tuple(dict.fromkeys((*in_question, *parsed.names)))
    if len(names) > MOST_PARAMETERS:
        raise BadEdit("template.too_many_parameters", most=MOST_PARAMETERS)
    for name in declared:
        if name not in names:
            raise BadEdit("template.parameter_unused", name=name)
    for name in in_question:
        if name not in parsed.names:
            raise BadEdit("template.not_in_sql", name=name)
    for name in parsed.names:
        if name not in in_question and (name not in declared or declared[name].default is None):
            raise BadEdit("template.not_in_question", name=name)
    return tuple(declared.get(name, Parameter(name)) for name in names)


def _with_column(parameter: Parameter, schema: Schema, private: Private) -> Parameter:
    table, column = choice_column(parameter, schema)
    if (table, column) in private:
        raise BadEdit("template.private_column", name=parameter.name, column=f"{table}.{column}")
    return replace(parameter, column=f"{table}.{column}")


def _read_defaults(parameters: Sequence[Parameter], schema: Schema, today: date) -> None:
    for parameter in parameters:
        if parameter.default is None:
            continue
        try:
            value = read_value(parameter, parameter.default, today, known_values(parameter, schema))
        except BadEdit:
            raise BadEdit("template.bad_default", name=parameter.name, default=parameter.default[:50]) from None
        every = all_values(parameter, schema)
        if every is not None and value not in every:
            raise BadEdit("template.bad_default", name=parameter.name, default=parameter.default[:50])
