"""Templates: questions whose SQL is known. The core's desk decides who sees and changes what."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.api.cursor import piece
from adapters.api.described import FILE_YAML
from adapters.api.door import Cursor, Door, Json, Limit, Made, Repeatable, place_of
from adapters.api.questions import Taken, Where, taken
from adapters.api.shapes import Body, Shape, widened
from adapters.http.answers import JsonResponse, attachment
from core.chat import Actor
from core.errors import ColloqueryError
from core.locale import error_words, reason_words
from core.saved import Imported, Parameter, ParameterKind, SavedTemplate, TemplateEdit

_MOST_AT_ONCE = 200
"""Templates named in one address: as many as a list shows."""

_RUNS = ("", "template.fixed_dates")
"""Problems with which a template still runs from the list."""


class Filled(Where):
    """What is filled in for the placeholders of a template: name to text; what is left out takes its default."""

    values: dict[str, str]


class ParameterBody(Body):
    """A placeholder; no default: it must be filled in."""

    name: str
    kind: ParameterKind = "text"
    default: str | None = None
    column: str = Field(default="", description="Of a choice: table.column, whose values may be chosen.")


class TemplateBody(Body):
    """All of a template. How long each may be is the core's to say."""

    name: str = Field(examples=["Customers of a city"])
    question: str = Field(examples=["How many customers are in {city}?"])
    sql: str = Field(
        examples=["SELECT COUNT(*) FROM customers JOIN cities ON city_id = cities.id WHERE cities.name = :city"]
    )
    description: str = ""
    category: str = ""
    connection: str = Field(default="", description="The name of a connection; empty: the usual one.")
    parameters: list[ParameterBody] = Field(
        default=[], max_length=100, examples=[[{"name": "city", "kind": "choice", "column": "cities.name"}]]
    )
    public: bool = Field(default=False, description="Everybody who may ask its connection may use it.")

    def edit(self, template_id: str | None = None) -> TemplateEdit:
        """The same as the core takes it."""
        return TemplateEdit(
            name=self.name,
            question=self.question,
            sql=self.sql,
            parameters=tuple(Parameter(one.name, one.kind, one.default, one.column) for one in self.parameters),
            description=self.description,
            category=self.category,
            connection=self.connection,
            id=template_id,
        )


class Shared(Body):
    """Whether everybody who may ask its connection may use it."""

    public: bool


class Verified(Body):
    """Whether an administrator says that it is right."""

    verified: bool


class Brought(Body):
    """A file of templates, as text."""

    text: str


ShownTemplate = widened(SavedTemplate, "ShownTemplate", {"problem_text": str, "runs": bool})


class Templates(Shape):
    """Templates: verified ones first, then one's own, then the most used."""

    items: list[ShownTemplate]  # type: ignore[valid-type]
    next: str | None
    may_verify: bool = Field(description="Whether the reader may verify them.")


class Choices(Shape):
    """The values that may be chosen; at most 100."""

    choices: list[str]


class Deleted(Shape):
    """The name it had."""

    name: str


class RefusedTemplate(Shape):
    """A template of a file that was not taken, and why."""

    name: str
    code: str
    text: str
    hint: str


class Outcome(Shape):
    """What came of a file."""

    added: list[str]
    changed: list[str]
    refused: list[RefusedTemplate]


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, service = APIRouter(tags=["templates"]), door.service
    Reader = Annotated[Actor, Depends(door.reader)]

    async def shared_as(saved: SavedTemplate, public: bool, actor: Actor) -> Json:
        if saved.is_public != public:
            saved = await service.saved.share(actor, saved.id, public, place_of(actor))
        return _template(saved, actor)

    @routes.get("/templates", response_model=Templates, summary="List templates")
    async def found(
        actor: Reader,
        search: Annotated[str, Query(max_length=200)] = "",
        limit: Limit = 200,
        cursor: Cursor = None,
    ) -> Response:
        """Those that the reader may use, at most 200; a search finds examples of answers, too."""
        every = await service.saved.all(actor, search, place_of(actor))
        may_verify = await service.usage.is_administrator(actor)
        shown, following = piece(every, lambda one: one.id, limit, cursor)
        items = [_template(one, actor) for one in shown]
        return JsonResponse({"items": items, "next": following, "may_verify": may_verify})

    @routes.post("/templates", status_code=201, response_model=ShownTemplate, summary="Add a template")
    async def add(request: Request, body: TemplateBody, actor: Reader, key: Repeatable = None) -> Response:
        """Its SQL is checked like any query."""

        async def work() -> Made:
            saved = await service.saved.keep(actor, body.edit(), place_of(actor))
            return Made(await shared_as(saved, body.public, actor), location=f"/templates/{saved.id}")

        return await door.once(request, actor, key, work)

    @routes.post("/templates/import", response_model=Outcome, summary="Import templates from YAML")
    async def bring(brought: Brought, actor: Reader) -> Response:
        """Each by itself is taken or refused; one's own of the same name is changed."""
        return JsonResponse(_imported(await service.saved.read(actor, brought.text, place_of(actor)), actor))

    @routes.get("/templates.yaml", responses=FILE_YAML, summary="Export templates as YAML")
    async def export(
        actor: Reader,
        chosen: Annotated[list[UUID], Query(alias="id", max_length=_MOST_AT_ONCE)] = [],  # noqa: B006
    ) -> Response:
        """These, or all of one's own; of an administrator everybody's."""
        text = await service.saved.export(actor, [str(one) for one in chosen], place_of(actor))
        body = text.encode("utf-8", "replace")
        return Response(body, media_type="application/yaml; charset=utf-8", headers=attachment("templates.yaml"))

    @routes.get("/templates/{template_id}", response_model=ShownTemplate, summary="Read a template")
    async def one(template_id: UUID, actor: Reader) -> Response:
        """One that the reader may use."""
        return JsonResponse(_template(await service.saved.one(actor, str(template_id), place_of(actor)), actor))

    @routes.put("/templates/{template_id}", response_model=ShownTemplate, summary="Change a template")
    async def change(template_id: UUID, body: TemplateBody, actor: Reader) -> Response:
        """All of it at once. Whoever is no administrator takes its verification off."""
        saved = await service.saved.keep(actor, body.edit(str(template_id)), place_of(actor))
        return JsonResponse(await shared_as(saved, body.public, actor))

    @routes.delete("/templates/{template_id}", response_model=Deleted, summary="Delete a template")
    async def delete(template_id: UUID, actor: Reader) -> Response:
        """For everybody who uses it."""
        return JsonResponse({"name": await service.saved.delete(actor, str(template_id), place_of(actor))})

    @routes.get("/templates/{template_id}/choices", response_model=Choices, summary="Values for a placeholder")
    async def choices(template_id: UUID, parameter: Annotated[str, Query(max_length=255)], actor: Reader) -> Response:
        """Of a placeholder of the kind `choice`; empty for any other."""
        values = await service.saved.choices(actor, str(template_id), parameter, place_of(actor))
        return JsonResponse({"choices": list(values)})

    @routes.post("/templates/{template_id}/run", status_code=202, response_model=Taken, summary="Run a template")
    async def run(
        request: Request, template_id: UUID, filled: Filled, actor: Reader, key: Repeatable = None
    ) -> Response:
        """Asks its question with these values, at 0 tokens."""

        async def work() -> Made:
            asked = filled.question(actor)
            question = await service.saved.question(actor, str(template_id), filled.values, asked)
            return taken((await service.accept(question)).question_id, question)

        return await door.once(request, actor, key, work)

    @routes.put("/templates/{template_id}/public", response_model=ShownTemplate, summary="Share a template, or not")
    async def share(template_id: UUID, body: Shared, actor: Reader) -> Response:
        """With everybody who may ask its connection."""
        saved = await service.saved.share(actor, str(template_id), body.public, place_of(actor))
        return JsonResponse(_template(saved, actor))

    @routes.put("/templates/{template_id}/verified", response_model=ShownTemplate, summary="Verify a template, or not")
    async def verify(template_id: UUID, body: Verified, actor: Reader) -> Response:
        """Administrators."""
        saved = await service.saved.verify(actor, str(template_id), body.verified, place_of(actor))
        return JsonResponse(_template(saved, actor))

    return routes


def _template(saved: SavedTemplate, actor: Actor) -> Json:
    """`problem_text` says in words why it does not work by itself; `runs`: whether it does from the list."""
    said = reason_words(actor.locale, saved.problem) if saved.problem else ""
    return {**asdict(saved), "problem_text": said, "runs": saved.problem in _RUNS}


def _imported(imported: Imported, actor: Actor) -> Json:
    refused = []
    for one in imported.refused:
        text, hint = error_words(actor.locale, ColloqueryError(one.code, **one.details))
        refused.append({"name": one.name, "code": one.code, "text": text, "hint": hint})
    return {"added": list(imported.added), "changed": list(imported.changed), "refused": refused}
