"""What every test may ask for by name."""

import signal

from tests.servers import (
    empty_mariadb,
    empty_postgres,
    empty_sqlite,
    empty_url,
    mariadb_database,
    mariadb_dsn,
    migrated_file,
    migrated_mariadb,
    migrated_postgres,
    postgres_database,
    postgres_dsn,
    sqlite_database,
    sqlite_store,
    store,
    store_url,
)

__all__ = [
    "empty_mariadb",
    "empty_postgres",
    "empty_sqlite",
    "empty_url",
    "mariadb_database",
    "mariadb_dsn",
    "migrated_file",
    "migrated_mariadb",
    "migrated_postgres",
    "postgres_database",
    "postgres_dsn",
    "sqlite_database",
    "sqlite_store",
    "store",
    "store_url",
]

# Commands are interrupted as a terminal does it. What a shell starts in the background ignores that, and its children
# with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
