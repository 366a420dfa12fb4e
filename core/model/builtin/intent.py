"""What a question means, before it is SQL: measures, dimensions, filters, order, limit. All names are resolved."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Aggregate = Literal["count", "count_distinct", "sum", "avg", "min", "max"]
Operator = Literal["=", "<>", ">", ">=", "<", "<="]
Unit = Literal["year", "quarter", "month", "week", "day"]
Scalar = str | int | float


@dataclass(frozen=True, slots=True)
class Ref:
    """A column of a table (`core.schema.Table.id`)."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Product:
    """An amount that no column holds: quantity times price, of the same row."""

    quantity: Ref
    price: Ref

    @property
    def table(self) -> str:
        """The table both columns belong to."""
        return self.quantity.table


Operand = Ref | Product


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure over rows. `of` is None for a count of the table's rows."""

    fn: Aggregate
    table: str
    of: Operand | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A date column cut to a unit of the calendar."""

    ref: Ref
    unit: Unit

    @property
    def table(self) -> str:
        """The table of the date."""
        return self.ref.table


@dataclass(frozen=True, slots=True)
class Entity:
    """The rows of a table as things of their own: grouped by key, shown by name."""

    table: str


Dimension = Ref | Period | Entity


@dataclass(frozen=True, slots=True)
class Compare:
    """A column against one value, or against a figure over its whole column ("above average")."""

    ref: Ref
    op: Operator
    value: Scalar | Measure


@dataclass(frozen=True, slots=True)
class Like:
    """A text column against a piece of text."""

    ref: Ref
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column against some values. `negated` for none of them."""

    ref: Ref
    values: tuple[Scalar, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    """A column that holds nothing, or `negated`: something."""

    ref: Ref
    negated: bool = False


@dataclass(frozen=True, slots=True)
class During:
    """A date column from `start` up to, not including, `end`; either may be open."""

    ref: Ref
    start: date | None
    end: date | None


Filter = Compare | Like | OneOf | IsNull | During


@dataclass(frozen=True, slots=True)
class Related:
    """Rows of `table` that belong to the subject's row: one exists, none does (`negated`), or a figure over them."""

    table: str
    negated: bool = False
    filters: tuple[Filter, ...] = ()
    measure: Measure | None = None
    """With `op` and `value`: what is compared, instead of mere existence."""
    op: Operator = ">"
    value: int | float = 0


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on a figure of a group."""

    measure: Measure
    op: Operator
    value: int | float
    upper: int | float | None = None
    """The other end of "between"."""


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by."""

    by: Operand | Period | Measure
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A question, understood. `subject` is the table whose rows it is about."""

    subject: str
    columns: tuple[Ref | Entity, ...] = ()
    measures: tuple[Measure, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    filters: tuple[Filter, ...] = ()
    related: tuple[Related, ...] = ()
    having: tuple[Having, ...] = ()
    orders: tuple[Order, ...] = ()
    limit: int | None = None
    distinct: bool = False
