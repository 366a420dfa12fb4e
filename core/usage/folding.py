"""Counted rows folded into figures: by day, by hour, by model, by database and topic. Pure.

Rows are those of `core.usage.counting`, in the order of its columns: there are thousands, so they are taken apart once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any, TypeVar

from core.figures import DayUse, FailureUse, HourUse, ModelUse, NamedUse, PersonUse
from core.usage import unusual
from core.usage.calendar import HOUR, Calendar, day_of, moment_of, weekday_and_hour
from core.usage.cost_calculator import FREE_MODELS
from core.usage.details import dollars

Rows = Sequence[Any]
Key = TypeVar("Key")


@dataclass(slots=True)
class Sum:
    """Questions, tokens and cost (in billionths of a dollar) of many rows."""

    questions: int = 0
    failed: int = 0
    repaired: int = 0
    tokens: int = 0
    nano: int = 0


@dataclass(slots=True)
class Kinds:
    """The rows by kind, added up in every way that is asked for."""

    every: Sum = field(default_factory=Sum)
    called: Sum = field(default_factory=Sum)
    """Questions for which a model was called; only of one person's rows, where calls that answer nobody are apart."""
    free: int = 0
    """Questions answered without one."""
    models: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    databases: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    topics: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    names: dict[str, str] = field(default_factory=dict)
    """What a database was called when it was asked."""


def fold_kinds(rows: Rows) -> Kinds:
    """Add the rows by kind up."""
    found = Kinds()
    for connection, name, topic, model, calls, error, questions, tokens, nano in rows:
        into = [found.every]
        if model is not None:
            into.append(found.models[model])
        if model is not None and model not in FREE_MODELS:
            into += [found.called] if questions else []
        elif error is None:
            found.free += questions
        if connection is not None:
            into.append(found.databases[connection])
            found.names[connection] = name or ""
            if topic is not None:
                into.append(found.topics[connection, topic])
        failed = questions if error is not None else 0
        repaired = questions if calls > 1 else 0
        for one in into:
            one.questions += questions
            one.failed += failed
            one.repaired += repaired
            one.tokens += tokens
            one.nano += nano
    return found


def fold_days(rows: Rows, stretch: Calendar) -> tuple[DayUse, ...]:
    """Every day of the stretch, the first one first, of rows by slot."""
    by_day: dict[int, list[int]] = {}
    for slot, questions, tokens, nano in rows:
        found = by_day.setdefault(stretch.day(slot), [0, 0, 0])
        found[0] += questions
        found[1] += tokens
        found[2] += nano
    return every_day(((day, *found) for day, found in by_day.items()), stretch)


def every_day(rows: Iterable[Any], stretch: Calendar) -> tuple[DayUse, ...]:
    """The same of rows by day; a day without one has zeros."""
    found = {int(day): rest for day, *rest in rows}
    nothing = (0, 0, 0)
    counted = ((day, found.get(day, nothing)) for day in range(*stretch.days))
    return tuple(DayUse(day_of(day), questions, tokens, dollars(nano)) for day, (questions, tokens, nano) in counted)


def fold_hours(rows: Rows, inside: Calendar) -> tuple[HourUse, ...]:
    """Hours of the week with questions, Monday's midnight first. `rows` may begin before `inside`."""
    counts = Counter[int]()
    for slot, questions, *_ in rows:
        if slot >= inside.start:
            counts[inside.local(slot) // HOUR] += questions
    week = Counter[tuple[int, int]]()
    for hour, questions in counts.items():
        week[weekday_and_hour(hour)] += questions
    return tuple(HourUse(weekday, hour, questions) for (weekday, hour), questions in sorted(week.items()) if questions)


def models(kinds: Kinds, times: Rows) -> tuple[ModelUse, ...]:
    """By model, the dearest first; questions that came to no writer, and SQL that people typed, have none."""
    milliseconds: dict[str, list[int]] = defaultdict(list)
    for model, taken in times:
        milliseconds[model].append(taken)
    return tuple(
        ModelUse(
            model=model,
            questions=one.questions,
            tokens=one.tokens,
            cost=dollars(one.nano),
            failed=one.failed,
            repaired=one.repaired,
            seconds=median(milliseconds[model]) / 1000 if milliseconds[model] else None,
        )
        for model, one in sorted(kinds.models.items(), key=lambda item: (-item[1].nano, -item[1].questions, item[0]))
    )


def databases(kinds: Kinds, now: Mapping[str, str]) -> tuple[NamedUse, ...]:
    """By database, by the name it has now, else by the last it had; the most asked first."""
    return _named((now.get(one, kinds.names[one]), found) for one, found in kinds.databases.items())


def topics(kinds: Kinds, now: Mapping[str, str]) -> tuple[NamedUse, ...]:
    """By table; where two databases have one of the same name, with the database's. The most asked first."""
    alike = Counter(topic for _, topic in kinds.topics)
    return _named(
        (topic if alike[topic] == 1 else f"{topic} ({now.get(one, kinds.names[one])})", found)
        for (one, topic), found in kinds.topics.items()
    )


def _named(found: Iterable[tuple[str, Sum]]) -> tuple[NamedUse, ...]:
    lines = [NamedUse(name, one.questions, one.failed, one.tokens, dollars(one.nano)) for name, one in found]
    return tuple(sorted(lines, key=lambda line: (-line.questions, -line.tokens, line.name)))


def largest(people: Rows, most: int) -> Rows:
    """The rows of the people who cost most, the dearest first."""
    return sorted(people, key=lambda row: (-row[4], -row[3], -row[1], row[0]))[:most]


def people(rows: Rows, names: Mapping[str, tuple[str, str]]) -> tuple[PersonUse, ...]:
    """The rows with names and addresses, in the same order."""
    return tuple(
        PersonUse(one, *names.get(one, ("", "")), questions, int(failed), int(tokens), dollars(int(nano)))
        for one, questions, failed, tokens, nano in rows
    )


def failures(rows: Rows) -> tuple[FailureUse, ...]:
    """By reason, the most frequent first."""
    found = [FailureUse(code, questions, people, moment_of(last)) for code, questions, people, last in rows]
    return tuple(sorted(found, key=lambda one: (-one.questions, one.code)))


def spent_in_month(days: Sequence[DayUse], today: date) -> Decimal:
    """What the days of today's month have cost."""
    return sum((one.cost for one in days if one.day >= today.replace(day=1)), Decimal(0))


def unusual_days(tokens: Sequence[int], last: date, recent: int) -> Iterable[tuple[date, int, unusual.Usual]]:
    """The unusual ones among the last `recent` days, and what was usual before. `tokens` are up to the day `last`."""
    for back in range(recent):
        at = len(tokens) - 1 - back
        used, before = tokens[at], tokens[max(0, at - unusual.HISTORY) : at]
        if not used or sum(1 for one in before if one >= used) > 1:
            continue
        what = unusual.usual(before)
        if what is not None and used > what.high:
            yield last - timedelta(days=back), used, what
