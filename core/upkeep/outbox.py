"""Old messages leave the outbox."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.storage import outbox
from core.storage.session import Store
from core.usage.windows import windows

KEPT = timedelta(days=30)
"""As long as events are kept: enough to see what was said when somebody asks."""


async def clear_outbox(store: Store, now: datetime, zone: ZoneInfo) -> int:
    """Delete messages that were due long ago. Counts them.

    Whoever looks whether something was told in a calendar month finds its row: none of the month that `now` is in goes,
    although that may be longer than `KEPT`.
    """
    _, _, month = windows(now, zone)
    async with store.writing() as session:
        return await outbox.purge(session, min(now - KEPT, month.start))
