"""The audit and the settings that change while running, for administrators."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, Field
from starlette.responses import Response, StreamingResponse

from adapters.api.described import FILE_CSV
from adapters.api.door import Door, Limit
from adapters.api.figures import plain
from adapters.api.shapes import Body, Shape, shape_of, widened
from adapters.http.answers import JsonResponse, attachment
from core.chat import Actor
from core.records import AuditHead, AuditLine, AuditSearch, AuditVerdict, SettingLine

_LINE = r"^[^\x00-\x1f\x7f]*$"

Text = Annotated[str, Query(max_length=255, pattern=_LINE)]
Moment = Annotated[AwareDatetime | None, Query(description="ISO 8601 with its zone.")]
Key = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.:@*-]+$", examples=["connections.added_by"])]


class Lines(Shape):
    """Lines of the audit, the newest first."""

    items: list[shape_of(AuditLine)]  # type: ignore[valid-type]
    next: str | None


class HeadBody(Body):
    """The end of the chain as it was noted elsewhere."""

    number: Annotated[int, Field(ge=0, lt=2**63)]
    seal: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class HeadsBody(Body):
    """Ends that the chain must still contain."""

    heads: list[HeadBody] = Field(default=[], max_length=100)


def _json(value: Any) -> Any:
    # Python reads NaN and halves of letters, which JSON does not know.
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    return value


class ValueBody(Body):
    """A JSON value."""

    value: Annotated[Any, AfterValidator(_json)]


ShownVerdict = widened(AuditVerdict, "ShownVerdict", {"is_whole": bool})
ShownSetting = widened(SettingLine, "ShownSetting", {"value": Any, "default": Any})


class Settings(Shape):
    """Settings, by key."""

    items: list[ShownSetting]  # type: ignore[valid-type]


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, audit, config = APIRouter(), door.service.audit, door.service.config
    Reader = Annotated[Actor, Depends(door.reader)]

    def wanted(
        *,
        who: Text = "",
        action: Text = "",
        resource_type: Text = "",
        resource_id: Text = "",
        success: bool | None = None,
        since: Moment = None,
        until: Moment = None,
        origin: Text = "",
    ) -> AuditSearch:
        return AuditSearch(who, action, resource_type, resource_id, success, since, until, origin)

    Wanted = Annotated[AuditSearch, Depends(wanted)]

    @routes.get("/audit", tags=["audit"], response_model=Lines, summary="Search the audit")
    async def search(
        actor: Reader,
        search: Wanted,
        limit: Limit = 50,
        cursor: Annotated[str, Query(max_length=1_000, pattern=_LINE)] = "",
    ) -> Response:
        """Administrators. Secrets are masked where they are written."""
        page = await audit.search(actor, search, after=cursor, most=limit)
        return JsonResponse({"items": [plain(one) for one in page.lines], "next": page.next or None})

    @routes.get("/audit.csv", tags=["audit"], responses=FILE_CSV, summary="The audit as CSV")
    async def csv(actor: Reader, search: Wanted) -> Response:
        """Administrators. Every line that fits; that it was taken is audited."""
        lines = await audit.csv(actor, search)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=attachment("audit.csv"))

    @routes.post("/audit/verify", tags=["audit"], response_model=ShownVerdict, summary="Prove that the audit is whole")
    async def verify(body: HeadsBody, actor: Reader) -> Response:
        """Administrators. Walks the whole chain: some seconds for every hundred thousand lines."""
        heads = [AuditHead(one.number, one.seal) for one in body.heads]
        verdict = await audit.verify(actor, heads)
        return JsonResponse({**plain(verdict), "is_whole": verdict.is_whole})

    @routes.get("/config", tags=["config"], response_model=Settings, summary="List settings that change while running")
    async def settings(actor: Reader) -> Response:
        """Administrators. The value of a sensitive one is never shown."""
        return JsonResponse({"items": [plain(one) for one in await config.list(actor)]})

    @routes.get("/config/{key}", tags=["config"], response_model=ShownSetting, summary="Read a setting")
    async def setting(key: Key, actor: Reader) -> Response:
        """Administrators."""
        return JsonResponse(plain(await config.get(actor, key)))

    @routes.put("/config/{key}", tags=["config"], response_model=ShownSetting, summary="Set a setting")
    async def change(key: Key, body: ValueBody, actor: Reader) -> Response:
        """Administrators. It holds from now on, in every process."""
        return JsonResponse(plain(await config.set(actor, key, body.value)))

    @routes.delete("/config/{key}", tags=["config"], response_model=ShownSetting, summary="Let its default hold again")
    async def unset(key: Key, actor: Reader) -> Response:
        """Administrators."""
        return JsonResponse(plain(await config.unset(actor, key)))

    return routes
