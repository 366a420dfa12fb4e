"""The async face: pools, idle sessions, cancels, dead lines."""

import asyncio
import sqlite3
import statistics
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.engines.base import Limits, ServerKind, Target
from core.engines.databases import Databases
from core.engines.hosts import HostPolicy
from core.errors import ColloqueryError, DatabaseUnavailable, QueryFailed
from tests.engines.conftest import file_target
from tests.engines.proxy import Proxy
from tests.engines.servers import Database, Server, free_port, fresh, wait_until

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"
SLEEP = {"postgresql": "SELECT pg_sleep({})", "mariadb": "SELECT sleep({})", "mysql": "SELECT sleep({})"}


@pytest.fixture
def file(tmp_path: Path) -> Target:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'a')")
    return file_target(tmp_path / "a.db")


@pytest.fixture
async def databases() -> AsyncIterator[Databases]:
    opened = Databases(idle_seconds=60, connect_seconds=3, grace_seconds=1)
    yield opened
    await opened.close()


def sessions(database: Database) -> list[object]:
    if database.kind == "postgresql":
        return database.server.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'colloquery'"
            f" AND datname = '{database.target.database}'"
        )
    return [row for row in database.server.execute("SHOW PROCESSLIST") if row[3] == database.target.database]


def asleep(database: Database) -> int:
    if database.kind == "postgresql":
        return len(
            database.server.execute(
                "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND application_name = 'colloquery'"
                f" AND datname = '{database.target.database}'"
            )
        )
    listed = database.server.execute("SHOW FULL PROCESSLIST")
    return sum(row[3] == database.target.database and "sleep" in str(row[7]) for row in listed)


async def seen(condition: Callable[[], bool]) -> bool:
    return await asyncio.to_thread(wait_until, condition)


async def test_runs_reads_and_looks(databases: Databases, file: Target) -> None:
    rows = await databases.run("c", file, "SELECT * FROM t", Limits())
    assert rows.rows == ((1, "a"),)
    schema = await databases.read_schema("c", file)
    assert [table.name for table in schema.tables] == ["t"]
    assert not (await databases.health("c", file)).can_write


async def test_sessions_are_used_again(databases: Databases, database: Database) -> None:
    for _ in range(5):
        await databases.run("c", database.target, "SELECT 1", Limits())
    assert len(sessions(database)) == 1
    await asyncio.gather(
        *(databases.run("c", database.target, SLEEP[database.kind].format(0.2), Limits()) for _ in range(8))
    )
    assert len(sessions(database)) == 4
    await databases.forget("c")
    assert await seen(lambda: len(sessions(database)) == 0)


async def test_an_event_stops_the_query_at_the_server(databases: Databases, database: Database) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(
        databases.run("c", database.target, SLEEP[database.kind].format(30), Limits(), cancelled=stop)
    )
    assert await seen(lambda: asleep(database) == 1)
    began = time.monotonic()
    stop.set()
    with pytest.raises(QueryFailed) as caught:
        await task
    assert caught.value.code == "query.cancelled"
    assert time.monotonic() - began < 2
    assert await seen(lambda: asleep(database) == 0)


async def test_cancelling_the_task_stops_the_query_at_the_server(databases: Databases, database: Database) -> None:
    task = asyncio.create_task(databases.run("c", database.target, SLEEP[database.kind].format(30), Limits()))
    assert await seen(lambda: asleep(database) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await seen(lambda: asleep(database) == 0)
    assert (await databases.run("c", database.target, "SELECT 1", Limits())).rows == ((1,),)


async def test_a_dead_idle_session_is_replaced_unseen(databases: Databases, database: Database) -> None:
    await databases.run("c", database.target, "SELECT 1", Limits())
    before = sessions(database)
    if database.kind == "postgresql":
        database.server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.target.database}'"
        )
    else:
        for row in database.server.execute("SHOW PROCESSLIST"):
            if row[3] == database.target.database:
                database.server.execute(f"KILL {row[0]}")
    assert await seen(lambda: len(sessions(database)) == 0)
    assert (await databases.run("c", database.target, "SELECT 2", Limits())).rows == ((2,),)
    assert len(sessions(database)) == 1
    assert sessions(database) != before


async def test_a_server_that_went_away_is_unreachable(databases: Databases, database: Database) -> None:
    with Proxy(database.target.port) as proxy:
        target = replace(database.target, port=proxy.port)
        await databases.run("c", target, "SELECT 1", Limits())
    with pytest.raises(DatabaseUnavailable) as caught:
        await databases.run("c", target, "SELECT 1", Limits())
    assert caught.value.code == "database.unreachable"


async def test_a_dead_line_is_abandoned_and_its_thread_freed(database: Database) -> None:
    databases = Databases(threads=1, connect_seconds=1, grace_seconds=0.5)
    with Proxy(database.target.port) as proxy:
        target = replace(database.target, port=proxy.port)
        await databases.run("c", target, "SELECT 1", Limits())
        proxy.go_dead()
        began = time.monotonic()
        with pytest.raises(ColloqueryError) as caught:
            await databases.run("c", target, "SELECT 1", Limits(seconds=0.5))
        assert caught.value.code == "query.too_slow"
        assert time.monotonic() - began < 3
        # The only thread of this connection is free again once the line is cut: the next question gets its turn.
        with pytest.raises(ColloqueryError) as caught:
            await databases.run("c", target, "SELECT 1", Limits(seconds=20))
        assert caught.value.code == "database.unreachable"
    await databases.close()


async def test_stopping_on_a_dead_line_returns_to_the_asker(database: Database) -> None:
    databases = Databases(connect_seconds=1, grace_seconds=0.5)
    stop = asyncio.Event()
    with Proxy(database.target.port) as proxy:
        target = replace(database.target, port=proxy.port)
        task = asyncio.create_task(databases.run("c", target, SLEEP[database.kind].format(30), Limits(), stop))
        assert await seen(lambda: asleep(database) == 1)
        proxy.go_dead()
        began = time.monotonic()
        stop.set()
        with pytest.raises(QueryFailed) as caught:
            await task
        assert caught.value.code == "query.cancelled"
        assert time.monotonic() - began < 3
    await databases.close()


async def test_a_slow_database_does_not_starve_another(databases: Databases, database: Database, file: Target) -> None:
    slow = [
        asyncio.create_task(databases.run("slow", database.target, SLEEP[database.kind].format(1), Limits()))
        for _ in range(6)
    ]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await databases.run("quick", file, "SELECT 1", Limits())
    assert time.monotonic() - began < 0.5
    await asyncio.gather(*slow)


async def test_waiting_for_a_turn_is_bounded_and_stoppable(file: Target) -> None:
    databases = Databases(threads=1)
    first = asyncio.create_task(databases.run("c", file, ENDLESS, Limits(seconds=2)))
    await asyncio.sleep(0.05)
    with pytest.raises(DatabaseUnavailable) as busy:
        await databases.run("c", file, "SELECT 1", Limits(seconds=0.2))
    assert busy.value.code == "database.busy"
    stop = asyncio.Event()
    waiting = asyncio.create_task(databases.run("c", file, "SELECT 1", Limits(), stop))
    gone = asyncio.create_task(databases.run("c", file, "SELECT 1", Limits()))
    await asyncio.sleep(0.05)
    stop.set()
    gone.cancel()
    with pytest.raises(QueryFailed) as stopped:
        await waiting
    assert stopped.value.code == "query.cancelled"
    with pytest.raises(asyncio.CancelledError):
        await gone
    with pytest.raises(QueryFailed) as slow:
        await first
    assert slow.value.details == {"seconds": "2"}
    assert (await databases.run("c", file, "SELECT 1", Limits())).rows == ((1,),)
    await databases.close()


async def test_a_stop_that_came_before_the_start(databases: Databases, file: Target) -> None:
    stop = asyncio.Event()
    stop.set()
    began = time.monotonic()
    with pytest.raises(QueryFailed) as caught:
        await databases.run("c", file, ENDLESS, Limits(seconds=30), stop)
    assert caught.value.code == "query.cancelled"
    assert time.monotonic() - began < 2


async def test_an_edited_target_gets_new_sessions(databases: Databases, file: Target, tmp_path: Path) -> None:
    await databases.run("c", file, "SELECT 1", Limits())
    with closing(sqlite3.connect(tmp_path / "b.db")) as connection:
        connection.executescript("CREATE TABLE other (id)")
    edited = file_target(tmp_path / "b.db")
    assert [table.name for table in (await databases.read_schema("c", edited)).tables] == ["other"]


async def test_idle_sessions_are_closed_after_their_time(database: Database) -> None:
    databases = Databases(idle_seconds=0.3)
    await databases.run("c", database.target, "SELECT 1", Limits())
    assert len(sessions(database)) == 1
    assert await seen(lambda: len(sessions(database)) == 0)
    assert (await databases.run("c", database.target, "SELECT 1", Limits())).rows == ((1,),)
    await databases.close()


async def test_closing_stops_what_runs(database: Database) -> None:
    databases = Databases()
    task = asyncio.create_task(databases.run("c", database.target, SLEEP[database.kind].format(30), Limits()))
    assert await seen(lambda: asleep(database) == 1)
    await databases.close()
    with pytest.raises(QueryFailed):
        await task
    assert await seen(lambda: len(sessions(database)) == 0)
    assert wait_until(lambda: not any("colloquery" in thread.name for thread in threading.enumerate()))


async def test_hosts_are_checked_on_every_connect(file: Target) -> None:
    databases = Databases(HostPolicy(allowed=("10.0.0.0/8",)))
    target = Target("postgresql", "127.0.0.1", free_port(), "a", "b", "c", local=True)
    with pytest.raises(DatabaseUnavailable) as caught:
        await databases.run("c", target, "SELECT 1", Limits())
    assert caught.value.code == "database.host_not_allowed"
    await databases.close()


async def test_an_unreachable_server(databases: Databases) -> None:
    kinds: tuple[ServerKind, ...] = ("postgresql", "mysql", "mariadb", "oracle")
    for kind in kinds:
        target = Target(kind, "127.0.0.1", free_port(), "a", "secret", "c", local=True)
        with pytest.raises(DatabaseUnavailable) as caught:
            await databases.run(kind, target, "SELECT 1", Limits())
        assert (caught.value.code, caught.value.details) == ("database.unreachable", {})


async def test_the_password_shows_nowhere(databases: Databases, postgresql: Server) -> None:
    target = replace(postgresql.admin, password="hunter2-canary", database="none")
    with pytest.raises(DatabaseUnavailable) as caught:
        await databases.run("c", target, "SELECT 1", Limits())
    assert "hunter2" not in f"{target!r} {caught.value!r} {caught.value.details} {caught.value.args}"


async def test_what_it_costs_beyond_the_query(databases: Databases, file: Target) -> None:
    """Under a millisecond on SQLite, thread hop and translation included.

    The quickest tenth counts: the rest says how busy the machine is with other things.
    """
    times = []
    for _ in range(300):
        began = time.perf_counter()
        await databases.run("c", file, "SELECT * FROM t", Limits())
        times.append(time.perf_counter() - began)
    assert statistics.quantiles(times, n=10)[0] < 0.001


async def test_many_fresh_databases_at_once(databases: Databases, postgresql: Server) -> None:
    with fresh(postgresql) as one:
        results = await asyncio.gather(
            *(databases.run(f"c{n}", one.target, f"SELECT {n}", Limits()) for n in range(10))
        )
    assert [result.rows for result in results] == [((n,),) for n in range(10)]
