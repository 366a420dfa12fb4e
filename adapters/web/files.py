"""Files that a chat could not hand over: a link leads here, and is worth something to the one it was made for alone.

A chat's page is another site: the browser brings no cookies when it comes from there. So the first answer to it is a
small page whose one button leads to the same address from here, with them.
"""

from html import escape
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from adapters.http.entrance import Entrance
from adapters.http.handlers import Refusal
from adapters.http.problem import status_of
from adapters.http.reader import language_of_request
from core.errors import ColloqueryError, NotSignedIn
from core.locale import error_words, say

BELOW = "/files/"
"""Where the links are."""

_ANOTHER_SITE = frozenset({"cross-site", "same-site"})
"""What a browser says of a request that another site's page makes (Sec-Fetch-Site)."""

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="../static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../static/style.css">
<link rel="stylesheet" href="../static/account.css">
</head>
<body class="way-in ready">
<main>
  <h1>{title}</h1>
  {body}
</main>
</body>
</html>
"""

_WAY_IN = """{ready}
  {out}
  <p><a id="download" class="chip save" href="?lang={language}">{download}</a></p>
  <p class="note">{how}</p>
  {script}"""


def router(entrance: Entrance) -> APIRouter:
    """The route of the links."""
    routes, service = APIRouter(), entrance.service

    @routes.get(BELOW + "{token}")
    async def file(request: Request, token: str) -> Response:
        language = language_of_request(request.query_params, request.headers)
        if not service.files.is_link(token):
            return _refused(language, ColloqueryError("file.link"), 404)
        if request.headers.get("sec-fetch-site") in _ANOTHER_SITE:
            return _way_in(language, 200)
        try:
            came = await entrance.came(request)
            found = await service.files.follow(came.actor, token)
        except NotSignedIn:
            return _way_in(language, 401)
        except Refusal as refusal:
            if refusal.status != 401:
                raise
            return _way_in(language, 401)
        except ColloqueryError as error:
            return _refused(language, error, status_of(error))
        headers = {"cache-control": "no-store", "content-disposition": _kept_as(found.name)}
        return Response(found.content, media_type=found.media_type, headers=headers)

    return routes


def _way_in(language: str, status: int) -> Response:
    """How to come in, and the button that leads to the file then."""
    is_open = status == 200  # of a request that comes from elsewhere it is not known who sends it
    ready, out = ("", " hidden") if is_open else (" hidden", "")
    body = _WAY_IN.format(
        ready=f'<p id="ready"{ready}>{_text(language, "ready")}</p>',
        out=f'<p id="signed-out"{out}>{_text(language, "sign_in")}</p>',
        language=language,
        download=_text(language, "download"),
        how=_text(language, "how"),
        script="" if is_open else '<script type="module" src="../static/file.js"></script>',
    )
    return _page(language, _text(language, "title"), body, status)


def _refused(language: str, error: ColloqueryError, status: int) -> Response:
    sentences = "".join(f"<p>{escape(one)}</p>" for one in error_words(language, error) if one)
    return _page(language, _text(language, "refused"), sentences, status)


def _page(language: str, title: str, body: str, status: int) -> Response:
    html = _PAGE.format(language=language, title=title, body=body)
    headers = {"cache-control": "no-store", "content-language": language}
    return HTMLResponse(html, status_code=status, headers=headers)


def _text(language: str, name: str) -> str:
    return escape(say(language, f"web.file.{name}"))


def _kept_as(name: str) -> str:
    """The header of a file whose name may have any letters (RFC 6266); older programs read the plain one."""
    plain = "".join(sign if sign.isascii() else "-" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
