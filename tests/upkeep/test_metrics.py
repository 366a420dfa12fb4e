"""Measures: taken, thinned once, gone in the end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core.storage.models import ChatSession, PerformanceMetric, QueryAnalytics, User
from core.storage.own_tables import InboxItem
from core.storage.session import Store
from core.upkeep.metrics import sample_metrics, thin_metrics

NOW = datetime(2026, 6, 30, 12, 0, 30, tzinfo=UTC)


async def taken(store: Store, name: str) -> list[PerformanceMetric]:
    wanted = (
        select(PerformanceMetric).where(PerformanceMetric.metric_name == name).order_by(PerformanceMetric.timestamp)
    )
    async with store.reading() as session:
        return list((await session.scalars(wanted)).all())


async def test_a_minute_of_questions(store: Store) -> None:
    async with store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="Kim"))
        await session.flush()
        for seconds, success, at in (
            (1.0, True, 31),
            (3.0, False, 40),
            (2.0, True, 90),
            (9.0, True, 91),
            (9.0, True, 30),
        ):
            session.add(
                QueryAnalytics(
                    query_id=str(at), user_id="kim", question="q", sql_query="s", execution_time=seconds, row_count=1,
                    success=success, total_tokens=100, timestamp=NOW - timedelta(seconds=at),
                )
            )  # fmt: skip
    assert await sample_metrics(store, NOW) == 7
    # Each replica takes them, and a minute is counted once.
    assert await sample_metrics(store, NOW + timedelta(seconds=20)) == 0
    values = {name: (await taken(store, name))[0] for name in ("questions", "failures", "tokens", "seconds_median")}
    assert {name: row.metric_value for name, row in values.items()} == {
        "questions": 3, "failures": 1, "tokens": 300, "seconds_median": 2.0,
    }  # fmt: skip
    (memory,) = await taken(store, "memory")
    assert memory.metric_value > 10_000_000 and memory.metric_unit == "bytes"


async def test_the_queue_is_of_those_who_wait_and_not_of_doors_that_are_gone(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="Kim"))
        await session.flush()
        session.add(ChatSession(id="t", user_id="kim", last_message_at=NOW))
        await session.flush()
        for name, state, hours in (
            ("a", "claimed", 1),
            ("b", "accepted", 2),
            ("c", "claimed", 30),
            ("d", "answered", 1),
        ):
            at = NOW - timedelta(hours=hours)
            session.add(
                InboxItem(
                    id=name, platform="web", session_id="t", user_id="kim", question={}, state=state, accepted_at=at
                )
            )
    await sample_metrics(sqlite_store, NOW)
    assert [row.metric_value for row in await taken(sqlite_store, "queue")] == [2]


async def test_an_hour_becomes_one_row_once(store: Store) -> None:
    old = datetime(2026, 6, 27, 9, 0, tzinfo=UTC)
    async with store.writing() as session:
        for minute in range(120):
            for name in ("questions", "queue"):
                session.add(
                    PerformanceMetric(
                        metric_name=name, metric_value=minute % 60, timestamp=old + timedelta(minutes=minute)
                    )
                )
        session.add(PerformanceMetric(metric_name="queue", metric_value=5, timestamp=NOW))
    assert await thin_metrics(store, NOW) == 240
    assert await thin_metrics(store, NOW) == 0
    questions, queue = await taken(store, "questions"), await taken(store, "queue")
    assert [(row.timestamp, row.metric_value) for row in questions] == [(old, 1770), (old + timedelta(hours=1), 1770)]
    assert [row.metric_value for row in queue] == [29.5, 29.5, 5]
    assert queue[0].additional_data == {"of": 60, "least": 0, "most": 59}


async def test_old_measures_go(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        for days in (1, 80, 100):
            session.add(PerformanceMetric(metric_name="queue", metric_value=days, timestamp=NOW - timedelta(days=days)))
    await thin_metrics(sqlite_store, NOW)
    assert [row.metric_value for row in await taken(sqlite_store, "queue")] == [80, 1]


async def test_an_hour_that_the_limit_cut_waits_for_the_next_run(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.upkeep.metrics._ROWS_A_RUN", 90)
    old = datetime(2026, 6, 27, 9, 0, tzinfo=UTC)
    async with sqlite_store.writing() as session:
        for minute in range(120):
            session.add(
                PerformanceMetric(metric_name="queue", metric_value=1, timestamp=old + timedelta(minutes=minute))
            )
    assert await thin_metrics(sqlite_store, NOW) == 60
    assert await thin_metrics(sqlite_store, NOW) == 60
    assert [row.additional_data["of"] for row in await taken(sqlite_store, "queue") if row.additional_data] == [60, 60]
