"""Teams' side of the line: a local Bot Connector that notes each call."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from adapters.teams.http import PATH
from tests.adapters.teams.activities import mention
from tests.adapters.teams.people import ADA, BOB
from tests.adapters.teams.server import Call, FakeConnector, connector
from tests.bench.chats import Json, Reply

CHANNELS = 20


@dataclass(frozen=True)
class TeamsChat:
    """A local Bot Connector with channels enough."""

    connector: FakeConnector
    http: aiohttp.ClientSession
    name: str = "Teams"
    channels: int = CHANNELS

    @property
    def environment(self) -> Mapping[str, str]:
        """What a serving process is told of Teams."""
        return {"TEAMS_DEV_NO_AUTH": "1"}

    async def asked(self, number: int, text: str) -> Json:
        """A mention that begins a thread."""
        by = (ADA, BOB)[number % 2]
        return mention(self.connector.service_url, text, conversation=_channel(number % CHANNELS), by=by)

    async def deliver(self, url: str, event: Json) -> None:
        """Over HTTP."""
        async with self.http.post(f"{url}{PATH}", json=event) as answer:
            await answer.read()
        assert answer.status == 202, answer.status

    def replies(self, event: Json) -> list[Reply]:
        """By the label that answers alone carry; whose they are stands on their buttons."""
        return [Reply(_question_id(call.json), call.at) for call in self._calls(event) if _is_answer(call.json)]

    def seen_at(self, event: Json) -> float | None:
        """The typing sign or the first message in the thread."""
        return min((call.at for call in self._calls(event)), default=None)

    def _calls(self, event: Json) -> list[Call]:
        thread = f"/v3/conversations/{event['conversation']['id']}/activities"
        return [call for call in self.connector.calls if call.operation != "delete" and thread in call.path]


class Teams:
    """Teams as it is measured."""

    name = "Teams"

    @asynccontextmanager
    async def opened(self, directory: Path) -> AsyncIterator[TeamsChat]:
        """A local Bot Connector, until the end of the block."""
        async with connector() as made, aiohttp.ClientSession() as http:
            made.rosters.update({_channel(number): [ADA, BOB] for number in range(CHANNELS)})
            yield TeamsChat(made, http)


def _channel(number: int) -> str:
    return f"19:bench-{number}@thread.tacv2"


def _is_answer(activity: Json) -> bool:
    return any("AIGeneratedContent" in one.get("additionalType", ()) for one in activity.get("entities") or ())


def _question_id(activity: Json) -> str:
    """From the button that opens its SQL."""
    return next(str(data["v"]) for data in _buttons(activity["attachments"]) if data["cq"] == "edit")


def _buttons(element: object) -> Iterator[Json]:
    """What the buttons inside a card send."""
    if isinstance(element, dict):
        if element.get("type") == "Action.Submit":
            yield element["data"]
        for value in element.values():
            yield from _buttons(value)
    elif isinstance(element, list):
        for value in element:
            yield from _buttons(value)
