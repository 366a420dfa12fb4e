"""The connections of the store: added, listed, chosen, given, opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Row, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.chat import Place
from core.connections.connection import Connection, NewConnection
from core.engines.base import ServerKind, Target
from core.errors import BadConnection, NotAllowed, UnknownConnection
from core.ids import new_id, place_id
from core.people.permission import may, require
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.crypto import Keyring
from core.storage.models import AuditLog, DatabaseConnection, DatabaseSchema, User
from core.storage.own_tables import ConnectionGrant, GlossaryTerm, PrivateMark, TemplateDetail
from core.storage.session import Store, lock_row

SubjectKind = Literal["user", "place", "everyone"]
EVERYONE = "*"

_LENGTHS = {"name": 100, "host": 255, "user": 100, "database": 100, "password": 255}


@dataclass(frozen=True)
class Connections:
    """The connections people may ask."""

    store: Store
    keyring: Keyring

    async def add(self, owner: Person, new: NewConnection) -> Connection:
        """Keep a connection, its password encrypted. Raises `BadConnection` for a field that does not fit."""
        _check(new)
        row_id = new_id()
        row = DatabaseConnection(
            id=row_id,
            user_id=owner.id,
            connection_name=new.name.strip(),
            db_type=new.kind,
            db_host=new.host,
            db_port=new.port,
            db_user=new.user,
            encrypted_db_password=self._encrypt(row_id, new.password) if new.password else None,
            db_name=new.database,
            created_at=utc_now(),
        )
        async with self.store.writing() as session:
            await lock_row(session, User, owner.id)
            taken = await session.scalar(
                select(DatabaseConnection.id).where(
                    DatabaseConnection.user_id == owner.id,
                    func.lower(DatabaseConnection.connection_name) == row.connection_name.lower(),
                )
            )
            if taken:
                raise BadConnection("connection.name_taken", name=row.connection_name)
            session.add(row)
            session.add(_audit(owner, "connection.added", row_id, new_values={"name": new.name, "type": new.kind}))
        return _connection(row, ())

    async def usable(self, session: AsyncSession, person: Person, place: Place | None) -> tuple[Connection, ...]:
        """Every connection this person may ask from this place, by name."""
        candidates = await _reachable(session, person, place)
        allowed = [one for one in candidates if may(person, "use", one.resource, place).allowed]
        return tuple(sorted(allowed, key=lambda one: one.name.lower()))

    async def every(self, session: AsyncSession) -> tuple[Connection, ...]:
        """Every connection there is, whosever it is, by name: for the operator of this machine."""
        rows = await session.scalars(
            select(DatabaseConnection).order_by(func.lower(DatabaseConnection.connection_name))
        )
        return tuple(_connection(row, ()) for row in rows)

    async def choose(self, session: AsyncSession, person: Person, place: Place | None, name: str | None) -> Connection:
        """The connection a question is for: the one named, else the default of person, place, everyone.

        With no default and just one to choose from, that one. Raises `UnknownConnection`: `connection.unknown` (name),
        `connection.none`, or `connection.choose` (names) when it must be asked back.
        """
        usable = await self.usable(session, person, place)
        if name is not None:
            named = [one for one in usable if one.name.lower() == name.strip().lower()]
            # Two owners may use one name: one's own comes first.
            for one in sorted(named, key=lambda one: one.owner_id != person.id):
                return one
            raise UnknownConnection("connection.unknown", name=name.strip()[:100])
        for one in usable:
            if one.id == person.default_connection:
                return one
        subjects = [("place", place_id(place))] if place else []
        for subject in [*subjects, ("everyone", EVERYONE)]:
            for one in usable:
                if subject in one.default_of:
                    return one
        if not usable:
            raise UnknownConnection("connection.none")
        if len(usable) > 1:
            raise UnknownConnection("connection.choose", names=tuple(one.name for one in usable))
        return usable[0]

    async def set_own_default(self, person: Person, connection: Connection) -> None:
        """Make a connection this person's default, wherever they ask."""
        require(person, "use", connection.resource)
        async with self.store.writing() as session:
            user = await lock_row(session, User, person.id)
            if user is None:
                raise NotAllowed("people.inactive")
            user.preferences = {**(user.preferences or {}), "connection_id": connection.id}
            session.add(_audit(person, "connection.own_default", connection.id, new_values={"name": connection.name}))

    async def give(
        self,
        giver: Person,
        connection: Connection,
        kind: SubjectKind,
        subject: str,
        *,
        default: bool = False,
        private: bool | None = None,
    ) -> None:
        """Let a person, a place or everyone ask a connection; with `default`, unless they choose another.

        `private` says whether they see its private columns; None leaves that as it is, at first not.
        """
        require(giver, "give", connection.resource)
        async with self.store.writing() as session:
            # The connection's row stands for all of its grants: two administrators at once take turns.
            await lock_row(session, DatabaseConnection, connection.id)
            if default:
                for other in await session.scalars(
                    select(ConnectionGrant).where(
                        ConnectionGrant.subject_kind == kind, ConnectionGrant.subject_id == subject
                    )
                ):
                    other.is_default = False
            grant = await session.scalar(
                select(ConnectionGrant).where(
                    ConnectionGrant.connection_id == connection.id,
                    ConnectionGrant.subject_kind == kind,
                    ConnectionGrant.subject_id == subject,
                )
            )
            if grant is None:
                grant = ConnectionGrant(
                    connection_id=connection.id, subject_kind=kind, subject_id=subject, granted_by=giver.id
                )
                session.add(grant)
            grant.is_default = grant.is_default or default
            grant.sees_private = bool(grant.sees_private) if private is None else private
            session.add(
                _audit(
                    giver,
                    "connection.given",
                    connection.id,
                    new_values={"to": kind, "subject": subject, "default": default, "private": grant.sees_private},
                )
            )

    async def remove(self, person: Person, connection: Connection) -> None:
        """Delete a connection, its grants and all that was known of it."""
        require(person, "manage", connection.resource)
        async with self.store.writing() as session:
            await session.execute(delete(ConnectionGrant).where(ConnectionGrant.connection_id == connection.id))
            for model in (GlossaryTerm, PrivateMark, DatabaseSchema):
                await session.execute(delete(model).where(model.connection_id == connection.id))
            # Templates are kept for their owners to give them another connection.
            gone = update(TemplateDetail).where(TemplateDetail.connection_id == connection.id)
            await session.execute(gone.values(connection_id=None, problem="template.connection_gone"))
            await session.execute(delete(DatabaseConnection).where(DatabaseConnection.id == connection.id))
            session.add(_audit(person, "connection.removed", connection.id, old_values={"name": connection.name}))

    def target(self, connection: Connection) -> Target:
        """Where it is and how to sign in, the password decrypted. For `core.engines` alone."""
        encrypted = connection.encrypted_password
        return Target(
            kind=connection.kind,
            host=connection.host,
            port=connection.port,
            user=connection.user,
            password=self.keyring.decrypt(encrypted, *_bound_to(connection.id)) if encrypted else "",
            database=connection.database,
        )

    def _encrypt(self, row_id: str, password: str) -> str:
        return self.keyring.encrypt(password, *_bound_to(row_id))


_connections, _grants = DatabaseConnection.__table__, ConnectionGrant.__table__

_REACHABLE = (
    select(_connections, _grants.c.subject_kind, _grants.c.subject_id, _grants.c.is_default, _grants.c.sees_private)
    .join_from(_connections, _grants, _grants.c.connection_id == _connections.c.id, isouter=True)
    .where(
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
)
"""One's own connections, and those given to oneself, to this place or to everyone, with all of their grants."""


async def _reachable(session: AsyncSession, person: Person, place: Place | None) -> list[Connection]:
    rows = await session.execute(_REACHABLE, {"person": person.id, "place": place_id(place) if place else ""})
    found: dict[str, tuple[Row[*tuple[Any, ...]], list[Row[*tuple[Any, ...]]]]] = {}
    for row in rows:
        grants = found.setdefault(row.id, (row, []))[1]
        if row.subject_kind is not None:
            grants.append(row)
    return [_connection(row, grants) for row, grants in found.values()]


def _bound_to(row_id: str) -> tuple[str, str, str]:
    # A ciphertext moved to another row or column cannot be decrypted there.
    return "database_connections", row_id, "encrypted_db_password"


def _check(new: NewConnection) -> None:
    if not new.name.strip():
        raise BadConnection("connection.field_missing", field="name")
    if not new.database and new.kind != "sqlite":
        raise BadConnection("connection.field_missing", field="database")
    for field, most in _LENGTHS.items():
        size = len(getattr(new, field).encode()) if field == "password" else len(getattr(new, field))
        if size > most:
            raise BadConnection("connection.field_too_long", field=field, most=most)


def _audit(person: Person, action: str, connection_id: str, **values: object) -> AuditLog:
    return AuditLog(
        user_id=person.id,
        action=action,
        resource_type="connection",
        resource_id=connection_id,
        success=True,
        timestamp=utc_now(),
        **values,
    )


def _connection(row: Row[*tuple[Any, ...]] | DatabaseConnection, grants: Sequence[Row[*tuple[Any, ...]]]) -> Connection:
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
    )
