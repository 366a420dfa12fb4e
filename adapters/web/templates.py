"""The routes of templates, and what else may be made of an answer: asked anew, or its SQL edited and run.

The core's desk decides who sees and changes what; here its templates are rendered and its questions accepted.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.chat import ClientId
from adapters.web.problem import JsonResponse
from adapters.web.reader import actor_of, place_of
from core.ask.service import Service
from core.chat import Actor, Place, Question
from core.errors import ColloqueryError
from core.locale import error_words, reason_words
from core.saved import Imported, Parameter, ParameterKind, SavedTemplate, TemplateEdit

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)

_MOST_AT_ONCE = 200
"""Templates named in one address: as many as a list shows."""

_RUNS = ("", "template.fixed_dates")
"""Problems with which a template still runs from the list."""

Json = dict[str, Any]


class Where(BaseModel):
    """Where a question is asked. The same `message` again is the same question."""

    model_config = _STRICT

    thread: ClientId
    message: ClientId


class Filled(Where):
    """What is filled in for the placeholders of a template: name to text; what is left out takes its default."""

    values: dict[str, str]


class EditedSql(Where):
    """The SQL of an answer as somebody changed it."""

    sql: str


class ParameterBody(BaseModel):
    """A placeholder; no default: it must be filled in."""

    model_config = _STRICT

    name: str
    kind: ParameterKind = "text"
    default: str | None = None
    column: str = ""


class TemplateBody(BaseModel):
    """All of a template. How long each may be is the core's to say."""

    model_config = _STRICT

    name: str
    question: str
    sql: str
    description: str = ""
    category: str = ""
    connection: str = ""
    parameters: list[ParameterBody] = Field(default=[], max_length=100)
    public: bool = False

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


class Shared(BaseModel):
    """Whether everybody who may ask its database may use it."""

    model_config = _STRICT

    public: bool


class Verified(BaseModel):
    """Whether an administrator says that it is right."""

    model_config = _STRICT

    verified: bool


class Brought(BaseModel):
    """A file of templates."""

    model_config = _STRICT

    text: str


def router(service: Service, person: Actor) -> APIRouter:
    """The routes, for everybody who passes the gate as `person`."""
    routes = APIRouter(prefix="/chat")

    def reader(request: Request) -> Actor:
        return actor_of(person, request.query_params, request.headers)

    Reader = Annotated[Actor, Depends(reader)]

    async def accepted(question: Question) -> Response:
        done = await service.accept(question)
        return JsonResponse({"question_id": done.question_id, "text": question.text}, status_code=202)

    async def shared_as(saved: SavedTemplate, public: bool, actor: Actor) -> Response:
        if saved.is_public != public:
            saved = await service.saved.share(actor, saved.id, public, _place(actor))
        return JsonResponse(_template(saved, actor))

    @routes.get("/templates")
    async def listed(actor: Reader, search: Annotated[str, Query(max_length=200)] = "") -> Response:
        found = await service.saved.all(actor, search, _place(actor))
        may_verify = await service.usage.is_administrator(actor)
        return JsonResponse({"templates": [_template(one, actor) for one in found], "may_verify": may_verify})

    @routes.post("/templates")
    async def add(body: TemplateBody, actor: Reader) -> Response:
        return await shared_as(await service.saved.keep(actor, body.edit(), _place(actor)), body.public, actor)

    @routes.post("/templates/import")
    async def bring(brought: Brought, actor: Reader) -> Response:
        return JsonResponse(_imported(await service.saved.read(actor, brought.text, _place(actor)), actor))

    @routes.get("/templates.yaml")
    async def export(
        actor: Reader,
        chosen: Annotated[list[UUID], Query(alias="id", max_length=_MOST_AT_ONCE)] = [],  # noqa: B006
    ) -> Response:
        text = await service.saved.export(actor, [str(one) for one in chosen], _place(actor))
        headers = {"content-disposition": 'attachment; filename="templates.yaml"'}
        return Response(text.encode("utf-8", "replace"), media_type="application/yaml; charset=utf-8", headers=headers)

    @routes.get("/templates/{template_id}")
    async def one(template_id: UUID, actor: Reader) -> Response:
        return JsonResponse(_template(await service.saved.one(actor, str(template_id), _place(actor)), actor))

    @routes.put("/templates/{template_id}")
    async def change(template_id: UUID, body: TemplateBody, actor: Reader) -> Response:
        saved = await service.saved.keep(actor, body.edit(str(template_id)), _place(actor))
        return await shared_as(saved, body.public, actor)

    @routes.delete("/templates/{template_id}")
    async def delete(template_id: UUID, actor: Reader) -> Response:
        return JsonResponse({"name": await service.saved.delete(actor, str(template_id), _place(actor))})

    @routes.get("/templates/{template_id}/choices")
    async def choices(template_id: UUID, parameter: str, actor: Reader) -> Response:
        values = await service.saved.choices(actor, str(template_id), parameter, _place(actor))
        return JsonResponse({"choices": list(values)})

    @routes.post("/templates/{template_id}/run")
    async def run(template_id: UUID, filled: Filled, actor: Reader) -> Response:
        return await accepted(
            await service.saved.question(actor, str(template_id), filled.values, _question(actor, filled))
        )

    @routes.put("/templates/{template_id}/public")
    async def share(template_id: UUID, body: Shared, actor: Reader) -> Response:
        saved = await service.saved.share(actor, str(template_id), body.public, _place(actor))
        return JsonResponse(_template(saved, actor))

    @routes.put("/templates/{template_id}/verified")
    async def verify(template_id: UUID, body: Verified, actor: Reader) -> Response:
        saved = await service.saved.verify(actor, str(template_id), body.verified, _place(actor))
        return JsonResponse(_template(saved, actor))

    @routes.get("/questions/{question_id}/template")
    async def draft(question_id: UUID, actor: Reader) -> Response:
        return JsonResponse(asdict(await service.saved.draft(actor, str(question_id))))

    @routes.post("/questions/{question_id}/fresh")
    async def fresh(question_id: UUID, where: Where, actor: Reader) -> Response:
        return await accepted(await service.saved.fresh(actor, str(question_id), _question(actor, where)))

    @routes.post("/questions/{question_id}/rerun")
    async def rerun(question_id: UUID, edited: EditedSql, actor: Reader) -> Response:
        done = await service.rerun(str(question_id), _question(actor, edited, edited.sql))
        return JsonResponse({"question_id": done.question_id, "text": edited.sql}, status_code=202)

    return routes


def _place(actor: Actor) -> Place:
    """The page, whichever thread is open."""
    return place_of(actor, "new")


def _question(actor: Actor, where: Where, text: str = "") -> Question:
    return Question(actor, place_of(actor, where.thread), where.message, text, datetime.now(UTC))


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
