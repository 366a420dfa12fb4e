"""Use: a person's own; everybody's, the limits and the alerts for administrators.

The core decides who may see or change what; here it is asked and its figures are rendered.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from adapters.api.described import FILE_CSV
from adapters.api.door import Door, Json
from adapters.api.figures import figures
from adapters.api.shapes import Body, Money, Name, Shape, shape_of, widened
from adapters.http.answers import JsonResponse, attachment
from core.ask.present.use_tables import model_name, subject_name, who
from core.chat import Actor, Table
from core.export.csv_file import csv_chunks
from core.figures import (
    AlertRules,
    Dashboard,
    FailureUse,
    LimitChange,
    LimitLine,
    Listing,
    ModelUse,
    PersonUsage,
    Recipient,
    Span,
    Subject,
    Unusual,
)
from core.locale import reason_words

MOST = 100
"""Thresholds or recipients in one body: more than the core takes, so that it can say how many that is."""


class ChangedLimit(Body):
    """Limits of a subject in tokens; null takes those of the next wider subject."""

    subject: Subject
    who: Name = Field(description="Empty for everyone; a role; a person's e-mail address or id.", examples=[""])
    hour: int | None
    day: int | None
    month: int | None


class Receiver(Body):
    """Where an alert goes."""

    platform: Name = Field(examples=["slack"])
    workspace: Name
    channel: Name


class Rules(Body):
    """When administrators are told, and where: all of it at once."""

    thresholds: list[Money] = Field(max_length=MOST)
    unusual: bool
    to: list[Receiver] = Field(max_length=MOST)


ShownModel: Any = widened(ModelUse, "ShownModel", {"name": str}, worded=True)
OwnUse = widened(PersonUsage, "OwnUse", {"models": list[ShownModel], "is_administrator": bool}, worded=True)
ShownFailure: Any = widened(FailureUse, "ShownFailure", {"reason": str}, worded=True)
ShownUnusual: Any = widened(Unusual, "ShownUnusual", {"name": str}, worded=True)
ShownDashboard = widened(
    Dashboard,
    "ShownDashboard",
    {"models": list[ShownModel], "failures": list[ShownFailure], "unusual": list[ShownUnusual]},
    worded=True,
)
ShownLimit = widened(LimitLine, "ShownLimit", {"name_text": str}, worded=True)
ShownRules = shape_of(AlertRules, worded=True)


class Limits(Shape):
    """The limits as they are set."""

    items: list[ShownLimit]  # type: ignore[valid-type]


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, service = APIRouter(tags=["usage"]), door.service
    Reader = Annotated[Actor, Depends(door.reader)]

    @routes.get("/usage", response_model=OwnUse, summary="One's own use")
    async def mine(actor: Reader) -> Response:
        """From whichever of one's accounts it was used."""
        use = await service.usage.mine(actor)
        own = {**figures(use, actor), "models": _models(use.models, actor)}
        return JsonResponse({**own, "is_administrator": await service.usage.is_administrator(actor)})

    @routes.get("/usage.csv", responses=FILE_CSV, summary="One's own days as CSV")
    async def my_days(actor: Reader) -> Response:
        """The last 30 days."""
        return _file(await service.usage.my_table(actor), "my-usage")

    @routes.get("/usage/all", response_model=ShownDashboard, summary="Everybody's use")
    async def everybody(actor: Reader, span: Span = "month") -> Response:
        """Administrators."""
        return JsonResponse(_dashboard(await service.usage.dashboard(actor, span), actor))

    @routes.get("/usage/all/{listing}.csv", responses=FILE_CSV, summary="A list of everybody's use as CSV")
    async def listed(actor: Reader, listing: Listing, span: Span = "month") -> Response:
        """Administrators."""
        return _file(await service.usage.table(actor, listing, span), f"usage-{listing}-{span}")

    @routes.get("/limits", response_model=Limits, summary="Limits of tokens")
    async def limits(actor: Reader) -> Response:
        """Administrators. Of everyone, of each role, and of the people who have their own."""
        return JsonResponse({"items": [_limit(line, actor) for line in await service.usage.limits(actor)]})

    @routes.put("/limits", response_model=ShownLimit, summary="Set limits of tokens")
    async def set_limits(changed: ChangedLimit, actor: Reader) -> Response:
        """Administrators. All three at once; three times null takes the subject's own limits away."""
        change = LimitChange(changed.subject, changed.who, changed.hour, changed.day, changed.month)
        return JsonResponse(_limit(await service.usage.set_limits(actor, change), actor))

    @routes.get("/alerts", response_model=ShownRules, summary="When administrators are told")
    async def alerts(actor: Reader) -> Response:
        """Administrators."""
        return JsonResponse(figures(await service.usage.alerts(actor), actor))

    @routes.put("/alerts", response_model=ShownRules, summary="Set when administrators are told")
    async def set_alerts(rules: Rules, actor: Reader) -> Response:
        """Administrators."""
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
    return StreamingResponse(csv_chunks(table), media_type="text/csv; charset=utf-8", headers=attachment(f"{name}.csv"))
