"""Telling damages apart: seals that do not fit where they stand, looked at together. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audit.chain import Link, Sealer
from core.records import AuditDamage, DamageKind


@dataclass(frozen=True, slots=True)
class Suspect:
    """A seal that is not what it should be, with everything that it should be made of."""

    link: Link
    before: str
    line: bytes
    seal: str
    audit_id: str
    at: datetime

    def as_changed(self) -> AuditDamage:
        """The damage, when nothing more is known of it."""
        return self.told("changed")

    def told(self, kind: DamageKind) -> AuditDamage:
        """The damage, of this kind."""
        return AuditDamage(kind, self.link.number, audit_id=self.audit_id, at=self.at)


def explained(sealer: Sealer, suspects: Sequence[Suspect]) -> Iterator[AuditDamage]:
    """What each of them is: changed, with a changed seal, moved, or in order but for the seal before it.

    Tries every pair of them, and every seal before: meant for a few dozen.
    """
    rightly = {one.link.number: sealer.seal(one.link, one.before, one.line) for one in suspects}
    by_number = {one.link.number: one for one in suspects}
    for one in suspects:
        number = one.link.number
        follower = by_number.get(number + 1)
        if _only_its_before(sealer, one, rightly, suspects):
            continue
        if _was_moved(sealer, one, suspects):
            yield one.told("reordered")
        elif follower is not None and sealer.is_seal(follower.seal, follower.link, rightly[number], follower.line):
            yield one.told("seal_changed")
        else:
            yield one.as_changed()


def _only_its_before(sealer: Sealer, one: Suspect, rightly: dict[int, str], suspects: Sequence[Suspect]) -> bool:
    """Whether it is in order itself: it rests on the seal that should be before it, and is not."""
    befores = [other.seal for other in suspects if other is not one]
    if (one.link.number - 1) in rightly:
        befores.append(rightly[one.link.number - 1])
    return any(sealer.is_seal(one.seal, one.link, before, one.line) for before in befores)


def _was_moved(sealer: Sealer, one: Suspect, suspects: Sequence[Suspect]) -> bool:
    """Whether its seal fits the number or the line of another."""
    for other in suspects:
        if other is one:
            continue
        if sealer.is_seal(one.seal, one.link, one.before, other.line):
            return True
        there = Link(other.link.number, one.link.key_id, one.link.sealed_at)
        befores = {other.before, *(each.seal for each in suspects)}
        if any(sealer.is_seal(one.seal, there, before, one.line) for before in befores):
            return True
    return False
