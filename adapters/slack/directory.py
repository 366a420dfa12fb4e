"""Who people are and who reads a channel, as Slack tells it, kept for a while.

Closed by default: whoever cannot be known is foreign, and a channel whose readers cannot be known is read by outsiders.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.kept import Kept
from adapters.slack.calls import Calls, Method, NotReached, Refused, Unclear
from core.chat import Actor

PLATFORM = "slack"

Readers = Literal["alone", "team", "outsiders"]
Kind = Literal["member", "guest", "foreign", "bot"]

_PERSON_SECONDS = 600.0
_CHANNEL_SECONDS = 60.0
"""A channel may be shared with another company, or a guest join it, at any moment."""
_INSIDERS_SECONDS = 3600.0
_PATIENCE = 1.5
"""Seconds that a question waits for the readers of its channel: Slack wants its acknowledgement within three."""
_PAGE = 200
"""People a page: what Slack recommends for users.list."""
_MEMBERS_PAGE = 1_000
"""The most that conversations.members gives."""
_MOST_UNKNOWN = 20
"""Members of a channel that are looked up one by one: those who joined the workspace since all were listed."""

_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace that installed the app, by auth.test."""

    team: str
    enterprise: str | None
    bot_user: str


class Directory:
    """Looks up people and channels; each answer is kept some minutes, and asked once however many wait for it."""

    def __init__(self, client: AsyncWebClient, home: Home) -> None:
        self._client = client
        self._home = home
        self._calls = Calls()
        self._people: Kept[Actor] = Kept(_PERSON_SECONDS)
        self._channels: Kept[Readers] = Kept(_CHANNEL_SECONDS)
        self._insiders: Kept[frozenset[str]] = Kept(_INSIDERS_SECONDS)

    async def actor(self, user: str) -> Actor:
        """The account. Raises `Refused`, `Unclear`, `NotReached` when Slack cannot be asked: an event is then not
        acknowledged, and comes again.
        """
        return await self._people.get(user, lambda: self._look_up_person(user))

    async def readers(self, channel: str, *, ext_shared: bool = False) -> Readers:
        """Who reads what is said in a channel. `ext_shared` is what the event itself said of it."""
        if channel.startswith("D"):
            return "alone"
        if ext_shared:
            return "outsiders"
        try:
            # The look-up goes on for the next question when this one does not wait for it.
            return await asyncio.wait_for(self.known_readers(channel), _PATIENCE)
        except TimeoutError:
            log.warning("the readers of a channel are not known yet: its answer goes to the asker alone")
        except (Refused, Unclear, NotReached) as error:
            log.warning("the readers of a channel are not known: %s", error)
        return "outsiders"

    async def known_readers(self, channel: str) -> Readers:
        """The same, however long it takes. Raises `Refused`, `Unclear`, `NotReached` when it cannot be known."""
        if channel.startswith("D"):
            return "alone"
        return await self._channels.get(channel, lambda: self._look_up_channel(channel))

    def forget_channel(self, channel: str) -> None:
        """Something about it changed."""
        self._channels.forget(channel)

    async def _look_up_person(self, user: str) -> Actor:
        try:
            answer = await self._calls.read(self._client.users_info, user=user, include_locale=True)
        except Refused as refused:
            if refused.code not in _NOBODY:
                raise
            return Actor(PLATFORM, self._home.team, user, user, kind="foreign")
        found: dict[str, Any] = answer["user"]
        kind = self._kind(found)
        profile = found.get("profile") or {}
        # Others may carry any address: only the home workspace vouches for its full members.
        is_vouched = kind == "member" and found.get("is_email_confirmed") is not False
        return Actor(
            platform=PLATFORM,
            workspace=self._home.team,
            id=user,
            name=str(profile.get("display_name") or found.get("real_name") or found.get("name") or user)[:100],
            email=(profile.get("email") or None) if is_vouched else None,
            locale=str(found.get("locale") or "en-US"),
            timezone=str(found.get("tz") or "UTC"),
            kind=kind,
        )

    def _kind(self, user: dict[str, Any]) -> Kind:
        if user.get("is_bot") or user.get("id") == "USLACKBOT":
            return "bot"
        if user.get("is_stranger") or user.get("deleted") or not self._is_home(user):
            return "foreign"
        return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") else "member"

    def _is_home(self, user: dict[str, Any]) -> bool:
        """Of the workspace, or of another of the same organisation on Enterprise Grid."""
        homes = {self._home.team, self._home.enterprise} - {None}
        of = {user.get("team_id"), (user.get("enterprise_user") or {}).get("enterprise_id")}
        return not homes.isdisjoint(of)

    async def _look_up_channel(self, channel: str) -> Readers:
        found = (await self._calls.read(self._client.conversations_info, channel=channel))["channel"]
        if found.get("is_im"):
            return "alone"
        if _is_shared_abroad(found):
            return "outsiders"
        insiders = await self._insiders.get("", self._look_up_insiders)
        unknown: set[str] = set()
        members = self._pages(self._client.conversations_members, channel=channel, limit=_MEMBERS_PAGE)
        async for page in members:
            unknown.update(set(page["members"]) - insiders)
            if len(unknown) > _MOST_UNKNOWN:
                return "outsiders"
        kinds = {(await self.actor(user)).kind for user in unknown}
        return "team" if kinds <= {"member", "bot"} else "outsiders"

    async def _look_up_insiders(self) -> frozenset[str]:
        """Everybody who is a full member of the workspace, and its bots."""
        found: set[str] = set()
        async for page in self._pages(self._client.users_list, limit=_PAGE):
            found.update(one["id"] for one in page["members"] if self._kind(one) in ("member", "bot"))
        return frozenset(found)

    async def _pages(self, method: Method, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
        cursor = ""
        while True:
            answer = await self._calls.read(method, **arguments, cursor=cursor)
            assert isinstance(answer.data, dict), "Slack's client checked that it is an object"
            yield answer.data
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def _is_shared_abroad(channel: dict[str, Any]) -> bool:
    """Shared beyond the organisation, or about to be: within one it is no secret."""
    return bool(
        channel.get("is_ext_shared")
        or channel.get("is_pending_ext_shared")
        or channel.get("pending_connected_team_ids")
        or (channel.get("is_shared") and not channel.get("is_org_shared"))
    )
