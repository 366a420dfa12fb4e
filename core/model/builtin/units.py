"""The units of a question, the same for both languages: from a reader to the assembler."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.model.builtin.intent import Aggregate, Operator, Scalar, Unit
from core.model.builtin.phrases import Candidate
from core.schema import ValueMatch

Special = Literal["", "money", "sold", "price", "age", "length", "height", "weight", "date"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something the question names; which table or column it is, context decides."""

    text: str
    tables: tuple[Candidate, ...] = ()
    columns: tuple[Candidate, ...] = ()
    owner: str = ""
    """The table whose column it must be, when the words say so ("the customer's name")."""
    special: Special = ""
    """Something named by its sense: money, units sold, the column that "cheapest" or "oldest" speaks of."""

    @property
    def is_verb(self) -> bool:
        """Whether it only says what is done with rows of a table ("teach", "performed"), not their name."""
        return bool(self.tables) and all(c.level == 1 for c in (*self.tables, *self.columns))

    @property
    def is_name(self) -> bool:
        """Whether it asks for a name and says no more."""
        return self.text.lower() in ("name", "names", "이름", "명칭")

    @property
    def rather_table(self) -> bool:
        """Whether the wording is at least as near to a table's name as to a column's."""
        table = max((candidate.level for candidate in self.tables), default=0)
        return table > 0 and table >= max((candidate.level for candidate in self.columns), default=0)


@dataclass(frozen=True, slots=True)
class Noun:
    """Something shown. `head` when it is what is asked for, `linked` when "and" ties it to a figure before it."""

    mention: Mention
    head: bool = False
    linked: bool = False
    doubtful: bool = False
    """A column named where a table is expected: "the names of losers". Good only when a condition takes it."""
    distinct: bool = False
    possessed: bool = False
    """Said after "with" or "have": good as "which have one" when nothing else takes it."""


@dataclass(frozen=True, slots=True)
class Has:
    """Only those that have such rows; `negated`: that have none."""

    mention: Mention
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """An aggregate asked for. A count counts rows of a table or distinct values of a column."""

    fn: Aggregate
    mention: Mention
    extreme: bool = False
    """Said as "the highest": with other columns beside it, those of the same row are meant."""


@dataclass(frozen=True, slots=True)
class Group:
    """One row for each of these."""

    mention: Mention | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """A named column against a value."""

    mention: Mention
    op: Operator
    value: Scalar
    upper: Scalar | None = None
    """The other end of "between"; the operator is then ">="."""
    others: tuple[Scalar, ...] = ()
    """More values that would do as well: "2014 or 2015"."""


@dataclass(frozen=True, slots=True)
class Average:
    """A named column against its own average."""

    mention: Mention
    op: Operator


@dataclass(frozen=True, slots=True)
class Likeness:
    """A named column that contains, begins or ends with a text."""

    mention: Mention
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Null:
    """A named column that is empty, or `negated`: is not."""

    mention: Mention
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Among:
    """Values of the data: each choice is one phrase with all the columns that hold it."""

    choices: tuple[tuple[ValueMatch, ...], ...]
    negated: bool = False
    hint: Mention | None = None
    every: bool = False
    """They are joined by "and"."""


@dataclass(frozen=True, slots=True)
class When:
    """A span of days, up to but not including `end`."""

    start: date | None
    end: date | None
    year: int | None = None
    op: Operator = "="
    hint: Mention | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A condition on how many rows of a table there are, or on a figure over them."""

    figure: Figure
    op: Operator
    value: int | float
    upper: int | float | None = None


@dataclass(frozen=True, slots=True)
class Top:
    """Those with the most or least of something: of a column, or (`figure`) of a figure over rows. None: most rows."""

    mention: Mention | None
    descending: bool
    figure: Aggregate | None = None
    several: bool = False
    """Asked in the plural without a number: all of them, in order."""


@dataclass(frozen=True, slots=True)
class Sort:
    """The order asked for."""

    mention: Mention
    descending: bool = False
    figure: Aggregate | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """At most this many."""

    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The question says "list": rows are wanted, not how many there are."""


Piece = (
    Listing
    | Noun
    | Has
    | Figure
    | Group
    | Where
    | Average
    | Likeness
    | Null
    | Among
    | When
    | Amount
    | Top
    | Sort
    | Take
)
