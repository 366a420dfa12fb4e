"""Every answer held against the description of the API: whatever a test asks, its answer must be as it says."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import jsonschema_rs
from fastapi import FastAPI
from starlette.routing import Mount

from adapters.api.described import describe

ROOT = "/api/v1"

Json = dict[str, Any]


class Described:
    """The description, and what it says of an answer."""

    def __init__(self, told: Json) -> None:
        self.told = told
        self._validators: dict[tuple[str, str, str], Any] = {}
        self._routes = [
            (re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)) + "$"), path)
            for path in sorted(told["paths"], key=lambda path: path.count("{"))
        ]

    def check(self, response: httpx.Response) -> None:
        """Fail when the description does not have this answer. What it has no route for is a problem."""
        path = response.request.url.path
        assert path.startswith(ROOT)
        operation = self._operation(response.request.method.lower(), path.removeprefix(ROOT))
        if operation is None:
            assert response.status_code >= 400
            return
        told = operation[1]["responses"].get(str(response.status_code))
        assert told is not None, f"{response.request.method} {path} does not say {response.status_code}"
        told = self._resolved(told)
        kind = response.headers.get("content-type", "").partition(";")[0]
        assert kind in told["content"], f"{path} does not say {kind} for {response.status_code}"
        if kind.endswith("json") and "schema" in told["content"][kind]:
            where = (operation[0], str(response.status_code), kind)
            if where not in self._validators:
                schema = {**told["content"][kind]["schema"], "components": self.told["components"]}
                self._validators[where] = jsonschema_rs.Draft202012Validator(schema)
            errors = [
                f"{one.instance_path}: {one.message}"[:300]
                for one in self._validators[where].iter_errors(response.json())
            ]
            assert not errors, (path, errors[:5])

    def _operation(self, method: str, path: str) -> tuple[str, Json] | None:
        for pattern, name in self._routes:
            if pattern.match(path) and method in self.told["paths"][name]:
                return f"{method} {name}", self.told["paths"][name][method]
        return None

    def _resolved(self, told: Json) -> Json:
        reference = told.get("$ref")
        return self.told["components"]["responses"][reference.rsplit("/", 1)[1]] if reference else told


_made: list[Described] = []


def api_of(app: FastAPI) -> FastAPI:
    """The API that is mounted in a house, wherever the house itself is."""
    below = [route.app for route in app.routes if isinstance(route, Mount)]
    found = next((route.app for route in app.routes if isinstance(route, Mount) and route.path == ROOT), None)
    found = found or api_of(next(one for one in below if isinstance(one, FastAPI)))
    assert isinstance(found, FastAPI)
    return found


def watching(app: FastAPI) -> Callable[[httpx.Response], Awaitable[None]]:
    """To be called with every answer of an application under which the API is mounted."""
    # Made once: the description is the same in every house.
    described = _made[0] if _made else Described(describe(api_of(app)))
    _made[:] = [described]

    async def check(response: httpx.Response) -> None:
        path = response.request.url.path
        if not path.startswith(f"{ROOT}/") or path.endswith("openapi.json"):
            return
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            await response.aread()
        described.check(response)

    return check
