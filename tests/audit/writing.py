"""Lines of audit to be sealed, searched and damaged, on each kind of store."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from core.audit.chain import Sealer, logs
from core.audit.sealing import Sealing
from core.ids import new_id
from core.storage.crypto import Keyring
from core.storage.session import Store

NOW = datetime(2026, 6, 15, 10, 30, 0, 123456, tzinfo=UTC)
KEYS = Keyring.parse("old:" + "11" * 32)
ROTATED = Keyring.parse("new:" + "22" * 32 + ",old:" + "11" * 32)
ONLY_NEW = Keyring.parse("new:" + "22" * 32)

_WITHOUT_REFERENCES = {
    "postgresql": ("SET LOCAL session_replication_role = replica", "SELECT 1"),
    "mysql": ("SET SESSION foreign_key_checks = 0", "SET SESSION foreign_key_checks = 1"),
}


def sealing(store: Store, keyring: Keyring = KEYS) -> Sealing:
    return Sealing(store, Sealer(keyring))


def line(at: datetime, **values: Any) -> dict[str, Any]:
    """A row of audit_logs."""
    row = {
        "id": new_id(), "user_id": None, "action": "query.run", "resource_type": "connection", "resource_id": "c1",
        "old_values": None, "new_values": {"sql": "SELECT '한글'", "rows": 3}, "ip_address": "203.0.113.9",
        "user_agent": "curl/8", "timestamp": at, "success": True, "error_message": None,
    }  # fmt: skip
    return {**row, **values}


async def write(store: Store, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Their ids."""
    async with store.writing() as session:
        for first in range(0, len(rows), 1_000):
            await session.execute(insert(logs), rows[first : first + 1_000])
    return [row["id"] for row in rows]


async def write_some(store: Store, number: int, *, since: datetime = NOW, apart: float = 1.0) -> list[str]:
    return await write(store, [line(since + timedelta(seconds=apart * each)) for each in range(number)])


async def damage(store: Store, *statements: str, **values: Any) -> None:
    """What somebody with the store's own password may do to it, references or not."""
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(str(store.url.database))) as connection, connection:
            for statement in statements:
                connection.execute(statement, values)
        return
    before, after = _WITHOUT_REFERENCES[store.dialect]
    async with store.writing() as session:
        for statement in (before, *statements, after):
            await session.execute(text(statement), values if ":" in statement else {})


def varied(number: int, seed: int = 7) -> list[dict[str, Any]]:
    """Lines with whatever a line may hold."""
    chance = random.Random(seed)
    values: list[Any] = [
        None,
        {},
        {"a": 1.0, "b": [1, 2.5, None, True], "ㄱ": "\u202e\u0007\n한글 🦊"},
        {"z": 10**18, "A": {"y": "", "x": 0.1}},
    ]
    return [
        line(
            NOW + timedelta(microseconds=chance.randrange(10**9)),
            old_values=chance.choice(values),
            new_values=chance.choice(values),
            ip_address=chance.choice([None, "::1"]),
            user_agent=chance.choice([None, "", "Mozilla/5.0 (X11) \u00e9"]),
            success=chance.random() < 0.5,
            error_message=chance.choice([None, "people.guest"]),
        )
        for _ in range(number)
    ]
