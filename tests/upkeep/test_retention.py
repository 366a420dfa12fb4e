"""What is over goes after its period, and nothing else does."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core import config
from core.ask import retention as periods
from core.config import Setting
from core.errors import StoreFailed
from core.ids import new_id
from core.storage import deleting
from core.storage.models import ChatMessage, ChatSession, Event, RefreshToken, User, UserSession
from core.storage.own_tables import InboxItem
from core.storage.session import Store
from core.upkeep.archive import Archive
from core.upkeep.retention import (
    delete_events,
    delete_messages,
    delete_refresh_tokens,
    delete_user_sessions,
)

NOW = datetime(2026, 6, 30, 3, tzinfo=UTC)
NOWHERE = Archive()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def kim(store: Store) -> str:
    async with store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="Kim"))
    return "kim"


async def put(store: Store, *rows: Any) -> None:
    async with store.writing() as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def left(store: Store, model: Any) -> set[str]:
    async with store.reading() as session:
        return set((await session.scalars(select(model.id))).all())


async def period(store: Store, setting: Setting[int], days: int) -> None:
    async with store.writing() as session:
        await config.write(session, setting, days, by="kim", now=NOW)


async def test_events_are_kept_for_thirty_days_or_as_long_as_is_set(store: Store, kim: str) -> None:
    await put(store, *(Event(id=str(days), event_type="x", timestamp=ago(days)) for days in (0, 29.9, 30.1, 400)))
    assert await delete_events(store, NOW, NOWHERE) == 2
    assert await delete_events(store, NOW, NOWHERE) == 0
    assert await left(store, Event) == {"0", "29.9"}
    await period(store, periods.EVENTS_DAYS, 7)
    assert await delete_events(store, NOW, NOWHERE) == 1
    assert await left(store, Event) == {"0"}


async def test_many_events_go_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "_FIRST", 3)
    monkeypatch.setattr(deleting, "_LARGEST", 7)
    await put(
        store,
        *(Event(id=f"{n:03}", event_type="x", timestamp=ago(40)) for n in range(50)),
        Event(id="new", event_type="x", timestamp=NOW),
    )
    assert await delete_events(store, NOW, NOWHERE) == 50
    assert await left(store, Event) == {"new"}


async def test_sign_ins_that_expired_or_were_ended_go(store: Store, kim: str) -> None:
    later = NOW + timedelta(days=20)

    def token(name: str, expires_at: datetime, revoked_at: datetime | None = None) -> RefreshToken:
        return RefreshToken(
            id=name, user_id=kim, token_hash=name, expires_at=expires_at, revoked_at=revoked_at,
            is_revoked=revoked_at is not None, is_active=revoked_at is None,
        )  # fmt: skip

    await put(
        store, token("good", later), token("expired", ago(2)), token("just", ago(0.5)),
        token("ended", later, ago(2)), token("ended just now", later, ago(0.5)),
    )  # fmt: skip
    assert await delete_refresh_tokens(store, NOW) == 2
    assert await left(store, RefreshToken) == {"good", "just", "ended just now"}


async def test_activity_that_ended_a_week_ago_goes(store: Store, kim: str) -> None:
    def stretch(name: str, ended: datetime, *, active: bool = False) -> UserSession:
        return UserSession(id=name, user_id=kim, session_start=ended, session_end=ended, is_active=active)

    await put(store, stretch("old", ago(8)), stretch("new", ago(6)), stretch("here", NOW, active=True))
    assert await delete_user_sessions(store, NOW) == 1
    assert await left(store, UserSession) == {"new", "here"}
    await period(store, periods.SESSIONS_DAYS, 1)
    assert await delete_user_sessions(store, NOW) == 1
    assert await left(store, UserSession) == {"here"}


async def thread(store: Store, name: str, at: datetime, state: str = "delivered") -> None:
    await put(
        store,
        ChatSession(id=name, user_id="kim", last_message_at=at),
        ChatMessage(
            id=f"{name}-q", session_id=name, message_type="user", content="비밀?", timestamp=at, sequence_number=1
        ),
        InboxItem(
            id=f"{name}-q", platform="web", session_id=name, user_id="kim", question={}, state=state, accepted_at=at
        ),
    )


async def test_messages_are_kept_for_good_unless_a_period_is_set(store: Store, kim: str) -> None:
    await thread(store, "old", ago(500))
    await thread(store, "open", ago(300), "claimed")
    await thread(store, "left", ago(500), "claimed")  # as by a terminal that was closed
    await thread(store, "new", ago(5))
    await thread(store, "mixed", ago(500))
    await put(
        store,
        ChatMessage(
            id="mixed-2", session_id="mixed", message_type="user", content="x", timestamp=NOW, sequence_number=2
        ),
    )
    assert await delete_messages(store, NOW, NOWHERE) == 0
    await period(store, periods.MESSAGES_DAYS, 365)
    await thread(store, "answering", ago(366))
    await put(
        store,
        InboxItem(
            id="now", platform="web", session_id="answering", user_id="kim", question={}, state="claimed",
            accepted_at=ago(1),
        ),
    )  # fmt: skip
    assert await delete_messages(store, NOW, NOWHERE) == 3
    assert await left(store, ChatMessage) == {"open-q", "new-q", "mixed-2", "answering-q"}
    assert await left(store, InboxItem) == {"open-q", "new-q", "now"}
    async with store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ChatSession)) == 4
    assert await delete_messages(store, NOW, NOWHERE) == 0


async def test_what_goes_is_in_the_archive_first(store: Store, tmp_path: Path) -> None:
    rows = [Event(id=new_id(), event_type="x", event_data={"이름": n}, timestamp=ago(40)) for n in range(250)]
    await put(store, *rows, Event(id="new", event_type="x", timestamp=NOW))
    archive = Archive(tmp_path / "archive")
    assert await delete_events(store, NOW, archive) == 250
    (file,) = (tmp_path / "archive").iterdir()
    assert file.name == "events-2026-06-30.jsonl.gz"
    assert file.stat().st_mode & 0o077 == 0, "nobody else reads what people asked"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        kept = [json.loads(line) for line in lines]
    assert {one["id"] for one in kept} == {row.id for row in rows}
    assert {one["event_data"]["이름"] for one in kept} == set(range(250))
    assert {one["timestamp"] for one in kept} == {ago(40).isoformat()}


async def test_an_archive_that_cannot_be_written_keeps_everything(sqlite_store: Store, tmp_path: Path) -> None:
    await put(sqlite_store, Event(id="old", event_type="x", timestamp=ago(40)))
    (tmp_path / "a file").write_text("")
    with pytest.raises(StoreFailed) as failed:
        await delete_events(sqlite_store, NOW, Archive(tmp_path / "a file"))
    assert failed.value.code == "store.archive"
    assert await left(sqlite_store, Event) == {"old"}
