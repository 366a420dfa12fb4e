"""The recurring jobs, for administrators: how each ran last, when it runs next, and running one by hand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from adapters.api.door import Door
from adapters.api.figures import plain
from adapters.api.shapes import Shape, shape_of
from adapters.http.answers import JsonResponse
from core.chat import Actor
from core.records import JobDone, JobLine

_PATIENCE = 20.0
"""Seconds that a request waits for a job: shorter than proxies wait for us."""

Name = Annotated[str, Path(max_length=50, pattern=r"^[a-z_]+$", examples=["delete_events"])]


class Jobs(Shape):
    """Recurring jobs, those of every few seconds first."""

    items: list[shape_of(JobLine)]  # type: ignore[valid-type]


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, jobs = APIRouter(tags=["jobs"]), door.service.jobs
    Reader = Annotated[Actor, Depends(door.reader)]

    @routes.get("/jobs", response_model=Jobs, summary="List recurring jobs")
    async def found(actor: Reader) -> Response:
        """Administrators. The last run is of whichever process did it."""
        return JsonResponse({"items": [plain(one) for one in await jobs.list(actor)]})

    @routes.post("/jobs/{name}/run", response_model=shape_of(JobDone), summary="Run a recurring job now")
    async def run(name: Name, actor: Reader) -> Response:
        """Administrators. A job that takes longer than 20 seconds goes on by itself; that it was run is audited."""
        return JsonResponse(plain(await jobs.run(actor, name, seconds=_PATIENCE)))

    return routes
