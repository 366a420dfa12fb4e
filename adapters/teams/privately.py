"""What one person alone is shown, wherever they are.

In their personal chat it simply stands there. Elsewhere it is a message that they alone see, else it comes to their
personal chat, else they are asked, before the others, to open one: that much nobody may not read.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.chat.text import Json
from adapters.teams.addresses import Addresses
from adapters.teams.calls import Refused
from adapters.teams.deliver import Delivery
from adapters.teams.refusals import is_elsewhere
from adapters.teams.render import Message
from adapters.teams.spot import Spot
from core.chat import Actor, Place, Reply
from core.locale import say

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Privately:
    """Shows things to one person. All raise `Refused` when nothing at all is taken, `Unclear`, `NotReached`."""

    delivery: Delivery
    addresses: Addresses

    async def message(self, actor: Actor, place: Place, message: Message) -> None:
        """Show a message."""
        await self._shown(
            actor,
            place,
            lambda spot, account: self.delivery.whisper(spot, account, message),
            lambda spot: self.delivery.show(spot, message),
        )

    async def reply(self, actor: Actor, place: Place, reply: Reply, more: Sequence[Json] = ()) -> None:
        """Show a reply that answers no question, as richly as Teams takes it. `more`: elements below it."""
        await self._shown(
            actor,
            place,
            lambda spot, account: self.delivery.whisper_reply(spot, account, reply, more),
            lambda spot: self.delivery.show_reply(spot, reply, more),
        )

    async def _shown(
        self,
        actor: Actor,
        place: Place,
        whisper: Callable[[Spot, str], Awaitable[object]],
        show: Callable[[Spot], Awaitable[object]],
    ) -> None:
        spot = await self.addresses.at(place)
        if place.readers == "alone":
            await show(spot)
            return
        try:
            await whisper(spot, await self.addresses.account(actor.id))
        except Refused as refused:
            log.info("nothing is shown to one person alone there: %s", refused.code)
        else:
            return
        try:
            await show(await self.addresses.direct(actor))
        except Refused as refused:
            if not is_elsewhere(refused):
                raise
            log.info("no personal chat with somebody: %s", refused.code)
            await self.delivery.say(spot, say(actor.locale, "teams.road.only_to_you", name=actor.name))
