"""The recurring jobs of a serving process, on APScheduler. What they are is in `core.upkeep.registry`."""

import logging
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.wiring import House
from core.records import JobEnded
from core.upkeep.archive import Archive
from core.upkeep.jobs import Job, Runner, When
from core.upkeep.registry import jobs

_LATE = 600
"""Seconds that a job may begin late, when the loop was busy at its time; within one it would be left out."""


def start(house: House, told: Callable[[Job, JobEnded], None] | None = None) -> AsyncIOScheduler:
    """Start the jobs in the running loop; `told` hears of each run. Shut it down before the house is closed."""
    # That a run is left out because the one before goes on is as it should be, and no news every five seconds.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(
        timezone=house.settings.zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _LATE}
    )
    runner = runner_of(house, told)
    for job in jobs_of(house):
        scheduler.add_job(_running(runner, job), _trigger(house, job.when), id=job.name)
    scheduler.start()
    return scheduler


def jobs_of(house: House) -> tuple[Job, ...]:
    """The jobs of a house."""
    return jobs(house.road, house.service, house.announcements, Archive(house.settings.archive_dir))


def runner_of(house: House, told: Callable[[Job, JobEnded], None] | None = None) -> Runner:
    """What runs them and notes how it went."""
    return Runner(house.store, house.settings.zone, house.road.clock, told)


def _running(runner: Runner, job: Job) -> Callable[[], Awaitable[JobEnded]]:
    async def run() -> JobEnded:
        return await runner.run(job)

    return run


def _trigger(house: House, when: When) -> BaseTrigger:
    if when.seconds is not None:
        return IntervalTrigger(seconds=when.seconds)
    return CronTrigger(hour=when.hour, minute=when.minute, timezone=house.settings.zone)
