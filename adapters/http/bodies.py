"""A request's body, read whole before any route sees it: within a size, within a time."""

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

MAX_BODY = 64 * 1024
"""Bytes. A question of 10,000 Hangul, escaped, is 60,000."""

_SECONDS = 15.0
"""A body that has not arrived by then is not coming."""


async def read(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body; None when it is longer than `MAX_BODY`. Raises TimeoutError, `ClientDisconnect`."""
    declared = headers.get("content-length", "0")
    # isdigit alone would let in digits of other scripts and figures too long to be read.
    if not (declared.isascii() and declared.isdigit()) or len(declared) > 10 or int(declared) > MAX_BODY:
        return None
    body = bytearray()
    async with asyncio.timeout(_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                return None
            if not message.get("more_body", False):
                return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """What a route reads instead: the body at once."""
    pending = True

    async def replayed() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
