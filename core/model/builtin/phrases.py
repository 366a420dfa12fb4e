"""A question as grounded phrases: each stretch of words with everything it may stand for."""

from dataclasses import dataclass
from datetime import date

from core.model.builtin.intent import Ref
from core.schema import ValueMatch


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column a phrase may name. `level` says how close the wording is: 5 its very name, 1 one word of it."""

    ref: Ref
    level: int


@dataclass(frozen=True, slots=True)
class Span:
    """Some days: from `start` up to, not including, `end`."""

    start: date
    end: date
    year: int | None = None
    """Set when the words were a year and nothing else."""
    quarter: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of the question and all they may stand for."""

    text: str
    start: int
    end: int
    """Positions of characters in the question."""
    key: str = ""
    """The role of a grammar word ("op.gt", "group", …)."""
    tables: tuple[Candidate, ...] = ()
    """Tables, as candidates without a column."""
    columns: tuple[Candidate, ...] = ()
    values: tuple[ValueMatch, ...] = ()
    number: int | float | None = None
    span: Span | None = None
    quoted: str | None = None
    tail: str = ""
    """The Korean particles that follow."""

    @property
    def named(self) -> bool:
        """Whether it may name a table or a column."""
        return bool(self.tables or self.columns)
