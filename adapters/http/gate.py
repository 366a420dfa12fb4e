"""What every request passes before a route sees it, and every answer before it leaves.

A plain ASGI middleware, because a server-sent stream must flow through it untouched. In order: the Host header (DNS
rebinding), where the request comes from (cross-site requests), how many come from that address, the size and type of
the body. Who sends it is the routes' to ask. Whatever goes wrong behind it leaves as a sentence, never as an
exception's text.
"""

import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http import bodies
from adapters.http.peer import address_of
from adapters.http.problem import problem, request_id
from adapters.http.rates import TOLD, Buckets
from adapters.http.settings import HttpSettings
from core.audit.origin import acting_from

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_FILES = "/static/"
"""Files of ours that are the same for everybody."""

_log = logging.getLogger(__name__)


class Gate:
    """The middleware. `addresses` counts requests by address; another site may link to `pages`, and to no data.

    It may link to what is below `folders`, too: a route there gives another site's page nothing but a page of ours.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: HttpSettings,
        addresses: Buckets,
        pages: Collection[str] = frozenset(),
        folders: tuple[str, ...] = (),
    ) -> None:
        self._app = app
        self._settings = settings
        self._addresses = addresses
        self._pages = frozenset(pages)
        self._folders = folders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        scope[TOLD] = {}
        request_id(scope)
        is_file = path_below(scope).startswith(_FILES)

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _finish_headers(MutableHeaders(scope=message), scope, is_file=is_file)
            await send(message)

        agent = Headers(scope=scope).get("user-agent")
        with acting_from(address_of(scope, self._settings.proxies), agent):
            try:
                await self._pass(scope, receive, send_on, is_file=is_file)
            except ClientDisconnect:
                return
            except Exception:  # noqa: BLE001 (the last door: nothing of an exception may reach a browser)
                _log.error(
                    "A web request failed: %r", scope["path"], exc_info=True, extra={"request": request_id(scope)}
                )
                if not started:
                    await problem(scope, 500, "unexpected")(scope, receive, send_on)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, *, is_file: bool) -> None:
        refusal = self._refusal(scope, is_file=is_file)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if scope["method"] not in SAFE_METHODS:
            headers = Headers(scope=scope)
            try:
                body = await bodies.read(headers, receive)
            except TimeoutError:
                await problem(scope, 408, "too_slow")(scope, receive, send)
                return
            if body is None:
                await problem(scope, 413, "too_big")(scope, receive, send)
                return
            # Only a request without a body needs no type: a form of another site can send neither JSON nor nothing
            # under its name.
            if (body or "content-type" in headers) and not _is_json(headers):
                await problem(scope, 415, "not_json")(scope, receive, send)
                return
            receive = bodies.replay(body, receive)
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, *, is_file: bool) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1:
            return problem(scope, 400, "no_host")
        if not self._settings.allows_host(hosts[0]):
            return problem(scope, 421, "wrong_host")
        path = path_below(scope)
        is_data = not is_file and path not in self._pages and not path.startswith(self._folders)
        if not _same_origin(headers, hosts[0]) and (scope["method"] not in SAFE_METHODS or is_data):
            return problem(scope, 403, "cross_site")
        if is_file:
            return None
        # Where a connection has no address, all of them are one.
        taken = self._addresses.take(address_of(scope, self._settings.proxies) or "")
        return None if taken.allowed else problem(scope, 429, "too_many", headers=self._addresses.headers(taken))


def path_below(scope: Scope) -> str:
    """The path below the place where the application is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _finish_headers(headers: MutableHeaders, scope: Scope, *, is_file: bool) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    headers["x-request-id"] = request_id(scope)
    for name, value in scope[TOLD].items():
        headers.setdefault(name, value)
    # The page is asked for anew each time, so that an upgrade is never half in a browser's cache; answers about data
    # are not kept at all.
    headers.setdefault("cache-control", "no-cache" if is_file else "no-store")


def _same_origin(headers: Headers, host: str) -> bool:
    """False when a browser says that another site's page made this request.

    Every browser of today sends Sec-Fetch-Site or, with a POST, Origin. A request with neither comes from a program,
    which carries nobody's cookies.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # no address at all, such as "http://["
        return False


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
