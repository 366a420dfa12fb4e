"""A run in words and tables, for whoever reads it: what matters in a sentence, the figures, what failed and how."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from core.ask.present.plain import plain
from core.ask.present.visible import one_line
from core.chat import Cell, Column, ColumnKind, Fact, Facts, Notice, Part, Reply, Table, Text
from core.evaluation.figures import Totals, by, failures, totals, writers
from core.evaluation.runs import Difference, Run
from core.locale import format_money, format_number, reason_words, say
from core.locale.format import format_duration

_FAILED, _CHANGED = 5, 100
"""Ids of a kind of failure, and of what changed, that are listed: all are in the file of the run."""


def report(run: Run, planned: int, locale: str, change: Difference | None = None) -> Reply:
    """A run of so many planned questions; `change` is its difference to an earlier one."""
    parts: list[Part] = []
    if not run.complete:
        numbers = {"asked": format_number(locale, len(run.questions)), "planned": format_number(locale, planned)}
        parts.append(Notice("warning", "evaluation.part", say(locale, "evaluation.part", **numbers)))
    if run.questions:
        parts += _told(run, locale)
    if change is not None:
        parts += _changes(change, locale)
    return Reply("", tuple(parts), plain(parts, locale), locale)


def _told(run: Run, locale: str) -> Iterator[Part]:
    found = totals(run.questions)
    yield Text(say(locale, "evaluation.accuracy", **_share(found, locale)))
    yield Facts(tuple(_facts(run, found, locale)))
    failed = failures(run.questions)
    if failed:
        yield Text(say(locale, "evaluation.title.failures"))
        kinds: dict[str, ColumnKind] = {
            "failure": "text", "code": "text", "questions": "integer", "ids": "text", "reason": "text",
        }  # fmt: skip
        rows = [
            (
                say(locale, f"evaluation.verdict.{one.verdict}"), one.code or None, len(one.ids),
                _ids(one.ids, _FAILED, locale), reason_words(locale, one.code) if one.code else None,
            )
            for one in failed
        ]  # fmt: skip
        yield _table(locale, kinds, rows)
    yield from _parted(run, "difficulty", locale)
    yield from _parted(run, "connection", locale)


def _facts(run: Run, found: Totals, locale: str) -> Iterator[Fact]:
    def fact(name: str, value: str) -> Fact:
        return Fact(name, say(locale, f"evaluation.fact.{name}"), value)

    measure = "any_column_order" if run.any_column_order else "in_place"
    yield fact("measure", say(locale, f"evaluation.measure.{measure}"))
    if found.same_set != found.right:
        share = percent(found.set_accuracy, locale)
        yield fact("as_bird", f"{share} ({format_number(locale, found.same_set)})")
    yield fact("tokens", say(locale, "evaluation.tokens", **_tokens(found, locale)))
    yield fact("cost", format_money(locale, found.cost))
    times = {"median": format_duration(locale, found.median), "p95": format_duration(locale, found.p95)}
    yield fact("time", say(locale, "evaluation.times", **times))
    wrote = writers(run.questions)
    if wrote:
        told = ", ".join(f"{one_line(name)} {format_number(locale, count)}" for name, count in wrote)
        yield fact("writers", told)


def _parted(run: Run, what: Literal["connection", "difficulty"], locale: str) -> Iterator[Part]:
    """The figures of each, where there are several."""
    found = by(run.questions, what)
    if len(found) < 2:
        return
    yield Text(say(locale, f"evaluation.title.{what}"))
    kinds: dict[str, ColumnKind] = {
        what: "text", "accuracy": "text", "right": "integer", "questions": "integer", "tokens": "integer",
        "cost": "text", "median": "text",
    }  # fmt: skip
    rows = [
        (
            name or say(locale, f"evaluation.no_{what}"), percent(one.accuracy, locale), one.right, one.questions,
            one.prompt_tokens + one.completion_tokens, format_money(locale, one.cost),
            format_duration(locale, one.median),
        )
        for name, one in found
    ]  # fmt: skip
    yield _table(locale, kinds, rows)


def _changes(change: Difference, locale: str) -> Iterator[Part]:
    both = change.now.questions
    yield Text(say(locale, "evaluation.title.against", questions=format_number(locale, both)))
    if not change.alike:
        yield Notice("warning", "evaluation.unlike", say(locale, "evaluation.unlike"))
    if both:
        rows = [
            (say(locale, f"evaluation.row.{name}"), before, now, difference)
            for name, before, now, difference in _beside(change.before, change.now, locale)
        ]
        yield _table(locale, {"figure": "text", "before": "text", "now": "text", "change": "text"}, rows)
    facts = [
        Fact(
            name,
            say(locale, f"evaluation.fact.{name}"),
            f"{format_number(locale, len(ids))}: {_ids(ids, _CHANGED, locale)}",
        )
        for name, ids in (("better", change.better), ("worse", change.worse))
        if ids
    ]
    facts += [
        Fact(name, say(locale, f"evaluation.fact.{name}"), format_number(locale, count))
        for name, count in (("only_now", change.only_now), ("only_before", change.only_before))
        if count
    ]
    if facts:
        yield Facts(tuple(facts))


def _beside(before: Totals, now: Totals, locale: str) -> Iterator[tuple[str, str, str, str]]:
    """Each figure: its name, what it was, what it is, the change."""
    points = (now.accuracy - before.accuracy) * 100
    shares = [percent(one.accuracy, locale) for one in (before, now)]
    yield "accuracy", shares[0], shares[1], _signed(points, format_number(locale, abs(points), 1))
    for name in ("right", "same_set", "prompt_tokens", "completion_tokens"):
        one, other = getattr(before, name), getattr(now, name)
        change = _signed(other - one, format_number(locale, abs(other - one)))
        yield name, format_number(locale, one), format_number(locale, other), change
    cost = now.cost - before.cost
    money = [format_money(locale, one) for one in (before.cost, now.cost, abs(cost))]
    yield "cost", money[0], money[1], _signed(cost, money[2])
    for name in ("median", "p95"):
        one, other = getattr(before, name), getattr(now, name)
        change = _signed(other - one, format_duration(locale, abs(other - one)))
        yield name, format_duration(locale, one), format_duration(locale, other), change


def _signed(change: Decimal | float, size: str) -> str:
    """The size of a change with its sign; a change of nothing has none."""
    return f"+{size}" if change > 0 else f"-{size}" if change < 0 else size


def percent(share: float, locale: str) -> str:
    """A share with one decimal: "84.0%"."""
    return f"{format_number(locale, share * 100, 1)}%"


def _ids(ids: Sequence[str], most: int, locale: str) -> str:
    shown = ", ".join(one_line(one) for one in ids[:most])
    more = len(ids) - most
    return shown if more <= 0 else say(locale, "evaluation.more_ids", ids=shown, more=format_number(locale, more))


def _share(found: Totals, locale: str) -> dict[str, str]:
    return {
        "percent": percent(found.accuracy, locale),
        "right": format_number(locale, found.right),
        "questions": format_number(locale, found.questions),
    }


def _tokens(found: Totals, locale: str) -> dict[str, str]:
    return {
        "prompt": format_number(locale, found.prompt_tokens),
        "completion": format_number(locale, found.completion_tokens),
        "each": format_number(locale, round((found.prompt_tokens + found.completion_tokens) / found.questions)),
    }


def _table(locale: str, kinds: dict[str, ColumnKind], rows: Sequence[tuple[Cell, ...]]) -> Table:
    columns = tuple(Column(say(locale, f"evaluation.column.{name}"), kind) for name, kind in kinds.items())
    return Table(columns, tuple(rows))
