"""Columns of a result that its readers may not see: what they hold never left the database, a mask says so."""

from dataclasses import replace

from core.chat import Column
from core.engines.base import Rows

MASK = "•••"

Hidden = tuple[tuple[int, str], ...]
"""Positions in the result, and the column of the database that each comes from."""


def masked(rows: Rows, hidden: Hidden) -> Rows:
    """The rows with a mask in every hidden cell."""
    at = {position for position, _ in hidden}
    if not at:
        return rows
    return replace(
        rows,
        columns=tuple(Column(one.name, "text") if n in at else one for n, one in enumerate(rows.columns)),
        rows=tuple(tuple(MASK if n in at else cell for n, cell in enumerate(row)) for row in rows.rows),
    )


def visible(rows: Rows, hidden: Hidden) -> Rows:
    """The rows without their hidden columns: what a sentence or a chart may be made of."""
    at = {position for position, _ in hidden}
    if not at:
        return rows
    return replace(
        rows,
        columns=tuple(one for n, one in enumerate(rows.columns) if n not in at),
        rows=tuple(tuple(cell for n, cell in enumerate(row) if n not in at) for row in rows.rows),
    )
