"""Who sends a request: found out once, by the core, from what the request brings.

In this order: a token or key in the Authorization header; the cookie of somebody who signed in; the cookie of the owner
of this machine; and, where the house is open to this machine alone, that owner.
"""

from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.requests import Request

from adapters.http.cookies import ACCESS, OWNER, cookie
from adapters.http.handlers import Refusal
from adapters.http.peer import is_this_machine
from adapters.http.rates import TOLD, Buckets
from adapters.http.reader import language_of_request, zone_of_request
from adapters.http.settings import HttpSettings
from core.ask.service import Service
from core.chat import Actor
from core.ids import account_of

KEY_PREFIX = "cq_"
"""How every key of a program begins; no other token does."""

CHALLENGE = {"www-authenticate": "Bearer"}
"""What a 401 must say (RFC 9110): how to come in."""


@dataclass(frozen=True, slots=True)
class Came:
    """Who sends a request, and by which of their devices, when they signed in."""

    actor: Actor
    device: str | None = None


class Entrance:
    """What the HTTP doors of one house share: who may come in, and how often."""

    def __init__(self, service: Service, settings: HttpSettings) -> None:
        self.service = service
        self.settings = settings
        self.addresses = Buckets("address", settings.a_minute)
        self._people = Buckets("person", settings.a_minute_each)

    async def came(self, request: Request) -> Came:
        """Who it is. Raises `NotSignedIn` for a token that is none (any more), `Refusal` for nobody or too many."""
        came = await self._found(request)
        actor = came.actor
        taken = self._people.take(actor.user or account_of(actor))
        headers = self._people.headers(taken)
        if not taken.allowed:
            raise Refusal(429, "too_many", headers)
        request.scope.setdefault(TOLD, {}).update(headers)
        return came

    def knocks(self, request: Request) -> bool:
        """Whether a browser seems to be somebody's who may come in: the page is worth showing."""
        headers = request.headers
        return bool(cookie(headers, ACCESS)) or self._is_owner(request, headers)

    def brings_token(self, request: Request) -> bool:
        """Whether the address of the page holds the owner's token."""
        token = request.query_params.get("token")
        return token is not None and self.settings.is_token(token)

    async def _found(self, request: Request) -> Came:
        headers, people = request.headers, self.service.people
        locale = language_of_request(request.query_params, headers)
        zone = zone_of_request(request.query_params, self.settings.person.timezone)
        shown = headers.getlist("authorization")
        if shown:
            scheme, _, token = shown[0].partition(" ")
            if len(shown) > 1 or scheme.lower() != "bearer" or not token.strip():
                raise Refusal(401, "not_bearer", CHALLENGE)
            token = token.strip()
            if token.startswith(KEY_PREFIX):
                return Came(await people.actor_of_key(token, locale=locale, timezone=zone))
            signed = await people.signed_in(token, platform="api", locale=locale, timezone=zone)
            return Came(signed.actor, signed.device)
        if access := cookie(headers, ACCESS):
            signed = await people.signed_in(access, platform="web", locale=locale, timezone=zone)
            return Came(signed.actor, signed.device)
        if not self._is_owner(request, headers):
            raise Refusal(401, "locked", CHALLENGE)
        owner = replace(self.settings.person, locale=locale, timezone=zone)
        await people.seen(owner)
        return Came(owner)

    def _is_owner(self, request: Request, headers: Headers) -> bool:
        if self.settings.token is not None:
            return self.settings.is_cookie(cookie(headers, OWNER))
        return is_this_machine(request.scope)
