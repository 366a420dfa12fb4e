"""Settings that change while running: rows of `system_config`, typed.

A room declares each of its settings once, as a `Setting`, and reads it where it needs it. Nothing is kept in memory: a
change holds for every replica from its commit on. Every change is audited with the old and the new value. Who may
change what is the caller's to ask.

The value of a sensitive setting is encrypted with the keyring, which whoever reads or writes one hands in. It is bound
to its key: moved to another row, it cannot be read.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, Self, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.errors import BadConnection, BadEdit
from core.ids import new_id
from core.storage.base import JsonValue
from core.storage.crypto import MOST_BYTES, Keyring
from core.storage.models import SystemConfig
from core.storage.sealed import sealed
from core.storage.session import insert_if_absent

log = logging.getLogger(__name__)

Value = TypeVar("Value")

HIDDEN = "***"
"""Stands for a sensitive value wherever people may read it."""

_EACH = "*"
_config = cast("Table", SystemConfig.__table__)
_SENSITIVE = sealed(SystemConfig, "config_value", key="config_key", only="is_sensitive")

_SOME = select(_config.c.config_key, _config.c.config_value).where(
    _config.c.config_key.in_(bindparam("keys", expanding=True))
)
_LOCKED = select(_config.c.id, _config.c.config_value).where(_config.c.config_key == bindparam("key")).with_for_update()
_CHANGED = (
    update(_config)
    .where(_config.c.id == bindparam("row"))
    .values(
        config_value=bindparam("value"),
        description=bindparam("said"),
        is_sensitive=bindparam("hidden"),
        updated_at=bindparam("now"),
        updated_by=bindparam("by"),
    )
)
_REMOVED = delete(_config).where(_config.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """A setting: its key, the type of its value, what it is for.

    A key that ends with "*" stands for one setting for each subject: `of` names one of them. Keys have at most 100
    characters.
    """

    key: str
    kind: TypeAdapter[Value]
    description: str
    """In English, for whoever reads the table."""
    sensitive: bool = False
    """Encrypted, and never shown, not in the audit either. As JSON it has at most 255 bytes."""

    def of(self, subject: str) -> Self:
        """The one for this subject: "quota.person.*" of "x" is "quota.person.x"."""
        return replace(self, key=self.key.removesuffix(_EACH) + subject)


async def read(
    session: AsyncSession, setting: Setting[Value], default: Value, *, keyring: Keyring | None = None
) -> Value:
    """The value as it is now; `default` where it is not set. A sensitive one needs the keyring."""
    stored = await read_stored(session, setting)
    return value_of(setting, stored[setting.key], default, keyring=keyring) if setting.key in stored else default


async def read_stored(session: AsyncSession, *settings: Setting[Any]) -> Mapping[str, JsonValue]:
    """What is stored of several settings, by key, in one statement; those that are not set are left out.

    Each is to be read with `value_of`.
    """
    rows = await session.execute(_SOME, {"keys": [setting.key for setting in settings]})
    return {row.config_key: row.config_value for row in rows}


async def read_each(session: AsyncSession, setting: Setting[Value], default: Value) -> dict[str, Value]:
    """Every value of a setting whose key ends with "*", by subject."""
    prefix = setting.key.removesuffix(_EACH)
    rows = await session.execute(
        select(_config.c.config_key, _config.c.config_value).where(
            _config.c.config_key.startswith(prefix, autoescape=True)
        )
    )
    # LIKE does not tell upper case from lower on SQLite.
    return {
        row.config_key.removeprefix(prefix): value_of(setting, row.config_value, default)
        for row in rows
        if row.config_key.startswith(prefix)
    }


def value_of(setting: Setting[Value], stored: JsonValue, default: Value, *, keyring: Keyring | None = None) -> Value:
    """A stored value, read. One that somebody wrote into the table by hand and that does not fit counts as not set.

    So does a sensitive one that the keys at hand do not open.
    """
    try:
        return setting.kind.validate_python(_opened(setting, stored, keyring))
    except (ValidationError, BadConnection, ValueError):
        log.error("a setting in system_config cannot be read: its default holds", extra={"key": setting.key})
        return default


async def write(
    session: AsyncSession,
    setting: Setting[Value],
    value: Value,
    *,
    by: str,
    now: datetime,
    keyring: Keyring | None = None,
) -> None:
    """Set it, in the caller's transaction. `by` is the id of whoever does. A sensitive one needs the keyring.

    Raises `BadEdit` (config.too_long) for a sensitive value that is too long.
    """
    plain = setting.kind.dump_python(value, mode="json")
    stored = _closed(setting, plain, keyring)
    changes = {"value": stored, "said": setting.description, "hidden": setting.sensitive, "now": now, "by": by}
    while True:  # once, or twice when somebody else sets it or removes it at the same moment
        # Two who change it at once take turns here, so that each is audited with the value it really replaced.
        before = (await session.execute(_LOCKED, {"key": setting.key})).one_or_none()
        if before is not None:
            if not _holds(setting, before.config_value, plain, keyring):
                await session.execute(_CHANGED, {"row": before.id, **changes})
                old = {setting.key: _shown(setting, before.config_value)}
                await _audit(session, before.id, old, {setting.key: _shown(setting, stored)}, by=by, now=now)
            return
        row_id = new_id()
        if await insert_if_absent(
            session,
            SystemConfig,
            id=row_id,
            config_key=setting.key,
            config_value=stored,
            description=setting.description,
            is_sensitive=setting.sensitive,
            created_at=now,
            updated_at=now,
            updated_by=by,
        ):
            await _audit(session, row_id, None, {setting.key: _shown(setting, stored)}, by=by, now=now)
            return


async def remove(session: AsyncSession, setting: Setting[Any], *, by: str, now: datetime) -> None:
    """Set it no longer, in the caller's transaction; nothing happens where it was not set."""
    before = (await session.execute(_LOCKED, {"key": setting.key})).one_or_none()
    if before is None:
        return
    await session.execute(_REMOVED, {"row": before.id})
    old = {setting.key: _shown(setting, before.config_value)}
    await _audit(session, before.id, old, None, by=by, now=now)


def _closed(setting: Setting[Any], value: JsonValue, keyring: Keyring | None) -> JsonValue:
    """The value as it is stored."""
    if not setting.sensitive:
        return value
    assert keyring is not None, "a sensitive setting is written with the keyring"
    try:
        return keyring.encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")), *_bound_to(setting.key))
    except BadConnection:
        raise BadEdit("config.too_long", key=setting.key, most=MOST_BYTES) from None


def _opened(setting: Setting[Any], stored: JsonValue, keyring: Keyring | None) -> JsonValue:
    """The value as it was before it was stored. Raises `BadConnection`, `ValueError`."""
    if not setting.sensitive:
        return stored
    assert keyring is not None, "a sensitive setting is read with the keyring"
    if not isinstance(stored, str):
        raise ValueError("a sensitive value is a text")
    return json.loads(keyring.decrypt(stored, *_bound_to(setting.key)))


def _holds(setting: Setting[Any], stored: JsonValue, plain: JsonValue, keyring: Keyring | None) -> bool:
    """Whether what is stored is this value already."""
    try:
        return bool(_opened(setting, stored, keyring) == plain)
    except (BadConnection, ValueError):
        return False


def _bound_to(key: str) -> tuple[str, str, str]:
    return _SENSITIVE.belongs_to(key)


def _shown(setting: Setting[Any], stored: JsonValue) -> JsonValue:
    return HIDDEN if setting.sensitive else stored


async def _audit(session: AsyncSession, row_id: str, old: JsonValue, new: JsonValue, *, by: str, now: datetime) -> None:
    await record(session, "config.changed", "config", row_id, by=by, old=old, new=new, at=now)
