"""What the steps of the road share: the rooms they use, the question being answered, what it has cost so far."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from core.ask.journal import Journal
from core.ask.linkers import Linkers
from core.audit.chain import Sealer
from core.audit.refusals import Refusals
from core.audit.sealing import Sealing
from core.catalog.catalog import Catalog
from core.chat import Question, Reply, Step
from core.connections.connections import Connections
from core.engines.base import Limits
from core.engines.databases import Databases
from core.errors import ColloqueryError
from core.model.base import Usage, Writer
from core.people.people import People
from core.people.person import Person
from core.storage.session import Store
from core.templates.templates import Templates
from core.usage.analytics_service import AnalyticsService
from core.usage.cost_calculator import cost
from core.usage.token_usage_service import TokenUsageService

Progress = Callable[[Step], None]
"""Told of every step as it begins."""


@dataclass(frozen=True)
class Road:
    """The rooms a question walks through, assembled by `bot.wiring`."""

    store: Store
    people: People
    connections: Connections
    catalog: Catalog
    linkers: Linkers
    databases: Databases
    templates: Templates
    writer: Writer
    fallback: Writer | None
    """Writes at 0 tokens when a limit does not cover the model; None when `writer` costs nothing itself."""
    usage: TokenUsageService
    limits: Limits
    clock: Callable[[], datetime]
    announcing: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """The platforms that can be told to post without a question, and the shape of their channels' and accounts' ids."""
    public_url: str = ""
    """Where people reach the page from elsewhere, without a slash at its end; empty when that is not known."""

    @cached_property
    def analytics(self) -> AnalyticsService:
        """The figures of what `usage` records, in its calendar."""
        return AnalyticsService(self.store, self.usage)

    @cached_property
    def sealing(self) -> Sealing:
        """What seals the lines of the audit, with the keys that encrypt passwords."""
        return Sealing(self.store, Sealer(self.connections.keyring))

    @cached_property
    def refusals(self) -> Refusals:
        """What notes who was refused what."""
        return Refusals(self.store, self.clock)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was accepted, and who asked it."""

    id: str
    session_id: str
    person: Person
    question: Question


@dataclass(slots=True)
class Ledger:
    """What a question has come to so far. Filled in step by step, so that whatever fails, all of it is settled."""

    connection_id: str | None = None
    connection_name: str | None = None
    topic: str | None = None
    """The table that the query is mainly about: the first that it reads."""
    written_by: str | None = None
    sql: str = ""
    """What ran."""
    draft: str = ""
    """What was written, for when it may not run."""
    dialect: str = ""
    usage: Usage = field(default_factory=Usage)
    usd: Decimal = Decimal(0)
    """Each call at the price of the model that answered it: a gateway may take another one for the next."""
    model: str = ""
    calls: int = 0
    template: str | None = None
    """The id of the template that it was answered from."""
    reserved: bool = False
    """Tokens were set aside for it."""

    def note(self, sql: str, tables: tuple[str, ...], written_by: str) -> None:
        """This query is the one that runs, or whose rows are the answer."""
        self.sql, self.topic, self.written_by = sql, tables[0] if tables else None, written_by

    def forget_template(self) -> None:
        """The template did not answer it after all."""
        self.model, self.template, self.sql, self.topic, self.written_by = "", None, "", None, None

    def spend(self, usage: Usage, model: str) -> None:
        """Add a model call."""
        self.usage = replace(
            self.usage,
            prompt_tokens=self.usage.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self.usage.completion_tokens + usage.completion_tokens,
        )
        self.usd += cost(model, usage.prompt_tokens, usage.completion_tokens).usd
        self.model = model
        self.calls += 1


@dataclass(frozen=True, slots=True)
class Walk:
    """One question on its way: what every step is given."""

    road: Road
    asked: Asked
    ledger: Ledger
    tell: Progress
    stop: asyncio.Event
    """Set when somebody wants it to end."""
    journal: Journal
    """Its way in the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of the road: the reply, and what settling needs to know about it."""

    reply: Reply
    rows: int = 0
    seconds: float = 0.0
    """Of the query alone."""
    chart: str | None = None
    error: ColloqueryError | None = None
