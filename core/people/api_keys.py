"""Keys of programs: `cq_`, eight letters to recognise a key by, and a secret of 40 letters (238 bits).

The store keeps the SHA-256 of the whole: a fast hash is right for what nobody can guess. `key_prefix` is the part that
is no secret.
"""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args

from sqlalchemy import CursorResult, Row, Table, bindparam, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.access import KeyLine, MadeKey, NewKey
from core.chat import KeyScope, Scopes
from core.errors import BadEdit
from core.ids import new_id
from core.storage.base import JsonValue, UtcDateTime
from core.storage.models import ApiKey, DatabaseConnection, User
from core.storage.session import add_row

MOST_KEYS = 50
"""Keys of one person that work."""
LONGEST_DAYS = 3_650

_LETTERS = string.ascii_letters + string.digits
_FORM = re.compile(r"cq_[0-9A-Za-z]{8}_[0-9A-Za-z]{40}", re.ASCII)
_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)
_OF_CONNECTIONS: frozenset[KeyScope] = frozenset({"ask", "templates", "connections"})
"""The scopes that may be for some connections alone."""

_keys, _users = cast("Table", ApiKey.__table__), cast("Table", User.__table__)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that works, and whose it is."""

    id: str
    user: str
    name: str
    scopes: Scopes


_FOUND = (
    select(
        _keys.c.id, _keys.c.user_id, _keys.c.permissions, _users.c.full_name,
        or_(_keys.c.expires_at.is_(None), _keys.c.expires_at > bindparam("now", type_=UtcDateTime)).label("in_time"),
    )
    .join_from(_keys, _users, _users.c.id == _keys.c.user_id)
    .where(_keys.c.key_hash == bindparam("hash"), _keys.c.is_active, _users.c.is_active)
)  # fmt: skip


async def find(session: AsyncSession, key: str, now: datetime) -> KnownKey | str:
    """Whose key this is, in one look-up by its hash; or the code of why it does not work."""
    if not _FORM.fullmatch(key):
        return "sign_in.key"
    found = (await session.execute(_FOUND, {"hash": _hash(key), "now": now})).one_or_none()
    if found is None:
        return "sign_in.key"
    if not found.in_time:
        return "sign_in.key_expired"
    return KnownKey(found.id, found.user_id, found.full_name, scopes_of(found.permissions))


async def make(session: AsyncSession, new: NewKey, owner: User, now: datetime) -> MadeKey:
    """Make a key, of somebody whose row the caller has locked.

    Raises `BadEdit` (key.no_name, .no_scope, .bad_scope, .bad_days, .not_administrator, .too_many).
    """
    name, permissions = _checked_name(new.name), await _checked_scopes(session, new.scopes, owner)
    if new.days is not None and not 1 <= new.days <= LONGEST_DAYS:
        raise BadEdit("key.bad_days", most=LONGEST_DAYS)
    own = select(func.count()).where(ApiKey.user_id == owner.id, ApiKey.is_active)
    if (await session.scalar(own) or 0) >= MOST_KEYS:
        raise BadEdit("key.too_many", most=MOST_KEYS)
    prefix, key_id = f"cq_{_random(8)}", new_id()
    key = f"{prefix}_{_random(40)}"
    await add_row(
        session,
        ApiKey,
        id=key_id,
        user_id=owner.id,
        key_name=name,
        key_hash=_hash(key),
        key_prefix=prefix,
        permissions=permissions,
        is_active=True,
        created_at=now,
        expires_at=None if new.days is None else now + timedelta(days=new.days),
        usage_count=0,
    )
    return MadeKey(key, await line(session, key_id, now))


async def revoke(session: AsyncSession, key_id: str) -> bool:
    """Stop a key. False when it was stopped before."""
    working = update(_keys).where(_keys.c.id == key_id, _keys.c.is_active).values(is_active=false())
    return cast("CursorResult[Any]", await session.execute(working)).rowcount == 1


async def lines(session: AsyncSession, now: datetime, user_id: str | None = None) -> tuple[KeyLine, ...]:
    """The keys of somebody, or everybody's; the newest first."""
    wanted = _LINES if user_id is None else _LINES.where(_keys.c.user_id == user_id)
    return tuple(_line(row, now) for row in await session.execute(wanted))


async def line(session: AsyncSession, key_id: str, now: datetime) -> KeyLine:
    """One key. Raises `BadEdit` (key.unknown)."""
    found = (await session.execute(_LINES.where(_keys.c.id == key_id))).one_or_none()
    if found is None:
        raise BadEdit("key.unknown")
    return _line(found, now)


def scopes_of(permissions: JsonValue) -> Scopes:
    """What a key is for, as it is kept; whatever is not understood is not given."""
    if not isinstance(permissions, dict):
        return ()
    return tuple(
        (scope, None if "*" in given else tuple(one for one in given if isinstance(one, str)))
        for scope in _SCOPES
        if isinstance(given := permissions.get(scope), list) and given
    )


_LINES = (
    select(_keys, _users.c.full_name, _users.c.is_active.label("owner_is_active"))
    .join_from(_keys, _users, _users.c.id == _keys.c.user_id)
    .order_by(_keys.c.created_at.desc(), _keys.c.id)
)


def _line(row: Row[*tuple[Any, ...]], now: datetime) -> KeyLine:
    state: Literal["works", "revoked", "expired", "owner_inactive"] = "works"
    if not row.is_active:
        state = "revoked"
    elif row.expires_at is not None and row.expires_at <= now:
        state = "expired"
    elif not row.owner_is_active:
        state = "owner_inactive"
    return KeyLine(
        id=row.id,
        name=row.key_name,
        prefix=row.key_prefix,
        owner=row.user_id,
        owner_name=row.full_name,
        scopes=scopes_of(row.permissions),
        state=state,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used=row.last_used,
        usage_count=row.usage_count,
    )


async def _checked_scopes(session: AsyncSession, scopes: Scopes, owner: User) -> dict[str, list[str]]:
    if not scopes:
        raise BadEdit("key.no_scope", scopes=_SCOPES)
    permissions: dict[str, list[str]] = {}
    for scope, connections in scopes:
        if scope not in _SCOPES or scope in permissions or connections == ():
            raise BadEdit("key.bad_scope", scope=str(scope)[:50], scopes=_SCOPES)
        if connections is not None and (scope not in _OF_CONNECTIONS or not await _exist(session, connections)):
            raise BadEdit("key.bad_scope", scope=scope, scopes=_SCOPES)
        if scope == "administer" and owner.role != "admin":
            raise BadEdit("key.not_administrator")
        permissions[scope] = ["*"] if connections is None else list(dict.fromkeys(connections))
    return permissions


async def _exist(session: AsyncSession, connections: tuple[str, ...]) -> bool:
    if len(connections) > 100:
        return False
    found = await session.scalars(select(DatabaseConnection.id).where(DatabaseConnection.id.in_(connections)))
    return set(found) == set(connections)


def _checked_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 100 or not tidy.isprintable():
        raise BadEdit("key.no_name", most=100)
    return tidy


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
