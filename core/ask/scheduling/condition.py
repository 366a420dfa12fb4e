"""On which condition the answer of a scheduled question is posted, and whether a result meets it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, Overflow
from operator import eq, ge, gt, le, lt, ne
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from core.chat import Cell, Table
from core.errors import BadEdit

Comparison = Literal["<", "<=", ">", ">=", "=", "!="]
Fold = Literal["", "max", "min", "sum"]


@dataclass(frozen=True, slots=True)
class Plain:
    """always: whatever the result is. changed: its rows are others than those of the run before. any_rows, no_rows."""

    kind: Literal["always", "changed", "any_rows", "no_rows"] = "always"


@dataclass(frozen=True, slots=True)
class Compared:
    """A number of a named column compared with another one: of any row, or the largest, smallest or sum of them."""

    column: str
    comparison: Comparison
    value: Decimal
    fold: Fold = ""
    kind: Literal["compared"] = "compared"


Condition = Plain | Compared

_CONDITION: TypeAdapter[Condition] = TypeAdapter(Annotated[Condition, Field(discriminator="kind")])

_HOLDS: Mapping[Comparison, Callable[[Decimal, Decimal], bool]] = {
    "<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "!=": ne,
}  # fmt: skip


def condition_to_json(condition: Condition) -> object:
    """As JSON values, for the store."""
    return _CONDITION.dump_python(condition, mode="json")


def condition_from_json(stored: object) -> Condition:
    """What was stored."""
    return _CONDITION.validate_python(stored, strict=False)


def holds(condition: Condition, table: Table, *, changed: bool) -> bool:
    """Whether a result meets a condition; `changed` says whether it is another than the one before.

    Raises `BadEdit`: schedule.no_column for a column that the result does not have, schedule.no_sum for numbers that
    are too large to be added up.
    """
    if isinstance(condition, Compared):
        compare = _HOLDS[condition.comparison]
        return any(compare(number, condition.value) for number in _numbers(condition, table))
    match condition.kind:
        case "always":
            return True
        case "changed":
            return changed
        case "any_rows":
            return bool(table.rows)
        case "no_rows":
            return not table.rows


def _numbers(condition: Compared, table: Table) -> Sequence[Decimal]:
    """What is compared. Cells that are no numbers, empty or hidden ones, are left out: they meet nothing."""
    names = [column.name.casefold() for column in table.columns]
    whole = f"{condition.fold}({condition.column})".casefold()
    if condition.fold and whole in names:  # the heading that a database gives a column without a name of its own
        return _column(table, names.index(whole))
    if condition.column.casefold() not in names:
        shown = ", ".join(column.name for column in table.columns)
        raise BadEdit("schedule.no_column", column=condition.column, columns=shown[:500])
    found = _column(table, names.index(condition.column.casefold()))
    if not found or not condition.fold:
        return found
    match condition.fold:
        case "max":
            return [max(found)]
        case "min":
            return [min(found)]
        case "sum":
            try:
                return [sum(found, Decimal(0))]
            except Overflow:  # as of "9e999999", a text that is a number
                raise BadEdit("schedule.no_sum", column=condition.column) from None


def _column(table: Table, position: int) -> list[Decimal]:
    numbers = (_number(row[position]) for row in table.rows)
    return [one for one in numbers if one is not None]


def _number(cell: Cell) -> Decimal | None:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        # A whole number of thousands of digits cannot be written as text.
        number = Decimal(cell) if isinstance(cell, int) else Decimal(str(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
