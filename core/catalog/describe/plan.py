"""What a pass over a schema will ask and cost, before anything is sent. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.catalog.describe.prompt import OUTPUT_ESTIMATE, Item, beside, items_of, prompt_of
from core.catalog.entry import CatalogEntry
from core.schema import Schema
from core.tokens import count
from core.usage.cost_calculator import cost

MOST_PROMPT = 1_500
"""Tokens of one prompt."""
MOST_ITEMS = 20
"""Names of one prompt: what an answer of `prompt.MOST_OUTPUT` tokens has room for."""

_SLACK = 20
"""Tokens left free: lines are counted one by one, and a text can take a little more than its lines."""

Batch = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The batches of a pass, and what they take."""

    schema: Schema = field(repr=False)
    model: str
    batches: tuple[Batch, ...] = field(repr=False)
    tables: int
    """Tables that something is asked about."""
    names: int
    """Tables and columns that are asked about."""
    prompt_tokens: int
    """Counted."""
    output_tokens: int
    """Estimated."""
    usd: Decimal
    """The price of both."""


def make_plan(entry: CatalogEntry, model: str, *, again: bool = False, limit: int | None = None) -> Plan:
    """The pass over what has no documentation yet, over at most `limit` tables.

    With `again` also over what a model wrote; what a person wrote is never asked about. Private columns never are.
    """
    told = {(each.table, each.column) for each in entry.documentation if not (again and each.by == "model")}
    tables: list[list[Item]] = []
    for table in entry.schema.tables:
        wanted = [item for item in items_of(table, entry.private) if (item.table, item.column) not in told]
        if wanted:
            tables.append(wanted)
        if limit is not None and len(tables) >= limit:
            break
    batches = tuple(batched(entry.schema.dialect, tables))
    prompts = [prompt_of(entry.schema.dialect, batch) for batch in batches]
    prompt_tokens = sum(prompt.tokens for prompt in prompts)
    output_tokens = sum(len(batch) * OUTPUT_ESTIMATE for batch in batches)
    return Plan(
        schema=entry.schema,
        model=model,
        batches=batches,
        tables=len(tables),
        names=sum(map(len, batches)),
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        usd=cost(model, prompt_tokens, output_tokens).usd,
    )


def batched(dialect: str, tables: Iterable[list[Item]]) -> Iterator[Batch]:
    """The items of tables in batches within both limits; a table that fits into one batch is not parted."""
    room = MOST_PROMPT - beside(dialect) - _SLACK
    batch: list[Item] = []
    used = 0
    for table in tables:
        sizes = [count(f"{item.line}\n") for item in table]
        fits_one = len(table) <= MOST_ITEMS and sum(sizes) <= room
        if batch and fits_one and (len(batch) + len(table) > MOST_ITEMS or used + sum(sizes) > room):
            yield tuple(batch)
            batch, used = [], 0
        for item, size in zip(table, sizes, strict=True):
            if batch and (len(batch) == MOST_ITEMS or used + size > room):
                yield tuple(batch)
                batch, used = [], 0
            batch.append(item)
            used += size
    if batch:
        yield tuple(batch)
