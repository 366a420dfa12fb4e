"""Proving the chain: walked from its first seal to its last, in bounded memory.

Each seal is looked at with the seal before it as it is stored, so that one damage is one finding and not all that
follows. What does not fit is set aside, and at the end looked at together: a seal that fits another place was moved.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, and_, bindparam, func, select

from core.audit.chain import BEGINNING, ROW, Link, Sealer, line_of, logs, seals
from core.audit.damage import Suspect, explained
from core.audit.sealing import GRACE, MOST_IN_A_RUN, Sealing, last_of
from core.records import AuditDamage, AuditHead, AuditVerdict
from core.storage.session import Store

MOST_LISTED: Final = 1_000
"""Damages that are told one by one; the others are counted."""

_PAGE = 1_000
"""Seals read at once."""

_MOST_SUSPECTS = 32
"""Seals that are looked at together; every pair of them is tried."""

_AFTER = (
    select(*(column.label(f"seal_{column.name}") for column in seals.c), *ROW)
    .join_from(seals, logs, logs.c.id == seals.c.audit_id, isouter=True)
    .where(seals.c.number > bindparam("after"), seals.c.number <= bindparam("until"))
    .order_by(seals.c.number)
    .limit(_PAGE)
)


async def verify(sealing: Sealing, heads: Sequence[AuditHead], now: datetime) -> AuditVerdict:
    """Seal what may be sealed, then look at all there is. `heads` must be in the chain. Raises `StoreFailed`."""
    sealed_now = done = await sealing.run(now)
    while done >= MOST_IN_A_RUN:
        sealed_now += (done := await sealing.run(now))
    head = await sealing.head()
    walk = _Walk(sealing.sealer, {one.number: one.seal for one in heads})
    async for page in _pages(sealing.store, head.number if head else 0):
        for row in page:
            walk.look(row)
    walk.end(head.number if head else 0, heads)
    await _find_unsealed(sealing.store, walk, now)
    listed = sorted(walk.damage[:MOST_LISTED], key=lambda one: (one.number is None, one.number or 0))
    return AuditVerdict(walk.lines, walk.since, head, sealed_now, walk.damaged, tuple(listed))


async def _pages(store: Store, until: int) -> AsyncIterator[Sequence[RowMapping]]:
    after = 0
    while after < until:
        async with store.reading() as session:
            page = (await session.execute(_AFTER, {"after": after, "until": until})).mappings().all()
        if not page:
            return
        yield page
        after = page[-1]["seal_number"]


@dataclass(slots=True)
class _Walk:
    """What is known on the way from one seal to the next."""

    sealer: Sealer
    wanted: Mapping[int, str]
    """The seals of the heads that were given, by number."""
    found: dict[int, str] = field(default_factory=dict)
    lines: int = 0
    since: datetime | None = None
    damaged: int = 0
    damage: list[AuditDamage] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    number: int = 0
    before: str | None = BEGINNING
    """The seal before, as stored; None after a gap: what follows it cannot be told."""
    newest: datetime | None = None

    def look(self, row: RowMapping) -> None:
        number, seal = row["seal_number"], row["seal_seal"]
        if number in self.wanted:
            self.found[number] = seal
        if number != self.number + 1:
            self.add(AuditDamage("seal_deleted", self.number + 1, number - 1), number - 1 - self.number)
            self.before = None
        self._look_at(row, Link(number, row["seal_key_id"], row["seal_sealed_at"]))
        self.number, self.before = number, seal

    def _look_at(self, row: RowMapping, link: Link) -> None:
        self.lines += 1
        if row["id"] is None:
            self.add(AuditDamage("row_deleted", link.number, audit_id=row["seal_audit_id"]))
            return
        at: datetime = row["timestamp"]
        self.since = at if self.since is None else min(self.since, at)
        if not self.sealer.has(link.key_id):
            self._miss_key(link, row)
            return
        if self.before is None:
            return
        line = line_of(row)
        if not self.sealer.is_seal(row["seal_seal"], link, self.before, line):
            self._suspect(Suspect(link, self.before, line, row["seal_seal"], row["id"], at))
            return
        # Twice: the line before may itself have come late, by as much as is allowed.
        if self.newest is not None and at < min(self.newest, link.sealed_at) - 2 * GRACE:
            self.add(AuditDamage("backdated", link.number, audit_id=row["id"], at=at))
        # A clock that ran ahead does not make everything after it late.
        seen = min(at, link.sealed_at)
        self.newest = seen if self.newest is None else max(self.newest, seen)

    def _miss_key(self, link: Link, row: RowMapping) -> None:
        """One finding for all that follow each other."""
        last = self.damage[-1] if self.damage else None
        if last and (last.kind, last.key_id, last.last) == ("key_missing", link.key_id, link.number - 1):
            self.damage[-1] = replace(last, last=link.number)
            self.damaged += 1
        else:
            self.add(
                AuditDamage("key_missing", link.number, link.number, row["id"], row["timestamp"], key_id=link.key_id)
            )

    def _suspect(self, suspect: Suspect) -> None:
        if len(self.suspects) < _MOST_SUSPECTS:
            self.suspects.append(suspect)
        else:
            self.add(suspect.as_changed())

    def add(self, damage: AuditDamage, times: int = 1) -> None:
        self.damaged += times
        if len(self.damage) < MOST_LISTED:
            self.damage.append(damage)

    def end(self, last: int, heads: Sequence[AuditHead]) -> None:
        """What can only be told when all was seen."""
        if self.number < last:  # taken away while we looked
            self.add(AuditDamage("seal_deleted", self.number + 1, last), last - self.number)
        for one in explained(self.sealer, self.suspects):
            self.add(one)
        for head in heads:
            if self.found.get(head.number) != head.seal:
                self.add(AuditDamage("cut_off", head.number))


async def _find_unsealed(store: Store, walk: _Walk, now: datetime) -> None:
    """Lines that no seal is for, and that are too old to be given one."""
    async with store.reading() as session:
        since = (await last_of(session)).reaches_back(now)
        if since is None:
            return
        without = and_(seals.c.number.is_(None), logs.c.timestamp < since)
        joined = logs.outerjoin(seals, seals.c.audit_id == logs.c.id)
        number = await session.scalar(select(func.count()).select_from(joined).where(without)) or 0
        wanted = (
            select(logs.c.id, logs.c.timestamp).select_from(joined).where(without).order_by(logs.c.timestamp, logs.c.id)
        )
        rows = (await session.execute(wanted.limit(MOST_LISTED))).all()
    for row in rows:
        walk.add(AuditDamage("unsealed", audit_id=row.id, at=row.timestamp))
    walk.damaged += number - len(rows)
