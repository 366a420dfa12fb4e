"""Who people are and who reads a conversation, as Teams tells it, kept for a while.

Closed by default: whoever cannot be known is foreign, and a conversation whose readers cannot be known is read by
outsiders.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from adapters.chat.kept import Kept
from adapters.chat.text import Json
from adapters.teams.addresses import PLATFORM, Addresses
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.spot import Spot
from core.chat import Actor, Place

Readers = Literal["alone", "team", "outsiders"]
Kind = Literal["member", "guest", "foreign", "bot"]

_PERSON_SECONDS = 600.0
_CHANNEL_SECONDS = 60.0
"""A guest may join at any moment."""
_PATIENCE = 1.5
"""Seconds that a question waits for the readers of its conversation: Teams wants its answer soon."""
_NOT_THERE = frozenset({400, 403, 404})
"""Of a look-up: nobody by that account, or nobody that we may see. 400 is for an account of no known shape."""

log = logging.getLogger(__name__)


class Directory:
    """Looks up people and conversations; each answer is kept some minutes, and asked once however many wait for it.

    `tenants`: where our own people are; empty, everybody is ours, which is for a client on this machine alone.
    """

    def __init__(self, connector: Connector, addresses: Addresses, tenants: Sequence[str]) -> None:
        self._connector = connector
        self._addresses = addresses
        self.home = tenants[0].lower() if tenants else ""
        """The tenant of whom nothing else is known."""
        self._tenants = frozenset(one.lower() for one in tenants)
        self._people: Kept[Actor] = Kept(_PERSON_SECONDS)
        self._channels: Kept[Readers] = Kept(_CHANNEL_SECONDS)

    async def actor(self, spot: Spot, tenant: str, account: str, user: str) -> Actor:
        """The account, as the members of a conversation of `tenant` have it.

        Raises `Unclear` and `NotReached` when Teams cannot be asked, `Refused` when it asks to wait or knows us not.
        """
        try:
            return await self._people.get(f"{tenant}|{user}", lambda: self._look_up_person(spot, tenant, account, user))
        except Refused as refused:
            if refused.status not in _NOT_THERE:
                raise
            # Not kept: it is said of this conversation, and they may be known in the next one.
            return Actor(PLATFORM, tenant, user, user, kind="foreign")

    async def person(self, place: Place, user: str) -> Actor:
        """Somebody whom a text or a form names, by their id in Entra or their account. Raises as `actor`."""
        spot = await self._addresses.at(replace(place, thread=""))
        return await self.actor(spot, place.workspace, await self._addresses.account(user), user)

    async def readers(self, channel: str) -> Readers:
        """Who reads what is said in a conversation."""
        try:
            # The look-up goes on for the next question when this one does not wait for it.
            return await asyncio.wait_for(self.known_readers(channel), _PATIENCE)
        except TimeoutError:
            log.warning("the readers of a conversation are not known yet: its answer goes to the asker alone")
        except (Refused, Unclear, NotReached) as error:
            log.warning("the readers of a conversation are not known: %s", error)
        return "outsiders"

    async def known_readers(self, channel: str) -> Readers:
        """The same, however long it takes. Raises `Refused`, `Unclear`, `NotReached` when it cannot be known."""
        if await self._addresses.type_of(channel) == "personal":
            return "alone"
        spot = await self._addresses.at(Place(PLATFORM, "", channel, ""))
        return await self._channels.get(channel, lambda: self._look_up_readers(spot))

    def forget(self, channel: str) -> None:
        """Somebody joined it or left."""
        self._channels.forget(channel)

    async def _look_up_person(self, spot: Spot, tenant: str, account: str, user: str) -> Actor:
        found = await self._connector.member(spot, account)
        kind, home = self._kind(found), _text(found, "tenantId").lower()
        # Others may carry any address: only the home tenant vouches for its full members.
        email = _text(found, "email") or _text(found, "userPrincipalName")
        return Actor(
            platform=PLATFORM,
            workspace=home if kind == "member" and home else tenant,
            id=(_text(found, "aadObjectId") or _text(found, "objectId")).lower() or user,
            name=(_text(found, "name") or user)[:100],
            email=(email or None) if kind == "member" else None,
            kind=kind,
        )

    def _kind(self, member: Json) -> Kind:
        role = _text(member, "userRole").lower()
        if role == "bot" or _text(member, "id").startswith("28:"):
            return "bot"
        if self._tenants and _text(member, "tenantId").lower() not in self._tenants:
            return "foreign"
        if role == "guest" or "#ext#" in _text(member, "userPrincipalName").lower():
            return "guest"
        return "member" if role == "user" else "foreign"

    async def _look_up_readers(self, spot: Spot) -> Readers:
        """Page by page, up to the first outsider. A list of nobody says nothing of who reads."""
        anybody = False
        async for member in self._connector.members(spot):
            kind = self._kind(member)
            if kind not in ("member", "bot"):
                return "outsiders"
            anybody = anybody or kind == "member"
        return "team" if anybody else "outsiders"


def _text(of: Json, name: str) -> str:
    return str(of.get(name) or "")
