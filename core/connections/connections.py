"""The connections of the store: added, changed, listed, chosen, given, opened."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.chat import Place
from core.config import HIDDEN
from core.connections import rows
from core.connections.connection import Connection, NewConnection
from core.connections.fields import as_it_is, checked
from core.engines.base import Target
from core.errors import BadConnection, NotAllowed, UnknownConnection
from core.ids import new_id, place_id
from core.people.permission import may, require
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.crypto import Keyring
from core.storage.models import DatabaseConnection, DatabaseSchema, User
from core.storage.own_tables import ConnectionGrant, ConnectionOption, GlossaryTerm, PrivateMark, TemplateDetail
from core.storage.sealed import sealed
from core.storage.session import Store, insert_if_absent, lock_row

SubjectKind = Literal["user", "place", "everyone"]
EVERYONE = "*"

PASSWORDS = sealed(DatabaseConnection, "encrypted_db_password")
"""Where they lie encrypted."""


@dataclass(frozen=True)
class Connections:
    """The connections people may ask."""

    store: Store
    keyring: Keyring

    async def add(self, owner: Person, new: NewConnection, *, local: bool = False) -> Connection:
        """Keep a connection, its password encrypted. `local`: it was added at this machine and may lie on it.

        Raises `BadConnection` for a field that does not fit. Who may is the caller's to ask.
        """
        new = checked(new)
        row_id, now = new_id(), utc_now()
        async with self.store.writing() as session:
            await lock_row(session, User, owner.id)
            await _require_free(session, owner.id, new.name)
            session.add(
                DatabaseConnection(
                    id=row_id,
                    user_id=owner.id,
                    connection_name=new.name,
                    db_type=new.kind,
                    db_host=new.host,
                    db_port=new.port,
                    db_user=new.user,
                    encrypted_db_password=self._encrypt(row_id, new.password),
                    db_name=new.database,
                    created_at=now,
                )
            )
            await session.flush()  # before the row that points to it
            session.add(
                ConnectionOption(
                    connection_id=row_id, is_enabled=True, is_local=local, tls=new.tls, tls_ca=new.tls_ca or None
                )
            )
            await _audit(session, owner, "connection.added", row_id, new=_shown(new))
            await session.flush()
            return await _found(session, row_id)

    async def change(
        self, person: Person, connection: Connection, new: NewConnection, *, keeps_password: bool, local: bool
    ) -> Connection:
        """Let these fields hold. `keeps_password`: the stored one stays, whatever `new` has.

        Raises `BadConnection`: connection.changed_meanwhile when it is not as `connection` says any more, and as `add`.
        """
        require(person, "manage", connection.resource)
        new = checked(new)
        async with self.store.writing() as session:
            await lock_row(session, User, connection.owner_id)
            before = as_it_is(await self._unchanged(session, connection))
            await _require_free(session, connection.owner_id, new.name, beside=connection.id)
            changes: dict[str, object] = {
                "connection_name": new.name, "db_type": new.kind, "db_host": new.host, "db_port": new.port,
                "db_user": new.user, "db_name": new.database, "updated_at": utc_now(),
            }  # fmt: skip
            if not keeps_password:
                changes["encrypted_db_password"] = self._encrypt(connection.id, new.password)
            where = DatabaseConnection.id == connection.id
            await session.execute(update(DatabaseConnection).where(where).values(**changes))
            options = {"tls": new.tls, "tls_ca": new.tls_ca or None, "is_local": local}
            await self._set_options(session, connection.id, options)
            old_values, new_values = _shown(before), _shown(new)
            different = [name for name in new_values if old_values[name] != new_values[name]]
            if not keeps_password:
                old_values["password"] = HIDDEN if connection.encrypted_password else ""
                new_values["password"] = HIDDEN if new.password else ""
                different.append("password")
            old, changed = ({name: values[name] for name in different} for values in (old_values, new_values))
            await _audit(session, person, "connection.changed", connection.id, old=old, new=changed)
            return await _found(session, connection.id)

    async def switch(self, person: Person, connection: Connection, *, on: bool) -> Connection:
        """Let it be asked, or by nobody any more; everything of it is kept. Raises as `change`."""
        require(person, "manage", connection.resource)
        async with self.store.writing() as session:
            await self._unchanged(session, connection)
            await self._set_options(session, connection.id, {"is_enabled": on})
            if on != connection.is_enabled:
                action = "connection.enabled" if on else "connection.disabled"
                await _audit(session, person, action, connection.id, new={"name": connection.name})
            return await _found(session, connection.id)

    async def note(
        self, connection_id: str, *, at: datetime, version: str = "", can_write: bool | None = None, problem: str = ""
    ) -> None:
        """How it was found when somebody looked. What the server told before stays where it did not answer."""
        told = {"version": version[:255], "can_write": can_write} if version else {}
        async with self.store.writing() as session:
            if await lock_row(session, DatabaseConnection, connection_id) is not None:
                seen = {"problem": problem[:100] or None, "checked_at": at, **told}
                await self._set_options(session, connection_id, seen)

    async def refused(self, person: Person, action: str, connection_id: str | None, name: str, why: str) -> None:
        """Write down that something was not done, and the code of why."""
        async with self.store.writing() as session:
            new = {"name": name[:100]}
            await record(session, action, "connection", connection_id, by=person.id, new=new, refused=why)

    async def usable(self, session: AsyncSession, person: Person, place: Place | None) -> tuple[Connection, ...]:
        """Every connection this person may ask from this place, by name; none that is disabled."""
        return tuple(one for one in await self._allowed(session, person, place) if one.is_enabled)

    async def every(self, session: AsyncSession) -> tuple[Connection, ...]:
        """Every connection there is, whosever it is, by name: for the operator of this machine."""
        return await rows.every(session)

    async def seen(self, session: AsyncSession, person: Person, place: Place | None) -> tuple[Connection, ...]:
        """Those this person may ask from here or look after as their owner, disabled ones too, by name."""
        found = await rows.reachable(session, person.id, place_id(place) if place else "")
        return tuple(
            sorted(
                (
                    one
                    for one in found
                    if may(person, "use", one.resource, place).allowed
                    or (one.owner_id == person.id and may(person, "manage", one.resource).allowed)
                ),
                key=lambda one: one.name.lower(),
            )
        )

    async def choose(self, session: AsyncSession, person: Person, place: Place | None, name: str | None) -> Connection:
        """The connection a question is for: the one named, by its id or its name; else the default of person, place,
        everyone.

        With no default and just one to choose from, that one. Raises `UnknownConnection`: `connection.unknown` (name),
        `connection.disabled` (name), `connection.none`, or `connection.choose` (names) when it must be asked back.
        """
        allowed = await self._allowed(session, person, place)
        if name is not None:
            named = [one for one in allowed if name in (one.id, one.name) or one.name.lower() == name.strip().lower()]
            # Two owners may use one name: one's own comes first.
            for one in sorted(named, key=lambda one: (one.id != name, one.owner_id != person.id)):
                return _enabled(one)
            raise UnknownConnection("connection.unknown", name=name.strip()[:100])
        for one in allowed:
            if one.id == person.default_connection:
                return _enabled(one)
        subjects = [("place", place_id(place))] if place else []
        for subject in [*subjects, ("everyone", EVERYONE)]:
            for one in allowed:
                if subject in one.default_of:
                    return _enabled(one)
        usable = [one for one in allowed if one.is_enabled]
        if not usable and len(allowed) == 1:
            return _enabled(allowed[0])
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
            await _audit(session, person, "connection.own_default", connection.id, new={"name": connection.name})

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
            if await lock_row(session, DatabaseConnection, connection.id) is None:
                raise UnknownConnection("connection.unknown", name=connection.name)
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
            given = {"to": kind, "subject": subject, "default": default, "private": grant.sees_private}
            await _audit(session, giver, "connection.given", connection.id, new=given)

    async def take(self, taker: Person, connection: Connection, kind: SubjectKind, subject: str) -> bool:
        """Take it back from a person, a place or everyone. False when they did not have it."""
        require(taker, "give", connection.resource)
        async with self.store.writing() as session:
            await lock_row(session, DatabaseConnection, connection.id)
            grant = await session.scalar(
                select(ConnectionGrant).where(
                    ConnectionGrant.connection_id == connection.id,
                    ConnectionGrant.subject_kind == kind,
                    ConnectionGrant.subject_id == subject,
                )
            )
            if grant is None:
                return False
            was = {"to": kind, "subject": subject, "default": grant.is_default, "private": grant.sees_private}
            await session.delete(grant)
            await _audit(session, taker, "connection.taken", connection.id, old=was)
            return True

    async def remove(self, person: Person, connection: Connection) -> None:
        """Delete a connection, its grants and all that was known of it."""
        require(person, "manage", connection.resource)
        async with self.store.writing() as session:
            for model in (ConnectionGrant, GlossaryTerm, PrivateMark, DatabaseSchema, ConnectionOption):
                await session.execute(delete(model).where(model.connection_id == connection.id))
            # Templates are kept for their owners to give them another connection.
            gone = update(TemplateDetail).where(TemplateDetail.connection_id == connection.id)
            await session.execute(gone.values(connection_id=None, problem="template.connection_gone"))
            await session.execute(delete(DatabaseConnection).where(DatabaseConnection.id == connection.id))
            await _audit(session, person, "connection.removed", connection.id, old={"name": connection.name})

    def target(self, connection: Connection) -> Target:
        """Where it is and how to sign in, the password decrypted. For `core.engines` alone."""
        new = as_it_is(connection, self.password(connection))
        return target_of(new, local=connection.is_local)

    def password(self, connection: Connection) -> str:
        """The password, decrypted; empty where there is none. Raises `BadConnection`. For signing in alone."""
        encrypted = connection.encrypted_password
        return self.keyring.decrypt(encrypted, *PASSWORDS.belongs_to(connection.id)) if encrypted else ""

    def _encrypt(self, row_id: str, password: str) -> str | None:
        return self.keyring.encrypt(password, *PASSWORDS.belongs_to(row_id)) if password else None

    async def _allowed(self, session: AsyncSession, person: Person, place: Place | None) -> tuple[Connection, ...]:
        candidates = await rows.reachable(session, person.id, place_id(place) if place else "")
        allowed = [one for one in candidates if may(person, "use", one.resource, place).allowed]
        return tuple(sorted(allowed, key=lambda one: one.name.lower()))

    async def _unchanged(self, session: AsyncSession, connection: Connection) -> Connection:
        """The connection as it is now, kept from other writers; refused when that is not as it was."""
        if await lock_row(session, DatabaseConnection, connection.id) is None:
            raise UnknownConnection("connection.unknown", name=connection.name)
        now_there = await _found(session, connection.id)
        if now_there.revision != connection.revision:
            raise BadConnection("connection.changed_meanwhile", name=connection.name)
        return now_there

    async def _set_options(self, session: AsyncSession, connection_id: str, values: Mapping[str, object]) -> None:
        if not await insert_if_absent(session, ConnectionOption, connection_id=connection_id, **values):
            where = ConnectionOption.connection_id == connection_id
            await session.execute(update(ConnectionOption).where(where).values(**values))


def target_of(new: NewConnection, *, local: bool) -> Target:
    """Where a database is that is not kept yet."""
    return Target(new.kind, new.host, new.port, new.user, new.password, new.database, new.tls, new.tls_ca, local)


def _enabled(connection: Connection) -> Connection:
    if not connection.is_enabled:
        raise UnknownConnection("connection.disabled", name=connection.name)
    return connection


async def _found(session: AsyncSession, connection_id: str) -> Connection:
    found = await rows.by_id(session, connection_id)
    assert found is not None, "its row is ours until the transaction ends"
    return found


async def _require_free(session: AsyncSession, owner_id: str, name: str, beside: str = "") -> None:
    taken = await session.scalar(
        select(DatabaseConnection.id).where(
            DatabaseConnection.user_id == owner_id,
            DatabaseConnection.id != beside,
            func.lower(DatabaseConnection.connection_name) == name.lower(),
        )
    )
    if taken:
        raise BadConnection("connection.name_taken", name=name)


def _shown(new: NewConnection) -> dict[str, object]:
    """What the audit keeps of it: no password, and of certificates by which to tell them."""
    ca = f"sha256:{hashlib.sha256(new.tls_ca.encode()).hexdigest()[:16]}" if new.tls_ca else ""
    return {
        "name": new.name, "type": new.kind, "host": new.host, "port": new.port, "user": new.user,
        "database": new.database, "tls": new.tls, "tls_ca": ca,
    }  # fmt: skip


async def _audit(
    session: AsyncSession,
    person: Person,
    action: str,
    connection_id: str,
    *,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    await record(session, action, "connection", connection_id, by=person.id, old=old, new=new)
