"""Where encrypted texts lie in the store, and how all of them are encrypted anew with the active key.

A room declares each column of encrypted texts with `sealed`, once. Encrypting anew goes row by row in small
transactions: a serving process that knows both keys goes on meanwhile, an interruption loses nothing, and a second run
finds less to do.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Column, Table, select, update

from core.errors import BadConnection, BadSetting
from core.storage.base import Base
from core.storage.crypto import Keyring
from core.storage.session import Store, persistently

BATCH = 100
"""Rows of one transaction: a blink, so that nobody waits for it."""

_declared: dict[str, "SealedColumn"] = {}


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of encrypted texts, or of JSON that holds nothing but one. `key` is the column that tells its rows
    apart and that each text is bound to; `only` is the column that is true where a text is encrypted.
    """

    table: Table
    column: str
    key: str = "id"
    only: str = ""

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table.name}.{self.column}"

    def belongs_to(self, row: str) -> tuple[str, str, str]:
        """What a text is bound to: moved to another row or column it cannot be decrypted there."""
        return self.table.name, row, self.column

    @property
    def _columns(self) -> tuple[Column[Any], Column[Any]]:
        return self.table.c[self.key], self.table.c[self.column]

    async def pages(self, store: Store) -> AsyncIterator[Sequence[tuple[str, object]]]:
        """All rows with a text, by their keys, a page at a time."""
        key, text = self._columns
        chosen = select(key, text).where(text.is_not(None)).order_by(key).limit(BATCH)
        if self.only:
            chosen = chosen.where(self.table.c[self.only])
        after: str | None = None
        while True:
            async with store.reading() as session:
                found = await session.execute(chosen if after is None else chosen.where(key > after))
                page = [(str(row[0]), cast("object", row[1])) for row in found]
            if page:
                yield page
            if len(page) < BATCH:
                return
            after = page[-1][0]

    async def encrypt_anew(self, store: Store, keyring: Keyring, rows: Sequence[str]) -> tuple[int, int]:
        """Encrypt these rows with the active key, where they are not yet. How many were, and how many are unreadable.

        Each is read again under its lock: whoever changed it meanwhile is not undone.
        """
        key, text = self._columns
        done = unreadable = 0
        async with store.writing() as session:
            locked = select(key, text).where(key.in_(rows)).order_by(key).with_for_update()
            for row, stored in (await session.execute(locked)).all():
                if not isinstance(stored, str) or keyring.is_current(stored):
                    continue
                try:
                    plain = keyring.decrypt(stored, *self.belongs_to(row))
                except BadConnection:
                    unreadable += 1
                    continue
                fresh = keyring.encrypt(plain, *self.belongs_to(row))
                await session.execute(update(self.table).where(key == row).values({text: fresh}))
                done += 1
        return done, unreadable


@dataclass(frozen=True, slots=True)
class SealedState:
    """How the texts of one column are encrypted: how many by each key's id, and how many cannot be read."""

    column: str
    by_key: tuple[tuple[str, int], ...]
    unreadable: int


def sealed(model: type[Base], column: str, *, key: str = "id", only: str = "") -> SealedColumn:
    """Declare a column of encrypted texts. The same one again is the same."""
    made = SealedColumn(cast("Table", model.__table__), column, key, only)
    return _declared.setdefault(made.name, made)


def every_sealed() -> tuple[SealedColumn, ...]:
    """All that were declared by the rooms that are loaded."""
    return tuple(_declared.values())


async def states(store: Store, keyring: Keyring) -> tuple[SealedState, ...]:
    """How everything is encrypted. Reads and decrypts all of it."""
    found = []
    for column in every_sealed():
        by_key: Counter[str] = Counter()
        unreadable = 0
        async for page in column.pages(store):
            for row, stored in page:
                by_key[keyring.key_of(stored)] += 1
                unreadable += not _reads(keyring, stored, column.belongs_to(row))
        found.append(SealedState(column.name, tuple(sorted(by_key.items())), unreadable))
    return tuple(found)


async def rotate(store: Store, keyring: Keyring) -> tuple[int, int]:
    """Encrypt everything with the active key. How many texts were encrypted anew, and how many cannot be read."""
    done = unreadable = 0
    for column in every_sealed():
        async for page in column.pages(store):
            stale = [row for row, stored in page if not (isinstance(stored, str) and keyring.is_current(stored))]
            if stale:
                more, lost = await _persistently_anew(column, store, keyring, stale)
                done, unreadable = done + more, unreadable + lost
    return done, unreadable


async def require_readable(store: Store, keyring: Keyring) -> None:
    """Make sure that the keys at hand read what is stored: one text of each key is tried.

    Raises `BadSetting` (setting.key_cannot_read, with the `key` that is wrong or missing).
    """
    for column in every_sealed():
        tried: set[str] = set()
        async for page in column.pages(store):
            for row, stored in page:
                key = keyring.key_of(stored)
                if key not in tried and not _reads(keyring, stored, column.belongs_to(row)):
                    raise BadSetting("setting.key_cannot_read", name="COLLOQUERY_SECRET_KEY", key=key)
                tried.add(key)


async def _persistently_anew(
    column: SealedColumn, store: Store, keyring: Keyring, rows: Sequence[str]
) -> tuple[int, int]:
    return await persistently(lambda: column.encrypt_anew(store, keyring, rows))


def _reads(keyring: Keyring, stored: object, belongs_to: tuple[str, str, str]) -> bool:
    try:
        return isinstance(stored, str) and keyring.decrypt(stored, *belongs_to) is not None
    except BadConnection:
        return False
