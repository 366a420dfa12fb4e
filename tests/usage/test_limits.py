"""Limits of everyone, a role, a person: set by administrators, felt at once, audited."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.wiring import House
from core.chat import Actor
from core.errors import BadEdit, NotAllowed, QuotaExceeded
from core.figures import LimitChange, LimitLine
from core.ids import new_id
from core.storage.models import AuditLog, SystemConfig, User
from core.storage.session import Store
from core.usage import limits
from core.usage.limits import MOST, effective
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import Limits
from tests.houses import ADMINISTRATOR, KIM, LEE, open_house, settings_for

NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)
BASE = Limits(1_000, 10_000, 100_000)


@pytest.fixture
async def built(tmp_path: Path, empty_url: str) -> AsyncIterator[House]:
    """A house over each kind of store, in which three people have spoken."""
    async with open_house(settings_for(tmp_path, empty_url)) as house:
        for actor in (ADMINISTRATOR, KIM, LEE):
            await house.road.people.meet(actor)
        yield house


async def _set(built: House, subject: str, who: str, *tokens: int | None, by: Actor = ADMINISTRATOR) -> LimitLine:
    return await built.service.usage.set_limits(by, LimitChange(subject, who, *tokens))  # type: ignore[arg-type]


async def _limits(built: House, actor: Actor) -> tuple[int, ...]:
    return tuple(window.limit for window in await built.service.usage.windows(actor))


async def _id(built: House, actor: Actor) -> str:
    found = await built.road.people.find(actor)
    assert found is not None
    return found.id


async def test_the_nearest_limit_holds_window_by_window(built: House) -> None:
    assert await _limits(built, LEE) == (1_000, 10_000, 100_000)
    await _set(built, "everyone", "", 2_000, None, 50_000)
    assert await _limits(built, LEE) == (2_000, 10_000, 50_000)
    await _set(built, "role", "viewer", None, 7_000, None)
    await _set(built, "role", "admin", 9_000, None, None)
    assert await _limits(built, LEE) == (2_000, 7_000, 50_000)
    assert await _limits(built, ADMINISTRATOR) == (9_000, 10_000, 50_000)
    await _set(built, "person", "LEE@example.com ", 0, None, 60_000)
    assert await _limits(built, LEE) == (0, 7_000, 60_000)
    assert await _limits(built, KIM) == (2_000, 7_000, 50_000)
    await _set(built, "person", await _id(built, LEE), None, None, None)
    await _set(built, "everyone", "", None, None, None)
    assert await _limits(built, LEE) == (1_000, 7_000, 100_000)


async def test_a_limit_holds_from_the_next_question_on_in_every_process(built: House) -> None:
    lee = await _id(built, LEE)
    elsewhere = TokenUsageService(Store.open(built.store.url.render_as_string(hide_password=False)))
    await elsewhere.reserve(lee, "q1", 500)
    await _set(built, "person", lee, 400, None, None)
    with pytest.raises(QuotaExceeded) as refusal:
        await elsewhere.reserve(lee, "q1", 500)
    assert (refusal.value.code, refusal.value.details["limit"]) == ("quota.hour_too_small", 400)
    await elsewhere.store.close()


async def test_they_are_listed(built: House) -> None:
    kim, lee = await _id(built, KIM), await _id(built, LEE)
    assert await built.service.usage.limits(ADMINISTRATOR) == (
        LimitLine("everyone", "", "", None, None, None),
        LimitLine("role", "viewer", "", None, None, None),
        LimitLine("role", "admin", "", None, None, None),
    )
    assert await _set(built, "person", lee, 1, 2, None) == LimitLine("person", lee, "Lee", 1, 2, None)
    await _set(built, "person", "kim@example.com", None, None, MOST)
    await _set(built, "everyone", "", 5, None, None)
    await _set(built, "role", " Viewer", None, 0, None)
    assert await built.service.usage.limits(ADMINISTRATOR) == (
        LimitLine("everyone", "", "", 5, None, None),
        LimitLine("role", "viewer", "", None, 0, None),
        LimitLine("role", "admin", "", None, None, None),
        LimitLine("person", kim, "Kim", None, None, MOST),
        LimitLine("person", lee, "Lee", 1, 2, None),
    )


async def test_every_change_is_audited_with_old_and_new(built: House) -> None:
    administrator = await _id(built, ADMINISTRATOR)
    for tokens in ((1, None, None), (2, 3, None), (None, None, None), (None, None, None)):
        await _set(built, "role", "viewer", *tokens)
    async with built.store.reading() as session:
        rows = (
            await session.scalars(
                select(AuditLog).where(AuditLog.action == "config.changed").order_by(AuditLog.timestamp)
            )
        ).all()
        assert (await session.scalars(select(SystemConfig))).all() == []
    first = {"quota.role.viewer": {"hour": 1, "day": None, "month": None}}
    second = {"quota.role.viewer": {"hour": 2, "day": 3, "month": None}}
    assert [(row.user_id, row.old_values, row.new_values) for row in rows] == [
        (administrator, None, first),
        (administrator, first, second),
        (administrator, second, None),
    ]


async def test_what_cannot_be_is_refused(built: House) -> None:
    for subject, who, hour, code in (
        ("everyone", "", -1, "limits.out_of_range"),
        ("everyone", "", MOST + 1, "limits.out_of_range"),
        ("role", "owner", 1, "limits.unknown_role"),
        ("role", "", 1, "limits.unknown_role"),
        ("person", "", 1, "people.unknown"),
        ("person", "nobody", 1, "people.unknown"),
        ("person", "%", 1, "people.unknown"),
        ("person", "nobody@example.com", 1, "people.unknown_email"),
        ("person", "@", 1, "people.unknown_email"),
    ):
        with pytest.raises(BadEdit) as refusal:
            await _set(built, subject, who, hour, None, None)
        assert refusal.value.code == code
    assert len(await built.service.usage.limits(ADMINISTRATOR)) == 3


async def test_only_administrators_see_and_set_them(built: House) -> None:
    guest = replace(ADMINISTRATOR, kind="guest")
    for actor, code in ((LEE, "people.not_administrator"), (guest, "people.guest")):
        assert not await built.service.usage.is_administrator(actor)
        with pytest.raises(NotAllowed) as refusal:
            await built.service.usage.limits(actor)
        assert refusal.value.code == code
        with pytest.raises(NotAllowed):
            await _set(built, "person", await _id(built, LEE), MOST, MOST, MOST, by=actor)
    assert await built.service.usage.is_administrator(ADMINISTRATOR)
    assert await _limits(built, LEE) == (1_000, 10_000, 100_000)
    async with built.store.writing() as session:
        await session.execute(update(User).values(is_active=False))
    assert not await built.service.usage.is_administrator(ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        await built.service.usage.limits(ADMINISTRATOR)


async def test_somebody_who_never_asked_has_the_limits_of_everyone(built: House) -> None:
    await _set(built, "everyone", "", 5, None, None)
    stranger = replace(LEE, id="U9", email="new@example.com")
    assert await _limits(built, stranger) == (5, 10_000, 100_000)
    assert await built.road.people.find(stranger) is None


def test_what_was_written_by_hand_and_makes_no_sense_counts_as_not_set() -> None:
    good = {"hour": 5, "day": None, "month": None}
    parts: tuple[dict[str, object], ...] = (
        {"hour": -1},
        {"hour": "5"},
        {"hour": True},
        {"hour": MOST + 1},
        {"day": 1.5},
    )
    for bad in ("x", 7, [], *parts):
        assert effective(BASE, good, None, bad) == Limits(5, 10_000, 100_000), bad
    assert effective(BASE, good, {"day": 3}, {}) == Limits(5, 3, 100_000)
    assert effective(BASE, None, None, None) == BASE


async def test_hundreds_of_people_with_limits_of_their_own(sqlite_store: Store) -> None:
    ids = [new_id() for _ in range(1_200)]
    async with sqlite_store.writing() as session:
        for number, user_id in enumerate(ids):
            name = f"P{number:04}"
            session.add(User(id=user_id, email=f"{number}@example.com", password_hash="!", full_name=name))
            value = {"hour": number, "day": None, "month": None}
            session.add(SystemConfig(config_key=f"quota.person.{user_id}", config_value=value))
    async with sqlite_store.reading() as session:
        lines = await limits.listed(session)
    assert [(line.id, line.name, line.hour) for line in lines[3:]] == [
        (user_id, f"P{number:04}", number) for number, user_id in enumerate(ids)
    ]
