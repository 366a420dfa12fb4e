"""SQLite's own: trips to the driver's thread, one writer at a time, and the log beside the file."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from core.errors import StoreFailed
from core.storage import session as session_module
from core.storage import sqlite
from core.storage.models import Event
from core.storage.session import Store


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each crossing over to a driver's thread."""
    seen: list[str] = []
    cross = sqlite.OneTripConnection._execute

    async def counted(self: sqlite.OneTripConnection, work: Any, *rest: Any, **options: Any) -> Any:
        seen.append(work.__name__)
        return await cross(self, work, *rest, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(sqlite.OneTripConnection, "_execute", counted)
    return seen


async def test_one_trip_for_each_statement_and_one_to_commit(sqlite_store: Store, trips: list[str]) -> None:
    async with sqlite_store.writing() as session:
        await session.execute(text("SELECT 1"))
    trips.clear()
    async with sqlite_store.writing() as session:
        await session.execute(insert(Event).values(event_type="a"))
        await session.execute(select(Event))
    assert trips == ["there", "there", "commit"]


async def test_a_transaction_without_statements_makes_none(sqlite_store: Store, trips: list[str]) -> None:
    async with sqlite_store.writing() as session:
        await session.connection()
    trips.clear()
    async with sqlite_store.writing() as session:
        await session.connection()
    assert trips == []


async def test_rows_come_in_portions_too(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        session.add_all([Event(id=f"{number:02}", event_type="t") for number in range(10)])
    async with sqlite_store.reading() as session:
        stream = await session.stream_scalars(select(Event.id).order_by(Event.id).execution_options(yield_per=3))
        assert [row async for row in stream] == [f"{number:02}" for number in range(10)]


async def test_another_process_that_writes_is_waited_for(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        await session.execute(text("SELECT 1"))
    other = sqlite3.connect(sqlite_store.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(_write(sqlite_store))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    async with sqlite_store.reading() as session:
        assert list(await session.scalars(select(Event))) == []
    other.execute("COMMIT")
    other.close()
    await waiting


async def test_not_for_ever(sqlite_database: str, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "WAIT", 0.1)
    path = Path(sqlite_database.removeprefix("sqlite:///"))
    path.write_bytes(migrated_file.read_bytes())
    store = Store.open(sqlite_database)
    async with store.writing() as session:
        await session.execute(text("SELECT 1"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed) as failed:
        await _write(store)
    assert failed.value.code == "store.busy"
    other.close()
    await _write(store)
    await store.close()


async def test_a_writer_that_never_ends_does_not_block_for_ever(
    sqlite_database: str, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "WAIT", 0.1)
    Path(sqlite_database.removeprefix("sqlite:///")).write_bytes(migrated_file.read_bytes())
    store = Store.open(sqlite_database)
    async with store.writing() as session:
        session.add(Event(event_type="outer"))
        await session.flush()
        with pytest.raises(StoreFailed) as failed:
            await _write(store)
    assert failed.value.code == "store.busy"
    await store.close()


async def test_the_log_is_as_private_as_the_file(sqlite_store: Store) -> None:
    path = Path(sqlite_store.url.database or "")
    path.chmod(0o600)
    await _write(sqlite_store)
    assert {each.stat().st_mode & 0o777 for each in path.parent.glob(f"{path.name}*")} == {0o600}


def test_a_failed_opening_leaves_no_thread(tmp_path: Path) -> None:
    async def fail() -> None:
        store = Store.open("sqlite:///missing/store.db", tmp_path)
        with pytest.raises(StoreFailed):
            await _write(store)
        await store.close()

    before = threading.active_count()
    for _ in range(20):
        asyncio.run(fail())
        assert threading.active_count() <= before


async def _write(store: Store) -> None:
    async with store.writing() as session:
        session.add(Event(event_type="t"))
