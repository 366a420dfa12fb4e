"""Every route fuzzed by what its description says: as nobody, a viewer, an administrator, a key with one permission.

No answer is a fault of ours, every answer is as described, and nobody gets more than they may. A few examples of each
by default; `make fuzz-api` takes as many as COLLOQUERY_FUZZ says.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.adapters.api.served import PASSWORD, Served, served

EXAMPLES = int(os.environ.get("COLLOQUERY_FUZZ", "2"))
"""Of each route, each kind of person and each kind of data."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

AUTH = {f"POST /auth/{what}" for what in ("sign-in", "refresh", "sign-out", "link")}

ASKING = {
    "POST /questions", "POST /questions/{question_id}/choice", "POST /questions/{question_id}/rerun",
    "POST /questions/{question_id}/fresh", "POST /questions/{question_id}/feedback",
    "POST /questions/{question_id}/stop",
    "GET /questions/{question_id}", "GET /questions/{question_id}/events", "GET /questions/{question_id}/explanation",
    "GET /questions/{question_id}/result.csv", "GET /questions/{question_id}/result.xlsx",
    "GET /questions/{question_id}/template", "GET /examples", "GET /sessions", "GET /sessions/{session}/messages",
    "GET /me", "GET /connections", "GET /connections/{connection_id}", "GET /connections/{connection_id}/tables",
    "GET /connections/{connection_id}/columns", "GET /connections/{connection_id}/glossary", "GET /templates",
    "GET /templates/{template_id}", "GET /templates/{template_id}/choices", "POST /templates/{template_id}/run",
    "GET /templates.yaml", "PUT /connections/{connection_id}/default",
}  # fmt: skip
"""What a key that may ask, and nothing else, gets at all."""

ADMINISTERED = {
    "GET /usage/all", "GET /usage/all/{listing}.csv", "GET /limits", "PUT /limits", "GET /alerts", "PUT /alerts",
    "GET /users", "POST /users", "PATCH /users/{user_id}", "POST /users/{user_id}/invitation",
    "POST /users/{user_id}/sign-out", "GET /audit", "GET /audit.csv", "POST /audit/verify", "GET /config",
    "GET /config/{key}", "PUT /config/{key}", "DELETE /config/{key}", "PUT /marks",
    "PUT /connections/{connection_id}/marks", "POST /connections/{connection_id}/grants",
    "DELETE /connections/{connection_id}/grants/{to}/{subject}", "PUT /templates/{template_id}/verified",
}  # fmt: skip
"""What no viewer gets."""

LEFT_ALONE = {
    "DELETE /connections/{connection_id}",
    "PUT /connections/{connection_id}/enabled",
    "DELETE /keys/{key_id}",
}
"""These are asked of what is not there alone: without the rest of the house there is nothing to fuzz."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Served]:
    from tests.houses import make_shop

    directory = tmp_path_factory.mktemp("fuzz")
    with served(directory, make_shop(directory / "shop.db"), migrated_file) as one:
        yield one


class Person:
    """Somebody who sends requests; who signed in does so again when they were signed out by one."""

    def __init__(self, house: Served, kind: str) -> None:
        self._house = house
        self.kind = kind
        self.did = set[str]()
        self._session = requests.Session()
        self._token = house.keys.get(kind, "")
        self.known = {**house.ids, "question_id": self._question()}

    def send(self, case: Any) -> Any:
        """Send a case as this person."""
        response = self._call(case)
        if response.status_code == 401 and self.kind in self._house.emails:
            self._token = ""  # they signed themselves out, or were
            response = self._call(case)
        return response

    def _call(self, case: Any) -> Any:
        return case.call(base_url=self._house.api, headers=self._headers(), session=self._session, timeout=30)

    def _headers(self) -> dict[str, str]:
        if not self._token and self.kind in self._house.emails:
            body = {"email": self._house.emails[self.kind], "password": PASSWORD}
            signed = self._session.post(f"{self._house.api}/auth/sign-in", json=body)
            assert signed.status_code == 200, signed.text
            self._token = signed.json()["access"]
        return {"authorization": f"Bearer {self._token}"} if self._token else {}

    def _question(self) -> str:
        """One that they asked; nobody cannot."""
        body = {"text": "How many customers are there?"}
        asked = self._session.post(f"{self._house.api}/questions", json=body, headers=self._headers())
        return str(asked.json().get("question_id", uuid4()))


def _schema(house: Served) -> Any:
    key = {"authorization": f"Bearer {house.keys['key']}"}
    told = requests.get(f"{house.api}/openapi.json", headers=key, timeout=30)
    assert told.status_code == 200
    return schemathesis.openapi.from_dict(told.json())


@pytest.mark.timeout(3_600)
def test_no_route_fails_says_other_than_it_does_or_gives_too_much(house: Served) -> None:
    people = [Person(house, kind) for kind in ("nobody", "viewer", "admin", "key")]
    nobody, viewer, _, key = people
    operations = [found.ok() for found in _schema(house).get_all_operations()]
    assert len(operations) > 70
    failures = list[str]()
    for operation in operations:
        for mode in GenerationMode:
            try:
                _fuzz(people, operation, mode)
            except FailureGroup as failure:
                failures.append("\n".join(str(one) for one in (failure.message, *failure.exceptions)))
    assert not failures, "\n\n".join(failures)
    assert nobody.did <= AUTH, nobody.did - AUTH
    assert key.did <= ASKING | AUTH, key.did - ASKING - AUTH
    assert not viewer.did & ADMINISTERED, viewer.did & ADMINISTERED
    for one in people[1:]:
        assert len(one.did) >= 8, (one.kind, one.did)  # it is not that nobody gets anything


def _fuzz(people: list[Person], operation: Any, mode: GenerationMode) -> None:
    name = f"{operation.method.upper()} {operation.path}"

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    def fuzz(case: Any, there: bool) -> None:
        case.headers = {name: text for name, text in (case.headers or {}).items() if name.lower() != "authorization"}
        case.cookies = {}
        made_up = dict(case.path_parameters or {})
        for person in people:
            known = person.known if there and name not in LEFT_ALONE else {}
            case.path_parameters = {one: known.get(one, value) for one, value in made_up.items()}
            response = person.send(case)
            case.validate_response(response, checks=CHECKS)
            if response.status_code < 300:
                person.did.add(name)

    try:
        fuzz()
    except Unsatisfiable:  # nothing can be wrong with a request that takes nothing
        assert mode.is_negative


def test_the_description_names_every_route(house: Served) -> None:
    paths = _schema(house).raw_schema["paths"]
    named = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert named >= AUTH | ASKING | ADMINISTERED | LEFT_ALONE
    for methods in paths.values():
        for operation in methods.values():
            assert operation["summary"] and operation["description"] and operation["tags"]
            assert {"400", "401", "403", "405", "429", "500"} <= set(operation["responses"])


def test_nobody_gets_anything_at_all(house: Served) -> None:
    paths = _schema(house).raw_schema["paths"]
    for path, methods in paths.items():
        for method in methods:
            address = house.api + re.sub(r"\{[^}]+\}", "00000000-0000-0000-0000-000000000000", path)
            sent = requests.request(method, address, json={} if method != "get" else None, timeout=30)
            if not path.startswith("/auth/"):
                assert sent.status_code in (400, 401), (method, path, sent.status_code)
                assert sent.json()["code"] in ("http.locked", "http.malformed")
