"""The values of a choice, for a list to pick from."""

from sqlglot import exp

from core.ask.road import Road
from core.catalog.entry import CatalogEntry
from core.connections.connection import Connection
from core.errors import QueryRefused
from core.saved import Parameter
from core.schema import Private, Schema
from core.sql.guard import check
from core.sql.policies import POLICIES
from core.sql.printing import printed
from core.templates.filling import all_values, choice_column
from core.templates.values import LONGEST_VALUE

MOST_CHOICES = 100


async def values_of(
    road: Road, connection: Connection, entry: CatalogEntry, parameter: Parameter, private: Private
) -> tuple[str, ...]:
    """At most 100, in order; of a column that is private to whoever wants to know none.

    Asks the database only where the catalog does not know all of them. Raises `BadEdit` (template.unknown_column),
    `QueryRefused`, `QueryFailed`, `DatabaseUnavailable`.
    """
    schema = entry.schema
    table, column = choice_column(parameter, schema)
    if (table, column) in private:
        raise QueryRefused("guard.private_column", place=f"{table}.{column}")
    known = all_values(parameter, schema)
    if known is not None:
        return tuple(sorted(known))[:MOST_CHOICES]
    verdict = check(_distinct(schema, table, column), schema.dialect, schema, MOST_CHOICES - 1, private)
    if not verdict.allowed:
        raise QueryRefused(f"guard.{verdict.reason}", place=verdict.place)
    rows = await road.databases.run(connection.id, road.connections.target(connection), verdict.sql, road.limits)
    values = (str(row[0]) for row in rows.rows if row[0] is not None)
    return tuple(value for value in values if 0 < len(value) <= LONGEST_VALUE)[:MOST_CHOICES]


def _distinct(schema: Schema, table_id: str, column_name: str) -> str:
    table = next(one for one in schema.tables if one.id == table_id)
    column = exp.column(column_name, quoted=True)
    source = exp.table_(table.name, db=table.schema or None, quoted=True)
    query = exp.select(column).distinct().from_(source).where(column.is_(exp.null()).not_()).order_by(column)
    return printed(query, POLICIES[schema.dialect])
