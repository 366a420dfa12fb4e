"""The disk of the store is full: new questions are refused in words, nothing accepted is lost, space is enough."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.faults.disk import fill, on_a_small_disk, run_beside, seen_by, small_disk_of
from tests.faults.scene import BACK_WITHIN, is_whole, slow_model, under_way, until_answered
from tests.faults.served import is_readable, refusal, served, until
from tests.servers import run_on_postgres

# Folds SQLite's log into the file, so that the next write needs space.
_SHORTEN = """
import sqlite3, sys
driver = sqlite3.connect(sys.argv[1], timeout=20)
assert driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
"""

_COPY = """
import sqlite3, sys
driver, copy = map(sqlite3.connect, sys.argv[1:])
driver.backup(copy)
assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
"""


def test_sqlite_on_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    before = on_a_small_disk(disk, megabytes=12)
    with (
        slow_model(3) as model,
        served(tmp_path, f"sqlite:///{disk}/store.db", model, before=before, COLLOQUERY_CONCURRENCY="1") as one,
    ):
        here = seen_by(one.process.pid, disk)
        asked = under_way(one, model)
        run_beside(one.process.pid, _SHORTEN, f"{disk}/store.db")
        since, told = time.monotonic(), len(one.said())
        filler = fill(here)
        english, korean = refusal(one.ask("during"), "store.full"), refusal(one.ask("during", "ko"), "store.full")
        assert english["detail"] != korean["detail"]
        until(lambda: "a question waits for the store" in one.said(), "the model's answer cannot be stored")
        # What needs no writing goes on.
        assert one.healthy() and one.ready() == (200, "ok")
        assert one.http.get("/").status_code == 200
        assert one.exchanges("before-0") == [asked["before-0"]]
        filler.unlink()
        until(lambda: one.ask("during").status_code == 202, "it takes questions again", BACK_WITHIN)
        until_answered(one, {**asked, "during": one.accepted("during")})
        assert len(model.completions) == 4, "no question was put to the model twice"
        is_readable(one.said()[told:], (str(tmp_path),), time.monotonic() - since)
        kept = tmp_path / "kept.db"
        run_beside(one.process.pid, _COPY, f"{disk}/store.db", str(kept))
    is_whole(f"sqlite:///{kept}", questions=4)


@pytest.fixture
def tablespace(postgres_database: str) -> Iterator[Path]:
    """The small disk that a PostgreSQL database is on."""
    name = make_url(postgres_database).database
    with small_disk_of("postgres", megabytes=32) as folder:
        try:
            run_on_postgres(f"CREATE TABLESPACE \"{name}\" LOCATION '{folder}'")
        except psycopg.Error as refused:
            pytest.skip(f"the server cannot use a disk of this machine ({refused.sqlstate})")
        run_on_postgres(f'ALTER DATABASE "{name}" SET TABLESPACE "{name}"')
        try:
            yield folder
        finally:
            # It can only go when nothing is on it any more.
            run_on_postgres(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            run_on_postgres(f'ALTER DATABASE "{name}" SET TABLESPACE pg_default')
            run_on_postgres(f'DROP TABLESPACE "{name}"')


def test_postgresql_on_a_full_disk(tmp_path: Path, postgres_database: str, tablespace: Path) -> None:
    asked: dict[str, str] = {}
    with slow_model(0) as model, served(tmp_path, postgres_database, model) as one:
        asked["before"] = one.accepted("before")
        since, told = time.monotonic(), len(one.said())
        filler = fill(tablespace)

        def refused() -> bool:
            # The pages that are there have room for some more.
            message = f"during-{len(asked)}"
            answer = one.ask(message)
            if answer.status_code == 202:
                asked[message] = answer.json()["question_id"]
                return False
            refusal(answer, "store.full")
            return True

        until(refused, "it takes no more questions")
        assert one.healthy() and one.ready() == (200, "ok")
        assert one.exchanges("before") == [asked["before"]]
        filler.unlink()
        asked["after"] = until(
            lambda: one.ask("after").json().get("question_id"), "it takes questions again", BACK_WITHIN
        )
        until_answered(one, asked)
        is_readable(one.said()[told:], ("127.0.0.1", str(tablespace)), time.monotonic() - since)
    is_whole(postgres_database, questions=len(asked))
