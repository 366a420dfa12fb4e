"""A question as it is answered, as server-sent events.

Events: `step` (progress), `reply` (the answer, which ends it), `problem` (there will be none, and why: as RFC 9457 has
it). Between them a comment every 15 seconds keeps proxies from closing a quiet stream. Nothing of the stream is
remembered here: whoever comes back, after a lost connection or a restart, gets the current state from the core.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.types import Scope

from adapters.api import render
from adapters.http.answers import to_json
from adapters.http.problem import document, own_words, status_of, words_of
from core.ask.service import Service
from core.chat import Actor, Reply, Step
from core.errors import ColloqueryError

KEEP_ALIVE_SECONDS = 15.0
"""Shorter than the idle limit of common proxies (nginx, load balancers: 60 s)."""

_RETRY_MILLISECONDS = 1500
"""How long a browser waits before it comes back."""

_log = logging.getLogger(__name__)


async def events(
    service: Service, question_id: str, actor: Actor, scope: Scope, keep_alive: float = KEEP_ALIVE_SECONDS
) -> AsyncIterator[bytes]:
    """The stream of one question, for one reader. Marks the reply delivered once it was handed to the network."""
    yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
    try:
        async for item in _with_pauses(service.follow(question_id, actor), keep_alive):
            if item is None:
                yield b": still here\n\n"
            elif isinstance(item, Step):
                yield _event("step", render.step(item))
            else:
                yield _event("reply", render.reply(item))
                await service.delivered(question_id)
    except ColloqueryError as error:
        yield _event("problem", document(scope, status_of(error), words_of(actor.locale, error)))
    except Exception:  # noqa: BLE001 (a stream has no status left to change: the page is told in it)
        _log.exception("Following a question failed: %s", question_id)
        yield _event("problem", document(scope, 500, own_words(actor.locale, "unexpected")))


async def _with_pauses(steps: AsyncIterator[Step | Reply], seconds: float) -> AsyncIterator[Step | Reply | None]:
    """The items of `steps`, and None each time that none came for so long."""
    while True:
        waiting = asyncio.ensure_future(_next(steps))
        try:
            while not (await asyncio.wait({waiting}, timeout=seconds))[0]:
                yield None
        finally:
            if not waiting.done():
                waiting.cancel()
                with suppress(asyncio.CancelledError):
                    await waiting
        item = waiting.result()
        if item is None:
            return
        yield item


async def _next(steps: AsyncIterator[Step | Reply]) -> Step | Reply | None:
    return await anext(steps, None)


def _event(name: str, data: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + to_json(data) + b"\n\n"
