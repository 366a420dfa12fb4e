"""Settings that change while running: typed, audited, the same on every kind of store."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter
from sqlalchemy import select, update

from core import config
from core.config import HIDDEN, Setting
from core.errors import BadEdit
from core.storage.crypto import Keyring
from core.storage.models import AuditLog, SystemConfig, User
from core.storage.sealed import rotate
from core.storage.session import Store, persistently

NOW = datetime(2026, 6, 15, 10, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Budget:
    """A value of several parts."""

    amount: Decimal
    days: tuple[int, ...] = ()


BUDGET = Setting("test.budget", TypeAdapter(Budget), "What may be spent.")
COUNT = Setting("test.count", TypeAdapter(Annotated[int, Field(ge=0)] | None), "How many.")
OLD = Keyring.parse("old:" + "11" * 32)
BOTH = Keyring.parse("new:" + "22" * 32 + ",old:" + "11" * 32)
NEW = Keyring.parse("new:" + "22" * 32)

SECRET = Setting("test.secret", TypeAdapter(str), "A word.", sensitive=True)
EACH = Setting("test.each_%.*", TypeAdapter(int), "One for each subject.")


@pytest.fixture
async def someone(store: Store) -> str:
    """The id of whoever changes settings."""
    async with store.writing() as session:
        session.add(User(id="u1", email="kim@example.com", password_hash="!", full_name="Kim"))
    return "u1"


async def _audited(store: Store) -> list[tuple[object, object]]:
    async with store.reading() as session:
        rows = (await session.scalars(select(AuditLog).order_by(AuditLog.timestamp))).all()
    assert {(row.user_id, row.action, row.resource_type, row.success) for row in rows} <= {
        ("u1", "config.changed", "config", True)
    }
    return [(row.old_values, row.new_values) for row in rows]


async def test_a_setting_is_set_changed_and_removed(store: Store, someone: str) -> None:
    async with store.reading() as session:
        assert await config.read(session, BUDGET, Budget(Decimal(0))) == Budget(Decimal(0))
    first, second = Budget(Decimal("12.30"), (1, 2)), Budget(Decimal("7"))
    for number, value in enumerate((first, first, second)):
        async with store.writing() as session:
            await config.write(session, BUDGET, value, by=someone, now=NOW + timedelta(hours=number))
    async with store.reading() as session:
        assert await config.read(session, BUDGET, Budget(Decimal(0))) == second
        row = (await session.scalars(select(SystemConfig))).one()
    assert (row.description, row.is_sensitive, row.updated_by) == ("What may be spent.", False, "u1")
    assert (row.created_at, row.updated_at) == (NOW, NOW + timedelta(hours=2))
    for number in (3, 4):
        async with store.writing() as session:
            await config.remove(session, BUDGET, by=someone, now=NOW + timedelta(hours=number))
    async with store.reading() as session:
        assert await config.read(session, BUDGET, first) is first
    told = {"test.budget": {"amount": "12.30", "days": [1, 2]}}
    assert await _audited(store) == [
        (None, told),
        (told, {"test.budget": {"amount": "7", "days": []}}),
        ({"test.budget": {"amount": "7", "days": []}}, None),
    ]


async def test_several_are_read_at_once(store: Store, someone: str) -> None:
    async with store.writing() as session:
        await config.write(session, COUNT, None, by=someone, now=NOW)
        await config.write(session, BUDGET, Budget(Decimal(1)), by=someone, now=NOW)
    async with store.reading() as session:
        stored = await config.read_stored(session, COUNT, SECRET, BUDGET)
        # Set to nothing is something else than not set.
        assert await config.read(session, COUNT, 7) is None
    assert stored == {"test.count": None, "test.budget": {"amount": "1", "days": []}}


async def test_a_sensitive_value_is_in_no_audit(store: Store, someone: str) -> None:
    for number, word in enumerate(("canary-1", "canary-2")):
        async with store.writing() as session:
            await config.write(session, SECRET, word, by=someone, now=NOW + timedelta(hours=number), keyring=OLD)
    async with store.writing() as session:
        await config.remove(session, SECRET, by=someone, now=NOW + timedelta(hours=2))
    shown = {"test.secret": HIDDEN}
    assert await _audited(store) == [(None, shown), (shown, shown), (shown, None)]


async def test_one_for_each_subject(store: Store, someone: str) -> None:
    async with store.writing() as session:
        await config.write(session, EACH.of("a"), 1, by=someone, now=NOW)
        await config.write(session, EACH.of("B"), 2, by=someone, now=NOW)
        for key in ("test.eachXX.c", "TEST.EACH_%.d"):
            session.add(SystemConfig(config_key=key, config_value=3))
    async with store.reading() as session:
        assert await config.read_each(session, EACH, 0) == {"a": 1, "B": 2}


async def test_what_cannot_be_read_counts_as_not_set(
    store: Store, someone: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with store.writing() as session:
        await config.write(session, COUNT, 5, by=someone, now=NOW)
    async with store.writing() as session:
        await session.execute(update(SystemConfig).values(config_value={"canary": -1}))
    with caplog.at_level(logging.ERROR):
        async with store.reading() as session:
            assert await config.read(session, COUNT, 7) == 7
    (record,) = caplog.records
    assert record.__dict__["key"] == "test.count"
    assert "canary" not in caplog.text


async def test_many_at_once_take_turns(store: Store, someone: str) -> None:
    async def set_to(number: int) -> None:
        async with store.writing() as session:
            if number % 5 == 4:
                await config.remove(session, COUNT, by=someone, now=NOW + timedelta(seconds=number))
            else:
                await config.write(session, COUNT, number, by=someone, now=NOW + timedelta(seconds=number))

    await asyncio.gather(*(persistently(lambda number=number: set_to(number), times=10) for number in range(10)))  # type: ignore[misc]
    async with store.reading() as session:
        last = await config.read(session, COUNT, None)
        changes = [(row.old_values, row.new_values) for row in await session.scalars(select(AuditLog))]
    # Every change began where another had ended: each value that was set was replaced once, but for the last.
    begun = sorted(old["test.count"] for old, _ in changes if old)
    ended = sorted(new["test.count"] for _, new in changes if new)
    assert len(ended) == 8
    assert sorted([*begun, *([] if last is None else [last])]) == ended


async def _stored(store: Store) -> dict[str, object]:
    async with store.reading() as session:
        return {row.config_key: row.config_value for row in await session.scalars(select(SystemConfig))}


async def _set(store: Store, word: str, by: str, keyring: Keyring, setting: Setting[str] = SECRET) -> None:
    async with store.writing() as session:
        await config.write(session, setting, word, by=by, now=NOW, keyring=keyring)


async def _read(store: Store, keyring: Keyring, setting: Setting[str] = SECRET) -> str:
    async with store.reading() as session:
        return await config.read(session, setting, "default", keyring=keyring)


async def test_a_sensitive_value_is_kept_encrypted_and_bound_to_its_key(
    store: Store, someone: str, caplog: pytest.LogCaptureFixture
) -> None:
    await _set(store, "canary 한글", someone, OLD)
    (stored,) = (await _stored(store)).values()
    assert str(stored).startswith("v1:old:")
    assert "canary" not in str(stored)
    assert await _read(store, OLD) == "canary 한글"
    async with store.writing() as session:
        await session.execute(update(SystemConfig).values(config_key="test.other"))
    other = Setting("test.other", TypeAdapter(str), "Another word.", sensitive=True)
    with caplog.at_level(logging.ERROR):
        assert await _read(store, OLD, other) == "default"
    assert "canary" not in caplog.text
    assert caplog.records[0].__dict__["key"] == "test.other"


async def test_the_same_sensitive_value_again_is_no_change(store: Store, someone: str) -> None:
    for word in ("canary", "canary", "other", "other"):
        await _set(store, word, someone, OLD)
    assert len(await _audited(store)) == 2


async def test_a_sensitive_value_that_is_too_long_is_refused(store: Store, someone: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        await _set(store, "canary" * 50, someone, OLD)
    assert refusal.value.code == "config.too_long"
    assert "canary" not in str(refusal.value.details)


async def test_sensitive_values_are_encrypted_anew_with_the_active_key(store: Store, someone: str) -> None:
    many = [Setting(f"test.secret.{number}", TypeAdapter(str), "A word.", sensitive=True) for number in range(130)]
    for number, setting in enumerate(many):
        await _set(store, f"word {number}", someone, OLD, setting)
    async with store.writing() as session:
        await config.write(session, COUNT, 5, by=someone, now=NOW)
        session.add(SystemConfig(config_key="test.by_hand", config_value="v1:lost:a:b", is_sensitive=True))
    assert await rotate(store, BOTH) == (130, 1)
    assert await rotate(store, BOTH) == (0, 1)
    assert [await _read(store, NEW, one) for one in (many[0], many[129])] == ["word 0", "word 129"]
    assert (await _stored(store))["test.by_hand"] == "v1:lost:a:b"
    assert (await _stored(store))["test.count"] == 5
