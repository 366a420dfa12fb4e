"""What people see and do in the local Slack server's own page, over the line it uses: forms and the Home tab."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp

from tests.adapters.slack.server import ADA, LocalSlack

Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found | None]], seconds: float = 10.0) -> Found:
    """What `look` finds, as soon as it finds something."""
    async with asyncio.timeout(seconds):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(0.02)


class Page:
    """An open page of the local Slack server."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self.modals: list[dict[str, Any]] = []
        self.homes: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, str] = {}

    async def listen(self) -> None:
        """Take in what the server tells, until the line ends."""
        async for message in self._line:
            told = message.json()
            if told["t"] == "view":
                self.modals, self.errors = told.get("stack") or [], {}
            elif told["t"] == "view_errors":
                self.errors = told.get("errors") or {}
            elif told["t"] == "home":
                self.homes[told["user"]] = told["view"]

    async def modal(self) -> dict[str, Any]:
        """The form on top, once one is open."""

        async def look() -> dict[str, Any] | None:
            return self.modals[-1] if self.modals else None

        return await until(look)

    async def fill(self, typed: dict[str, str], *, user: str = ADA) -> None:
        """Fill in the form for a connection and send it."""
        await self.modal()
        values: dict[str, Any] = {
            f"cq_{name}": {"cq_text": {"type": "plain_text_input", "value": text}} for name, text in typed.items()
        }
        values["cq_kind"] = {"cq_kind": {"type": "static_select", "selected_option": {"value": "postgresql"}}}
        self.modals = []
        await self._line.send_json({"t": "view_submit", "user": user, "values": values})

    async def send(self, values: dict[str, Any], *, user: str = ADA) -> None:
        """Send the form on top with these values, by block and action; what comes of it is in `modals` or `errors`."""
        await self.modal()
        self.errors = {}
        await self._line.send_json({"t": "view_submit", "user": user, "values": values})

    async def submit(self, text: str, *, user: str = ADA) -> None:
        """Type a text into the one input of the form, once it is open, and send it; until it closes or has errors."""
        await self.modal()
        self.errors = {}
        values = {"cq_input": {"cq_text": {"type": "plain_text_input", "value": text}}}
        await self._line.send_json({"t": "view_submit", "user": user, "values": values})

        async def taken() -> bool:
            return not self.modals or bool(self.errors)

        await until(taken)


@asynccontextmanager
async def page(slack: LocalSlack) -> AsyncIterator[Page]:
    """Open the page."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/ui") as line:
        opened = Page(line)
        listening = asyncio.create_task(opened.listen())
        yield opened
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
