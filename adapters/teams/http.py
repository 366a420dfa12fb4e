"""Activities over HTTP: small, of the right shape, authentic, of a tenant that may write to us; or refused before
anything reads them. Nothing of them is logged.

The turn is botbuilder's (`CloudAdapterBase`). Its package for web servers is not used: it writes the body of an answer
as JSON within JSON, and fails on a request without a content type.
"""

import logging
from collections.abc import Awaitable, Callable

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext  # type: ignore[import-untyped]
from botbuilder.schema import (  # type: ignore[import-untyped]
    Activity,
    ChannelAccount,
    ConversationAccount,
)
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.chat.text import Json
from adapters.teams.activity import part, tenant_of
from adapters.teams.auth import Authentication, KeysNotRead, NotAuthentic
from adapters.teams.hosts import is_loopback
from adapters.teams.settings import TeamsSettings
from adapters.teams.shapes import read
from core.errors import StoreFailed

PATH = "/api/messages"
"""Where the Bot Framework posts to: the messaging endpoint of the bot's registration."""

LARGEST_BODY = 1024 * 1024
"""Bytes. Teams' own activities are far smaller."""

Turn = Callable[[Json], Awaitable[Json | None]]
"""What is done with an activity; what an invoke is answered with."""

_FROM_ELSEWHERE = ("forwarded", "x-forwarded-for", "x-real-ip", "origin", "sec-fetch-site")
"""Headers of a proxy or of a page in a browser: neither is a client on this machine."""

log = logging.getLogger(__name__)


class _Adapter(CloudAdapterBase):  # type: ignore[misc]
    """botbuilder's host of a turn."""


def router(settings: TeamsSettings, authentication: Authentication, turn: Turn) -> APIRouter:
    """The route, for a web server."""
    adapter = _Adapter(authentication)
    routes = APIRouter()

    @routes.post(PATH)
    async def receive(request: Request) -> Response:
        if settings.no_auth and not _is_from_here(request):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        activity = read(body)
        if activity is None:
            return Response(status_code=400)
        known = _known(activity)
        # Two of them are none: which one counts would be for a proxy to say.
        headers = request.headers.getlist("authorization")
        try:
            authentic = await authentication.authenticate_request(known, headers[0] if len(headers) == 1 else "")
        except NotAuthentic as why:
            log.warning("a request that is not the Bot Framework's: %s", why)
            return Response(status_code=401)
        except KeysNotRead:
            # Nothing says that it is not authentic: it may come again.
            return Response(status_code=503)
        if settings.tenants and tenant_of(activity) not in settings.tenants:
            log.warning("an activity of a tenant that may not write to us")
            return Response(status_code=403)

        async def logic(context: TurnContext) -> None:
            answer = await turn(activity)
            if activity["type"] == "invoke":
                response = InvokeResponse(status=200, body={} if answer is None else answer)
                await context.send_activity(Activity(type="invokeResponse", value=response))

        try:
            invoked = await adapter.process_activity(authentic, known, logic)
        except StoreFailed as failure:
            # What was not stored comes again.
            log.warning("an activity was not taken", extra={"code": failure.code})
            return Response(status_code=503)
        except Exception:
            log.exception("an activity was not taken")
            return Response(status_code=500)
        return Response(status_code=202) if invoked is None else JSONResponse(invoked.body, invoked.status)

    return routes


def _known(activity: Json) -> Activity:
    """What botbuilder needs to know of an activity. Its models lose the rest, which goes on as it came."""
    sender, recipient = part(activity, "from"), part(activity, "recipient")
    return Activity(
        type=activity["type"],
        id=activity.get("id"),
        channel_id=activity["channelId"],
        service_url=activity["serviceUrl"],
        from_property=ChannelAccount(id=sender.get("id"), name=sender.get("name")),
        recipient=ChannelAccount(id=recipient.get("id"), name=recipient.get("name")),
        conversation=ConversationAccount(id=activity["conversation"]["id"]),
    )


def _is_from_here(request: Request) -> bool:
    """Whether a client on this machine sends it: not a proxy, and not a page that somebody looks at."""
    host = request.url.hostname or ""
    from_elsewhere = any(name in request.headers for name in _FROM_ELSEWHERE)
    return request.client is not None and is_loopback(request.client.host) and is_loopback(host) and not from_elsewhere


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too large, whatever its header says."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
