"""Quotas: checked, reserved, settled, released, over every kind of store."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from core.errors import BadEdit, QuotaExceeded
from core.ids import query_id
from core.locale import error_words
from core.storage.models import ChatMessage, ChatSession, QueryAnalytics, User
from core.storage.own_tables import TokenReservation
from core.storage.session import Store
from core.usage.token_usage_service import MOST_TOKENS, RESERVATION_LEASE, TokenUsage, TokenUsageService
from core.usage.windows import Limits
from tests.leases import end_in, left_of

NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)


@pytest.fixture
async def tokens(store: Store) -> TokenUsageService:
    """One person with a thread and a question in it, at a fixed time, on each kind of store."""
    return await _service(store)


@pytest.fixture
async def sqlite_tokens(sqlite_store: Store) -> TokenUsageService:
    """The same on SQLite alone, for what does not depend on the server."""
    return await _service(sqlite_store)


async def _service(store: Store) -> TokenUsageService:
    async with store.writing() as session:
        session.add(User(id="u1", email="kim@example.com", password_hash="!", full_name="Kim"))
        await session.flush()
        session.add(ChatSession(id="s1", user_id="u1"))
        await session.flush()
        session.add(ChatMessage(id="m1", session_id="s1", message_type="user", content="How many?", sequence_number=1))
    return TokenUsageService(store, clock=lambda: NOW)


def _usage(prompt: Any, completion: Any, total: Any) -> TokenUsage:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


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


@pytest.mark.parametrize("seconds", [-1, 3600])  # that long none is given: the store's own clock was ahead then
async def test_a_reservation_counts_until_it_is_released_or_its_lease_passes(
    tokens: TokenUsageService, seconds: int
) -> None:
    await tokens.reserve("u1", "q1", 600)
    with pytest.raises(QuotaExceeded) as refusal:
        await tokens.reserve("u1", "q2", 401)
    assert (refusal.value.code, refusal.value.details["remaining"]) == ("quota.held", 400)
    async with tokens.store.writing() as session:
        await tokens.release(session, "q1")
    await tokens.reserve("u1", "q2", 1_000)
    await tokens.reserve("u1", "q2", 900)  # the same question again: in place of what it had
    ahead = replace(tokens, clock=lambda: NOW + timedelta(minutes=10))
    assert (await ahead.check_rate_limit("u1"))["windows"][0].reserved == 900, "a lease is by the store's clock alone"
    assert await ahead.sweep() == 0
    await end_in(tokens.store, TokenReservation, seconds)
    await tokens.reserve("u1", "q3", 1_000)
    assert await tokens.sweep() == 1


@pytest.mark.parametrize(
    ("limits", "used", "held", "code"),
    [
        (Limits(10, 100, 100), 5, 0, "quota.hour"),
        (Limits(10, 10, 100), 5, 0, "quota.day"),  # a new hour would not help
        (Limits(100, 10, 10), 5, 0, "quota.month"),
        (Limits(10, 100, 100), 0, 5, "quota.held"),
        (Limits(10, 100, 100), 5, 5, "quota.hour"),
        (Limits(100, 10, 100), 3, 5, "quota.held"),
        (Limits(100, 100, 5), 0, 0, "quota.month_too_small"),
        (Limits(100, 5, 5), 0, 0, "quota.day_too_small"),
        (Limits(0, 0, 0), 0, 0, "quota.hour_too_small"),
    ],
)
async def test_what_keeps_it_back_is_named(
    sqlite_tokens: TokenUsageService, limits: Limits, used: int, held: int, code: str
) -> None:
    tokens = replace(sqlite_tokens, limits=limits)
    await _use(tokens, used, NOW)
    if held:
        await tokens.reserve("u1", "another", held)
    with pytest.raises(QuotaExceeded) as refusal:
        await tokens.reserve("u1", "q", 6)
    assert refusal.value.code == code


async def test_a_refusal_says_which_limit_until_when_and_what_is_free(sqlite_tokens: TokenUsageService) -> None:
    tokens = replace(sqlite_tokens, zone=ZoneInfo("Asia/Seoul"))
    await _use(tokens, 9_990, NOW - timedelta(hours=2))
    with pytest.raises(QuotaExceeded) as refusal:
        await tokens.reserve("u1", "q", 60)
    text, hint = error_words("en", refusal.value, "America/New_York")
    assert "about 60 tokens" in text
    assert "10 of your 10,000 for today" in text
    assert "Jun 15, 2026, 11:00" in hint  # midnight in Seoul, on the clock of New York
    assert all(free in hint for free in ("templates", "built-in writer", "SQL that you type", "0 tokens"))
    text, hint = error_words("ko", refusal.value, "Asia/Seoul")
    assert "오늘 한도 10,000토큰 가운데 10토큰" in text
    assert "2026. 6. 16. 00:00" in hint
    assert all(free in hint for free in ("템플릿", "내장 작성기", "직접 입력한 SQL"))


async def test_nothing_is_set_aside_for_nobody_or_when_it_is_refused(tokens: TokenUsageService) -> None:
    with pytest.raises(BadEdit):
        await tokens.reserve("nobody", "q1", 1)
    await tokens.reserve("u1", "q2", 600)
    for question, amount in (("q2", 1_001), ("q3", 401)):
        with pytest.raises(QuotaExceeded):
            await tokens.reserve("u1", question, amount)
    async with tokens.store.reading() as session:
        assert (await session.scalars(select(TokenReservation.tokens))).all() == [600]


async def test_twenty_at_once_cannot_pass_the_limit_together(tokens: TokenUsageService) -> None:
    outcomes = await asyncio.gather(*(tokens.reserve("u1", f"q{n}", 150) for n in range(20)), return_exceptions=True)
    assert sum(not isinstance(one, QuotaExceeded) for one in outcomes) == 6
    async with tokens.store.reading() as session:
        assert await session.scalar(select(func.sum(TokenReservation.tokens))) == 900


async def test_recorded_tokens_reach_analytics_and_the_person(tokens: TokenUsageService) -> None:
    for _ in range(2):
        await tokens.record_token_usage("u1", "s1", "m1", _usage(300, 40, 340), "gpt-4o-mini-2024-07-18")
    async with tokens.store.reading() as session:
        row = (await session.scalars(select(QueryAnalytics))).one()
        person = (await session.scalars(select(User))).one()
    assert (row.query_id, row.question, row.total_tokens) == (query_id("m1"), "How many?", 680)
    assert row.llm_cost_estimate == 2 * (300 * 0.15 + 40 * 0.6) / 10**6
    assert person.token_usage == 680
    assert person.preferences == {
        "token_usage": {
            "total_tokens": 680, "prompt_tokens": 600, "completion_tokens": 80, "last_updated": NOW.isoformat()
        }
    }  # fmt: skip


async def test_tokens_of_reasoning_are_counted_and_priced_as_completion(sqlite_tokens: TokenUsageService) -> None:
    await sqlite_tokens.record_token_usage("u1", "s1", "m1", _usage(300, 40, 1_000), "gpt-4o-mini")
    async with sqlite_tokens.store.reading() as session:
        row = (await session.scalars(select(QueryAnalytics))).one()
    assert (row.prompt_tokens, row.completion_tokens, row.total_tokens) == (300, 700, 1_000)
    assert row.llm_cost_estimate == (300 * 0.15 + 700 * 0.6) / 10**6


@pytest.mark.parametrize(
    ("user_id", "message_id", "usage", "error"),
    [
        ("u1", "m1", _usage(-1, 2, 1), ValueError),
        ("u1", "m1", _usage(2, -1, 1), ValueError),
        ("u1", "m1", _usage(0, 0, -1), ValueError),
        ("u1", "m1", _usage(300, 40, 339), ValueError),
        ("u1", "m1", _usage(1, 1, 2**31), ValueError),
        ("u1", "m1", _usage(1, 1, 2.0), ValueError),
        ("u1", "m1", _usage(1, 1, True), ValueError),
        ("u1", "m1", _usage("1", 1, 2), ValueError),
        ("u1", "m2", _usage(1, 1, 2), ValueError),  # the message of somebody else
        ("nobody", "m1", _usage(1, 1, 2), BadEdit),
        ("", "m1", _usage(1, 1, 2), BadEdit),
    ],
)
async def test_nonsense_is_refused_and_nothing_is_lost(
    sqlite_tokens: TokenUsageService, user_id: str, message_id: str, usage: TokenUsage, error: type[Exception]
) -> None:
    tokens = sqlite_tokens
    async with tokens.store.writing() as session:
        session.add(User(id="u2", email="lee@example.com", password_hash="!", full_name="Lee"))
    await tokens.record_token_usage("u1", "s1", "m1", _usage(300, 40, 340), "gpt-4o-mini")
    await tokens.record_token_usage("u2", "s1", "m2", _usage(30, 4, 34), "gpt-4o-mini")
    with pytest.raises(error):
        await tokens.record_token_usage(user_id, "s1", message_id, usage, "gpt-4o-mini")
    async with tokens.store.reading() as session:
        rows = (await session.execute(select(QueryAnalytics.user_id, QueryAnalytics.total_tokens))).all()
        people = (await session.execute(select(User.id, User.token_usage))).all()
    assert sorted(map(tuple, rows)) == sorted(map(tuple, people)) == [("u1", 340), ("u2", 34)]


async def test_many_writers_of_one_message_make_one_row_and_lose_no_token(tokens: TokenUsageService) -> None:
    second = replace(tokens, store=Store.open(tokens.store.url.render_as_string(hide_password=False)))
    await asyncio.gather(
        *(
            one.record_token_usage("u1", "s1", "m1", _usage(100, 10 + number, 110 + number), "gpt-4o-mini")
            for one in (tokens, second)
            for number in range(10)
        )
    )
    await second.store.close()
    async with tokens.store.reading() as session:
        row = (await session.scalars(select(QueryAnalytics))).one()
        person = (await session.scalars(select(User))).one()
    assert (row.prompt_tokens, row.completion_tokens, row.total_tokens) == (2_000, 290, 2_290)
    assert row.llm_cost_estimate == (2_000 * 0.15 + 290 * 0.6) / 10**6
    assert person.token_usage == 2_290
    assert person.preferences is not None
    kept = person.preferences["token_usage"]
    assert (kept["total_tokens"], kept["prompt_tokens"], kept["completion_tokens"]) == (2_290, 2_000, 290)


async def test_a_total_stays_within_what_the_store_holds(tokens: TokenUsageService) -> None:
    for _ in range(2):
        await tokens.record_token_usage("u1", "s1", "m1", _usage(1_500_000_000, 0, 1_500_000_000), "built-in")
        async with tokens.store.writing() as session:
            # The row of a message holds no more, either: two messages, so two rows.
            await session.execute(update(QueryAnalytics).values(query_id="another"))
    async with tokens.store.reading() as session:
        person = (await session.scalars(select(User))).one()
    assert person.token_usage == MOST_TOKENS
    assert person.preferences is not None
    assert person.preferences["token_usage"]["total_tokens"] == 3_000_000_000


async def test_a_live_question_keeps_what_it_has_set_aside(tokens: TokenUsageService) -> None:
    await tokens.reserve("u1", "q1", 600)
    await end_in(tokens.store, TokenReservation, 1)
    async with tokens.store.writing() as session:
        await tokens.renew(session, ["q1", "one without tokens"])
        await tokens.renew(session, [])
    assert RESERVATION_LEASE - timedelta(seconds=10) < await left_of(tokens.store, TokenReservation)
