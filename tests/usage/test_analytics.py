"""Figures beside a plain recount of the same rows, on every store, in zones that are hard on a calendar."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Select, text, update

from core.figures import Span
from core.storage.models import DatabaseConnection, User
from core.storage.session import Store
from core.usage import counting
from core.usage.analytics_service import TREND, AnalyticsService
from core.usage.calendar import SLOT, Calendar, day_of, moment_of, slot_of
from core.usage.token_usage_service import TokenUsageService
from tests.usage.analytics_rows import CONNECTIONS, PEOPLE, Row, add, grouped, invent, seconds, tally, write

SEOUL_MONTH_END = datetime(2026, 5, 31, 14, 59, 30, tzinfo=UTC)
"""Half a minute before June in Seoul."""

MOMENTS = [
    ("Asia/Seoul", SEOUL_MONTH_END),
    ("Asia/Seoul", SEOUL_MONTH_END + timedelta(minutes=1)),
    ("Asia/Kathmandu", datetime(2026, 6, 15, 18, 14, 59, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 20, 12, 0, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 3, 4, 59, 59, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 12, 3, 0, tzinfo=UTC)),
]


def _service(store: Store, zone: str, now: datetime) -> AnalyticsService:
    return AnalyticsService(store, TokenUsageService(store, zone=ZoneInfo(zone), clock=lambda: now))


def _day(row: Row, zone: str) -> date:
    return row.at.astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize(("zone", "now"), MOMENTS)
async def test_figures_are_those_of_a_plain_recount(store: Store, zone: str, now: datetime) -> None:
    draw = random.Random(f"{zone}{now}")
    rows = invent(draw, 250, now, 75)
    await write(store, rows)
    service = _service(store, zone, now)
    today = now.astimezone(ZoneInfo(zone)).date()
    spans: dict[Span, date] = {"week": today - timedelta(days=6), "month": today.replace(day=1)}
    for span, since in spans.items():
        await _check_dashboard(service, span, since, today, zone, rows)
    for person in PEOPLE:
        await _check_person(service, person, today, zone, rows)


async def _check_dashboard(
    service: AnalyticsService, span: Span, since: date, today: date, zone: str, rows: list[Row]
) -> None:
    board = await service.dashboard(span)
    inside = [row for row in rows if _day(row, zone) >= since]
    length = today - since + timedelta(days=1)
    before = [row for row in rows if since - length <= _day(row, zone) < since]
    questions = [row for row in inside if row.text is not None]
    assert (board.since, board.until, board.timezone) == (since, today, zone)
    assert (board.questions, board.failed, board.tokens, board.cost) == tally(inside)
    assert board.cost_before == tally(before)[3]
    assert board.free == sum(row.kind.error is None and not row.called for row in questions)
    assert board.people_asking == len({row.person for row in questions})

    days = grouped(inside, lambda row: _day(row, zone))
    assert [one.day for one in board.days] == [since + timedelta(days=n) for n in range(length.days)]
    for day in board.days:
        asked, _, tokens, cost = tally(days.get(day.day, []))
        assert (day.questions, day.tokens, day.cost) == (asked, tokens, cost), day.day

    people = grouped(inside, lambda row: row.person)
    assert {one.user_id: (one.questions, one.failed, one.tokens, one.cost) for one in board.people} == {
        person: tally(theirs) for person, theirs in people.items()
    }
    assert [one.cost for one in board.people] == sorted((one.cost for one in board.people), reverse=True)

    models = grouped(inside, lambda row: row.kind.llm_model)
    assert {one.model for one in board.models} == set(models)
    for model in board.models:
        theirs = models[model.model]
        assert (model.questions, model.failed, model.tokens, model.cost) == tally(theirs)
        assert model.repaired == sum(row.text is not None and row.kind.calls > 1 for row in theirs)
        assert model.seconds == seconds(theirs)

    databases = grouped(inside, lambda row: row.kind.connection_name)
    assert {one.name: (one.questions, one.failed, one.tokens, one.cost) for one in board.databases} == {
        name: tally(theirs) for name, theirs in databases.items()
    }
    topics = grouped(inside, lambda row: row.kind.topic and (row.kind.topic, row.kind.connection_name))
    both = {topic for topic, database in topics if (topic, "stock" if database == "shop" else "shop") in topics}
    assert {one.name: (one.questions, one.tokens) for one in board.topics} == {
        f"{topic} ({database})" if topic in both else topic: (tally(theirs)[0], tally(theirs)[2])
        for (topic, database), theirs in topics.items()
    }

    def at(row: Row) -> tuple[int, int]:
        local = row.at.astimezone(ZoneInfo(zone))
        return local.weekday(), local.hour

    hours = grouped(questions, at)
    assert {(one.weekday, one.hour): one.questions for one in board.hours} == {
        hour: len(theirs) for hour, theirs in hours.items()
    }

    repeated = {text: theirs for text, theirs in grouped(questions, lambda row: row.plain).items() if len(theirs) > 1}
    assert {
        (" ".join(one.question.casefold().split()), one.times, one.people, one.tokens) for one in board.questions_asked
    } == {
        (text, len(theirs), len({row.person for row in theirs}), tally(theirs)[2]) for text, theirs in repeated.items()
    }
    assert [one.times for one in board.questions_asked] == sorted(map(len, repeated.values()), reverse=True)

    failures = grouped((row for row in inside if row.failed), lambda row: row.kind.error)
    for failure in board.failures:
        theirs = failures.pop(failure.code)
        assert (failure.questions, failure.people) == (len(theirs), len({row.person for row in theirs}))
        last = max(row.at for row in theirs)
        assert timedelta(0) <= last - failure.last < timedelta(seconds=SLOT)
    assert not failures


async def _check_person(service: AnalyticsService, person: str, today: date, zone: str, rows: list[Row]) -> None:
    found = await service.person(person)
    theirs = [row for row in rows if row.person == person]
    month = [row for row in theirs if _day(row, zone) >= today.replace(day=1)]
    assert (found.questions, found.tokens, found.cost) == (tally(month)[0], *tally(month)[2:])
    assert found.total_tokens == sum(row.tokens for row in theirs)
    called = [row for row in month if row.called and row.text is not None]
    assert found.free == sum(row.text is not None and not row.called and row.kind.error is None for row in month)
    if called:
        assert found.average_tokens is not None and found.average_cost is not None
        assert abs(found.average_tokens * len(called) - tally(called)[2]) <= len(called)
        assert abs(found.average_cost * len(called) - tally(called)[3]) < Decimal("0.000001")
    assert [one.day for one in found.days] == [today - timedelta(days=TREND - 1 - n) for n in range(TREND)]
    days = grouped(theirs, lambda row: _day(row, zone))
    for day in found.days:
        asked, _, tokens, cost = tally(days.get(day.day, []))
        assert (day.questions, day.tokens, day.cost) == (asked, tokens, cost), day.day
    models = grouped(month, lambda row: row.kind.llm_model)
    assert {one.model: (one.questions, one.failed, one.tokens, one.cost, one.seconds) for one in found.models} == {
        model: (*tally(rows_of), seconds(rows_of)) for model, rows_of in models.items()
    }
    assert [window.name for window in found.windows] == ["hour", "day", "month"]
    assert found.windows[2].used == found.tokens
    assert found.forecast is not None and found.forecast.low >= found.cost


async def test_a_quarter_looks_back_as_far_again(sqlite_store: Store) -> None:
    now = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
    rows = invent(random.Random(4), 500, now, 200)
    await write(sqlite_store, rows)
    board = await _service(sqlite_store, "UTC", now).dashboard("quarter")
    since = now.date() - timedelta(days=89)
    assert (board.since, len(board.days)) == (since, 90)
    assert board.cost == tally(row for row in rows if row.at.date() >= since)[3]
    assert board.cost_before == tally(row for row in rows if since - timedelta(days=90) <= row.at.date() < since)[3]


async def test_a_store_in_which_nobody_asked(store: Store) -> None:
    service = _service(store, "Asia/Seoul", SEOUL_MONTH_END)
    board = await service.dashboard()
    assert (board.questions, board.tokens, board.cost, board.forecast) == (0, 0, Decimal(0), None)
    assert len(board.days) == 31 and not any(one.tokens for one in board.days)
    lists = (board.people, board.models, board.databases, board.topics, board.hours, board.questions_asked)
    assert lists == ((),) * 6 and (board.failures, board.unusual) == ((), ())
    person = await service.person("nobody")
    assert (person.questions, person.average_tokens, person.average_cost, person.forecast) == (0, None, None, None)
    assert await service.month() == (Decimal(0), None)
    assert await service.unusual_today() == ()


async def test_lists_are_bounded_and_names_stay(sqlite_store: Store) -> None:
    now = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
    rows = invent(random.Random(5), 200, now, 10)
    await write(sqlite_store, rows)
    service = _service(sqlite_store, "UTC", now)
    board = await service.dashboard(most=2)
    assert [len(one) for one in (board.people, board.models, board.topics, board.questions_asked)] == [2] * 4
    whole = await service.dashboard()
    assert board.people == whole.people[:2] and board.questions_asked == whole.questions_asked[:2]
    assert board.people_asking == 4, "those who are not listed are counted"
    names = {one.user_id: (one.name, one.email) for one in whole.people}
    assert names["bob"] == ("Bob", "bob@example.com"), "deactivated"
    assert names["dee"] == ("Dee", ""), "nobody vouched for the address"


async def test_a_database_is_called_what_it_is_called_now(sqlite_store: Store) -> None:
    now = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
    await write(sqlite_store, invent(random.Random(6), 100, now, 10))
    async with sqlite_store.writing() as session:
        await session.execute(
            update(DatabaseConnection).where(DatabaseConnection.id == "c1").values(connection_name="renamed")
        )
        await session.delete(await session.get_one(DatabaseConnection, "c2"))
    board = await _service(sqlite_store, "UTC", now).dashboard()
    assert {one.name for one in board.databases} == {"renamed", CONNECTIONS[1][1]}
    assert "orders (renamed)" in {one.name for one in board.topics}


async def test_unusual_use_is_found_on_its_day_and_for_a_week(store: Store) -> None:
    zone, now = "Asia/Seoul", datetime(2026, 6, 15, 3, 0, tzinfo=UTC)
    draw = random.Random(7)
    model = next(row for row in invent(draw, 50, now, 1) if row.kind.written_by == "model" and row.text)

    def day(person: str, back: int, tokens: int) -> Row:
        return replace(model, person=person, at=now - timedelta(days=back), tokens=tokens)

    rows = [day(person, back, draw.randint(800, 1_200)) for person in ("ann", "bob") for back in range(1, 50)]
    rows += [day("cho", back, 500) for back in range(8, 12)]  # somebody new: too little to compare with
    await write(store, [*rows, day("ann", 0, 9_000), day("cho", 0, 9_500), day("bob", 0, 1_100)])
    service = _service(store, zone, now)
    (ann,) = [one for one in await service.unusual_today() if one.user_id]
    assert (ann.user_id, ann.name, ann.day, ann.tokens, ann.days) == ("ann", "Ann", date(2026, 6, 15), 9_000, 49)
    assert 900 <= ann.usual <= 1_100 and ann.high < 9_000
    board = await service.dashboard()
    (together,) = [one for one in board.unusual if one.user_id is None]
    assert together.tokens == 9_000 + 9_500 + 1_100 and board.unusual[0] == together and ann in board.unusual
    for later, told in ((6, True), (7, False)):
        after = _service(store, zone, now + timedelta(days=later))
        assert (ann in (await after.dashboard("quarter")).unusual) is told
        assert await after.unusual_today() == ()


async def test_many_heavy_people_do_not_hide_a_small_one(sqlite_store: Store) -> None:
    now = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)
    draw = random.Random(8)
    await write(sqlite_store, [])
    model = next(row for row in invent(draw, 50, now, 1) if row.kind.written_by == "model" and row.text)
    async with sqlite_store.writing() as session:
        for number in range(45):
            session.add(User(id=f"p{number}", email=f"p{number}@example.com", password_hash="!", full_name="P"))
    rows = [
        replace(model, person=f"p{number}", at=now - timedelta(days=back), tokens=draw.randint(8_000, 12_000))
        for number in range(45)
        for back in range(20)
    ]
    rows += [replace(model, person="ann", at=now - timedelta(days=back), tokens=100) for back in range(1, 20)]
    await add(sqlite_store, [*rows, replace(model, person="ann", at=now, tokens=1_000)])
    found = await _service(sqlite_store, "UTC", now).unusual_today()
    assert [one.user_id for one in found] == ["ann"]


async def test_history_begins_with_the_first_use(sqlite_store: Store) -> None:
    now = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
    model = next(row for row in invent(random.Random(1), 50, now, 1) if row.kind.written_by == "model" and row.text)
    rows = [replace(model, person="ann", at=now - timedelta(days=back), usd=Decimal(1)) for back in range(20)]
    await write(sqlite_store, rows)
    service = _service(sqlite_store, "UTC", now)
    found = (await service.person("ann")).forecast
    assert found is not None and found.days == 19
    assert (await service.person("bob")).forecast is None
    await add(sqlite_store, [replace(model, person="ann", at=now - timedelta(days=200), usd=Decimal(1))])
    found = (await service.person("ann")).forecast
    assert found is not None and found.days == 56, "days without use count once there was some"
    cost, together = await service.month()
    assert (cost, together) == (Decimal(20), found)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC"])
def test_a_slot_is_on_the_day_that_the_clock_says(zone: str) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    year = Calendar(ZoneInfo(zone), first, last)
    assert moment_of(year.start).astimezone(ZoneInfo(zone)).date() == first
    assert len(year.offsets) == (1 if zone in ("Asia/Kathmandu", "UTC") else 3)
    for slot in range(year.start, year.end):
        local = moment_of(slot).astimezone(ZoneInfo(zone))
        assert day_of(year.day(slot)) == local.date()
        assert year.local(slot) % 96 == local.hour * 4 + local.minute // 15
    assert slot_of(moment_of(year.end)) == year.end


async def test_nothing_reads_the_history(sqlite_store: Store) -> None:
    """Every statement seeks its stretch in the table or its index; none goes through either from its beginning."""
    offsets = ((0, 36), (50, 40))
    named = [one for name, one in vars(counting).items() if name.isupper() and isinstance(one, Select)]
    dated = [counting.by_day_of_person(offsets), counting.days_of_people(offsets), counting.candidates(offsets)]
    values = {"first": 1, "end": 2, "person": "ann", "ids": ["ann"], "questions": [1], "most": 5, "recent": 1}
    told = []
    async with sqlite_store.reading() as session:
        dialect, plain = session.get_bind().dialect, {"literal_binds": True}
        written = [str(one.params(values).compile(dialect=dialect, compile_kwargs=plain)) for one in (*named, *dated)]
        by_person = str(counting.BY_PERSON).replace(":first", "1").replace(":end", "2")
        for sql in (*written, by_person):
            plan = await session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))
            told += [row.detail for row in plan if "question_details" in row.detail or row.detail.split()[1] == "d"]
    assert len(told) >= 13, "all that count"
    assert not [line for line in told if not line.startswith("SEARCH")]
