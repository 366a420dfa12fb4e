"""The application that a browser speaks to: the pages, their files, and the routes they speak to.

`bot` mounts it. It has no state: whatever is asked goes to the core's `Service`, which also decides who may do what.
"""

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from adapters.web import chat, templates, usage
from adapters.web.gate import Gate
from adapters.web.problem import JsonResponse, problem, status_of, words_of
from adapters.web.reader import language_of_request
from adapters.web.settings import WebSettings
from core.ask.service import Service
from core.errors import ColloqueryError

_STATIC = Path(__file__).parent / "static"

_NAMES = {404: "not_found", 405: "wrong_method"}
"""Words for what the framework itself refuses; everything else it refuses is a malformed request."""


def _no_examples(_language: str) -> tuple[str, ...]:
    return ()


def create_app(
    service: Service, settings: WebSettings, examples: Callable[[str], tuple[str, ...]] = _no_examples
) -> FastAPI:
    """The web door over a core.

    `examples` gives, for a language, the questions that an empty page offers. Mount it last and at the root, or under
    a path: the page uses relative addresses only.
    """
    app = FastAPI(
        title="Colloquery",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(Gate, settings=settings)],
        exception_handlers={
            ColloqueryError: _core_error,
            RequestValidationError: _bad_request,
            HTTPException: _refused,
        },
    )
    app.include_router(chat.router(service, settings.person, examples))
    app.include_router(usage.router(service, settings.person))
    app.include_router(templates.router(service, settings.person))

    @app.get("/")
    async def page() -> FileResponse:
        return _page("index.html")

    @app.get("/dashboard")
    async def dashboard() -> FileResponse:
        return _page("dashboard.html")

    app.mount("/static", StaticFiles(directory=_STATIC))
    return app


def _page(name: str) -> FileResponse:
    return FileResponse(_STATIC / name, media_type="text/html", headers={"cache-control": "no-store"})


def _language(request: Request) -> str:
    return language_of_request(request.query_params, request.headers)


async def _core_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ColloqueryError):
        raise error
    return JsonResponse(words_of(_language(request), error), status_code=status_of(error))


async def _bad_request(request: Request, _error: Exception) -> Response:
    return problem(_language(request), 400, "malformed")


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    return problem(_language(request), status, _NAMES.get(status, "malformed"))
