"""Sealing: lines get their places in the chain some seconds after they were written.

Not in the transaction that writes them: every question writes a line, and each would wait for the one before. A line is
sealed when its transaction is over, in whichever order that happens; the order of the chain is the order of sealing.

A transaction may end after younger lines were sealed. So what is looked for reaches back: `GRACE` before the line that
was sealed last. A line without a seal that is older than that was not written by a transaction of ours that took its
time, and is left for `core.audit.verifying` to report. By the same rule, looking for unsealed lines stays as cheap as
it is on the first day, however long the history is.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from sqlalchemy import RowMapping, Select, and_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.chain import BEGINNING, ROW, Link, Sealer, line_of, logs, seals
from core.records import AuditHead
from core.storage.own_tables import AuditSeal
from core.storage.session import Store, insert_if_absent

log = logging.getLogger(__name__)

GRACE: Final = timedelta(minutes=15)
"""More than any transaction takes, and than the clocks of two replicas may differ."""

BATCH: Final = 200
"""Lines sealed in one transaction: on SQLite a question waits for it, some milliseconds."""

MOST_IN_A_RUN: Final = 100 * BATCH
"""Lines: a store that was never sealed catches up over several runs."""

_SAID_EVERY: Final = 3600.0
"""Seconds between two lines of the log that name the head."""

_LAST = (
    select(seals.c.number, seals.c.seal, logs.c.timestamp)
    .join_from(seals, logs, logs.c.id == seals.c.audit_id, isouter=True)
    .order_by(seals.c.number.desc())
    .limit(1)
)
_FIRST_LOCKED = select(seals.c.number).order_by(seals.c.number).limit(1).with_for_update()
_HEAD = select(seals.c.number, seals.c.seal).order_by(seals.c.number.desc()).limit(1)
_SEALED = insert(seals)


@dataclass(frozen=True, slots=True)
class Last:
    """The end of the chain as it is stored."""

    number: int
    seal: str
    line_at: datetime | None
    """When its line was written; None when there is none, or its line is gone."""

    def reaches_back(self, now: datetime) -> datetime | None:
        """The moment from which on a line without a seal may still be sealed; None: all of them."""
        if self.line_at is None:
            return None
        # A line may come from a clock that runs ahead: it must not shut out those of the others.
        return min(self.line_at, now) - GRACE


@dataclass(slots=True)
class Sealing:
    """What seals the lines of a store. One for a process; of several processes at once, one at a time gets through."""

    store: Store
    sealer: Sealer
    _known: AuditHead | None = None
    """The head as this process left it."""
    _said: int = 0
    _said_at: float = field(default=-_SAID_EVERY)

    async def run(self, now: datetime, most: int = MOST_IN_A_RUN) -> int:
        """Seal what has no seal yet, at most `most` lines. Counts them. Raises `StoreFailed`."""
        done = 0
        while done < most:
            sealed = await self._batch(now, min(BATCH, most - done))
            done += sealed
            if sealed < BATCH:
                break
        await self._look_back()
        return done

    async def head(self) -> AuditHead | None:
        """The end of the chain; None while there is none."""
        async with self.store.reading() as session:
            found = (await session.execute(_HEAD)).one_or_none()
        return None if found is None else AuditHead(found.number, found.seal)

    async def _batch(self, now: datetime, most: int) -> int:
        """Read and hash outside of any lock; then, if nobody was quicker, write."""
        async with self.store.reading() as session:
            last = await last_of(session)
            rows = (await session.execute(_unsealed(last.reaches_back(now)), {"most": most})).mappings().all()
        if not rows:
            return 0
        first, *others = self._seals(last, rows, now)
        async with self.store.writing() as session:
            # The lowest number stands for the whole chain: whoever seals at the same moment waits here.
            await session.execute(_FIRST_LOCKED)
            if (await last_of(session)).number != last.number:
                return 0
            # Before there is a lowest number, of two at once the first to insert it goes on.
            if not await insert_if_absent(session, AuditSeal, **first):
                return 0
            if others:
                await session.execute(_SEALED, others)
        return len(rows)

    def _seals(self, last: Last, rows: Sequence[RowMapping], now: datetime) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        before, key_id = last.seal, self.sealer.active
        for number, row in enumerate(rows, start=last.number + 1):
            before = self.sealer.seal(Link(number, key_id, now), before, line_of(row))
            made.append({"number": number, "audit_id": row["id"], "key_id": key_id, "seal": before, "sealed_at": now})
        return made

    async def _look_back(self) -> None:
        """See that the chain still holds what this process saw of it; note its head in the log now and then.

        What is noted there is out of reach of whoever can write to the store.
        """
        known = self._known
        self._known = head = await self.head()
        if known is not None and head != known and not await self._holds(known):
            log.error("the chain of the audit was cut off or rewritten: it held this", extra={"head": str(known)})
        if head is not None and head.number != self._said and monotonic() - self._said_at >= _SAID_EVERY:
            self._said, self._said_at = head.number, monotonic()
            log.info("the audit is sealed up to here", extra={"head": str(head)})

    async def _holds(self, head: AuditHead) -> bool:
        async with self.store.reading() as session:
            return await session.scalar(select(seals.c.seal).where(seals.c.number == head.number)) == head.seal


async def last_of(session: AsyncSession) -> Last:
    """The end of the chain; number 0 before it begins."""
    found = (await session.execute(_LAST)).one_or_none()
    return Last(0, BEGINNING, None) if found is None else Last(found.number, found.seal, found.timestamp)


def _unsealed(since: datetime | None) -> Select[Any]:
    """Lines without a seal, the oldest first."""
    without = seals.c.number.is_(None)
    wanted = without if since is None else and_(without, logs.c.timestamp >= since)
    return (
        select(*ROW)
        .join_from(logs, seals, seals.c.audit_id == logs.c.id, isouter=True)
        .where(wanted)
        .order_by(logs.c.timestamp, logs.c.id)
        .limit(bindparam("most"))
    )
