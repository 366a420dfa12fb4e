"""Why an answer can be trusted: the lines under it, from what really happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from core.ask.present.filters import filter_words
from core.ask.present.visible import one_line
from core.chat import Fact, Facts
from core.engines.base import Rows
from core.locale import format_date, format_money, format_number, say
from core.locale.format import format_duration
from core.model.base import Usage
from core.sql.filters import Filter

WrittenBy = Literal["model", "built_in", "template", "earlier", "asker"]
"""Who wrote the SQL; "earlier" is an earlier answer that people found right, "asker" whoever typed SQL."""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What the road knows of an answer besides its rows."""

    tables: tuple[str, ...]
    """The tables read, as `core.schema.Table.id`."""
    filters: tuple[Filter, ...]
    ran_at: datetime
    """When the query was run; with a time zone."""
    timezone: str
    """The asker's, an IANA name."""
    written_by: WrittenBy
    """Who wrote the SQL."""
    writer: str = ""
    """The model's name or the template's; unused for the others."""
    read_as: str = ""
    """The question as the template has it, where it differs from the one asked."""
    values: tuple[tuple[str, str], ...] = ()
    """What the placeholders of the template were read as."""
    mended: tuple[tuple[str, str], ...] = ()
    """Names and values that were misspelt in the SQL and what they became, without a model."""
    repaired: bool = False
    """True when a second model call had to mend the SQL."""
    rewritten: bool = False
    """True when a second model call wrote this SQL because the first one's found nothing."""
    hidden: tuple[tuple[int, str], ...] = ()
    """Columns of the result that the readers may not see, by position, and what they come from."""
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = Decimal(0)
    """In US dollars; None when the model's price is not known."""


def facts_part(facts: AnswerFacts, rows: Rows, locale: str) -> Facts:
    """The facts in the reader's language, in the order people look for them."""
    return Facts(
        tuple(Fact(key, say(locale, f"present.fact.{key}"), value) for key, value in _values(facts, rows, locale))
    )


def _values(facts: AnswerFacts, rows: Rows, locale: str) -> Iterator[tuple[str, str]]:
    if facts.tables:
        yield "tables", ", ".join(one_line(table) for table in facts.tables)
    filters = "; ".join(filter_words(condition, locale) for condition in facts.filters)
    yield "filters", filters or say(locale, "present.fact_value.no_filters")
    cut = "present.fact_value.rows_cut" if rows.truncated else "present.fact_value.rows"
    yield "rows", say(locale, cut, rows=format_number(locale, len(rows.rows)))
    yield "ran_at", f"{format_date(locale, facts.ran_at, facts.timezone)} ({one_line(facts.timezone)})"
    yield "took", format_duration(locale, rows.seconds)
    yield "written_by", say(locale, f"present.fact_value.{facts.written_by}", name=one_line(facts.writer))
    if facts.read_as:
        yield "read_as", one_line(facts.read_as)
    if facts.values:
        yield "values", ", ".join(f"{one_line(name)} = {one_line(value)}" for name, value in facts.values)
    mended = [f"{one_line(wrong)} → {one_line(right)}" for wrong, right in facts.mended]
    if facts.repaired:
        mended.append(say(locale, "present.fact_value.repaired"))
    if facts.rewritten:
        mended.append(say(locale, "ask.rewritten_after_nothing"))
    if facts.hidden:
        yield "hidden", ", ".join(dict.fromkeys(one_line(source) for _, source in facts.hidden))
    if mended:
        yield "mended", ", ".join(mended)
    yield "cost", _cost(facts, locale)


def _cost(facts: AnswerFacts, locale: str) -> str:
    total = facts.usage.total_tokens
    if total == 0:
        return say(locale, "present.fact_value.no_tokens")
    numbers = {
        "total": format_number(locale, total),
        "prompt": format_number(locale, facts.usage.prompt_tokens),
        "completion": format_number(locale, facts.usage.completion_tokens),
    }
    if facts.cost is None:
        return say(locale, "present.fact_value.tokens_unpriced", **numbers)
    return say(locale, "present.fact_value.tokens", **numbers, cost=format_money(locale, facts.cost))
