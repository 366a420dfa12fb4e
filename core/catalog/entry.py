"""Everything that is known of one connection's database."""

from dataclasses import dataclass

from core.schema import Documentation, GlossaryEntry, Private, Schema


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """The schema as last read, and what people and the model said about it.

    The same value is given until something of it changes: what is built for it may be kept by its identity.
    """

    schema: Schema
    """Its values hold nothing of a private column."""
    documentation: tuple[Documentation, ...] = ()
    glossary: tuple[GlossaryEntry, ...] = ()
    private: Private = frozenset()
    """The columns that only people with permission see."""
