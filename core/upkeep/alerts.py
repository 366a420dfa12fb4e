"""Administrators are told of cost and unusual use."""

from core.figures import AlertRules
from core.storage.session import persistently
from core.usage import alerts
from core.usage.alerts import MonthSoFar
from core.usage.analytics_service import AnalyticsService
from core.usage.windows import windows


async def watch_alerts(analytics: AnalyticsService) -> int:
    """Put into the outbox what the rules say is to be told and was not told yet. Counts it.

    Nothing is counted where nobody is to be told.
    """
    store, now = analytics.store, analytics.usage.clock()
    async with store.reading() as session:
        rules = await alerts.rules(session)
    if not rules.to:
        return 0
    month = await _month(analytics, rules)
    unusual = await analytics.unusual_today() if rules.unusual else ()
    found = alerts.findings(rules, month, unusual)
    return await persistently(lambda: alerts.tell(store, rules, found, now))


async def _month(analytics: AnalyticsService, rules: AlertRules) -> MonthSoFar | None:
    if not rules.thresholds:
        return None
    usage = analytics.usage
    now = usage.clock()
    _, _, span = windows(now, usage.zone)
    cost, forecast = await analytics.month()
    elapsed = (now - span.start) / (span.end - span.start)
    return MonthSoFar(span.start.astimezone(usage.zone).date(), elapsed, cost, forecast)
