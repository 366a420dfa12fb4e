"""What changed in a database's structure between two readings."""

from dataclasses import dataclass

from core.schema import Schema, Table


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of the tables that came, went, or whose columns or keys are different now."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    first: bool = False
    """True when there was no reading before this one."""

    def __bool__(self) -> bool:
        """True when the structure is different, or was not known before."""
        return self.first or bool(self.added or self.removed or self.changed)

    def summary(self) -> dict[str, int]:
        """The counts, for an event."""
        return {"added": len(self.added), "removed": len(self.removed), "changed": len(self.changed)}


def compare(before: Schema | None, after: Schema) -> Changes:
    """The difference between two readings of one connection."""
    if before is None:
        return Changes(added=tuple(table.id for table in after.tables), first=True)
    old = {table.id: table for table in before.tables}
    new = {table.id: table for table in after.tables}
    return Changes(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and _shape(new[name]) != _shape(old[name])),
    )


def _shape(table: Table) -> tuple[object, ...]:
    # Row estimates move all the time and are no change.
    return table.kind, table.columns, table.primary_key, table.foreign_keys, table.comment
