"""The right rows of a golden question: given with it, or what its SQL finds."""

from dataclasses import dataclass

from core.ask.check import check
from core.ask.road import Road
from core.chat import Actor, Column, Place, Table
from core.errors import BadGoldenSet
from core.evaluation.golden import Golden
from core.evaluation.order import has_order
from core.people.permission import may, require


@dataclass(frozen=True, slots=True)
class GoldenResult:
    """The right rows, and how they are to be compared."""

    table: Table
    ordered: bool
    named: bool
    """Its columns have names that mean something: an answer's columns of the same names are put in their places."""


@dataclass(frozen=True)
class Golds:
    """Finds them, as `actor` at `place`. Read-only, and within the limits of every query.

    `guarded`: the SQL goes through the guard, like whatever is typed. That of the field's yardsticks does not: it is
    run as it was written, so that figures can be held against others', and in SQLite alone, whose session lets nothing
    through but reading tables.
    """

    road: Road
    actor: Actor
    place: Place
    guarded: bool

    async def result(self, golden: Golden) -> GoldenResult:
        """Raises `UnknownConnection`, `QueryRefused`, `QueryFailed`, `DatabaseUnavailable`; `BadGoldenSet`
        (golden.too_many_rows) when the limits cut the rows, so that nothing can be compared with them."""
        if golden.rows is not None:
            return _given(golden)
        road = self.road
        person = await road.people.meet(self.actor)
        async with road.store.reading() as session:
            connection = await road.connections.choose(session, person, self.place, golden.connection)
        require(person, "show", connection.resource, self.place)
        entry = await road.catalog.entry(connection)
        sql = golden.sql
        if self.guarded:
            sees_all = may(person, "see_private", connection.resource, self.place).allowed
            sql = check(sql, entry.schema, road.limits.rows, frozenset() if sees_all else entry.private).sql
        rows = await road.databases.run(connection.id, road.connections.target(connection), sql, road.limits)
        if rows.truncated:
            raise BadGoldenSet("golden.too_many_rows", most=road.limits.rows)
        ordered = has_order(golden.sql, entry.schema.dialect) if golden.order is None else golden.order
        return GoldenResult(Table(rows.columns, rows.rows), ordered, named=False)


def _given(golden: Golden) -> GoldenResult:
    rows = golden.rows or ()
    width = len(golden.columns) or (len(rows[0]) if rows else 0)
    names = golden.columns or tuple(map(str, range(1, width + 1)))
    table = Table(tuple(Column(name) for name in names), rows)
    return GoldenResult(table, bool(golden.order), named=bool(golden.columns))
