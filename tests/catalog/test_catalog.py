"""What is known of a database: read once, carried over a new reading, right in every process at once."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import update

from core.catalog import stored
from core.errors import UnknownConnection
from core.schema import Documentation, GlossaryEntry, Schema
from core.storage.models import DatabaseSchema
from tests.catalog.rooms import Rooms, execute

GRADE = Documentation("customers", "grade", "How good", ("등급",))


async def test_a_burst_of_first_questions_reads_the_database_once(rooms: Rooms) -> None:
    entries = await asyncio.gather(*(rooms.catalog.entry(rooms.connection) for _ in range(20)))
    assert all(entry is entries[0] for entry in entries)
    assert len(await rooms.rows(DatabaseSchema)) == 1


async def test_a_burst_after_a_start_loads_it_once_and_aside(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    await rooms.catalog.entry(rooms.connection)
    threads: list[str] = []
    plain = stored.from_json

    def watched(text: str) -> Schema:
        threads.append(threading.current_thread().name)
        return plain(text)

    monkeypatch.setattr("core.catalog.catalog.from_json", watched)
    started = rooms.another_catalog()
    entries = await asyncio.gather(*(started.entry(rooms.connection) for _ in range(20)))
    assert all(entry is entries[0] for entry in entries)
    assert len(threads) == 1
    assert threads[0] != threading.main_thread().name
    # Words and marks change without the structure being read again.
    await rooms.editor.document(rooms.person, rooms.connection, [GRADE])
    await rooms.editor.mark(rooms.person, None, "*", "grade", True)
    changed = await asyncio.gather(*(started.entry(rooms.connection) for _ in range(20)))
    assert all(entry is changed[0] for entry in changed)
    assert ("customers", "grade") in changed[0].private
    assert len(threads) == 1
    await rooms.catalog.refresh(rooms.connection)
    await started.entry(rooms.connection)
    assert len(threads) == 2


async def test_the_same_value_until_something_changes(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    first = await rooms.catalog.entry(connection)
    assert await rooms.catalog.entry(connection) is first
    other = rooms.another_catalog()
    assert await other.entry(connection) == first
    await rooms.editor.document(rooms.person, connection, [GRADE])
    for catalog in (rooms.catalog, other):
        assert [each.words for each in (await catalog.entry(connection)).documentation] == [("등급",)]
    await rooms.editor.set_term(rooms.person, connection, GlossaryEntry("매출", "sum(total)", ("revenue",)))
    for catalog in (rooms.catalog, other):
        assert (await catalog.entry(connection)).glossary == (GlossaryEntry("매출", "sum(total)", ("revenue",)),)


async def test_a_second_replica_sees_a_mark_at_its_next_question(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    other = rooms.another_catalog()
    before = await other.entry(connection)
    assert ("customers", "grade") not in before.private
    assert any(each.column == "grade" for each in before.schema.values)
    for target in (connection, None):
        await rooms.editor.mark(rooms.person, target, "customers", "grade", True)
        after = await other.entry(connection)
        assert ("customers", "grade") in after.private
        assert all(each.column != "grade" for each in after.schema.values)
        await rooms.editor.mark(rooms.person, target, "customers", "grade", None)
        assert ("customers", "grade") not in (await other.entry(connection)).private


async def test_a_new_reading_carries_words_of_what_is_still_there(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    await rooms.catalog.entry(connection)
    state = Documentation("orders", "state", "Where it is", ("진행 상태",))
    total = Documentation("orders", "total", "Money", ("금액",))
    await rooms.editor.document(rooms.person, connection, [GRADE, state, total, Documentation("orders", "", "Orders")])
    execute(rooms.path, "ALTER TABLE orders RENAME COLUMN total TO amount; ALTER TABLE customers ADD rank TEXT;")
    changes = await rooms.catalog.refresh(connection)
    assert set(changes.changed) == {"customers", "orders"}
    entry = await rooms.catalog.entry(connection)
    assert {(each.table, each.column) for each in entry.documentation} == {
        ("customers", "grade"),
        ("orders", "state"),
        ("orders", ""),
    }
    assert all(each.by == "person" for each in entry.documentation)
    execute(rooms.path, "DROP TABLE orders;")
    await rooms.catalog.refresh(connection)
    assert {each.table for each in (await rooms.catalog.entry(connection)).documentation} == {"customers"}


async def test_words_written_while_the_schema_is_read_are_kept(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    await rooms.catalog.entry(rooms.connection)
    plain = type(rooms.catalog.databases).read_schema

    async def slow(self: Any, *arguments: Any) -> Schema:
        schema = await plain(self, *arguments)
        await rooms.editor.document(rooms.person, rooms.connection, [GRADE])
        await rooms.editor.mark(rooms.person, None, "*", "state", True)
        return schema

    monkeypatch.setattr(type(rooms.catalog.databases), "read_schema", slow)
    await rooms.catalog.refresh(rooms.connection)
    assert [each.column for each in (await rooms.catalog.entry(rooms.connection)).documentation] == ["grade"]
    assert ("orders", "state") not in await rooms.stored_values()
    assert ("customers", "grade") in await rooms.stored_values()


async def test_a_structure_that_changed_is_history_without_values(everywhere: Rooms) -> None:
    await everywhere.catalog.entry(everywhere.connection)
    (first,) = await everywhere.rows(DatabaseSchema)
    await everywhere.catalog.refresh(everywhere.connection)
    (second,) = await everywhere.rows(DatabaseSchema)
    assert second.is_active and second.id != first.id, "what did not change is kept once"
    async with everywhere.store.writing() as session:
        await session.execute(update(DatabaseSchema).values(schema_hash="as it was"))
    await everywhere.catalog.refresh(everywhere.connection)
    rows = await everywhere.rows(DatabaseSchema)
    assert sorted((row.is_active, bool(row.raw_schema["values"])) for row in rows) == [(False, False), (True, True)]


async def test_a_connection_removed_meanwhile_is_unknown(everywhere: Rooms) -> None:
    await everywhere.catalog.entry(everywhere.connection)
    await everywhere.catalog.connections.remove(everywhere.person, everywhere.connection)
    for asked in (everywhere.catalog.entry, everywhere.catalog.refresh):
        with pytest.raises(UnknownConnection):
            await asked(everywhere.connection)
    assert await everywhere.rows(DatabaseSchema) == []
