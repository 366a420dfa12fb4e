"""Refusals and errors as RFC 9457 has them, in the reader's language.

`detail` says what happened, `hint` what to do next, `code` is stable, `id` is in our log beside the request.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from starlette.types import Scope

from adapters.http.answers import JsonResponse
from adapters.http.reader import language_of_scope
from core.errors import (
    BadConnection,
    BadEdit,
    BadQuestion,
    BadSetting,
    BeyondWriter,
    Busy,
    ColloqueryError,
    DatabaseUnavailable,
    ModelFailed,
    NoAnswer,
    NoSchedule,
    NotAllowed,
    NoTemplate,
    NotSignedIn,
    QueryFailed,
    QueryRefused,
    QuotaExceeded,
    StoreFailed,
    TooSoon,
    UnknownConnection,
)
from core.ids import new_id
from core.locale import error_words, reason_words, say

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[ColloqueryError], int], ...] = (
    (NotSignedIn, 401),
    (TooSoon, 429),
    (Busy, 503),
    (BadQuestion, 422),
    (BadEdit, 422),
    (BadSetting, 422),
    (QueryRefused, 422),
    (BeyondWriter, 422),
    (NoTemplate, 404),
    (NoSchedule, 404),
    (NoAnswer, 409),
    (NotAllowed, 403),
    (UnknownConnection, 404),
    (BadConnection, 422),
    (QuotaExceeded, 429),
    (QueryFailed, 502),
    (ModelFailed, 502),
    (DatabaseUnavailable, 503),
    (StoreFailed, 503),
)

_STATUS_OF_CODE: dict[str, int] = {
    "question.too_many": 429,
    "connection.name_taken": 409,
    "database.host_not_allowed": 422,
    "connection.changed_meanwhile": 409,
    "people.exists": 409,
    "people.came_in_already": 409,
    "people.last_administrator": 409,
    "people.owner_of_machine": 409,
    "people.yourself": 409,
}
"""Where the code of an error says more than its kind."""

_MISSING = frozenset(
    {"people.unknown", "key.unknown", "sign_in.no_device", "config.unknown", "catalog.unknown_name",
     "catalog.unknown_term", "job.unknown"}
)  # fmt: skip
"""What is not there: 404 where the address names it, 422 where a body does."""

_REQUEST_ID = "colloquery.request"
_LONGEST_PATH = 200


def status_of(error: ColloqueryError, *, addressed: bool = False) -> int:
    """The HTTP status of an error of the core; `addressed`: the request's address names something."""
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    if addressed and isinstance(error, BadEdit) and error.code in _MISSING:
        return 404
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def request_id(scope: Scope) -> str:
    """What one request is called in our log and in what is answered to it."""
    known: str = scope.setdefault(_REQUEST_ID, new_id())
    return known


def problem(
    scope: Scope,
    status: int,
    name: str,
    *,
    headers: dict[str, str] | None = None,
    errors: Iterable[dict[str, str]] = (),
) -> JsonResponse:
    """A refusal by the door itself. `name` is its key in the catalogue under `http.problem`."""
    return _response(scope, status, own_words(language_of_scope(scope), name), headers, errors=errors)


def problem_of(scope: Scope, error: ColloqueryError) -> JsonResponse:
    """An error of the core."""
    status = status_of(error, addressed=bool(scope.get("path_params")))
    return _response(scope, status, words_of(language_of_scope(scope), error), _headers_of(error))


def own_words(language: str, name: str) -> dict[str, str]:
    """What the door itself has to say."""
    text = say(language, f"http.problem.{name}.text")
    return {
        "title": text,
        "detail": text,
        "code": f"http.{name}",
        "hint": say(language, f"http.problem.{name}.hint"),
    }


def words_of(language: str, error: ColloqueryError) -> dict[str, str]:
    """What an error of the core has to say: `title` without its particulars, `detail` with them."""
    text, hint = error_words(language, error)
    return {"title": reason_words(language, error.code), "detail": text, "code": error.code, "hint": hint}


def document(scope: Scope, status: int, words: dict[str, str]) -> dict[str, Any]:
    """The whole of a problem, as it travels in an answer or a stream."""
    return {
        "type": f"urn:colloquery:problem:{words['code']}",
        "status": status,
        **words,
        "instance": quote(scope["path"][:_LONGEST_PATH], errors="replace"),
        "id": request_id(scope),
    }


def _headers_of(error: ColloqueryError) -> dict[str, str]:
    if isinstance(error, NotSignedIn):
        return {"www-authenticate": 'Bearer error="invalid_token"'}
    if isinstance(error, TooSoon):
        return {"retry-after": str(error.details.get("seconds", 1))}
    return {}


def _response(
    scope: Scope,
    status: int,
    words: dict[str, str],
    headers: dict[str, str] | None,
    *,
    errors: Iterable[dict[str, str]] = (),
) -> JsonResponse:
    told = document(scope, status, words)
    if found := list(errors):
        told["errors"] = found
    given = {"content-language": language_of_scope(scope), **(headers or {})}
    return JsonResponse(told, status_code=status, headers=given, media_type=MEDIA_TYPE)
