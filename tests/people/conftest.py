"""Desks for tests: on each of the three stores, or on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.people.desks import Desk, open_desk


@pytest.fixture
async def desk(tmp_path: Path, empty_sqlite: str) -> AsyncIterator[Desk]:
    """A desk on SQLite: for what does not depend on the server."""
    async with open_desk(tmp_path, empty_sqlite) as opened:
        yield opened


@pytest.fixture
async def each_desk(tmp_path: Path, empty_url: str) -> AsyncIterator[Desk]:
    """A desk on each of the three stores."""
    async with open_desk(tmp_path, empty_url) as opened:
        yield opened
