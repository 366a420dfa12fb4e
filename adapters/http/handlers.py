"""What becomes of an exception that leaves a route."""

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from adapters.http.problem import problem, problem_of
from core.errors import ColloqueryError

_NAMES = {404: "not_found", 405: "wrong_method"}
"""Words for what the framework itself refuses; everything else it refuses is a malformed request."""

_MOST_ERRORS = 20
_LONGEST_POINTER = 200


class Refusal(Exception):
    """A route's own refusal: a status and its key in the catalogue under `http.problem`."""

    def __init__(self, status: int, name: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.headers = headers


async def _core_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ColloqueryError):
        raise error
    return problem_of(request.scope, error)


async def _bad_request(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    return problem(request.scope, 400, "malformed", errors=_places(found))


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    allowed = (
        {"allow": error.headers["Allow"]}
        if isinstance(error, HTTPException) and status == 405 and error.headers
        else {}
    )
    return problem(request.scope, status, _NAMES.get(status, "malformed"), headers=allowed)


async def _own(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        raise error
    return problem(request.scope, error.status, error.name, headers=error.headers)


HANDLERS: dict[Any, Any] = {
    ColloqueryError: _core_error,
    RequestValidationError: _bad_request,
    HTTPException: _refused,
    Refusal: _own,
}
"""For FastAPI: each kind of exception and what answers it."""


def _places(found: Sequence[Any]) -> list[dict[str, str]]:
    """Where a request is wrong and in which way: never what stood there, and never a library's sentence."""
    places = []
    for one in found[:_MOST_ERRORS]:
        where, *path = [str(part) for part in one["loc"]] or ["body"]
        pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
        places.append({"in": where, "pointer": f"#{pointer}"[:_LONGEST_POINTER], "code": str(one["type"])})
    return places
