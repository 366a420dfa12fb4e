"""The application behind `/api/v1`. It has no state: whatever is asked goes to the core's `Service`.

`bot` mounts it. Who may do what is the core's to decide; who sends a request, `adapters.http` finds out.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.responses import Response

from adapters.api import (
    audit,
    auth,
    catalog,
    connections,
    jobs,
    people,
    questions,
    schedules,
    sessions,
    templates,
    usage,
)
from adapters.api.described import describe
from adapters.api.door import Door
from adapters.http.answers import JsonResponse
from adapters.http.entrance import Entrance
from adapters.http.gate import Gate
from adapters.http.handlers import HANDLERS
from core.chat import Actor


def _no_examples(_language: str) -> tuple[str, ...]:
    return ()


def create_api(entrance: Entrance, examples: Callable[[str], tuple[str, ...]] = _no_examples) -> FastAPI:
    """The API over a core.

    `examples` gives, for a language, the questions that somebody new is offered. Mount it under `/api/v1`.
    """
    door = Door(entrance)
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[Middleware(Gate, settings=entrance.settings, addresses=entrance.addresses)],
        exception_handlers=HANDLERS,
    )
    app.include_router(questions.router(door, examples))
    for module in (sessions, schedules, templates, connections, catalog, usage, people, auth, audit, jobs):
        app.include_router(module.router(door))
    Reader = Annotated[Actor, Depends(door.reader)]

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi(_actor: Reader) -> Response:
        return JsonResponse(describe(app))

    return app
