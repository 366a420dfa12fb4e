"""Where things of Teams are: conversations, people's personal chats, our own messages. Kept for good.

A bot is told the address of a conversation with everything that is said there, and nowhere else; and it cannot read a
conversation, so that a message of ours whose id is lost is lost. Both survive a restart here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from adapters.chat.text import Json
from adapters.teams.activity import (
    THREAD,
    ConversationType,
    conversation,
    conversation_type,
    part,
    service_url,
    tenant_of,
    type_of,
    user_of,
)
from adapters.teams.calls import Connector
from adapters.teams.spot import Spot
from core.ask.address_desk import AddressDesk
from core.chat import Actor, Place

PLATFORM = "teams"

ANYWHERE = "https://smba.trafficmanager.net/teams/"
"""Where a conversation is reached of which nothing is known yet (learn.microsoft.com/microsoftteams/platform, proactive
messages)."""

_DAYS = 90.0
"""How long it is remembered which message holds an answer: for a verdict on it, and for a second try at posting it."""
_CLOCKS = timedelta(minutes=10)
"""How far the clocks of two of our machines may be apart."""
_MOST_KEPT = 10_000
"""Addresses that this process need not look up again."""


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation we were told of."""

    service_url: str
    tenant: str
    type: ConversationType


class Addresses:
    """What is kept of Teams. All raise `StoreFailed`; `direct` raises as `Connector` does, too."""

    def __init__(self, desk: AddressDesk, connector: Connector) -> None:
        self._desk = desk
        self._connector = connector
        self._kept: dict[tuple[str, ...], dict[str, str]] = {}

    # Conversations and people

    async def seen(self, activity: Json) -> None:
        """Keep where an activity came from, and whom."""
        channel, _ = conversation(activity)
        url, tenant, scope = service_url(activity), tenant_of(activity), conversation_type(activity)
        account, user = str(part(activity, "from").get("id") or ""), user_of(activity)
        if not channel or url == "/" or not tenant:
            return
        await self._keep("conversation", channel, value={"service_url": url, "tenant": tenant, "type": scope})
        if account and account not in (channel, part(activity, "recipient").get("id")):
            await self._keep("account", user, value={"service_url": url, "tenant": tenant, "account": account})
            if scope == "personal":
                await self._keep("direct", user, value={"service_url": url, "conversation": channel})

    async def known(self, channel: str) -> Known | None:
        """What is known of a conversation."""
        found = await self._of("conversation", channel)
        if found is None:
            return None
        return Known(found["service_url"], found["tenant"], type_of(channel, found["type"]))

    async def spot(self, place: Place) -> Spot | None:
        """Where a place is; None when nobody wrote there yet."""
        known = await self.known(place.channel)
        return None if known is None else Spot(known.service_url, threaded(place.channel, place.thread))

    async def at(self, place: Place) -> Spot:
        """The same; where Teams is reached by everybody when it is not known."""
        return await self.spot(place) or Spot(ANYWHERE, threaded(place.channel, place.thread))

    async def type_of(self, channel: str) -> ConversationType:
        """What kind of conversation it is."""
        known = await self.known(channel)
        return type_of(channel) if known is None else known.type

    async def account(self, user: str) -> str:
        """Who somebody is to this bot, "29:…"; what was given when that is not known: Teams takes either mostly."""
        found = await self._of("account", user)
        return user if found is None else found["account"]

    async def direct(self, actor: Actor) -> Spot:
        """The personal chat with somebody; opened when there is none yet."""
        found = await self._of("direct", actor.id)
        if found is not None:
            return Spot(found["service_url"], found["conversation"])
        person = await self._of("account", actor.id) or {}
        url = person.get("service_url", ANYWHERE)
        tenant = person.get("tenant", actor.workspace)
        opened = await self._connector.open_direct(url, tenant, person.get("account", actor.id))
        await self._keep("direct", actor.id, value={"service_url": url, "conversation": opened})
        kept = {"service_url": url, "tenant": tenant.lower(), "type": "personal"}
        await self._keep("conversation", opened, value=kept)
        return Spot(url, opened)

    # Our own messages

    async def remember_progress(self, question_id: str, spot: Spot) -> None:
        """The message, or the stream, that shows the progress of a question: its answer takes its place."""
        value = {"message": spot.message or "", "stream": spot.stream or ""}
        await self._keep("progress", question_id, value=value, days=_DAYS)

    async def on_progress(self, question_id: str, spot: Spot) -> Spot:
        """The spot with the message that shows the progress of a question, as far as one is remembered."""
        found = await self._of("progress", question_id)
        if found is None:
            return spot
        return replace(spot, message=found["message"] or None, stream=found["stream"] or None)

    async def remember_answer(self, question_id: str, spot: Spot, message: str) -> None:
        """The message that holds the answer to a question. Teams does not always tell its id: then it is empty."""
        await self.remember_said(question_id, message)
        if message:
            channel = spot.conversation.partition(THREAD)[0]
            await self._keep("question", channel, message, value={"question": question_id}, days=_DAYS)

    async def remember_said(self, key: str, message: str) -> None:
        """The same of anything that is said once."""
        value = {"message": message, "at": datetime.now(UTC).isoformat()}
        await self._keep("said", key, value=value, days=_DAYS)

    async def said(self, key: str, since: datetime | None = None) -> str | None:
        """The message that holds an answer, or what else is said once; None when it is not known to be there.

        `since`: what was said earlier than that does not count.
        """
        found = await self._of("said", key)
        if found is None or (since is not None and datetime.fromisoformat(found["at"]) < since - _CLOCKS):
            return None
        return found["message"]

    async def question_of(self, channel: str, message: str) -> str | None:
        """The question that a message of ours answers."""
        found = await self._of("question", channel.partition(THREAD)[0], message)
        return None if found is None else found["question"]

    async def _keep(self, *name: str, value: Mapping[str, str], days: float | None = None) -> None:
        """Nothing is written that this process has written before."""
        if self._kept.get(name) == value:
            return
        await self._desk.keep(PLATFORM, *name, value=value, days=days)
        if days is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[name] = dict(value)

    async def _of(self, *name: str) -> dict[str, str] | None:
        return self._kept.get(name) or await self._desk.of(PLATFORM, *name)


def threaded(channel: str, thread: str) -> str:
    """The id of a conversation for what is posted there: of a thread, where there is one."""
    return f"{channel}{THREAD}{thread}" if thread else channel
