"""The shop, made once; a house over each kind of store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.wiring import House
from tests.houses import add_sqlite, make_shop, open_house, settings_for


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop; never written to."""
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")


@pytest.fixture
async def built(tmp_path: Path, store_url: str, shop: Path) -> AsyncIterator[House]:
    """A house without a model, over every kind of store, that can ask the shop."""
    async with open_house(settings_for(tmp_path, store_url)) as house:
        await add_sqlite(house, shop)
        yield house


@pytest.fixture
async def small(tmp_path: Path, shop: Path) -> AsyncIterator[House]:
    """The same over SQLite alone, for what does not depend on the store."""
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, shop)
        yield house
