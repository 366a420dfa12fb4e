"""Quotas: checked, reserved, settled, released, over every kind of store."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.errors import QuotaExceeded
from core.ids import query_id
from core.storage.models import ChatMessage, ChatSession, QueryAnalytics, User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store
from core.usage.token_usage_service import RESERVATION_LEASE, TokenUsageService
from core.usage.windows import Limits

NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)


@pytest.fixture
async def tokens(store: Store) -> TokenUsageService:
    """One person with a thread and a question in it, at a fixed time."""
    async with store.writing() as session:
        session.add(User(id="u1", email="kim@example.com", password_hash="!", full_name="Kim"))
        await session.flush()
        session.add(ChatSession(id="s1", user_id="u1"))
        await session.flush()
        session.add(ChatMessage(id="m1", session_id="s1", message_type="user", content="How many?", sequence_number=1))
    return TokenUsageService(store, clock=lambda: NOW)


async def _use(tokens: TokenUsageService, amount: int, at: datetime) -> None:
    async with tokens.store.writing() as session:
        session.add(
            QueryAnalytics(
                query_id="q", user_id="u1", question="", sql_query="", execution_time=0.0, row_count=0, success=True,
                total_tokens=amount, timestamp=at, created_at=at,
            )
        )  # fmt: skip


async def test_each_window_counts_from_its_own_start(tokens: TokenUsageService) -> None:
    for amount, at in [
        (1, NOW),
        (10, NOW - timedelta(minutes=31)),
        (100, NOW - timedelta(days=1)),
        (1000, NOW - timedelta(days=31)),
    ]:
        await _use(tokens, amount, at)
    checked = await tokens.check_rate_limit("u1")
    assert checked["allowed"] is True
    assert [(one.name, one.used, one.limit) for one in checked["windows"]] == [
        ("hour", 1, 1_000),
        ("day", 11, 10_000),
        ("month", 111, 100_000),
    ]
    assert checked["windows"][0].resets_at == datetime(2026, 6, 15, 11, tzinfo=UTC)


async def test_a_used_up_window_does_not_allow(tokens: TokenUsageService) -> None:
    await _use(tokens, 1_000, NOW)
    assert (await tokens.check_rate_limit("u1"))["allowed"] is False
    later = replace(tokens, clock=lambda: NOW + timedelta(minutes=30))
    assert (await later.check_rate_limit("u1"))["allowed"] is True


async def test_a_reservation_counts_until_it_is_released_or_its_lease_passes(tokens: TokenUsageService) -> None:
    await tokens.reserve("u1", "q1", 600)
    with pytest.raises(QuotaExceeded) as refusal:
        await tokens.reserve("u1", "q2", 401)
    assert refusal.value.code == "quota.hour"
    assert refusal.value.details["remaining"] == 400
    async with tokens.store.writing() as session:
        await tokens.release(session, "q1")
    await tokens.reserve("u1", "q2", 1_000)
    await tokens.reserve("u1", "q2", 900)  # the same question again: in place of what it had
    after = replace(tokens, clock=lambda: NOW + RESERVATION_LEASE)
    await after.reserve("u1", "q3", 1_000)
    assert await after.sweep() == 1


async def test_the_limit_that_does_not_cover_it_is_named(tokens: TokenUsageService) -> None:
    for limits, code in [
        (Limits(10, 10, 5), "quota.month"),
        (Limits(10, 5, 10), "quota.day"),
        (Limits(5, 5, 5), "quota.hour"),
    ]:
        with pytest.raises(QuotaExceeded) as refusal:
            await replace(tokens, limits=limits).reserve("u1", "q", 6)
        assert refusal.value.code == code


async def test_twenty_at_once_cannot_pass_the_limit_together(tokens: TokenUsageService) -> None:
    outcomes = await asyncio.gather(*(tokens.reserve("u1", f"q{n}", 150) for n in range(20)), return_exceptions=True)
    assert sum(not isinstance(one, QuotaExceeded) for one in outcomes) == 6
    async with tokens.store.reading() as session:
        assert await session.scalar(select(func.sum(TokenReservation.tokens))) == 900


async def test_recorded_tokens_reach_analytics_and_the_person(tokens: TokenUsageService) -> None:
    usage = {"prompt_tokens": 300, "completion_tokens": 40, "total_tokens": 340}
    for _ in range(2):
        await tokens.record_token_usage("u1", "s1", "m1", usage, "gpt-4o-mini-2024-07-18")  # type: ignore[arg-type]
    async with tokens.store.reading() as session:
        row = (await session.scalars(select(QueryAnalytics))).one()
        person = (await session.scalars(select(User))).one()
    assert (row.query_id, row.question, row.total_tokens) == (query_id("m1"), "How many?", 680)
    assert row.llm_cost_estimate == pytest.approx(2 * (300 * 0.00015 + 40 * 0.0006) / 1000)
    assert person.token_usage == 680
    kept = person.preferences["token_usage"]  # type: ignore[index]
    assert (kept["total_tokens"], kept["prompt_tokens"], kept["completion_tokens"]) == (680, 600, 80)
    assert kept["last_updated"] == NOW.isoformat()
