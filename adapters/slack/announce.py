"""Posting what answers nobody's question: a headline, its figures, what can be done; exactly once, like a reply."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.text import Json, is_blank
from adapters.slack import blocks, limits
from adapters.slack.calls import Calls, NotReached, Refused, Unclear
from adapters.slack.deliver import Delivery
from adapters.slack.directory import Directory
from adapters.slack.door import CLOSED_TO_US
from adapters.slack.escape import mrkdwn
from adapters.slack.render import Message
from adapters.slack.spot import Spot, ts_at
from core.ask.present.visible import one_line
from core.chat import Facts, Notice, Place, Reply
from core.errors import NotAnnounced

CHANNEL = re.compile(r"[CGDUW][A-Z0-9]{2,20}")
"""Ids of channels, private channels, direct messages and accounts."""

_ACCOUNT = ("U", "W")
_NO_SUCH = frozenset({"user_not_found", "user_disabled", "users_not_found", "cannot_dm_bot", "messages_tab_disabled"})
"""Slack's words for an account that cannot be written to, besides those of channels."""


def render_notice(reply: Reply) -> Message:
    """The message: a header, the figures below each other, what can be done. Pure."""
    made: list[Json] = []
    for part in reply.parts:
        match part:
            case Notice():
                made.append(blocks.header(part.text))
            case Facts() if part.items:
                made.append(blocks.rich_section(list(_figures(part))))
            case _:
                raise TypeError(f"a notice has no {part.part}")
    for part in reply.parts:
        if isinstance(part, Notice) and not is_blank(part.hint):
            made += blocks.paragraphs(part.hint, reply.locale)
    return Message(mrkdwn(reply.plain, limits.MESSAGE_TEXT), tuple(made))


def _figures(facts: Facts) -> Iterator[Json]:
    for number, fact in enumerate(facts.items):
        yield blocks.text_element(f"{chr(10) if number else ''}{fact.label}: ", bold=True)
        yield blocks.text_element(one_line(fact.value))


@dataclass(frozen=True)
class Announcing:
    """Slack's `core.ask.announce.Announce`."""

    client: AsyncWebClient
    calls: Calls
    directory: Directory
    delivery: Delivery

    async def __call__(self, place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
        """Post at a place: a channel, a thread of it, or an account's direct messages."""
        try:
            spot = await self._spot(place, since)
            await self.delivery.announce(spot, render_notice(reply), reply.question_id, again=again)
        except Refused as refused:
            is_closed = refused.code in CLOSED_TO_US | _NO_SUCH
            raise NotAnnounced("announce.closed" if is_closed else "announce.failed") from None
        except (Unclear, NotReached):
            raise NotAnnounced("announce.failed") from None

    async def _spot(self, place: Place, since: datetime) -> Spot:
        after = ts_at(since)
        if place.channel.startswith(_ACCOUNT):
            opened = await self.calls.do(self.client.conversations_open, users=place.channel)
            return Spot(str(opened["channel"]["id"]), place.thread, after=after)
        if await self.directory.known_readers(place.channel) == "outsiders":
            raise NotAnnounced("announce.outsiders")
        return Spot(place.channel, place.thread, after=after)
