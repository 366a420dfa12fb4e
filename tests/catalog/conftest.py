"""The rooms over every kind of store, and over SQLite alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.storage.session import Store
from tests.catalog.rooms import Rooms, rooms_over


@pytest.fixture
async def everywhere(store: Store, tmp_path: Path) -> AsyncIterator[Rooms]:
    """On SQLite, PostgreSQL and MariaDB: for what depends on the store."""
    async with rooms_over(store, tmp_path) as rooms:
        yield rooms


@pytest.fixture
async def rooms(sqlite_store: Store, tmp_path: Path) -> AsyncIterator[Rooms]:
    """On SQLite alone."""
    async with rooms_over(sqlite_store, tmp_path) as made:
        yield made
