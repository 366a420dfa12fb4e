"""Alerts: which rules may hold, what is told by which figures, and that it is told once."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.errors import BadEdit
from core.figures import AlertRules, Forecast, Recipient, Unusual
from core.storage.models import AuditLog, User
from core.storage.own_tables import OutboxItem, UserIdentity
from core.storage.session import Store
from core.upkeep.alerts import watch_alerts
from core.upkeep.outbox import clear_outbox
from core.usage.alerts import MonthSoFar, findings, rules, set_rules, tell
from core.usage.analytics_service import AnalyticsService
from core.usage.notices import Alert, CostForecast, CostPassed, UnusualUse, content_from_json
from core.usage.token_usage_service import TokenUsage, TokenUsageService

NOW = datetime(2026, 6, 13, 12, tzinfo=UTC)
JUNE = date(2026, 6, 1)
GENERAL, OPS = Recipient("slack", "", "C0GENERAL"), Recipient("slack", "", "C0OPS")
PLATFORMS = {"slack": re.compile(r"[CU]\w+")}
RULES = AlertRules((Decimal(10), Decimal(50), Decimal(100)), to=(GENERAL,))
KIM = Unusual("kim", "Kim", date(2026, 6, 13), 81_000, 2_000, 9_000, 28)


def month(cost: str, forecast: str | None = None) -> MonthSoFar:
    """June as of its middle."""
    likely = None if forecast is None else Forecast(Decimal(forecast), Decimal(forecast) - 5, Decimal(forecast) + 5, 30)
    return MonthSoFar(JUNE, 0.42, Decimal(cost), likely)


def told(found: AlertRules, *figures: object) -> list[str]:
    alerts = [one.alert for one in findings(found, *figures)]  # type: ignore[arg-type]
    return [_short(one) for one in alerts]


def _short(alert: Alert) -> str:
    match alert:
        case CostPassed() | CostForecast():
            return f"{alert.kind} {alert.threshold}"
        case UnusualUse():
            return f"unusual {alert.name}"
        case _:
            return alert.kind


@pytest.mark.parametrize(
    ("cost", "forecast", "expected"),
    [
        ("0", None, []),
        ("9.99", None, []),
        ("10", None, ["cost_passed 10"]),
        ("12", "49.99", ["cost_passed 10"]),
        ("12", "50", ["cost_passed 10", "cost_forecast 50"]),
        ("12", "500", ["cost_passed 10", "cost_forecast 100"]),
        ("60", "60", ["cost_passed 50"]),
        ("1000", "2000", ["cost_passed 100"]),
    ],
)
def test_the_highest_threshold_is_told_and_no_forecast_of_what_has_happened(
    cost: str, forecast: str | None, expected: list[str]
) -> None:
    assert told(RULES, month(cost, forecast), ()) == expected


def test_unusual_use_is_told_unless_nobody_wants_it() -> None:
    everybody = replace(KIM, user_id=None, name="together")
    assert told(RULES, month("0"), (KIM, everybody)) == ["unusual Kim", "unusual "]
    assert told(replace(RULES, unusual=False), month("0"), (KIM,)) == []


@pytest.fixture
async def admin(store: Store) -> AsyncIterator[str]:
    async with store.writing() as session:
        session.add(User(id="admin", email="admin@example.com", password_hash="!", full_name="Admin", role="admin"))
    yield "admin"


async def waiting(store: Store) -> list[tuple[str, str]]:
    """What is to be said, and where."""
    async with store.reading() as session:
        items = await session.scalars(select(OutboxItem).order_by(OutboxItem.created_at, OutboxItem.id))
        return [(item.place["channel"], _short(content_from_json(item.content))) for item in items]  # type: ignore[arg-type]


async def test_a_month_is_told_of_step_by_step_and_each_step_once(store: Store) -> None:
    said = []
    for cost, forecast in [
        ("1", "40"), ("1", "40"), ("5", "120"), ("8", "60"), ("11", "60"), ("12", "130"), ("55", "140"), ("130", "200"),
        ("131", "201"),
    ]:  # fmt: skip
        before = await waiting(store)
        await tell(store, RULES, findings(RULES, month(cost, forecast), ()), NOW)
        said.append([one for _, one in await waiting(store) if ("C0GENERAL", one) not in before])
    assert said == [
        ["cost_forecast 10"],
        [],
        ["cost_forecast 100"],
        [],  # 50 is less than what was forecast before
        ["cost_passed 10"],
        [],
        ["cost_passed 50"],
        ["cost_passed 100"],
        [],
    ]


async def test_the_next_month_begins_anew_and_so_does_the_next_day(store: Store) -> None:
    june = findings(RULES, month("11"), (KIM,))
    july = findings(RULES, replace(month("11"), month=date(2026, 7, 1)), (replace(KIM, day=date(2026, 6, 14)),))
    assert [await tell(store, RULES, found, NOW) for found in (june, june, july, july)] == [2, 0, 2, 0]


async def test_every_place_is_told_and_a_new_one_once_more(store: Store) -> None:
    found = findings(RULES, month("11"), ())
    await tell(store, RULES, found, NOW)
    both = replace(RULES, to=(GENERAL, OPS))
    assert await tell(store, both, found, NOW) == 1
    assert sorted(await waiting(store)) == [("C0GENERAL", "cost_passed 10"), ("C0OPS", "cost_passed 10")]


async def test_an_account_that_is_known_is_told_as_a_person(store: Store, admin: str) -> None:
    async with store.writing() as session:
        session.add(
            UserIdentity(
                id="i",
                user_id=admin,
                platform="slack",
                workspace="T1",
                account="U0ADA",
                display_name="Ada",
                locale="ko",
            )
        )
    accounts = (Recipient("slack", "", "U0ADA"), Recipient("slack", "T2", "U0ADA"), Recipient("slack", "", "U0NEW"))
    await tell(store, replace(RULES, to=accounts), findings(RULES, month("11"), ()), NOW)
    async with store.reading() as session:
        rows = (await session.execute(select(OutboxItem.place, OutboxItem.user_id))).all()
    whose = {(place["workspace"], place["channel"]): user for place, user in rows}
    assert whose == {("", "U0ADA"): "admin", ("T2", "U0ADA"): None, ("", "U0NEW"): None}


async def test_of_many_replicas_one_tells(empty_postgres: str) -> None:
    stores = [Store.open(empty_postgres) for _ in range(4)]
    found = findings(RULES, month("11", "60"), (KIM,))
    try:
        counts = await asyncio.gather(*(tell(store, RULES, found, NOW) for store in stores for _ in range(3)))
        assert sum(counts) == 3
        assert len(await waiting(stores[0])) == 3
    finally:
        for store in stores:
            await store.close()


async def test_what_was_told_on_the_first_of_a_long_month_is_known_on_its_last_day(store: Store) -> None:
    zone = ZoneInfo("Asia/Seoul")
    first, last = datetime(2026, 7, 1, 0, 5, tzinfo=zone), datetime(2026, 7, 31, 23, 59, tzinfo=zone)
    found = findings(RULES, replace(month("11"), month=date(2026, 7, 1)), ())
    assert await tell(store, RULES, found, first) == 1
    assert last - first > timedelta(days=30)
    assert await clear_outbox(store, last, zone) == 0
    assert await tell(store, RULES, found, last) == 0
    assert await clear_outbox(store, last + timedelta(minutes=2), zone) == 1
    february = datetime(2026, 3, 1, tzinfo=zone)
    await tell(store, RULES, findings(RULES, month("11"), ()), february - timedelta(days=10))
    assert await clear_outbox(store, february, zone) == 0


async def test_rules_are_kept_in_order_and_audited(store: Store, admin: str) -> None:
    async def change(wanted: AlertRules) -> AlertRules:
        async with store.writing() as session:
            return await set_rules(session, wanted, PLATFORMS, by=admin, now=NOW)

    wanted = AlertRules((Decimal("50.0"), Decimal("1e1"), Decimal(50)), to=(OPS, GENERAL, OPS))
    kept = await change(wanted)
    assert kept == AlertRules((Decimal(10), Decimal(50)), True, (OPS, GENERAL))
    await change(AlertRules())
    async with store.reading() as session:
        assert await rules(session) == AlertRules()
        first, second = await session.scalars(select(AuditLog))
    logged = {str(one.old_values): str(one.new_values) for one in (first, second)}
    assert len(logged) == 2
    assert any("C0OPS" in new and old == "None" for old, new in logged.items())
    assert any("C0OPS" in old and "C0OPS" not in new for old, new in logged.items())


async def test_none_are_kept_where_nothing_was_set(store: Store) -> None:
    async with store.reading() as session:
        assert await rules(session) == AlertRules((), True, ())


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (AlertRules((Decimal(0),)), "alerts.threshold"),
        (AlertRules((Decimal(-1),)), "alerts.threshold"),
        (AlertRules((Decimal("NaN"),)), "alerts.threshold"),
        (AlertRules((Decimal("Infinity"),)), "alerts.threshold"),
        (AlertRules((Decimal("1e400000"),)), "alerts.threshold"),
        (AlertRules((Decimal("1e-400000"),)), "alerts.threshold"),
        (AlertRules(tuple(map(Decimal, range(1, 12)))), "alerts.too_many_thresholds"),
        (AlertRules(to=tuple(Recipient("slack", "", f"C{n}") for n in range(21))), "alerts.too_many_recipients"),
        (AlertRules(to=(Recipient("teams", "", "C1"),)), "alerts.platform"),
        (AlertRules(to=(Recipient("slack", "", "#general"),)), "alerts.recipient"),
        (AlertRules(to=(Recipient("slack", "", ""),)), "alerts.recipient"),
        (AlertRules(to=(Recipient("slack", "T" * 101, "C1"),)), "alerts.recipient"),
    ],
)
async def test_rules_that_cannot_hold(sqlite_store: Store, wanted: AlertRules, code: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        async with sqlite_store.writing() as session:
            await set_rules(session, wanted, PLATFORMS, by="admin", now=NOW)
    assert refusal.value.code == code


async def test_without_a_platform_there_is_nowhere_to_send_to(sqlite_store: Store) -> None:
    with pytest.raises(BadEdit, match=r"alerts\.nowhere"):
        async with sqlite_store.writing() as session:
            await set_rules(session, RULES, {}, by="admin", now=NOW)


async def test_the_watch_finds_what_questions_came_to(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="Kim"))
    rules_ = AlertRules((Decimal("0.5"), Decimal(100)), to=(GENERAL,))

    async def use(moment: datetime, tokens: int) -> None:
        usage = TokenUsageService(sqlite_store, clock=lambda: moment)
        async with sqlite_store.writing() as session:
            spent: TokenUsage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
            await usage.record_call(session, "kim", "a call", spent, "gpt-4o", seconds=0.1)

    async def watch(moment: datetime) -> int:
        return await watch_alerts(AnalyticsService(sqlite_store, TokenUsageService(sqlite_store, clock=lambda: moment)))

    for back in range(30, 0, -1):
        await use(NOW - timedelta(days=back), 5_000 + back)
    async with sqlite_store.writing() as session:
        await set_rules(session, rules_, PLATFORMS, by="kim", now=NOW)
    assert await watch(NOW) == 0
    # 400 US dollars' worth of tokens in a day: beyond both thresholds, and beyond what is usual.
    await use(NOW, 160_000_000)
    assert await watch(NOW + timedelta(minutes=1)) == 3
    assert await watch(NOW + timedelta(minutes=2)) == 0
    assert sorted(await waiting(sqlite_store)) == [
        ("C0GENERAL", "cost_passed 100"),
        ("C0GENERAL", "unusual "),
        ("C0GENERAL", "unusual Kim"),
    ]


async def test_a_month_that_is_likely_to_cost_more_is_told_ahead(sqlite_store: Store) -> None:
    async with sqlite_store.writing() as session:
        session.add(User(id="kim", email="kim@example.com", password_hash="!", full_name="Kim"))
        await set_rules(session, AlertRules((Decimal(25),), False, (GENERAL,)), PLATFORMS, by="kim", now=NOW)
    for back in range(30, -1, -1):
        moment = NOW - timedelta(days=back)
        usage = TokenUsageService(sqlite_store, clock=lambda moment=moment: moment)  # type: ignore[misc]
        async with sqlite_store.writing() as session:
            spent: TokenUsage = {"prompt_tokens": 400_000, "completion_tokens": 0, "total_tokens": 400_000}
            await usage.record_call(session, "kim", "a call", spent, "gpt-4o", seconds=0.1)
    # One dollar a day: 13 so far, 30 at the end.
    now = TokenUsageService(sqlite_store, clock=lambda: NOW)
    assert await watch_alerts(AnalyticsService(sqlite_store, now)) == 1
    async with sqlite_store.reading() as session:
        (item,) = await session.scalars(select(OutboxItem))
    alert = content_from_json(item.content)
    assert isinstance(alert, CostForecast)
    assert (alert.threshold, alert.cost, alert.month) == (Decimal(25), Decimal(13), JUNE)
    assert alert.low <= alert.forecast <= alert.high
    assert float(alert.forecast) == pytest.approx(30, abs=2)
    assert alert.elapsed == pytest.approx(12.5 / 30)
