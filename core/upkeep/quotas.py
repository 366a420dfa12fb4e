"""The quotas' windows open again."""

from core.ids import event_id
from core.storage.base import utc_now
from core.storage.models import Event
from core.storage.session import insert_if_absent
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import windows


async def reset_quotas(tokens: TokenUsageService) -> int:
    """Open the new windows: free reservations whose lease has passed, record each window that began. Counts these.

    What is used is counted from each window's own start, so limits are right even when this never runs. The record's
    id is computed from the window, so that of many replicas one writes it.
    """
    await tokens.sweep()
    now, opened = tokens.clock(), 0
    async with tokens.store.writing() as session:
        for window in windows(now, tokens.zone):
            opened += await insert_if_absent(
                session,
                Event,
                id=event_id("quota.reset", window.name, window.start.isoformat()),
                event_type="quota.reset",
                event_data={"window": window.name, "start": window.start.isoformat(), "end": window.end.isoformat()},
                timestamp=utc_now(),
            )
    return opened
