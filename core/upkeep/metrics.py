"""Measures of how it goes: taken every minute, thinned to one an hour after two days, gone after a period that is set.

They are of the whole installation, from the store: whichever process comes first takes them, once for each minute. Only
memory is of that process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean, quantiles
from typing import Any, Literal, cast

import psutil
from sqlalchemy import Table, delete, func, select

from core.ask.retention import METRICS_DAYS, METRICS_DAYS_DEFAULT
from core.config import read
from core.ids import metric_id
from core.storage.deleting import delete_in_batches
from core.storage.models import PerformanceMetric, QueryAnalytics
from core.storage.own_tables import InboxItem
from core.storage.session import Store, insert_if_absent, persistently

EVERY = timedelta(minutes=1)
WHOLE = timedelta(days=2)
"""How long each measure is kept as it was taken."""

_SETTLED = timedelta(seconds=5)
"""A minute is measured so long after its end: an answer bears the moment at which its transaction began."""

_WAITS_AT_MOST = timedelta(days=1)
"""Nobody waits longer for an answer. What is open for longer is of a door that is gone, such as a closed terminal."""

_ROWS_A_RUN = 24 * 60 * 7

_rows = cast("Table", PerformanceMetric.__table__)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: how it is called, in what, and what stands for many of them: their sum, or their mean."""

    name: str
    unit: str
    together: Literal["sum", "mean"]


MEASURES = (
    Measure("questions", "questions", "sum"),
    Measure("failures", "questions", "sum"),
    Measure("tokens", "tokens", "sum"),
    Measure("seconds_median", "seconds", "mean"),
    Measure("seconds_p95", "seconds", "mean"),
    Measure("queue", "questions", "mean"),
    Measure("memory", "bytes", "mean"),
)
"""All that is taken. Times are of the questions that were answered within the minute, and left out without any."""


async def sample_metrics(store: Store, now: datetime) -> int:
    """Take each measure of the last full minute, unless another process has. Counts what it took."""
    until = (now - _SETTLED).replace(second=0, microsecond=0)
    async with store.reading() as session:
        answered = (
            await session.execute(
                select(QueryAnalytics.success, QueryAnalytics.execution_time, QueryAnalytics.total_tokens).where(
                    QueryAnalytics.timestamp >= until - EVERY, QueryAnalytics.timestamp < until
                )
            )
        ).all()
        waiting = select(func.count()).where(
            InboxItem.state.in_(("accepted", "claimed")), InboxItem.accepted_at > now - _WAITS_AT_MOST
        )
        queue = await session.scalar(waiting) or 0
    taken = {
        "questions": len(answered),
        "failures": sum(not row.success for row in answered),
        "tokens": sum(row.total_tokens or 0 for row in answered),
        "queue": queue,
        "memory": psutil.Process().memory_info().rss,
        **_times([row.execution_time for row in answered]),
    }
    done = 0
    async with store.writing() as session:
        for measure in MEASURES:
            if measure.name in taken:
                done += await insert_if_absent(
                    session,
                    PerformanceMetric,
                    id=metric_id(measure.name, f"minute {until.isoformat()}"),
                    metric_name=measure.name,
                    metric_value=float(taken[measure.name]),
                    metric_unit=measure.unit,
                    timestamp=until - EVERY,
                )
    return done


def _times(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    cuts = quantiles(seconds, n=20) if len(seconds) > 1 else [seconds[0]] * 19
    return {"seconds_median": cuts[9], "seconds_p95": cuts[18]}


async def thin_metrics(store: Store, now: datetime) -> int:
    """Let one row stand for each hour's measures that are older than `WHOLE`, and delete what is too old. Counts both.

    An hour is thinned once: the row that stands for it says of how many it is.
    """
    done = 0
    async with store.reading() as session:
        days = await read(session, METRICS_DAYS, METRICS_DAYS_DEFAULT)
    for measure in MEASURES:
        done += await _thinned(store, measure, _full_hour(now - WHOLE))
        old = (_rows.c.metric_name == measure.name) & (_rows.c.timestamp < now - timedelta(days=days))
        done += await delete_in_batches(store, PerformanceMetric, old)
    return done


async def _thinned(store: Store, measure: Measure, until: datetime) -> int:
    whole = (
        select(_rows.c.id, _rows.c.metric_value, _rows.c.timestamp)
        .where(_rows.c.metric_name == measure.name, _rows.c.timestamp < until, _rows.c.additional_data.is_(None))
        .order_by(_rows.c.timestamp)
        .limit(_ROWS_A_RUN)
    )
    async with store.reading() as session:
        found = (await session.execute(whole)).all()
    hours = [(hour, list(rows)) for hour, rows in groupby(found, key=lambda row: _full_hour(row.timestamp))]
    if len(found) == _ROWS_A_RUN:
        hours = hours[:-1]  # the limit may have cut it: the next run has it whole
    done = 0
    for hour, of_hour in hours:

        async def thin(hour: datetime = hour, of_hour: Sequence[Any] = of_hour) -> None:
            await _thin(store, measure, hour, of_hour)

        await persistently(thin)
        done += len(of_hour)
    return done


async def _thin(store: Store, measure: Measure, hour: datetime, rows: Sequence[Any]) -> None:
    values = [row.metric_value for row in rows]
    async with store.writing() as session:
        await session.execute(delete(_rows).where(_rows.c.id.in_([row.id for row in rows])))
        await insert_if_absent(
            session,
            PerformanceMetric,
            id=metric_id(measure.name, hour.isoformat()),
            metric_name=measure.name,
            metric_value=sum(values) if measure.together == "sum" else fmean(values),
            metric_unit=measure.unit,
            timestamp=hour,
            additional_data={"of": len(values), "least": min(values), "most": max(values)},
        )


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
