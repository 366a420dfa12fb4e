"""Fixtures for the stores and the servers that tests run on.

A server is where COLLOQUERY_TEST_POSTGRES_URL or COLLOQUERY_TEST_MARIADB_URL says, by default on loopback with its
administrator and no password. Without it the test is skipped with the reason; with COLLOQUERY_REQUIRE_SERVERS=1 it
fails. Each test gets a database of its own with a random name, dropped afterwards.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from core.storage import migrate
from core.storage.compare import METADATA
from core.storage.session import Store

POSTGRES = os.environ.get("COLLOQUERY_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
MARIADB = os.environ.get("COLLOQUERY_TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/")

_CHILDREN_FIRST = [table.name for table in reversed(METADATA.sorted_tables)]


def run_on_postgres(statement: str, url: str = POSTGRES) -> None:
    """Run one statement, outside any transaction."""
    with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
        connection.execute(statement.encode())


def run_on_mariadb(statement: str, url: str = MARIADB) -> None:
    """Run one statement, committed."""
    where = make_url(url)
    connection = pymysql.connect(
        host=where.host or "127.0.0.1",
        port=where.port or 3306,
        user=where.username,
        password=where.password or "",
        database=where.database or None,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=3,
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def _absent(server: str, failure: Exception) -> NoReturn:
    reason = f"no {server} to test on ({type(failure).__name__})"
    if os.environ.get("COLLOQUERY_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_dsn() -> str:
    """The administrator's URL of a PostgreSQL that answers."""
    try:
        run_on_postgres("SELECT 1")
    except psycopg.Error as failure:
        _absent("PostgreSQL", failure)
    return POSTGRES


@pytest.fixture(scope="session")
def mariadb_dsn() -> str:
    """The administrator's URL of a MariaDB that answers."""
    try:
        run_on_mariadb("SELECT 1")
    except pymysql.Error as failure:
        _absent("MariaDB", failure)
    return MARIADB


@contextmanager
def _fresh_postgres(admin: str) -> Iterator[str]:
    name = _random_name()
    run_on_postgres(f'CREATE DATABASE "{name}"', admin)
    try:
        yield _with_database(admin, name)
    finally:
        run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)', admin)


@contextmanager
def _fresh_mariadb(admin: str) -> Iterator[str]:
    name = _random_name()
    # Not the character set we need, on purpose: the tables must bring their own.
    run_on_mariadb(f"CREATE DATABASE `{name}` CHARACTER SET latin1", admin)
    try:
        yield _with_database(admin, name)
    finally:
        run_on_mariadb(f"DROP DATABASE `{name}`", admin)


def _random_name() -> str:
    return f"colloquery_test_{uuid4().hex[:12]}"


def _with_database(admin: str, name: str) -> str:
    return make_url(admin).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgres_database(postgres_dsn: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with _fresh_postgres(postgres_dsn) as url:
        yield url


@pytest.fixture
def mariadb_database(mariadb_dsn: str) -> Iterator[str]:
    """The URL of an empty MariaDB database."""
    with _fresh_mariadb(mariadb_dsn) as url:
        yield url


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with no tables, on each of the three."""
    url: str = request.getfixturevalue(f"{request.param}_database")
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store at head with nothing in it, to copy from."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    asyncio.run(migrate.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_dsn: str) -> Iterator[str]:
    """The URL of a PostgreSQL store at head, shared by the tests one after another."""
    with _fresh_postgres(postgres_dsn) as url:
        asyncio.run(migrate.upgrade(url))
        yield url


@pytest.fixture(scope="session")
def migrated_mariadb(mariadb_dsn: str) -> Iterator[str]:
    """The URL of a MariaDB store at head, shared by the tests one after another."""
    with _fresh_mariadb(mariadb_dsn) as url:
        asyncio.run(migrate.upgrade(url))
        yield url


@pytest.fixture
def empty_sqlite(sqlite_database: str, migrated_file: Path) -> str:
    """The URL of a SQLite store at head with nothing in it."""
    shutil.copy(migrated_file, sqlite_database.removeprefix("sqlite:///"))
    return sqlite_database


@pytest.fixture
def empty_postgres(migrated_postgres: str) -> str:
    """The URL of a PostgreSQL store at head with nothing in it."""
    run_on_postgres("; ".join(f"DELETE FROM {table}" for table in _CHILDREN_FIRST), migrated_postgres)
    return migrated_postgres


@pytest.fixture
def empty_mariadb(migrated_mariadb: str) -> str:
    """The URL of a MariaDB store at head with nothing in it."""
    run_on_mariadb(f"BEGIN NOT ATOMIC {'; '.join(f'DELETE FROM {t}' for t in _CHILDREN_FIRST)}; END", migrated_mariadb)
    return migrated_mariadb


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The URL of a store at head with nothing in it, on each of the three. Its tables must stay as they are."""
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    """A store at head with nothing in it, on each of the three. Its tables must stay as they are."""
    opened = Store.open(empty_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(empty_sqlite: str) -> AsyncIterator[Store]:
    """A store at head with nothing in it, on SQLite: for what does not depend on the server."""
    opened = Store.open(empty_sqlite)
    yield opened
    await opened.close()
