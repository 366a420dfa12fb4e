"""What a line of audit may hold: bounded, masked, the same on every kind of store."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.masking import MASK, masked, names_a_secret
from core.audit.origin import acting_from
from core.audit.record import record
from core.audit.refusals import EVERY, MOST_LINES, Refusal, Refusals
from core.audit.values import LARGEST, LONGEST_TEXT, kept
from core.storage.models import AuditLog
from core.storage.session import Store
from tests.audit.writing import NOW, sealing

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"

SECRETS = [
    "xoxb-1234567890-abcdefCANARY",
    "xoxe.xoxp-1-CANARYcanary",
    "xapp-1-A111-222-CANARYcanary",
    "sk-proj-CANARYcanary0123456789",
    "cq_CANARYcanary0123456789",
    JWT,
    "password=CANARY",
    "password='CAN ARY'",
    '"password": "CANARY"',
    '\\"api_key\\": \\"CANARY\\"',
    "db_password = CANARY",
    "PWD=CANARY;",
    "/?token=CANARY&x=1",
    "postgresql://kim:CANARY@db.example.com/shop",
    "mysql+aiomysql://kim:CAN@RY@db/shop",
    "Authorization: Bearer CANARY",
    "'Authorization': 'Basic CANARY=='",
    "(b'authorization', b'Bearer CANARY')",
    "Cookie: session=CANARY; other=CANARY",
    "bearer CANARYCANARY",
    "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    for around in (text, f"before {text} after", f"before\n{text}\nafter", f'{{"x": "{text}"}}'):
        shown = masked(around)
        assert MASK in shown
        assert not any(part in shown for part in ("CANARY", "canary", "CAN@RY", "CAN ARY", JWT[10:])), shown


@pytest.mark.parametrize(
    "text",
    [
        "tokens=550 prompt_tokens=120", "SELECT password_changed_at FROM users", "task-force", "risk-assessment-2024",
        "https://example.com:8080/a@b", "the secret of success", "eyJ is how a token begins", "model=gpt-4o-mini",
        "the token is wrong", "2026-06-15T10:30:00 INFO core.ask question: step=linked ms=12",
    ],
)  # fmt: skip
def test_what_is_none_stays(text: str) -> None:
    assert masked(text) == text


def test_a_long_text_takes_no_long_time() -> None:
    """Nothing that people can send makes the patterns go back and forth."""
    for piece in ("a_", "password", "x-api-key:", "Bearer ", "eyJ", "a://", "'", "-----BEGIN ", "token = ", "\\"):
        text = piece * (200_000 // len(piece))
        masked(text)


def test_names_of_secrets() -> None:
    assert all(map(names_a_secret, ("password", "db_password", "token", "refresh_token", "api_key", "Secret")))
    assert not any(map(names_a_secret, ("tokens", "prompt_tokens", "secretary", "keys", "name")))


def test_long_texts_are_cut_and_proven() -> None:
    found = kept({"sql": "SELECT 1 " * 2_000, "short": "x"})
    assert found is not None
    assert found["short"] == "x"
    assert str(found["sql"]).startswith("SELECT 1 SELECT 1 ")
    assert "(18,000 characters, sha256 " in str(found["sql"])
    assert len(str(found["sql"])) < LONGEST_TEXT + 200


@pytest.mark.parametrize(
    "values",
    [
        {f"name {number}": "x" * 4_000 for number in range(300)},
        {"rows": [["x" * 1_000] * 1_000] * 1_000},
        {"deep": [[[[[[[[["x"]]]]]]]]]},
        {"x" * 100_000: "x"},
        {"a": {f"{number}": {"b": "x" * 500} for number in range(1_000)}},
        {"odd": [float("nan"), float("inf"), b"bytes", {1, 2}, object], "surrogate": "\ud800", "nul": "a\0b"},
    ],
)
async def test_whatever_is_given_fits_and_is_stored(store: Store, values: dict[str, object]) -> None:
    assert len(json.dumps(kept(values))) <= LARGEST
    async with store.writing() as session:
        await record(session, "config.changed", "config", "x" * 99, by=None, old=values, new=values)
    async with store.reading() as session:
        row = (await session.scalars(select(AuditLog))).one()
    assert row.old_values == row.new_values == kept(values)


def test_secrets_are_masked_by_name_and_by_looks() -> None:
    assert kept({"password": "a", "has_password": True, "tokens": 5, "x": {"token": "b", "url": "a://u:secret@h"}}) == {
        "password": MASK, "has_password": True, "tokens": 5, "x": {"token": MASK, "url": "a://u:***@h"},
    }  # fmt: skip
    # One that the cut goes through is masked like any other.
    assert "sk-" not in str(kept({"sql": "x" * (LONGEST_TEXT - 8) + " sk-canary-canary-canary"}))


async def test_lines_cannot_be_forged(store: Store) -> None:
    forged = "x\r\n2026-06-15 INFO audit: all is well\u2028\x1b[2K"
    with acting_from("203.0.113.9\n" * 9, forged):
        async with store.writing() as session:
            await record(session, "question.asked", "question", None, by=None, new={"platform": forged})
    async with store.reading() as session:
        row = (await session.scalars(select(AuditLog))).one()
    assert row.new_values == {"platform": forged}
    assert len(row.ip_address or "") <= 45
    await sealing(store).run(NOW + timedelta(days=365))


class _Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Any:
        return self.now


async def _lines(store: Store) -> list[tuple[str | None, Any, str | None, str | None]]:
    async with store.reading() as session:
        rows = (await session.scalars(select(AuditLog).order_by(AuditLog.timestamp))).all()
    return [(row.ip_address, row.new_values, row.error_message, row.user_id) for row in rows]


async def test_the_same_refusal_is_one_line_a_minute_with_its_number(sqlite_store: Store) -> None:
    clock = _Clock()
    refusals = Refusals(sqlite_store, clock)
    same = Refusal(None, "people.not_administrator", "usage.dashboard")
    with acting_from("203.0.113.9", "curl"):
        for _ in range(500):
            await refusals.note(same)
    with acting_from("203.0.113.10", "curl"):
        await refusals.note(same)  # nobody we know, from elsewhere: somebody else
    once, other = await _lines(sqlite_store)
    assert once[:3] == ("203.0.113.9", {"asked": "usage.dashboard", "times": 1}, "people.not_administrator")
    assert other[0] == "203.0.113.10"
    clock.now += EVERY
    assert await refusals.flush() == 2
    assert (await _lines(sqlite_store))[2][:2] == ("203.0.113.9", {"asked": "usage.dashboard", "times": 499})
    await refusals.note(same)
    assert len(await _lines(sqlite_store)) == 4


async def test_a_flood_of_different_refusals_fills_no_disk(sqlite_store: Store) -> None:
    clock = _Clock()
    refusals = Refusals(sqlite_store, clock)
    await asyncio.gather(*(refusals.note(Refusal(None, "people.guest", f"{number}")) for number in range(1_000)))
    assert len(await _lines(sqlite_store)) == MOST_LINES
    await refusals.flush(everything=True)
    assert (await _lines(sqlite_store))[-1][1:3] == ({"times": 1_000 - MOST_LINES}, "people.too_many_refusals")
    clock.now += EVERY
    await refusals.note(Refusal(None, "people.guest", "later"))
    assert len(await _lines(sqlite_store)) == MOST_LINES + 2
