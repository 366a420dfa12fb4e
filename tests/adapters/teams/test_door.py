"""Teams from end to end: a local Bot Connector, real HTTP, the whole house behind the door."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.teams import deliver, directory
from adapters.teams import progress as module
from adapters.teams.app import Teams
from adapters.teams.door import Door
from adapters.teams.listeners import turn
from adapters.teams.render import sentence
from bot.wiring import House
from core.ask.present.hidden import MASK
from core.chat import Actor, Place, Question
from core.connections.connections import EVERYONE
from core.errors import ColloqueryError
from core.storage.models import ChatMessage
from tests.adapters.teams.activities import conversation_update, mention, message
from tests.adapters.teams.people import (
    ADA,
    BOB,
    CHANNEL,
    CHANNEL_WITH_STRANGER,
    GROUP,
    GROUP_WITH_GUEST,
    GUEST,
    PERSONAL,
    STRANGER,
    TENANT,
    Json,
    Member,
)
from tests.adapters.teams.server import (
    CUT_BEFORE,
    FAILED_BEFORE,
    FakeConnector,
    Fault,
    Posted,
    late,
    refused,
    told_to_wait,
)
from tests.adapters.teams.whole import over_http, post, unsigned
from tests.houses import add_sqlite, administrator, make_shop, open_house, settings_for

pytestmark = pytest.mark.usefixtures("fast", "quick")

SLOW = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "_PAUSE", 0.02)
    for name in ("_BEFORE_SHOWING", "_BETWEEN_EDITS", "_BETWEEN_LINES"):
        monkeypatch.setattr(module, name, 0.05)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("teams-shop") / "shop.db")


@dataclass
class Here:
    """A house with its door, and who talks to it."""

    house: House
    door: Door
    teams: FakeConnector

    async def hears(self, activity: Json) -> None:
        """Teams tells us something."""
        await turn(self.door, activity)

    async def says(self, text: str, where: str = PERSONAL, **fields: Any) -> Json:
        """Somebody writes, with a mention where one is needed; the activity."""
        make = message if where.startswith("a:") else mention
        activity = make(self.teams.service_url, text, conversation=where, **fields)
        await self.hears(activity)
        return activity

    async def until(self, look: Callable[[], object]) -> None:
        await self.teams.until(look)

    async def answered(self, where: str, times: int = 1) -> Posted:
        """Our last answer there, once there are so many with a result or a refusal, in one thread."""
        await self.until(lambda: len(answers(self.teams, where)) >= times)
        return answers(self.teams, where)[-1]

    async def actor(self, who: Member = ADA, where: str = GROUP) -> Actor:
        return await self.door.actor_of(message(self.teams.service_url, "", conversation=where, by=who))

    async def settled(self) -> None:
        """Nothing is under way any more."""
        async with asyncio.timeout(10):
            while self.door._tasks or self.house.service._live:
                await asyncio.sleep(0.01)

    async def messages(self) -> int:
        """How many messages are stored: a question and its answer are two."""
        async with self.house.store.reading() as session:
            return await session.scalar(select(func.count()).select_from(ChatMessage)) or 0


def answers(teams: FakeConnector, where: str) -> list[Posted]:
    """What is neither progress nor about something else."""
    return [one for one in teams.messages(where) if not one.says('"cq": "stop"') and is_answer(one)]


def is_answer(posted: Posted) -> bool:
    return posted.says('"cq": "explain"') or posted.says('"cq": "choose"') or posted.says('"cq": "retry"')


@asynccontextmanager
async def opened(directory: Path, teams: FakeConnector, shop: Path | None, **changes: Any) -> AsyncIterator[Here]:
    """A house whose door is Teams."""
    app = Teams(unsigned())
    async with (
        open_house(settings_for(directory, **changes), {"teams": app.deliver}, {"teams": app.announcer}) as built,
        app.opened(built.service),
    ):
        if shop is not None:
            await add_sqlite(built, shop)
        assert app.door is not None
        yield Here(built, app.door, teams)


@pytest.fixture
async def here(teams: FakeConnector, shop: Path, tmp_path: Path) -> AsyncIterator[Here]:
    async with opened(tmp_path, teams, shop) as made:
        yield made


# Asking


@pytest.mark.parametrize("where", [PERSONAL, GROUP, CHANNEL])
async def test_a_question_is_answered_where_it_was_asked(here: Here, where: str) -> None:
    asked = await here.says("Top 5 products by sales amount", where)
    found = await here.answered(where)
    assert found.says("Chart.") and found.says("AIGeneratedContent")
    if where == CHANNEL:
        assert found.conversation == f"{CHANNEL};messageid={asked['id']}"
    await here.settled()
    assert len(here.teams.messages(where)) == 1  # the progress has become the answer


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
async def test_in_korean(here: Here, locale: str) -> None:
    await here.says("고객이 몇 명이야?", GROUP, locale=locale)
    assert (await here.answered(GROUP)).says("토큰")


async def test_what_answers_in_a_chat_is_known_to_its_thumbs(here: Here) -> None:
    await here.says("How many customers are there?", GROUP)
    found = await here.answered(GROUP)
    await here.settled()
    question_id = await here.door.addresses.question_of(GROUP, found.id)
    assert question_id is not None
    assert (await here.house.service.question(question_id, await here.actor())).text == "How many customers are there?"


async def test_the_same_message_three_times_at_once_is_one_question(
    teams: FakeConnector, shop: Path, tmp_path: Path
) -> None:
    async with over_http(tmp_path, teams) as (built, url):
        await add_sqlite(built, shop)
        activity = mention(teams.service_url, "How many customers are there?", conversation=GROUP)
        told = await asyncio.gather(*(post(url, activity) for _ in range(3)))
        assert [one.status_code for one in told] == [202] * 3
        await teams.until(lambda: answers(teams, GROUP))
        assert (await post(url, activity)).status_code == 202
        here = Here(built, None, teams)  # type: ignore[arg-type]
        assert await here.messages() == 2
        async with asyncio.timeout(10):
            while built.service._live:
                await asyncio.sleep(0.01)
    assert len(teams.messages(GROUP)) == 1


async def test_a_thread_goes_on_without_a_mention_and_others_are_left_alone(here: Here) -> None:
    url = here.teams.service_url
    asked = await here.says("How many customers are in Seoul?", CHANNEL)
    thread = f"{CHANNEL};messageid={asked['id']}"
    first = await here.answered(thread)
    await here.hears(message(url, "and in Busan?", conversation=CHANNEL, thread=asked["id"]))
    second = await here.answered(thread, 2)
    assert first.cards != second.cards
    for left in (
        message(url, "lunch?", conversation=CHANNEL, thread="17"),
        message(url, "How many customers are there?", conversation=CHANNEL, thread="17"),
        message(url, "How many customers are there?", conversation=GROUP),
    ):
        await here.hears(left)
    await here.settled()
    assert await here.messages() == 4


async def test_a_group_chat_has_no_thread_to_go_on_in(here: Here) -> None:
    await here.says("How many customers are there?", GROUP)
    await here.answered(GROUP)
    await here.hears(message(here.teams.service_url, "and in Busan?", conversation=GROUP))
    await here.settled()
    assert await here.messages() == 2


async def test_private_columns_are_masked_where_others_read(here: Here) -> None:
    await here.says("SELECT name, email FROM customers ORDER BY id LIMIT 3", GROUP)
    found = json.dumps((await here.answered(GROUP)).activity, ensure_ascii=False)
    assert MASK in found and "@" not in found.replace("@type", "").replace("@context", "").replace(GROUP, "")


async def test_what_is_not_stored_is_not_acknowledged(teams: FakeConnector, shop: Path, tmp_path: Path) -> None:
    async with over_http(tmp_path, teams) as (built, url):
        await add_sqlite(built, shop)
        activity = mention(teams.service_url, "How many customers are there?", conversation=GROUP)
        teams.play("member", *[CUT_BEFORE] * 4)
        assert (await post(url, activity)).status_code == 500
        teams._faults.clear()
        assert (await post(url, activity)).status_code == 202
        await teams.until(lambda: answers(teams, GROUP))


async def test_which_database_is_asked_back(teams: FakeConnector, shop: Path, tmp_path: Path) -> None:
    async with opened(tmp_path, teams, None) as here:
        for name in ("shop", "other"):
            connection = await add_sqlite(here.house, shop, name, everyone=False)
            await here.house.road.connections.give(await administrator(here.house), connection, "everyone", EVERYONE)
        asked = await here.says("How many customers are there?", CHANNEL)
        back = await here.answered(CHANNEL)
        await here.settled()
        question_id = await here.door.addresses.question_of(CHANNEL, back.id)
        assert question_id is not None and back.says("other")
        actor = await here.actor(where=CHANNEL)
        for _ in range(2):  # pressed twice
            await here.door.answer_choice(question_id, "other", actor)
        found = await here.answered(CHANNEL, 2)
        assert found.says("AIGeneratedContent") and found.conversation.endswith(asked["id"])
        await here.settled()
        assert len(here.teams.messages(CHANNEL)) == 2


async def test_sql_is_edited_and_run(here: Here) -> None:
    asked = await here.says("How many customers are in Seoul?", CHANNEL)
    found = await here.answered(CHANNEL)
    await here.settled()
    question_id = await here.door.addresses.question_of(CHANNEL, found.id)
    assert question_id is not None
    actor = await here.actor(where=CHANNEL)
    for _ in range(2):  # the same form twice
        await here.door.run_edited(question_id, actor, "SELECT name FROM categories ORDER BY id", "key")
    second = await here.answered(CHANNEL, 2)
    assert second.conversation.endswith(asked["id"]) and second.says("Table")
    with pytest.raises(ColloqueryError):
        await here.door.run_edited(question_id, await here.actor(BOB, CHANNEL), "SELECT 1", "another")
    await here.settled()
    assert len(here.teams.messages(CHANNEL)) == 2


async def test_a_result_that_is_cut_is_offered_as_a_file_to_one_person(here: Here) -> None:
    await here.says("SELECT id, name FROM customers ORDER BY id LIMIT 200")
    await here.until(lambda: any(one.says("file.consent") for one in here.teams.messages(PERSONAL)))
    await here.says("SELECT id, name FROM customers ORDER BY id LIMIT 200", GROUP)
    found = await here.answered(GROUP)
    await here.settled()
    assert here.teams.messages(GROUP) == [found] and found.says('"cq": "csv"')
    assert sum(one.says("file.consent") for one in here.teams.messages(PERSONAL)) == 1


# Aloud


async def question(here: Here, where: str, thread: str = "") -> Question:
    """A question that is no message yet."""
    await here.actor(where=where)
    place = await here.door.place(where, thread)
    return Question(await here.actor(where=where), place, "key", "How many customers are there?", datetime.now(UTC))


@pytest.mark.parametrize("where", [PERSONAL, GROUP, CHANNEL])
async def test_a_question_is_put_aloud(here: Here, where: str) -> None:
    await here.door.ask_aloud(await question(here, where))
    found = await here.answered(where)
    aloud = here.teams.messages(where)[0]
    assert aloud.says("Ada Lovelace asks: How many customers are there?")
    assert found.conversation == aloud.conversation
    assert (";messageid=" + aloud.id in found.conversation) == (where == CHANNEL)


async def test_in_a_thread_it_stays_there(here: Here) -> None:
    await here.door.ask_aloud(await question(here, CHANNEL, "17"))
    found = await here.answered(CHANNEL)
    assert {one.conversation for one in here.teams.messages(CHANNEL)} == {f"{CHANNEL};messageid=17"}
    assert found.says("AIGeneratedContent")


async def test_what_may_not_be_asked_is_not_said_aloud(here: Here) -> None:
    asked = await question(here, CHANNEL_WITH_STRANGER)
    stranger = await here.actor(STRANGER, CHANNEL_WITH_STRANGER)
    await here.door.ask_aloud(replace(asked, actor=stranger))
    assert here.teams.messages(CHANNEL_WITH_STRANGER) == []
    assert len(here.teams.messages(CHANNEL_WITH_STRANGER, only_for=STRANGER.id)) == 1


async def test_where_we_cannot_speak_it_is_put_in_the_personal_chat(here: Here) -> None:
    asked = await question(here, CHANNEL)
    here.teams.left.add(CHANNEL)
    await here.door.ask_aloud(asked)
    await here.answered(PERSONAL)
    assert here.teams.messages(CHANNEL) == []


# Who may read


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("where", [GROUP_WITH_GUEST, CHANNEL_WITH_STRANGER])
async def test_where_outsiders_read_the_answer_goes_to_the_asker_alone(here: Here, where: str, locale: str) -> None:
    await here.says("How many customers are there?", where, locale=locale)
    assert (await here.answered(PERSONAL)).says("AIGeneratedContent")
    await here.settled()
    (told,) = here.teams.messages(where)
    assert ("따로 보냈습니다" in told.text) == (locale == "ko") and not told.cards
    assert here.teams.messages(PERSONAL)[0].says("How many customers are there?")
    assert len(here.teams.messages(PERSONAL)) == 2


@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_who_cannot_be_written_to_is_told_how(here: Here, locale: str) -> None:
    here.teams.not_installed.add(ADA.aad)
    await here.says("How many customers are there?", GROUP_WITH_GUEST, locale=locale)
    await here.until(lambda: here.teams.messages(GROUP_WITH_GUEST))
    await here.settled()
    (told,) = here.teams.messages(GROUP_WITH_GUEST)
    assert ("채팅을 열어" in told.text) == (locale == "ko")
    assert await here.messages() == 2


@pytest.mark.parametrize("who", [GUEST, STRANGER])
async def test_who_is_no_member_is_refused_with_words(here: Here, who: Member) -> None:
    where = GROUP_WITH_GUEST if who is GUEST else CHANNEL_WITH_STRANGER
    await here.says("How many customers are there?", where, by=who)
    await here.until(lambda: here.teams.messages(where, only_for=who.id))
    assert here.teams.messages(where) == [] and await here.messages() == 0


async def test_who_joined_while_it_was_answered_does_not_read_it(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    real = here.door.deliver

    async def joined(*reply: Any) -> None:
        here.teams.rosters[GROUP] = [ADA, GUEST]
        await here.hears(conversation_update(here.teams.service_url, added=(GUEST.id,), conversation=GROUP))
        await real(*reply)

    monkeypatch.setattr(here.door, "deliver", joined)
    await here.says("How many customers are there?", GROUP)
    assert (await here.answered(PERSONAL)).says("AIGeneratedContent")
    await here.settled()
    shown = [one for one in here.teams.messages(GROUP) if not one.says('"cq": "home"')]
    assert not any(is_answer(one) for one in shown) and any(one.says("direct message") for one in shown)


async def test_where_we_were_removed_the_asker_has_the_answer(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    real = here.door.deliver

    async def removed(*reply: Any) -> None:
        here.teams.left.add(GROUP)
        await real(*reply)

    monkeypatch.setattr(here.door, "deliver", removed)
    await here.says("How many customers are there?", GROUP)
    assert (await here.answered(PERSONAL)).says("AIGeneratedContent")
    await here.settled()
    assert answers(here.teams, GROUP) == []


# To one person alone


async def told(here: Here, where: str) -> None:
    actor = await here.actor(where=where)
    await here.door.tell_privately(actor, await here.door.place(where, ""), "Not you.", "Ask somebody.")


async def test_in_a_personal_chat_it_is_simply_said(here: Here) -> None:
    await told(here, PERSONAL)
    (said,) = here.teams.messages(PERSONAL)
    assert said.says("Not you") and said.says("Ask somebody")
    assert here.teams.made("targeted") == []


@pytest.mark.parametrize("where", [GROUP, CHANNEL])
async def test_elsewhere_they_alone_see_it(here: Here, where: str) -> None:
    await told(here, where)
    assert here.teams.messages(where) == []
    (said,) = here.teams.messages(where, only_for=ADA.id)
    assert said.says("Not you")


@pytest.mark.parametrize(
    "fault", [refused(400, "BadArgument"), refused(403, "NotEnoughPermissions"), refused(405, "NotAllowed")]
)
async def test_where_that_is_refused_it_comes_to_their_chat(here: Here, fault: Fault) -> None:
    here.teams.play("targeted", fault, fault)
    await told(here, GROUP)
    assert here.teams.messages(GROUP) == []
    assert here.teams.messages(PERSONAL)[0].says("Not you")


@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_where_nothing_goes_they_are_asked_to_come(here: Here, locale: str) -> None:
    here.teams.not_installed.add(ADA.aad)
    here.teams.play("targeted", refused(403, "NotEnoughPermissions"))
    actor = replace(await here.actor(), locale=locale)
    await here.door.show_privately(actor, await here.door.place(GROUP, ""), sentence("a secret"))
    (said,) = here.teams.messages(GROUP)
    assert said.says("Ada Lovelace") and not said.says("a secret")
    assert ("채팅을 열어" in said.text) == (locale == "ko")


async def test_a_reply_to_one_person(here: Here) -> None:
    await here.says("How many customers are there?", GROUP)
    found = await here.answered(GROUP)
    await here.settled()
    question_id = await here.door.addresses.question_of(GROUP, found.id)
    assert question_id is not None
    actor = await here.actor()
    explained = await here.house.service.explain(question_id, actor)
    await here.door.show_reply(actor, await here.door.place(GROUP, ""), explained)
    assert len(here.teams.messages(GROUP, only_for=ADA.id)) == 1
    alone = await here.door.place_of(message(here.teams.service_url, "", conversation=PERSONAL))
    await here.door.show_reply(actor, alone, explained)
    assert len(here.teams.messages(PERSONAL)) == 1


# Words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("help", "These words do more"),
        ("도움말", "이런 낱말도 쓸 수 있습니다"),
        ("/help", "These words do more"),
        ("ask", "These words do more"),
        ("usage", "1,000"),
        ("connections", "shop"),
        ("stop", "Nothing of yours"),
        ("중지", "진행 중인 질문이 없습니다"),
        ("그만", "진행 중인 질문이 없습니다"),
        ("home", "shop"),
        ("홈", "shop"),
    ],
)
@pytest.mark.parametrize("where", [PERSONAL, GROUP])
async def test_words_that_are_commands(here: Here, where: str, text: str, shown: str) -> None:
    await here.says(text, where)
    only_for = None if where == PERSONAL else ADA.id
    await here.until(lambda: any(one.says(shown) for one in here.teams.messages(where, only_for=only_for)))
    assert await here.messages() == 0


@pytest.mark.parametrize("text", ["page", "Sign in", "log in!", "로그인", "페이지"])
async def test_words_for_the_page(here: Here, text: str) -> None:
    await here.says(text)
    await here.until(lambda: here.teams.messages(PERSONAL))
    assert await here.messages() == 0


@pytest.mark.parametrize("text", ["ask How many customers are there?", "usage of seats by month", "stop words by city"])
async def test_words_that_are_questions(here: Here, text: str) -> None:
    await here.says(text)
    await here.until(lambda: here.teams.messages(PERSONAL))
    await here.settled()
    assert await here.messages() == 2


async def test_somebody_is_named_by_a_mention(here: Here) -> None:
    """Of whom the activity tells the account alone."""
    activity = mention(here.teams.service_url, "usage <at>Bob</at>", conversation=GROUP)
    activity["entities"].append({"type": "mention", "mentioned": {"id": BOB.id, "name": "Bob"}, "text": "<at>Bob</at>"})
    await here.hears(activity)
    await here.until(lambda: here.teams.messages(GROUP, only_for=ADA.id))
    assert any(call.path.endswith(f"/members/{BOB.id}") for call in here.teams.made("member"))
    assert await here.messages() == 0


# Progress and stopping


@pytest.mark.parametrize("where", [PERSONAL, GROUP, CHANNEL])
async def test_a_slow_question_is_stopped_by_a_word(here: Here, where: str) -> None:
    asked = await here.says(SLOW, where)
    await here.until(lambda: here.teams.streams or here.teams.messages(where))
    thread = {"thread": asked["id"]} if where == CHANNEL else {}
    await here.says("stop", where, **thread)
    await here.settled()
    everybody, alone = here.teams.messages(where), here.teams.messages(where, only_for=ADA.id)
    assert any("stopped" in json.dumps(one.activity).lower() for one in everybody)
    assert any(one.says("I stopped what you had asked") for one in (everybody if where == PERSONAL else alone))
    assert not any(one.says('"cq": "stop"') for one in everybody)


async def test_what_somebody_else_asked_is_not_stopped(here: Here) -> None:
    await here.says(SLOW, GROUP)
    await here.until(lambda: here.teams.messages(GROUP))
    actor, place = await here.actor(BOB), await here.door.place(GROUP, "")
    assert await here.door.stop_here(actor, place) is False
    assert await here.door.stop_here(await here.actor(), await here.door.place(PERSONAL, "")) is False
    assert await here.door.stop_here(await here.actor(), place) is True
    await here.settled()


async def test_stop_beside_a_stream_stops_the_query(here: Here) -> None:
    await here.says(SLOW)
    await here.until(lambda: here.teams.streams)
    (stream,) = here.teams.streams
    here.teams.cancel(stream)
    await here.settled()
    (said,) = here.teams.messages(PERSONAL)
    assert "stopped" in json.dumps(said.activity).lower()


# Faults and restarts


@pytest.mark.parametrize(
    "faults",
    [
        {"send": [told_to_wait(0.2)] * 2},
        {"send": [told_to_wait(None, 412)] * 2, "update": [told_to_wait(None, 412)]},
        {"send": [refused(502, "ServiceError")], "update": [refused(504, "GatewayTimeout")]},
        {"send": [CUT_BEFORE, FAILED_BEFORE], "update": [CUT_BEFORE, FAILED_BEFORE]},
        {"send": [refused(403, "ContentStreamNotAllowed")] * 2},
        {"update": [refused(404, "ActivityNotFoundInConversation")]},
        {"update": [refused(413, "MessageSizeTooBig")] * 2},
        {"update": [refused(400, "BadSyntax")] * 4},
        {"members": [late(0.3)], "member": [late(0.2)]},
    ],
    ids=lambda faults: " ".join(f"{name}:{one[0].status}" for name, one in faults.items()),
)
@pytest.mark.parametrize("where", [PERSONAL, CHANNEL])
async def test_on_a_bad_day_one_answer_arrives_all_the_same(
    here: Here, where: str, faults: dict[str, list[Fault]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_PATIENCE", 0.1)
    for operation, played in faults.items():
        here.teams.play(operation, *played)
    await here.says("How many customers are there?", where)
    await here.until(lambda: any(one.says("customers") for one in here.teams.posted if is_answer(one) or not one.cards))
    await here.settled()
    said = [one for place in (PERSONAL, CHANNEL) for one in here.teams.messages(place)]
    assert sum(is_answer(one) or (not one.cards and "1," in one.text) for one in said) == 1


async def test_an_answer_made_while_teams_was_away_is_posted_once(
    teams: FakeConnector, shop: Path, tmp_path: Path
) -> None:
    """The process dies between answer and post: the next one posts it in the place of the progress."""
    async with opened(tmp_path, teams, shop) as first:

        async def killed(*_: object, **__: object) -> None:
            raise ConnectionError

        first.door.delivery.deliver = killed  # type: ignore[method-assign, assignment]
        await first.says("How many customers are there?", GROUP)
        await first.settled()
        assert answers(teams, GROUP) == []
    left = len(teams.messages(GROUP))
    async with opened(tmp_path, teams, None) as second:
        for _ in range(3):
            await second.house.service.recover(alone=True)
            await second.settled()
        assert len(answers(teams, GROUP)) == 1
        assert len(teams.messages(GROUP)) == max(left, 1)


async def test_a_process_that_died_after_the_post_does_not_repeat_it(
    teams: FakeConnector, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, teams, shop) as first:

        async def killed(*_: object) -> None:
            raise ConnectionError

        monkeypatch.setattr(first.house.service, "delivered", killed)
        await first.says("How many customers are there?", GROUP)
        await first.answered(GROUP)
        await first.settled()
    calls = len(teams.made("send")) + len(teams.made("update"))
    async with opened(tmp_path, teams, None) as second:
        assert await second.house.service.recover(alone=True) == 1
        await second.settled()
    assert len(answers(teams, GROUP)) == 1
    assert len(teams.made("send")) + len(teams.made("update")) == calls


async def test_a_private_answer_is_posted_once_after_a_restart(
    teams: FakeConnector, shop: Path, tmp_path: Path
) -> None:
    async with opened(tmp_path, teams, shop) as first:

        async def killed(*_: object, **__: object) -> None:
            raise ConnectionError

        first.door.delivery.replace = killed  # type: ignore[method-assign]
        await first.says("How many customers are there?", GROUP_WITH_GUEST)
        await first.answered(PERSONAL)
        await first.settled()
    async with opened(tmp_path, teams, None) as second:
        for _ in range(2):
            await second.house.service.recover(alone=True)
            await second.settled()
    assert len(answers(teams, PERSONAL)) == 1 and len(teams.messages(PERSONAL)) == 2
    assert sum(one.says("direct message") for one in teams.messages(GROUP_WITH_GUEST)) == 1


async def test_the_door_waits_for_what_is_under_way(teams: FakeConnector, shop: Path, tmp_path: Path) -> None:
    done = False

    async def work() -> None:
        nonlocal done
        await asyncio.sleep(0.2)
        done = True

    async def wrong() -> None:
        raise ValueError("a bug")

    async with opened(tmp_path, teams, shop) as here:
        here.door.spawn(work())
        here.door.spawn(wrong())
    assert done


async def test_a_closed_door_leaves_the_answer_in_the_inbox(teams: FakeConnector) -> None:
    app = Teams(unsigned())
    asked = Question(
        Actor("teams", TENANT, ADA.aad, "Ada"), Place("teams", TENANT, GROUP, ""), "1", "x", datetime.now(UTC)
    )
    with pytest.raises(ColloqueryError, match=r"teams\.closed"):
        await app.deliver(asked, None)  # type: ignore[arg-type]
