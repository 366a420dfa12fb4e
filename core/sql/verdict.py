"""What the guard says of a query."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed or not, why, where, and the SQL that would run."""

    allowed: bool
    reason: str = ""
    """A stable word of `core.sql.guard.REASONS`; empty when allowed."""
    place: str = ""
    """The offending piece of the query, at most 80 characters; empty when allowed."""
    sql: str = ""
    """Printed from the checked tree, with the row limit written in; empty when refused."""
    tables: tuple[str, ...] = ()
    """The tables read, as `core.schema.Table.id`, in the order of the query."""
    hidden: tuple[tuple[int, str], ...] = ()
    """The columns of the result that hold nothing because they would show a private column: the position, from 0, and
    that column as `table.column`."""
