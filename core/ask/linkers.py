"""A linker per connection, built once for a reading of its schema."""

import asyncio

from core.ask.linking import Linker
from core.schema import Schema


class Linkers:
    """The linkers of the connections that were asked."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Schema, Linker]] = {}

    async def of(self, connection_id: str, schema: Schema) -> Linker:
        """The linker of this reading. Building one for a large schema takes a while, so it is done aside."""
        kept = self._kept.get(connection_id)
        if kept is None or kept[0] is not schema:
            kept = schema, await asyncio.to_thread(Linker, schema)
            self._kept[connection_id] = kept
        return kept[1]
