"""The recurring jobs of a serving process. Each is a function of the core; one line here says when it runs."""

import logging
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.wiring import House
from core.errors import StoreFailed
from core.upkeep.alerts import watch_alerts
from core.upkeep.audit import seal_audit
from core.upkeep.outbox import clear_outbox
from core.upkeep.quotas import reset_quotas
from core.upkeep.schemas import refresh_schemas
from core.upkeep.sessions import clear_sign_ins, close_sessions

log = logging.getLogger(__name__)


_LATE = 600
"""Seconds that a job may begin late, when the loop was busy at its time; within one it would be left out."""


def start(house: House) -> AsyncIOScheduler:
    """Start the jobs in the running loop. Shut the scheduler down before the house is closed."""
    road, zone = house.road, house.settings.zone
    # That a run is left out because the one before goes on is as it should be, and no news every five seconds.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(
        timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _LATE}
    )
    often, now_and_then, seldom = IntervalTrigger(seconds=5), IntervalTrigger(minutes=3), IntervalTrigger(minutes=10)
    on_the_hour = CronTrigger(minute=0, timezone=zone)
    at_night = CronTrigger(hour=3, minute=30, timezone=zone)

    def every(trigger: BaseTrigger, name: str, work: Callable[[], Awaitable[int]]) -> None:
        scheduler.add_job(_job(name, work), trigger, id=name)

    every(often, "recover_questions", house.service.recover)
    every(often, "send_announcements", house.announcements.send_due)
    every(often, "seal_audit", lambda: seal_audit(road.sealing, road.refusals, road.clock()))
    every(now_and_then, "watch_alerts", lambda: watch_alerts(road.analytics))
    every(seldom, "refresh_schemas", lambda: refresh_schemas(road))
    every(on_the_hour, "reset_quotas", lambda: reset_quotas(road.usage))
    every(now_and_then, "close_sessions", lambda: close_sessions(road.store, road.clock()))
    every(at_night, "clear_sign_ins", lambda: clear_sign_ins(road.store, road.clock()))
    every(at_night, "clear_outbox", lambda: clear_outbox(road.store, road.clock(), zone))
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
