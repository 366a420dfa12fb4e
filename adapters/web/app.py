"""The application that a browser opens: the pages, their files and words, and the cookies of sign-in.

`bot` mounts it beside the API, which the pages speak to for everything else. It has no state.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from adapters.http.answers import JsonResponse
from adapters.http.cookies import OWNER, set_cookie
from adapters.http.entrance import Entrance
from adapters.http.gate import Gate
from adapters.http.handlers import HANDLERS
from adapters.http.peer import is_secure
from adapters.http.reader import language_of_request
from adapters.web import files, session
from core.locale.words import catalogue

PAGES = frozenset({"/", "/dashboard", "/connections", "/admin", "/account", "/sign-in"})
"""What another site may link to: there is no data in them."""

_STATIC = Path(__file__).parent / "static"
_PAGE_WORDS = "web.page."
_COOKIE_SECONDS = 30 * 24 * 3600


def create_app(entrance: Entrance) -> FastAPI:
    """The pages of a house. Mount it last and at the root, or under a path: the pages use relative addresses only."""
    settings = entrance.settings
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Gate, settings=settings, addresses=entrance.addresses, pages=PAGES, folders=(files.BELOW,))
        ],
        exception_handlers=HANDLERS,
    )
    app.include_router(session.router(entrance))
    app.include_router(files.router(entrance))

    @app.get("/")
    async def page(request: Request) -> Response:
        if entrance.brings_token(request):
            response = _page("index.html")
            secure = is_secure(request.scope, settings.proxies)
            cookie = set_cookie(OWNER, settings.cookie_value, _COOKIE_SECONDS, secure=secure)
            response.headers.append("set-cookie", cookie)
            return response
        return _for_those_inside(entrance, request, "index.html")

    @app.get("/dashboard")
    async def dashboard(request: Request) -> Response:
        return _for_those_inside(entrance, request, "dashboard.html")

    @app.get("/connections")
    async def connections(request: Request) -> Response:
        return _for_those_inside(entrance, request, "connections.html")

    @app.get("/admin")
    async def admin(request: Request) -> Response:
        return _for_those_inside(entrance, request, "admin.html")

    @app.get("/account")
    async def account(request: Request) -> Response:
        return _for_those_inside(entrance, request, "account.html")

    @app.get("/sign-in")
    async def sign_in() -> Response:
        return _page("sign-in.html")

    @app.get("/words")
    async def words(request: Request) -> Response:
        language = language_of_request(request.query_params, request.headers)
        sentences = catalogue(language).items()
        page = {key.removeprefix(_PAGE_WORDS): text for key, text in sentences if key.startswith(_PAGE_WORDS)}
        return JsonResponse({"lang": language, "words": page})

    app.mount("/static", StaticFiles(directory=_STATIC))
    return app


def _for_those_inside(entrance: Entrance, request: Request, name: str) -> Response:
    """A page; or, for a stranger, the one that lets them in, at the same address."""
    return _page(name) if entrance.knocks(request) else _page("sign-in.html", 401)


def _page(name: str, status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return FileResponse(_STATIC / name, status_code=status, media_type="text/html", headers=headers)
