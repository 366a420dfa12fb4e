"""Alembic's environment, for the `alembic` command and for `core.storage.migrate`.

The URL comes from whoever calls, or from DATABASE_URL. The `alembic` command has no logging of its own and gets some
here; an application's is left alone.
"""

import logging
import os

from alembic import context
from sqlalchemy import URL

from core.storage import compare, migrate
from core.storage.address import store_url


def url() -> URL:
    """The store to migrate."""
    given: URL | None = context.config.attributes.get("url")
    return given or store_url(os.environ.get("DATABASE_URL", "sqlite:///app_data.db"))


def run() -> None:
    """Migrate, alone on the store."""
    with migrate.migrating(url()) as connection:
        context.configure(connection=connection, **compare.OPTIONS)
        context.run_migrations()


def print_sql() -> None:
    """Print what would be run (`--sql`)."""
    context.configure(dialect_name=url().get_backend_name(), literal_binds=True, **compare.OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


if "url" not in context.config.attributes:
    logging.basicConfig(format="%(message)s")
    logging.getLogger("alembic").setLevel(logging.INFO)

if context.is_offline_mode():
    print_sql()
else:
    run()
