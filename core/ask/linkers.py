"""A linker per connection, built once for what is known of its database."""

import asyncio

from core.ask.linking import Linker
from core.catalog.entry import CatalogEntry


class Linkers:
    """The linkers of the connections that were asked."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[CatalogEntry, Linker]] = {}

    async def of(self, connection_id: str, entry: CatalogEntry) -> Linker:
        """The linker of this entry. Building one for a large schema takes a while, so it is done aside."""
        kept = self._kept.get(connection_id)
        if kept is None or kept[0] is not entry:
            kept = entry, await asyncio.to_thread(Linker, entry.schema, entry.glossary, entry.documentation)
            self._kept[connection_id] = kept
        return kept[1]
