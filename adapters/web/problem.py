"""Errors as the page reads them: `{code, text, hint}` in the reader's language."""

import json

from starlette.responses import Response

from core.errors import (
    BadConnection,
    BadEdit,
    BadQuestion,
    ColloqueryError,
    DatabaseUnavailable,
    NoAnswer,
    NotAllowed,
    NoTemplate,
    QueryRefused,
    QuotaExceeded,
    StoreFailed,
    UnknownConnection,
)
from core.locale import error_words, say

_STATUS: tuple[tuple[type[ColloqueryError], int], ...] = (
    (BadQuestion, 422),
    (BadEdit, 422),
    (QueryRefused, 422),
    (NoTemplate, 404),
    (NoAnswer, 409),
    (NotAllowed, 403),
    (UnknownConnection, 404),
    (BadConnection, 409),
    (QuotaExceeded, 429),
    (DatabaseUnavailable, 503),
    (StoreFailed, 503),
)


class JsonResponse(Response):
    """JSON of whatever a database holds: a text that is no valid Unicode loses its bad characters, not the answer."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The body."""
        return to_json(content)


def to_json(content: object) -> bytes:
    """One line of UTF-8. Raises ValueError for NaN and infinities, which JSON does not know."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def problem(language: str, status: int, name: str) -> JsonResponse:
    """A refusal by the web door itself. `name` is its key in the catalogue under `web.problem`."""
    return JsonResponse(own_words(language, name), status_code=status)


def own_words(language: str, name: str) -> dict[str, str]:
    """What the web door itself has to say, for the page."""
    return {
        "code": f"web.{name}",
        "text": say(language, f"web.problem.{name}.text"),
        "hint": say(language, f"web.problem.{name}.hint"),
    }


def status_of(error: ColloqueryError) -> int:
    """The HTTP status of an error of the core."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def words_of(language: str, error: ColloqueryError) -> dict[str, str]:
    """An error of the core for the page."""
    text, hint = error_words(language, error)
    return {"code": error.code, "text": text, "hint": hint}
