"""What people change: checked, all of it or nothing, audited, forgotten where it must be."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from core.connections.connection import NewConnection
from core.errors import BadEdit, NotAllowed
from core.schema import Documentation, GlossaryEntry
from core.storage.own_tables import GlossaryTerm, PrivateMark
from tests.catalog.rooms import Rooms, execute, somebody

STATE = Documentation("orders", "state", "  Where\n it is ", ("진행 상태", "진행 상태", " status "))


async def test_what_a_person_writes_is_theirs_and_audited(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    await rooms.catalog.entry(connection)
    assert await rooms.editor.document(rooms.person, connection, [STATE]) == 1
    (kept,) = (await rooms.catalog.entry(connection)).documentation
    assert kept == Documentation("orders", "state", "Where it is", ("진행 상태", "status"), by="person")
    (row,) = await rooms.audit("catalog.documented")
    assert (row.user_id, row.resource_id) == (rooms.person.id, connection.id)
    assert row.new_values == {"names": ["orders.state"]}
    await rooms.editor.document(rooms.person, connection, [Documentation("orders", "state")])
    assert (await rooms.catalog.entry(connection)).documentation == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Documentation("orders", "status", "x"), "catalog.unknown_name"),
        (Documentation("Orders", "", "x"), "catalog.unknown_name"),
        (Documentation("orders", "", "x" * 501), "catalog.description_too_long"),
        (Documentation("orders", "", "", ("x" * 61,)), "catalog.too_many_words"),
        (Documentation("orders", "", "", tuple(map(str, range(13)))), "catalog.too_many_words"),
    ],
)
async def test_one_wrong_entry_and_nothing_is_written(rooms: Rooms, wrong: Documentation, code: str) -> None:
    before = await rooms.catalog.entry(rooms.connection)
    with pytest.raises(BadEdit) as refused:
        await rooms.editor.document(rooms.person, rooms.connection, [STATE, wrong])
    assert refused.value.code == code
    with pytest.raises(BadEdit) as refused:
        await rooms.editor.take_in(
            rooms.person, rooms.connection, [STATE, wrong], [GlossaryEntry("매출", "orders.total")]
        )
    assert (refused.value.code, refused.value.details["place"]) == ("catalog.bad_entry", "documentation[1]")
    assert isinstance(refused.value.__cause__, BadEdit)
    assert refused.value.__cause__.code == code
    assert await rooms.catalog.entry(rooms.connection) is before
    assert await rooms.audit("catalog.documented") == await rooms.audit("catalog.taken_in") == []


async def test_terms_are_set_changed_and_removed(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    await rooms.catalog.entry(connection)
    for entry in (
        GlossaryEntry("총  매출", "sum(total)", ("revenue",)),
        GlossaryEntry("VIP", "customers.grade"),
        GlossaryEntry("총 매출", "sum(orders.total)"),
        GlossaryEntry("vip", "CUSTOMERS"),
    ):
        await rooms.editor.set_term(rooms.person, connection, entry)
    assert (await rooms.catalog.entry(connection)).glossary == (
        GlossaryEntry("vip", "customers"),
        GlossaryEntry("총 매출", "sum(orders.total)"),
    )
    await rooms.editor.remove_term(rooms.person, connection, " 총   매출")
    await rooms.editor.remove_term(rooms.person, connection, "VIP")
    assert (await rooms.catalog.entry(connection)).glossary == ()
    for wrong, code in (("nothing", "catalog.unknown_term"), ("", "catalog.unknown_term")):
        with pytest.raises(BadEdit) as refused:
            await rooms.editor.remove_term(rooms.person, connection, wrong)
        assert refused.value.code == code
    changes = await rooms.audit("catalog.term_set")
    assert [bool(row.old_values) for row in changes].count(True) == 2
    assert {row.old_values["means"] for row in changes if row.old_values} == {"sum(total)", "customers.grade"}
    assert len(await rooms.audit("catalog.term_removed")) == 2


async def test_a_file_is_taken_in_whole_and_keeps_who_wrote_what(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    await rooms.catalog.entry(connection)
    await rooms.editor.document(rooms.person, connection, [STATE])
    total = Documentation("orders", "total", "Money", ("금액",))
    mine = Documentation("customers", "", "Buyers", ("고객",), by="person")
    stale = Documentation("orders", "state", "From another model")
    terms = [GlossaryEntry("매출", "sum(total)"), GlossaryEntry("매출", "orders.total")]
    await rooms.editor.take_in(rooms.person, connection, [total, mine, stale], terms)
    entry = await rooms.catalog.entry(connection)
    assert {(each.column, each.by, each.description) for each in entry.documentation} == {
        ("total", "model", "Money"),
        ("", "person", "Buyers"),
        ("state", "person", "Where it is"),
    }
    assert entry.glossary == (GlossaryEntry("매출", "orders.total"),)
    (row,) = await rooms.audit("catalog.taken_in")
    assert row.new_values == {"documentation": 3, "glossary": 2}
    bad_term = [GlossaryEntry("이익", "profit")]
    with pytest.raises(BadEdit) as refused:
        await rooms.editor.take_in(rooms.person, connection, [Documentation("orders", "", "Never")], bad_term)
    assert refused.value.details["place"] == "glossary[0]"
    assert (await rooms.catalog.entry(connection)) is entry


async def test_a_mark_forgets_values_at_once(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    await rooms.catalog.entry(connection)
    assert set(await rooms.stored_values()) >= {("customers", "grade"), ("orders", "state")}
    await rooms.editor.mark(rooms.person, connection, "customers", "GRADE", True)
    assert ("customers", "grade") not in await rooms.stored_values()
    assert ("orders", "state") in await rooms.stored_values()
    await rooms.editor.mark(rooms.person, None, "*", "state", True)
    assert ("orders", "state") not in await rooms.stored_values()
    # Not private any more: the values come back with the next reading, and not before.
    await rooms.editor.mark(rooms.person, connection, "customers", "grade", False)
    assert ("customers", "grade") not in await rooms.stored_values()
    await rooms.catalog.refresh(connection)
    assert ("customers", "grade") in await rooms.stored_values()
    assert ("orders", "state") not in await rooms.stored_values()
    assert len(await rooms.rows(PrivateMark)) == 2
    marks = await rooms.audit("catalog.marked")
    assert sorted(row.resource_id or "" for row in marks) == ["", connection.id, connection.id]
    assert [row.old_values for row in marks if row.old_values] == [{"private": True}]


async def test_a_mark_for_all_reaches_every_connection(everywhere: Rooms) -> None:
    rooms = everywhere
    other_path = rooms.path.with_name("other.db")
    execute(other_path, "CREATE TABLE t (state TEXT); INSERT INTO t VALUES ('canary');")
    new = NewConnection("other", "sqlite", str(other_path), 0, "", "", "other")
    other = await rooms.catalog.connections.add(rooms.person, new)
    before = [await rooms.catalog.entry(each) for each in (rooms.connection, other)]
    assert all(any(values.column == "state" for values in entry.schema.values) for entry in before)
    await rooms.editor.mark(rooms.person, None, "*", "state", True)
    for each in (rooms.connection, other):
        entry = await rooms.catalog.entry(each)
        assert any(column == "state" for _, column in entry.private)
        assert all(values.column != "state" for values in entry.schema.values)


async def test_marks_that_mean_nothing_are_refused(rooms: Rooms) -> None:
    for table, column, mark, code in (
        ("", "salary", True, "catalog.bad_pattern"),
        ("*", " ", True, "catalog.bad_pattern"),
        ("*", "x" * 256, True, "catalog.bad_pattern"),
        ("*", "salary", None, "catalog.unknown_mark"),
    ):
        with pytest.raises(BadEdit) as refused:
            await rooms.editor.mark(rooms.person, None, table, column, mark)
        assert refused.value.code == code


async def test_who_may_change_what(rooms: Rooms) -> None:
    await rooms.catalog.entry(rooms.connection)
    lee, connection = await somebody(rooms.store, "lee"), rooms.connection
    changes: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: rooms.editor.document(lee, connection, [STATE]),
        lambda: rooms.editor.set_term(lee, connection, GlossaryEntry("매출", "orders.total")),
        lambda: rooms.editor.remove_term(lee, connection, "매출"),
        lambda: rooms.editor.take_in(lee, connection, [], []),
        lambda: rooms.editor.mark(lee, connection, "orders", "total", True),
        lambda: rooms.editor.mark(lee, None, "*", "*", False),
    ]
    for change in changes:
        with pytest.raises(NotAllowed):
            await change()


async def test_before_the_first_reading_nothing_can_be_written(rooms: Rooms) -> None:
    with pytest.raises(BadEdit) as refused:
        await rooms.editor.document(rooms.person, rooms.connection, [STATE])
    assert refused.value.code == "catalog.not_read"


async def test_changes_at_once_are_all_kept(everywhere: Rooms) -> None:
    rooms, connection = everywhere, everywhere.connection
    await rooms.catalog.entry(connection)
    places = [("orders", "state"), ("orders", "total"), ("orders", ""), ("customers", "grade"), ("customers", "")]
    work: list[Coroutine[Any, Any, Any]] = [
        rooms.editor.document(rooms.person, connection, [Documentation(table, column, "Written")])
        for table, column in places
    ]
    work += [
        rooms.editor.set_term(rooms.person, connection, GlossaryEntry(f"말{n % 2}", "orders.total")) for n in range(6)
    ]
    work += [rooms.editor.mark(rooms.person, None, "*", "grade", True) for _ in range(3)]
    work += [rooms.editor.mark(rooms.person, connection, "orders", "total", True) for _ in range(3)]
    work.append(rooms.catalog.refresh(connection))
    await asyncio.gather(*work)
    entry = await rooms.catalog.entry(connection)
    assert {(each.table, each.column) for each in entry.documentation} == set(places)
    assert len(entry.glossary) == len(await rooms.rows(GlossaryTerm)) == 2
    assert {("customers", "grade"), ("orders", "total")} <= entry.private
    assert ("customers", "grade") not in await rooms.stored_values()
