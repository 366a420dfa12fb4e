"""What is used, by whom and for what, how it goes on, and what is unusual about it.

Figures are counted when they are asked for, from one narrow table in the order of time (docs/decisions/0016): what they
cost grows with the days that are looked at, not with the history. The parts of a dashboard are counted at once in
sessions of their own, so a question that is settled meanwhile may be in one list and not yet in another.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import Executable

from core.figures import Dashboard, DayUse, Forecast, PersonUsage, QuestionUse, Span, Unusual
from core.storage.session import Store
from core.usage import counting, folding, unusual
from core.usage.calendar import Calendar, moment_of
from core.usage.details import dollars
from core.usage.folding import Rows
from core.usage.forecast import HISTORY, forecast
from core.usage.token_usage_service import TokenUsageService

MOST = 50
"""Lines of each list of a dashboard."""

MOST_IN_A_FILE = 10_000
"""Lines of a list that is taken along."""

TREND = 30
"""Days of a person's trend."""

RECENT = 7
"""Days that are looked at for unusual use, today the last: older ones were told of on their day."""

_TOGETHER = 2
"""Parts of a dashboard that are counted at once: the others' questions need the store's connections too."""

_CANDIDATES = 40
"""People whose days are compared with their days before."""

_AROUND = 14
"""Days that tell who they are."""

_BACK = max(HISTORY, unusual.HISTORY + RECENT - 1)
"""Days before today that a dashboard needs, whatever its span."""

_IN_ORDER = text("SET LOCAL random_page_cost = 1.1")
"""Rows lie in the order of time, which PostgreSQL does not see in an index of several columns: of a long span it would
read all that there ever was."""

_SPANS = {"week": 7, "quarter": 90}

_IDS = 500
"""Ids in one statement."""

_NOBODY = ".invalid"
"""How the address of somebody ends for whom none was vouched (RFC 2606)."""


@dataclass(frozen=True)
class AnalyticsService:
    """The figures of the people in `store`, in the calendar and by the clock of `usage`."""

    store: Store
    usage: TokenUsageService
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_TOGETHER), repr=False, compare=False)

    async def person(self, user_id: str) -> PersonUsage:
        """What one person has used; of somebody who never asked, nothing."""
        now = self._now()
        past, month = self._last(now, HISTORY), self._since(now, now.date().replace(day=1))
        theirs = {"person": user_id}
        windows = (await self.usage.check_rate_limit(user_id))["windows"]
        async with self.store.reading() as session:
            by_day = await _rows(session, counting.by_day_of_person(past.offsets), past, theirs)
            kinds = folding.fold_kinds(await _rows(session, counting.BY_KIND_OF_PERSON, month, theirs))
            times = await _rows(session, counting.TIMES_OF_PERSON, month, theirs)
            earlier = await _rows(session, counting.EARLIER_OF_PERSON, past, theirs)
            total = await session.scalar(counting.TOTAL_OF_PERSON, theirs)
        days, called = folding.every_day(by_day, past), kinds.called
        return PersonUsage(
            windows=windows,
            questions=kinds.every.questions,
            tokens=kinds.every.tokens,
            cost=dollars(kinds.every.nano),
            total_tokens=int(total or 0),
            average_tokens=round(called.tokens / called.questions) if called.questions else None,
            average_cost=dollars(round(called.nano / called.questions)) if called.questions else None,
            free=kinds.free,
            days=days[-TREND:],
            models=folding.models(kinds, times),
            forecast=_forecast(now, past, days, known_before=bool(earlier)),
            timezone=self.usage.zone.key,
        )

    async def dashboard(self, span: Span = "month", most: int = MOST) -> Dashboard:
        """Everybody's use; at most `most` lines a list."""
        now = self._now()
        today = now.date()
        since = today.replace(day=1) if span == "month" else today - timedelta(days=_SPANS[span] - 1)
        before = since - (today - since) - timedelta(days=1)
        inside, past = self._since(now, since), self._since(now, min(before, today - timedelta(days=_BACK)))
        reading = asyncio.gather(
            self._read(counting.BY_KIND, inside),
            self._read(counting.BY_SLOT, past),
            self._read(counting.BY_PERSON, inside),
            self._read(counting.FAILURES, inside),
            self._read(counting.TIMES, inside),
            self._read(counting.EARLIER, past),
        )
        repeated, odd_people, read = await asyncio.gather(
            self._repeated(inside, most), self._unusual_people(now, RECENT), reading
        )
        by_kind, slots, by_person, failures, times, earlier = read
        kinds, days = folding.fold_kinds(by_kind), folding.fold_days(slots, past)
        largest = folding.largest(by_person, most)
        names = await self._names([row[0] for row in largest])
        databases = await self._databases(list(kinds.databases))
        return Dashboard(
            span=span,
            since=since,
            until=today,
            questions=kinds.every.questions,
            failed=kinds.every.failed,
            free=kinds.free,
            people_asking=sum(1 for row in by_person if row[1]),
            tokens=kinds.every.tokens,
            cost=dollars(kinds.every.nano),
            cost_before=sum((one.cost for one in days if before <= one.day < since), Decimal(0)),
            forecast=_forecast(now, past, days, known_before=bool(earlier)),
            days=tuple(one for one in days if one.day >= since),
            people=folding.people(largest, names),
            models=folding.models(kinds, times)[:most],
            databases=folding.databases(kinds, databases)[:most],
            topics=folding.topics(kinds, databases)[:most],
            hours=folding.fold_hours(slots, inside),
            questions_asked=repeated,
            failures=folding.failures(failures)[:most],
            unusual=_in_order((*_unusual_together(days, RECENT), *odd_people)),
            timezone=self.usage.zone.key,
        )

    async def month(self) -> tuple[Decimal, Forecast | None]:
        """What everybody together has cost this calendar month so far, and will have cost at its end."""
        now = self._now()
        past = self._last(now, HISTORY)
        slots, earlier = await asyncio.gather(self._read(counting.BY_SLOT, past), self._read(counting.EARLIER, past))
        days = folding.fold_days(slots, past)
        return folding.spent_in_month(days, now.date()), _forecast(now, past, days, known_before=bool(earlier))

    async def unusual_today(self) -> tuple[Unusual, ...]:
        """Whose use of today is unusual by now: everybody's together first, then people's, the largest first."""
        now = self._now()
        past = self._last(now, unusual.HISTORY)
        slots, people = await asyncio.gather(self._read(counting.BY_SLOT, past), self._unusual_people(now, 1))
        return _in_order((*_unusual_together(folding.fold_days(slots, past), 1), *people))

    def _now(self) -> datetime:
        return self.usage.clock().astimezone(self.usage.zone)

    def _since(self, now: datetime, first: date) -> Calendar:
        return Calendar(self.usage.zone, first, now.date())

    def _last(self, now: datetime, days: int) -> Calendar:
        """Today and so many days before."""
        return self._since(now, now.date() - timedelta(days=days))

    async def _read(self, statement: Executable, stretch: Calendar) -> Rows:
        async with self._reading() as session:
            return await _rows(session, statement, stretch, {})

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        """A session for one part of a dashboard, when it is its turn."""
        async with self._room, self.store.reading() as session:
            if self.store.dialect == "postgresql":
                await session.execute(_IN_ORDER)
            yield session

    async def _repeated(self, inside: Calendar, most: int) -> tuple[QuestionUse, ...]:
        """The questions that were asked more than once, as one of those who asked them wrote it."""
        async with self._reading() as session:
            times = dict(map(tuple, await _rows(session, counting.REPEATED, inside, {"most": most})))
            details: dict[int, Sequence[Any]] = {}
            texts: dict[str, str] = {}
            for some in _parted(list(times)):
                for question, *rest in await _rows(session, counting.REPEATED_BY, inside, {"questions": some}):
                    details[question] = rest
            for some in _parted([sample for *_, sample in details.values()]):
                texts.update(map(tuple, await session.execute(counting.SAMPLES, {"ids": some})))
        return tuple(
            QuestionUse(texts.get(sample, ""), count, people, tokens)
            for question, count in times.items()
            for people, tokens, sample in (details[question],)
        )

    async def _unusual_people(self, now: datetime, recent: int) -> tuple[Unusual, ...]:
        """People's unusual days among the last `recent`, of those with the largest days."""
        around, past = self._last(now, _AROUND - 1), self._last(now, unusual.HISTORY + recent - 1)
        wanted = {"recent": around.days[1] - recent, "most": _CANDIDATES}
        async with self._reading() as session:
            ids = [one for (one,) in await _rows(session, counting.candidates(around.offsets), around, wanted)]
            if not ids:
                return ()
            days = await _rows(session, counting.days_of_people(past.offsets), past, {"ids": ids})
        first, end = past.days
        used = {one: [0] * (end - first) for one in ids}
        for one, day, tokens in days:
            used[one][int(day) - first] = tokens
        odd = [
            (one, *found) for one, tokens in used.items() for found in folding.unusual_days(tokens, now.date(), recent)
        ]
        names = await self._names({one for one, *_ in odd})
        return tuple(
            Unusual(one, names.get(one, ("", ""))[0], day, tokens, what.usual, what.high, what.days)
            for one, day, tokens, what in odd
        )

    async def _names(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Name and address of people, whether or not they are active."""
        found = await self._named(counting.PEOPLE, list(ids))
        return {one: (name, "" if email.endswith(_NOBODY) else email) for one, name, email in found}

    async def _databases(self, ids: Sequence[str]) -> dict[str, str]:
        """The names that connections have now; those that were removed have none."""
        return dict(map(tuple, await self._named(counting.CONNECTIONS, ids)))

    async def _named(self, statement: Executable, ids: Sequence[str]) -> Rows:
        if not ids:
            return ()
        async with self._reading() as session:
            return [row for some in _parted(ids) for row in await session.execute(statement, {"ids": some})]


async def _rows(
    session: AsyncSession, statement: Executable, stretch: Calendar, parameters: Mapping[str, object]
) -> Rows:
    found = await session.execute(statement, {"first": stretch.start, "end": stretch.end, **parameters})
    return found.all()


def _parted(ids: Sequence[object]) -> Iterable[Sequence[object]]:
    return (ids[start : start + _IDS] for start in range(0, len(ids), _IDS))


def _forecast(now: datetime, past: Calendar, days: Sequence[DayUse], *, known_before: bool) -> Forecast | None:
    """By the days up to today, the last one; those before the first use are no history."""
    used = (at for at, day in enumerate(days[:-1]) if day.questions or day.tokens)
    first = 0 if known_before else next(used, len(days) - 1)
    today = now.date()
    begins, ends = moment_of(past.slot_at(today)), moment_of(past.end)
    passed = (now - begins) / (ends - begins)
    return forecast(today, folding.spent_in_month(days, today), passed, [day.cost for day in days[first:-1]])


def _unusual_together(days: Sequence[DayUse], recent: int) -> Iterable[Unusual]:
    tokens = [day.tokens for day in days]
    for day, used, what in folding.unusual_days(tokens, days[-1].day, recent):
        yield Unusual(None, "", day, used, what.usual, what.high, what.days)


def _in_order(found: Iterable[Unusual]) -> tuple[Unusual, ...]:
    """The last day first; of a day everybody together first, then people, the largest first."""
    return tuple(
        sorted(found, key=lambda one: (-one.day.toordinal(), one.user_id is not None, -one.tokens, one.user_id or ""))
    )
