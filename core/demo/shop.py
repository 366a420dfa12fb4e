"""The demo shop: a SQLite file with something to ask about, and three questions to try on it."""

import os
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.demo.generate import make_rows
from core.demo.orders import DAYS, Row
from core.demo.tables import INDEXES, TABLES
from core.errors import StoreFailed
from core.locale import say

SEED = 20240501


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was made: the rows of each table, and the first and last day with orders."""

    rows: tuple[tuple[str, int], ...]
    first_day: date
    last_day: date


def build(path: Path, today: date, seed: int = SEED) -> DemoSummary:
    """Write the shop to `path`, replacing what is there. The same day and seed give the same rows.

    It appears whole or not at all: it is written beside `path` and renamed. Raises `StoreFailed` ("demo.unwritable")
    when the folder cannot be written or the disk is full.
    """
    rows = make_rows(today, seed)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, rows)
        draft.replace(path)
    except (SQLAlchemyError, OSError):
        raise StoreFailed("demo.unwritable", name=path.name) from None
    finally:
        draft.unlink(missing_ok=True)
        draft.with_name(f"{draft.name}-journal").unlink(missing_ok=True)
    counts = tuple((table, len(rows[table])) for table in TABLES)
    return DemoSummary(counts, today - timedelta(days=DAYS - 1), today)


def questions(locale: str) -> tuple[str, str, str]:
    """Three questions to try, in the reader's language: one shows a number, one bars, one a line."""
    return say(locale, "demo.customers"), say(locale, "demo.products"), say(locale, "demo.months")


def _write(path: Path, rows: dict[str, list[Row]]) -> None:
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        # The driver opens no transaction before CREATE by itself: without this every statement would be its own.
        connection.exec_driver_sql("BEGIN")
        for table, definition in TABLES.items():
            connection.exec_driver_sql(definition)
            _insert(connection, table, rows[table])
        for statement in (*INDEXES, "ANALYZE"):
            connection.exec_driver_sql(statement)
        connection.commit()
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _insert(connection: Connection, table: str, rows: list[Row]) -> None:
    blanks = ", ".join("?" * len(rows[0]))
    connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({blanks})", list(rows))  # noqa: S608 - our own names
