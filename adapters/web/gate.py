"""What every request passes before a route sees it, and every answer before a browser does.

A plain ASGI middleware, because a server-sent stream must flow through it untouched. In order: the Host header (DNS
rebinding), where the request comes from (cross-site requests), the token, the size and type of the body. Whatever
goes wrong behind it leaves as a sentence, never as an exception's text.
"""

import asyncio
import logging
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web import locked
from adapters.web.problem import problem
from adapters.web.reader import language_of_request
from adapters.web.settings import WebSettings

COOKIE = "colloquery"

MAX_BODY = 64 * 1024
"""Bytes of a request's body. A question of 10,000 Hangul, escaped, is 60,000."""

_BODY_SECONDS = 15.0
"""A body that has not arrived by then is not coming."""

_COOKIE_SECONDS = 30 * 24 * 3600

_SAFE_METHODS = frozenset({"GET", "HEAD"})

_PAGES = frozenset({"/", "/dashboard"})
"""What another site may link to, and where a stranger is told how to come in: all else but the pages' files is data."""

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

_log = logging.getLogger(__name__)


class Gate:
    """The middleware. `settings` says who may come in."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._finish_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self._pass(scope, receive, send_on)
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001 (the last door: nothing of an exception may reach a browser)
            _log.error("A web request failed: %r", scope["path"], exc_info=True)
            if not started:
                await problem(_language(scope), 500, "unexpected")(scope, receive, send_on)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if scope["method"] not in _SAFE_METHODS:
            headers, language = Headers(scope=scope), _language(scope)
            if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                await problem(language, 415, "not_json")(scope, receive, send)
                return
            try:
                body = await _read(headers, receive)
            except TimeoutError:
                await problem(language, 408, "too_slow")(scope, receive, send)
                return
            if body is None:
                await problem(language, 413, "too_big")(scope, receive, send)
                return
            receive = _replay(body, receive)
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, language = Headers(scope=scope), _language(scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1:
            return problem(language, 400, "no_host")
        if not self._settings.allows_host(hosts[0]):
            return problem(language, 421, "wrong_host")
        path = _path(scope)
        is_file = path.startswith("/static/")
        is_data = path not in _PAGES and not is_file
        if not _same_origin(headers, hosts[0]) and (scope["method"] not in _SAFE_METHODS or is_data):
            return problem(language, 403, "cross_site")
        if is_file or self._may_enter(scope, headers):
            return None
        return problem(language, 401, "locked") if is_data else locked.response()

    def _may_enter(self, scope: Scope, headers: Headers) -> bool:
        if self._settings.token is None or self._settings.is_cookie(_cookie(headers)):
            return True
        return self._brings_token(scope)

    def _brings_token(self, scope: Scope) -> bool:
        token = QueryParams(scope["query_string"]).get("token")
        return _path(scope) == "/" and token is not None and self._settings.is_token(token)

    def _finish_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers[name] = value
        # The page is asked for anew each time, so that an upgrade is never half in a browser's cache; answers about
        # data are not kept at all.
        headers.setdefault("cache-control", "no-cache" if _path(scope).startswith("/static/") else "no-store")
        if self._brings_token(scope):
            headers.append("set-cookie", _set_cookie(self._settings.cookie_value, scope["scheme"]))


def _path(scope: Scope) -> str:
    """The path below the place where the page is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _language(scope: Scope) -> str:
    return language_of_request(QueryParams(scope["query_string"]), Headers(scope=scope))


def _same_origin(headers: Headers, host: str) -> bool:
    """False when a browser says that another site's page made this request.

    Every browser of today sends Sec-Fetch-Site or, with a POST, Origin. A request with neither comes from a program,
    which carries nobody's cookies.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _set_cookie(value: str, scheme: str) -> str:
    secure = "; Secure" if scheme == "https" else ""
    return f"{COOKIE}={value}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Strict{secure}"


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body; None when it is longer than `MAX_BODY`. Raises TimeoutError."""
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MAX_BODY:
        return None
    body = bytearray()
    async with asyncio.timeout(_BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                return None
            if not message.get("more_body", False):
                return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = True

    async def replayed() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
