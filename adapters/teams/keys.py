"""The keys that the Bot Framework signs with: read over HTTP, kept for a day, read anew when one is not known."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.teams.hosts import is_loopback

SECONDS_A_READ = 10.0
"""For both documents together."""
_DAY = 24 * 3600.0
"""Seconds after which keys are read again, as botbuilder does."""
_LONGEST = 5 * _DAY
"""Seconds that keys hold at most while they cannot be read again."""
_PAUSE = 300.0
"""Seconds between two readings for the sake of keys that are not known: anybody can name one."""
_PAUSE_WITHOUT_ANY = 15.0
"""The same while there are none."""
_LARGEST = 1024 * 1024
"""Bytes of a document."""
_SHORTEST_KEY = 2048

log = logging.getLogger(__name__)


class KeysNotRead(Exception):
    """The keys cannot be had, so that nothing can be verified. The text says what happened, without an address."""


@dataclass(frozen=True)
class Key:
    """A public key, and the channels whose activities it may sign."""

    key: RSAPublicKey = field(repr=False)
    endorsements: frozenset[str]


class Keys:
    """The keys by their ids. However many wait for them, they are read once."""

    def __init__(self, session: aiohttp.ClientSession, openid_url: str, issuer: str) -> None:
        self._session = session
        self._openid_url = openid_url
        self._issuer = issuer
        self._known: Mapping[str, Key] = {}
        self._read_at = float("-inf")
        """Monotonic seconds, as the next."""
        self._not_before = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def warm_up(self) -> None:
        """Read them now. Raises `KeysNotRead`."""
        await self._read_once()

    async def get(self, identity: str) -> Key | None:
        """A key; None when there is none of that id. Raises `KeysNotRead` when it cannot be known."""
        if self._age > _LONGEST:
            await self._read_if_due(required=True)
        elif identity not in self._known:
            await self._read_if_due(required=False)
        elif self._age > _DAY and monotonic() >= self._not_before:
            # The old ones hold meanwhile.
            self._begin()
        return self._known.get(identity)

    async def close(self) -> None:
        """End a reading that goes on."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    @property
    def _age(self) -> float:
        return monotonic() - self._read_at

    async def _read_if_due(self, *, required: bool) -> None:
        is_reading = self._reading is not None and not self._reading.done()
        if not is_reading and monotonic() < self._not_before:
            if required:
                raise KeysNotRead("they could not be read a moment ago")
            return
        try:
            await self._read_once()
        except KeysNotRead:
            if required:
                raise

    async def _read_once(self) -> None:
        # Whoever hangs up must not end the reading for the others.
        await asyncio.shield(self._begin())

    def _begin(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
            # Nobody may be left to hear of a failure: it is in the log.
            self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._reading

    async def _read(self) -> None:
        self._not_before = monotonic() + (_PAUSE if self._known else _PAUSE_WITHOUT_ANY)
        try:
            async with asyncio.timeout(SECONDS_A_READ):
                document = await self._object(self._openid_url)
                if document.get("issuer") != self._issuer:
                    raise KeysNotRead("they are another issuer's")
                found = _keys(await self._object(_trusted(document.get("jwks_uri"), self._openid_url)))
        except KeysNotRead as failure:
            log.warning("the Bot Framework's keys were not read: %s", failure)
            raise
        except (aiohttp.ClientError, TimeoutError, ConnectionError, ValueError, RecursionError) as error:
            log.warning("the Bot Framework's keys were not read: %s", type(error).__name__)
            raise KeysNotRead(type(error).__name__) from None
        self._known, self._read_at = found, monotonic()
        self._not_before = self._read_at + _PAUSE

    async def _object(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise KeysNotRead(f"HTTP {answer.status}")
            body = bytearray()
            async for piece in answer.content.iter_chunked(65_536):
                body += piece
                if len(body) > _LARGEST:
                    raise KeysNotRead("the document is too large")
        found = json.loads(bytes(body))
        if not isinstance(found, dict):
            raise KeysNotRead("the document is no object")
        return found


def _trusted(url: object, named_by: str) -> str:
    """The address of the keys: encrypted, or on this machine when the document is, too."""
    if isinstance(url, str):
        parts, of_document = urlsplit(url), urlsplit(named_by)
        if parts.scheme == "https" or (is_loopback(parts.hostname or "") and is_loopback(of_document.hostname or "")):
            return url
    raise KeysNotRead("the document names no address of keys")


def _keys(document: dict[str, Any]) -> Mapping[str, Key]:
    """The keys that can be used, by their ids; whatever else stands there is passed over."""
    listed = document.get("keys")
    found = {}
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("kid"), str) and one.get("kty") == "RSA":
            key = _key(one)
            if key is not None:
                found[one["kid"]] = key
    if not found:
        raise KeysNotRead("there is none")
    return found


def _key(one: dict[str, Any]) -> Key | None:
    try:
        key = jwt.PyJWK(one, algorithm="RS256").key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < _SHORTEST_KEY:
        return None
    endorsements = one.get("endorsements")
    listed = endorsements if isinstance(endorsements, list) else []
    return Key(key, frozenset(name for name in listed if isinstance(name, str)))
