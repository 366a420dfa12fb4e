"""What a recurring job is, and how one is run: on one process at a time, and so that administrators see how it went."""

import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from sqlalchemy import update

from core.errors import ColloqueryError, StoreFailed
from core.records import JobEnded
from core.storage.locks import held
from core.storage.own_tables import JobRun
from core.storage.session import Store, insert_if_absent, persistently

log = logging.getLogger(__name__)

_NOTED_EVERY = timedelta(minutes=1)
"""A job that runs every few seconds and finds nothing to do is noted no more often."""

_LONGEST_HOST = 64
"""Characters of the machine's name that are noted: no system gives it more."""


@dataclass(frozen=True, slots=True)
class When:
    """When a job runs: every so many `seconds`; or at a `minute` of every hour, or of one `hour` of each day."""

    seconds: int | None = None
    hour: int | None = None
    minute: int = 0

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The next run after a moment; hours are those of `zone`."""
        if self.seconds is not None:
            return moment + timedelta(seconds=self.seconds)
        local = moment.astimezone(zone)
        step = timedelta(hours=1) if self.hour is None else timedelta(days=1)
        hour = local.hour if self.hour is None else self.hour
        following = local.replace(hour=hour, minute=self.minute, second=0, microsecond=0)
        return following if following > local else following + step


@dataclass(frozen=True, slots=True)
class Job:
    """A recurring job: its name, when it runs, and what it does, which counts what was done.

    It may run at any moment and twice: a lock keeps it to one process at a time, but a broken line gives the lock up.
    """

    name: str
    when: When
    work: Callable[[], Awaitable[int]]
    in_turn: bool = True
    """Runs under the lock. Not so what takes up the work of dead processes, whose rows are claimed one by one: were it
    held by a process that is stopped and not dead, nobody would."""


class Runner:
    """Runs jobs and notes how each went. One a process."""

    def __init__(
        self,
        store: Store,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        told: Callable[[Job, JobEnded], None] | None = None,
    ) -> None:
        """`told` hears how each run went."""
        self._store = store
        self._zone = zone
        self._clock = clock
        self._told = told
        self._noted: dict[str, datetime] = {}
        self._process = f"{socket.gethostname()[:_LONGEST_HOST]}:{os.getpid()}"

    async def run(self, job: Job, *, by_hand: bool = False) -> JobEnded:
        """Run it, unless another process is at it. What the store or our own code refuses is in `JobEnded` and in the
        log; a bug of ours raises.

        `by_hand`: somebody wants to see how it goes. It is noted in any case, and its next run stays when it was.
        """
        ran = await self._run(job, by_hand)
        if self._told is not None:
            self._told(job, ran)
        return ran

    async def _run(self, job: Job, by_hand: bool) -> JobEnded:
        began, at = perf_counter(), self._clock()
        try:
            async with held(self._store, f"job.{job.name}") if job.in_turn else nullcontext(True) as taken:
                if not taken:
                    return JobEnded("elsewhere")
                count = await job.work()
                ran = JobEnded("done", count, round((perf_counter() - began) * 1000))
                await self._note(job, at, ran, by_hand)
        except ColloqueryError as failure:
            ran = JobEnded("failed", 0, round((perf_counter() - began) * 1000), failure.code)
            log.warning("job failed", extra={"job": job.name, "code": failure.code})
            await self._note_failure(job, at, ran, by_hand)
            return ran
        level = logging.INFO if ran.count else logging.DEBUG
        log.log(level, "job done", extra={"job": job.name, "count": ran.count, "ms": ran.milliseconds})
        return ran

    async def _note_failure(self, job: Job, at: datetime, ran: JobEnded, by_hand: bool) -> None:
        try:
            await self._note(job, at, ran, by_hand)
        except StoreFailed:
            # It is the store that is away: the log has it, and the next run tries again.
            log.debug("a failed job could not be noted", extra={"job": job.name})

    async def _note(self, job: Job, at: datetime, ran: JobEnded, by_hand: bool) -> None:
        before = self._noted.get(job.name)
        is_news = by_hand or ran.outcome == "failed" or ran.count > 0
        if not is_news and before is not None and at - before < _NOTED_EVERY:
            return
        noted = {
            "started_at": at,
            "milliseconds": ran.milliseconds,
            "count": ran.count,
            "problem": ran.problem or None,
            "process": self._process,
        }
        following = {"next_at": job.when.after(self._clock(), self._zone)}

        async def write() -> None:
            async with self._store.writing() as session:
                if not await insert_if_absent(session, JobRun, name=job.name, **noted, **following):
                    changed = noted if by_hand else {**noted, **following}
                    await session.execute(update(JobRun).where(JobRun.name == job.name).values(**changed))

        await persistently(write)
        self._noted[job.name] = at
