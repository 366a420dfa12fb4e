"""The local Bot Connector, and our client of it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from adapters.teams import calls
from adapters.teams.calls import Connector
from adapters.teams.turns import ConversationPace
from tests.adapters.teams.server import FakeConnector, connector
from tests.adapters.teams.whole import unsigned


@pytest.fixture
async def teams() -> AsyncIterator[FakeConnector]:
    """A local Bot Connector in which nothing was said yet."""
    async with connector() as made:
        yield made


@pytest.fixture
async def client() -> AsyncIterator[Connector]:
    """Our client, without a token."""
    async with aiohttp.ClientSession() as session:
        yield Connector(session, unsigned())


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """No turns to wait for, and short pauses: for tests of what is done, not of when."""
    monkeypatch.setattr(ConversationPace, "WINDOWS", ((1_000, 0.01),))
    monkeypatch.setattr(calls, "_FIRST_WAIT", 0.02)
