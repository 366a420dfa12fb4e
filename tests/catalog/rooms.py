"""The rooms that a catalog needs, over a store and a small SQLite database to ask."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.catalog.catalog import Catalog
from core.catalog.describe import Describer
from core.catalog.editing import CatalogEditor
from core.chat import Actor
from core.connections.connection import Connection, NewConnection
from core.connections.connections import Connections
from core.engines.databases import Databases
from core.engines.hosts import HostPolicy
from core.model.openai_writer import ModelSettings, OpenAIWriter
from core.people.people import People
from core.people.person import Person
from core.storage.crypto import load_or_make
from core.storage.models import AuditLog, DatabaseSchema
from core.storage.session import Store
from core.usage.token_usage_service import TokenUsageService
from tests.local_model import LocalModel

SHOP = """
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT,
    email TEXT,             -- canary: where invoices go
    grade TEXT
);
CREATE TABLE orders (       -- What customers bought
    id INTEGER PRIMARY KEY,
    customer_id INTEGER REFERENCES customers(id),
    state TEXT,             -- paid, sent or returned
    total NUMERIC
);
INSERT INTO customers VALUES (1, 'Kim', 'kim@example.com', 'gold'), (2, 'Lee', 'lee@example.com', 'silver');
INSERT INTO orders VALUES (1, 1, 'paid', 10), (2, 2, 'sent', 20);
"""


@dataclass(frozen=True)
class Rooms:
    """The rooms, an administrator, and a connection of theirs to `path`."""

    store: Store
    catalog: Catalog
    editor: CatalogEditor
    person: Person
    connection: Connection
    path: Path

    def another_catalog(self) -> Catalog:
        """The catalog of another process on the same store."""
        return Catalog(self.store, self.catalog.connections, self.catalog.databases)

    def describer(self, model: OpenAIWriter, **changes: Any) -> Describer:
        """What describes with a model."""
        return Describer(self.store, self.catalog, TokenUsageService(self.store), model, **changes)

    async def rows(self, model: Any) -> Sequence[Any]:
        """Every row of a table of the store."""
        async with self.store.reading() as session:
            return (await session.scalars(select(model))).all()

    async def reading(self) -> DatabaseSchema:
        """The row of the reading in use."""
        async with self.store.reading() as session:
            return (await session.scalars(select(DatabaseSchema).where(DatabaseSchema.is_active))).one()

    async def stored_values(self) -> dict[tuple[str, str], list[str]]:
        """The values that the reading in use holds, by table and column."""
        values = (await self.reading()).raw_schema["values"]
        return {(each["table"], each["column"]): each["values"] for each in values}

    async def audit(self, action: str) -> list[AuditLog]:
        """What was written down about an action."""
        return [row for row in await self.rows(AuditLog) if row.action == action]


def execute(path: Path, script: str) -> None:
    """Change the asked database."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)


@asynccontextmanager
async def rooms_over(store: Store, directory: Path, script: str = SHOP) -> AsyncIterator[Rooms]:
    """Rooms over a store, and a database made by a script."""
    path = directory / "asked.db"
    execute(path, script)
    databases = Databases(HostPolicy(()))
    connections = Connections(store, load_or_make(None, directory / "key"))
    person = await somebody(store, "admin", "admin")
    connection = await connections.add(person, NewConnection("shop", "sqlite", str(path), 0, "", "", "shop"))
    try:
        catalog = Catalog(store, connections, databases)
        yield Rooms(store, catalog, CatalogEditor(store), person, connection, path)
    finally:
        await databases.close()


async def somebody(store: Store, name: str, role: Any = "viewer") -> Person:
    """A person who has spoken before."""
    async with store.writing() as session:
        known = await People(store).know(session, Actor("slack", "T1", name, name))
    return replace(known, role=role)


@asynccontextmanager
async def writer_for(model: LocalModel, name: str = "gpt-4o-mini") -> AsyncIterator[OpenAIWriter]:
    """The real client of a local model."""
    writer = OpenAIWriter(ModelSettings(model.key, model.base_url, name, seconds=10, retries=0))
    try:
        yield writer
    finally:
        await writer.aclose()


def asked_names(user: str) -> list[str]:
    """The names that a describing prompt asks about."""
    lines = user.removeprefix("<data>\n").removesuffix("\n</data>").splitlines()
    return [line.split(" ")[0] for line in lines]


def obedient(messages: list[dict[str, Any]]) -> str:
    """A model that does what it is asked: a line for every name."""
    return "\n".join(
        f"{name} | What {name} holds | 말 {number}; word {number}"
        for number, name in enumerate(asked_names(messages[1]["content"]))
    )
