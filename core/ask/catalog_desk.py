"""What a door may ask of what is known of a database beyond a question: `Service.catalog`.

Whoever may ask a connection reads its tables; whoever manages it writes what they hold and what people call them.
Columns that are private to somebody appear nowhere in what they read, neither by name nor in a business word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.catalog.catalog import marks_of
from core.catalog.editing import CatalogEditor
from core.catalog.entry import CatalogEntry
from core.catalog.exchange import read_file, write_file
from core.catalog.naming import find
from core.catalog.private import Mark
from core.chat import Actor, Place
from core.connections.connection import Connection
from core.errors import BadEdit, UnknownConnection
from core.people.permission import Resource, may, require
from core.people.person import Person
from core.schema import Column, Documentation, GlossaryEntry, Private, Table


@dataclass(frozen=True, slots=True)
class Documented:
    """A table or column, and what is known of it. `column` is None for a table."""

    table: Table
    column: Column | None
    description: str
    words: tuple[str, ...]
    by: str
    """model or person; empty where nothing was written."""
    is_private: bool
    """Only to be told to whoever may see it at all."""


@notes_refusals
@dataclass(frozen=True)
class CatalogDesk:
    """Catalogs, for whoever may read and change them.

    `connection_id` is a connection that the actor may ask from `place`, or manages; of any other `UnknownConnection`
    is raised. Reading a schema that was never read raises `DatabaseUnavailable`, `QueryFailed`.
    """

    road: Road

    async def tables(self, actor: Actor, connection_id: str, place: Place | None = None) -> tuple[Documented, ...]:
        """The tables, by id."""
        _, _, entry, _ = await self._read(actor, connection_id, place)
        told = {each.table: each for each in entry.documentation if not each.column}
        tables = sorted(entry.schema.tables, key=lambda table: table.id)
        return tuple(_documented(table, None, told.get(table.id), hidden=False) for table in tables)

    async def columns(
        self, actor: Actor, connection_id: str, table: str = "", search: str = "", place: Place | None = None
    ) -> tuple[Documented, ...]:
        """The columns that the actor may see: of one table or of all, those whose `table.column` has `search` in it.

        Raises `BadEdit` (catalog.unknown_name).
        """
        _, _, entry, hidden = await self._read(actor, connection_id, place)
        wanted, column = find(entry.schema, table) if table else ("", "")
        if column:
            raise BadEdit("catalog.unknown_name", name=table[:200])
        told = {(each.table, each.column): each for each in entry.documentation if each.column}
        part = search.casefold()
        return tuple(
            _documented(found, one, told.get((found.id, one.name)), hidden=(found.id, one.name) in entry.private)
            for found in entry.schema.tables
            if found.id == wanted or not table
            for one in found.columns
            if (found.id, one.name) not in hidden and part in f"{found.id}.{one.name}".casefold()
        )

    async def glossary(self, actor: Actor, connection_id: str, place: Place | None = None) -> tuple[GlossaryEntry, ...]:
        """The business words, by term; none that names a column the actor may not see."""
        _, _, entry, hidden = await self._read(actor, connection_id, place)
        names = {column.casefold() for _, column in hidden}
        return tuple(one for one in entry.glossary if not any(name in one.means.casefold() for name in names))

    async def document(
        self, actor: Actor, connection_id: str, name: str, description: str | None, words: Sequence[str] | None
    ) -> None:
        """Write what a table or `table.column` holds and is called; None leaves it as it is. Raises `BadEdit`."""
        person, connection, entry = await self._managed(actor, connection_id)
        table, column = find(entry.schema, name)
        old = next(
            (one for one in entry.documentation if (one.table, one.column) == (table, column)),
            Documentation(table, column),
        )
        new = Documentation(
            table,
            column,
            old.description if description is None else description,
            old.words if words is None else tuple(words),
        )
        await CatalogEditor(self.road.store).document(person, connection, [new])

    async def set_term(self, actor: Actor, connection_id: str, term: GlossaryEntry) -> None:
        """Add a business word, or give it another meaning. Raises `BadEdit`."""
        person, connection, _ = await self._managed(actor, connection_id)
        await CatalogEditor(self.road.store).set_term(person, connection, term)

    async def remove_term(self, actor: Actor, connection_id: str, term: str) -> None:
        """Forget a business word. Raises `BadEdit` (catalog.unknown_term)."""
        person, connection, _ = await self._managed(actor, connection_id)
        await CatalogEditor(self.road.store).remove_term(person, connection, term)

    async def export(self, actor: Actor, connection_id: str) -> str:
        """Documentation and glossary as JSON, for whoever manages the connection."""
        _, _, entry = await self._managed(actor, connection_id)
        return write_file(entry)

    async def take_in(self, actor: Actor, connection_id: str, text: str) -> tuple[int, int]:
        """Take such a text in, all of it or nothing; how many entries and terms it held. Raises `BadEdit`."""
        person, connection, _ = await self._managed(actor, connection_id)
        documentation, glossary = read_file(text.encode("utf-8", "replace"))
        await CatalogEditor(self.road.store).take_in(person, connection, documentation, glossary)
        return len(documentation), len(glossary)

    async def marks(self, actor: Actor, connection_id: str) -> tuple[Mark, ...]:
        """What is marked private or not, for whoever manages the connection; the marks for all of them, too."""
        _, connection, _ = await self._managed(actor, connection_id)
        async with self.road.store.reading() as session:
            return await marks_of(session, connection.id)

    async def mark(
        self, actor: Actor, connection_id: str | None, table: str, column: str, is_private: bool | None
    ) -> None:
        """Mark columns as private, or not, or (None) take such a mark back; without a connection for all of them.

        Administrators. Raises `BadEdit`.
        """
        person = await self.road.people.meet(actor)
        require(person, "administer", Resource("system"))
        connection = None if connection_id is None else await self._connection(person, connection_id, None)
        await CatalogEditor(self.road.store).mark(person, connection, table, column, is_private)

    async def _read(
        self, actor: Actor, connection_id: str, place: Place | None
    ) -> tuple[Person, Connection, CatalogEntry, Private]:
        """And the columns that are not to be told."""
        person = await self.road.people.meet(actor)
        connection = await self._connection(person, connection_id, place)
        entry = await self.road.catalog.entry(connection)
        sees_all = (
            may(person, "see_private", connection.resource, place).allowed
            or may(person, "manage", connection.resource, place).allowed
        )
        return person, connection, entry, frozenset() if sees_all else entry.private

    async def _managed(self, actor: Actor, connection_id: str) -> tuple[Person, Connection, CatalogEntry]:
        person = await self.road.people.meet(actor)
        connection = await self._connection(person, connection_id, None)
        require(person, "manage", connection.resource)
        return person, connection, await self.road.catalog.entry(connection)

    async def _connection(self, person: Person, connection_id: str, place: Place | None) -> Connection:
        async with self.road.store.reading() as session:
            usable = await self.road.connections.usable(session, person, place)
            found = next((one for one in usable if one.id == connection_id), None)
            if found is None:
                every = await self.road.connections.every(session)
                found = next((one for one in every if one.id == connection_id), None)
                if found is not None and not may(person, "manage", found.resource, place).allowed:
                    found = None
        if found is None:
            raise UnknownConnection("connection.gone")
        return found


def _documented(table: Table, column: Column | None, told: Documentation | None, *, hidden: bool) -> Documented:
    if told is None:
        return Documented(table, column, "", (), "", hidden)
    return Documented(table, column, told.description, told.words, told.by, hidden)
