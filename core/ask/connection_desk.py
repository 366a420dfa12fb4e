"""What a door may ask about connections: `Service.sources`.

Everybody who may ask may add connections of their own, unless the setting `connections.added_by` keeps that to
administrators. Their owner and administrators look after them; administrators alone give them to others. Connections
go by their ids: two owners may use one name. See docs/decisions/0021-connections.md.
"""

import asyncio
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.connection_views import view
from core.ask.looking import failed_report, look, read_again, report, tried
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.catalog.changes import Changes
from core.chat import Actor, ConnectionChoice, ConnectionReport, ConnectionView, Place
from core.config import read
from core.connections import rows
from core.connections.connection import Connection, ConnectionEdit, NewConnection
from core.connections.connections import EVERYONE, SubjectKind, target_of
from core.connections.fields import checked, edited, moves, needs_look
from core.connections.settings import ADDED_BY, ADDED_BY_DEFAULT
from core.engines.base import FILE_KINDS, Target
from core.errors import BadConnection, ColloqueryError, NotAllowed, UnknownConnection
from core.people.by_email import named
from core.people.people import LOCAL_WORKSPACE
from core.people.permission import Resource, may, require
from core.people.person import Person
from core.storage.session import persistently

_NEW = Resource("connection")
_LOCAL_PLATFORMS = frozenset({"terminal", "web"})


def at_the_machine(actor: Actor) -> bool:
    """Whether somebody sits at the machine itself: at its terminal, or at its page on loopback as its owner."""
    return (
        actor.workspace == LOCAL_WORKSPACE
        and actor.platform in _LOCAL_PLATFORMS
        and actor.user is None
        and actor.scopes is None
    )


@notes_refusals
@dataclass(frozen=True)
class ConnectionDesk:
    """The connections, as a door sees them.

    Every method raises `NotAllowed` where `may` says no, and `UnknownConnection` (connection.gone) for an id that there
    is not, or whose connection the person may neither ask nor manage.
    """

    road: Road

    async def choices(self, actor: Actor, place: Place) -> tuple[ConnectionChoice, ...]:
        """The connections this person may ask from this place, by name: for a menu. None that is disabled."""
        person = await self.road.people.meet(actor)
        require(person, "ask", Resource("question"), place)
        async with self.road.store.reading() as session:
            usable = await self.road.connections.usable(session, person, place)
            default = await self._default(session, person, place)
        return tuple(ConnectionChoice(one.name, one.kind, one.id == default, one.id) for one in usable)

    async def all(
        self, actor: Actor, place: Place | None = None, *, everybodys: bool = False
    ) -> tuple[ConnectionView, ...]:
        """Those the person may ask from here and their own, disabled ones too, by name.

        `everybodys`: for administrators, everyone's; of others it raises `NotAllowed`.
        """
        person = await self._looking(actor, place)
        if everybodys:
            require(person, "administer", Resource("system"))
        async with self.road.store.reading() as session:
            connections = self.road.connections
            found = await (connections.every(session) if everybodys else connections.seen(session, person, place))
            return await self._views(session, person, found, place)

    async def one(self, actor: Actor, connection_id: str, place: Place | None = None) -> ConnectionView:
        """One of them."""
        person = await self._looking(actor, place)
        connection = await self._visible(person, connection_id, place)
        return await self._view(person, connection, place)

    async def managed(self, actor: Actor, connection_id: str) -> ConnectionView:
        """One of them, to be changed: as `one`, for whoever may manage it."""
        return await self._view(*await self._managed(actor, connection_id), None)

    async def named(self, actor: Actor, name: str, place: Place | None = None) -> ConnectionView:
        """The one of this name: one's own first, then one that may be asked, then, for administrators, anybody's.

        Raises `UnknownConnection`.
        """
        person = await self._looking(actor, place)
        looks_after_all = may(person, "administer", Resource("system")).allowed
        async with self.road.store.reading() as session:
            seen = await self.road.connections.seen(session, person, place)
            others = await rows.every(session) if looks_after_all else ()
            wanted = name.strip().lower()
            for one in (*sorted(seen, key=lambda one: one.owner_id != person.id), *others):
                if one.name.lower() == wanted:
                    return (await self._views(session, person, (one,), place))[0]
        raise UnknownConnection("connection.unknown", name=name.strip()[:100])

    async def may_add(self, actor: Actor) -> bool:
        """Whether to offer adding one to this person."""
        try:
            await self._adder(actor)
        except NotAllowed:
            return False
        return True

    async def add(self, actor: Actor, new: NewConnection) -> ConnectionReport:
        """Add a connection of one's own; port 0 is the server's usual one. Tried first, kept only when it answers.

        Raises `BadConnection` (a field that is wrong, in words; connection.no_files for SQLite from anywhere but the
        machine itself), `DatabaseUnavailable` (the step that failed, in words), `QueryFailed`.
        """
        person = await self._adder(actor)
        local = at_the_machine(actor)
        try:
            new = checked(new)
            self._require_no_file(new, local=local)
            health, seconds = await tried(self.road, target_of(new, local=local))
            connection = await self.road.connections.add(person, new, local=local)
            try:
                return await look(self.road, connection, health, seconds)
            except BaseException:
                await asyncio.shield(self.road.connections.remove(person, connection))
                raise
        except NotAllowed:
            raise
        except ColloqueryError as error:
            await self.road.connections.refused(person, "connection.added", None, new.name, error.code)
            raise

    async def edit(self, actor: Actor, connection_id: str, edit: ConnectionEdit) -> ConnectionReport | None:
        """Change it; tried first and changed only when it answers. None when nothing needed a look at the database:
        the name alone changed, or it is disabled.

        Raises as `add`; `BadConnection` connection.password_again when the password must be given with this change,
        connection.changed_meanwhile when somebody else was faster.
        """
        person, connection = await self._managed(actor, connection_id)
        try:
            if edit.revision not in (None, connection.revision):
                raise BadConnection("connection.changed_meanwhile", name=connection.name)
            new = edited(connection, edit)
            is_other, here = needs_look(connection, new, edit), connection.is_local
            if moves(connection, new):
                here = at_the_machine(actor)
                self._require_no_file(new, local=here)
            return await self._change(person, connection, new, edit, is_other=is_other, local=here)
        except NotAllowed:
            raise
        except ColloqueryError as error:
            await self.road.connections.refused(
                person, "connection.changed", connection.id, connection.name, error.code
            )
            raise

    async def enable(self, actor: Actor, connection_id: str) -> ConnectionReport:
        """Let it be asked again; tried first. Raises as `add` when it does not answer: it stays disabled then."""
        person, connection = await self._managed(actor, connection_id)
        health, seconds = await tried(self.road, self.road.connections.target(connection))
        connection = await persistently(lambda: self.road.connections.switch(person, connection, on=True))
        return await report(self.road, connection, health, seconds)

    async def disable(self, actor: Actor, connection_id: str) -> ConnectionView:
        """Let nobody ask it until it is enabled again; everything of it is kept."""
        person, connection = await self._managed(actor, connection_id)
        off = await persistently(lambda: self.road.connections.switch(person, connection, on=False))
        await self.road.databases.forget(connection.id)
        return await self._view(person, off, None)

    async def test(self, actor: Actor, connection_id: str) -> ConnectionReport:
        """Look at it now: `ConnectionReport.problem` says what is wrong. It is noted for lists, and nothing is raised
        for it. "manage"
        """
        _, connection = await self._managed(actor, connection_id)
        try:
            health, seconds = await tried(self.road, self.road.connections.target(connection))
        except ColloqueryError as error:
            return await failed_report(self.road, connection, error)
        return await report(self.road, connection, health, seconds)

    async def refresh(self, actor: Actor, connection_id: str) -> Changes:
        """Read its schema again and say what changed. Templates are checked against it. "manage"

        Raises `DatabaseUnavailable`, `QueryFailed`, `BadConnection`.
        """
        _, connection = await self._managed(actor, connection_id)
        return await read_again(self.road, connection)

    async def choose(self, actor: Actor, connection_id: str) -> ConnectionView:
        """Make it the one this person asks unless they name another."""
        person = await self._looking(actor, None)
        connection = await self._visible(person, connection_id, None)
        await persistently(lambda: self.road.connections.set_own_default(person, connection))
        return await self._view(replace(person, default_connection=connection.id), connection, None)

    async def give(
        self,
        actor: Actor,
        connection_id: str,
        to: SubjectKind,
        subject: str = EVERYONE,
        *,
        default: bool = False,
        private: bool | None = None,
    ) -> ConnectionView:
        """Let everyone, a person (users id or e-mail address) or a place (`core.ids.place_id`) ask it. Administrators.

        `default`: unless they choose another. `private`: whether they see its private columns; None leaves that as it
        is, at first not. Raises `BadEdit` (people.unknown, people.unknown_email).
        """
        person, connection, subject = await self._giver(actor, connection_id, to, subject)
        await persistently(
            lambda: self.road.connections.give(person, connection, to, subject, default=default, private=private)
        )
        return await self._view(person, await self._visible(person, connection_id, None), None)

    async def take(self, actor: Actor, connection_id: str, to: SubjectKind, subject: str = EVERYONE) -> ConnectionView:
        """Take it back from them; nothing happens when they did not have it. Administrators. Raises as `give`."""
        person, connection, subject = await self._giver(actor, connection_id, to, subject)
        await persistently(lambda: self.road.connections.take(person, connection, to, subject))
        return await self._view(person, await self._visible(person, connection_id, None), None)

    async def delete(self, actor: Actor, connection_id: str) -> str:
        """Forget it, its password, what was read of its schema, whom it was given to. Returns the name it had."""
        person, connection = await self._managed(actor, connection_id)
        await persistently(lambda: self.road.connections.remove(person, connection))
        await self.road.databases.forget(connection.id)
        return connection.name

    async def _change(
        self,
        person: Person,
        connection: Connection,
        new: NewConnection,
        edit: ConnectionEdit,
        *,
        is_other: bool,
        local: bool,
    ) -> ConnectionReport | None:
        road, keeps = self.road, edit.password is None
        if not (is_other and connection.is_enabled):
            await road.connections.change(person, connection, new, keeps_password=keeps, local=local)
            await road.databases.forget(connection.id)
            return None
        health, seconds = await tried(road, self._target(connection, new, keeps=keeps, local=local))
        changed = await road.connections.change(person, connection, new, keeps_password=keeps, local=local)
        await road.databases.forget(connection.id)
        try:
            await read_again(road, changed)
        except ColloqueryError as error:
            # It answers, so the change is kept; what is wrong with reading its tables is in the report.
            return await failed_report(road, changed, error, health=health)
        return await report(road, changed, health, seconds)

    def _target(self, connection: Connection, new: NewConnection, *, keeps: bool, local: bool) -> Target:
        password = self.road.connections.password(connection) if keeps else new.password
        return target_of(replace(new, password=password), local=local)

    def _require_no_file(self, new: NewConnection, *, local: bool) -> None:
        """A file of this machine is named by nobody who is not at it."""
        if new.kind in FILE_KINDS and not local:
            raise BadConnection("connection.no_files")

    async def _adder(self, actor: Actor) -> Person:
        """The one place that says who may add: `may`, and beside it the setting."""
        person = await self.road.people.meet(actor)
        require(person, "add", _NEW)
        # A key for some connections could never look after one more.
        require(person, "manage", replace(_NEW, owner=person.id))
        async with self.road.store.reading() as session:
            added_by = await read(session, ADDED_BY, ADDED_BY_DEFAULT)
        if added_by == "administrators" and not may(person, "administer", Resource("system")).allowed:
            raise NotAllowed("connection.added_by_administrators")
        return person

    async def _looking(self, actor: Actor, place: Place | None) -> Person:
        """Somebody who may see any of it: by asking, or by looking after connections."""
        person = await self.road.people.meet(actor)
        if not may(person, "add", _NEW, place).allowed:
            require(person, "ask", Resource("question"), place)
        return person

    async def _visible(self, person: Person, connection_id: str, place: Place | None) -> Connection:
        async with self.road.store.reading() as session:
            found = await rows.by_id(session, connection_id)
        if found is not None and (
            may(person, "use", found.resource, place).allowed or may(person, "manage", found.resource).allowed
        ):
            return found
        raise UnknownConnection("connection.gone")

    async def _managed(self, actor: Actor, connection_id: str) -> tuple[Person, Connection]:
        person = await self._looking(actor, None)
        connection = await self._visible(person, connection_id, None)
        require(person, "manage", connection.resource)
        return person, connection

    async def _giver(
        self, actor: Actor, connection_id: str, to: SubjectKind, subject: str
    ) -> tuple[Person, Connection, str]:
        person = await self._looking(actor, None)
        require(person, "give", Resource("connection", connection=connection_id))
        connection = await self._visible(person, connection_id, None)
        if to == "everyone":
            return person, connection, EVERYONE
        if to == "user":
            async with self.road.store.reading() as session:
                subject, _ = await named(session, subject)
        return person, connection, subject

    async def _default(self, session: AsyncSession, person: Person, place: Place | None) -> str | None:
        try:
            return (await self.road.connections.choose(session, person, place, None)).id
        except UnknownConnection:  # nothing is chosen: the list shows it by marking none
            return None

    async def _view(self, person: Person, connection: Connection, place: Place | None) -> ConnectionView:
        async with self.road.store.reading() as session:
            return (await self._views(session, person, (connection,), place))[0]

    async def _views(
        self, session: AsyncSession, person: Person, found: tuple[Connection, ...], place: Place | None
    ) -> tuple[ConnectionView, ...]:
        default = await self._default(session, person, place)
        people = {one.owner_id for one in found} | {
            who for one in found for kind, who in one.given_to if kind == "user"
        }
        names = await rows.names_of(session, people)
        return tuple(view(one, person, place, default, names) for one in found)
