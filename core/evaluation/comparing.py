"""Whether two results are the same: what execution accuracy rests on.

A result is right when it has the same rows as the golden one, each as often, with its columns in the same places; in
the same order when that matters. That is stricter than BIRD's measure, which compares the rows as sets: that one is
worked out, too. With columns in any order it is what Spider's own script computes.

Cells are the same when they are NULL both; when they are numbers whose values differ by no more than `TOLERANCE`,
whole numbers by nothing; when they are dates or moments that are the same one, a day being its midnight; when they are
texts of the same signs. A truth value is 1 or 0, as most servers have it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from core.chat import Cell, ColumnKind, Table

TOLERANCE = Decimal("1e-12")
"""Of the larger of two numbers, or of 1 when both are smaller. The order in which a million floats are added up changes
less; two cents of a thousand million stay apart."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([+-]\d\d:?\d\d|Z)?)?")

_Value = Decimal | datetime | str | None
_Row = tuple[_Value, ...]
_Column = tuple[_Value, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """How an answer stands to the golden result."""

    verdict: Literal["right", "wrong_rows", "wrong_columns"]
    same_set: bool
    """Right as BIRD has it: the same set of rows."""


def compare(gold: Table, answer: Table, *, ordered: bool, any_column_order: bool = False) -> Compared:
    """Hold an answer against the golden result, which is whole: an answer that the limits cut has more rows.

    A golden result without columns has no rows, and any columns will do.
    """
    golden, given = _read(gold), _read(answer)
    snapped = _snapping(golden + given)
    golden, given = _snap(golden, snapped), _snap(given, snapped)
    same_set = set(golden) == set(given) and not answer.truncated
    if gold.columns and len(gold.columns) != len(answer.columns):
        return Compared("wrong_columns", same_set)
    if answer.truncated:
        return Compared("wrong_rows", same_set)
    if any_column_order and gold.columns:
        same = _fits(_columns(golden, gold), _columns(given, answer), (), ordered=ordered)
    else:
        same = _same(golden, given, ordered=ordered)
    return Compared("right" if same else "wrong_rows", same_set)


def by_names(gold: Table, answer: Table) -> Table:
    """The answer with its columns in the places of the golden ones, where both have the same names, once each."""
    wanted = [one.name.casefold() for one in gold.columns]
    given = [one.name.casefold() for one in answer.columns]
    if wanted == given or sorted(wanted) != sorted(given) or len(set(given)) < len(given):
        return answer
    places = [given.index(name) for name in wanted]
    rows = tuple(tuple(row[place] for place in places) for row in answer.rows)
    return Table(tuple(answer.columns[place] for place in places), rows, answer.truncated)


def _same(golden: Sequence[_Row], given: Sequence[_Row], *, ordered: bool) -> bool:
    return list(golden) == list(given) if ordered else Counter(golden) == Counter(given)


def _columns(rows: Sequence[_Row], table: Table) -> tuple[_Column, ...]:
    return tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in table.columns)


def _fits(golden: tuple[_Column, ...], given: tuple[_Column, ...], chosen: tuple[int, ...], *, ordered: bool) -> bool:
    """Whether the columns of an answer can be put so that the rows are the same; `chosen` are the first of them.

    Each further column is tried only while the rows so far are the same, which leaves few to try.
    """
    some = [golden[: len(chosen)], tuple(given[place] for place in chosen)]
    one, other = (list(zip(*columns, strict=True)) for columns in some)
    if not _same(one, other, ordered=ordered):
        return False
    if len(chosen) == len(golden):
        return len(golden) == 0 or len(golden[0]) == len(given[0])
    left = (place for place in range(len(given)) if place not in chosen)
    return any(_fits(golden, given, (*chosen, place), ordered=ordered) for place in left)


def _read(table: Table) -> list[_Row]:
    kinds = [column.kind for column in table.columns]
    return [tuple(_value(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in table.rows]


def _value(cell: Cell, kind: ColumnKind) -> _Value:
    """A cell as what it stands for. JSON has no word for NaN and infinity: they are texts, in our results as well."""
    if cell is None:
        return None
    if isinstance(cell, int | float):
        number = Decimal(cell)
        return number if number.is_finite() else str(cell)
    if kind == "decimal":
        return Decimal(cell)
    return _moment(cell)


def _moment(text: str) -> datetime | str:
    """An ISO date or moment, in UTC where it has an offset; any other text as it is."""
    if not _MOMENT.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text  # as the 31st of February
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _snapping(rows: Sequence[_Row]) -> dict[Decimal, Decimal]:
    """For each number the one that stands for all that are as good as it: equal values are then equal keys."""
    numbers = sorted({value for row in rows for value in row if isinstance(value, Decimal)})
    stands: dict[Decimal, Decimal] = {}
    for before, number in zip([None, *numbers], numbers, strict=False):
        stands[number] = stands[before] if before is not None and _close(before, number) else number
    return stands


def _close(one: Decimal, other: Decimal) -> bool:
    if _is_whole(one) and _is_whole(other):
        return one == other
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other), Decimal(1))


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _snap(rows: Sequence[_Row], stands: dict[Decimal, Decimal]) -> list[_Row]:
    return [tuple(stands[value] if isinstance(value, Decimal) else value for value in row) for row in rows]
