"""What an answer of the Bot Connector says, in our words."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from adapters.chat.text import Json

_LARGEST = 4 * 1024 * 1024
"""Bytes of an answer that are read; the longest are pages of members."""
_TOLD_TO_WAIT = frozenset({412, 429})
_GATEWAY = frozenset({502, 504})
_REQUEST_TIMEOUT, _NOT_IMPLEMENTED, _SERVER_ERROR, _NOT_FINE = 408, 501, 500, 300
_LEAST_WAIT = 0.1
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


class Refused(Exception):
    """Teams understood and said no: nothing happened. `code` is Teams' own word, such as BotNotInConversationRoster,
    else as in "HTTP 403". `words` are its own, for telling apart what shares a code; they are never shown or logged.
    """

    def __init__(self, code: str, status: int, words: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.words = words


class Unclear(Exception):
    """It may have happened: the line broke after the call was sent, or Teams failed.

    `answered`: Teams did answer, that it failed; what it chokes on may be the call itself.
    """

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.answered = answered


class ToldToWait(Exception):
    """The call is to be made again later. `seconds`: after how long, where that is said.

    `is_gateway`: something before Teams says so, and does not know whether Teams got it.
    """

    def __init__(self, code: str, seconds: float | None, *, is_gateway: bool) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds
        self.is_gateway = is_gateway


async def answer_of(answer: aiohttp.ClientResponse) -> Json:
    """The object of an answer that is fine, empty when it has none. Raises `Refused`, `Unclear`, `ToldToWait`."""
    body = _object(await _read(answer))
    code, words = _error(body, answer.status)
    status = answer.status
    if status in _TOLD_TO_WAIT | _GATEWAY:
        raise ToldToWait(code, retry_after(answer.headers), is_gateway=status in _GATEWAY)
    if status == _REQUEST_TIMEOUT or (status >= _SERVER_ERROR and status != _NOT_IMPLEMENTED):
        raise Unclear(code, answered=True)
    if status >= _NOT_FINE:
        raise Refused(code, status, words)
    if body is None:
        # Something between us and Teams gave it.
        raise Unclear("no answer of Teams'", answered=True)
    if isinstance(body.get("error"), dict):
        raise Refused(code, status, words)
    return body


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, by an answer's headers: a number or a date. None when they do not say."""
    told = headers.get("Retry-After", "").strip()
    try:
        seconds = float(told)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(_LEAST_WAIT, seconds) if math.isfinite(seconds) else None


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        read += piece
        if len(read) > _LARGEST:
            raise Unclear("an answer without an end", answered=True)
    return bytes(read)


def _object(body: bytes) -> Json | None:
    """A JSON object, empty for an empty body; None for anything else."""
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _error(body: Json | None, status: int) -> tuple[str, str]:
    """The code and the words of a refusal."""
    error = (body or {}).get("error")
    told = error if isinstance(error, dict) else {}
    code, words = told.get("code"), told.get("message")
    is_code = isinstance(code, str) and _CODE.fullmatch(code) is not None
    return str(code) if is_code else f"HTTP {status}", words[:500] if isinstance(words, str) else ""
