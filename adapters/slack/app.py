"""Slack's app: its client, its listeners, and how events reach them: over a socket or over signed HTTP."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from fastapi import APIRouter
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import http
from adapters.slack.announce import CHANNEL, Announcing
from adapters.slack.calls import Calls, web_client
from adapters.slack.checkup import answered
from adapters.slack.deliver import Delivery
from adapters.slack.directory import Directory, Home
from adapters.slack.door import Door
from adapters.slack.listeners import register
from adapters.slack.settings import SlackSettings
from core.ask.announce import Announcer
from core.ask.service import Service
from core.chat import Place, Question, Reply
from core.errors import BadSetting, ColloqueryError, NotAnnounced

_quiet = logging.getLogger("adapters.slack.bolt")
_quiet.setLevel(logging.ERROR)
"""Below that the framework logs whole requests."""


@dataclass
class Slack:
    """Slack's place in the house: its `deliver` is there from the start, the rest once it is `opened`."""

    settings: SlackSettings
    door: Door | None = None
    router: APIRouter | None = None
    """The route for signed HTTP, where that is set up."""
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
            raise ColloqueryError("slack.closed")
        await self.door.deliver(question, reply)

    @asynccontextmanager
    async def opened(self, service: Service) -> AsyncIterator[None]:
        """Signed in and listening; on leaving nothing more is heard, and what is under way ends.

        Raises `BadSetting` (slack.sign_in, slack.app_token, slack.unreachable) when Slack does not take the tokens.
        """
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            client = web_client(self.settings, session)
            who = await _sign_in(client)
            signed_in = AuthorizeResult.from_auth_test_response(
                auth_test_response=who, bot_token=self.settings.bot_token
            )

            async def authorize() -> AuthorizeResult:
                return signed_in

            app = AsyncApp(
                name="colloquery",  # without one it walks the whole stack in search of the caller's file
                client=client,
                # Of our own, so that no variable of the environment turns it into another kind of app.
                authorize=authorize,
                logger=_quiet,
                signing_secret=self.settings.signing_secret,
                # Of what comes over HTTP the signature is checked before, in `adapters.slack.http`.
                request_verification_enabled=False,
                # Slack is answered when a listener is done: a question is stored by then, whatever is killed after.
                process_before_response=True,
            )
            door = self.door = Door(client, _home(who), service)
            self.announcing = Announcing(client, door.calls, door.directory, door.delivery)
            stack.push_async_callback(self._closed)
            register(app, self.door)
            if self.settings.signing_secret:
                self.router = http.router(app, self.settings.signing_secret)
            if self.settings.app_token:
                await self._listen(app, stack)
            yield

    @asynccontextmanager
    async def opened_to_post(self) -> AsyncIterator[None]:
        """Signed in, hearing nothing: for a command that announces. Raises as `opened`."""
        async with aiohttp.ClientSession() as session:
            client, calls = web_client(self.settings, session), Calls()
            home = _home(await _sign_in(client))
            delivery = Delivery(client, calls, home.bot_user)
            self.announcing = Announcing(client, calls, Directory(client, home), delivery)
            try:
                yield
            finally:
                self.announcing = None

    async def _listen(self, app: AsyncApp, stack: AsyncExitStack) -> None:
        assert self.door is not None, "it was opened just now"
        token, client = self.settings.app_token, self.door.client
        assert token is not None, "only then there is something to listen to"
        opened = self.door.calls.read(client.apps_connections_open, app_token=token)
        address = await answered(opened, BadSetting("slack.app_token", name="SLACK_APP_TOKEN"))
        handler = AsyncSocketModeHandler(app, token, logger=_quiet, web_client=client)
        stack.push_async_callback(handler.close_async)
        # Its own first call would be repeated for ever, even with a token that Slack will never take.
        handler.client.wss_uri = str(address["url"])
        await handler.connect_async()  # type: ignore[no-untyped-call]

    async def _closed(self) -> None:
        if self.door is not None:
            await self.door.close()


async def _sign_in(client: AsyncWebClient) -> AsyncSlackResponse:
    return await answered(Calls().read(client.auth_test), BadSetting("slack.sign_in", name="SLACK_BOT_TOKEN"))


def _home(who: AsyncSlackResponse) -> Home:
    return Home(str(who["team_id"]), who.get("enterprise_id"), str(who["user_id"]))
