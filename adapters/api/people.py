"""People, for administrators; and the keys of programs."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.api.door import Door, Limit, Made, Repeatable
from adapters.api.figures import plain
from adapters.api.shapes import Body, Name, Shape, Uuid, shape_of
from adapters.http.answers import JsonResponse
from core.access import KEY_DAYS, KeyLine, NewKey, NewPerson, PersonLine
from core.chat import Actor, KeyScope

Role = Literal["viewer", "admin"]


class PersonBody(Body):
    """Somebody who was not seen anywhere yet."""

    email: Name = Field(examples=["ada@example.com"])
    name: Name = Field(examples=["Ada Kim"])
    role: Role = "viewer"


class PersonChange(Body):
    """What is to change; what is left out stays."""

    role: Role | None = None
    active: bool | None = None


class ScopeBody(Body):
    """What a key is for, and of which connections, by id; null is all of them."""

    scope: KeyScope = Field(examples=["ask"])
    connections: list[Uuid] | None = Field(default=None, max_length=100)


class KeyBody(Body):
    """A key to be made. `days` from now; null: it never expires."""

    name: Name = Field(examples=["nightly report"])
    scopes: list[ScopeBody] = Field(max_length=20)
    days: int | None = KEY_DAYS


class People(Shape):
    """People, the newest first."""

    items: list[shape_of(PersonLine)]  # type: ignore[valid-type]
    next: str | None


class Link(Shape):
    """A link that lets one person in once."""

    url: str = Field(description="Empty where this house does not know its own address: see COLLOQUERY_PUBLIC_URL.")
    token: str
    until: str


class Ended(Shape):
    """How many sign-ins were ended."""

    ended: int


class ShownScope(Shape):
    """What a key is for, and of which connections, by id; null is all of them."""

    scope: KeyScope
    connections: list[str] | None


class ShownKey(Shape):
    """How to recognise a key; never the key."""

    id: str
    name: str
    prefix: str
    owner: str
    owner_name: str
    scopes: list[ShownScope]
    state: Literal["works", "revoked", "expired", "owner_inactive"]
    created_at: str
    expires_at: str | None
    last_used: str | None
    usage_count: int


class Keys(Shape):
    """Keys, the newest first."""

    items: list[ShownKey]


class NewlyMade(Shape):
    """A new key. `key` is shown this once."""

    key: str
    line: ShownKey


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, people = APIRouter(), door.service.people
    Reader = Annotated[Actor, Depends(door.reader)]
    Person = shape_of(PersonLine)

    @routes.get("/users", tags=["users"], response_model=People, summary="List people")
    async def found(
        actor: Reader,
        search: Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = "",
        limit: Limit = 50,
        cursor: Annotated[str | None, Query(max_length=1_000)] = None,
    ) -> Response:
        """Administrators. A search looks at names and e-mail addresses."""
        page = await people.all(actor, search=search, after=cursor, most=limit)
        return JsonResponse({"items": [plain(one) for one in page.items], "next": page.next})

    @routes.post("/users", tags=["users"], status_code=201, response_model=Person, summary="Add somebody")
    async def add(request: Request, body: PersonBody, actor: Reader, key: Repeatable = None) -> Response:
        """Administrators. They come in by an invitation."""

        async def work() -> Made:
            line = await people.add(actor, NewPerson(body.email, body.name, body.role))
            return Made(plain(line), location=f"/users/{line.id}")

        return await door.once(request, actor, key, work)

    @routes.get("/users/{user_id}", tags=["users"], response_model=Person, summary="Read about somebody")
    async def one(user_id: UUID, actor: Reader) -> Response:
        """Administrators, and everybody about themselves."""
        return JsonResponse(plain(await people.one(actor, str(user_id))))

    @routes.patch("/users/{user_id}", tags=["users"], response_model=Person, summary="Change role or activity")
    async def change(user_id: UUID, body: PersonChange, actor: Reader) -> Response:
        """Administrators. A new role signs them out; deactivating ends their sign-ins and stops their keys."""
        line: PersonLine | None = None
        if body.active is not None:
            line = await people.set_active(actor, str(user_id), body.active)
        if body.role is not None:
            line = await people.set_role(actor, str(user_id), body.role)
        return JsonResponse(plain(line or await people.one(actor, str(user_id))))

    @routes.post("/users/{user_id}/invitation", tags=["users"], status_code=201, response_model=Link, summary="Invite")
    async def invite(request: Request, user_id: UUID, actor: Reader, key: Repeatable = None) -> Response:
        """Administrators. A link for somebody who has never come in."""

        async def work() -> Made:
            link = await people.invite(actor, str(user_id))
            url = door.service.sign_in_url(link.token)
            return Made({"url": url, "token": link.token, "until": link.until.isoformat()})

        return await door.once(request, actor, key, work)

    @routes.post("/users/{user_id}/sign-out", tags=["users"], response_model=Ended, summary="Sign somebody out")
    async def sign_out(user_id: UUID, actor: Reader) -> Response:
        """Everywhere. Administrators."""
        return JsonResponse({"ended": await people.sign_out_everywhere(actor, str(user_id))})

    @routes.get("/keys", tags=["keys"], response_model=Keys, summary="List keys of programs")
    async def keys(
        actor: Reader, everybodys: Annotated[bool, Query(description="Everyone's, for administrators.")] = False
    ) -> Response:
        """One's own. A key lists none."""
        return JsonResponse({"items": [_key(one) for one in await people.keys(actor, everybody=everybodys)]})

    @routes.post("/keys", tags=["keys"], status_code=201, response_model=NewlyMade, summary="Make a key")
    async def make(request: Request, body: KeyBody, actor: Reader, key: Repeatable = None) -> Response:
        """It is shown this once. A key makes none."""

        async def work() -> Made:
            scopes = tuple(
                (one.scope, None if one.connections is None else tuple(one.connections)) for one in body.scopes
            )
            made = await people.make_key(actor, NewKey(body.name, scopes, body.days))
            return Made({"key": made.key, "line": _key(made.line)}, location=f"/keys/{made.line.id}")

        return await door.once(request, actor, key, work)

    @routes.delete("/keys/{key_id}", tags=["keys"], response_model=ShownKey, summary="Revoke a key")
    async def revoke(key_id: UUID, actor: Reader) -> Response:
        """It stops at once: one's own, or anybody's by administrators."""
        return JsonResponse(_key(await people.revoke_key(actor, str(key_id))))

    return routes


def _key(line: KeyLine) -> dict[str, Any]:
    scopes = [{"scope": scope, "connections": None if of is None else list(of)} for scope, of in line.scopes]
    return {**plain(line), "scopes": scopes}
