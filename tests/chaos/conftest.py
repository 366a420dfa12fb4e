"""The database that is asked while all goes wrong."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from tests.servers import run_on_postgres


@pytest.fixture
def asked_database(postgres_dsn: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with customers in it, 1 to 500."""
    name = f"colloquery_chaos_{uuid4().hex[:12]}"
    run_on_postgres(f'CREATE DATABASE "{name}"', postgres_dsn)
    url = make_url(postgres_dsn).set(database=name).render_as_string(hide_password=False)
    try:
        with psycopg.connect(url, autocommit=True) as shop:
            shop.execute("CREATE TABLE customers (id integer PRIMARY KEY, name text, city text)")
            shop.execute("INSERT INTO customers SELECT n, 'Customer ' || n, 'Seoul' FROM generate_series(1, 500) n")
        yield url
    finally:
        run_on_postgres(f'DROP DATABASE "{name}" WITH (FORCE)', postgres_dsn)
