"""Slack requests over HTTP: small, fresh and signed, or refused before anything reads them. None of it is logged."""

from fastapi import APIRouter
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response

PATH = "/slack/events"
"""Where events, commands and interactivity are sent: the request URL of the manifest's three places."""

LARGEST_BODY = 1024 * 1024
"""Bytes. Slack's own payloads are far smaller."""

_LONGEST_STAMP = 12
"""Digits of a time in seconds; more is no time of ours."""


def router(app: AsyncApp, signing_secret: str) -> APIRouter:
    """The route, for a web server. `signing_secret` is never empty."""
    verifier = SignatureVerifier(signing_secret)
    routes = APIRouter()

    @routes.post(PATH)
    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return Response(status_code=400)
        if not _is_signed(verifier, request, text):
            return Response(status_code=401)
        asked = _read(text, request)
        if asked is None:
            return Response(status_code=400)
        answered = await app.async_dispatch(asked)
        headers = {name: values[0] for name, values in answered.headers.items() if values}
        return Response(answered.body, answered.status, headers)

    return routes


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too large, whatever its header says."""
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > LARGEST_BODY:
            return None
    return bytes(read)


def _is_signed(verifier: SignatureVerifier, request: Request, text: str) -> bool:
    """By our secret, within five minutes. What the verifier cannot read (a time that is no number) is not signed."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP and signature.isascii()):
        return False
    return bool(verifier.is_valid(text, stamp, signature))


def _read(text: str, request: Request) -> AsyncBoltRequest | None:
    """The request as the framework reads it; None for what it stumbles over: no JSON, no object, nothing at all."""
    try:
        asked = AsyncBoltRequest(body=text, headers=dict(request.headers))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return asked if asked.body else None
