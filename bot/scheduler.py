"""The recurring jobs of a serving process. Each is a function of the core; one line here says when it runs."""

import logging
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.wiring import House
from core.errors import StoreFailed
from core.upkeep import reset_quotas

log = logging.getLogger(__name__)


def start(house: House) -> AsyncIOScheduler:
    """Start the jobs in the running loop. Shut the scheduler down before the house is closed."""
    scheduler = AsyncIOScheduler(timezone=house.settings.zone)
    on_the_hour = CronTrigger(minute=0, timezone=house.settings.zone)
    often = IntervalTrigger(seconds=5)
    scheduler.add_job(_job("reset quotas", lambda: reset_quotas(house.road.usage)), on_the_hour, id="reset_quotas")
    scheduler.add_job(_job("recover questions", house.service.recover), often, id="recover_questions")
    scheduler.start()
    return scheduler


def _job(name: str, work: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            count = await work()
        except StoreFailed as failure:
            # The next run tries again; a store that is away must not end the schedule.
            log.warning("job failed", extra={"job": name, "code": failure.code})
        else:
            log.debug("job done", extra={"job": name, "count": count})

    return run
