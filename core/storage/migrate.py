"""Bringing a store to the tables this version needs: at the start of `serve`, and by `colloquery db`.

Any number of processes may do it at once: one works, the others wait and find it done. SQLite and PostgreSQL take all
pending revisions or none; MariaDB commits each statement, so a revision that fails there may be half done.
"""

import asyncio
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from core.errors import StoreFailed
from core.storage import compare
from core.storage.address import store_url
from core.storage.failures import file_failure, plain_failures, store_failure
from core.storage.session import Store

MIGRATIONS: Final = Path(str(files("migrations")))
"""Alembic's folder, in the source tree and in an installed package alike."""

PATIENCE: Final = 600
"""Seconds to wait while another process migrates, before `store.busy`."""

_POSTGRESQL_LOCK: Final = 0x636F6C6C6F717579  # "colloquy": any number will do, as long as every process uses the same
_MARIADB_LOCK: Final = "CONCAT('colloquery migration ', MD5(DATABASE()))"

_BLOCKING_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
}

# Alembic keeps its running environment in module globals.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class State:
    """How a store stands to this version. Revisions are Alembic's ids, oldest first."""

    current: str | None
    head: str
    pending: tuple[str, ...]
    known: bool
    """False when `current` is none of ours: the store was made by a newer version."""
    differences: tuple[str, ...]
    """Where the tables differ from the models, one line each; looked for only when nothing is pending."""

    @property
    def up_to_date(self) -> bool:
        """Nothing to do."""
        return self.current == self.head and not self.differences


async def upgrade(store: Store | str, to: str = "head", *, scripts: Path = MIGRATIONS) -> None:
    """Apply the revisions up to `to`.

    Raises `StoreFailed`: store.migration (`revision`: the one that failed), store.newer, store.foreign_tables,
    store.no_revision, or what `Store` raises.
    """
    await asyncio.to_thread(_migrate, command.upgrade, _url(store), to, scripts)


async def downgrade(store: Store | str, to: str, *, scripts: Path = MIGRATIONS) -> None:
    """Take revisions back, down to `to` ("-1", an id, "base"). Their tables and columns go with what is in them."""
    await asyncio.to_thread(_migrate, command.downgrade, _url(store), to, scripts)


async def revision(store: Store | str, message: str, *, scripts: Path = MIGRATIONS) -> Path:
    """Write a revision that brings a store at head to the models, and return its file."""
    return await asyncio.to_thread(_revision, _url(store), message, scripts)


async def check(store: Store | str, *, scripts: Path = MIGRATIONS) -> State:
    """How the store stands. Changes nothing."""
    return await asyncio.to_thread(_check, _url(store), scripts)


def revisions(scripts: Path = MIGRATIONS) -> tuple[str, ...]:
    """The revisions that this version knows, the oldest first."""
    directory = ScriptDirectory.from_config(_config(make_url("sqlite://"), scripts))
    return tuple(script.revision for script in directory.walk_revisions())[::-1]


@contextmanager
def migrating(url: URL) -> Iterator[Connection]:
    """The connection to migrate over, while no other process does. Used by Alembic's env.py.

    Raises `StoreFailed("store.foreign_tables")` when somebody else's tables are there.
    """
    if url.get_backend_name() == "sqlite":
        _make_private_file(Path(url.database or ""))
    with _connected(url, "BEGIN IMMEDIATE") as connection, _alone(connection):
        tables = set(inspect(connection).get_table_names())
        if tables and "alembic_version" not in tables:
            raise StoreFailed("store.foreign_tables")
        yield connection


def _url(store: Store | str) -> URL:
    return store.url if isinstance(store, Store) else store_url(store)


def _make_private_file(path: Path) -> None:
    # What people asked is nobody else's business on this machine; -wal and -shm take the mode of the file.
    try:
        path.touch(mode=0o600)
    except OSError as failure:
        raise file_failure(failure) from None


@contextmanager
def _connected(url: URL, begin: str) -> Iterator[Connection]:
    backend = url.get_backend_name()
    engine = create_engine(
        url.set(drivername=_BLOCKING_DRIVERS[backend]),
        poolclass=NullPool,
        hide_parameters=True,
        # In MariaDB each statement on tables commits anyway; this way the version commits beside it.
        **({"isolation_level": "AUTOCOMMIT"} if backend == "mysql" else {}),
    )
    if backend == "sqlite":
        _begin_with(engine, begin)
    with engine.begin() as connection:
        yield connection


def _begin_with(engine: Engine, statement: str) -> None:
    # The driver would begin only before the first INSERT. Foreign keys stay off here: Alembic rebuilds tables.
    def own_transactions(driver: Any, _record: Any) -> None:
        driver.isolation_level = None
        driver.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")

    event.listen(engine, "connect", own_transactions)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(statement))


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """SQLite's transaction is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRESQL_LOCK})"))
    if connection.dialect.name != "mysql":
        yield
        return
    if connection.scalar(text(f"SELECT GET_LOCK({_MARIADB_LOCK}, {PATIENCE})")) != 1:
        raise StoreFailed("store.busy", reason="GET_LOCK")
    try:
        yield
    finally:
        connection.execute(text(f"SELECT RELEASE_LOCK({_MARIADB_LOCK})"))


def _config(url: URL, scripts: Path) -> Config:
    config = Config(cmd_opts=Namespace(quiet=True))
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def _migrate(move: Callable[[Config, str], None], url: URL, to: str, scripts: Path) -> None:
    config = _config(url, scripts)
    with plain_failures():
        try:
            with _one_at_a_time:
                move(config, to)
        except CommandError:
            state = _check(url, scripts)
            code = "store.no_revision" if state.known else "store.newer"
            raise StoreFailed(code, revision=to if state.known else state.current) from None
        except Exception as failure:
            broken = _broken_revision(failure, ScriptDirectory.from_config(config))
            if broken is None:
                raise
            raise broken from None


def _broken_revision(failure: Exception, directory: ScriptDirectory) -> StoreFailed | None:
    """The failure of the revision whose code raised it, unless the store has a plainer reason: full, read-only."""
    revisions = {script.path: script.revision for script in directory.walk_revisions()}
    running = [revisions[frame.filename] for frame in extract_tb(failure.__traceback__) if frame.filename in revisions]
    plain = store_failure(failure) if isinstance(failure, DBAPIError) else None
    if not running or (plain and plain.code != "store.broken"):
        return None
    reason = plain.details["reason"] if plain else type(failure).__name__
    return StoreFailed("store.migration", revision=running[0], reason=reason)


def _revision(url: URL, message: str, scripts: Path) -> Path:
    config = _config(url, scripts)
    try:
        with _one_at_a_time, plain_failures():
            script = command.revision(config, message, autogenerate=True)
    except CommandError:
        state = _check(url, scripts)
        raise StoreFailed("store.behind" if state.known else "store.newer", revision=state.current) from None
    return Path(cast(Script, script).path)  # it is a list only when several are asked for


def _check(url: URL, scripts: Path) -> State:
    directory = ScriptDirectory.from_config(_config(url, scripts))
    head = directory.get_current_head() or ""
    revisions = [script.revision for script in directory.walk_revisions()][::-1]
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return State(None, head, tuple(revisions), known=True, differences=())
    with plain_failures(), _connected(url, "BEGIN") as connection:
        context = MigrationContext.configure(connection, opts=compare.OPTIONS)
        current = context.get_current_revision()
        known = current is None or current in revisions
        pending = tuple(revisions[revisions.index(current) + 1 :] if current and known else revisions)
        differences = compare_metadata(context, compare.METADATA) if current == head else []
    return State(current, head, () if not known else pending, known, tuple(map(compare.in_words, differences)))
