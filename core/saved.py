"""Templates as values: a question whose SQL is known, with placeholders where it changes."""

from dataclasses import dataclass, field
from typing import Literal

ParameterKind = Literal["text", "number", "date", "choice"]
"""What may be filled in: any text, a number, a calendar day (ISO 8601), one of the values of a column."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A placeholder: `{name}` in the question, `:name` in the SQL. Values travel as text and are read by `kind`."""

    name: str
    """A letter, then letters, digits and underscores, in any script."""
    kind: ParameterKind = "text"
    default: str | None = None
    """Taken when nothing is filled in; None: it must be filled in."""
    column: str = ""
    """Of a choice: "table.column", whose values may be chosen."""


@dataclass(frozen=True, slots=True)
class SavedTemplate:
    """A template, as somebody who may use it sees it."""

    id: str
    name: str
    question: str
    sql: str
    parameters: tuple[Parameter, ...] = ()
    description: str = ""
    category: str = ""
    connection: str = ""
    """The name of the connection it is for; empty when none was recorded."""
    owner: str = ""
    """The owner's name; empty when it belongs to nobody."""
    is_mine: bool = False
    may_change: bool = False
    """Whether whoever looks may edit, share and delete it."""
    is_public: bool = False
    is_verified: bool = False
    usage_count: int = 0
    problem: str = ""
    """Why it cannot be used as it is, since the database changed: a code of the catalogue of errors, or empty."""


@dataclass(frozen=True, slots=True)
class TemplateEdit:
    """A template as somebody writes it. Without an id it is a new one."""

    name: str
    question: str
    sql: str
    parameters: tuple[Parameter, ...] = ()
    description: str = ""
    category: str = ""
    connection: str = ""
    """Empty: the one that the writer would be asking."""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A template of a file that was not taken, and why."""

    name: str
    code: str
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file of templates."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    refused: tuple[Refused, ...]
