"""How far a job has come that goes through a table once, over many runs."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import select, update

from core.storage.own_tables import JobRun
from core.storage.session import Store, insert_if_absent

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

GoOn = Callable[[Store, datetime, datetime], Awaitable[tuple[int, datetime]]]
"""Works from a moment on (the last argument), at a time; how much was done, and up to which moment."""


async def continued(store: Store, job: str, go_on: GoOn, now: datetime) -> int:
    """Go on from where the last run of a job ended, and note where this one does. Counts what was done.

    A run that fails leaves the mark where it was: what it did is looked at once more.
    """
    async with store.reading() as session:
        stored = await session.scalar(select(JobRun.mark).where(JobRun.name == job))
    before = datetime.fromisoformat(stored) if stored else _BEGINNING
    done, after = await go_on(store, now, before)
    if after != before:
        async with store.writing() as session:
            new = {"started_at": now, "milliseconds": 0, "count": 0, "next_at": now, "mark": after.isoformat()}
            if not await insert_if_absent(session, JobRun, name=job, **new):
                await session.execute(update(JobRun).where(JobRun.name == job).values(mark=after.isoformat()))
    return done
