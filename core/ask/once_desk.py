"""What a door may ask so that a repeated request is done once: `Service.once`.

A program that does not know whether its request arrived sends it again under the same key, and gets the first answer
again. An answer may hold what is shown once, such as a new key: it is kept sealed, for a day. See
docs/decisions/0023-one-json-door.md.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.chat import Actor
from core.ids import account_of, idempotency_id
from core.storage.base import JsonValue
from core.storage.crypto import NONCE_BYTES
from core.storage.own_tables import IdempotencyKey
from core.storage.session import insert_if_absent, persistently

KEPT = timedelta(days=1)
"""How long an answer can be fetched again."""

LEASE = timedelta(minutes=2)
"""How long a request may be under way: longer than any takes. After it, its process counts as dead."""

_PURPOSE = "idempotency"


@dataclass(frozen=True, slots=True)
class Once:
    """What is known of a request under its key.

    new: do it, then call `finish` or `forget`. known: it was done, with this answer. other: the key belongs to another
    request. under_way: somebody is at it, or the answer can no longer be read.
    """

    id: str
    state: Literal["new", "known", "other", "under_way"]
    status: int = 0
    answer: Any = None


@notes_refusals
@dataclass(frozen=True)
class OnceDesk:
    """Requests under keys. Each account and each program's key has keys of its own."""

    road: Road

    async def begin(self, actor: Actor, key: str, request_hash: str) -> Once:
        """What is known of this request; from now on it is under way. `request_hash` tells it from any other one."""
        person = await self.road.people.meet(actor)
        row_id = idempotency_id(account_of(actor), key)
        return await persistently(lambda: self._begin(row_id, person.id, request_hash))

    async def finish(self, once: Once, status: int, answer: Any) -> None:
        """Keep the answer, a JSON value, for whoever asks again."""
        sealed = self._sealed(once.id, status, answer)
        kept = update(IdempotencyKey).where(IdempotencyKey.id == once.id).values(status=status, body=sealed)

        async def keep() -> None:
            async with self.road.store.writing() as session:
                await session.execute(kept)

        await persistently(keep)

    async def forget(self, once: Once) -> None:
        """It was not done: the same request may try again."""
        gone = delete(IdempotencyKey).where(IdempotencyKey.id == once.id, IdempotencyKey.status.is_(None))

        async def drop() -> None:
            async with self.road.store.writing() as session:
                await session.execute(gone)

        await persistently(drop)

    async def _begin(self, row_id: str, user_id: str, request_hash: str) -> Once:
        now = self.road.clock()
        table = IdempotencyKey
        async with self.road.store.writing() as session:
            await session.execute(delete(table).where(table.created_at < now - KEPT))
            new = await insert_if_absent(
                session, table, id=row_id, user_id=user_id, request_hash=request_hash, created_at=now
            )
            if new:
                return Once(row_id, "new")
            row = (
                await session.execute(
                    select(table.request_hash, table.status, table.body, table.created_at)
                    .where(table.id == row_id)
                    .with_for_update()
                )
            ).one_or_none()
            if row is None:  # deleted between the two: whoever had it gave it up a moment ago
                return Once(row_id, "under_way")
            if row.request_hash != request_hash:
                return Once(row_id, "other")
            if row.status is None:
                return await self._take_over(session, row_id, row.created_at, now)
        return self._opened(row_id, row.status, row.body)

    async def _take_over(self, session: AsyncSession, row_id: str, since: datetime, now: datetime) -> Once:
        if now - since < LEASE:
            return Once(row_id, "under_way")
        await session.execute(update(IdempotencyKey).where(IdempotencyKey.id == row_id).values(created_at=now))
        return Once(row_id, "new")

    def _sealed(self, row_id: str, status: int, answer: Any) -> JsonValue:
        keyring = self.road.connections.keyring
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(answer, separators=(",", ":")).encode()
        cipher = AESGCM(keyring.derived(_PURPOSE)[keyring.active])
        sealed = cipher.encrypt(nonce, plain, _context(row_id, status))
        return {"key": keyring.active, "nonce": _text(nonce), "sealed": _text(sealed)}

    def _opened(self, row_id: str, status: int, stored: Any) -> Once:
        keys = self.road.connections.keyring.derived(_PURPOSE)
        try:
            cipher = AESGCM(keys[stored["key"]])
            plain = cipher.decrypt(_bytes(stored["nonce"]), _bytes(stored["sealed"]), _context(row_id, status))
        except (InvalidTag, KeyError, TypeError, ValueError):
            return Once(row_id, "under_way")
        return Once(row_id, "known", status, json.loads(plain))


def _context(row_id: str, status: int) -> bytes:
    return f"idempotency_keys|{row_id}|{status}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
