"""The local Slack server, the proxy before it, and our client."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.pace import Pace
from adapters.slack import deliver, files
from adapters.slack.calls import Calls, web_client
from adapters.slack.settings import SlackSettings
from tests.adapters.slack.proxy import Proxy, proxied
from tests.adapters.slack.server import BOT_TOKEN, LocalSlack, running


@pytest.fixture(scope="session")
def slack_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    """A local Slack server, for all tests one after another."""
    with running(tmp_path_factory.mktemp("slack")) as server:
        yield server


@pytest.fixture
def slack(slack_server: LocalSlack) -> LocalSlack:
    """A local Slack server in which nothing was said yet."""
    slack_server.reset()
    return slack_server


@pytest.fixture
async def proxy(slack: LocalSlack) -> AsyncIterator[Proxy]:
    """Slack on a bad day, once it is told which."""
    async with proxied(slack.url) as proxy:
        yield proxy


@pytest.fixture
async def client(proxy: Proxy) -> AsyncIterator[AsyncWebClient]:
    """Our client, through the proxy."""
    async with aiohttp.ClientSession() as session:
        yield web_client(SlackSettings(BOT_TOKEN, api_url=proxy.api_url), session)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's second lasts 20 ms, and so do our pauses: for tests of what is done, not of when."""
    monkeypatch.setattr(Pace, "SECONDS", 0.02)
    monkeypatch.setattr(deliver, "_PAUSE", 0.02)
    monkeypatch.setattr(files, "_PAUSE", 0.02)
