"""The store cannot be written to for a while: it says so, reads on, recovers by itself, loses nothing accepted."""

import time
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from core.errors import StoreFailed
from core.storage.models import Event
from core.storage.session import Store
from tests.faults.disk import kept_as_they_are
from tests.faults.scene import BACK_WITHIN, is_whole, slow_model, under_way, until_answered
from tests.faults.served import Served, is_readable, refusal, served, until
from tests.servers import run_on_postgres


def _make(store_url: str, *, read_only: bool) -> None:
    """As when a server becomes a stand-by, or the primary again: its connections end."""
    name = make_url(store_url).database
    run_on_postgres(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if read_only else "off"}')


def _hang_up(store_url: str) -> None:
    name = make_url(store_url).database
    run_on_postgres(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def _says_so_and_reads(one: Served, asked: dict[str, str]) -> None:
    refusal(one.ask("during"), "store.read_only")
    until(lambda: "a question waits for the store" in one.said(), "the model's answer cannot be stored")
    assert one.healthy() and one.ready() == (200, "ok")
    assert one.exchanges("before-0") == [asked["before-0"]]


def _goes_on(one: Served, asked: dict[str, str]) -> None:
    until(lambda: one.ask("during").status_code == 202, "it takes questions again", BACK_WITHIN)
    until_answered(one, {**asked, "during": one.accepted("during")})


def test_postgresql_that_is_read_only_for_a_while(tmp_path: Path, postgres_database: str) -> None:
    with (
        slow_model(2) as model,
        served(tmp_path, postgres_database, model, COLLOQUERY_CONCURRENCY="1") as one,
    ):
        asked = under_way(one, model)
        since, told = time.monotonic(), len(one.said())
        _make(postgres_database, read_only=True)
        _hang_up(postgres_database)
        _says_so_and_reads(one, asked)
        # Nobody hangs up this time: the connections that were made meanwhile stay what they are.
        _make(postgres_database, read_only=False)
        _goes_on(one, asked)
        assert len(model.completions) == 4, "no question was put to the model twice"
        is_readable(one.said()[told:], ("127.0.0.1",), time.monotonic() - since)
    is_whole(postgres_database, questions=4)


def test_a_sqlite_file_that_nobody_may_write_to_for_a_while(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with (
        slow_model(2) as model,
        served(tmp_path, f"sqlite:///{store}", model, COLLOQUERY_CONCURRENCY="1") as one,
    ):
        asked = under_way(one, model)
        since, told = time.monotonic(), len(one.said())
        with kept_as_they_are((store, store.with_name("store.db-wal"))):
            _says_so_and_reads(one, asked)
        _goes_on(one, asked)
        is_readable(one.said()[told:], (str(tmp_path),), time.monotonic() - since)
    is_whole(f"sqlite:///{store}", questions=4)


_FROM_NOW_ON = {
    "sqlite": "PRAGMA query_only=ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
}


async def test_a_connection_that_cannot_write_is_not_used_again(store: Store) -> None:
    async with store.writing() as session:
        await session.execute(text(_FROM_NOW_ON[store.dialect]))
    with pytest.raises(StoreFailed) as failed:
        async with store.writing() as session:
            session.add(Event(event_type="t"))
    assert failed.value.code == "store.read_only"
    async with store.writing() as session:
        session.add(Event(event_type="t"))
