"""What people change of a catalog: descriptions and words, business terms, which columns are private. All audited."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from core.audit.record import record
from core.catalog.catalog import marks_of
from core.catalog.documentation import merged, read_documentation, still_there, write_documentation
from core.catalog.private import Mark, private_columns, without_values
from core.catalog.stored import as_json, from_json, stored_schema, stored_text
from core.catalog.terms import check_term
from core.connections.connection import Connection
from core.errors import BadEdit
from core.ids import private_mark_id, term_id
from core.model.plain import one_line
from core.people.permission import Resource, require
from core.people.person import Person
from core.schema import Documentation, GlossaryEntry, Schema
from core.storage.base import JsonValue, utc_now
from core.storage.models import DatabaseConnection, DatabaseSchema
from core.storage.own_tables import GlossaryTerm, PrivateMark
from core.storage.session import Store, insert_if_absent, lock_row

LONGEST_DESCRIPTION = 500
"""Characters."""
MOST_WORDS = 12
"""Words that one table, column or term may be called by."""
LONGEST_WORD = 60


@dataclass(frozen=True)
class CatalogEditor:
    """Changes to what is known of the connections in `store`."""

    store: Store

    async def document(self, person: Person, connection: Connection, changes: Iterable[Documentation]) -> int:
        """Write descriptions and words; an entry with neither takes away what was there. How many were written.

        They count as this person's own. Raises `NotAllowed`, `BadEdit` (catalog.unknown_name and others); nothing is
        written then.
        """
        require(person, "manage", connection.resource)
        new = [replace(_checked(each), by="person") for each in changes]
        async with self.store.writing() as session:
            row = await _active(session, connection)
            _require_there(new, await stored_schema(session, row.id))
            _document(row, new)
            await _audit(
                session, person, "catalog.documented", connection.id, new={"names": [_name(each) for each in new]}
            )
        return len(new)

    async def set_term(self, person: Person, connection: Connection, entry: GlossaryEntry) -> None:
        """Add a business word, or give it another meaning. Raises `NotAllowed`, `BadEdit`."""
        require(person, "manage", connection.resource)
        entry = _plain_entry(entry)
        async with self.store.writing() as session:
            row = await _active(session, connection)
            entry = check_term(entry, await stored_schema(session, row.id))
            old = await _set_term(session, person, connection, entry)
            row.last_updated = utc_now()
            new = {"term": entry.term, "means": entry.means, "words": list(entry.words)}
            await _audit(session, person, "catalog.term_set", connection.id, new=new, old=old)

    async def take_in(
        self,
        person: Person,
        connection: Connection,
        documentation: Sequence[Documentation],
        glossary: Sequence[GlossaryEntry],
    ) -> None:
        """Write what a file holds, all of it or nothing: entries replace those of the same name, the others stay.

        An entry keeps who wrote it: what the model wrote elsewhere does not become a person's, nor replace it. Raises
        `NotAllowed`; `BadEdit` catalog.bad_entry with the `place` in the file, caused by what is wrong with it.
        """
        require(person, "manage", connection.resource)
        async with self.store.writing() as session:
            row = await _active(session, connection)
            schema = await stored_schema(session, row.id)
            there = set(still_there(documentation, schema))
            new = []
            for number, each in enumerate(documentation):
                with _at("documentation", number):
                    new.append(_checked(each))
                    if each not in there:
                        raise BadEdit("catalog.unknown_name", name=_name(each))
            for number, entry in enumerate(glossary):
                with _at("glossary", number):
                    await _set_term(session, person, connection, check_term(_plain_entry(entry), schema))
            _document(row, new)
            counts = {"documentation": len(new), "glossary": len(glossary)}
            await _audit(session, person, "catalog.taken_in", connection.id, new=counts)

    async def remove_term(self, person: Person, connection: Connection, term: str) -> None:
        """Forget a business word. Raises `NotAllowed`, `BadEdit` (catalog.unknown_term)."""
        require(person, "manage", connection.resource)
        async with self.store.writing() as session:
            row = await _active(session, connection)
            before = await session.get(GlossaryTerm, term_id(connection.id, one_line(term)))
            if before is None:
                raise BadEdit("catalog.unknown_term", term=one_line(term)[:LONGEST_WORD])
            await session.delete(before)
            row.last_updated = utc_now()
            old = {"term": before.term, "means": before.means, "words": before.words}
            await _audit(session, person, "catalog.term_removed", connection.id, old=old)

    async def mark(
        self, person: Person, connection: Connection | None, table: str, column: str, is_private: bool | None
    ) -> None:
        """Call columns private, or not private, or (None) take such a mark back; * stands for any letters.

        Without a connection it is for all of them. Values of columns that are private now are forgotten at once. Those
        of columns that no longer are come back with the next reading of the schema, unless their name or comment looks
        private: such values are never read. Raises `NotAllowed`, `BadEdit`.
        """
        require(person, "administer", Resource("system"))
        table, column = table.strip(), column.strip()
        if not table or not column or max(len(table), len(column)) > 255:
            raise BadEdit("catalog.bad_pattern")
        key = private_mark_id(connection.id if connection else None, table.lower(), column.lower())
        async with self.store.writing() as session:
            locked = await _lock_readings(session, connection)
            before = await session.get(PrivateMark, key)
            old = {"private": before.is_private} if before else None
            if before is None and is_private is None:
                raise BadEdit("catalog.unknown_mark", pattern=f"{table}.{column}")
            await session.execute(delete(PrivateMark).where(PrivateMark.id == key))
            if is_private is not None:
                await insert_if_absent(
                    session,
                    PrivateMark,
                    id=key,
                    connection_id=connection.id if connection else None,
                    table_pattern=table,
                    column_pattern=column,
                    is_private=is_private,
                    changed_by=person.id,
                    changed_at=utc_now(),
                )
            await _forget_values(session, locked)
            new = {"table": table, "column": column, "private": is_private}
            await _audit(session, person, "catalog.marked", connection.id if connection else None, new=new, old=old)


async def keep_generated(
    session: AsyncSession, connection: Connection, known: Schema, written: Iterable[Documentation]
) -> None:
    """Keep what a model wrote beside what is there, in the caller's transaction: it writes the tokens' row, too.

    `known` is the schema that it wrote about; what speaks of tables that went meanwhile is left out.
    """
    row = await _active(session, connection)
    # A pass over a large schema comes here hundreds of times: only a schema that changed is read again.
    schema = known if row.schema_hash == known.hash else await stored_schema(session, row.id)
    _document(row, still_there(written, schema))


async def _active(session: AsyncSession, connection: Connection) -> DatabaseSchema:
    """The newest reading without its schema, kept from other writers.

    Raises `BadEdit` (catalog.not_read) when there is none.
    """
    await lock_row(session, DatabaseConnection, connection.id)
    row = await session.scalar(
        select(DatabaseSchema)
        .where(DatabaseSchema.connection_id == connection.id, DatabaseSchema.is_active)
        .options(defer(DatabaseSchema.raw_schema, raiseload=True))
    )
    if row is None:
        raise BadEdit("catalog.not_read", name=connection.name)
    return row


def _document(row: DatabaseSchema, new: Iterable[Documentation]) -> None:
    kept = merged(read_documentation(row.generated_documentation), new)
    row.generated_documentation = write_documentation(each for each in kept if each.description or each.words)
    row.last_updated = utc_now()


def _require_there(documentation: Sequence[Documentation], schema: Schema) -> None:
    there = set(still_there(documentation, schema))
    for each in documentation:
        if each not in there:
            raise BadEdit("catalog.unknown_name", name=_name(each))


async def _set_term(
    session: AsyncSession, person: Person, connection: Connection, entry: GlossaryEntry
) -> Mapping[str, object] | None:
    """Write a checked term. What it meant before, for the audit."""
    key = term_id(connection.id, entry.term)
    before = await session.get(GlossaryTerm, key)
    old = {"term": before.term, "means": before.means, "words": before.words} if before else None
    row = before or GlossaryTerm(id=key, connection_id=connection.id)
    row.term, row.means, row.words = entry.term, entry.means, list(entry.words)
    row.changed_by, row.changed_at = person.id, utc_now()
    session.add(row)
    return old


async def _lock_readings(session: AsyncSession, connection: Connection | None) -> list[str]:
    """Keep other writers from the connections that a mark is for: a reading that began before must see it. Their ids.

    Always in one order, so that two administrators do not wait for each other.
    """
    if connection is not None:
        await lock_row(session, DatabaseConnection, connection.id)
        return [connection.id]
    every = select(DatabaseConnection.id).order_by(DatabaseConnection.id).with_for_update(key_share=True)
    return list(await session.scalars(every))


async def _forget_values(session: AsyncSession, connections: Iterable[str]) -> None:
    """In the readings in use; earlier ones hold no values."""
    for connection_id in connections:
        row = await session.scalar(
            select(DatabaseSchema)
            .where(DatabaseSchema.connection_id == connection_id, DatabaseSchema.is_active)
            .options(defer(DatabaseSchema.raw_schema, raiseload=True))
        )
        if row is None:
            continue
        text = await stored_text(session, row.id)
        fewer = await asyncio.to_thread(_fewer_values, text or "", await marks_of(session, connection_id))
        if fewer is not None:
            row.raw_schema = fewer
        row.last_updated = utc_now()


def _fewer_values(text: str, marks: Sequence[Mark]) -> JsonValue | None:
    """A reading without the values of private columns; None when it holds none."""
    schema = from_json(text)
    private = private_columns(schema, marks)
    kept = without_values(schema, private)
    return None if kept is schema else as_json(kept)


@contextmanager
def _at(part: str, number: int) -> Iterator[None]:
    """Say where in a file a bad entry is."""
    try:
        yield
    except BadEdit as wrong:
        raise BadEdit("catalog.bad_entry", place=f"{part}[{number}]") from wrong


def _checked(each: Documentation) -> Documentation:
    description = one_line(each.description)
    if len(description) > LONGEST_DESCRIPTION:
        raise BadEdit("catalog.description_too_long", name=_name(each), most=LONGEST_DESCRIPTION)
    return replace(each, description=description, words=_words(each.words))


def _plain_entry(entry: GlossaryEntry) -> GlossaryEntry:
    return GlossaryEntry(one_line(entry.term), one_line(entry.means), _words(entry.words))


def _words(words: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, map(one_line, words))))
    if len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in found):
        raise BadEdit("catalog.too_many_words", most=MOST_WORDS, longest=LONGEST_WORD)
    return found


def _name(each: Documentation) -> str:
    return f"{each.table}.{each.column}" if each.column else each.table


async def _audit(
    session: AsyncSession,
    person: Person,
    action: str,
    connection_id: str | None,
    *,
    new: Mapping[str, object] | None = None,
    old: Mapping[str, object] | None = None,
) -> None:
    await record(session, action, "connection", connection_id, by=person.id, old=old, new=new)
