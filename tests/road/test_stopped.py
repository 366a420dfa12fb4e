"""Whoever was stopped by a limit is told, once, when they can go on."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.wiring import House
from core.ask.announce import PATIENCE, Announcements, Announcer
from core.ask.service import Service
from core.chat import Actor, Notice, Place, Reply
from core.errors import NotAnnounced
from core.figures import LimitChange
from core.storage.models import QueryAnalytics, User
from core.storage.own_tables import OutboxItem
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, ask, open_house, settings_for
from tests.leases import end_in, left_of
from tests.local_model import LocalModel, Turn

NOW = datetime(2026, 6, 15, 10, 20, tzinfo=UTC)
HARD = "Which customers remind you of a summer afternoon?"
USED_UP = Turn(text="SELECT COUNT(*) AS n FROM customers", usage=(800, 20))
QUOTA = {"quota_hour": 900, "quota_day": 100_000, "quota_month": 100_000}


class Posts:
    """A platform that posts into a list."""

    def __init__(self) -> None:
        self.made: list[tuple[Place, Reply]] = []
        self.again: list[bool] = []
        self.fails = False

    async def __call__(self, place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
        self.again.append(again)
        if self.fails:
            raise NotAnnounced("announce.closed")
        self.made.append((place, reply))

    @property
    def hints(self) -> list[str]:
        return [part.hint for _, reply in self.made for part in reply.parts if isinstance(part, Notice)]


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
async def stopped(tmp_path: Path, shop: Path, empty_url: str, posts: Posts) -> AsyncIterator[House]:
    """A house where Kim was refused for the hour's limit, in a channel, twice."""
    async with house_where(tmp_path, shop, posts, empty_url) as built:
        await use_up(built, KIM)
        for text in (HARD, HARD + " Really?"):
            _, reply = await ask(built, text, KIM, readers="team")
            assert [part.code for part in reply.parts if isinstance(part, Notice)] == ["quota.hour"]
        yield built


@asynccontextmanager
async def house_where(
    directory: Path, shop: Path, posts: Posts, store_url: str = "sqlite:///app_data.db", **changes: Any
) -> AsyncIterator[House]:
    with LocalModel(USED_UP) as model:
        settings = settings_for(
            directory,
            store_url,
            openai_api_key=SecretStr(model.key),
            openai_base_url=model.base_url,
            **{**QUOTA, **changes},
        )
        announcers = {"memory": Announcer(posts, re.compile(r"\w+"))}
        async with open_house(settings, announcers=announcers) as opened:
            await add_sqlite(opened, shop)
            built = as_of(opened, NOW)
            yield built
            await built.service.close()


def as_of(built: House, moment: datetime) -> House:
    """The house with its clock stopped."""

    def clock() -> datetime:
        return moment

    road = replace(built.road, clock=clock, usage=replace(built.road.usage, clock=clock))
    service = Service(road, {"memory": None}, concurrency=4)
    sender = replace(built.announcements, clock=clock, usage=road.usage)
    return replace(built, road=road, service=service, announcements=sender)


async def use_up(built: House, actor: Actor) -> None:
    _, reply = await ask(built, "How many customers do we have?", actor)
    assert reply.ok


async def items(built: House) -> list[OutboxItem]:
    async with built.store.reading() as session:
        return list(await session.scalars(select(OutboxItem).order_by(OutboxItem.due_at, OutboxItem.created_at)))


def at(built: House, moment: datetime) -> Announcements:
    """The sender as of a moment."""
    return as_of(built, moment).announcements


async def test_they_are_told_once_when_the_window_begins_anew(stopped: House, posts: Posts) -> None:
    (item,) = await items(stopped)
    early, due = item.due_at - timedelta(seconds=1), item.due_at
    assert await at(stopped, early).send_due() == 0
    assert await at(stopped, due).send_due() == 1
    assert await at(stopped, due + timedelta(minutes=1)).send_due() == 0
    ((place, reply),) = posts.made
    # In a channel they asked; they alone are told.
    assert place == Place("memory", "T1", KIM.id, "")
    assert posts.hints == ["새로운 한 시간이 시작되어 한도가 초기화되었습니다."]
    assert f"하신 질문: {HARD}" in reply.plain
    assert due == NOW.replace(hour=11, minute=0)


async def test_in_a_direct_message_they_are_told_there(tmp_path: Path, shop: Path, posts: Posts) -> None:
    async with house_where(tmp_path, shop, posts) as built:
        await use_up(built, LEE)
        await ask(built, HARD, LEE, thread="t9")
        (item,) = await items(built)
        assert await at(built, item.due_at).send_due() == 1
    ((place, _),) = posts.made
    assert place == Place("memory", "T1", "C1", "t9", "alone")
    assert posts.hints == ["A new hour has begun, and your limit with it."]


async def test_whoever_is_answered_without_tokens_or_asks_at_the_page_is_told_nothing(
    tmp_path: Path, shop: Path, posts: Posts
) -> None:
    async with house_where(tmp_path, shop, posts) as built:
        await use_up(built, LEE)
        _, reply = await ask(built, "How many orders do we have?", LEE)
        assert reply.ok
        elsewhere = replace(LEE, platform="web", email="else@example.com")
        for actor in (elsewhere, LEE):
            await ask(built, "How many customers do we have?", actor)
        _, reply = await ask(built, HARD, elsewhere)
        assert not reply.ok
        assert await items(built) == []


async def test_a_person_who_is_no_longer_active_is_told_nothing(stopped: House, posts: Posts) -> None:
    async with stopped.store.writing() as session:
        await session.execute(update(User).where(User.email == KIM.email).values(is_active=False))
    (item,) = await items(stopped)
    assert await at(stopped, item.due_at).send_due() == 0
    assert [one.state for one in await items(stopped)] == ["dropped"]
    assert posts.made == []


async def test_whoever_is_stopped_by_the_next_window_by_then_waits_for_that(stopped: House, posts: Posts) -> None:
    (item,) = await items(stopped)
    # All of the day's tokens, used within the hour: the hour's beginning helps nobody.
    async with stopped.store.writing() as session:
        await session.execute(update(QueryAnalytics).values(total_tokens=99_990))
    assert await at(stopped, item.due_at).send_due() == 0
    _, later = await items(stopped)
    assert (later.state, later.content["window"]) == ("waiting", "month")
    assert later.due_at == datetime(2026, 7, 1, tzinfo=UTC)
    assert await at(stopped, later.due_at).send_due() == 1
    assert posts.hints == ["달이 바뀌어 한도가 초기화되었습니다."]


async def test_a_lower_limit_that_no_window_will_cover_is_told_nothing_of(stopped: House, posts: Posts) -> None:
    await stopped.service.usage.set_limits(ADMINISTRATOR, LimitChange("everyone", "", 10, None, None))
    assert await stopped.announcements.send_due() == 0
    (item,) = await items(stopped)
    assert item.state == "waiting"  # it was looked at once, and waits for its time again
    assert await at(stopped, item.due_at).send_due() == 0
    assert [one.state for one in await items(stopped)] == ["dropped"]
    assert posts.made == []


async def test_a_limit_that_is_raised_is_told_at_once_and_its_end_again(stopped: House, posts: Posts) -> None:
    (item,) = await items(stopped)
    raised = LimitChange("person", KIM.email or "", 2_000, None, None)
    await stopped.service.usage.set_limits(ADMINISTRATOR, raised)
    assert await stopped.announcements.send_due() == 1
    assert posts.hints == ["관리자가 토큰 한도를 늘렸습니다."]
    assert await items(stopped) == []
    for _ in range(3):
        _, reply = await ask(stopped, "How many customers do we have?", KIM)
        _, reply = await ask(stopped, HARD, KIM)
    assert not reply.ok
    (again,) = await items(stopped)
    assert again.id == item.id
    assert await at(stopped, again.due_at).send_due() == 1
    assert len(posts.made) == 2


async def test_a_limit_of_somebody_else_changes_nothing(stopped: House, posts: Posts) -> None:
    (before,) = await items(stopped)
    await stopped.road.people.meet(LEE)
    await stopped.service.usage.set_limits(ADMINISTRATOR, LimitChange("person", LEE.email or "", 5_000, None, None))
    assert await stopped.announcements.send_due() == 0
    (after,) = await items(stopped)
    assert (after.due_at, after.attempts, posts.made) == (before.due_at, 0, [])


async def test_a_limit_too_small_for_the_question_is_told_of_when_it_is_raised(
    tmp_path: Path, shop: Path, posts: Posts
) -> None:
    async with house_where(tmp_path, shop, posts, quota_hour=50) as built:
        _, reply = await ask(built, HARD, LEE)
        assert [part.code for part in reply.parts if isinstance(part, Notice)] == ["quota.hour_too_small"]
        (item,) = await items(built)
        await built.service.usage.set_limits(ADMINISTRATOR, LimitChange("everyone", "", 60, None, None))
        assert await built.announcements.send_due() == 0
        assert (await items(built))[0].due_at == item.due_at
        await built.service.usage.set_limits(ADMINISTRATOR, LimitChange("everyone", "", 5_000, None, None))
        assert await built.announcements.send_due() == 1
    assert posts.hints == ["An administrator has given you more tokens."]


async def test_a_platform_that_fails_is_tried_again_and_given_up(stopped: House, posts: Posts) -> None:
    (item,) = await items(stopped)
    posts.fails = True
    assert await at(stopped, item.due_at).send_due() == 0
    assert timedelta(seconds=20) < await left_of(stopped.store, OutboxItem) <= timedelta(seconds=30)
    assert await at(stopped, item.due_at).send_due() == 0
    assert posts.again == [False]
    await end_in(stopped.store, OutboxItem, -1)
    assert await at(stopped, item.due_at).send_due() == 0
    assert posts.again == [False, True]
    posts.fails = False
    await end_in(stopped.store, OutboxItem, -1)
    assert await at(stopped, item.due_at).send_due() == 1
    assert posts.again == [False, True, True]


async def test_after_hours_it_is_given_up(stopped: House, posts: Posts, caplog: pytest.LogCaptureFixture) -> None:
    (item,) = await items(stopped)
    posts.fails = True
    for late in (timedelta(), PATIENCE - timedelta(seconds=1), PATIENCE):
        assert [one.state for one in await items(stopped)] == ["waiting"]
        assert await at(stopped, item.due_at + late).send_due() == 0
        await end_in(stopped.store, OutboxItem, -1)
    assert [one.state for one in await items(stopped)] == ["dropped"]
    assert posts.again == [False, True]  # the last was too late to be tried
    (said,) = [record for record in caplog.records if record.message == "a message was dropped"]
    assert KIM.name not in str(vars(said))


async def test_a_bug_with_one_message_keeps_no_other(
    tmp_path: Path, shop: Path, posts: Posts, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(place: Place, reply: Reply, *, since: datetime, again: bool) -> None:
        if "Lee" in reply.plain:
            raise KeyError("a bug")
        await posts(place, reply, since=since, again=again)

    async with house_where(tmp_path, shop, posts) as built:
        for actor in (LEE, KIM):
            await use_up(built, actor)
            await ask(built, f"{HARD} asks {actor.name}", actor)
        due = (await items(built))[0].due_at
        sender = replace(at(built, due), announcers={"memory": Announcer(breaks, re.compile(""))})
        assert await sender.send_due() == 1
        assert sorted(one.state for one in await items(built)) == ["sent", "waiting"]
    assert [record.levelname for record in caplog.records if record.message == "a message was not sent"] == ["ERROR"]
