"""Back-ups: of one moment, whole, checked, and the same when they are put back."""

import asyncio
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select, text

from core.errors import BadBackup
from core.ids import new_id
from core.storage.backup import backup, check, restore
from core.storage.migrate import downgrade, upgrade
from core.storage.models import Event, User
from core.storage.session import Store
from tests.servers import POSTGRES, run_on_mariadb, run_on_postgres

NOW = datetime(2026, 6, 30, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
async def kept(tmp_path: Path) -> Store:
    """A store with somebody in it."""
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    await upgrade(store)
    async with store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="김하늘"))
    return store


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(file.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables}


async def test_what_is_put_back_is_what_was_taken(kept: Store, tmp_path: Path) -> None:
    before = contents(kept.path)
    taken = backup(kept, tmp_path / "backup.db")
    assert (taken.path.stat().st_mode & 0o777, taken.size) == (0o600, taken.path.stat().st_size)
    async with kept.writing() as session:
        await session.execute(text("UPDATE users SET full_name = 'lost'"))
    await kept.close()

    aside = restore(kept, taken.path, NOW)
    assert contents(kept.path) == before == contents(taken.path)
    assert aside == tmp_path / "store.db.before-20260630-120005"
    assert contents(aside)["users"][0] != before["users"][0]
    async with kept.reading() as session:
        assert await session.scalar(select(User.full_name)) == "김하늘"
    await kept.close()


async def test_what_a_killed_process_left_beside_a_lost_store_is_not_written_over_the_back_up(
    kept: Store, tmp_path: Path
) -> None:
    taken = backup(kept, tmp_path / "backup.db")
    before = contents(taken.path)
    async with kept.writing() as session:
        await session.execute(text("UPDATE users SET full_name = 'later'"))
    log = kept.path.with_name("store.db-wal")
    assert log.stat().st_size > 0
    left = log.read_bytes()
    await kept.close()
    kept.path.unlink()
    log.write_bytes(left)

    assert restore(kept, taken.path, NOW) is None, "there was no store"
    assert contents(kept.path) == before
    assert (tmp_path / "store.db.before-20260630-120005-wal").read_bytes() == left


async def test_it_is_of_one_moment_although_others_write(kept: Store, tmp_path: Path) -> None:
    """Two rows come in each transaction: no back-up has one of them alone, and no writer waits for a back-up."""
    stop, written = threading.Event(), 0

    async def write() -> None:
        nonlocal written
        while not stop.is_set():
            async with kept.writing() as session:
                session.add_all([Event(id=new_id(), event_type="left"), Event(id=new_id(), event_type="right")])
            written += 1

    writing = asyncio.create_task(write())
    for number in range(5):
        before = written
        taken = await asyncio.to_thread(backup, kept, tmp_path / f"{number}.db")
        with closing(sqlite3.connect(taken.path)) as file:
            counts = dict(file.execute("SELECT event_type, count(*) FROM events GROUP BY event_type").fetchall())
        assert counts.get("left", 0) == counts.get("right", 0) >= before
        async with asyncio.timeout(10):
            while written == before:
                await asyncio.sleep(0.01)
    stop.set()
    await writing
    await kept.close()


async def test_one_of_an_older_version_is_brought_up_when_it_is_opened(kept: Store, tmp_path: Path) -> None:
    await downgrade(kept, "-1")
    taken = backup(kept, tmp_path / "old.db")
    await upgrade(kept)
    await kept.close()
    restore(kept, taken.path, NOW)
    await upgrade(kept)
    async with kept.reading() as session:
        assert await session.scalar(select(func.count()).select_from(User)) == 1
    await kept.close()


async def test_what_is_no_good_back_up_is_refused_and_nothing_is_touched(kept: Store, tmp_path: Path) -> None:
    good = backup(kept, tmp_path / "good.db").path
    await kept.close()
    before = contents(kept.path)

    truncated = tmp_path / "truncated.db"
    truncated.write_bytes(good.read_bytes()[:-4096])
    scribbled = tmp_path / "scribbled.db"
    content = bytearray(good.read_bytes())
    content[8192:9000] = b"\xff" * 808
    scribbled.write_bytes(content)
    (tmp_path / "text.db").write_text("not a database " * 100)
    (tmp_path / "empty.db").touch()
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as file:
        file.execute("CREATE TABLE t (x)")
    newer = tmp_path / "newer.db"
    newer.write_bytes(good.read_bytes())
    with closing(sqlite3.connect(newer)) as file:
        file.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        file.commit()

    expected = {
        "truncated.db": "backup.damaged", "scribbled.db": "backup.damaged", "text.db": "backup.damaged",
        "empty.db": "backup.foreign", "foreign.db": "backup.foreign", "newer.db": "backup.newer",
        "none.db": "backup.missing",
    }  # fmt: skip
    for name, code in expected.items():
        with pytest.raises(BadBackup) as refused:
            restore(kept, tmp_path / name, NOW)
        assert refused.value.code == code, name
    assert contents(kept.path) == before
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob("*.before-*"))


async def test_a_back_up_takes_the_place_of_no_file(kept: Store, tmp_path: Path) -> None:
    with pytest.raises(BadBackup) as refused:
        backup(kept, kept.path)
    assert refused.value.code == "backup.exists"
    with pytest.raises(BadBackup) as unwritable:
        backup(kept, tmp_path / "no folder" / "backup.db")
    assert unwritable.value.code == "backup.unwritable"
    await kept.close()


@pytest.mark.parametrize("linked", [False, True])
async def test_a_part_that_somebody_left_there_is_not_written_to(kept: Store, tmp_path: Path, linked: bool) -> None:
    """Whoever made it first would own the back-up, or have it written over a file of their choice."""

    def leave(part: Path) -> Path:
        left = tmp_path / f"{part.name}.target" if linked else part
        left.write_text("theirs")
        left.chmod(0o666)
        if linked:
            part.symlink_to(left)
        return left

    left = leave(tmp_path / "backup.db.part")
    taken = backup(kept, tmp_path / "backup.db")
    put = leave(tmp_path / "store.db.part")
    await kept.close()
    restore(kept, taken.path, NOW)
    for path in (taken.path, kept.path):
        assert not path.is_symlink() and path.stat().st_mode & 0o777 == 0o600
        assert check(path).revision == taken.revision
    if linked:
        assert [(one.read_text(), one.stat().st_mode & 0o777) for one in (left, put)] == [("theirs", 0o666)] * 2
    assert not list(tmp_path.glob("*.part"))


async def test_a_part_that_cannot_be_removed_is_said(kept: Store, tmp_path: Path) -> None:
    (tmp_path / "backup.db.part").mkdir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "backup.db", tmp_path / "file" / "backup.db"):
        with pytest.raises(BadBackup) as refused:
            backup(kept, path)
        assert refused.value.code == "backup.unwritable"
    await kept.close()


async def test_what_is_to_be_copied_is_not_removed_for_its_name(kept: Store, tmp_path: Path) -> None:
    taken = backup(kept, tmp_path / "backup.db").path.rename(tmp_path / "store.db.part")
    await kept.close()
    before = contents(taken)
    with pytest.raises(BadBackup) as refused:
        restore(kept, taken, NOW)
    assert refused.value.code == "backup.exists"
    kept.path.unlink()
    with pytest.raises(BadBackup) as again:
        backup(Store.open(f"sqlite:///{taken}"), kept.path)
    assert again.value.code == "backup.exists"
    assert contents(taken) == before


async def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for name in ("none.db", "no folder/none.db", "folder.db"):
        with pytest.raises(BadBackup) as refused:
            backup(Store.open(f"sqlite:///{tmp_path / name}"), tmp_path / "backup.db")
        assert refused.value.code == "backup.missing", name
    assert sorted(tmp_path.rglob("*")) == before


async def test_a_store_may_be_in_a_folder_of_any_name(kept: Store, tmp_path: Path) -> None:
    await kept.close()
    for name in ("my data", "#1?", "100%25", "백업"):
        (tmp_path / name).mkdir()
        moved = kept.path.rename(tmp_path / name / "store.db")
        taken = backup(Store.open("sqlite:///store.db", tmp_path / name), tmp_path / name / "backup.db")
        assert contents(taken.path)["users"][0][0] == "kim"
        moved.rename(kept.path)


async def test_a_strange_name_is_a_name(kept: Store, tmp_path: Path) -> None:
    taken = backup(kept, tmp_path / "백업 #1?%20.db")
    assert check(taken.path).revision == taken.revision
    await kept.close()


async def test_a_server_has_tools_of_its_own() -> None:
    with pytest.raises(BadBackup) as refused:
        backup(Store.open("postgresql://postgres@127.0.0.1/x"), Path("x.db"))
    assert refused.value.code == "backup.server"


async def test_postgresql_is_dumped_and_restored_with_its_own_tools(empty_postgres: str) -> None:
    """With its own tools: what comes back is what was there."""
    store = Store.open(empty_postgres)
    async with store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="김하늘"))
    url = make_url(empty_postgres).set(drivername="postgresql")
    other = f"restored_{new_id()[:8]}"
    run_on_postgres(f"CREATE DATABASE {other}")
    try:
        target = url.set(database=other).render_as_string(hide_password=False)
        dumped = subprocess.run(
            ["pg_dump", "--format=custom", url.render_as_string(hide_password=False)], check=True, capture_output=True
        ).stdout
        subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={target}"], input=dumped, check=True)
        restored = Store.open(target)
        for model in (User, Event):
            async with store.reading() as one, restored.reading() as two:
                rows = [[tuple(row) for row in await each.execute(select(model.__table__))] for each in (one, two)]
            assert rows[0] == rows[1]
        async with restored.reading() as session:
            assert await session.scalar(select(User.full_name)) == "김하늘"
        await restored.close()
    finally:
        await store.close()
        run_on_postgres(f"DROP DATABASE {other} WITH (FORCE)", POSTGRES)


async def test_mariadb_is_dumped_and_restored_with_its_own_tools(empty_mariadb: str) -> None:
    """As docs/operations.md has it: of one moment, and with every letter and microsecond."""
    store = Store.open(empty_mariadb)
    async with store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="김하늘 😀"))
    url = make_url(empty_mariadb)
    other = f"restored_{new_id()[:8]}"
    sign_in = [f"--host={url.host}", f"--port={url.port or 3306}", f"--user={url.username}"]
    if url.password:
        sign_in.append(f"--password={url.password}")
    run_on_mariadb(f"CREATE DATABASE {other} CHARACTER SET utf8mb4")
    try:
        dumped = subprocess.run(
            ["mariadb-dump", *sign_in, "--single-transaction", "--default-character-set=utf8mb4", str(url.database)],
            check=True,
            capture_output=True,
        ).stdout
        subprocess.run(
            ["mariadb", *sign_in, "--default-character-set=utf8mb4", other], input=dumped, check=True, timeout=60
        )
        restored = Store.open(url.set(database=other).render_as_string(hide_password=False))
        for model in (User, Event):
            async with store.reading() as one, restored.reading() as two:
                rows = [[tuple(row) for row in await each.execute(select(model.__table__))] for each in (one, two)]
            assert rows[0] == rows[1]
        async with restored.reading() as session:
            assert await session.scalar(select(User.full_name)) == "김하늘 😀"
        await upgrade(restored)  # it knows its revision: nothing is left to do
        await restored.close()
    finally:
        await store.close()
        run_on_mariadb(f"DROP DATABASE {other}")
