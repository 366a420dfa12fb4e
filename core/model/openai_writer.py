"""The writer that asks a model, through any server that speaks OpenAI's chat completions.

One call a question, not streamed: SQL is checked as a whole, so nothing could be shown earlier, and a body in one piece
always holds its finish reason and its tokens, which compatible servers often leave out of a stream.

Where a request goes is said by `ModelSettings` alone. A redirect is not followed. Environment variables of proxies are
heeded for https only, where a proxy sees no more than the server's name; on plain http it would read key and prompt, so
there they are not. The key and the address are never taken from the environment either; `OPENAI_ORG_ID` and
`OPENAI_PROJECT_ID`, which the openai package reads, are only names to bill.
"""

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import openai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout, omit
from pydantic import BaseModel

from core.errors import BadSetting, ModelFailed
from core.model.base import Prompt, Request, Written
from core.model.openai_answer import Refusal, read_completion, read_error, valid

OPENAI = "https://api.openai.com/v1"
"""Where requests go when no base URL is set."""

_CONNECT_SECONDS = 5.0
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
"""Seconds before the first retry, doubled for each further one; the openai package's own figures."""

_LIMITS = ("max_tokens", "max_completion_tokens")
"""Two names of one thing, in the order of trying. Every server knows the first but reasoning models refuse it; some
servers do not know the second and, worse, ignore it without a word."""

_WRONG_ADDRESS = Refusal("model.wrong_address", status=404)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """A model and where it is served. Raises `BadSetting` for a key or an address that cannot be meant."""

    api_key: str = field(repr=False)
    """Sent as a bearer token. Any word for a server that asks for none."""
    base_url: str | None
    """None is OpenAI itself. Without name, password and query, which would show in the log of requests."""
    model: str
    seconds: float = 30
    """Wall clock for one answer, with all its retries."""
    retries: int = 2

    def __post_init__(self) -> None:
        if not self.api_key or not self.api_key.isascii() or not self.api_key.isprintable() or " " in self.api_key:
            raise BadSetting(name="OPENAI_API_KEY")
        if not self.model.strip():
            raise BadSetting(name="OPENAI_MODEL")
        if self.base_url is not None and not _is_plain_address(self.base_url):
            raise BadSetting(name="OPENAI_BASE_URL")
        if self.seconds <= 0 or self.retries < 0:
            raise ValueError("seconds must be positive and retries not negative")


class OpenAIWriter:
    """Writes SQL with one chat completion, and completes other prompts.

    Safe for many questions at once; `aclose` ends its connections. Parameters that a server refuses are left
    out from then on, for as long as the writer lives.
    """

    wants_prompt = True

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._client = _client(settings)
        self._refused: frozenset[str] = frozenset()

    @property
    def model(self) -> str:
        """The name that is asked for; the server may answer with a more exact one."""
        return self._settings.model

    async def write(self, request: Request) -> Written:
        """The model's text as `Written.sql`, unread: what in it is SQL is for `core.ask` to say.

        Raises as `complete` does.
        """
        if request.prompt is None:
            raise ValueError("OpenAIWriter needs Request.prompt")
        return await self.complete(request.prompt)

    async def complete(self, prompt: Prompt, seconds: float | None = None) -> Written:
        """The model's text for a prompt, within `seconds` of wall clock or those of the settings.

        Raises `ModelFailed` with `model` (its name) in the details and `usage` when tokens are known to be spent:
        model.sign_in, unknown_model, wrong_address, out_of_credit, busy, too_slow, down, refused, too_long, nonsense,
        cut_off, filtered. Cancelling the task closes the connection, which is how a server learns to stop.
        """
        settings = self._settings if seconds is None else replace(self._settings, seconds=seconds)
        body = await _in_time(settings, self._ask(prompt, settings))
        return read_completion(body, prompt, settings.model)

    async def aclose(self) -> None:
        """Close the connections. The writer cannot be used afterwards."""
        await self._client.close()

    async def _ask(self, prompt: Prompt, settings: ModelSettings) -> bytes | Refusal:
        """The body of a completion, or the last refusal once retries or time would run out."""
        now = asyncio.get_running_loop().time
        deadline = now() + settings.seconds
        refused, failures = self._refused, 0
        while True:
            limit = next((name for name in _LIMITS if name not in refused), None)
            if limit is None:
                return Refusal("model.refused")
            sent = {limit, "temperature"} - refused
            answer = await _attempt(self._complete(prompt, sent), sent)
            if isinstance(answer, bytes):
                # Remembered only now that leaving them out is known to work.
                self._refused |= refused
                return answer
            if answer.parameter is not None:
                refused |= {answer.parameter}
                continue
            wait = _wait(failures, answer.retry_after)
            if not answer.again or failures == settings.retries or now() + wait >= deadline:
                return answer
            failures += 1
            log.warning("%s (status %s): retry %d in %.2f s", answer.code, answer.status, failures, wait)
            await asyncio.sleep(wait)

    async def _complete(self, prompt: Prompt, sent: Collection[str]) -> bytes:
        response = await self._client.chat.completions.with_raw_response.create(
            model=self._settings.model,
            messages=[{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            max_tokens=prompt.max_output if "max_tokens" in sent else omit,
            max_completion_tokens=prompt.max_output if "max_completion_tokens" in sent else omit,
            temperature=0 if "temperature" in sent else omit,
        )
        return response.content


async def ping(settings: ModelSettings) -> None:
    """Check address, key and model without spending a token. One try; returns when all is well.

    Raises `ModelFailed`: model.sign_in, unknown_model, wrong_address, too_slow, down and what else a server may say. A
    key that may write but not look up models is refused here too.
    """
    client = _client(settings)
    try:
        await _in_time(settings, _look_up(client, settings.model))
    finally:
        await client.close()


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model]


async def _look_up(client: AsyncOpenAI, model: str) -> bytes | Refusal:
    one = await _attempt(_show(client, model))
    if not isinstance(one, Refusal):
        return one if valid(_Model.model_validate_json, one) else _WRONG_ADDRESS
    if one.status != 404:
        return one
    # Some servers cannot show one model, only list them all.
    every = await _attempt(_list(client))
    if isinstance(every, Refusal):
        return _WRONG_ADDRESS if every.status == 404 else every
    models = valid(_Models.model_validate_json, every)
    if models is None:
        return _WRONG_ADDRESS
    return every if model in {known.id for known in models.data} else Refusal("model.unknown_model", 404)


async def _show(client: AsyncOpenAI, model: str) -> bytes:
    return (await client.models.with_raw_response.retrieve(model)).content


async def _list(client: AsyncOpenAI) -> bytes:
    return (await client.models.with_raw_response.list()).content


async def _attempt(call: Awaitable[bytes], sent: Collection[str] = ()) -> bytes | Refusal:
    """One request. An error becomes a value, so that what is raised later carries no trace of the client's own."""
    try:
        return await call
    except openai.APIError as error:
        return read_error(error, sent)


async def _in_time(settings: ModelSettings, call: Awaitable[bytes | Refusal]) -> bytes:
    """The body that `call` brings within the settings' wall clock, or `ModelFailed`."""
    answer: bytes | Refusal | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(settings.seconds):
            answer = await call
    if isinstance(answer, bytes):
        return answer
    if answer is None:
        raise ModelFailed("model.too_slow", model=settings.model, seconds=settings.seconds)
    details = {"status": answer.status, "retry_after": answer.retry_after and math.ceil(answer.retry_after)}
    raise ModelFailed(answer.code, model=settings.model, **{k: v for k, v in details.items() if v is not None})


def _wait(failures: int, retry_after: float | None) -> float:
    """Seconds to the next try, with a random part so that many questions do not come back at one moment."""
    if retry_after is not None:
        return retry_after * random.uniform(1.0, 1.1)  # noqa: S311 - spreads load, guards nothing
    return min(_FIRST_WAIT * 2.0**failures, _LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311 - as above


def _client(settings: ModelSettings) -> AsyncOpenAI:
    address = settings.base_url or OPENAI
    parts = urlsplit(address)
    heed_proxies = parts.scheme == "https"
    if heed_proxies and getproxies().get("https") and not proxy_bypass(parts.hostname or ""):
        log.info("the model is asked through the proxy that HTTPS_PROXY names")
    transport = _transport(heed_proxies)
    if transport is None:
        raise BadSetting(name="HTTPS_PROXY")
    return AsyncOpenAI(
        api_key=settings.api_key,
        base_url=address,
        max_retries=0,
        # Explicit, so that no header of OPENAI_CUSTOM_HEADERS takes its place.
        default_headers={"Authorization": f"Bearer {settings.api_key}"},
        http_client=transport,
    )


def _transport(heed_proxies: bool) -> DefaultAsyncHttpxClient | None:
    """None when a proxy variable of the environment names something that cannot be used: SOCKS, an unknown scheme."""
    limits = Timeout(None, connect=_CONNECT_SECONDS)
    try:
        return DefaultAsyncHttpxClient(trust_env=heed_proxies, follow_redirects=False, timeout=limits)
    except (ImportError, ValueError):
        return None


def _is_plain_address(text: str) -> bool:
    """An http address with a host and nothing that would be a secret: no name, password, query or fragment."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        if parts.port == 0 or parts.scheme not in {"http", "https"} or not parts.hostname:
            return False
        if not parts.hostname.strip("0123456789."):
            ip_address(parts.hostname)
    except ValueError:
        return False
    return not set(text) & set("@?#\\")
