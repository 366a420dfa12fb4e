"""Posting what answers nobody's question: a headline, its figures, what can be done; once, as far as a bot can know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from adapters.chat.text import Json, is_blank
from adapters.teams import cards
from adapters.teams.addresses import PLATFORM, Addresses
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.deliver import Delivery
from adapters.teams.directory import Directory
from adapters.teams.refusals import is_closed
from adapters.teams.render import Message, page
from adapters.teams.spot import Spot
from core.chat import Actor, Facts, Notice, Place, Reply
from core.errors import NotAnnounced

_ACCOUNT = re.compile(r"29:[\w-]{1,300}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
CHANNEL = re.compile(rf"19:[\w.:-]{{1,300}}@[\w.-]{{1,50}}|a:[\w-]{{1,300}}|{_ACCOUNT.pattern}", re.ASCII)
"""Ids of channels, chats, personal chats and accounts."""


def render_notice(reply: Reply) -> Message:
    """The message: a header, the figures below each other, what can be done. Pure."""
    made: list[Json] = []
    for part in reply.parts:
        match part:
            case Notice():
                made.append(cards.header(part.text))
            case Facts() if part.items:
                made.append(cards.facts([(fact.label, fact.value) for fact in part.items]))
            case _:
                raise TypeError(f"a notice has no {part.part}")
    return page(reply.plain, [*made, *_hints(reply)], locale=reply.locale)


def _hints(reply: Reply) -> Iterable[Json]:
    for part in reply.parts:
        if isinstance(part, Notice) and not is_blank(part.hint):
            yield from cards.paragraphs(part.hint, reply.locale)


@dataclass(frozen=True)
class Announcing:
    """Teams' `core.ask.announce.Announce`."""

    connector: Connector
    directory: Directory
    delivery: Delivery
    addresses: Addresses

    async def __call__(self, place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
        """Post at a place: a channel, a thread of it, a chat, or an account's personal chat.

        A notice that is remembered to be there `since` then is not posted again, whatever `again` says.
        """
        key = f"notice|{reply.question_id}"
        try:
            await self.delivery.announce(await self._spot(place), render_notice(reply), key, since=since)
        except Refused as refused:
            raise NotAnnounced("announce.closed" if is_closed(refused) else "announce.failed") from None
        except (Unclear, NotReached):
            raise NotAnnounced("announce.failed") from None

    async def _spot(self, place: Place) -> Spot:
        if _ACCOUNT.fullmatch(place.channel):
            workspace = place.workspace or self.directory.home
            return await self.addresses.direct(Actor(PLATFORM, workspace, place.channel, ""))
        if await self.directory.known_readers(place.channel) == "outsiders":
            raise NotAnnounced("announce.outsiders")
        return await self.addresses.at(place)
