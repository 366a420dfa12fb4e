"""The routes of use over a real house with a few months of it: figures, files, limits, alerts, and who may."""

import csv
import io
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import select

from adapters.api.figures import figures
from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.ask.present.use_tables import model_name
from core.chat import Actor
from core.figures import AlertRules, Dashboard, DayUse, Listing, Span
from core.locale import format_money, reason_words, say
from core.storage.models import AuditLog
from tests.adapters.web.conftest import SAME_SITE, TOKEN, browser, is_refusal, page
from tests.history import HOSTILE, TEAM, fill
from tests.houses import open_house, settings_for

OWNER = HttpSettings().person
VIEWER = Actor("slack", "T1", "U0", TEAM[0], email="person0@example.com")
ADMIN_READS = ["usage/all", "limits", "alerts", *(f"usage/all/{what}.csv" for what in get_args(Listing))]
LIMIT = {"subject": "everyone", "who": "", "hour": 5_000, "day": None, "month": 300_000}
RULES: dict[str, Any] = {"thresholds": ["99.50", "5"], "unusual": False, "to": []}
KOREAN = {**SAME_SITE, "accept-language": "ko"}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("used")
    fill(directory, hostile=True)
    return directory


@pytest.fixture
async def house(used: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(shutil.copytree(used, tmp_path / "own")), {"web": None}) as built:
        yield built


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(page(house)) as one:
        yield one


async def _json(client: httpx.AsyncClient, path: str) -> Any:
    response = await client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


def _rows(response: httpx.Response) -> list[list[str]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


async def test_a_persons_own_use_is_the_services(client: httpx.AsyncClient, house: House) -> None:
    shown = await _json(client, "/api/v1/usage?lang=en")
    use = await house.service.usage.mine(OWNER)
    assert use.total_tokens > 0 and any(day.questions for day in use.days)
    assert (shown["questions"], shown["tokens"], shown["free"]) == (use.questions, use.tokens, use.free)
    assert Decimal(shown["cost"]) == use.cost
    assert shown["cost_text"] == format_money("en", use.cost)
    assert [Decimal(day["cost"]) for day in shown["days"]] == [day.cost for day in use.days]
    assert [model["name"] for model in shown["models"]] == [model_name(model.model, "en") for model in use.models]
    assert [window["limit_text"] for window in shown["windows"]] == ["1,000", "10,000", "100,000"]
    assert shown["is_administrator"] is True


async def test_own_days_as_a_file(client: httpx.AsyncClient, house: House) -> None:
    response = await client.get("/api/v1/usage.csv?lang=ko")
    heading, *rows = _rows(response)
    table = await house.service.usage.my_table(replace(OWNER, locale="ko"))
    assert heading == [column.name for column in table.columns] and "가" <= heading[0][0] <= "힣"
    assert rows == [[str(cell) for cell in row] for row in table.rows]
    assert response.headers["content-disposition"] == 'attachment; filename="my-usage.csv"'


async def test_whoever_never_asked_has_used_nothing(tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path), {"web": None}) as empty, browser(page(empty)) as client:
        own = await _json(client, "/api/v1/usage")
        assert (own["questions"], float(own["cost"]), own["average_cost"], own["forecast"]) == (0, 0, None, None)
        assert own["is_administrator"] is True
        everybody = await _json(client, "/api/v1/usage/all")
        assert (everybody["questions"], everybody["people"]) == (0, [])
        for listing in get_args(Listing):
            _rows(await client.get(f"/api/v1/usage/all/{listing}.csv"))


def _totals(board: Dashboard) -> list[object]:
    return [board.questions, board.failed, board.free, board.people_asking, board.tokens, board.cost, board.cost_before]


@pytest.mark.parametrize("span", get_args(Span))
async def test_the_dashboard_is_the_services(client: httpx.AsyncClient, house: House, span: Span) -> None:
    shown = await _json(client, f"/api/v1/usage/all?span={span}")
    board = await house.service.usage.dashboard(OWNER, span)
    numbers = [shown[name] for name in ("questions", "failed", "free", "people_asking", "tokens")]
    assert [*numbers, Decimal(shown["cost"]), Decimal(shown["cost_before"])] == _totals(board)
    assert [day["day"] for day in shown["days"]] == [day.day.isoformat() for day in board.days]
    assert [(one["name"], Decimal(one["cost"])) for one in shown["people"]] == [(p.name, p.cost) for p in board.people]
    lists = ("models", "databases", "topics", "hours", "questions_asked", "failures", "unusual")
    assert [len(shown[name]) for name in lists] == [len(getattr(board, name)) for name in lists]
    assert shown["span"] == span


async def test_what_people_read_is_in_their_language(house: House) -> None:
    async with browser(page(house), KOREAN) as client:
        shown = await _json(client, "/api/v1/usage/all?span=quarter")
    assert "US$" in shown["cost_text"] and shown["since_text"].endswith(".")
    assert {one["reason"] for one in shown["failures"]} == {
        reason_words("ko", code) for code in ("query.failed", "writer.beyond", "guard.writes", "quota.hour")
    }
    assert "템플릿" in {one["name"] for one in shown["models"]}
    assert say("ko", "usage.together") in {one["name"] for one in shown["unusual"]}


@pytest.mark.parametrize("listing", get_args(Listing))
async def test_every_list_as_a_file(client: httpx.AsyncClient, house: House, listing: Listing) -> None:
    response = await client.get(f"/api/v1/usage/all/{listing}.csv?span=quarter&lang=ko")
    heading, *rows = _rows(response)
    table = await house.service.usage.table(replace(OWNER, locale="ko"), listing, "quarter")
    assert heading == [column.name for column in table.columns]
    assert len(rows) == len(table.rows) > 0
    assert response.headers["content-disposition"] == f'attachment; filename="usage-{listing}-quarter.csv"'


async def test_a_name_that_a_spreadsheet_would_run_is_text(client: httpx.AsyncClient) -> None:
    _, *rows = _rows(await client.get("/api/v1/usage/all/people.csv?span=quarter"))
    names = {row[0] for row in rows}
    assert f"'{HOSTILE[2]}" in names and HOSTILE[2] not in names


@pytest.mark.parametrize(
    "path",
    ["usage/all?span=year", "usage/all?span=", "usage/all/everything.csv", "usage/all/people.csv?span=week%00"],
)
async def test_no_other_span_or_list(client: httpx.AsyncClient, path: str) -> None:
    is_refusal(await client.get(f"/api/v1/{path}"), 400, "http.malformed")


async def test_limits_are_set_kept_and_taken_back(client: httpx.AsyncClient, house: House) -> None:
    for change in (
        LIMIT,
        {"subject": "role", "who": "viewer", "hour": None, "day": 9_000, "month": None},
        {"subject": "person", "who": "Person3@Example.com", "hour": 0, "day": None, "month": None},
    ):
        assert (await client.put("/api/v1/limits", json=change)).status_code == 200
    lines = (await _json(client, "/api/v1/limits?lang=en"))["items"]
    set_lines = {(line["subject"], line["name_text"]): (line["hour"], line["day"], line["month"]) for line in lines}
    assert set_lines == {
        ("everyone", "Everyone"): (5_000, None, 300_000),
        ("role", "Role: viewers"): (None, 9_000, None),
        ("role", "Role: administrators"): (None, None, None),
        ("person", "Sofia Alvarez"): (0, None, None),
    }
    assert [window.limit for window in await house.service.usage.windows(OWNER)] == [5_000, 10_000, 300_000]

    (person,) = (line["id"] for line in lines if line["subject"] == "person")
    nothing = {"hour": None, "day": None, "month": None}
    gone = await client.put("/api/v1/limits", json={"subject": "person", "who": person, **nothing})
    assert gone.status_code == 200
    assert [line["subject"] for line in (await _json(client, "/api/v1/limits"))["items"]] == [
        "everyone",
        "role",
        "role",
    ]
    async with house.store.reading() as session:
        changes = (await session.scalars(select(AuditLog).where(AuditLog.action == "config.changed"))).all()
    assert len(changes) == 4
    assert sum(change.old_values is not None for change in changes) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hour": -1}, "limits.out_of_range"),
        ({"hour": 10**30}, "limits.out_of_range"),
        ({"subject": "role", "who": "king"}, "limits.unknown_role"),
        ({"subject": "person", "who": "nobody@example.com"}, "people.unknown_email"),
        ({"subject": "person", "who": "x" * 255}, "people.unknown"),
    ],
)
async def test_a_limit_that_cannot_be_is_refused_in_words(house: House, change: dict[str, Any], code: str) -> None:
    async with browser(page(house), KOREAN) as client:
        refused = await client.put("/api/v1/limits", json={**LIMIT, **change})
    is_refusal(refused, 422, code)
    assert any("가" <= letter <= "힣" for letter in refused.json()["detail"])
    assert all(line.hour is None for line in await house.service.usage.limits(OWNER))


@pytest.mark.parametrize(
    "change",
    [
        {"hour": "5000"}, {"hour": 1.5}, {"hour": True}, {"subject": "team"}, {"who": None}, {"who": "a\nb"},
        {"who": "x" * 256}, {"minute": 3}, {"subject": "person", "who": "\ud800"},
    ],
)  # fmt: skip
async def test_a_malformed_limit(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    body = json.dumps({**LIMIT, **change})
    sent = await client.put("/api/v1/limits", content=body, headers={"content-type": "application/json"})
    is_refusal(sent, 400, "http.malformed")
    is_refusal(await client.put("/api/v1/limits", json={}), 400, "http.malformed")


async def test_alert_rules_are_kept_in_order(client: httpx.AsyncClient, house: House) -> None:
    sent = await client.put("/api/v1/alerts", json=RULES)
    assert sent.status_code == 200
    assert (
        sent.json()
        == await _json(client, "/api/v1/alerts")
        == {"thresholds": ["5", "99.5"], "unusual": False, "to": []}
    )
    assert await house.service.usage.alerts(OWNER) == AlertRules((Decimal(5), Decimal("99.5")), False, ())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"thresholds": ["0"]}, "alerts.threshold"),
        ({"thresholds": [str(one) for one in range(1, 60)]}, "alerts.too_many_thresholds"),
        ({"to": [{"platform": "slack", "workspace": "", "channel": "C1"}]}, "alerts.nowhere"),
    ],
)
async def test_alert_rules_that_cannot_be_are_refused(client: httpx.AsyncClient, change: Any, code: str) -> None:
    is_refusal(await client.put("/api/v1/alerts", json={**RULES, **change}), 422, code)


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds": [5]}, {"thresholds": ["-5"]}, {"thresholds": ["1e9"]}, {"thresholds": ["NaN"]},
        {"thresholds": ["٥"]}, {"thresholds": ["1" * 21]}, {"thresholds": ["1"] * 101}, {"unusual": "yes"},
        {"to": [{"platform": "slack", "channel": "C1"}]}, {"to": ["slack:C1"]}, {"more": 1},
    ],
)  # fmt: skip
async def test_malformed_alert_rules(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    is_refusal(await client.put("/api/v1/alerts", json={**RULES, **change}), 400, "http.malformed")


async def test_nobody_but_administrators(house: House) -> None:
    async with browser(page(house, HttpSettings(person=VIEWER))) as client:
        assert (await _json(client, "/api/v1/usage"))["is_administrator"] is False
        for path in ADMIN_READS:
            is_refusal(await client.get(f"/api/v1/{path}"), 403, "people.not_administrator")
        for path, body in (("limits", LIMIT), ("alerts", RULES)):
            is_refusal(await client.put(f"/api/v1/{path}", json=body), 403, "people.not_administrator")
    assert all(line.hour is None for line in await house.service.usage.limits(OWNER))
    assert await house.service.usage.alerts(OWNER) == AlertRules()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
async def test_another_site_reads_and_changes_nothing_but_may_link(house: House, headers: dict[str, str]) -> None:
    async with browser(page(house), headers) as other:
        for path in [f"/api/v1/{path}" for path in ADMIN_READS] + [
            "/api/v1/usage",
            "/api/v1/usage.csv",
            "/administration",
            "//api/v1/usage/all",
        ]:
            is_refusal(await other.get(path), 403, "http.cross_site")
        assert (await other.head("/api/v1/usage/all")).status_code == 403
        for path, body in (("limits", LIMIT), ("alerts", RULES)):
            is_refusal(await other.put(f"/api/v1/{path}", json=body), 403, "http.cross_site")
        assert (await other.get("/dashboard")).status_code == 200
    assert all(line.hour is None for line in await house.service.usage.limits(OWNER))


async def test_without_the_token_there_is_no_dashboard(house: House) -> None:
    async with browser(page(house, HttpSettings(token=TOKEN))) as client:
        for path in ADMIN_READS:
            is_refusal(await client.get(f"/api/v1/{path}"), 401, "http.locked")
        is_refusal(await client.put("/api/v1/limits", json=LIMIT), 401, "http.locked")
        stranger = await client.get(f"/dashboard?token={TOKEN}")
        assert (
            stranger.status_code == 401
            and 'class="locked way-in"' in stranger.text
            and "set-cookie" not in stranger.headers
        )
        assert (await client.get(f"/?token={TOKEN}")).status_code == 200
        assert (await client.get("/dashboard")).status_code == 200
        assert (await client.get("/api/v1/usage/all")).status_code == 200


async def test_the_dashboard_page_has_nothing_inline(client: httpx.AsyncClient) -> None:
    response = await client.get("/dashboard")
    text = response.text
    assert response.headers["cache-control"] == "no-store"
    assert "<script>" not in text and "<style" not in text and " style=" not in text and "onclick" not in text
    assert "//" not in text.replace("<!doctype", "")


async def test_only_json_changes_limits(client: httpx.AsyncClient, house: House) -> None:
    sent = await client.put("/api/v1/limits", content=b"{}", headers={"content-type": "text/plain"})
    is_refusal(sent, 415, "http.not_json")


def test_small_money_is_written_out() -> None:
    shown = figures(DayUse(date(2026, 6, 1), 1, 1, Decimal("1E-7")), OWNER)
    assert shown == {
        "day": "2026-06-01", "day_text": "Jun 1, 2026", "questions": 1, "questions_text": "1", "tokens": 1,
        "tokens_text": "1", "cost": "0.0000001", "cost_text": "$0.0000001",
    }  # fmt: skip
