"""What people see while an answer is made, and that no reply is lost to it or waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.teams import limits
from adapters.teams import progress as module
from adapters.teams.addresses import Addresses, threaded
from adapters.teams.calls import Connector
from adapters.teams.deliver import Delivery
from adapters.teams.progress import Abilities, Progress
from adapters.teams.spot import Spot
from adapters.teams.turns import ConversationPace
from bot.wiring import House
from core.chat import Actor, Place, Question, Reply, Step
from core.errors import NotAllowed
from core.locale import say
from tests.adapters.replies import FULL
from tests.adapters.teams.people import ADA, CHANNEL, GROUP, PERSONAL, TENANT
from tests.adapters.teams.server import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    FakeConnector,
    Fault,
    Posted,
    late,
    refused,
    told_to_wait,
)
from tests.houses import open_house, settings_for

QUESTION_ID = "6a1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d22"
STEPS = (Step("linking", "Looking at the tables"), Step("writing", "Writing SQL"), Step("running", "Running it"))
REPLY = replace(FULL, question_id=QUESTION_ID, parts=FULL.parts[:1])


@pytest.fixture(autouse=True)
def quick(fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is shown at once, and edited as often as there is news."""
    for name in ("_BEFORE_SHOWING", "_BETWEEN_EDITS", "_BETWEEN_LINES"):
        monkeypatch.setattr(module, name, 0.02)


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as house:
        yield house


@pytest.fixture
def addresses(built: House, client: Connector) -> Addresses:
    return Addresses(built.service.addresses, client)


@pytest.fixture
def delivery(client: Connector, addresses: Addresses) -> Delivery:
    return Delivery(client, addresses)


@pytest.fixture
def abilities() -> Abilities:
    return Abilities()


class Stopped:
    """Counts who pressed Stop beside a stream."""

    def __init__(self) -> None:
        self.times = 0
        self.error: Exception | None = None

    async def __call__(self) -> bool:
        self.times += 1
        if self.error is not None:
            raise self.error
        return True


@pytest.fixture
def stopped() -> Stopped:
    return Stopped()


Make = Callable[..., Progress]


@pytest.fixture
def make(client: Connector, addresses: Addresses, abilities: Abilities, teams: FakeConnector, stopped: Stopped) -> Make:
    """The progress of a question that was asked somewhere."""

    def made(where: str = GROUP, *, locale: str = "en") -> Progress:
        readers = "alone" if where == PERSONAL else "team"
        place = Place("teams", TENANT, where, "17" if where == CHANNEL else "", readers)  # type: ignore[arg-type]
        actor = Actor("teams", TENANT, ADA.aad, "Ada", locale=locale)
        question = Question(actor, place, "1772720000001", "orders by city?", datetime.now(UTC))
        spot = Spot(teams.service_url, threaded(place.channel, place.thread))
        return Progress(client, addresses, abilities, question, spot=spot, stop=stopped)

    return made


class Work:
    """The steps of a question, each coming when the test says so."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[Step | Reply | None] = asyncio.Queue()

    def tell(self, *items: Step | Reply | None) -> None:
        for item in items:
            self._items.put_nowait(item)

    async def steps(self) -> AsyncIterator[Step | Reply]:
        while (item := await self._items.get()) is not None:
            yield item


class Running:
    """A progress under way, and its end."""

    def __init__(self, progress: Progress, delivery: Delivery) -> None:
        self.progress = progress
        self.work = Work()
        self._delivery = delivery
        self._task = asyncio.create_task(progress.run(QUESTION_ID, self.work.steps()))

    async def answered(self, reply: Reply = REPLY, *, alone: bool = False) -> str:
        """The reply comes; its id."""
        self.work.tell(reply)
        posted = await self._delivery.deliver(await self.progress.end(), reply, alone=alone)
        await self._task
        self.progress.done()
        return posted


def lines(teams: FakeConnector) -> list[str]:
    """What a stream has shown."""
    return [call.json["text"] for call in teams.typing if call.json.get("entities")]


def signs(teams: FakeConnector) -> int:
    """How often it was shown that somebody types."""
    return sum(not call.json.get("entities") for call in teams.typing)


def only(teams: FakeConnector, where: str) -> Posted:
    (posted,) = teams.messages(where)
    return posted


# Everywhere


@pytest.mark.parametrize("where", [PERSONAL, GROUP, CHANNEL])
async def test_the_first_sign_comes_at_once(
    make: Make, delivery: Delivery, teams: FakeConnector, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BEFORE_SHOWING", 30.0)
    began = time.monotonic()
    running = Running(make(where), delivery)
    await teams.until(lambda: signs(teams))
    assert time.monotonic() - began < 1.0
    # An answer that is quick has no message before it.
    posted = await running.answered(alone=where == PERSONAL)
    assert only(teams, where).id == posted and len(teams.made("send")) == 2


@pytest.mark.parametrize("where", [GROUP, CHANNEL])
async def test_the_steps_are_a_message_that_becomes_the_reply(
    make: Make, delivery: Delivery, teams: FakeConnector, where: str
) -> None:
    running = Running(make(where), delivery)
    running.work.tell(STEPS[0])
    await teams.until(lambda: teams.messages(where))
    shown = only(teams, where)
    assert shown.says("Looking at the tables") or shown.says(say("en", "steps.waiting"))
    assert shown.says('"cq": "stop"') and shown.says(QUESTION_ID)
    running.work.tell(*STEPS[1:])
    await teams.until(lambda: shown.says("Running it") and shown.says("✓ Writing SQL"))
    assert await running.answered() == shown.id
    found = only(teams, where)
    assert found.says("서울이 가장 많습니다") and not found.says('"cq": "stop"')


@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_before_the_first_step_it_says_that_it_waits(
    make: Make, delivery: Delivery, teams: FakeConnector, locale: str
) -> None:
    running = Running(make(GROUP, locale=locale), delivery)
    await teams.until(lambda: teams.messages(GROUP))
    assert only(teams, GROUP).says(say(locale, "steps.waiting"))
    await running.answered()


async def test_without_news_it_goes_on_typing(make: Make, delivery: Delivery, teams: FakeConnector) -> None:
    running = Running(make(GROUP), delivery)
    await teams.until(lambda: signs(teams) > 4)
    assert teams.made("update") == []
    await running.answered()


async def test_edits_come_no_faster_than_people_read(
    make: Make, delivery: Delivery, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BETWEEN_EDITS", 0.3)
    running = Running(make(GROUP), delivery)
    await teams.until(lambda: teams.messages(GROUP))
    for step in STEPS * 4:
        running.work.tell(step)
        await asyncio.sleep(0.01)
    await teams.until(lambda: teams.made("update"))
    first, second = teams.made("send")[-1].at, teams.made("update")[0].at
    assert second - first > 0.25 and len(teams.made("update")) == 1
    await running.answered()


def test_the_pauses_are_those_of_the_platform() -> None:
    source = Path(module.__file__).read_text()
    for line in ("_BEFORE_SHOWING = 0.8", "_BETWEEN_EDITS = 3.0", "_BETWEEN_LINES = 1.5"):
        assert line in source
    assert limits.STREAM_SECONDS == 105.0


# Streams


@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_in_a_personal_chat_the_steps_are_a_stream(
    make: Make, delivery: Delivery, teams: FakeConnector, abilities: Abilities, locale: str
) -> None:
    running = Running(make(PERSONAL, locale=locale), delivery)
    await teams.until(lambda: lines(teams) == [f"{say(locale, 'steps.waiting')}…"])
    await teams.until(lambda: not abilities.may_stream(PERSONAL))  # once we have read that Teams took it
    for step in STEPS:
        running.work.tell(step)
        await teams.until(lambda step=step: lines(teams)[-1].startswith(step.text))  # type: ignore[misc]
    infos = [call.json["entities"][0] for call in teams.typing if call.json.get("entities")]
    (stream,) = teams.streams
    assert [one["streamSequence"] for one in infos] == [1, 2, 3, 4]
    assert [one.get("streamId") for one in infos] == [None, stream, stream, stream]
    assert await running.answered(alone=True) == stream
    found = only(teams, PERSONAL)
    assert found.says("서울이 가장 많습니다") and found.edits == 0
    assert abilities.may_stream(PERSONAL)


async def test_lines_of_a_stream_come_no_faster_than_teams_takes_them(
    make: Make, delivery: Delivery, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BETWEEN_LINES", 0.3)
    running = Running(make(PERSONAL), delivery)
    await teams.until(lambda: lines(teams))
    for step in STEPS * 4:
        running.work.tell(step)
        await asyncio.sleep(0.01)
    await teams.until(lambda: len(lines(teams)) == 2)
    first, second = [call.at for call in teams.typing if call.json.get("entities")]
    assert second - first > 0.25
    await running.answered(alone=True)


@pytest.mark.parametrize(
    "fault", [refused(400, "BadArgument"), refused(403, "ContentStreamNotAllowed"), refused(405, "BadArgument")]
)
async def test_where_there_are_no_streams_a_message_is_edited(
    make: Make, delivery: Delivery, teams: FakeConnector, abilities: Abilities, fault: Fault
) -> None:
    teams.play("send", late(0), fault)
    running = Running(make(PERSONAL), delivery)
    await teams.until(lambda: teams.messages(PERSONAL))
    shown = only(teams, PERSONAL)
    running.work.tell(*STEPS)
    await teams.until(lambda: shown.says("Running it"))
    assert await running.answered(alone=True) == shown.id
    # It is not tried again with the next question, but an hour later.
    assert not abilities.may_stream(PERSONAL) and not abilities.may_stream("a:1another")
    sent = len(teams.made("send"))
    running = Running(make(PERSONAL), delivery)
    await teams.until(lambda: len(teams.messages(PERSONAL)) == 2)
    assert len(teams.made("send")) == sent + 2 and lines(teams) == []
    await running.answered(replace(REPLY, question_id="another"), alone=True)


def test_streams_are_tried_again_after_an_hour(abilities: Abilities, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.monotonic
    abilities.no_streams()
    for later, may in ((3_590, False), (3_610, True)):
        clock = type("Clock", (), {"monotonic": staticmethod(lambda later=later: real() + later)})
        monkeypatch.setattr(module, "time", clock)
        assert abilities.may_stream(PERSONAL) is may


async def test_a_chat_has_one_stream_at_a_time(
    make: Make, delivery: Delivery, teams: FakeConnector, abilities: Abilities
) -> None:
    first = Running(make(PERSONAL), delivery)
    await teams.until(lambda: lines(teams))
    second = Running(make(PERSONAL), delivery)
    await teams.until(lambda: teams.messages(PERSONAL))
    assert only(teams, PERSONAL).says('"cq": "stop"') and len(teams.streams) == 1
    await first.answered(alone=True)
    await second.answered(replace(REPLY, question_id="another"), alone=True)
    assert len(teams.messages(PERSONAL)) == 2
    assert abilities.may_stream(PERSONAL)


async def test_stop_beside_a_stream_stops_the_question(
    make: Make, delivery: Delivery, teams: FakeConnector, stopped: Stopped
) -> None:
    running = Running(make(PERSONAL), delivery)
    await teams.until(lambda: teams.streams)
    (stream,) = teams.streams
    teams.cancel(stream)
    running.work.tell(STEPS[0])
    await teams.until(lambda: stopped.times)
    running.work.tell(*STEPS[1:])
    await running.answered(alone=True)
    assert stopped.times == 1
    assert only(teams, PERSONAL).says("서울이 가장 많습니다")  # what came of it is said all the same


async def test_stop_is_heard_while_one_step_takes_long(
    make: Make, delivery: Delivery, teams: FakeConnector, stopped: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BEAT", 0.05)
    running = Running(make(PERSONAL), delivery)
    running.work.tell(STEPS[2])
    await teams.until(lambda: len(lines(teams)) >= 3)
    assert len(set(lines(teams)[1:])) == 1, "the same is said again"
    teams.cancel(next(iter(teams.streams)))
    await teams.until(lambda: stopped.times)
    await running.answered(alone=True)


async def test_a_stop_that_is_not_theirs_is_no_harm(
    make: Make, delivery: Delivery, teams: FakeConnector, stopped: Stopped
) -> None:
    stopped.error = NotAllowed("people.not_yours")
    running = Running(make(PERSONAL), delivery)
    await teams.until(lambda: teams.streams)
    teams.cancel(next(iter(teams.streams)))
    running.work.tell(STEPS[0])
    await teams.until(lambda: stopped.times)
    await running.answered(alone=True)
    assert only(teams, PERSONAL).says("서울이 가장 많습니다")


async def test_a_stream_that_teams_ended_is_no_stop(
    make: Make, delivery: Delivery, teams: FakeConnector, stopped: Stopped
) -> None:
    running = Running(make(PERSONAL), delivery)
    await teams.until(lambda: teams.streams)
    (stream,) = teams.streams
    teams.streams[stream].closed = "Content stream is not allowed: exceeded streaming time"
    running.work.tell(STEPS[0], STEPS[1])
    await teams.until(lambda: len(teams.made("send")) == 3)
    running.work.tell(STEPS[2])
    await teams.until(lambda: teams.messages(PERSONAL) and only(teams, PERSONAL).says("Running it"))
    assert stopped.times == 0
    assert await running.answered(alone=True) == stream
    assert only(teams, PERSONAL).says("서울이 가장 많습니다")


@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_a_stream_ends_before_teams_ends_it(
    make: Make,
    delivery: Delivery,
    teams: FakeConnector,
    addresses: Addresses,
    monkeypatch: pytest.MonkeyPatch,
    locale: str,
) -> None:
    monkeypatch.setattr(limits, "STREAM_SECONDS", 0.3)
    teams.stream_seconds = 0.6
    running = Running(make(PERSONAL, locale=locale), delivery)
    await teams.until(lambda: teams.messages(PERSONAL))
    shown = only(teams, PERSONAL)
    assert shown.says(say(locale, "teams.road.longer")) and shown.says('"cq": "stop"')
    remembered = await addresses.on_progress(QUESTION_ID, Spot(teams.service_url, PERSONAL))
    assert shown.id in (remembered.message, remembered.stream)
    # From then on it is a message like any other.
    running.work.tell(*STEPS)
    await teams.until(lambda: shown.says("Running it"))
    assert await running.answered(alone=True) == shown.id
    assert only(teams, PERSONAL).says("서울이 가장 많습니다")


# Faults


ANY = {
    "429": (told_to_wait(0.1),) * 2,
    "412": (told_to_wait(None, 412),) * 2,
    "403": (refused(403, "NotEnoughPermissions"),) * 2,
    "404": (refused(404, "ConversationNotFound"),) * 2,
    "413": (refused(413, "MessageSizeTooBig"),) * 2,
    "400": (refused(400, "BadSyntax"),) * 2,
    "502": (refused(502, "ServiceError"),) * 2,
    "cut before": (CUT_BEFORE,) * 2,
    "failed before": (FAILED_BEFORE,) * 2,
}


@pytest.mark.parametrize("faults", ANY.values(), ids=ANY.keys())
@pytest.mark.parametrize("where", [PERSONAL, GROUP])
async def test_no_reply_is_lost_to_its_progress(
    make: Make, delivery: Delivery, teams: FakeConnector, faults: tuple[Fault, ...], where: str
) -> None:
    teams.play("send", *faults)
    running = Running(make(where), delivery)
    running.work.tell(*STEPS)
    await teams.until(lambda: len(teams.made("send")) >= 2)
    await running.answered(alone=where == PERSONAL)
    answers = [one for one in teams.messages(where) if one.says("서울이 가장 많습니다")]
    assert len(answers) == 1


@pytest.mark.parametrize("fault", [CUT_AFTER, FAILED_AFTER, Fault(arrives=True, status=202, body={})])
@pytest.mark.parametrize("where", [PERSONAL, GROUP])
async def test_what_may_stand_there_unknown_is_not_shown_twice(
    make: Make, delivery: Delivery, teams: FakeConnector, fault: Fault, where: str
) -> None:
    teams.play("send", late(0), fault)
    running = Running(make(where), delivery)
    running.work.tell(*STEPS)
    await teams.until(lambda: len(teams.made("send")) == 2)
    await asyncio.wait_for(running.progress._shown or asyncio.sleep(0), 5)  # it has given up by itself
    assert len(teams.made("send")) == 2
    await running.answered(alone=where == PERSONAL)
    assert sum(one.says("서울이 가장 많습니다") for one in teams.messages(where)) == 1


async def test_a_reply_waits_for_one_call_at_most(make: Make, delivery: Delivery, teams: FakeConnector) -> None:
    running = Running(make(GROUP), delivery)
    await teams.until(lambda: teams.messages(GROUP))
    running.work.tell(STEPS[0])
    teams.play("update", late(0.4))
    made = len(teams.made("update"))
    await teams.until(lambda: len(teams.made("update")) > made)
    began = time.monotonic()
    running.work.tell(*STEPS[1:])
    await running.progress.end()
    assert time.monotonic() - began < 0.6
    assert len(teams.made("update")) == made + 1
    await running.answered()


async def test_signs_keep_to_the_rates_and_do_not_wait(
    make: Make, delivery: Delivery, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConversationPace, "WINDOWS", ((4, 1.5),))
    running = Running(make(GROUP), delivery)
    await teams.until(lambda: len(teams.calls) == 4)
    await asyncio.sleep(0.3)
    assert len(teams.calls) == 4
    await running.answered()
    assert only(teams, GROUP).says("서울이 가장 많습니다")


async def test_what_is_shown_is_remembered_before_the_answer(
    make: Make, delivery: Delivery, teams: FakeConnector, addresses: Addresses
) -> None:
    running = Running(make(GROUP), delivery)
    bare = Spot(teams.service_url, GROUP)
    async with asyncio.timeout(5):
        while (await addresses.on_progress(QUESTION_ID, bare)).message is None:
            await asyncio.sleep(0.01)
    assert (await addresses.on_progress(QUESTION_ID, bare)).message == only(teams, GROUP).id
    await running.answered()


async def test_an_end_before_the_beginning(make: Make, teams: FakeConnector) -> None:
    progress = make(GROUP)
    assert await progress.end() == Spot(teams.service_url, GROUP)
    await progress.run(QUESTION_ID, Work().steps())
    assert teams.calls == []


async def test_a_bug_of_ours_in_it_keeps_no_reply(
    make: Make, delivery: Delivery, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(module, "render_progress", wrong)
    running = Running(make(GROUP), delivery)
    running.work.tell(*STEPS)
    await teams.until(lambda: running.progress._shown is not None and running.progress._shown.done())
    await running.answered()
    assert only(teams, GROUP).says("서울이 가장 많습니다")
