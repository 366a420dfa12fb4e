"""The store is away while people write in a chat: nothing is acknowledged that is not stored, or the asker is told."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.wiring import House
from core.errors import StoreFailed
from core.locale import error_words
from core.storage.own_tables import InboxItem
from tests.adapters.slack.people import until
from tests.adapters.slack.server import GENERAL, LocalSlack, running
from tests.adapters.slack.whole import answer, event, over_http, post, replies, said_by_us
from tests.adapters.teams import whole as teams_whole
from tests.adapters.teams.activities import message
from tests.adapters.teams.people import PERSONAL
from tests.adapters.teams.server import FakeConnector, connector
from tests.faults.line import Line, port_of, through
from tests.houses import add_sqlite, make_shop

ASKED = "How many customers are there?"
AWAY, _ = error_words("en", StoreFailed("store.unreachable"))


@pytest.fixture
def line(postgres_database: str) -> Iterator[Line]:
    with Line(port_of(postgres_database, 5432)) as made:
        yield made


@pytest.fixture(scope="session")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with running(tmp_path_factory.mktemp("faults-slack")) as server:
        yield server


@pytest.fixture
async def teams() -> AsyncIterator[FakeConnector]:
    async with connector() as made:
        yield made


async def _inbox(built: House) -> Counter[str]:
    async with built.store.reading() as session:
        return Counter((await session.scalars(select(InboxItem.state))).all())


async def _until_delivered(built: House, count: int) -> None:
    async def look() -> bool:
        return await _inbox(built) == {"delivered": count}

    await until(look)


async def test_slack_sends_again_what_was_not_stored_or_the_asker_is_told(
    slack: LocalSlack, line: Line, postgres_database: str, tmp_path: Path
) -> None:
    store_url = through(line, postgres_database)
    async with over_http(slack.api_url, tmp_path, store_url=store_url) as (built, url), httpx.AsyncClient() as http:
        await add_sqlite(built, make_shop(tmp_path / "shop.db"))
        first = event(ASKED)
        thread = first["event"]["ts"]
        assert (await post(http, url, first)).status_code == 200
        await answer(slack, GENERAL, thread)
        await _until_delivered(built, 1)
        line.cut()
        # Nobody mentions us here: whether it is for us, the store alone knows. It is not acknowledged.
        following = event("", type="message", text="And how many cities are there?", thread_ts=thread)
        assert (await post(http, url, following)).status_code == 500
        # This one is for us: who asks is told that it was not taken.
        mention = event(ASKED)
        for _ in range(2):  # the first acknowledgement came too late for Slack
            assert (await post(http, url, mention)).status_code == 200
        told = await said_by_us(slack, GENERAL, AWAY, privately=True)
        assert "psycopg" not in json.dumps(told)
        assert [one["text"] for one in await slack.messages(GENERAL, ours=True)].count(told["text"]) == 1
        assert len(await replies(slack, GENERAL)) == 1
        line.mend()
        # As Slack does with what was not acknowledged; and the asker, who was told.
        assert (await post(http, url, following)).status_code == 200
        assert (await post(http, url, mention)).status_code == 200
        await answer(slack, GENERAL, mention["event"]["ts"])
        await _until_delivered(built, 3)
        assert Counter(one["thread_ts"] for one in await replies(slack, GENERAL)) == {
            thread: 2,
            mention["event"]["ts"]: 1,
        }


async def test_teams_sends_again_what_was_not_stored(
    teams: FakeConnector, line: Line, postgres_database: str, tmp_path: Path
) -> None:
    store_url = through(line, postgres_database)
    async with teams_whole.over_http(tmp_path, teams, store_url=store_url) as (built, url):
        await add_sqlite(built, make_shop(tmp_path / "shop.db"))
        asked = message(teams.service_url, ASKED)
        line.cut()
        assert (await teams_whole.post(url, asked)).status_code == 503
        line.mend()
        assert (await teams_whole.post(url, asked)).status_code == 202
        assert (await teams_whole.post(url, asked)).status_code == 202
        await _until_delivered(built, 1)
        assert len([one for one in teams.messages(PERSONAL) if one.cards]) == 1
