"""Signing in, for programs that speak for a person; the page has its own way, which leaves cookies."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from adapters.api.door import Door, Json
from adapters.api.figures import plain
from adapters.api.people import Ended, Link, ShownScope
from adapters.api.shapes import Body, Shape, shape_of
from adapters.http.answers import JsonResponse
from adapters.http.entrance import Came
from core.access import Device, SignIn

Secret = Annotated[str, Field(max_length=2_000)]


class Credentials(Body):
    """An e-mail address and a password."""

    email: Annotated[str, Field(max_length=255)] = Field(examples=["ada@example.com"])
    password: Secret = Field(examples=["correct horse battery staple"])


class RefreshBody(Body):
    """A refresh token. It is used up by the answer, which holds the next one."""

    refresh: Secret


class LinkBody(Body):
    """The token of a one-time link."""

    token: Secret


class PasswordBody(Body):
    """A new password, and the one there is; not needed some minutes after coming in by a link."""

    new: Secret
    current: Secret | None = None


class Tokens(Shape):
    """`access` goes with each request as a bearer token; `refresh` is good for one new pair."""

    access: str
    access_until: str
    refresh: str
    refresh_until: str
    device: str
    user: str
    name: str
    role: Literal["viewer", "admin"]


class Me(Shape):
    """Whoever asks. `by`: at the machine itself, with a password or link, or with a key."""

    id: str
    name: str
    email: str | None
    role: Literal["viewer", "admin"]
    by: Literal["machine", "sign_in", "key"]
    has_password: bool
    scopes: list[ShownScope] | None = Field(description="What a key is for; null where no key limits anything.")
    language: str
    timezone: str


class Devices(Shape):
    """Sign-ins that have not ended, the last used first."""

    items: list[shape_of(Device)]  # type: ignore[valid-type]


class Done(Shape):
    """It is done."""

    done: bool


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, people = APIRouter(), door.service.people
    Comer = Annotated[Came, Depends(door.came)]

    @routes.post("/auth/sign-in", tags=["sign-in"], response_model=Tokens, summary="Sign in with a password")
    async def sign_in(body: Credentials) -> Response:
        """Wrong ones are slowed down, by address and by account."""
        return JsonResponse(_tokens(await people.sign_in(body.email, body.password)))

    @routes.post("/auth/refresh", tags=["sign-in"], response_model=Tokens, summary="Get the next tokens")
    async def refresh(body: RefreshBody) -> Response:
        """A refresh token that comes a second time ends the whole sign-in: somebody else may have it."""
        return JsonResponse(_tokens(await people.refresh(body.refresh)))

    @routes.post("/auth/sign-out", tags=["sign-in"], response_model=Done, summary="End a sign-in")
    async def sign_out(body: RefreshBody) -> Response:
        """Of a refresh token. Of one that has ended nothing happens."""
        await people.sign_out(body.refresh)
        return JsonResponse({"done": True})

    @routes.post("/auth/link", tags=["sign-in"], response_model=Tokens, summary="Sign in by a one-time link")
    async def enter(body: LinkBody) -> Response:
        """The token of a link that somebody asked for in a chat, or of an invitation."""
        return JsonResponse(_tokens(await people.enter(body.token)))

    @routes.get("/me", tags=["me"], response_model=Me, summary="Who the reader is")
    async def me(came: Comer) -> Response:
        """And what a key is for, where one was sent."""
        return JsonResponse(await _me(door, came))

    @routes.put("/me/password", tags=["me"], response_model=Done, summary="Set one's own password")
    async def set_password(body: PasswordBody, came: Comer) -> Response:
        """Other devices are signed out."""
        await people.set_password(came.actor, body.new, current=body.current, device=came.device)
        return JsonResponse({"done": True})

    @routes.post("/me/link", tags=["me"], status_code=201, response_model=Link, summary="A one-time link for oneself")
    async def link(came: Comer) -> Response:
        """To sign in on another device, within ten minutes."""
        made = await people.link(came.actor)
        url = door.service.sign_in_url(made.token)
        return JsonResponse({"url": url, "token": made.token, "until": made.until.isoformat()}, status_code=201)

    @routes.get("/me/devices", tags=["me"], response_model=Devices, summary="List one's own sign-ins")
    async def devices(came: Comer) -> Response:
        """One for each browser or program that signed in."""
        found = await people.devices(came.actor, device=came.device)
        return JsonResponse({"items": [plain(one) for one in found]})

    @routes.delete("/me/devices/{device_id}", tags=["me"], response_model=Done, summary="End one of one's sign-ins")
    async def end(device_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,36}$")], came: Comer) -> Response:
        """Within 15 minutes nothing of it is let in any more."""
        await people.end_device(came.actor, device_id)
        return JsonResponse({"done": True})

    @routes.post("/me/sign-out", tags=["me"], response_model=Ended, summary="Sign oneself out everywhere")
    async def end_all(came: Comer) -> Response:
        """This device, too."""
        return JsonResponse({"ended": await people.sign_out_everywhere(came.actor)})

    return routes


async def _me(door: Door, came: Came) -> Json:
    actor, scopes = came.actor, None
    person = await door.service.person(actor)
    email, has_password = None, False
    if actor.scopes is None:
        line = await door.service.people.one(actor, person.id)
        email, has_password = line.email, line.has_password
    else:
        scopes = [{"scope": scope, "connections": None if of is None else list(of)} for scope, of in actor.scopes]
    return {
        "id": person.id,
        "name": person.name,
        "email": email,
        "role": person.role,
        "by": "key" if scopes is not None else "sign_in" if actor.user is not None else "machine",
        "has_password": has_password,
        "scopes": scopes,
        "language": actor.locale,
        "timezone": actor.timezone,
    }


def _tokens(signed: SignIn) -> Json:
    told: Json = plain(signed)
    return told
