"""Teams' app: its connector, what checks who sends what, and how activities reach the listeners."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import aiohttp
from fastapi import APIRouter

from adapters.chat.text import Json
from adapters.teams import files, http, listeners
from adapters.teams.addresses import Addresses
from adapters.teams.announce import CHANNEL, Announcing
from adapters.teams.auth import Authentication
from adapters.teams.calls import Connector
from adapters.teams.checkup import require_keys, require_token
from adapters.teams.deliver import Delivery
from adapters.teams.directory import Directory
from adapters.teams.door import Door
from adapters.teams.keys import Keys
from adapters.teams.settings import TeamsSettings
from adapters.teams.token import Tokens
from core.ask.announce import Announcer
from core.ask.service import Service
from core.chat import Place, Question, Reply
from core.errors import ColloqueryError, NotAnnounced


@dataclass
class Teams:
    """Teams' place in the house: its `deliver` is there from the start, the rest once it is `opened`."""

    settings: TeamsSettings
    door: Door | None = None
    router: APIRouter | None = None
    """The route that the Bot Framework posts to."""
    announcing: Announcing | None = None

    @property
    def announcer(self) -> Announcer:
        """How to post what answers nobody's question."""
        return Announcer(self.announce, CHANNEL)

    async def announce(self, place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
        """Post what answers nobody's question. Raises `NotAnnounced`, while the door is closed, too."""
        if self.announcing is None:
            raise NotAnnounced("announce.failed")
        await self.announcing(place, reply, since=since, again=again)

    async def deliver(self, question: Question, reply: Reply) -> None:
        """Post a reply. Raises while the door is closed: the reply waits in the inbox."""
        if self.door is None:
            raise ColloqueryError("teams.closed")
        await self.door.deliver(question, reply)

    @asynccontextmanager
    async def opened(self, service: Service) -> AsyncIterator[None]:
        """Listening; on leaving nothing more is heard, and what is under way ends.

        Raises `BadSetting` (teams.sign_in, teams.unreachable, teams.no_keys) when no token is given to us, or nothing
        that comes in could be verified: neither is mended by waiting behind a door that looks open.
        """
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(client_session())
            tokens = Tokens(self.settings)
            await require_token(self.settings, tokens)
            keys = None
            if not self.settings.no_auth:
                keys = Keys(session, self.settings.openid_url, self.settings.service)
                stack.push_async_callback(keys.close)
                await require_keys(keys)
            connector = Connector(session, self.settings, tokens)
            door = self.door = Door(connector, self.settings, service)
            door.delivery.offer_file = partial(files.offer_of_answer, connector)
            self.announcing = Announcing(connector, door.directory, door.delivery, door.addresses)
            stack.push_async_callback(door.close)

            async def turn(activity: Json) -> Json | None:
                return await listeners.turn(door, activity)

            self.router = http.router(self.settings, Authentication(self.settings, connector, keys), turn)
            yield

    @asynccontextmanager
    async def opened_to_post(self, service: Service) -> AsyncIterator[None]:
        """With a token, hearing nothing: for a command that announces. Raises as `opened`."""
        async with client_session() as session:
            tokens = Tokens(self.settings)
            await require_token(self.settings, tokens)
            connector = Connector(session, self.settings, tokens)
            addresses = Addresses(service.addresses, connector)
            directory = Directory(connector, addresses, self.settings.tenants)
            self.announcing = Announcing(connector, directory, Delivery(connector, addresses), addresses)
            try:
                yield
            finally:
                self.announcing = None


def client_session() -> aiohttp.ClientSession:
    """Connections to Microsoft's servers, which keep no cookies: nobody signs in by them."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
