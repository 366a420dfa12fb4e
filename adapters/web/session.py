"""Signing in at the page: tokens come and go in cookies alone, so that no script ever holds one.

The access token goes with every request, the refresh token to this one address, which changes both.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.http.answers import JsonResponse
from adapters.http.cookies import ACCESS, OWNER, REFRESH, cookie, forget_cookie, set_cookie
from adapters.http.entrance import Entrance
from adapters.http.peer import is_secure, is_this_machine
from adapters.http.problem import problem_of
from core.access import SignIn
from core.errors import NotSignedIn

Secret = Annotated[str, Field(max_length=2_000)]

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


class Credentials(BaseModel):
    """An e-mail address and a password."""

    model_config = _STRICT

    email: Annotated[str, Field(max_length=255)]
    password: Secret


class LinkBody(BaseModel):
    """The token of a one-time link."""

    model_config = _STRICT

    token: Secret


def router(entrance: Entrance) -> APIRouter:
    """The routes under `/session`."""
    routes, people = APIRouter(prefix="/session"), entrance.service.people

    @routes.post("")
    async def sign_in(request: Request, body: Credentials) -> Response:
        return _came(entrance, request, await people.sign_in(body.email, body.password))

    @routes.post("/link")
    async def enter(request: Request, body: LinkBody) -> Response:
        return _came(entrance, request, await people.enter(body.token))

    @routes.post("/refresh")
    async def refresh(request: Request) -> Response:
        """The next pair; who has none, or one that has ended, is told so and forgotten."""
        try:
            return _came(entrance, request, await people.refresh(cookie(request.headers, REFRESH)))
        except NotSignedIn as ended:
            response = problem_of(request.scope, ended)
            _forget(entrance, request, response)
            return response

    @routes.delete("/refresh")
    async def sign_out(request: Request) -> Response:
        """End this browser's sign-in, the owner's way in too. The cookie that tells which is sent to this address."""
        await people.sign_out(cookie(request.headers, REFRESH))
        response = JsonResponse({"done": True})
        _forget(entrance, request, response)
        response.headers.append("set-cookie", forget_cookie(OWNER, secure=_secure(entrance, request)))
        return response

    @routes.get("")
    async def state(request: Request) -> Response:
        """What the page of sign-in offers: whether somebody at this machine needs none."""
        here = entrance.settings.token is None and is_this_machine(request.scope)
        return JsonResponse({"owner": here, "signed_in": bool(cookie(request.headers, ACCESS))})

    return routes


def _came(entrance: Entrance, request: Request, signed: SignIn) -> Response:
    response = JsonResponse({"name": signed.name, "role": signed.role})
    # The access token stays in the browser when its minutes are over: without it, the browser would seem to be
    # nobody's, and at the machine itself its owner's.
    kept = max(0, int((signed.refresh_until - datetime.now(UTC)).total_seconds()))
    secure, path = _secure(entrance, request), _refresh_path(request)
    response.headers.append("set-cookie", set_cookie(ACCESS, signed.access, kept, secure=secure))
    response.headers.append("set-cookie", set_cookie(REFRESH, signed.refresh, kept, path=path, secure=secure))
    return response


def _forget(entrance: Entrance, request: Request, response: Response) -> None:
    secure = _secure(entrance, request)
    response.headers.append("set-cookie", forget_cookie(ACCESS, secure=secure))
    response.headers.append("set-cookie", forget_cookie(REFRESH, path=_refresh_path(request), secure=secure))


def _secure(entrance: Entrance, request: Request) -> bool:
    return is_secure(request.scope, entrance.settings.proxies)


def _refresh_path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/session/refresh"
