"""What linking is told beside the schema itself: glossary terms and written documentation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A business word and what it means here: a column, a table or an SQL expression over them."""

    term: str
    means: str
    words: tuple[str, ...] = ()
    """Other ways to say it, in either language."""


@dataclass(frozen=True, slots=True)
class Documentation:
    """What is known of a table, or of one of its columns, beyond its comment."""

    table: str
    """As `core.schema.Table.id`."""
    column: str = ""
    """Empty for the table itself."""
    description: str = ""
    words: tuple[str, ...] = ()
    """What people call it, in Korean and English."""
