"""A scheduled question stops by itself, and whom it concerns is told: once, because it is paused once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from core.ask.schedule_rows import owner_names, question_of
from core.audit.record import record
from core.chat import Place
from core.ids import notice_id
from core.storage import outbox
from core.storage.own_tables import Schedule
from core.usage import alerts
from core.usage.notices import SchedulePaused, content_to_json

FAILED = "schedule.failed"
"""The code of why one is paused that gave no result several times in a row: its owner's business alone."""


async def pause_by_itself(
    session: AsyncSession, row: Schedule, why: str, platforms: Collection[str], now: datetime
) -> None:
    """Pause it, `why` being a code, within the caller's transaction, which holds the row.

    Its owner is told directly, where their platform (one of `platforms`) can be told to post; somebody who was
    deactivated is told nothing. Unless it just failed, administrators are told where alerts go.
    """
    if row.next_at is None:
        return
    row.next_at, row.paused_why, row.changed_at = None, why, now
    await record(session, "schedule.paused", "schedule", row.id, by=None, new={"why": why}, at=now)
    name = (await owner_names(session, [row])).get(row.owner_id, "")
    content = content_to_json(SchedulePaused(row.title, name, why))

    async def tell(place: Place, user_id: str | None) -> None:
        item = notice_id("schedule_paused", row.id, now.isoformat(), place.platform, place.workspace, place.channel)
        await outbox.put(
            session, item_id=item, place=place, content=content, due_at=now, now=now, user_id=user_id
        )  # fmt: skip

    asker = question_of(row).actor
    if asker.platform in platforms:
        await tell(Place(asker.platform, asker.workspace, asker.id, thread=""), row.owner_id)
    if why != FAILED:
        for to in (await alerts.rules(session)).to:
            await tell(alerts.place_of(to), await alerts.person_of(session, to))
