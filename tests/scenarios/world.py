"""What every scenario finds: the demo shop, a second small database, a store that is ready, maybe a model."""

import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr

from bot.wiring import House
from core.connections.connection import Connection, NewConnection
from core.connections.connections import EVERYONE
from tests.houses import administrator, make_shop
from tests.local_model import Answer, LocalModel

if TYPE_CHECKING:
    from tests.scenarios.stage import Person, Stage

SHOP, DELIVERIES, CLOSED = "shop", "deliveries", "warehouse"
CLOSED_PORT = 1
"""Nothing listens there."""

_DAYS = [("2024-03-01", "2024-03-02"), ("2024-03-30", "2024-04-01"), ("2024-03-31", "2024-04-02")]
"""When the three orders of the second database were made and shipped: one of them within March."""


@dataclass(frozen=True)
class Scenario:
    """A conversation, and what it needs to find."""

    title: str
    play: Callable[["Stage"], Awaitable[None]]
    cast: tuple["Person", ...]
    model: Answer | None = None
    """What a model answers; None: the built-in writer alone."""
    connections: tuple[str, ...] = (SHOP,)
    default: str = SHOP
    """The one that everybody asks; empty: none."""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """The files that all scenarios share and none writes to."""

    shop: Path
    deliveries: Path
    store: Path
    """A store with all its tables and nothing in them."""

    def settle(self, directory: Path) -> None:
        """Make ready where a house keeps its files."""
        shutil.copy(self.store, directory / "app_data.db")

    async def furnish(self, house: House, scenario: Scenario) -> None:
        """Add the connections, and give them to everybody."""
        person = await administrator(house)
        for name in scenario.connections:
            added = await self._add(house, name)
            await house.road.connections.give(person, added, "everyone", EVERYONE, default=name == scenario.default)

    async def _add(self, house: House, name: str) -> Connection:
        person, connections = await administrator(house), house.road.connections
        if name == CLOSED:
            new = NewConnection(name, "postgresql", "127.0.0.1", CLOSED_PORT, "stock", "keeper", "canary-password")
        else:
            path = self.shop if name == SHOP else self.deliveries
            new = NewConnection(name, "sqlite", str(path), 0, "", "", name)
        return await connections.add(person, new)


def make_world(directory: Path, store: Path) -> World:
    """Build the databases."""
    deliveries = directory / "deliveries.db"
    with closing(sqlite3.connect(deliveries)) as line, line:
        line.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ordered_at DATE, shipped_at DATE)")
        line.executemany("INSERT INTO orders (ordered_at, shipped_at) VALUES (?, ?)", _DAYS)
    return World(make_shop(directory / "shop.db"), deliveries, store)


def modelled(scenario: Scenario) -> AbstractContextManager[LocalModel | None]:
    """The scenario's model, while it is played."""
    return nullcontext() if scenario.model is None else LocalModel(scenario.model)


Account = TypeVar("Account")


def cast_as(scenario: Scenario, first: Account, second: Account, guest: Account) -> dict["Person", Account]:
    """Who of a workspace's accounts plays whom: of two members the first is the administrator, where there is one, and
    else speaks Korean.
    """
    roles = {one.role for one in scenario.cast}
    korean = second if "administrator" in roles else first
    accounts = {"administrator": first, "viewer": second, "Korean speaker": korean, "guest": guest}
    played = {one: accounts[one.role] for one in scenario.cast}
    assert len(set(map(id, played.values()))) == len(played), "two people share an account"
    return played


def settings_of(scenario: Scenario, model: LocalModel | None, administrators: tuple[str, ...]) -> dict[str, Any]:
    """The settings of its house. `administrators`: as the platform names them; they hold when one is in the cast."""
    has_one = any(one.role == "administrator" for one in scenario.cast)
    told: dict[str, Any] = {
        "administrators": administrators if has_one else (),
        "allowed_hosts": ("127.0.0.1",),
        **scenario.settings,
    }
    if model is not None:
        told |= {
            "openai_api_key": SecretStr(model.key),
            "openai_base_url": model.base_url,
            "openai_model": "gpt-4o",
            "openai_max_retries": 0,
        }
    return told
