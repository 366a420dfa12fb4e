"""What the routes share: who sends a request, where they are, and requests that are done once."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from adapters.http.answers import JsonResponse
from adapters.http.entrance import Came, Entrance
from adapters.http.handlers import Refusal
from core.ask.service import Service
from core.chat import Actor, Place

Json = dict[str, Any]

Repeatable = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again with the same request within a day, it gives the same answer and does nothing twice.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]

Limit = Annotated[int, Query(ge=1, le=200, description="Items of one page.")]

Cursor = Annotated[
    str | None,
    Query(max_length=1_000, pattern=r"^[A-Za-z0-9_-]+$", description="The `next` of the page before; none: the first."),
]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a request that creates something."""

    body: Json
    status: int = 201
    location: str = ""
    """Below the API's own address."""


@dataclass(frozen=True)
class Door:
    """The routes' way to the core."""

    entrance: Entrance

    @property
    def service(self) -> Service:
        """The core."""
        return self.entrance.service

    async def came(self, request: Request) -> Came:
        """Who sends the request, and by which device."""
        return await self.entrance.came(request)

    async def reader(self, request: Request) -> Actor:
        """Who sends the request."""
        return (await self.entrance.came(request)).actor

    async def once(
        self, request: Request, actor: Actor, key: str | None, work: Callable[[], Awaitable[Made]]
    ) -> Response:
        """Do it, once for each key; whoever sends the same again gets the same answer."""
        if key is None:
            return _answer(request, await work())
        known = await self.service.once.begin(actor, key, await _fingerprint(request))
        match known.state:
            case "known":
                made = Made(known.answer["body"], known.status, known.answer["location"])
                return _answer(request, made, {"idempotency-replayed": "true"})
            case "other":
                raise Refusal(422, "key_of_another")
            case "under_way":
                raise Refusal(409, "under_way", {"retry-after": "2"})
        try:
            made = await work()
        except BaseException:
            await self.service.once.forget(known)
            raise
        await self.service.once.finish(known, made.status, {"body": made.body, "location": made.location})
        return _answer(request, made)


def place_of(actor: Actor, session: str = "new") -> Place:
    """A session of whoever asks. Its channel is the account, so that two people's sessions never meet."""
    return Place(platform=actor.platform, workspace=actor.workspace, channel=actor.id, thread=session)


def _answer(request: Request, made: Made, headers: dict[str, str] | None = None) -> Response:
    told = dict(headers or {})
    if made.location:
        told["location"] = request.scope.get("root_path", "") + made.location
    return JsonResponse(made.body, status_code=made.status, headers=told)


async def _fingerprint(request: Request) -> str:
    """What tells this request from any other: its method, its address and its body."""
    digest = hashlib.sha256()
    for part in (request.method.encode(), request.scope["path"].encode("utf-8", "replace"), await request.body()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
