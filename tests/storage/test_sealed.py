"""Encrypting everything anew with another key, while others read and write: on all three stores."""

import asyncio
import base64
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select, update

from core.config import Setting, read, write
from core.connections.connection import Connection, NewConnection
from core.connections.connections import PASSWORDS, Connections
from core.connections.rows import by_id
from core.errors import BadConnection, BadSetting
from core.people.people import People
from core.people.person import Person
from core.storage import sealed
from core.storage.base import utc_now
from core.storage.crypto import Keyring, load_file, new_key
from core.storage.models import DatabaseConnection
from core.storage.sealed import every_sealed, require_readable, rotate, states
from core.storage.session import Store
from tests.houses import ADMINISTRATOR

OLD = f"old:{base64.b64encode(bytes(range(32))).decode()}"
NEW = f"new:{base64.b64encode(bytes(range(32, 64))).decode()}"
BEFORE, BOTH, AFTER = Keyring.parse(OLD), Keyring.parse(f"{NEW},{OLD}"), Keyring.parse(NEW)
SECRET = Setting("test.secret", TypeAdapter(str), "A secret.", sensitive=True)


async def owner(store: Store) -> Person:
    async with store.writing() as session:
        return await People(store).know(session, ADMINISTRATOR)


async def added(store: Store, keyring: Keyring, count: int) -> list[Connection]:
    """So many connections, and a sensitive setting."""
    person, connections = await owner(store), Connections(store, keyring)
    async with store.writing() as session:
        await write(session, SECRET, "canary", by=person.id, now=utc_now(), keyring=keyring)
    return [
        await connections.add(person, NewConnection(f"c{n}", "postgresql", "h", 5432, "u", f"password {n}", "d"))
        for n in range(count)
    ]


async def passwords(store: Store, keyring: Keyring, made: list[Connection]) -> list[str]:
    async with store.reading() as session:
        rows = [await by_id(session, one.id) for one in made]
    return [Connections(store, keyring).password(row) for row in rows if row is not None]


def test_every_encrypted_column_is_declared() -> None:
    assert {one.name for one in every_sealed()} >= {
        "database_connections.encrypted_db_password",
        "system_config.config_value",
    }


async def test_everything_is_encrypted_anew_and_once(store: Store) -> None:
    made = await added(store, BEFORE, 5)
    expected = [f"password {n}" for n in range(5)]
    assert await passwords(store, BOTH, made) == expected  # whoever serves with both keys reads all the time
    assert await rotate(store, BOTH) == (6, 0)
    assert await rotate(store, BOTH) == (0, 0)
    assert await passwords(store, AFTER, made) == expected
    async with store.reading() as session:
        assert await read(session, SECRET, "", keyring=AFTER) == "canary"
    found = {one.column: (dict(one.by_key), one.unreadable) for one in await states(store, AFTER)}
    assert found[PASSWORDS.name] == ({"new": 5}, 0)
    assert found["system_config.config_value"] == ({"new": 1}, 0)


async def test_an_interruption_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "BATCH", 2)
    made = await added(store, BEFORE, 9)
    running = asyncio.create_task(rotate(store, BOTH))
    for _ in range(200):
        await asyncio.sleep(0.001)
        state = next(one for one in await states(store, BOTH) if one.column == PASSWORDS.name)
        if dict(state.by_key).get("new"):
            break
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await passwords(store, BOTH, made) == [f"password {n}" for n in range(9)]
    await rotate(store, BOTH)
    assert await passwords(store, AFTER, made) == [f"password {n}" for n in range(9)]


async def test_two_at_once_and_a_change_between_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "BATCH", 3)
    made = await added(store, BEFORE, 9)
    person, connections = await owner(store), Connections(store, BOTH)

    async def change() -> str:
        """Somebody gives another password meanwhile, as often as it takes."""
        while True:
            async with store.reading() as session:
                now_there = await by_id(session, made[4].id)
            assert now_there is not None
            wanted = NewConnection("c4", "postgresql", "h", 5432, "u", "changed", "d")
            try:
                await connections.change(person, now_there, wanted, keeps_password=False, local=False)
            except BadConnection as late:
                assert late.code == "connection.changed_meanwhile"
            else:
                return "changed"

    first, second, changed = await asyncio.gather(rotate(store, BOTH), rotate(store, BOTH), change())
    assert changed == "changed"
    assert first[1] == second[1] == 0
    expected = [f"password {n}" for n in range(9)]
    expected[4] = "changed"
    assert await passwords(store, AFTER, made) == expected


async def test_what_the_keys_cannot_read_is_left_counted_and_said_at_the_start(sqlite_store: Store) -> None:
    store = sqlite_store
    made = await added(store, BEFORE, 3)
    await require_readable(store, BEFORE)
    await require_readable(store, BOTH)
    stranger = Keyring.parse(f"other:{new_key()}")
    with pytest.raises(BadSetting) as refused:
        await require_readable(store, stranger)
    assert refused.value.code == "setting.key_cannot_read"
    assert refused.value.details == {"name": "COLLOQUERY_SECRET_KEY", "key": "old"}
    # Another key under the same name is found out, too.
    with pytest.raises(BadSetting):
        await require_readable(store, Keyring.parse(f"old:{new_key()}"))
    assert (await rotate(store, stranger))[1] == 4
    state = next(one for one in await states(store, stranger) if one.column == PASSWORDS.name)
    assert (dict(state.by_key), state.unreadable) == ({"old": 3}, 3)
    assert await passwords(store, BEFORE, made) == [f"password {n}" for n in range(3)]


async def test_a_text_that_was_moved_to_another_row_stays_unreadable(sqlite_store: Store) -> None:
    store = sqlite_store
    made = await added(store, BEFORE, 2)
    async with store.writing() as session:
        moved = await session.scalar(
            select(DatabaseConnection.encrypted_db_password).where(DatabaseConnection.id == made[0].id)
        )
        await session.execute(
            update(DatabaseConnection).where(DatabaseConnection.id == made[1].id).values(encrypted_db_password=moved)
        )
    assert await rotate(store, BOTH) == (2, 1)


def test_keys_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{NEW}\n{OLD}\n")
    path.chmod(0o600)
    assert load_file(path) == BOTH
    path.write_text(new_key())
    assert len(load_file(path).active) == 8
    for written in ("", "nonsense", "é"):
        path.write_text(written, encoding="utf-8")
        with pytest.raises(BadSetting) as refused:
            load_file(path)
        assert (refused.value.code, refused.value.details) == (
            "setting.key_file",
            {"name": "COLLOQUERY_SECRET_KEY_FILE"},
        )
    with pytest.raises(BadSetting):
        load_file(tmp_path / "none")


def test_a_key_file_that_others_may_change_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(NEW)
    for mode in (0o620, 0o602, 0o666):
        path.chmod(mode)
        with pytest.raises(BadSetting) as refused:
            load_file(path)
        assert refused.value.code == "setting.key_file_open"
