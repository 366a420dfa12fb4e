"""Totals against the rows they are the sums of: compared, and set anew, on every kind of store."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from core.storage.models import AuditLog, QueryAnalytics, User
from core.storage.session import Store
from core.usage.recount import Parted, Totals, mend, parted
from core.usage.token_usage_service import MOST_TOKENS, TokenUsage, TokenUsageService

NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)
PEOPLE = tuple(f"u{number}" for number in range(5))


@pytest.fixture
async def tokens(store: Store) -> TokenUsageService:
    """Five people, three of whom have asked twice each."""
    service = TokenUsageService(store, clock=lambda: NOW)
    async with store.writing() as session:
        for user_id in PEOPLE:
            kept = {"connection_id": "c1"} if user_id == "u1" else None
            session.add(
                User(id=user_id, email=f"{user_id}@example.com", password_hash="!", full_name="Kim", preferences=kept)
            )
    for user_id in PEOPLE[:3]:
        for message in ("a", "b"):
            usage: TokenUsage = {"prompt_tokens": 300, "completion_tokens": 40, "total_tokens": 340}
            await service.record_token_usage(user_id, "s", f"{user_id}-{message}", usage, "gpt-4o-mini")
    return service


async def _mended(store: Store) -> int:
    return await mend(store, await parted(store), by="u4", clock=lambda: NOW)


async def test_what_agrees_is_not_listed(tokens: TokenUsageService) -> None:
    assert await parted(tokens.store) == ()
    assert await _mended(tokens.store) == 0


async def test_what_differs_is_listed_and_mended_and_audited(tokens: TokenUsageService) -> None:
    store = tokens.store
    async with store.writing() as session:
        await session.execute(update(User).where(User.id == "u0").values(token_usage=7))
        await session.execute(update(User).where(User.id == "u1").values(preferences={"connection_id": "c1"}))
        await session.execute(
            update(QueryAnalytics).where(QueryAnalytics.user_id == "u2").values(prompt_tokens=301, total_tokens=None)
        )
        await session.execute(update(User).where(User.id == "u3").values(token_usage=1))
    right, gone = Totals(680, 600, 80), Totals(0, 0, 0)
    assert await parted(store) == (
        Parted("u0", "u0@example.com", 7, right, right),
        Parted("u1", "u1@example.com", 680, gone, right),
        Parted("u2", "u2@example.com", 680, right, Totals(0, 602, 80)),
        Parted("u3", "u3@example.com", 1, gone, gone),
    )
    assert await _mended(store) == 4
    assert await parted(store) == ()
    async with store.reading() as session:
        one, another = (await session.scalars(select(User).where(User.id.in_(["u1", "u3"])).order_by(User.id))).all()
        audits = (await session.scalars(select(AuditLog).order_by(AuditLog.resource_id))).all()
    kept = {"total_tokens": 680, "prompt_tokens": 600, "completion_tokens": 80, "last_updated": NOW.isoformat()}
    assert (one.token_usage, one.preferences) == (680, {"connection_id": "c1", "token_usage": kept})
    assert another.token_usage == 0
    assert {(row.user_id, row.action, row.resource_type) for row in audits} == {("u4", "usage.recounted", "user")}
    assert [row.resource_id for row in audits] == ["u0", "u1", "u2", "u3"]
    assert audits[0].old_values is not None and audits[0].new_values is not None
    assert (audits[0].old_values["token_usage"], audits[0].new_values["token_usage"]) == (7, 680)


async def test_what_is_settled_between_a_look_and_its_mending_is_not_lost(tokens: TokenUsageService) -> None:
    async with tokens.store.writing() as session:
        await session.execute(update(User).where(User.id.in_(["u0", "u1"])).values(token_usage=7))
    seen = await parted(tokens.store)
    usage: TokenUsage = {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11}
    await tokens.record_token_usage("u0", "s", "another", usage, "gpt-4o-mini")
    async with tokens.store.writing() as session:
        await session.execute(update(User).where(User.id == "u1").values(token_usage=680))
    # One was mended meanwhile by something else; of the other, the newest is counted.
    assert await mend(tokens.store, seen, by="u4", clock=lambda: NOW) == 1
    async with tokens.store.reading() as session:
        assert await session.scalar(select(User.token_usage).where(User.id == "u0")) == 691


async def test_nonsense_in_the_preferences_does_not_agree(tokens: TokenUsageService) -> None:
    for nonsense in ("x", 7, [1], {"token_usage": "x"}, {"token_usage": {"total_tokens": "0"}}):
        async with tokens.store.writing() as session:
            await session.execute(update(User).where(User.id == "u4").values(preferences=nonsense))
        assert [one.user_id for one in await parted(tokens.store)] == ["u4"], nonsense
        assert await _mended(tokens.store) == 1
        assert await parted(tokens.store) == ()


async def test_a_total_beyond_the_column_agrees_with_what_the_column_holds(tokens: TokenUsageService) -> None:
    for message in ("a", "b"):
        usage: TokenUsage = {"prompt_tokens": 0, "completion_tokens": 2_000_000_000, "total_tokens": 2_000_000_000}
        await tokens.record_token_usage("u3", "s", message, usage, "built-in")
    assert await parted(tokens.store) == ()
    async with tokens.store.writing() as session:
        await session.execute(update(User).where(User.id == "u3").values(token_usage=0))
    assert await _mended(tokens.store) == 1
    async with tokens.store.reading() as session:
        assert await session.scalar(select(User.token_usage).where(User.id == "u3")) == MOST_TOKENS
