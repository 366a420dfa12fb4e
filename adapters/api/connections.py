"""Connections: the databases people may ask, and whose they are."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.api.cursor import piece
from adapters.api.door import Cursor, Door, Json, Limit, Made, Repeatable, place_of
from adapters.api.figures import plain
from adapters.api.shapes import Body, Name, Shape, Words, shape_of, widened
from adapters.http.answers import JsonResponse
from core.catalog.changes import Changes
from core.chat import Actor, ConnectionReport, ConnectionView, Place, TlsMode
from core.connections.connection import ConnectionEdit, NewConnection
from core.connections.connections import EVERYONE
from core.engines.base import ServerKind
from core.ids import place_id
from core.locale import reason_words

Port = Annotated[int, Field(ge=0, le=65_535, description="0 is the server's usual one.")]
Password = Annotated[str, Field(max_length=255, description="Kept encrypted, and never shown again.")]
Certificates = Annotated[Words, Field(description="PEM of the server's authority; empty: the machine's.")]


class ConnectionBody(Body):
    """A connection as somebody adds it."""

    name: Name = Field(examples=["warehouse"])
    kind: ServerKind = Field(examples=["postgresql"])
    host: Name = Field(examples=["db.example.com"])
    port: Port = 0
    user: Name = Field(examples=["reader"])
    password: Password = ""
    database: Name = Field(examples=["sales"])
    tls: TlsMode = "prefer"
    tls_ca: Certificates = ""

    def new(self) -> NewConnection:
        """The same as the core takes it."""
        return NewConnection(
            self.name, self.kind, self.host, self.port, self.user, self.password, self.database, self.tls, self.tls_ca
        )


class ConnectionChange(Body):
    """What is to change; what is left out stays. A new address of one with a password needs the password, too."""

    name: Name | None = None
    kind: ServerKind | None = None
    host: Name | None = None
    port: Port | None = None
    user: Name | None = None
    password: Password | None = None
    database: Name | None = None
    tls: TlsMode | None = None
    tls_ca: Certificates | None = None
    revision: Name | None = Field(default=None, description="As it was read: somebody else's change is not lost then.")

    def edit(self) -> ConnectionEdit:
        """The same as the core takes it."""
        return ConnectionEdit(**self.model_dump())


class Switch(Body):
    """Whether it may be asked."""

    enabled: bool


class Spot(Body):
    """A channel or a conversation of a chat."""

    platform: Name = Field(examples=["slack"])
    workspace: Name = Field(examples=["T0123"])
    channel: Name = Field(examples=["C0123"])


class GrantBody(Body):
    """Whom to give it: everyone, a person by id, a place, or by its id a place that has it already."""

    to: Literal["everyone", "user", "place"]
    subject: Name = Field(default="", description="A person's id; or a place's, as `given_to` shows it.")
    place: Spot | None = None
    default: bool = Field(default=False, description="It is asked unless they choose another.")
    private: bool | None = Field(default=None, description="Whether they see private columns; null leaves that.")


ShownConnection = widened(ConnectionView, "ShownConnection", {"problem_text": str})
ShownReport = widened(ConnectionReport, "ShownReport", {"problem_text": str})


class ConnectionPage(Shape):
    """Connections, by name."""

    items: list[ShownConnection]  # type: ignore[valid-type]
    next: str | None
    may_add: bool = Field(description="Whether the reader may add one.")


class Looked(Shape):
    """A connection, and what a look at it told; null where none was needed."""

    connection: ShownConnection  # type: ignore[valid-type]
    report: ShownReport | None  # type: ignore[valid-type]


class Gone(Shape):
    """The name it had."""

    name: str


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, sources = APIRouter(tags=["connections"]), door.service.sources
    Reader = Annotated[Actor, Depends(door.reader)]

    @routes.get("/connections", response_model=ConnectionPage, summary="List connections")
    async def found(
        actor: Reader,
        everybodys: Annotated[bool, Query(description="Everyone's, for administrators.")] = False,
        limit: Limit = 200,
        cursor: Cursor = None,
    ) -> Response:
        """Those the reader may ask and their own, disabled ones too."""
        every = await sources.all(actor, place_of(actor), everybodys=everybodys)
        shown, following = piece(every, lambda one: one.id, limit, cursor)
        items = [_view(one, actor) for one in shown]
        return JsonResponse({"items": items, "next": following, "may_add": await sources.may_add(actor)})

    @routes.post("/connections", status_code=201, response_model=Looked, summary="Add a connection")
    async def add(request: Request, body: ConnectionBody, actor: Reader, key: Repeatable = None) -> Response:
        """It is tried first, and kept only when it answers. It is private to its owner until it is given away."""

        async def work() -> Made:
            report = await sources.add(actor, body.new())
            view = await sources.one(actor, report.id, place_of(actor))
            looked = {"connection": _view(view, actor), "report": _report(report, actor)}
            return Made(looked, location=f"/connections/{report.id}")

        return await door.once(request, actor, key, work)

    @routes.get("/connections/{connection_id}", response_model=ShownConnection, summary="Read a connection")
    async def one(connection_id: UUID, actor: Reader) -> Response:
        """Where it is and whom it is given to is told only to whoever manages it; its password to nobody."""
        return JsonResponse(_view(await sources.one(actor, str(connection_id), place_of(actor)), actor))

    @routes.patch("/connections/{connection_id}", response_model=Looked, summary="Change a connection")
    async def change(connection_id: UUID, body: ConnectionChange, actor: Reader) -> Response:
        """It is tried first, and changed only when it answers."""
        report = await sources.edit(actor, str(connection_id), body.edit())
        view = await sources.one(actor, str(connection_id), place_of(actor))
        told = None if report is None else _report(report, actor)
        return JsonResponse({"connection": _view(view, actor), "report": told})

    @routes.delete("/connections/{connection_id}", response_model=Gone, summary="Delete a connection")
    async def delete(connection_id: UUID, actor: Reader) -> Response:
        """Its password and all that was known of it go with it."""
        return JsonResponse({"name": await sources.delete(actor, str(connection_id))})

    @routes.post("/connections/{connection_id}/test", response_model=ShownReport, summary="Look at a connection")
    async def test(connection_id: UUID, actor: Reader) -> Response:
        """Step by step: what is wrong is told in the answer."""
        return JsonResponse(_report(await sources.test(actor, str(connection_id)), actor))

    @routes.put("/connections/{connection_id}/enabled", response_model=Looked, summary="Let it be asked, or not")
    async def switch(connection_id: UUID, body: Switch, actor: Reader) -> Response:
        """Everything of it is kept; it is tried before it is asked again."""
        report = await sources.enable(actor, str(connection_id)) if body.enabled else None
        if report is None:
            view = await sources.disable(actor, str(connection_id))
            return JsonResponse({"connection": _view(view, actor), "report": None})
        view = await sources.one(actor, str(connection_id), place_of(actor))
        return JsonResponse({"connection": _view(view, actor), "report": _report(report, actor)})

    @routes.put("/connections/{connection_id}/default", response_model=ShownConnection, summary="Make it one's default")
    async def choose(connection_id: UUID, actor: Reader) -> Response:
        """Asked unless another is named, wherever the reader asks."""
        return JsonResponse(_view(await sources.choose(actor, str(connection_id)), actor))

    @routes.post("/connections/{connection_id}/refresh", response_model=shape_of(Changes), summary="Read its schema")
    async def refresh(connection_id: UUID, actor: Reader) -> Response:
        """Tells what changed since the last reading; templates are checked against it."""
        return JsonResponse(plain(await sources.refresh(actor, str(connection_id))))

    @routes.post("/connections/{connection_id}/grants", response_model=ShownConnection, summary="Give a connection")
    async def give(connection_id: UUID, grant: GrantBody, actor: Reader) -> Response:
        """Administrators."""
        view = await sources.give(
            actor, str(connection_id), grant.to, _subject(grant), default=grant.default, private=grant.private
        )
        return JsonResponse(_view(view, actor))

    @routes.delete(
        "/connections/{connection_id}/grants/{to}/{subject}",
        response_model=ShownConnection,
        summary="Take a connection back",
    )
    async def take(
        connection_id: UUID, to: Literal["everyone", "user", "place"], subject: Name, actor: Reader
    ) -> Response:
        """Administrators. `subject` as `given_to` shows it; nothing happens when they did not have it."""
        return JsonResponse(_view(await sources.take(actor, str(connection_id), to, subject), actor))

    return routes


def _subject(grant: GrantBody) -> str:
    if grant.to == "everyone":
        return EVERYONE
    if grant.place is not None and grant.to == "place":
        return place_id(Place(grant.place.platform, grant.place.workspace, grant.place.channel, ""))
    return grant.subject


def _view(view: ConnectionView, actor: Actor) -> Json:
    return {**plain(view), "problem_text": reason_words(actor.locale, view.problem) if view.problem else ""}


def _report(report: ConnectionReport, actor: Actor) -> Json:
    return {**plain(report), "problem_text": reason_words(actor.locale, report.problem) if report.problem else ""}
