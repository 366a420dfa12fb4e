"""What is known of each connection's database: read once, kept in database_schemas, read again when asked to.

The newest reading is the active row; earlier ones stay as history. `last_updated` of the active row moves whenever
anything known of the database changes, its glossary and its marks too, so that one small look-up tells a question
whether what this process has in memory is still right.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.catalog.changes import Changes, compare
from core.catalog.documentation import read_documentation, still_there, write_documentation
from core.catalog.entry import CatalogEntry
from core.catalog.private import Mark, private_columns, without_values
from core.catalog.stored import as_json, from_json, stored_text
from core.connections.connection import Connection
from core.connections.connections import Connections
from core.engines.databases import Databases
from core.errors import UnknownConnection
from core.ids import new_id
from core.schema import GlossaryEntry, Schema
from core.storage.base import utc_now
from core.storage.models import DatabaseConnection, DatabaseSchema, Event
from core.storage.own_tables import GlossaryTerm, PrivateMark
from core.storage.session import Store, lock_row

log = logging.getLogger(__name__)

_schemas, _terms, _marks = DatabaseSchema.__table__, GlossaryTerm.__table__, PrivateMark.__table__
_NEWEST = select(_schemas.c.id, _schemas.c.last_updated).where(
    _schemas.c.connection_id == bindparam("connection"), _schemas.c.is_active
)
_DOCUMENTATION = select(_schemas.c.generated_documentation).where(_schemas.c.id == bindparam("row"))
_GLOSSARY = (
    select(_terms.c.term, _terms.c.means, _terms.c.words)
    .where(_terms.c.connection_id == bindparam("connection"))
    .order_by(_terms.c.term)
)
_MARKS = (
    select(_marks.c.table_pattern, _marks.c.column_pattern, _marks.c.is_private, _marks.c.connection_id)
    .where(or_(_marks.c.connection_id == bindparam("connection"), _marks.c.connection_id.is_(None)))
    .order_by(_marks.c.changed_at)
)

_Version = tuple[str, datetime]


@dataclass
class Catalog:
    """What is known of the databases of all connections."""

    store: Store
    connections: Connections
    databases: Databases
    _kept: dict[str, tuple[_Version, CatalogEntry]] = field(default_factory=dict)
    _reading: dict[str, asyncio.Lock] = field(default_factory=dict)
    _loading: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def known(self, session: AsyncSession, connection: Connection) -> CatalogEntry | None:
        """What is known; None when the schema was never read."""
        newest = (await session.execute(_NEWEST, {"connection": connection.id})).one_or_none()
        if newest is None:
            return None
        version = newest.id, newest.last_updated
        kept = self._kept.get(connection.id)
        if kept is None or kept[0] != version:
            # One loading at a time: after a change, a burst of questions must not load a large schema many times.
            # Whoever holds this lock has its session already, so nobody waits in a circle.
            async with self._loading.setdefault(connection.id, asyncio.Lock()):
                kept = self._kept.get(connection.id)
                if kept is None or kept[0] != version:
                    # Of one reading the structure never changes: words and marks alone are looked up again.
                    schema = kept[1].schema if kept is not None and kept[0][0] == newest.id else None
                    entry = await _load(session, connection, newest.id, schema)
                    if entry is None:
                        return None
                    kept = version, entry
                    self._kept[connection.id] = kept
        return kept[1]

    async def entry(self, connection: Connection) -> CatalogEntry:
        """What is known; the schema is read now when it never was.

        Raises `UnknownConnection` when the connection was removed meanwhile, and what reading a schema raises.
        """
        if (known := await self._newest(connection)) is not None:
            return known
        # One reading at a time: a first burst of questions must not read a large schema many times.
        async with self._reading.setdefault(connection.id, asyncio.Lock()):
            known = await self._newest(connection)
            if known is None:
                await self._read(connection, None)
                known = await self._newest(connection)
        if known is None:
            raise UnknownConnection("connection.unknown", name=connection.name)
        return known

    async def refresh(self, connection: Connection) -> Changes:
        """Read the schema again and tell what changed since the last reading."""
        async with self._reading.setdefault(connection.id, asyncio.Lock()):
            return await self._read(connection, await self._newest(connection))

    async def _newest(self, connection: Connection) -> CatalogEntry | None:
        async with self.store.reading() as session:
            return await self.known(session, connection)

    async def _read(self, connection: Connection, before: CatalogEntry | None) -> Changes:
        target = self.connections.target(connection)
        schema = await self.databases.read_schema(connection.id, target)
        changes = compare(before.schema if before else None, schema)
        raw = await asyncio.to_thread(as_json, schema)
        async with self.store.writing() as session:
            if await lock_row(session, DatabaseConnection, connection.id) is None:
                raise UnknownConnection("connection.unknown", name=connection.name)
            # Of the row as it is now, not of `before`: somebody may have written words while the schema was read.
            last = await session.scalar(
                select(DatabaseSchema).where(DatabaseSchema.connection_id == connection.id, DatabaseSchema.is_active)
            )
            documentation = read_documentation(last.generated_documentation) if last else ()
            private = await asyncio.to_thread(private_columns, schema, await marks_of(session, connection.id))
            if last is not None and last.schema_hash == schema.hash:
                # A day on which nothing changed is no history; whole schemas of every day would be much.
                await session.delete(last)
            elif last is not None:
                # History tells how the structure was; values of people's data are kept for the reading in use alone.
                last.raw_schema = {**last.raw_schema, "values": []}
                last.is_active = False
            session.add(
                DatabaseSchema(
                    id=new_id(),
                    connection_id=connection.id,
                    schema_hash=schema.hash,
                    raw_schema={
                        **raw,
                        "values": [each for each in raw["values"] if (each["table"], each["column"]) not in private],
                    },
                    generated_documentation=(
                        write_documentation(still_there(documentation, schema)) if documentation else None
                    ),
                    table_count=len(schema.tables),
                    total_columns=sum(len(table.columns) for table in schema.tables),
                    last_updated=utc_now(),
                    created_at=utc_now(),
                    is_active=True,
                )
            )
            session.add(
                Event(
                    event_type="schema.read",
                    user_id=connection.owner_id,
                    event_data={"connection_id": connection.id, "hash": schema.hash, **changes.summary()},
                    timestamp=utc_now(),
                )
            )
        log.info("schema read", extra={"connection": connection.id, "tables": len(schema.tables)})
        return changes


async def marks_of(session: AsyncSession, connection_id: str) -> tuple[Mark, ...]:
    """The marks that hold for a connection, oldest first."""
    rows = await session.execute(_MARKS, {"connection": connection_id})
    return tuple(
        Mark(row.table_pattern, row.column_pattern, row.is_private, everywhere=row.connection_id is None)
        for row in rows
    )


async def glossary_of(session: AsyncSession, connection_id: str) -> tuple[GlossaryEntry, ...]:
    """The business words of a connection, by term."""
    rows = await session.execute(_GLOSSARY, {"connection": connection_id})
    return tuple(GlossaryEntry(row.term, row.means, tuple(row.words)) for row in rows)


async def _load(
    session: AsyncSession, connection: Connection, row_id: str, schema: Schema | None
) -> CatalogEntry | None:
    """What is known, with the schema where it is known already; None when the connection was removed a moment ago."""
    raw = "" if schema is not None else await stored_text(session, row_id)
    if raw is None:
        return None
    documentation = await session.scalar(_DOCUMENTATION, {"row": row_id})
    glossary = await glossary_of(session, connection.id)
    marks = await marks_of(session, connection.id)
    # A large schema takes a while to be made into values: aside, so that other questions go on.
    return await asyncio.to_thread(_entry, schema or raw, documentation, glossary, marks)


def _entry(
    schema: Schema | str, documentation: str | None, glossary: tuple[GlossaryEntry, ...], marks: tuple[Mark, ...]
) -> CatalogEntry:
    if isinstance(schema, str):
        schema = from_json(schema)
    private = private_columns(schema, marks)
    return CatalogEntry(without_values(schema, private), read_documentation(documentation), glossary, private)
