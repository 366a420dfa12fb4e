"""The recurring jobs as `Service.jobs` is given them: when each runs, in words, and running one by hand."""

from collections.abc import Iterable
from functools import partial
from zoneinfo import ZoneInfo

from core.ask.job_desk import Handle
from core.locale import say
from core.upkeep.jobs import Job, Runner, When


def handles(jobs: Iterable[Job], runner: Runner, zone: ZoneInfo) -> tuple[Handle, ...]:
    """A handle of each, in their order; hours are those of `zone`."""
    return tuple(
        Handle(
            job.name,
            partial(every, job.when, zone),
            partial(job.when.after, zone=zone),
            partial(runner.run, job, by_hand=True),
        )
        for job in jobs
    )


def every(when: When, zone: ZoneInfo, locale: str) -> str:
    """When a job runs, in words of a language."""
    if when.seconds is not None:
        minutes, seconds = divmod(when.seconds, 60)
        if seconds:
            return say(locale, "jobs.every.seconds", n=when.seconds)
        return say(locale, "jobs.every.minute" if minutes == 1 else "jobs.every.minutes", n=minutes)
    if when.hour is None:
        return say(locale, "jobs.every.hour", minute=f"{when.minute:02}")
    return say(locale, "jobs.every.day", time=f"{when.hour:02}:{when.minute:02}", zone=zone.key)
