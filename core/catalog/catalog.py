"""What is known of each connection's database: read once, kept in database_schemas, read again when asked to.

The newest reading is the active row; earlier ones stay as history. A reading is kept in memory too, as long as the
store's row is the same, so that a question costs one small look-up.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.catalog.changes import Changes, compare
from core.connections.connection import Connection
from core.connections.connections import Connections
from core.engines.databases import Databases
from core.ids import new_id
from core.schema import Schema
from core.storage.base import utc_now
from core.storage.models import DatabaseConnection, DatabaseSchema, Event
from core.storage.session import Store, lock_row

log = logging.getLogger(__name__)

_SCHEMA = TypeAdapter(Schema)

_schemas = DatabaseSchema.__table__
_NEWEST = select(_schemas.c.id).where(_schemas.c.connection_id == bindparam("connection"), _schemas.c.is_active)


@dataclass
class Catalog:
    """The schemas of all connections."""

    store: Store
    connections: Connections
    databases: Databases
    _kept: dict[str, tuple[str, Schema]] = field(default_factory=dict)
    _reading: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def known(self, session: AsyncSession, connection: Connection) -> Schema | None:
        """The schema as last read; None when it never was."""
        newest = await session.scalar(_NEWEST, {"connection": connection.id})
        if newest is None:
            return None
        kept = self._kept.get(connection.id)
        if kept is None or kept[0] != newest:
            raw = await session.scalar(select(DatabaseSchema.raw_schema).where(DatabaseSchema.id == newest))
            kept = newest, _SCHEMA.validate_python(raw, strict=False)
            self._kept[connection.id] = kept
        return kept[1]

    async def schema(self, connection: Connection) -> Schema:
        """The schema as last read; read now when it never was."""
        # One reading at a time: a first burst of questions must not read a large schema many times.
        async with self._reading.setdefault(connection.id, asyncio.Lock()):
            return await self._newest(connection) or (await self._read(connection))[0]

    async def refresh(self, connection: Connection) -> Changes:
        """Read the schema again and tell what changed since the last reading."""
        async with self._reading.setdefault(connection.id, asyncio.Lock()):
            return (await self._read(connection))[1]

    async def _newest(self, connection: Connection) -> Schema | None:
        async with self.store.reading() as session:
            return await self.known(session, connection)

    async def _read(self, connection: Connection) -> tuple[Schema, Changes]:
        target = self.connections.target(connection)
        schema = await self.databases.read_schema(connection.id, target)
        before = await self._newest(connection)
        changes = compare(before, schema)
        row = DatabaseSchema(
            id=new_id(),
            connection_id=connection.id,
            schema_hash=schema.hash,
            raw_schema=_SCHEMA.dump_python(schema, mode="json"),
            table_count=len(schema.tables),
            total_columns=sum(len(table.columns) for table in schema.tables),
            last_updated=utc_now(),
            created_at=utc_now(),
            is_active=True,
        )
        async with self.store.writing() as session:
            await lock_row(session, DatabaseConnection, connection.id)
            await session.execute(
                update(DatabaseSchema)
                .where(DatabaseSchema.connection_id == connection.id, DatabaseSchema.is_active)
                .values(is_active=False)
            )
            session.add(row)
            session.add(
                Event(
                    event_type="schema.read",
                    user_id=connection.owner_id,
                    event_data={"connection_id": connection.id, "hash": schema.hash, **changes.summary()},
                    timestamp=utc_now(),
                )
            )
        self._kept[connection.id] = row.id, schema
        log.info("schema read", extra={"connection": connection.id, "tables": len(schema.tables)})
        return schema, changes
