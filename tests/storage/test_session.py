"""Transactions behave alike on the three, and fail in our words."""

import asyncio
import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import IntegrityError

from core.errors import BadSetting, StoreFailed
from core.ids import new_id
from core.storage.models import ChatSession, Event, SystemConfig, User
from core.storage.session import Store, insert_if_absent, lock_row
from tests.servers import run_on_mariadb, run_on_postgres


def someone(**values: object) -> User:
    return User(**{"email": f"{new_id()}@example.com", "password_hash": "", "full_name": "김하늘", **values})


async def count(store: Store, model: type) -> int:
    async with store.reading() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_written_is_read_back(store: Store) -> None:
    moment = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
    person = someone(created_at=moment, preferences={"이름": ["é", 1.5, None, True, "🍉"]}, full_name="김하늘 🍉")
    long = "가" * 100_000
    async with store.writing() as session:
        session.add(person)
        await session.flush()
        session.add(ChatSession(id="s", user_id=person.id))
        session.add(SystemConfig(config_key="k", config_value=0.1234567890123, description=long))
    async with store.reading() as session:
        read = await session.get_one(User, person.id)
        setting = await session.scalar(select(SystemConfig))
        assert (read.full_name, read.created_at, read.preferences) == ("김하늘 🍉", moment, person.preferences)
        assert (read.is_active, read.token_usage, read.role) == (True, 0, "viewer")
        assert setting is not None and (setting.config_value, setting.description) == (0.1234567890123, long)


async def test_no_json_is_null(store: Store) -> None:
    async with store.writing() as session:
        session.add(Event(event_type="t", event_data=None))
    async with store.reading() as session:
        assert await session.scalar(select(func.count()).where(Event.event_data.is_(None))) == 1


async def test_text_is_told_apart_by_case(store: Store) -> None:
    async with store.writing() as session:
        session.add_all([someone(email="A@example.com"), someone(email="a@example.com")])
    async with store.reading() as session:
        assert await session.scalar(select(func.count()).where(User.email == "a@example.com")) == 1


async def test_an_error_takes_everything_back(store: Store) -> None:
    with pytest.raises(LookupError):
        async with store.writing() as session:
            session.add(Event(event_type="t"))
            await session.flush()
            raise LookupError
    assert await count(store, Event) == 0


async def test_a_cancelled_transaction_leaves_nothing(store: Store) -> None:
    inside = asyncio.Event()

    async def never_ends() -> None:
        async with store.writing() as session:
            session.add(Event(event_type="t"))
            await session.flush()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ends())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with store.writing() as session:
        session.add(Event(event_type="after"))
    assert await count(store, Event) == 1


async def test_tasks_cancelled_anywhere_leave_the_store_usable(store: Store) -> None:
    chance = random.Random(7)
    done: list[str] = []

    async def write(name: str) -> None:
        async with store.writing() as session:
            session.add(Event(event_type=name))
            await session.flush()
            session.add(Event(event_type=name))
        done.append(name)

    tasks = [asyncio.create_task(write(str(number))) for number in range(40)]
    for task in tasks[::2]:
        await asyncio.sleep(chance.random() * 0.004)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await write("last")
    async with store.reading() as session:
        kept = [event.event_type for event in await session.scalars(select(Event))]
    assert {kept.count(name) for name in kept} == {2} and set(done) <= set(kept)
    assert set(done) >= {str(number) for number in range(1, 40, 2)} | {"last"}


async def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreFailed) as failed:
        async with store.reading() as session:
            session.add(Event(event_type="t"))
            await session.flush()
    assert failed.value.code == "store.read_only"
    assert await count(store, Event) == 0


async def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(StoreFailed) as failed:
        async with store.writing() as session:
            session.add(ChatSession(user_id=new_id()))
    assert failed.value.code == "store.broken"


@pytest.mark.parametrize("empty_url", ["postgres", "mariadb"], indirect=True)
async def test_a_value_that_does_not_fit_is_never_cut(store: Store) -> None:
    with pytest.raises(StoreFailed) as failed:
        async with store.writing() as session:
            session.add(Event(event_type="t" * 51))
    assert failed.value.code == "store.broken"


async def test_of_many_inserting_the_same_row_one_does(store: Store) -> None:
    async def attempt() -> bool:
        async with store.writing() as session:
            return await insert_if_absent(session, Event, id="the same", event_type="t")

    assert sorted(await asyncio.gather(*(attempt() for _ in range(8)))) == [False] * 7 + [True]
    assert await count(store, Event) == 1


async def test_a_duplicate_leaves_the_transaction_usable(store: Store) -> None:
    async with store.writing() as session:
        session.add(someone(id="first", email="a@example.com"))
    async with store.writing() as session:
        values = {"password_hash": "", "full_name": "", "email": "a@example.com"}
        assert not await insert_if_absent(session, User, id="second", **values)
        assert await insert_if_absent(session, Event, id="e", event_type="t")
    assert (await count(store, User), await count(store, Event)) == (1, 1)


async def test_insert_if_absent_forgives_duplicates_only(store: Store) -> None:
    async with store.writing() as session:
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await insert_if_absent(session, ChatSession, id="s", user_id="nobody")


async def test_locked_rows_count_right(store: Store) -> None:
    async with store.writing() as session:
        session.add(someone(id="p"))

    async def add_one() -> None:
        async with store.writing() as session:
            person = await lock_row(session, User, "p")
            assert person is not None
            await asyncio.sleep(0)
            person.token_usage += 1

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with store.reading() as session:
        assert await session.scalar(select(User.token_usage)) == 20
    async with store.writing() as session:
        assert await lock_row(session, User, "nobody") is None


async def test_a_server_that_is_not_there() -> None:
    for url in ("postgresql://u:s3cret@127.0.0.1:1/db", "mysql://u:s3cret@127.0.0.1:1/db"):
        store = Store.open(url)
        with pytest.raises(StoreFailed) as failed:
            async with store.reading() as session:
                await session.execute(text("SELECT 1"))
        await store.close()
        assert failed.value.code == "store.unreachable"
        assert "s3cret" not in repr(store) + repr(failed.value.details) and failed.value.__cause__ is None


async def test_a_sign_in_that_is_refused(postgres_dsn: str, mariadb_dsn: str) -> None:
    name = f"colloquery_{new_id()[:8]}"
    run_on_mariadb(f"CREATE USER {name}@'%' IDENTIFIED BY 'right'")
    try:
        for admin, password in ((postgres_dsn, None), (mariadb_dsn, "wrong")):
            url = make_url(admin).set(username=name, password=password, database="colloquery_none")
            store = Store.open(url.render_as_string(hide_password=False))
            with pytest.raises(StoreFailed) as failed:
                async with store.reading() as session:
                    await session.execute(text("SELECT 1"))
            await store.close()
            assert failed.value.code == "store.sign_in", admin
    finally:
        run_on_mariadb(f"DROP USER {name}@'%'")


@pytest.mark.parametrize("empty_url", ["postgres", "mariadb"], indirect=True)
async def test_a_lost_connection_is_replaced(store: Store) -> None:
    with pytest.raises(StoreFailed) as failed:
        async with store.writing() as session:
            if store.dialect == "mysql":
                own = await session.scalar(text("SELECT CONNECTION_ID()"))
                run_on_mariadb(f"KILL {own}")
            else:
                own = await session.scalar(text("SELECT pg_backend_pid()"))
                run_on_postgres(f"SELECT pg_terminate_backend({own})")
            await session.execute(text("SELECT 1"))
    assert failed.value.code == "store.unreachable"
    assert await count(store, Event) == 0


async def test_sqlite_full(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StoreFailed) as failed:
        async with sqlite_store.writing() as session:
            session.add(Event(event_type="t", event_data="x" * 1_000_000))
    assert failed.value.code == "store.full"


async def test_sqlite_where_there_is_no_folder(tmp_path: Path) -> None:
    store = Store.open("sqlite:///missing/store.db", tmp_path)
    with pytest.raises(StoreFailed) as failed:
        async with store.reading() as session:
            await session.execute(text("SELECT 1"))
    await store.close()
    assert failed.value.code == "store.unreachable"


async def test_sqlite_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("a letter to a friend, quite long enough to be no database" * 50)
    store = Store.open("sqlite:///store.db", tmp_path)
    with pytest.raises(StoreFailed) as failed:
        async with store.reading() as session:
            await session.execute(text("SELECT 1"))
    await store.close()
    assert failed.value.code == "store.broken"


_KILLED = """
import asyncio, sys
from core.storage.models import Event
from core.storage.session import Store

async def write():
    store = Store.open(sys.argv[1])
    async with store.writing() as session:
        session.add(Event(event_type="kept"))
    async with store.writing() as session:
        session.add(Event(event_type="lost"))
        await session.flush()
        print("now", flush=True)
        await asyncio.sleep(60)

asyncio.run(write())
"""


async def test_committed_survives_a_killed_process(store: Store, empty_url: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", _KILLED, empty_url], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None and process.stdout.readline() == "now\n"
        process.kill()
    async with store.reading() as session:
        assert list(await session.scalars(select(Event.event_type))) == ["kept"]


async def test_sqlite_survives_what_the_settings_promise(sqlite_store: Store) -> None:
    for door in (sqlite_store.reading, sqlite_store.writing):
        async with door() as session:
            pragmas = [
                await session.scalar(text(f"PRAGMA {p}")) for p in ("journal_mode", "foreign_keys", "synchronous")
            ]
            assert [*pragmas, await session.scalar(text("PRAGMA busy_timeout"))] == ["wal", 1, 1, 10_000]


async def test_json_is_stored_readable(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        session.add(Event(event_type="t", event_data={"이름": 1}))
    async with sqlite_store.reading() as session:
        assert await session.scalar(text("SELECT event_data FROM events")) == json.dumps(
            {"이름": 1}, ensure_ascii=False, separators=(",", ":")
        )


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///app_data.db", "sqlite+aiosqlite:////here/app_data.db"),
        ("sqlite:////there/app_data.db", "sqlite+aiosqlite:////there/app_data.db"),
        ("sqlite+pysqlite:///app_data.db", "sqlite+aiosqlite:////here/app_data.db"),
        ("postgres://u:p@h:5/d?sslmode=require", "postgresql+psycopg://u:***@h:5/d?sslmode=require"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("mysql://u@h/d", "mysql+aiomysql://u@h/d"),
        (" mariadb://u@h/d\n", "mysql+aiomysql://u@h/d"),
    ],
)
def test_urls_as_people_write_them(written: str, driver: str) -> None:
    assert str(Store.open(written, Path("/here")).url) == driver


@pytest.mark.parametrize(
    "written",
    ["", "app_data.db", "oracle://u@h/d", "sqlite://", "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "postgresql://h",
     "mysql://u@h/d?local_infile=1", "http://h/d", "postgresql://u@h:port/d"],
)  # fmt: skip
def test_urls_that_are_none(written: str) -> None:
    with pytest.raises(BadSetting) as bad:
        Store.open(written)
    assert bad.value.code == "setting.database_url" and written not in repr(bad.value.details).split()
