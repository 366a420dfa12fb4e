"""What people see while an answer is made, and that no reply is lost to it or waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import progress as module
from adapters.slack.calls import Calls
from adapters.slack.deliver import Delivery
from adapters.slack.progress import Abilities, Progress, mark_done, spot_of
from core.chat import Actor, Place, Question, Reply, Step
from tests.adapters.replies import FULL
from tests.adapters.slack.payloads import chunk_problems, message_problems
from tests.adapters.slack.proxy import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    Fault,
    Proxy,
    late,
    refused,
    told_to_wait,
)
from tests.adapters.slack.server import ADA, BOT, GENERAL, TEAM, LocalSlack

QUESTION_ID = "6a1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d22"
STEPS = (Step("linking", "Looking at the tables"), Step("writing", "Writing SQL"), Step("running", "Running it"))


@pytest.fixture(autouse=True)
def quick(fast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is shown at once, and edited as often as there is news."""
    monkeypatch.setattr(module, "_BEFORE_SHOWING", 0.02)
    monkeypatch.setattr(module, "_BETWEEN_EDITS", 0.02)
    monkeypatch.setattr(module, "_BETWEEN_CHUNKS", 0.02)


@pytest.fixture(autouse=True)
def checked(proxy: Proxy) -> Iterator[None]:
    """Whatever was posted is what Slack takes and shows as it is."""
    yield
    for call in proxy.calls:
        if call.method in ("chat.postMessage", "chat.update"):
            assert message_problems(call.arguments["text"], call.arguments.get("blocks") or []) == []
        for chunk in call.arguments.get("chunks") or ():
            problems = message_problems("x", chunk["blocks"]) if chunk["type"] == "blocks" else chunk_problems(chunk)
            assert problems == []


@pytest.fixture
async def question(slack: LocalSlack) -> Question:
    asked = await slack.say(GENERAL, f"<@{BOT}> orders by city?")
    place = Place("slack", TEAM, GENERAL, asked, "team")
    return Question(Actor("slack", TEAM, ADA, "Ada"), place, asked, "orders by city?", datetime.now(UTC))


@pytest.fixture
def abilities() -> Abilities:
    return Abilities()


@pytest.fixture
def progress(client: AsyncWebClient, calls: Calls, abilities: Abilities, question: Question) -> Progress:
    return Progress(client, calls, abilities, question)


class Work:
    """The steps of a question, each coming when the test says so."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[Step | Reply | None] = asyncio.Queue()

    def tell(self, item: Step | Reply | None) -> None:
        self._items.put_nowait(item)

    async def steps(self) -> AsyncIterator[Step | Reply]:
        while (item := await self._items.get()) is not None:
            yield item


async def until(true: Callable[[], object], seconds: float = 3.0) -> None:
    """Wait for something to come true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it never came"
        await asyncio.sleep(0.005)


async def answered(
    progress: Progress, client: AsyncWebClient, calls: Calls, proxy: Proxy, seen: str, reply: Reply
) -> str:
    """The whole way: steps until a call was made, then the reply in the place of what was shown. Its ts."""
    work = Work()
    running = asyncio.create_task(progress.run(reply.question_id, work.steps()))
    for step in STEPS:
        work.tell(step)
    if seen:
        await until(lambda: proxy.made(seen))
    work.tell(reply)
    ts = await Delivery(client, calls, BOT).deliver(await progress.end(), reply)
    await running
    await progress.done(reply.ok)
    return ts


REPLY = replace(FULL, question_id=QUESTION_ID, parts=FULL.parts[:1])


async def test_the_first_sign_comes_at_once(
    progress: Progress, proxy: Proxy, question: Question, slack: LocalSlack
) -> None:
    work = Work()
    began = time.monotonic()
    running = asyncio.create_task(progress.run(QUESTION_ID, work.steps()))
    await until(lambda: proxy.made("reactions.add") and proxy.made("assistant.threads.setStatus"))
    assert time.monotonic() - began < 0.3
    await until(lambda: proxy.made("chat.postMessage"))
    assert await slack.reactions(GENERAL, question.message) == {"eyes"}
    work.tell(None)
    await running
    await progress.end()


async def test_a_quick_answer_has_no_progress_message(
    progress: Progress,
    client: AsyncWebClient,
    calls: Calls,
    proxy: Proxy,
    slack: LocalSlack,
    question: Question,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BEFORE_SHOWING", 0.8)
    ts = await answered(progress, client, calls, proxy, "assistant.threads.setStatus", REPLY)
    assert [one["ts"] for one in await slack.messages(GENERAL, ours=True)] == [ts]
    assert proxy.made("chat.update") == []
    assert await slack.reactions(GENERAL, question.message) == {"white_check_mark"}


async def test_one_message_is_edited_and_becomes_the_reply(
    progress: Progress, client: AsyncWebClient, calls: Calls, proxy: Proxy, slack: LocalSlack, abilities: Abilities
) -> None:
    work = Work()
    running = asyncio.create_task(progress.run(QUESTION_ID, work.steps()))
    work.tell(STEPS[0])
    await until(lambda: progress.ts)
    (shown,) = await slack.messages(GENERAL, ours=True)
    assert "Looking at the tables" in shown["text"]
    (button,) = shown["blocks"][-1]["elements"]
    assert (button["action_id"], button["value"]) == ("cq_stop", QUESTION_ID)
    for number, step in enumerate(STEPS[1:], start=1):
        work.tell(step)
        await until(lambda: len(proxy.made("chat.update")) == number)  # noqa: B023
    assert "✓ Writing SQL" in str(await slack.messages(GENERAL, ours=True))
    work.tell(REPLY)
    ts = await Delivery(client, calls, BOT).deliver(await progress.end(), REPLY)
    await running
    (posted,) = await slack.messages(GENERAL, ours=True)
    assert posted["ts"] == ts
    assert "cq_stop" not in str(posted)
    assert not abilities.streams and not abilities.statuses  # the local server has neither


async def test_steps_are_streamed_where_slack_can(
    progress: Progress, client: AsyncWebClient, calls: Calls, proxy: Proxy, slack: LocalSlack, abilities: Abilities
) -> None:
    proxy.streams = True
    ts = await answered(progress, client, calls, proxy, "chat.startStream", REPLY)
    (begun,) = proxy.made("chat.startStream")
    assert (begun.arguments["recipient_user_id"], begun.arguments["recipient_team_id"]) == (ADA, TEAM)
    assert [chunk["type"] for chunk in begun.arguments["chunks"]][-2:] == ["task_update", "blocks"]
    (posted,) = await slack.messages(GENERAL, ours=True)
    assert posted["ts"] == ts and "cq_stop" not in str(posted)
    assert not proxy.is_streaming(GENERAL, ts)
    assert abilities.streams


async def test_each_step_of_a_stream_ends_the_one_before(progress: Progress, proxy: Proxy) -> None:
    proxy.streams = True
    work = Work()
    running = asyncio.create_task(progress.run(QUESTION_ID, work.steps()))
    for number, step in enumerate(STEPS):
        work.tell(step)
        await until(
            lambda: len(proxy.made("chat.startStream")) and len(proxy.made("chat.appendStream")) == number  # noqa: B023
        )
        await asyncio.sleep(0.03)
    work.tell(None)
    await running
    await progress.end()
    chunks = [chunk for call in proxy.calls for chunk in call.arguments.get("chunks") or () if "status" in chunk]
    assert [(chunk["id"], chunk["status"]) for chunk in chunks] == [
        ("linking", "in_progress"),
        *(("linking", "complete"), ("writing", "in_progress")),
        *(("writing", "complete"), ("running", "in_progress")),
    ]


async def test_a_stream_that_slack_closed_is_edited(progress: Progress, proxy: Proxy, slack: LocalSlack) -> None:
    proxy.streams, proxy.stream_seconds = True, 0.0
    work = Work()
    running = asyncio.create_task(progress.run(QUESTION_ID, work.steps()))
    work.tell(STEPS[0])
    await until(lambda: progress.ts)
    work.tell(STEPS[1])
    await until(lambda: proxy.made("chat.update"))
    work.tell(None)
    await running
    assert not (await progress.end()).streaming
    assert "Writing SQL" in str(await slack.messages(GENERAL, ours=True))


@pytest.mark.parametrize("streams", [False, True], ids=["edited", "streamed"])
@pytest.mark.parametrize(
    "fault",
    [told_to_wait(30), CUT_BEFORE, CUT_AFTER, FAILED_BEFORE, FAILED_AFTER, late(0.3), refused("not_in_channel")],
    ids=["429", "cut before", "cut after", "failed before", "failed after", "slow", "refused"],
)
async def test_whatever_happens_to_the_progress_one_reply_stands_and_nothing_else(
    progress: Progress,
    client: AsyncWebClient,
    calls: Calls,
    proxy: Proxy,
    slack: LocalSlack,
    streams: bool,
    fault: Fault,
) -> None:
    proxy.streams = streams
    method = "chat.startStream" if streams else "chat.postMessage"
    proxy.play(method, fault)
    if fault.status == 429 and not streams:
        # What Slack says of this method in this channel holds for the reply too, which would wait for half a minute.
        calls_of_the_reply = Calls()
        ts = await answered(progress, client, calls_of_the_reply, proxy, method, REPLY)
    else:
        ts = await answered(progress, client, calls, proxy, method, REPLY)
    (posted,) = await slack.messages(GENERAL, ours=True)
    assert posted["ts"] == ts
    assert "cq_stop" not in str(posted) and "cq_progress" not in str(posted)


@pytest.mark.parametrize("method", ["reactions.add", "reactions.remove", "assistant.threads.setStatus", "chat.update"])
@pytest.mark.parametrize("fault", [told_to_wait(30), CUT_AFTER, FAILED_BEFORE, refused("token_revoked")])
async def test_no_sign_holds_up_a_reply(
    progress: Progress,
    client: AsyncWebClient,
    calls: Calls,
    proxy: Proxy,
    slack: LocalSlack,
    method: str,
    fault: Fault,
) -> None:
    work = Work()
    proxy.play(method, fault)
    running = asyncio.create_task(progress.run(QUESTION_ID, work.steps()))
    work.tell(STEPS[0])
    await until(lambda: progress.ts)
    work.tell(STEPS[1])
    await until(lambda: proxy.made("chat.update"))
    work.tell(REPLY)
    began = time.monotonic()
    ts = await Delivery(client, calls, BOT).deliver(await progress.end(), REPLY)
    assert time.monotonic() - began < 1
    await running
    await progress.done(True)
    assert [one["ts"] for one in await slack.messages(GENERAL, ours=True)] == [ts]


async def test_a_sign_that_hangs_is_waited_for_only_so_long(
    progress: Progress,
    client: AsyncWebClient,
    calls: Calls,
    proxy: Proxy,
    slack: LocalSlack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.slack.calls.SECONDS_A_SIGN", 0.3)
    proxy.play("chat.postMessage", Fault("delay", arrives=True, seconds=0.0), late(0))
    proxy.play("assistant.threads.setStatus", late(20))
    began = time.monotonic()
    ts = await answered(progress, client, calls, proxy, "assistant.threads.setStatus", REPLY)
    assert time.monotonic() - began < 1
    assert [one["ts"] for one in await slack.messages(GENERAL, ours=True)] == [ts]


async def test_what_a_workspace_does_not_have_is_asked_for_once(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, abilities: Abilities, question: Question
) -> None:
    for number in range(2):
        one = replace(REPLY, question_id=f"q{number}")
        progress = Progress(client, calls, abilities, question)
        await answered(progress, client, calls, proxy, "chat.postMessage", one)
        proxy.calls = [call for call in proxy.calls if call.method != "chat.postMessage"]
    assert len(proxy.made("chat.startStream")) == 1
    assert len(proxy.made("assistant.threads.setStatus")) == 1


@pytest.mark.parametrize("code", ["invalid_thread_ts", "ratelimited", "internal_error"])
async def test_what_failed_once_is_tried_again(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, abilities: Abilities, question: Question, code: str
) -> None:
    proxy.streams = True
    proxy.play("chat.startStream", refused(code))
    proxy.play("assistant.threads.setStatus", refused(code))
    progress = Progress(client, calls, abilities, question)
    await answered(progress, client, calls, proxy, "chat.startStream", REPLY)
    assert abilities == Abilities(streams=True, statuses=True)


async def test_a_busy_channel_has_no_turn_for_progress_and_all_its_turns_for_replies(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, abilities: Abilities, question: Question, slack: LocalSlack
) -> None:
    async def one(number: int) -> str:
        progress = Progress(client, calls, abilities, question)
        reply = replace(REPLY, question_id=f"q{number}")
        return await answered(progress, client, calls, proxy, "chat.postMessage", reply)

    posted = await asyncio.gather(*(one(number) for number in range(20)))
    assert len(set(posted)) == 20
    stand = await slack.messages(GENERAL, ours=True)
    assert {message["ts"] for message in stand} == set(posted)
    assert "cq_progress" not in str(stand)


async def test_nothing_is_shown_after_the_end(
    progress: Progress, client: AsyncWebClient, calls: Calls, proxy: Proxy
) -> None:
    await progress.end()
    work = Work()
    work.tell(STEPS[0])
    await progress.run(QUESTION_ID, work.steps())
    await asyncio.sleep(0.1)
    assert proxy.calls == []


async def test_an_abandoned_question_leaves_no_task(progress: Progress, proxy: Proxy) -> None:
    async def broken() -> AsyncIterator[Step | Reply]:
        yield STEPS[0]
        raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        await progress.run(QUESTION_ID, broken())
    await asyncio.sleep(0.2)
    assert not [task for task in asyncio.all_tasks() if "_show" in str(task.get_coro())]


async def test_reactions_say_how_it_ended(
    client: AsyncWebClient, calls: Calls, slack: LocalSlack, question: Question
) -> None:
    await client.reactions_add(channel=GENERAL, timestamp=question.message, name="eyes")
    await mark_done(client, calls, question, False)
    assert await slack.reactions(GENERAL, question.message) == {"warning"}
    await mark_done(client, calls, question, True)
    assert await slack.reactions(GENERAL, question.message) == {"warning", "white_check_mark"}


async def test_a_question_that_is_no_message_gets_no_reaction(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, abilities: Abilities, question: Question
) -> None:
    asked = replace(question, message="command:123")
    assert spot_of(asked).after == "" and spot_of(question).after == question.message
    scheduled = replace(asked, schedule="s")  # in the channel itself, which is not looked through from its beginning
    assert 0 < scheduled.asked_at.timestamp() - float(spot_of(scheduled).after) <= 600
    progress = Progress(client, calls, abilities, asked)
    await answered(progress, client, calls, proxy, "", REPLY)
    assert proxy.made("reactions.add") == proxy.made("reactions.remove") == []
