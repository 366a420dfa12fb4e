"""What an administrator sees of everybody at a glance."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select

from core.ask.road import Road
from core.chat import Actor, Overview
from core.people.permission import Resource, may
from core.storage.models import QueryAnalytics
from core.usage.windows import windows

_rows = QueryAnalytics.__table__.c


async def overview(road: Road, actor: Actor) -> Overview | None:
    """The figures, counted in the calendar of the quotas; None for whoever is no administrator."""
    person = await road.people.meet(actor)
    if not may(person, "administer", Resource("system")).allowed:
        return None
    starts: dict[str, datetime] = {window.name: window.start for window in windows(road.clock(), road.usage.zone)}
    today = _rows.timestamp >= starts["day"]
    async with road.store.reading() as session:
        found = (
            await session.execute(
                select(
                    _counted(today).label("today"),
                    _counted(today & ~_rows.success).label("failed"),
                    func.count(_rows.user_id.distinct()).label("people"),
                    func.coalesce(func.sum(_rows.total_tokens), 0).label("tokens"),
                    func.coalesce(func.sum(_rows.llm_cost_estimate), 0.0).label("cost"),
                ).where(_rows.timestamp >= _first(starts))
            )
        ).one()
    return Overview(int(found.today), int(found.failed), int(found.people), int(found.tokens), float(found.cost))


def _first(starts: dict[str, datetime]) -> datetime:
    return min(starts.values())


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
