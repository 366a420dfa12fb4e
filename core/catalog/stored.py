"""A reading of a schema as it lies in database_schemas.raw_schema."""

import asyncio
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.schema import Schema
from core.storage.models import DatabaseSchema

_SCHEMA = TypeAdapter(Schema)

# As text: a large schema is made into values in a thread, not by the driver while everybody else waits.
_TEXT = select(cast(DatabaseSchema.raw_schema, Text)).where(DatabaseSchema.id == bindparam("row"))


def from_json(text: str) -> Schema:
    """The schema that a reading holds."""
    return _SCHEMA.validate_json(text, strict=False)


def as_json(schema: Schema) -> dict[str, Any]:
    """What to keep of a schema, as plain JSON values; `values` is a list of objects with table and column."""
    kept: dict[str, Any] = _SCHEMA.dump_python(schema, mode="json")
    return kept


async def stored_text(session: AsyncSession, row_id: str) -> str | None:
    """The JSON text of a reading; None when the row is gone."""
    return await session.scalar(_TEXT, {"row": row_id})


async def stored_schema(session: AsyncSession, row_id: str) -> Schema:
    """The schema of a reading that is known to be there."""
    text = await stored_text(session, row_id)
    assert text is not None, "the caller holds the row"
    return await asyncio.to_thread(from_json, text)
