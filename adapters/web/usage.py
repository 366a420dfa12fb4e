"""The routes of use: a person's own under `/chat`, everybody's and the limits under `/admin`, for administrators.

The core decides who may see or change what; here it is asked and its figures are rendered.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.web.figures import Json, figures
from adapters.web.problem import JsonResponse
from adapters.web.reader import actor_of
from core.ask.present.use_tables import model_name, subject_name, who
from core.ask.service import Service
from core.chat import Actor, Table
from core.export.csv_file import csv_chunks
from core.figures import AlertRules, Dashboard, LimitChange, LimitLine, Listing, ModelUse, Recipient, Span, Subject
from core.locale import reason_words

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)

Name = Annotated[str, Field(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Something that names a person, a role, a channel: one line of text."""

Money = Annotated[str, Field(max_length=20, pattern=r"^[0-9]+(\.[0-9]+)?$")]
"""US dollars as decimal text, so that no binary fraction comes between."""

MOST = 100
"""Thresholds or recipients in one body: more than the core takes, so that it can say how many that is."""


class ChangedLimit(BaseModel):
    """Limits of a subject in tokens; null takes those of the next wider subject."""

    model_config = _STRICT

    subject: Subject
    who: Name
    hour: int | None
    day: int | None
    month: int | None


class Receiver(BaseModel):
    """Where an alert goes."""

    model_config = _STRICT

    platform: Name
    workspace: Name
    channel: Name


class Rules(BaseModel):
    """When administrators are told, and where: all of it at once."""

    model_config = _STRICT

    thresholds: list[Money] = Field(max_length=MOST)
    unusual: bool
    to: list[Receiver] = Field(max_length=MOST)


def router(service: Service, person: Actor) -> APIRouter:
    """The routes, for everybody who passes the gate as `person`."""
    routes = APIRouter()

    def reader(request: Request) -> Actor:
        return actor_of(person, request.query_params, request.headers)

    Reader = Annotated[Actor, Depends(reader)]

    @routes.get("/chat/usage")
    async def mine(actor: Reader) -> Response:
        use = await service.usage.mine(actor)
        own = {**figures(use, actor), "models": _models(use.models, actor)}
        return JsonResponse({**own, "is_administrator": await service.usage.is_administrator(actor)})

    @routes.get("/chat/usage.csv")
    async def my_days(actor: Reader) -> Response:
        return _file(await service.usage.my_table(actor), "my-usage")

    @routes.get("/admin/usage")
    async def everybody(actor: Reader, span: Span = "month") -> Response:
        return JsonResponse(_dashboard(await service.usage.dashboard(actor, span), actor))

    @routes.get("/admin/usage/{listing}.csv")
    async def listed(actor: Reader, listing: Listing, span: Span = "month") -> Response:
        return _file(await service.usage.table(actor, listing, span), f"usage-{listing}-{span}")

    @routes.get("/admin/limits")
    async def limits(actor: Reader) -> Response:
        return JsonResponse({"limits": [_limit(line, actor) for line in await service.usage.limits(actor)]})

    @routes.put("/admin/limits")
    async def set_limits(changed: ChangedLimit, actor: Reader) -> Response:
        change = LimitChange(changed.subject, changed.who, changed.hour, changed.day, changed.month)
        return JsonResponse(_limit(await service.usage.set_limits(actor, change), actor))

    @routes.get("/admin/alerts")
    async def alerts(actor: Reader) -> Response:
        return JsonResponse(figures(await service.usage.alerts(actor), actor))

    @routes.put("/admin/alerts")
    async def set_alerts(rules: Rules, actor: Reader) -> Response:
        wanted = AlertRules(
            thresholds=tuple(Decimal(amount) for amount in rules.thresholds),
            unusual=rules.unusual,
            to=tuple(Recipient(one.platform, one.workspace, one.channel) for one in rules.to),
        )
        return JsonResponse(figures(await service.usage.set_alerts(actor, wanted), actor))

    return routes


def _dashboard(board: Dashboard, actor: Actor) -> Json:
    locale = actor.locale
    return {
        **figures(board, actor),
        "models": _models(board.models, actor),
        "failures": [{**figures(one, actor), "reason": reason_words(locale, one.code)} for one in board.failures],
        "unusual": [{**figures(one, actor), "name": who(one.name, one.user_id, locale)} for one in board.unusual],
    }


def _models(models: Sequence[ModelUse], actor: Actor) -> list[Json]:
    return [{**figures(one, actor), "name": model_name(one.model, actor.locale)} for one in models]


def _limit(line: LimitLine, actor: Actor) -> Json:
    return {**figures(line, actor), "name_text": subject_name(line, actor.locale)}


def _file(table: Table, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(csv_chunks(table), media_type="text/csv; charset=utf-8", headers=headers)
