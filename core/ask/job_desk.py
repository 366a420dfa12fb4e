"""What a door may ask of the recurring jobs: `Service.jobs`. For administrators alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from core.ask.done import note_done
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.chat import Actor
from core.errors import BadEdit
from core.locale import format_number, reason_words, say
from core.people.permission import Resource, require
from core.people.person import Person
from core.records import JobDone, JobEnded, JobLine, JobRan
from core.storage.own_tables import JobRun

log = logging.getLogger(__name__)

_LATE = timedelta(minutes=10)
"""How late a run may be before it is overdue: a busy process begins one as late as that."""

_LONGEST_NAME = 100
"""Characters of an unknown name that an error says."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A recurring job, as `bot.wiring` hands it over: `core.upkeep`, which has the jobs, is above this room."""

    name: str
    every: Callable[[str], str]
    """When it runs, in words of a language."""
    after: Callable[[datetime], datetime]
    """Its first run after a moment."""
    run: Callable[[], Awaitable[JobEnded]]
    """Run it now."""


@notes_refusals
@dataclass(frozen=True)
class JobDesk:
    """The jobs as they ran last, whichever process it was, and running one by hand.

    Every method raises `NotAllowed` unless the actor is an administrator.
    """

    road: Road
    handles: tuple[Handle, ...] = ()
    _under_way: set[asyncio.Task[JobEnded]] = field(default_factory=set)

    async def list(self, actor: Actor) -> tuple[JobLine, ...]:
        """Every job, in the order in which they run in a day."""
        await self._administrator(actor)
        async with self.road.store.reading() as session:
            rows = {row.name: row for row in await session.scalars(select(JobRun))}
        now = self.road.clock()
        return tuple(_line(one, rows.get(one.name), actor.locale, now) for one in self.handles)

    async def run(self, actor: Actor, name: str, *, seconds: float | None = None) -> JobDone:
        """Run one now, unless another run of it is under way. That somebody did is in the audit.

        After so many `seconds` it is waited for no longer, and goes on by itself. Raises `BadEdit` (job.unknown).
        """
        person = await self._administrator(actor)
        handle = next((one for one in self.handles if one.name == name), None)
        if handle is None:
            raise BadEdit("job.unknown", name=name[:_LONGEST_NAME], names=", ".join(one.name for one in self.handles))
        await note_done(self.road, person, "job.ran", "job", name)
        task = asyncio.ensure_future(handle.run())
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=seconds)
        ran = task.result() if task.done() else None
        (line,) = [one for one in await self.list(actor) if one.name == name]
        return _done(ran, line, actor.locale)

    async def close(self) -> None:
        """End what is still under way. The next run does what this one left."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _ended(self, task: asyncio.Task[JobEnded]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            # Nobody may be waiting for it any more.
            log.error("a job that was run by hand failed unexpectedly", exc_info=bug)

    async def _administrator(self, actor: Actor) -> Person:
        person = await self.road.people.meet(actor)
        require(person, "administer", Resource("system"))
        return person


def _line(handle: Handle, row: JobRun | None, locale: str, now: datetime) -> JobLine:
    words, every = say(locale, f"jobs.name.{handle.name}"), handle.every(locale)
    if row is None:
        return JobLine(handle.name, words, every, handle.after(now), is_overdue=False, last=None)
    # What is past was noted before quieter runs, or by a process that is gone.
    following = row.next_at if row.next_at > now else handle.after(now)
    is_overdue = handle.after(row.started_at) + _LATE < now
    why = reason_words(locale, row.problem) if row.problem else ""
    last = JobRan(row.started_at, row.milliseconds, row.count, row.problem or "", why, row.process or "")
    return JobLine(handle.name, words, every, following, is_overdue, last)


def _done(ran: JobEnded | None, line: JobLine, locale: str) -> JobDone:
    if ran is None:
        return JobDone("under_way", say(locale, "jobs.under_way"), "", line)
    if ran.outcome == "failed":
        return JobDone("failed", reason_words(locale, ran.problem), ran.problem, line)
    if ran.outcome == "elsewhere":
        return JobDone("elsewhere", say(locale, "jobs.elsewhere"), "", line)
    count, ms = format_number(locale, ran.count), format_number(locale, ran.milliseconds)
    return JobDone("done", say(locale, "jobs.done", count=count, ms=ms), "", line)
