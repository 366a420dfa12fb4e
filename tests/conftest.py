"""What every test may ask for by name."""

import gc
import os
import signal
import tempfile

from tests.authority import Authority
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

# No test reaches beyond loopback: one authority that signed nothing is enough. Reading those of the machine takes 25 ms
# a client of HTTP, and there are thousands.
_authority = tempfile.NamedTemporaryFile(suffix=".pem")  # noqa: SIM115 (kept until the process ends)
_authority.write(Authority("Nobody").pem.encode())
_authority.flush()
os.environ["SSL_CERT_FILE"] = _authority.name

# Ten thousand tests and all they import are a million objects: the usual way of looking for dead ones among them takes
# a sixth of the time, and here memory is not short.
gc.set_threshold(20_000, 20, 20)
