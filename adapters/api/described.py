"""The description of the API: OpenAPI 3.1, with every refusal of every route."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import Field

from adapters.api.shapes import Shape
from adapters.http.problem import MEDIA_TYPE

_DESCRIPTION = """\
Everything the chat can do, for programs.

Send a key (`cq_…`) or an access token as `Authorization: Bearer …`. A browser that signed in at the page sends its
cookies instead. On the machine itself, where nobody is asked to sign in, nothing needs to be sent.

`?lang=ko` or `Accept-Language` chooses the language of everything that people read, `?tz=Asia/Seoul` the time zone.
Every refusal is a problem as RFC 9457 has it. Long lists come in pages: send `next` back as `cursor`.
"""

_TAGS = {
    "questions": "Ask, follow, fetch, judge.",
    "sessions": "What was asked and answered, thread by thread.",
    "templates": "Questions whose SQL is known: 0 tokens.",
    "schedules": "Questions that are asked again and again.",
    "connections": "The databases people may ask.",
    "catalog": "What is known of a database beyond its schema.",
    "usage": "Tokens, money, limits, alerts.",
    "users": "People, for administrators.",
    "keys": "Keys of programs.",
    "sign-in": "Tokens for programs that speak for a person.",
    "me": "Who the reader is, and by which devices they came in.",
    "audit": "What was done, by whom, from where.",
    "config": "Settings that change while running.",
    "jobs": "Recurring work.",
}


class Wrong(Shape):
    """A part of a request that is wrong, and in which way."""

    # "in" is a word of Python.
    place: str = Field(alias="in", description="body, query, path or header.")
    pointer: str = Field(description="A JSON pointer into it.")
    code: str


class Problem(Shape):
    """A refusal or an error, as RFC 9457 has it."""

    type: str
    title: str = Field(description="What kind it is, in the reader's language.")
    status: int
    detail: str = Field(description="What happened.")
    instance: str = Field(description="The address that was asked.")
    code: str = Field(description="Stable: to be compared.")
    hint: str = Field(description="What to do next.")
    id: str = Field(description="The request's id: it is in our log, too.")
    errors: list[Wrong] = Field(default=[], description="Which parts of the request are wrong.")


_REFUSALS: dict[int, tuple[str, str, str, str]] = {
    400: ("Malformed", "The request cannot be read.", "http.malformed", "The request could not be read."),
    401: ("NotSignedIn", "Nobody is known to send this.", "http.locked", "Nobody is signed in."),
    403: ("NotAllowed", "Not for whoever asks.", "people.not_administrator", "This is for administrators."),
    404: (
        "NotFound",
        "Not there, or not for whoever asks.",
        "http.not_found",
        "There is nothing at this address.",
    ),
    405: ("WrongMethod", "The address does not do that.", "http.wrong_method", "This address does not do that."),
    408: ("TooSlow", "The body did not arrive in time.", "http.too_slow", "The request did not arrive in time."),
    409: ("Conflict", "Not as things are now.", "answer.not_ready", "There is no answer yet."),
    413: ("TooBig", "More than 64 KB.", "http.too_big", "The request is too big."),
    415: ("NotJson", "The body is no JSON.", "http.not_json", "Only JSON is taken here."),
    421: ("WrongHost", "The Host header names another server.", "http.wrong_host", "This server goes by another name."),
    422: ("Refused", "It can be read, but not done.", "question.empty", "There is no question in the message."),
    429: ("TooMany", "Too often; `Retry-After` says when to come again.", "http.too_many", "Too many requests."),
    500: ("Unexpected", "A fault of ours.", "http.unexpected", "Something went wrong on our side."),
    502: ("DatabaseRefused", "The asked database or the model failed.", "query.failed", "The database refused."),
    503: ("Unavailable", "The asked database or our store cannot be reached.", "store.unreachable", "Not available."),
}
"""By status: the name of the component, its description, and an example's code and words."""

_WITH_BODY = (408, 413, 415)


def _file(media_type: str, what: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": what, "content": {media_type: {"schema": schema}}}}


FILE_CSV = _file("text/csv", "UTF-8 with a byte order mark.")
FILE_EXCEL = _file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "A workbook.")
FILE_YAML: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file of templates.",
        "content": {"application/yaml": {"schema": {"type": "object", "required": ["version", "templates"]}}},
    }
}
FILE_JSON: dict[int | str, dict[str, Any]] = {
    200: {"description": "A file.", "content": {"application/json": {"schema": {"type": "object"}}}}
}
_EVENT = {
    "type": "object",
    "description": "One event; comments between them keep the line open.",
    "properties": {
        "event": {"enum": ["step", "reply", "problem"]},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "As JSON: `Step`, `ShownReply` or `Problem`.",
        },
        "retry": {"type": ["integer", "string"], "description": "Milliseconds until a reader comes back."},
    },
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events: `step`, then `reply` or `problem`, which is the last.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The whole description, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _finished(
            get_openapi(
                title="Colloquery",
                version="1",
                summary="Ask a company's databases in plain words.",
                description=_DESCRIPTION,
                routes=app.routes,
                tags=[{"name": name, "description": about} for name, about in _TAGS.items()],
                servers=[{"url": "/api/v1"}],
            )
        )
    return app.openapi_schema


def _finished(told: dict[str, Any]) -> dict[str, Any]:
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for gone in ("HTTPValidationError", "ValidationError"):
        schemas.pop(gone, None)
    problem = Problem.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    components["responses"] = {name: _response(status) for status, (name, *_) in _REFUSALS.items()}
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A key (`cq_…`) or an access token."},
        "page": {
            "type": "apiKey",
            "in": "cookie",
            "name": "colloquery_access",
            "description": "Of the page.",
        },
    }
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            _finish(path, method, operation)
    return told


def _finish(path: str, method: str, operation: dict[str, Any]) -> None:
    is_open = path.startswith("/auth/")
    operation["security"] = [] if is_open else [{"bearer": []}, {"page": []}, {}]
    responses = operation["responses"]
    responses.pop("422", None)
    for status, (name, *_) in _REFUSALS.items():
        if status in _WITH_BODY and method == "get":
            continue
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    for status, response in list(responses.items()):
        # What FastAPI writes for an answer that has a shape of its own beside it.
        content = response.get("content", {})
        if status.startswith("2") and len(content) > 1 and content.get("application/json") == {"schema": {}}:
            del content["application/json"]


def _response(status: int) -> dict[str, Any]:
    _, about, code, detail = _REFUSALS[status]
    example = {
        "type": f"urn:colloquery:problem:{code}",
        "title": detail,
        "status": status,
        "detail": detail,
        "instance": "/api/v1/questions",
        "code": code,
        "hint": "What to do next.",
        "id": "0b1f6a0e-6f53-4d25-9d5b-6f6d1f0f7f10",
    }
    headers = {
        "Retry-After": {"description": "Seconds.", "schema": {"type": "string"}},
    }
    told: dict[str, Any] = {
        "description": about,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    return {**told, "headers": headers} if status == 429 else told
