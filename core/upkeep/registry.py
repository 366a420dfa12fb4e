"""All recurring jobs, each with when it runs and what it does."""

from core.ask.announce import Announcements
from core.ask.road import Road
from core.ask.service import Service
from core.upkeep import retention
from core.upkeep.alerts import watch_alerts
from core.upkeep.archive import Archive
from core.upkeep.audit import seal_audit
from core.upkeep.jobs import Job, When
from core.upkeep.marks import continued
from core.upkeep.metrics import EVERY, sample_metrics, thin_metrics
from core.upkeep.outbox import clear_outbox
from core.upkeep.quotas import reset_quotas
from core.upkeep.results import forget_results
from core.upkeep.schedules import run_schedules
from core.upkeep.schemas import refresh_schemas
from core.upkeep.sessions import close_sessions

_OFTEN = When(seconds=5)
_NOW_AND_THEN = When(seconds=180)
_SELDOM = When(seconds=600)
_RESULTS = "forget_results"


def jobs(road: Road, service: Service, announcements: Announcements, archive: Archive) -> tuple[Job, ...]:
    """The jobs of a serving process. Those of the night come one after another, in the hour when nobody asks."""
    store, clock, zone = road.store, road.clock, road.usage.zone
    return (
        Job("recover_questions", _OFTEN, service.recover, in_turn=False),
        Job("send_announcements", _OFTEN, announcements.send_due, in_turn=False),
        Job("run_schedules", _OFTEN, lambda: run_schedules(road, service), in_turn=False),
        Job("seal_audit", _OFTEN, lambda: seal_audit(road.sealing, road.refusals, clock())),
        Job("sample_metrics", When(seconds=int(EVERY.total_seconds())), lambda: sample_metrics(store, clock())),
        Job("watch_alerts", _NOW_AND_THEN, lambda: watch_alerts(road.analytics)),
        Job("close_sessions", _NOW_AND_THEN, lambda: close_sessions(store, clock())),
        Job("refresh_schemas", _SELDOM, lambda: refresh_schemas(road)),
        Job("reset_quotas", When(minute=0), lambda: reset_quotas(road.usage)),
        Job("delete_refresh_tokens", When(hour=3, minute=10), lambda: retention.delete_refresh_tokens(store, clock())),
        Job("delete_user_sessions", When(hour=3, minute=15), lambda: retention.delete_user_sessions(store, clock())),
        Job("delete_events", When(hour=3, minute=20), lambda: retention.delete_events(store, clock(), archive)),
        Job(
            "forget_results",
            When(hour=3, minute=30),
            lambda: continued(store, "forget_results", forget_results, clock()),
        ),
        Job("delete_messages", When(hour=3, minute=40), lambda: retention.delete_messages(store, clock(), archive)),
        Job("thin_metrics", When(hour=3, minute=50), lambda: thin_metrics(store, clock())),
        Job("clear_outbox", When(hour=4, minute=0), lambda: clear_outbox(store, clock(), zone)),
        Job("delete_addresses", When(hour=4, minute=5), lambda: retention.delete_addresses(store, clock())),
    )
