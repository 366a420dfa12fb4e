"""Scheduled questions from the moment they are due until they are posted, or not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.wiring import House
from core.ask import schedule_desk
from core.chat import Actor, Place, Question, Table, Text
from core.connections.connections import EVERYONE
from core.errors import BadEdit, BadQuestion, NoSchedule, NotAllowed, UnknownConnection
from core.figures import AlertRules, Recipient
from core.ids import place_id
from core.scheduled import ScheduleChange
from core.storage.models import ChatMessage, DatabaseConnection
from core.storage.own_tables import InboxItem, Schedule
from core.upkeep.schedules import run_schedules
from core.usage import alerts
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, open_house, settings_for
from tests.local_model import LocalModel, Turn
from tests.upkeep.street import HERE, MONDAY, STOCK, Clock, Process, audited, change, make_stock, process, running, told

ALERTS = Recipient("memory", "T1", "C9")


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    return make_stock(tmp_path / "stock.db")


@pytest.fixture
async def built(tmp_path: Path, stock: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as house:
        await add_sqlite(house, stock, "stock")
        yield house


@pytest.fixture
async def served(built: House) -> AsyncIterator[Process]:
    async with running(built, Clock()) as one:
        owner, rules = await _owner(one), AlertRules((), False, (ALERTS,))
        async with built.store.writing() as session:
            await alerts.set_rules(session, rules, one.road.announcing, by=owner, now=MONDAY)
        yield one


async def _owner(served: Process, actor: Actor = ADMINISTRATOR) -> str:
    return (await served.road.people.meet(actor)).id


def heading(served: Process, number: int = -1) -> str:
    reply = served.posted[number][1]
    assert isinstance(reply.parts[0], Text)
    assert reply.plain.startswith(reply.parts[0].text)
    return reply.parts[0].text


async def test_it_is_asked_when_it_is_due_and_posted_at_its_place(served: Process, built: House) -> None:
    made = await served.make()
    assert (made.when, made.condition, made.timezone, made.is_mine) == ("every weekday at 09:00", "always", "UTC", True)
    assert made.next_at == datetime(2026, 6, 29, 9, tzinfo=UTC)
    assert await served.tick() == 0
    assert await served.tick(minutes=30) == 1
    ((question, reply),) = served.posted
    assert question.place == HERE
    assert any(isinstance(part, Table) and part.rows == (("pen", 120), ("ink", 90)) for part in reply.parts)
    assert heading(served) == (
        f"{STOCK}\nScheduled by Lee: every weekday at 09:00 (UTC). To pause it, say “schedules”."
    )
    after = await served.view(made.id)
    assert (after.last_outcome, after.last_at, after.next_at) == (
        "posted", made.next_at, datetime(2026, 6, 30, 9, tzinfo=UTC),
    )  # fmt: skip
    assert await served.tick(seconds=5) == 0
    assert [await served.tick(days=1) for _ in range(7)] == [1, 1, 1, 1, 0, 0, 1]
    assert [what["outcome"] for _, what in await audited(built, "schedule.ran")] == ["posted"] * 6
    async with built.store.reading() as session:
        states = set(await session.scalars(select(InboxItem.state)))
    assert states == {"delivered"}


async def test_it_is_in_the_owners_language_and_on_their_clock(served: Process) -> None:
    made = await served.make(when="평일 오전 9시", actor=KIM)
    assert (made.when, made.timezone) == ("평일 09:00", "Asia/Seoul")
    assert made.next_at == datetime(2026, 6, 30, 0, tzinfo=UTC)
    await served.tick(hours=15, minutes=30)
    assert "Kim 님의 예약: 평일 09:00 (Asia/Seoul). 일시 중지하려면 “예약”이라고" in heading(served)


async def test_nothing_is_posted_while_the_result_stays_what_it_is(served: Process, stock: Path) -> None:
    made = await served.make(condition="changed")
    outcomes = []
    for statement in ("", "", "UPDATE stock SET pieces = 89 WHERE item = 'ink'", "VACUUM"):
        if statement:
            change(stock, statement)
        await served.next()
        outcomes.append((await served.view(made.id)).last_outcome)
    assert outcomes == ["posted", "unchanged", "posted", "unchanged"]
    assert len(served.posted) == 2


async def test_no_row_is_kept_to_compare_with(served: Process, built: House) -> None:
    await served.make(condition="changed")
    await served.next()
    async with built.store.reading() as session:
        row = (await session.scalars(select(Schedule))).one()
    assert row.fingerprint is not None and len(row.fingerprint.partition(":")[2]) == 64
    assert "pen" not in repr(vars(row))


async def test_other_rows_in_another_order_are_a_change_only_where_the_order_was_asked_for(
    served: Process, stock: Path
) -> None:
    plain = await served.make(condition="changed")
    ordered = await served.make(f"{STOCK} ORDER BY pieces % 7", condition="changed")
    await served.next()
    change(stock, "CREATE TABLE other AS SELECT * FROM stock ORDER BY pieces", "DELETE FROM stock",
           "INSERT INTO stock SELECT * FROM other", "DROP TABLE other")  # fmt: skip
    await served.next()
    assert [(await served.view(one.id)).last_outcome for one in (plain, ordered)] == ["unchanged", "unchanged"]


async def test_an_alert_is_posted_only_while_its_condition_holds(served: Process, stock: Path) -> None:
    made = await served.make(condition="min(pieces) < 50", when="every 3 hours")
    await served.next()
    assert (await served.view(made.id)).last_outcome == "not_met"
    assert served.posted == []
    change(stock, "UPDATE stock SET pieces = 49 WHERE item = 'ink'")
    await served.next()
    assert (await served.view(made.id)).last_outcome == "posted"
    assert len(served.posted) == 1


async def test_a_question_in_words_is_asked_anew_and_follows_on_from_nothing(served: Process, stock: Path) -> None:
    await served.make("What is the total of pieces?", when="every hour")
    await served.make("How many items are there in stock?", when="every hour")
    await served.tick(minutes=30)
    first = [reply.plain for _, reply in served.posted]
    change(stock, "INSERT INTO stock VALUES ('cap', 7)")
    await served.tick(hours=1)
    assert len(served.posted) == 4
    assert all(reply.ok for _, reply in served.posted)
    assert [reply.plain for _, reply in served.posted[2:]] != first


async def test_the_sql_of_an_answer_is_asked_as_it_was(served: Process) -> None:
    accepted = await served.service.accept(Question(LEE, replace(HERE, thread="t"), "m1", STOCK, MONDAY))
    await served.settle()
    made = await served.service.schedules.from_answer(LEE, accepted.question_id, HERE, "daily at 18:00")
    assert made.title == STOCK and made.sql.startswith("SELECT")
    served.posted.clear()
    await served.tick(hours=10)
    assert len(served.posted) == 1
    with pytest.raises(NotAllowed):
        await served.service.schedules.from_answer(KIM, accepted.question_id, HERE, "daily at 18:00")


async def test_paused_it_is_not_asked_and_resumed_it_goes_on_from_its_next_moment(
    served: Process, built: House
) -> None:
    made, desk = await served.make(), served.service.schedules
    paused = await desk.pause(LEE, made.id)
    assert (paused.is_paused, paused.next_at, paused.paused_why) == (True, None, "")
    await desk.pause(LEE, made.id)
    assert [await served.tick(days=1) for _ in range(2)] == [0, 0]
    with pytest.raises(BadEdit, match="is_paused"):
        await desk.run(LEE, made.id)
    assert (await desk.resume(LEE, made.id)).next_at == datetime(2026, 7, 1, 9, tzinfo=UTC)
    await desk.resume(LEE, made.id)
    assert await served.tick(hours=1) == 1
    assert len(await audited(built, "schedule.paused")) == len(await audited(built, "schedule.resumed")) == 1


async def test_it_is_run_by_hand_and_its_usual_moment_stays(served: Process) -> None:
    made = await served.make()
    await served.service.schedules.run(LEE, made.id)
    assert await served.tick() == 1
    assert (await served.view(made.id)).next_at == made.next_at
    assert await served.tick(minutes=30) == 1
    assert len(served.posted) == 2


async def test_late_within_an_hour_it_is_made_up_for_once_and_else_let_pass(served: Process) -> None:
    made = await served.make()
    assert await served.tick(hours=1, minutes=30) == 1  # an hour late
    assert (await served.view(made.id)).missed_at is None
    assert await served.tick(hours=24, seconds=1) == 0
    after = await served.view(made.id)
    assert after.missed_at == datetime(2026, 6, 30, 9, tzinfo=UTC)
    assert after.next_at == datetime(2026, 7, 1, 9, tzinfo=UTC)
    hourly = await served.make(when="every hour")
    assert await served.tick(hours=5) == 1  # the last of five
    assert (await served.view(hourly.id)).last_at == datetime(2026, 6, 30, 15, tzinfo=UTC)
    assert (await served.view(hourly.id)).missed_at == datetime(2026, 6, 30, 11, tzinfo=UTC)
    assert len(served.posted) == 2


async def test_whoever_left_has_nothing_asked_and_administrators_are_told_once(served: Process, built: House) -> None:
    made = await served.make()
    await built.service.people.set_active(ADMINISTRATOR, await _owner(served, LEE), False)
    assert await served.tick(minutes=30) == 0
    assert await served.tick(days=1) == 0
    after = await served.view(made.id)
    assert (after.is_paused, after.paused_why, after.last_outcome) == (True, "people.inactive", "refused")
    assert served.posted == []
    owner = await _owner_id(built, LEE)
    assert await told(built) == [("U2", "people.inactive", owner), ("C9", "people.inactive", None)]
    ((_, what),) = await audited(built, "schedule.paused")
    assert what == {"why": "people.inactive"}


async def _owner_id(built: House, actor: Actor) -> str:
    person = await built.road.people.find(actor)
    assert person is not None
    return person.id


async def test_a_connection_that_was_taken_away_is_not_asked_and_nobody_hears_of_it_there(
    served: Process, built: House
) -> None:
    made = await served.make()
    person = await built.road.people.meet(ADMINISTRATOR)
    async with built.store.reading() as session:
        (connection,) = await built.road.connections.every(session)
    await built.road.connections.take(person, connection, "everyone", EVERYONE)
    assert await served.tick(minutes=30) == 0
    assert (await served.view(made.id)).paused_why == "people.connection_not_given"
    await built.road.connections.remove(person, connection)
    await served.service.schedules.resume(LEE, made.id)
    assert await served.tick(days=1) == 0
    assert (await served.view(made.id)).paused_why == "schedule.connection_gone"
    assert (await served.view(made.id)).connection == ""
    assert served.posted == []


async def test_a_connection_by_another_name_is_still_the_one(served: Process, built: House) -> None:
    made = await served.make()
    (listed,) = await built.service.sources.all(ADMINISTRATOR, everybodys=True)
    async with built.store.writing() as session:
        await session.execute(
            update(DatabaseConnection).where(DatabaseConnection.id == listed.id).values(connection_name="renamed")
        )
    assert await served.tick(minutes=30) == 1
    assert (await served.view(made.id)).connection == "renamed"
    assert served.posted[0][1].ok


async def test_three_failures_in_a_row_pause_it_and_its_owner_alone_is_told(
    served: Process, built: House, stock: Path
) -> None:
    made = await served.make()
    await served.next()
    change(stock, "ALTER TABLE stock RENAME TO goods")
    for number in (1, 2, 3):
        await served.next()
        after = await served.view(made.id)
        assert (after.last_outcome, after.is_paused) == ("failed", number == 3)
    assert (after.paused_why, after.last_problem) == ("schedule.failed", "query.no_such_table")
    assert len(served.posted) == 1
    assert await told(built) == [("U2", "schedule.failed", await _owner_id(built, LEE))]
    assert [why for why, _ in await audited(built, "schedule.ran")] == [None, *["query.no_such_table"] * 3]


async def test_a_success_between_makes_failures_count_anew(served: Process, stock: Path) -> None:
    made = await served.make()
    await served.next()
    for before, after in (("stock", "goods"), ("goods", "goods"), ("goods", "stock"), ("stock", "goods")):
        if before != after:
            change(stock, f"ALTER TABLE {before} RENAME TO {after}")
        await served.next()
    await served.next()
    assert (await served.view(made.id)).last_outcome == "failed"
    assert not (await served.view(made.id)).is_paused


async def test_a_condition_on_a_column_that_is_gone_is_a_failure(served: Process) -> None:
    made = await served.make(condition="sales > 3")
    await served.tick(minutes=30)
    after = await served.view(made.id)
    assert (after.last_outcome, after.last_problem) == ("failed", "schedule.no_column")
    assert served.posted == []


async def test_a_run_that_a_limit_does_not_cover_is_posted_nowhere_and_is_no_failure(
    tmp_path: Path, stock: Path
) -> None:
    with LocalModel(Turn(text=STOCK, usage=(380, 20))) as model:
        settings = settings_for(
            tmp_path,
            openai_api_key=SecretStr(model.key),
            openai_base_url=model.base_url,
            quota_hour=10,
            quota_day=10,
            quota_month=10,
        )
        async with open_house(settings) as house:
            await add_sqlite(house, stock, "stock")
            async with running(house, Clock(), fallback=None) as served:
                made = await served.make("Which items remind you of a summer afternoon?", when="every hour")
                for _ in range(4):
                    await served.next()
                after = await served.view(made.id)
                assert (after.last_outcome, after.is_paused) == ("refused", False)
                assert after.last_problem.startswith("quota.")
                assert served.posted == []
                assert model.completions == []


async def test_a_reply_that_did_not_arrive_is_tried_again_and_judged_once(served: Process, built: House) -> None:
    """The same result again is no change: but of this one nobody has heard yet."""
    made = await served.make(condition="changed")
    served.closed = True
    await served.tick(minutes=30)
    assert served.posted == []
    served.closed = False
    served.clock.go(minutes=5)
    assert await served.service.recover(alone=True) == 1
    await served.settle()
    assert len(served.posted) == 1
    assert (await served.view(made.id)).last_outcome == "posted"
    assert len(await audited(built, "schedule.ran")) == 1


async def test_a_restart_between_asking_and_posting_loses_and_repeats_nothing(built: House) -> None:
    clock = Clock()
    dying = process(built, clock)
    made = await dying.make(condition="changed")
    clock.go(minutes=30)
    assert await run_schedules(dying.road, dying.service) == 1
    for live in list(dying.service._live.values()):  # killed before anything is answered
        assert live.task is not None
        live.task.cancel()
        await asyncio.gather(live.task, return_exceptions=True)
    async with running(built, clock) as served:
        assert await served.tick(minutes=1) == 0
        assert await served.service.recover(alone=True) == 1
        await served.settle()
        assert len(served.posted) == 1
        assert (await served.view(made.id)).last_outcome == "posted"
    await dying.service.close()
    assert dying.posted == []


async def test_a_restart_between_asking_and_setting_the_next_moment_asks_no_second_time(built: House) -> None:
    clock = Clock()
    async with running(built, clock) as served:
        made = await served.make()
        await served.tick(minutes=30)
        async with built.store.writing() as session:  # as if the process had died before it was set
            await session.execute(update(Schedule).values(next_at=made.next_at, last_at=None, last_outcome=None))
        await served.tick(seconds=5)
        assert len(served.posted) == 1
        assert (await served.view(made.id)).next_at == datetime(2026, 6, 30, 9, tzinfo=UTC)


async def test_two_replicas_ask_and_post_once(tmp_path: Path, stock: Path, empty_postgres: str) -> None:
    settings = settings_for(tmp_path, empty_postgres)
    async with open_house(settings) as first, open_house(settings) as second:
        await add_sqlite(first, stock, "stock")
        clock = Clock()
        async with running(first, clock) as one, running(second, clock) as other:
            for number in range(5):
                await one.make(f"{STOCK} LIMIT {number + 1}")
            for day in range(2):
                clock.now = datetime(2026, 6, 29 + day, 9, tzinfo=UTC)
                await asyncio.gather(*(run_schedules(each.road, each.service) for each in (one, other)))
                await asyncio.gather(one.settle(), other.settle())
            assert len(one.posted) + len(other.posted) == 10
            asked = {question.message for question, _ in (*one.posted, *other.posted)}
            assert len(asked) == 10
            async with first.store.reading() as session:
                assert len((await session.scalars(select(ChatMessage.id))).all()) == 20


async def test_what_is_deleted_while_it_is_asked_is_not_posted(served: Process) -> None:
    made = await served.make()
    served.clock.go(minutes=30)
    await run_schedules(served.road, served.service)
    assert await served.service.schedules.delete(LEE, made.id) == STOCK
    await served.settle()
    assert served.posted == []
    with pytest.raises(NoSchedule):
        await served.service.schedules.one(LEE, made.id)


async def test_a_line_that_is_full_delays_it(served: Process) -> None:
    made = await served.make()
    served.service.line._longest = 0
    assert await served.tick(minutes=30) == 0
    assert (await served.view(made.id)).next_at == made.next_at
    served.service.line._longest = 9
    assert await served.tick(minutes=5) == 1


async def test_its_owner_alone_changes_it(served: Process, built: House) -> None:
    made, desk = await served.make(condition="changed"), served.service.schedules
    changed = await desk.change(LEE, made.id, ScheduleChange("SELECT 1 AS one", "매주 월요일 9시", "no rows"))
    assert (changed.title, changed.sql, changed.when, changed.condition) == (
        "SELECT 1 AS one", "SELECT 1 AS one", "every Monday at 09:00", "when there are no rows",
    )  # fmt: skip
    assert changed.next_at == datetime(2026, 6, 29, 9, tzinfo=UTC)
    with pytest.raises(NotAllowed, match="not_yours"):
        await desk.change(ADMINISTRATOR, made.id, ScheduleChange("SELECT 2"))
    ((_, what),) = await audited(built, "schedule.changed")
    assert what["when"] == "every Monday at 09:00"
    for bad in (ScheduleChange(when="soon"), ScheduleChange(condition="never"), ScheduleChange(text=" ")):
        with pytest.raises((BadEdit, BadQuestion)):
            await desk.change(LEE, made.id, bad)
    assert await desk.one(LEE, made.id) == changed


async def test_somebody_elses_is_not_there_but_for_administrators(served: Process) -> None:
    made, desk = await served.make(), served.service.schedules
    for work in (desk.one, desk.pause, desk.resume, desk.run, desk.delete):
        with pytest.raises(NoSchedule):
            await work(KIM, made.id)
    assert await desk.all(KIM) == ()
    with pytest.raises(NotAllowed, match="not_administrator"):
        await desk.all(KIM, everybodys=True)
    assert [one.id for one in await desk.all(ADMINISTRATOR, everybodys=True)] == [made.id]
    assert await desk.all(ADMINISTRATOR) == ()
    assert not (await desk.one(ADMINISTRATOR, made.id)).is_mine
    assert (await desk.pause(ADMINISTRATOR, made.id)).is_paused


async def test_no_key_of_a_program_makes_or_sees_any(served: Process) -> None:
    key = replace(LEE, scopes=(("ask", None), ("administer", None)))
    with pytest.raises(NotAllowed, match="key_not_for_this"):
        await served.make(actor=key)
    with pytest.raises(NotAllowed, match="key_not_for_this"):
        await served.service.schedules.all(key)


async def test_only_administrators_post_elsewhere_and_only_what_they_could_ask_anywhere(
    served: Process, built: House
) -> None:
    web = Place("web", "people", "u", "s1")
    kim = replace(KIM, platform="web", workspace="people")
    with pytest.raises(NotAllowed, match="not_administrator"):
        await served.make(actor=kim)
    assert (await served.make(actor=ADMINISTRATOR)).channel == "C1"
    for place in (replace(HERE, channel="nothing"), replace(HERE, platform="teams")):
        with pytest.raises(BadEdit, match="place"):
            await served.make(actor=ADMINISTRATOR, place=place)
    assert (await served.make(actor=kim, place=web)).platform == "web"
    person = await built.road.people.meet(KIM)
    administrator = await built.road.people.meet(ADMINISTRATOR)
    async with built.store.reading() as session:
        (connection,) = await built.road.connections.every(session)
    await built.road.connections.take(administrator, connection, "everyone", EVERYONE)
    await built.service.people.set_role(ADMINISTRATOR, person.id, "admin")
    async with built.store.reading() as session:
        (connection,) = await built.road.connections.every(session)
    await built.road.connections.give(administrator, connection, "place", place_id(HERE))
    assert (await served.make(actor=KIM)).connection == "stock"
    with pytest.raises(UnknownConnection):
        await served.make(actor=kim)


async def test_where_outsiders_read_nothing_is_scheduled(served: Process) -> None:
    with pytest.raises(NotAllowed, match="outsiders_read"):
        await served.make(place=replace(HERE, readers="outsiders"))


async def test_there_is_an_end_to_how_many(served: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_desk, "MOST", 2)
    await served.make()
    await served.make()
    with pytest.raises(BadEdit, match="too_many"):
        await served.make()
    await served.make(actor=KIM)


async def test_at_the_page_each_run_is_in_its_conversation(served: Process) -> None:
    place = Place("web", "people", "u", "s1")
    asker = replace(LEE, platform="web", workspace="people", id="u")
    made = await served.make(actor=asker, place=place)
    await served.tick(minutes=30)
    await served.tick(days=1)
    exchanges = await served.service.history(asker, place)
    assert [one.reply.ok for one in exchanges if one.reply is not None] == [True, True]
    assert (await served.view(made.id)).last_outcome == "posted"
    assert (await served.view(made.id)).last_at == MONDAY.replace(minute=0) + timedelta(days=1, hours=1)
