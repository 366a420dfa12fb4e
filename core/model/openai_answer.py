"""What a chat completions server said, read: a completion into `Written`, an error into a `Refusal`.

Servers that call themselves compatible differ in what they leave out, so nothing is taken for granted: a body is
validated piece by piece, and no text of a server gets into an error.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, TypeVar

from openai import APIConnectionError, APIError, APIStatusError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from core.errors import ModelFailed
from core.model.base import Prompt, Usage, Written
from core.tokens import count

T = TypeVar("T")

_LONGEST_NAME = 100
"""What `query_analytics.llm_model` holds."""

_FINISHED = frozenset({"stop", "end_turn", "eos", "eos_token", "stop_sequence"})
"""The model ended by itself: OpenAI's word first, then those of compatible servers."""

_UNFINISHED = {
    None: "model.cut_off",
    "": "model.cut_off",
    "length": "model.cut_off",
    "max_tokens": "model.cut_off",
    "content_filter": "model.filtered",
}

_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_TOO_LONG = ("context_length", "context length", "context size", "context window", "prompt is too long")
_TRY_AGAIN = frozenset({408, 409, 429})
"""Worth another try, beside 5xx: the server's time-out, a lock, too many requests."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that brought no completion. `code` is one of `core.errors.ModelFailed`."""

    code: str
    status: int | None = None
    """The HTTP status; None where no answer came at all."""
    again: bool = False
    """Whether the same request may succeed a little later."""
    retry_after: float | None = None
    """Seconds that the server asked to wait."""
    parameter: str | None = None
    """The parameter that this server or model does not take."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class _Tokens(BaseModel):
    # The bound keeps a nonsensical figure out of an integer column; no context window comes near it.
    prompt_tokens: Annotated[int, Field(ge=0, le=100_000_000)]
    completion_tokens: Annotated[int, Field(ge=0, le=100_000_000)]


class _Completion(BaseModel):
    model: object = None
    choices: object = None
    usage: object = None


_CHOICES = TypeAdapter(Annotated[list[_Choice], Field(min_length=1)])


def read_completion(body: bytes, prompt: Prompt, model: str) -> Written:
    """The text of a completion, its tokens and the model that wrote it. `model` is the name that was asked for.

    Tokens are counted here when the server reports none. Raises `ModelFailed` with `model` and, as soon as tokens are
    known to be spent, `usage`: "model.nonsense", "model.cut_off", "model.filtered".
    """
    completion = valid(_Completion.model_validate_json, body)
    if completion is None:
        raise ModelFailed("model.nonsense", model=model)
    reported = _reported(completion.usage)
    model = _name(completion.model) or model
    choices = valid(_CHOICES.validate_python, completion.choices)
    if choices is None:
        raise ModelFailed("model.nonsense", model=model, **({"usage": reported} if reported else {}))
    choice = choices[0]
    text = choice.message.content or ""
    usage = reported or Usage(prompt.tokens, count(text))
    problem = _problem(choice, text)
    if problem is not None:
        raise ModelFailed(problem, model=model, usage=usage)
    return Written(sql=text, usage=usage, model=model)


def read_error(error: APIError, sent: Collection[str]) -> Refusal:
    """What an error means. `sent` names the optional parameters of the request: one of them may be what is wrong."""
    if isinstance(error, APIStatusError):
        return _read_status(error, sent)
    # No timeout but the one to connect is left to the client, so a timeout is an unreachable server too.
    return Refusal("model.down", again=isinstance(error, APIConnectionError))


def _read_status(error: APIStatusError, sent: Collection[str]) -> Refusal:
    # The whole body: the client's own message knows one of its shapes only.
    status, said, codes = error.status_code, str(error.body).lower(), {error.code, error.type}
    code, again, parameter = "model.refused", False, None
    if codes & _NO_CREDIT or status == 402:
        code = "model.out_of_credit"
    elif "model_not_found" in codes or (status == 404 and ("model" in said or "deployment" in said)):
        code = "model.unknown_model"
    elif status in {404, 405} or 300 <= status < 400:
        code = "model.wrong_address"
    elif status in {401, 403}:
        code = "model.sign_in"
    elif "content_filter" in codes:
        code = "model.filtered"
    elif status == 413 or (status < 500 and status != 429 and any(words in said for words in _TOO_LONG)):
        code = "model.too_long"
    elif status in _TRY_AGAIN or status >= 500:
        code, again = "model.busy" if status == 429 else "model.down", True
    elif status in {400, 422}:
        parameter = _named(error, said, sent)
    return Refusal(code, status, again, _retry_after(error.response.headers.get("retry-after")), parameter)


def _named(error: APIStatusError, said: str, sent: Collection[str]) -> str | None:
    if error.param in sent:
        return error.param
    # OpenAI's field is often left out by others; then the sentence names it.
    return next((name for name in sorted(sent) if name in said), None)


def _retry_after(header: str | None) -> float | None:
    """Seconds from now. The header holds seconds or a date; anything else counts as absent."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def valid(read: Callable[[Any], T], value: object) -> T | None:
    """What a pydantic reader makes of a value, or None where it does not fit."""
    try:
        return read(value)
    except ValidationError:
        return None


def _reported(usage: object) -> Usage | None:
    """The server's own count; None where it is missing, senseless or nothing but zeros."""
    tokens = valid(_Tokens.model_validate, usage)
    if tokens is None or tokens.prompt_tokens + tokens.completion_tokens == 0:
        return None
    return Usage(tokens.prompt_tokens, tokens.completion_tokens)


def _name(model: object) -> str:
    """The model's name as the server gives it: data from outside, so one short printable line or nothing."""
    return "".join(filter(str.isprintable, model))[:_LONGEST_NAME].strip() if isinstance(model, str) else ""


def _problem(choice: _Choice, text: str) -> str | None:
    """The code of what makes a choice unusable."""
    if choice.finish_reason in _UNFINISHED:
        return _UNFINISHED[choice.finish_reason]
    if choice.message.refusal:
        return "model.filtered"
    return None if choice.finish_reason in _FINISHED and text.strip() else "model.nonsense"
