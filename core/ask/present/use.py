"""What is counted of use, made into a reply: what matters in a sentence, limits as bars, trend, tables and facts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

from core.ask.present.plain import plain
from core.ask.present.trend import trend_words
from core.ask.present.use_tables import busiest, counted, limits_table, listing, models_table, week_table, who
from core.ask.present.visible import one_line
from core.chat import (
    Chart,
    Column,
    Fact,
    Facts,
    Meter,
    Meters,
    Notice,
    Part,
    Reply,
    Series,
    Table,
    Text,
    UsageWindow,
)
from core.figures import Dashboard, DayUse, Forecast, LimitLine, Listing, PersonUsage
from core.locale import format_date, format_money, format_number, say
from core.locale.format import format_day, weekday_name

POINTS = 31
"""Points of a trend, where a door can draw as many: a month of days. Of more days, whole weeks are drawn."""
_ROWS = 10
"""Rows of each table of a dashboard: of the longer ones, the largest. The CSV files have the rest."""
_UNUSUAL = 5
"""Days of unusual use that are told one by one."""
_NEAR = 0.8
"""From this share of a limit on, it is what matters most."""

_Measure = Literal["tokens", "cost", "questions"]


def usage_reply(
    usage: PersonUsage, locale: str, timezone: str | None = None, *, whose: str = "", points: int = POINTS
) -> Reply:
    """What one person has used. `timezone` is the reader's, else the calendar's; `whose` names somebody else."""
    parts: list[Part] = [Text(_said_of(whose, _what_matters(usage, locale, timezone), locale))]
    if usage.windows:
        parts.append(Meters(tuple(meter(window, locale, timezone or usage.timezone) for window in usage.windows)))
    parts += _trend(usage.days, ("tokens",), locale, points)
    if usage.models:
        parts.append(models_table(usage.models, locale, whole=False))
    facts = tuple(_person_facts(usage, locale))
    return _reply([*parts, Facts(facts)] if facts else parts, locale)


def dashboard_reply(dashboard: Dashboard, locale: str, *, points: int = POINTS) -> Reply:
    """Everybody's use, for administrators: unusual use first, then a sentence, the trend, figures and lists."""
    parts: list[Part] = [*_unusual_notice(dashboard, locale)]
    span = say(locale, f"usage.span.{dashboard.span}")
    if not dashboard.questions:
        return _reply([*parts, Text(say(locale, "usage.nobody", span=span))], locale)
    parts.append(Text(_everybody(dashboard, span, locale)))
    parts += _trend(dashboard.days, ("cost", "questions"), locale, points)
    parts.append(Facts(tuple(_dashboard_facts(dashboard, locale))))
    for what in ("people", "models", "databases", "topics", "questions", "failures"):
        parts += _listed(dashboard, what, locale)
    parts += _week(dashboard, locale)
    return _reply(parts, locale)


def limits_reply(limits: Sequence[LimitLine], locale: str) -> Reply:
    """The limits that administrators set."""
    return _reply([Text(say(locale, "usage.title.limits")), limits_table(limits, locale)], locale)


def meter(window: UsageWindow, locale: str, timezone: str) -> Meter:
    """One limit as a bar, in words, and when it starts again on the clock of `timezone`."""
    note = say(locale, "usage.meter.resets", time=format_date(locale, window.resets_at, timezone))
    if window.reserved:
        held = say(locale, "usage.meter.reserved", tokens=counted(locale, "tokens", window.reserved))
        note = f"{note}. {held}"
    numbers = {"used": format_number(locale, window.used), "limit": format_number(locale, window.limit)}
    if window.limit > 0:
        text = say(locale, "usage.meter.used", **numbers, percent=_window_percent(window, locale))
    else:
        text = say(locale, "usage.meter.none")
    return Meter(say(locale, f"usage.window.{window.name}"), window.used, window.limit, text, note)


def _reply(parts: Sequence[Part], locale: str) -> Reply:
    # In plain text a trend is one line: a list of its days would bury the rest.
    told = [Text(trend_words(part, locale)) if isinstance(part, Chart) else part for part in parts]
    return Reply("", tuple(parts), plain(told, locale), locale)


def _said_of(whose: str, text: str, locale: str) -> str:
    return say(locale, "usage.person", name=one_line(whose), text=text) if whose else text


def _what_matters(usage: PersonUsage, locale: str, timezone: str | None) -> str:
    told = [_nearest_limit(usage, locale, timezone or usage.timezone)]
    if not usage.questions and not usage.total_tokens and not any(window.used for window in usage.windows):
        return say(locale, "usage.nothing")
    if usage.questions and usage.free == usage.questions:
        told.append(say(locale, "usage.all_free", questions=counted(locale, "questions", usage.questions)))
    elif usage.forecast is not None and usage.forecast.cost > 0:
        told.append(say(locale, "usage.pace", **_forecast(usage.forecast, locale)))
    elif usage.cost > 0:
        told.append(say(locale, "usage.month_cost", cost=format_money(locale, usage.cost)))
    return " ".join(filter(None, told))


def _nearest_limit(usage: PersonUsage, locale: str, timezone: str) -> str:
    """The limit that stops first, when it is near; else how much of the month is used."""
    limited = [window for window in usage.windows if window.limit > 0]
    if not limited:
        return ""
    # Of several that are reached, the one that lasts longest.
    reached = [window for window in limited if window.used >= window.limit]
    if reached:
        time = format_date(locale, reached[-1].resets_at, timezone)
        return say(locale, f"usage.used_up.{reached[-1].name}", time=time)
    nearest = max(limited, key=lambda window: window.used / window.limit)
    told = nearest if nearest.used / nearest.limit >= _NEAR else limited[-1]
    window_words = say(locale, f"usage.window_of.{told.name}")
    return say(locale, "usage.share", percent=_window_percent(told, locale), window=window_words)


def _window_percent(window: UsageWindow, locale: str) -> str:
    percent = round(100 * window.used / window.limit)
    if window.used and not percent:
        return "<1%"
    # "100%" is kept for a limit that is reached: people read it as the end.
    return f"{format_number(locale, min(percent, 99) if window.used < window.limit else percent)}%"


def _percent(part: int | Decimal, whole: int | Decimal, locale: str) -> str:
    return f"{format_number(locale, round(100 * part / whole))}%"


def _forecast(forecast: Forecast, locale: str) -> dict[str, str]:
    return {name: format_money(locale, getattr(forecast, name)) for name in ("cost", "low", "high")}


def _person_facts(usage: PersonUsage, locale: str) -> Iterator[Fact]:
    if usage.average_tokens is not None:
        tokens = counted(locale, "tokens", usage.average_tokens)
        if usage.average_cost is None:
            yield _fact(locale, "average", tokens)
        else:
            cost = format_money(locale, usage.average_cost)
            yield _fact(locale, "average", say(locale, "usage.value.average", tokens=tokens, cost=cost))
    if usage.questions:
        yield _fact(locale, "cost", format_money(locale, usage.cost))
        yield from _forecast_fact(usage.forecast, locale)
        yield _free_fact(usage.free, usage.questions, locale)
    if usage.total_tokens:
        yield _fact(locale, "total", format_number(locale, usage.total_tokens))


def _dashboard_facts(board: Dashboard, locale: str) -> Iterator[Fact]:
    yield _fact(locale, "cost_span", format_money(locale, board.cost))
    if board.cost_before > 0:
        yield _fact(locale, "before", _compared(board, locale))
    yield from _forecast_fact(board.forecast, locale)
    yield _free_fact(board.free, board.questions, locale)
    yield _fact(locale, "failed", _share(board.failed, board.questions, locale))


def _compared(board: Dashboard, locale: str) -> str:
    cost = format_money(locale, board.cost_before)
    change = board.cost - board.cost_before
    percent = _percent(abs(change), board.cost_before, locale)
    if round(100 * change / board.cost_before) == 0:
        return cost
    return say(locale, "usage.value.more" if change > 0 else "usage.value.less", cost=cost, percent=percent)


def _forecast_fact(forecast: Forecast | None, locale: str) -> Iterator[Fact]:
    if forecast is not None:
        days = counted(locale, "days", forecast.days)
        yield _fact(locale, "forecast", say(locale, "usage.value.forecast", **_forecast(forecast, locale), days=days))


def _free_fact(free: int, questions: int, locale: str) -> Fact:
    return _fact(locale, "free", _share(free, questions, locale))


def _share(part: int, whole: int, locale: str) -> str:
    numbers = {"part": format_number(locale, part), "whole": format_number(locale, whole)}
    return say(locale, "usage.value.share", **numbers, percent=_percent(part, whole, locale))


def _fact(locale: str, key: str, value: str) -> Fact:
    return Fact(key, say(locale, f"usage.fact.{key}"), value)


def _everybody(board: Dashboard, span: str, locale: str) -> str:
    told = say(
        locale,
        "usage.everybody",
        people=counted(locale, "people", board.people_asking),
        questions=counted(locale, "questions", board.questions),
        span=span,
        tokens=counted(locale, "tokens", board.tokens),
        cost=format_money(locale, board.cost),
    )
    if board.forecast is None or board.forecast.cost <= 0:
        return told
    return f"{told} {say(locale, 'usage.pace', **_forecast(board.forecast, locale))}"


def _unusual_notice(board: Dashboard, locale: str) -> Iterator[Notice]:
    if not board.unusual:
        return
    lines = [
        say(
            locale,
            "usage.unusual.why",
            name=one_line(who(one.name, one.user_id, locale)),
            tokens=counted(locale, "tokens", one.tokens),
            day=format_date(locale, one.day),
            days=counted(locale, "days", one.days),
            usual=format_number(locale, one.usual),
            high=format_number(locale, one.high),
        )
        for one in board.unusual[:_UNUSUAL]
    ]
    if len(board.unusual) > _UNUSUAL:
        lines.append(say(locale, "usage.unusual.more", n=format_number(locale, len(board.unusual) - _UNUSUAL)))
    yield Notice("warning", "usage.unusual", say(locale, "usage.unusual.title"), "\n".join(lines))


def _trend(days: Sequence[DayUse], measures: Sequence[_Measure], locale: str, points: int) -> Iterator[Chart]:
    """The first measure that was used at all, day by day; week by week when there are many more days than points."""
    measure = next((name for name in measures if any(getattr(day, name) for day in days)), None)
    if measure is None or len(days) < 2:
        return
    by_week = len(days) > 2 * points
    kept = _weeks(days) if by_week else days[-points:]
    first, last = format_day(locale, kept[0].day), format_day(locale, days[-1].day)
    heading = say(locale, f"usage.column.{measure}")
    title = say(locale, "usage.weeks" if by_week else "usage.days", measure=heading, first=first, last=last)
    labels = tuple(format_day(locale, one.day) for one in kept)
    yield Chart("line", title, labels, (Series(heading, tuple(float(getattr(one, measure)) for one in kept)),))


def _weeks(days: Sequence[DayUse]) -> list[DayUse]:
    """Whole weeks of seven days that end with the last day; each is called by its first."""
    start = len(days) % 7
    return [_together(days[at].day, days[at : at + 7]) for at in range(start, len(days), 7)]


def _together(day: date, days: Sequence[DayUse]) -> DayUse:
    return DayUse(
        day,
        sum(one.questions for one in days),
        sum(one.tokens for one in days),
        sum((one.cost for one in days), Decimal(0)),
    )


_HIDDEN_COLUMNS: dict[Listing, tuple[int, ...]] = {"people": (1,)}
"""Columns that the CSV file has and a chat does without: e-mail addresses."""


def _listed(board: Dashboard, what: Listing, locale: str) -> Iterator[Part]:
    """The largest rows of a list under its heading; nothing of an empty one."""
    table = listing(board, what, locale)
    if not table.rows:
        return
    shown = _without(replace(table, rows=table.rows[:_ROWS]), _HIDDEN_COLUMNS.get(what, ()))
    heading = say(locale, f"usage.title.{what}")
    if len(table.rows) > _ROWS:
        numbers = {"shown": format_number(locale, _ROWS), "total": format_number(locale, len(table.rows))}
        heading = say(locale, "usage.more", title=heading, **numbers)
    yield Text(heading)
    yield shown


def _without(table: Table, hidden: Sequence[int]) -> Table:
    kept = [at for at in range(len(table.columns)) if at not in hidden]
    columns: tuple[Column, ...] = tuple(table.columns[at] for at in kept)
    return Table(columns, tuple(tuple(row[at] for at in kept) for row in table.rows), table.truncated)


def _week(board: Dashboard, locale: str) -> Iterator[Part]:
    most = busiest(board.hours)
    if most is None:
        return
    day, start, end = most
    weekday = weekday_name(locale, day)
    yield Text(say(locale, "usage.title.busiest", weekday=weekday, from_hour=start, to_hour=end))
    yield week_table(board.hours, locale)
