"""Carries out a pass: asks batch by batch, keeps each answer with its tokens in one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from time import perf_counter

from core.audit.record import record
from core.catalog.catalog import Catalog, marks_of
from core.catalog.describe.answer import read_answer
from core.catalog.describe.plan import Batch, Plan, batched, make_plan
from core.catalog.describe.prompt import Item, prompt_of
from core.catalog.editing import keep_generated
from core.catalog.private import private_columns
from core.connections.connection import Connection
from core.errors import BadEdit, ModelFailed
from core.model.base import Completer, Usage, Written
from core.people.permission import require
from core.people.person import Person
from core.people.service_account import CATALOG, service_account
from core.schema import Documentation, Schema, Table
from core.storage.session import Store, persistently
from core.usage.cost_calculator import cost
from core.usage.token_usage_service import TokenUsage, TokenUsageService

PATIENCE = 180.0
"""Seconds for one answer: it may be twelve times as long as the answer to a question."""

_WORTH_ANOTHER_TRY = frozenset(
    {"model.down", "model.busy", "model.too_slow", "model.nonsense", "model.cut_off", "model.filtered"}
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a pass has kept so far, and what that took. Batches count when they are answered."""

    batches: int = 0
    tables: int = 0
    columns: int = 0
    tokens: int = 0
    usd: Decimal = field(default_factory=Decimal)


Tell = Callable[[Done], None]
"""Told after every call."""


@dataclass(slots=True)
class _Pass:
    """One pass under way."""

    person: Person
    connection: Connection
    schema: Schema
    tables: dict[str, Table]
    account: str
    tell: Tell
    done: Done = field(default_factory=Done)
    missing: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class Describer:
    """Describes the schemas of connections with a model."""

    store: Store
    catalog: Catalog
    usage: TokenUsageService
    model: Completer
    seconds: float = PATIENCE

    async def plan(
        self, person: Person, connection: Connection, *, again: bool = False, limit: int | None = None
    ) -> Plan:
        """What a pass would ask and cost; nothing is sent. Raises `NotAllowed`, and what reading a schema raises."""
        require(person, "manage", connection.resource)
        entry = await self.catalog.entry(connection)
        return await asyncio.to_thread(make_plan, entry, self.model.model, again=again, limit=limit)

    async def describe(self, person: Person, connection: Connection, plan: Plan, tell: Tell) -> Done:
        """Carry out a plan. What was kept stays kept, however it ends; `tell` hears of every batch.

        A batch that fails is tried once more, one whose answer was cut off in two halves. Names that an answer left
        out are asked about once more at the end. Raises `ModelFailed` when a batch failed twice, `NotAllowed`.
        """
        require(person, "manage", connection.resource)
        async with self.store.writing() as session:
            account = await service_account(session, CATALOG)
        tables = {table.id: table for table in plan.schema.tables}
        going = _Pass(person, connection, plan.schema, tables, account, tell)
        for batch in plan.batches:
            await self._batch(going, batch)
        missing, going.missing = going.missing, []
        for batch in batched(plan.schema.dialect, [list(own) for _, own in groupby(missing, lambda item: item.table)]):
            await self._last_time(going, batch)
        return going.done

    async def _batch(self, going: _Pass, batch: Batch) -> None:
        try:
            await self._ask(going, batch)
        except ModelFailed as failure:
            if failure.code not in _WORTH_ANOTHER_TRY:
                raise
            half = (len(batch) + 1) // 2 if failure.code == "model.cut_off" else len(batch)
            for part in filter(None, (batch[:half], batch[half:])):
                await self._ask(going, part)

    async def _last_time(self, going: _Pass, batch: Batch) -> None:
        try:
            await self._ask(going, batch)
        except ModelFailed as failure:
            # That nothing is said about names that were left out before says nothing against the rest.
            if failure.code != "model.nonsense":
                raise

    async def _ask(self, going: _Pass, batch: Batch) -> None:
        """One call, and one transaction that keeps what came of it."""
        items = await self._allowed(going, batch)
        if not items:
            return
        began = perf_counter()
        try:
            written = await self.model.complete(prompt_of(going.schema.dialect, items), self.seconds)
            found = read_answer(written.sql, items)
            if not found:
                raise ModelFailed("model.nonsense", model=written.model, usage=written.usage)
        except ModelFailed as failure:
            await self._record_failure(going, items, failure, perf_counter() - began)
            raise
        seconds = perf_counter() - began
        try:
            await persistently(lambda: self._keep(going, items, found, written, seconds))
        except BadEdit:
            # The connection was removed meanwhile: there is nothing to keep, but the tokens were spent.
            unkept = ModelFailed("catalog.not_read", model=written.model, usage=written.usage)
            await self._record_failure(going, items, unkept, seconds)
            raise
        told = {(each.table, each.column) for each in found}
        going.missing += [item for item in items if (item.table, item.column) not in told]
        columns = sum(bool(each.column) for each in found)
        _count(going, written.usage, written.model, batches=1, tables=len(found) - columns, columns=columns)

    async def _allowed(self, going: _Pass, batch: Batch) -> Batch:
        """Without what was marked private since the plan was made: a pass can take hours."""
        async with self.store.reading() as session:
            marks = await marks_of(session, going.connection.id)
        tables = tuple(going.tables[table] for table in dict.fromkeys(item.table for item in batch))
        private = private_columns(Schema(going.schema.dialect, tables), marks)
        return tuple(item for item in batch if (item.table, item.column) not in private)

    async def _keep(
        self, going: _Pass, items: Batch, found: Sequence[Documentation], written: Written, seconds: float
    ) -> None:
        async with self.store.writing() as session:
            about, tokens = _about(going, items), _reported(written.usage)
            await self.usage.record_call(session, going.account, about, tokens, written.model, seconds=seconds)
            await keep_generated(session, going.connection, going.schema, found)
            columns = sum(bool(each.column) for each in found)
            counts = {"tables": len(found) - columns, "columns": columns, "tokens": written.usage.total_tokens}
            new = {**counts, "model": written.model}
            await record(session, "catalog.described", "connection", going.connection.id, by=going.person.id, new=new)

    async def _record_failure(self, going: _Pass, items: Batch, failure: ModelFailed, seconds: float) -> None:
        """Tokens were spent, whatever became of them."""
        usage, model = failure.details.get("usage"), str(failure.details.get("model", self.model.model))
        if not isinstance(usage, Usage):
            return

        async def record() -> None:
            async with self.store.writing() as session:
                about, tokens = _about(going, items), _reported(usage)
                await self.usage.record_call(
                    session, going.account, about, tokens, model, seconds=seconds, error=failure.code
                )

        await persistently(record)
        _count(going, usage, model)


def _count(going: _Pass, usage: Usage, model: str, *, batches: int = 0, tables: int = 0, columns: int = 0) -> None:
    done = going.done
    going.done = replace(
        done,
        batches=done.batches + batches,
        tables=done.tables + tables,
        columns=done.columns + columns,
        tokens=done.tokens + usage.total_tokens,
        usd=done.usd + cost(model, usage.prompt_tokens, usage.completion_tokens).usd,
    )
    going.tell(going.done)


def _about(going: _Pass, items: Batch) -> str:
    return f"describe {going.connection.name}: {len(items)} names from {items[0].name}"


def _reported(usage: Usage) -> TokenUsage:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }
