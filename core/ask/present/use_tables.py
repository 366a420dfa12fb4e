"""The lists of use as tables, whole: headings in the reader's language, cells as `core.chat.Cell`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from core.ask.present.visible import one_line
from core.chat import Cell, Column, ColumnKind, Table
from core.figures import Dashboard, DayUse, HourUse, LimitLine, Listing, ModelUse, NamedUse
from core.locale import format_number, reason_words, say
from core.locale.format import weekday_name
from core.usage.limits import ROLES

_PLACES = Decimal("0.00000001")
"""A hundred-millionth of a dollar: a token of the cheapest model costs more."""
_HOURS = 3
"""Hours of a column of the week's pattern: eight columns fit a chat."""


def listing(dashboard: Dashboard, what: Listing, locale: str) -> Table:
    """One list of a dashboard. `limits` is none of them: see `limits_table`."""
    return _LISTINGS[what](dashboard, locale)


def days_table(days: Sequence[DayUse], locale: str) -> Table:
    """Each day, the oldest first."""
    rows = [(one.day.isoformat(), one.questions, one.tokens, money(one.cost)) for one in days]
    return _table(locale, {"day": "date", "questions": "integer", "tokens": "integer", "cost": "decimal"}, rows)


def models_table(models: Sequence[ModelUse], locale: str, *, whole: bool = True) -> Table:
    """Each model; not `whole`: without what only administrators ask for."""
    kinds: dict[str, ColumnKind] = {"model": "text", "questions": "integer", "tokens": "integer", "cost": "decimal"}
    more: dict[str, ColumnKind] = {"failed": "integer", "repaired": "integer", "seconds": "float"}
    rows = [
        (
            model_name(one.model, locale), one.questions, one.tokens, money(one.cost),
            one.failed, one.repaired, None if one.seconds is None else round(one.seconds, 3),
        )
        for one in models
    ]  # fmt: skip
    return _table(locale, kinds | more, rows) if whole else _table(locale, kinds, [row[: len(kinds)] for row in rows])


def limits_table(limits: Sequence[LimitLine], locale: str) -> Table:
    """The limits that are set; an empty cell takes that of the next wider subject."""
    rows = [(subject_name(one, locale), one.hour, one.day, one.month) for one in limits]
    kinds: dict[str, ColumnKind] = {"limit_hour": "integer", "limit_day": "integer", "limit_month": "integer"}
    return _table(locale, {"whom": "text", **kinds}, rows)


def week_table(hours: Iterable[HourUse], locale: str) -> Table:
    """Questions by weekday and part of the day: a row a weekday, a column each three hours."""
    counts = buckets(hours)
    heads = [f"{start}–{start + _HOURS}" for start in range(0, 24, _HOURS)]
    columns = (Column(say(locale, "usage.column.weekday")), *(Column(head, "integer") for head in heads))
    rows: list[tuple[Cell, ...]] = [
        (weekday_name(locale, day), *(counts.get((day, start), 0) for start in range(0, 24, _HOURS)))
        for day in range(7)
    ]
    return Table(columns, tuple(rows))


def busiest(hours: Iterable[HourUse]) -> tuple[int, int, int] | None:
    """The weekday and the three hours with the most questions: (weekday, first hour, hour after the last)."""
    counts = buckets(hours)
    if not any(counts.values()):
        return None
    day, start = max(counts, key=lambda bucket: counts[bucket])
    return day, start, start + _HOURS


def buckets(hours: Iterable[HourUse]) -> dict[tuple[int, int], int]:
    """Questions by weekday and the first of three hours."""
    counts: dict[tuple[int, int], int] = {}
    for one in hours:
        bucket = one.weekday, one.hour // _HOURS * _HOURS
        counts[bucket] = counts.get(bucket, 0) + one.questions
    return counts


def money(amount: Decimal) -> str:
    """US dollars as the exact digits of a cell."""
    text = f"{amount.quantize(_PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def model_name(model: str, locale: str) -> str:
    """What people call it: the built-in writer and templates have words."""
    return say(locale, f"usage.model.{model}") if model in ("built-in", "template") else model


def role_name(role: str, locale: str) -> str:
    """What people call a role."""
    return say(locale, f"usage.role.{role}") if role in ROLES else role


def subject_name(line: LimitLine, locale: str) -> str:
    """Whom a limit is for."""
    name = role_name(line.id, locale) if line.subject == "role" else line.name or line.id
    return say(locale, f"usage.subject.{line.subject}", name=name)


def limits_words(line: LimitLine, locale: str) -> str:
    """One subject's own limits in a sentence, and what holds where there is none."""
    own = {"hour": line.hour, "day": line.day, "month": line.month}
    told = [
        say(locale, f"usage.own.{window}", tokens=counted(locale, "tokens", tokens))
        for window, tokens in own.items()
        if tokens is not None
    ]
    shown = ", ".join(told) or say(locale, "usage.no_limits")
    sentence = say(locale, "usage.limits", whom=one_line(subject_name(line, locale)), limits=shown)
    if len(told) == len(own):
        return sentence
    return f"{sentence} {say(locale, 'usage.rest_everyone' if line.subject == 'everyone' else 'usage.rest')}"


def counted(locale: str, what: Literal["questions", "people", "tokens", "days"], number: int) -> str:
    """So many of something: "1 question", "12 questions"."""
    return say(locale, f"usage.{'one' if number == 1 else 'many'}.{what}", n=format_number(locale, number))


def _people(board: Dashboard, locale: str) -> Table:
    rows = [
        (one.name, one.email or None, one.questions, one.failed, one.tokens, money(one.cost)) for one in board.people
    ]
    return _table(locale, {"person": "text", "email": "text", **_COUNTED}, rows)


def _named(board: Dashboard, locale: str, what: str, named: Sequence[NamedUse]) -> Table:
    rows = [(one.name, one.questions, one.failed, one.tokens, money(one.cost)) for one in named]
    return _table(locale, {what: "text", **_COUNTED}, rows)


def _questions(board: Dashboard, locale: str) -> Table:
    rows = [(one.question, one.times, one.people, one.tokens) for one in board.questions_asked]
    kinds: dict[str, ColumnKind] = {"times": "integer", "people": "integer", "tokens": "integer"}
    return _table(locale, {"question": "text", **kinds}, rows)


def _failures(board: Dashboard, locale: str) -> Table:
    zone = ZoneInfo(board.timezone)
    rows = [
        (reason_words(locale, one.code), one.questions, one.people, _clock(one.last, zone)) for one in board.failures
    ]
    kinds: dict[str, ColumnKind] = {"questions": "integer", "people": "integer", "last": "datetime"}
    return _table(locale, {"reason": "text", **kinds}, rows)


def _hours(board: Dashboard, locale: str) -> Table:
    rows = [(weekday_name(locale, one.weekday), one.hour, one.questions) for one in board.hours]
    return _table(locale, {"weekday": "text", "hour": "integer", "questions": "integer"}, rows)


def _unusual(board: Dashboard, locale: str) -> Table:
    rows = [
        (one.day.isoformat(), who(one.name, one.user_id, locale), one.tokens, one.usual, one.high, one.days)
        for one in board.unusual
    ]
    kinds: dict[str, ColumnKind] = {"tokens": "integer", "usual": "integer", "high": "integer", "days": "integer"}
    return _table(locale, {"day": "date", "person": "text", **kinds}, rows)


def who(name: str, user_id: str | None, locale: str) -> str:
    """A person's name; without one, everybody together."""
    return say(locale, "usage.together") if user_id is None else name


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")


def _table(locale: str, kinds: dict[str, ColumnKind], rows: Sequence[tuple[Cell, ...]]) -> Table:
    columns = tuple(Column(say(locale, f"usage.column.{name}"), kind) for name, kind in kinds.items())
    return Table(columns, tuple(rows))


_COUNTED: dict[str, ColumnKind] = {
    "questions": "integer",
    "failed": "integer",
    "tokens": "integer",
    "cost": "decimal",
}

_LISTINGS: dict[Listing, Callable[[Dashboard, str], Table]] = {
    "days": lambda board, locale: days_table(board.days, locale),
    "people": _people,
    "models": lambda board, locale: models_table(board.models, locale),
    "databases": lambda board, locale: _named(board, locale, "databases", board.databases),
    "topics": lambda board, locale: _named(board, locale, "topics", board.topics),
    "questions": _questions,
    "failures": _failures,
    "hours": _hours,
    "unusual": _unusual,
}
