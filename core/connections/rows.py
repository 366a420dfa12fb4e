"""Connections as they lie in the store: one query for whatever is looked for, its rows made into values."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from core.connections.connection import Connection
from core.engines.base import ServerKind
from core.storage.models import DatabaseConnection, User
from core.storage.own_tables import ConnectionGrant, ConnectionOption

_connections = cast("Table", DatabaseConnection.__table__)
_grants = cast("Table", ConnectionGrant.__table__)
_options = cast("Table", ConnectionOption.__table__)

_EACH: Select[*tuple[Any, ...]] = (
    select(
        _connections,
        _grants.c.subject_kind, _grants.c.subject_id, _grants.c.is_default, _grants.c.sees_private,
        func.coalesce(_options.c.is_enabled, true()).label("is_enabled"),
        _options.c.is_local, _options.c.tls, _options.c.tls_ca, _options.c.version, _options.c.can_write,
        _options.c.problem, _options.c.checked_at,
    )
    .join_from(_connections, _grants, _grants.c.connection_id == _connections.c.id, isouter=True)
    .join(_options, _options.c.connection_id == _connections.c.id, isouter=True)
)  # fmt: skip
"""A row for each grant of a connection; one row for a connection without."""

_REACHABLE = _EACH.where(
    or_(
        _connections.c.user_id == bindparam("person"),
        _connections.c.id.in_(
            select(_grants.c.connection_id).where(
                or_(
                    _grants.c.subject_kind == "everyone",
                    and_(_grants.c.subject_kind == "user", _grants.c.subject_id == bindparam("person")),
                    and_(_grants.c.subject_kind == "place", _grants.c.subject_id == bindparam("place")),
                )
            )
        ),
    )
)
"""One's own connections, and those given to oneself, to this place or to everyone, with all of their grants."""

_ONE = _EACH.where(_connections.c.id == bindparam("connection"))


async def reachable(session: AsyncSession, person: str, place: str) -> tuple[Connection, ...]:
    """Those of this person, and those given to them, to this place (`core.ids.place_id`, or "") or to everyone."""
    return _joined(await session.execute(_REACHABLE, {"person": person, "place": place}))


async def every(session: AsyncSession) -> tuple[Connection, ...]:
    """Every connection there is, by name."""
    return tuple(sorted(_joined(await session.execute(_EACH)), key=lambda one: one.name.lower()))


async def by_id(session: AsyncSession, connection_id: str) -> Connection | None:
    """The connection of this id, as it is now."""
    return next(iter(_joined(await session.execute(_ONE, {"connection": connection_id}))), None)


async def names_of(session: AsyncSession, people: Collection[str]) -> dict[str, str]:
    """The names of people, by their ids."""
    found = await session.execute(select(User.id, User.full_name).where(User.id.in_(people)))
    return {row.id: row.full_name for row in found}


def _joined(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[Connection, ...]:
    found: dict[str, tuple[Row[*tuple[Any, ...]], list[Row[*tuple[Any, ...]]]]] = {}
    for row in rows:
        grants = found.setdefault(row.id, (row, []))[1]
        if row.subject_kind is not None:
            grants.append(row)
    return tuple(_connection(row, grants) for row, grants in found.values())


def _connection(row: Row[*tuple[Any, ...]], grants: list[Row[*tuple[Any, ...]]]) -> Connection:
    return Connection(
        id=row.id,
        owner_id=row.user_id,
        name=row.connection_name,
        kind=cast("ServerKind", row.db_type),
        host=row.db_host,
        port=row.db_port,
        user=row.db_user,
        database=row.db_name,
        given_to=frozenset((grant.subject_kind, grant.subject_id) for grant in grants),
        default_of=frozenset((grant.subject_kind, grant.subject_id) for grant in grants if grant.is_default),
        private_to=frozenset((grant.subject_kind, grant.subject_id) for grant in grants if grant.sees_private),
        encrypted_password=row.encrypted_db_password,
        is_enabled=bool(row.is_enabled),
        is_local=bool(row.is_local),
        tls=row.tls or "prefer",
        tls_ca=row.tls_ca or "",
        version=row.version or "",
        can_write=row.can_write,
        problem=row.problem or "",
        checked_at=row.checked_at,
    )
