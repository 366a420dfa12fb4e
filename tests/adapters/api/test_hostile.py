"""Requests that nobody honest sends: never a fault of ours, and nothing of them comes back as more than text."""

import csv
import io
import json
import zipfile
from typing import Any

import httpx
import pytest

from tests.adapters.api.test_questions import NOBODY, _reply
from tests.adapters.web.conftest import is_refusal

JSON = {"content-type": "application/json"}
FORMULAS = ["=1+1", "+1", "-cmd()", "@sum(a)", "\t=1", "\r=1", "＝1", " =1"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/questions/../../etc/passwd", "/api/v1/%2e%2e/%2e%2e/etc/passwd", "/api/v1/questions/%00",
        "/api/v1/sessions/%00/messages", "/api/v1/sessions/%0d%0aset-cookie:x=1/messages", "/api/v1/questions/\ud800",
        "/api/v1//questions", "/api/v1/questions/", "//evil.example/api/v1/me", "/api/v1/questions/" + "a" * 5_000,
        "/api/v1/questions/%ff%fe", "/api/v1/sessions/..%2f..%2f/messages", "/api/v1/me;jsessionid=1", "/api/v1/ME",
        "/api/v1/%0a", "/api/v1/connections/%0a/tables", "/api/v2/me", "/api/v1",
    ],
)  # fmt: skip
async def test_odd_addresses(client: httpx.AsyncClient, path: str) -> None:
    if "\ud800" in path:
        path = path.replace("\ud800", "%ED%A0%80")
    response = await client.get(httpx.URL("http://localhost:8000").copy_with(raw_path=path.encode()))
    assert response.status_code in (400, 404, 405), (path, response.status_code)
    told = response.json()
    assert told["code"] in ("http.not_found", "http.malformed", "http.wrong_method")
    assert "set-cookie" not in response.headers and "\n" not in told["instance"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "DELETE"}, {"x-method-override": "DELETE"}, {"x-http-method": "DELETE"},
        {"x-original-url": "/api/v1/users"}, {"x-rewrite-url": "/api/v1/users"}, {"x-forwarded-host": "evil.example"},
        {"accept": "text/html"}, {"accept-language": "ko" * 3_000}, {"user-agent": "x" * 20_000},
        {"content-length": "٣"}, {"range": "bytes=0-1"}, {"accept-encoding": "gzip"}, {"if-none-match": "*"},
    ],
)  # fmt: skip
async def test_odd_headers_change_nothing(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    response = await client.get("/api/v1/me", headers=raw)
    assert response.status_code == 200 and response.json()["name"] == "Owner"
    assert (await client.get("/api/v1/me")).json()["name"] == "Owner"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD", "PROPFIND"])
async def test_odd_methods(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/api/v1/me")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 30_000 + b"]" * 30_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b'{"text":' + b"9" * 60_000 + b"}",
        b'{"text":1e999}', b'{"text":NaN}', b'{"text":"\xff"}', b'{"text":"x",}', b"{\x00}", b'"text"', b"",
        b'{"text":"x","text":"y","extra":1}', b'{"text":{"$gt":""}}', b'{"__proto__":{},"text":"x"}',
    ],
)  # fmt: skip
async def test_odd_bodies(client: httpx.AsyncClient, body: bytes) -> None:
    for path in ("questions", "templates", "connections", "users", "keys", "auth/sign-in", "audit/verify"):
        response = await client.post(f"/api/v1/{path}", content=body, headers=JSON)
        is_refusal(response, 400, "http.malformed")
        for one in response.json().get("errors", []):
            assert set(one) == {"in", "pointer", "code"} and len(one["pointer"]) <= 200


async def test_a_malformed_request_is_told_where_and_nothing_of_it_comes_back(client: httpx.AsyncClient) -> None:
    sent = await client.post("/api/v1/questions", json={"text": 7, "hunter2": 1, "connection": "a\nb"})
    is_refusal(sent, 400, "http.malformed")
    assert {(one["in"], one["pointer"], one["code"]) for one in sent.json()["errors"]} == {
        ("body", "#/text", "string_type"),
        ("body", "#/hunter2", "extra_forbidden"),
        ("body", "#/connection", "string_pattern_mismatch"),
    }
    for secret in ("auth/sign-in", "auth/refresh"):
        refused = await client.post(f"/api/v1/{secret}", json={"email": "a@example.com", "password": ["hunter2"]})
        assert "hunter2" not in refused.text


async def test_what_people_write_never_becomes_a_header(client: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {"text": "x\r\nset-cookie: a=1", "session": "s"}
    response = await client.post("/api/v1/questions", json=body)
    assert response.status_code == 202 and "set-cookie" not in response.headers
    refused = await client.post("/api/v1/questions", json={**body, "session": "s\r\nset-cookie: a=1"})
    is_refusal(refused, 400, "http.malformed")


async def test_cells_that_a_spreadsheet_would_run_are_text_in_both_files(client: httpx.AsyncClient) -> None:
    written = [text.replace("\r", "' || char(13) || '") for text in FORMULAS]
    cells = " UNION ALL ".join(f"SELECT {at} AS n, '{text}' AS cell" for at, text in enumerate(written))
    reply = await _reply(client, f"{cells} ORDER BY n")
    path = f"/api/v1/questions/{reply['question_id']}/result"
    rows = list(csv.reader(io.StringIO((await client.get(f"{path}.csv")).content.decode("utf-8-sig"), newline="")))[1:]
    assert [row[1].lstrip("'") for row in rows] == FORMULAS
    for row, text in zip(rows, FORMULAS, strict=True):
        if text[0] in "=+-@\t\r":
            assert row[1] == f"'{text}"
    book = zipfile.ZipFile(io.BytesIO((await client.get(f"{path}.xlsx")).content))
    sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert "<f>" not in sheets and "<hyperlink" not in sheets
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()


async def test_nothing_is_said_of_what_is_not_there(client: httpx.AsyncClient) -> None:
    for path in (f"questions/{NOBODY}", f"templates/{NOBODY}", f"connections/{NOBODY}", f"users/{NOBODY}"):
        response = await client.get(f"/api/v1/{path}")
        assert response.status_code in (403, 404) and NOBODY not in json.dumps(response.json()["detail"])


async def test_the_description_is_for_those_who_may_enter(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/v1/openapi.json")).json()
    assert told["openapi"].startswith("3.1") and told["servers"] == [{"url": "/api/v1"}]
    refused = await client.get("/api/v1/openapi.json", headers={"x-forwarded-for": "203.0.113.9"})
    is_refusal(refused, 401, "http.locked")
