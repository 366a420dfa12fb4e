"""A store's database without the store: to look at it, and to damage it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}


@contextmanager
def directly(url: str) -> Iterator[Connection]:
    """A connection that commits at the end."""
    where = make_url(url)
    engine = create_engine(where.set(drivername=_DRIVERS[where.drivername]), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def run_on(url: str, *statements: str) -> None:
    """Run statements, committed."""
    with directly(url) as connection:
        for statement in statements:
            connection.execute(text(statement))


def tables_of(url: str) -> set[str]:
    """The names of the tables."""
    with directly(url) as connection:
        return set(inspect(connection).get_table_names())
