"""The local Slack server, as somebody who sits in front of it: what stands where, buttons, files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from tests.adapters.slack.people import until
from tests.adapters.slack.server import BOT, BOT_TOKEN, LocalSlack
from tests.scenarios.lines import client

Json = dict[str, Any]
Found = TypeVar("Found")

_SECONDS = 20.0
"""The longest that anything is waited for: a busy machine is slow."""


async def until_found(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """What `look` finds, as soon as it finds something."""
    return await until(look, _SECONDS)


@dataclass(frozen=True)
class Line(LocalSlack):
    """The server over one line that stays open: it is asked again and again while something is waited for."""

    http: httpx.AsyncClient
    _direct: dict[str, str] = field(default_factory=dict)

    async def messages(self, channel: str, *, ours: bool = False) -> list[Json]:
        found = (await self.http.get(f"{self.url}/_control/messages/{channel}")).json()["messages"]
        return [one for one in found if not ours or one.get("user") == BOT]

    async def ours(self, channel: str) -> list[Json]:
        """What we posted in a channel and its threads, the oldest first, each with its channel."""
        return [one | {"channel": channel} for one in await self.messages(channel, ours=True)]

    async def direct(self, account: str) -> str:
        """The channel of somebody's direct messages with us."""
        if account not in self._direct:
            answer = await self.http.post(f"{self.api_url}conversations.open", json={"users": account})
            self._direct[account] = str(answer.json()["channel"]["id"])
        return self._direct[account]

    async def press_in(self, account: str, message: Json, button: Json, chosen: Json | None = None) -> None:
        """Somebody presses a button of a message, or chooses from a menu."""
        sent = chosen or {"value": button.get("value")}
        pressed = {"type": button["type"], "action_id": button["action_id"], "block_id": "b", **sent}
        await self.press(message["channel"], message["ts"], pressed, user=account)

    async def content(self, file: Json) -> bytes:
        """What is in a file."""
        answer = await self.http.get(file["url_private"])
        answer.raise_for_status()
        return answer.content

    async def _control(self, what: str, **arguments: Any) -> Any:
        answer = await self.http.post(f"{self.url}/_control/{what}", json=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def line_to(slack: LocalSlack) -> AsyncIterator[Line]:
    """A way to it, until the end of the block."""
    async with client(headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as http:
        yield Line(slack.url, http)
