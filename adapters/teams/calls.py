"""Calls to the Bot Connector: in turn per conversation, patient when told to wait, no post made twice blindly.

They do not go through botbuilder's client: it blocks a thread a call, hides how long Teams asks to wait, and drops the
fields of an activity that it does not know.
"""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

import aiohttp
from yarl import URL

from adapters.chat.text import Json
from adapters.teams.activity import THREAD, entities, type_of
from adapters.teams.answers import Refused, ToldToWait, Unclear, answer_of
from adapters.teams.hosts import may_be_called, takes_files
from adapters.teams.settings import TeamsSettings
from adapters.teams.spot import Spot
from adapters.teams.token import NoToken, Tokens
from adapters.teams.turns import ConversationPace

__all__ = ["Connector", "NotReached", "Refused", "Unclear"]

SECONDS_A_CALL = 15.0
SECONDS_A_SIGN = 5.0
"""For a call that nothing depends on."""
SECONDS_A_FILE = 120.0
"""For the bytes of a file."""
_MOST_WAITS = 6
"""Times that a call told to wait is made."""
_LONGEST_WAIT = 120.0
"""Seconds; a longer Retry-After is left to whoever delivers again later."""
_FIRST_WAIT, _LAST_WAIT = 1.0, 20.0
"""Seconds to wait when Teams does not say how long, the first time and at most; each time it is doubled."""
_MOST_PACES = 1_000
_MOST_PAGES = 1_000
"""Of a list of members, of 500 each."""

log = logging.getLogger(__name__)


class NotReached(Exception):
    """Teams, or who gives out our tokens, could not be reached: the call was never sent."""


@dataclass(frozen=True)
class _Call:
    """One call of the Connector's."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    url: str
    json: Json | None = None
    """Its body; or `body`."""
    repeatable: bool = False
    """To do it twice does no harm."""
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = SECONDS_A_CALL
    signed: bool = True
    """Our token is shown."""


class Connector:
    """The Bot Connector's REST API: developer reference "Bot Framework REST API reference, Bot Connector service".

    All calls raise `Refused`, `Unclear` and `NotReached`. All but `sign` wait when Teams says so.
    """

    def __init__(self, session: aiohttp.ClientSession, settings: TeamsSettings, tokens: Tokens | None = None) -> None:
        self.bot = f"28:{settings.app_id}"
        """Our own account in every conversation."""
        self._session = session
        self._settings = settings
        self._tokens = tokens or Tokens(settings)
        self._paces: dict[str, ConversationPace] = {}

    # Posting

    async def send(self, spot: Spot, activity: Json) -> str:
        """Post to a conversation; the id of what was posted."""
        return _id(await self._patient(self._post(spot, activity), self._pace(spot)))

    async def update(self, spot: Spot, message: str, activity: Json) -> None:
        """Write a message of ours anew."""
        await self._steady(self._put(spot, message, activity), self._pace(spot))

    async def delete(self, spot: Spot, message: str) -> None:
        """Take a message of ours away."""
        call = _Call("DELETE", self._message(spot, message), repeatable=True)
        await self._steady(call, self._pace(spot))

    async def send_targeted(self, spot: Spot, account: str, activity: Json) -> str:
        """Post to a group chat or a channel what one member alone sees, for a day; its id."""
        call = self._post(spot, {**activity, "recipient": {"id": account}}, "?isTargetedActivity=true")
        return _id(await self._patient(call, self._pace(spot)))

    async def sign(self, spot: Spot, activity: Json, message: str | None = None) -> str:
        """Post what nothing depends on, or write such a `message` anew; its id. `Refused("throttled", 429)` rather than
        a wait, so that no answer waits for it.
        """
        pace = self._pace(spot)
        if not pace.taken():
            raise Refused("throttled", 429)
        call = self._post(spot, activity) if message is None else self._put(spot, message, activity)
        try:
            return _id(await self._made(call, SECONDS_A_SIGN)) or message or ""
        except ToldToWait as told:
            pace.hold(_FIRST_WAIT if told.seconds is None else min(told.seconds, _LONGEST_WAIT))
            raise Refused("throttled", 429) from None

    async def open_direct(self, service_url: str, tenant: str, account: str) -> str:
        """The personal chat with somebody (their 29: id or Entra id): its conversation id, the same each time."""
        asked = {
            "bot": {"id": self.bot},
            "members": [{"id": account}],
            "isGroup": False,
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        call = _Call("POST", f"{service_url}v3/conversations", asked, repeatable=True)
        return _id(await self._steady(call))

    # Reading

    async def members(self, spot: Spot) -> AsyncIterator[Json]:
        """Who is in a conversation, page by page."""
        base, token = f"{self._conversation(spot)}/pagedmembers?pageSize=500", ""
        for _ in range(_MOST_PAGES):
            more = f"&continuationToken={quote(token, safe='')}" if token else ""
            page = await self._steady(_Call("GET", base + more, repeatable=True))
            listed = page.get("members")
            for member in listed if isinstance(listed, list) else ():
                if isinstance(member, dict):
                    yield member
            token = str(page.get("continuationToken") or "")
            if not token:
                return
        raise Unclear("a list without an end", answered=True)

    async def member(self, spot: Spot, account: str) -> Json:
        """One member of a conversation, by their 29: id or Entra id."""
        url = f"{self._conversation(spot)}/members/{quote(account, safe='')}"
        return await self._steady(_Call("GET", url, repeatable=True))

    # Files

    async def put_file(self, url: str, content: bytes) -> None:
        """Put a file where Teams said it may go. `Refused("foreign_host", 0)` for an address that is no one of Teams'
        file stores; our token is not shown there.
        """
        if not takes_files(url, no_auth=self._settings.no_auth):
            raise Refused("foreign_host", 0)
        size = len(content)
        headers = {"Content-Range": f"bytes 0-{size - 1}/{size}", "Content-Type": "application/octet-stream"}
        await self._steady(_Call("PUT", url, None, True, content, headers, SECONDS_A_FILE, signed=False))

    # How a call is made

    def _conversation(self, spot: Spot) -> str:
        return f"{spot.service_url}v3/conversations/{quote(spot.conversation, safe='')}"

    def _message(self, spot: Spot, message: str) -> str:
        return f"{self._conversation(spot)}/activities/{quote(message, safe='')}"

    def _post(self, spot: Spot, activity: Json, query: str = "") -> _Call:
        return _Call("POST", f"{self._conversation(spot)}/activities{query}", self._framed(spot, activity))

    def _put(self, spot: Spot, message: str, activity: Json) -> _Call:
        return _Call(
            "PUT", self._message(spot, message), {**self._framed(spot, activity), "id": message}, repeatable=True
        )

    def _framed(self, spot: Spot, activity: Json) -> Json:
        # A stream is refused where the kind is not given. Streams are in personal chats alone, whatever their id.
        is_stream = any(one.get("type") == "streaminfo" for one in entities(activity))
        kind = type_of(spot.conversation.partition(THREAD)[0], "personal" if is_stream else "")
        return {
            **activity,
            "channelId": "msteams",
            "from": {"id": self.bot},
            "conversation": {"id": spot.conversation, "conversationType": kind},
        }

    async def _steady(self, call: _Call, pace: ConversationPace | None = None) -> Json:
        """A call that may be made twice: it is, when it is unclear what became of it."""
        try:
            return await self._patient(call, pace)
        except (Unclear, NotReached):
            return await self._patient(call, pace)

    async def _patient(self, call: _Call, pace: ConversationPace | None) -> Json:
        for number in range(_MOST_WAITS):
            if pace is not None:
                await pace.turn()
            try:
                return await self._made(call, call.seconds)
            except ToldToWait as told:
                # Microsoft has 412, 429, 502 and 504 tried again. After the last two, which a gateway gives, a post may
                # stand there all the same, and a bot cannot look: that is for whoever delivers to decide.
                if told.is_gateway and not call.repeatable:
                    raise Unclear(told.code, answered=True) from None
                seconds = _backoff(number) if told.seconds is None else told.seconds
                if seconds > _LONGEST_WAIT:
                    break
                log.info("Teams asks to wait %.0f s", seconds)
                if pace is not None:
                    pace.hold(seconds)
                else:
                    await asyncio.sleep(seconds)
        raise Refused("throttled", 429)

    async def _made(self, call: _Call, seconds: float) -> Json:
        """One call, and what became of it in our words. A token that Teams does not take is renewed once."""
        if call.signed and not may_be_called(call.url, no_auth=self._settings.no_auth):
            raise Refused("foreign_host", 0)
        token = await self._token(call)
        try:
            return await self._once(call, token, seconds)
        except Refused as refused:
            if refused.status != 401 or token is None:
                raise
        self._tokens.forget(token)
        return await self._once(call, await self._token(call), seconds)

    async def _once(self, call: _Call, token: str | None, seconds: float) -> Json:
        shown = {} if token is None else {"Authorization": f"Bearer {token}"}
        kind = {} if call.json is None else {"Content-Type": "application/json; charset=utf-8"}
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.request(
                    call.method,
                    # Written as it is sent: an id has signs that would be written otherwise.
                    URL(call.url, encoded=True),
                    data=call.body if call.json is None else _as_json(call.json),
                    headers={**call.headers, **kind, **shown},
                    allow_redirects=False,
                ) as answer,
            ):
                return await answer_of(answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotReached(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise Unclear(type(error).__name__) from None

    async def _token(self, call: _Call) -> str | None:
        if not call.signed:
            return None
        try:
            return await self._tokens.get()
        except NoToken as none:
            if none.is_refused:
                raise Refused(f"token: {none.code}", 401) from None
            raise NotReached(f"token: {none.code}") from None

    def _pace(self, spot: Spot) -> ConversationPace:
        if len(self._paces) > _MOST_PACES:
            self._paces = {name: pace for name, pace in self._paces.items() if not pace.is_idle}
        # Teams counts by conversation; whether the threads of a channel count apart it does not say.
        return self._paces.setdefault(spot.conversation.partition(THREAD)[0], ConversationPace())


def _backoff(number: int) -> float:
    """Seconds before a call is made again, of which a part is chance: so that those told together come apart."""
    longest = min(_FIRST_WAIT * 2.0**number, _LAST_WAIT)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (nothing is kept secret with it)


def _as_json(activity: Json) -> bytes:
    """As it is: escaped, Korean would be twice as large. Half a sign, which no client can show, is replaced."""
    return json.dumps(activity, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _id(answer: Json) -> str:
    return str(answer.get("id") or "")
