"""Replies on their way to the local Slack server: whatever goes wrong once, each arrives, and none arrives twice."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import files
from adapters.slack.calls import Calls, NotReached, Refused, Unclear
from adapters.slack.deliver import Delivery, Spot
from adapters.slack.escape import mrkdwn
from adapters.slack.files import put
from adapters.slack.marks import Mark, OwnMessages
from adapters.slack.render import Message, render
from adapters.slack.steps import render_progress
from core.chat import Chart, Column, Reply, Series, Step, Table, Text
from tests.adapters.replies import FULL
from tests.adapters.slack.payloads import message_problems
from tests.adapters.slack.proxy import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    TOKEN_REVOKED,
    Fault,
    Proxy,
    late,
    refused,
    told_to_wait,
)
from tests.adapters.slack.server import ADA, BOT, DIRECT, GENERAL, LocalSlack

pytestmark = pytest.mark.usefixtures("fast", "checked")

TABLE = Table((Column("city"), Column("orders", "integer")), (("Seoul", 3), ("Busan", 2)))
CHART = Chart("bar", "Orders", ("Seoul", "Busan"), (Series("Orders", (3.0, 2.0)),))
REPLY = Reply("6a1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d22", (Text("Seoul has most."), CHART, TABLE), "Seoul has most.")
LONG = Reply("7b1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d33", (Table(TABLE.columns, (("Seoul", 3),) * 300),), "300 rows.")
CSV = "result.csv"

FAULTS = {
    "none": (),
    "429": (told_to_wait(0.2),),
    "slow": (late(0.3),),
    "cut before it arrived": (CUT_BEFORE,),
    "cut after it arrived": (CUT_AFTER,),
    "failed before it arrived": (FAILED_BEFORE,),
    "failed after it arrived": (FAILED_AFTER,),
    "failed in words": (refused("internal_error"),),
    "cut twice": (CUT_BEFORE, CUT_AFTER),
}
each_fault = pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())


@pytest.fixture
def checked(proxy: Proxy) -> Iterator[None]:
    """Whatever was posted is what Slack takes and shows as it is."""
    yield
    for call in proxy.calls:
        if call.method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
            blocks = call.arguments.get("blocks") or []
            assert message_problems(call.arguments["text"], blocks) == [], call
            assert call.arguments["parse"] == "none"


@pytest.fixture
def delivery(client: AsyncWebClient, calls: Calls) -> Delivery:
    return Delivery(client, calls, BOT)


@pytest.fixture
async def spot(slack: LocalSlack) -> Spot:
    asked = await slack.say(GENERAL, f"<@{BOT}> orders by city?")
    return Spot(GENERAL, asked, after=asked)


@pytest.fixture
async def working(client: AsyncWebClient, spot: Spot) -> Spot:
    """The spot with a progress message."""
    mark = Mark("progress", REPLY.question_id)
    shown = mark.on(render_progress(REPLY.question_id, [Step("running")], "en"))
    posted = await client.chat_postMessage(
        channel=GENERAL,
        thread_ts=spot.thread,
        text=shown.text,
        blocks=list(shown.blocks),
        metadata=mark.metadata,
        parse="none",
    )
    return replace(spot, ts=posted["ts"])


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message.get("blocks", ())]


async def only_reply(slack: LocalSlack, spot: Spot, ts: str) -> dict[str, Any]:
    """The one message of ours: it stands in the thread, and nothing of the progress is left."""
    (posted,) = await slack.messages(spot.channel, ours=True)
    assert posted["ts"] == ts
    assert posted["thread_ts"] == spot.thread
    assert "cq_progress" not in str(posted) and "cq_stop" not in str(posted)
    return posted


@each_fault
async def test_a_reply_is_posted_once(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot, faults: tuple[Fault, ...]
) -> None:
    proxy.play("chat.postMessage", *faults)
    posted = await only_reply(slack, spot, await delivery.deliver(spot, REPLY))
    assert kinds(posted) == [block["type"] for block in render(REPLY, "full").blocks]


@each_fault
async def test_a_reply_takes_the_place_of_the_progress(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, working: Spot, faults: tuple[Fault, ...]
) -> None:
    proxy.play("chat.update", *faults)
    posted = await only_reply(slack, working, await delivery.deliver(working, REPLY))
    assert posted["ts"] == working.ts
    assert kinds(posted) == [block["type"] for block in render(REPLY, "full").blocks]


@each_fault
@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed by Slack"])
async def test_a_reply_takes_the_place_of_a_stream(
    delivery: Delivery,
    client: AsyncWebClient,
    slack: LocalSlack,
    proxy: Proxy,
    spot: Spot,
    faults: tuple[Fault, ...],
    is_open: bool,
) -> None:
    proxy.streams, proxy.stream_seconds = True, 60 if is_open else 0
    stream = await client.chat_startStream(
        channel=GENERAL, thread_ts=spot.thread, recipient_user_id=ADA, recipient_team_id="T", chunks=[]
    )
    proxy.play("chat.stopStream", *faults)
    ts = await delivery.deliver(replace(spot, ts=stream["ts"], streaming=True), REPLY)
    assert kinds(await only_reply(slack, spot, ts))[-1] == "data_table"
    assert not proxy.is_streaming(GENERAL, ts)


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
@pytest.mark.parametrize(
    ("refusing", "shown"),
    [
        ({"data_table"}, ["rich_text", "table"]),
        ({"data_visualization"}, ["rich_text", "table"]),
        ({"data_table", "table"}, []),
        ({"*"}, []),
    ],
)
async def test_what_slack_refuses_is_posted_in_a_simpler_form(
    delivery: Delivery,
    slack: LocalSlack,
    proxy: Proxy,
    spot: Spot,
    working: Spot,
    method: str,
    refusing: set[str],
    shown: list[str],
) -> None:
    proxy.refused_blocks = refusing
    if method == "chat.postMessage":
        working = replace(working, ts=None)
        await slack._control("delete-message", channel=GENERAL, user=BOT, ts=(await slack.messages(GENERAL))[-1]["ts"])
    ts = await delivery.deliver(working, REPLY)
    posted, *attached = await slack.messages(GENERAL, ours=True)
    assert posted["ts"] == ts
    assert kinds(posted) == shown
    assert "Seoul" in posted["text"]
    names = {file["name"] for message in attached for file in message["files"]}
    assert names == {one.name for one in render(REPLY, "simple" if shown else "plain").attachments}


async def test_a_form_at_which_slack_fails_is_left(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot
) -> None:
    proxy.play("chat.postMessage", *[FAILED_BEFORE] * 3)
    await delivery.deliver(spot, REPLY)
    posted, _ = await slack.messages(GENERAL, ours=True)
    assert kinds(posted) == ["rich_text", "table"]


@pytest.mark.parametrize("code", ["token_revoked", "not_in_channel", "is_archived"])
async def test_what_no_form_helps_against_is_raised_at_once(
    delivery: Delivery, proxy: Proxy, spot: Spot, code: str
) -> None:
    proxy.play("chat.postMessage", *[refused(code)] * 5)
    with pytest.raises(Refused, match=code):
        await delivery.deliver(spot, REPLY)
    assert len(proxy.made("chat.postMessage")) == 1


async def test_slack_away_for_long_is_raised_and_the_next_try_delivers(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot
) -> None:
    proxy.play("chat.postMessage", *[CUT_BEFORE] * 3)
    with pytest.raises(Unclear):
        await delivery.deliver(spot, REPLY)
    assert await slack.messages(GENERAL, ours=True) == []
    await only_reply(slack, spot, await delivery.deliver(spot, REPLY, again=True))


async def test_nobody_there(delivery: Delivery, client: AsyncWebClient, spot: Spot) -> None:
    client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(NotReached):
        await delivery.deliver(spot, REPLY)


async def test_what_cannot_be_looked_for_is_not_posted_again(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot
) -> None:
    proxy.play("chat.postMessage", CUT_AFTER)
    proxy.play("conversations.replies", refused("missing_scope"))
    with pytest.raises(Unclear):
        await delivery.deliver(spot, REPLY)
    (posted,) = await slack.messages(GENERAL, ours=True)
    assert await delivery.deliver(spot, REPLY, again=True) == posted["ts"]
    assert len(await slack.messages(GENERAL, ours=True)) == 1


async def test_a_look_that_fails_is_taken_again(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot
) -> None:
    proxy.play("chat.postMessage", CUT_AFTER)
    proxy.play("conversations.replies", told_to_wait(0.1), FAILED_BEFORE)
    await only_reply(slack, spot, await delivery.deliver(spot, REPLY))


async def test_it_is_found_at_the_end_of_a_long_thread(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot
) -> None:
    for number in range(5):
        await slack.say(GENERAL, f"talk {number}", thread=spot.thread)
    ts = await delivery.deliver(spot, REPLY)
    proxy.page = 2
    assert await delivery.deliver(spot, REPLY, again=True) == ts
    assert await delivery.deliver(replace(spot, after=""), REPLY, again=True) == ts
    assert len(await slack.messages(GENERAL, ours=True)) == 1
    assert {call.arguments.get("oldest") for call in proxy.made("conversations.replies")} == {spot.thread, None}


async def test_the_reply_to_another_question_is_not_this_one(delivery: Delivery, slack: LocalSlack, spot: Spot) -> None:
    first = await delivery.deliver(spot, REPLY)
    second = await delivery.deliver(spot, replace(REPLY, question_id="another"), again=True)
    assert first != second
    assert len(await slack.messages(GENERAL, ours=True)) == 2


async def test_nobody_else_can_pass_for_our_reply(
    delivery: Delivery, client: AsyncWebClient, slack: LocalSlack, spot: Spot
) -> None:
    ours = OwnMessages(client, Calls(), "U0ANOTHER")
    await delivery.deliver(spot, REPLY)
    assert await ours.find(spot, Mark("reply", REPLY.question_id)) is None


@pytest.mark.parametrize("form", ["metadata", "block"])
async def test_either_mark_is_enough(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot, form: str
) -> None:
    ts = await delivery.deliver(spot, REPLY)
    if form == "block":
        proxy._metadata.clear()
    else:
        proxy.play("chat.update")
        await delivery._client.chat_update(channel=GENERAL, ts=ts, text="plain", blocks=[], parse="none")
    assert await delivery.deliver(spot, REPLY, again=True) == ts


@pytest.mark.parametrize("how", ["unsure", "again"])
async def test_progress_that_was_left_behind_gives_its_place(
    delivery: Delivery, slack: LocalSlack, working: Spot, how: str
) -> None:
    lost = replace(working, ts=None, unsure=how == "unsure")
    ts = await delivery.deliver(lost, REPLY, again=how == "again")
    assert (await only_reply(slack, working, ts))["ts"] == working.ts


async def test_progress_beside_a_reply_that_another_process_posted_is_taken_away(
    delivery: Delivery, slack: LocalSlack, spot: Spot, working: Spot
) -> None:
    there = await delivery._post_reply(spot, REPLY, "full")
    assert await delivery.deliver(working, REPLY, again=True) == there
    await only_reply(slack, spot, there)


async def test_progress_that_never_arrived_is_no_loss(delivery: Delivery, slack: LocalSlack, spot: Spot) -> None:
    await only_reply(slack, spot, await delivery.deliver(replace(spot, unsure=True), REPLY))


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_progress_message_that_cannot_be_edited(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, working: Spot, code: str
) -> None:
    proxy.play("chat.update", refused(code))
    ts = await delivery.deliver(working, REPLY)
    assert ts != working.ts
    assert kinds((await slack.messages(GENERAL, ours=True))[-1])[-1] == "data_table"


async def test_a_reply_without_a_thread(delivery: Delivery, slack: LocalSlack, proxy: Proxy) -> None:
    proxy.play("chat.postMessage", CUT_AFTER)
    ts = await delivery.deliver(Spot(DIRECT, ""), REPLY)
    assert [one["ts"] for one in await slack.messages(DIRECT)] == [ts]


async def test_a_reply_with_everything(delivery: Delivery, slack: LocalSlack, spot: Spot) -> None:
    ts = await delivery.deliver(spot, FULL)
    posted, *attached = await slack.messages(GENERAL, ours=True)
    assert posted["ts"] == ts
    expected = render(FULL, "full").attachments
    assert [file["name"] for message in attached for file in message["files"]] == [one.name for one in expected]
    assert [file["title"] for message in attached for file in message["files"]] == [one.title for one in expected]
    assert {message["thread_ts"] for message in attached} == {spot.thread}


# Files


async def files_of(slack: LocalSlack) -> list[str]:
    return [file["name"] for one in await slack.messages(GENERAL, ours=True) for file in one.get("files", ())]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
@pytest.mark.parametrize("fault", [CUT_BEFORE, CUT_AFTER, FAILED_BEFORE, FAILED_AFTER, late(0.2)])
async def test_a_file_arrives_once(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot, method: str, fault: Fault
) -> None:
    proxy.play(method, fault)
    await delivery.deliver(spot, LONG)
    assert await files_of(slack) == [CSV]
    assert len(await slack.messages(GENERAL, ours=True)) == 2  # the reply and its file, and nothing to excuse


async def test_a_files_bytes_arrive_whole_and_no_token_with_them(
    delivery: Delivery, client: AsyncWebClient, slack: LocalSlack, spot: Spot
) -> None:
    await delivery.deliver(spot, LONG)
    (file,) = [file for one in await slack.messages(GENERAL, ours=True) for file in one.get("files", ())]
    assert client.session is not None
    async with client.session.get(file["url_private"], headers={"Authorization": f"Bearer {client.token}"}) as answer:
        content = await answer.text("utf-8-sig")
    assert content == "city,orders\r\n" + "Seoul,3\r\n" * 300


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize(
    ("method", "faults"),
    [
        ("files.getUploadURLExternal", [refused("file_uploads_disabled")]),
        ("upload", [FAILED_BEFORE] * 2),
        ("files.completeUploadExternal", [refused("storage_limit_reached")]),
        ("files.completeUploadExternal", [CUT_BEFORE] * 2),
    ],
)
async def test_a_file_that_does_not_arrive_is_said(
    delivery: Delivery,
    slack: LocalSlack,
    proxy: Proxy,
    spot: Spot,
    method: str,
    faults: list[Fault],
    locale: str,
) -> None:
    proxy.play(method, *faults)
    await delivery.deliver(spot, replace(LONG, locale=locale))
    _, said = await slack.messages(GENERAL, ours=True)
    assert CSV in said["text"] and said["thread_ts"] == spot.thread
    assert ("파일" in said["text"]) == (locale == "ko")
    assert await files_of(slack) == []


async def test_a_chart_that_cannot_be_drawn_is_said(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def png(*_: object) -> bytes:
        raise ValueError("vega")

    monkeypatch.setattr(files, "png", png)
    proxy.refused_blocks = {"data_visualization"}
    await delivery.deliver(spot, REPLY)
    _, said = await slack.messages(GENERAL, ours=True)
    assert "chart.png" in said["text"]


async def test_a_process_that_died_before_the_file_is_made_up_for(
    delivery: Delivery, slack: LocalSlack, spot: Spot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(delivery, "_add_files", killed)
        with pytest.raises(RuntimeError):
            await delivery.deliver(spot, LONG)
    assert await files_of(slack) == []
    for _ in range(2):
        await delivery.deliver(spot, LONG, again=True)
        assert await files_of(slack) == [CSV]
        assert len(await slack.messages(GENERAL, ours=True)) == 2


async def test_a_file_for_one_button(
    client: AsyncWebClient, calls: Calls, slack: LocalSlack, proxy: Proxy, spot: Spot
) -> None:
    await put(client, calls, spot, name="a.xlsx", title="A", content=b"PK")
    assert await files_of(slack) == ["a.xlsx"]
    proxy.play("files.completeUploadExternal", CUT_AFTER)
    with pytest.raises(Unclear):
        await put(client, calls, spot, name="b.xlsx", title="B", content=b"PK")
    assert await files_of(slack) == ["a.xlsx", "b.xlsx"]


# Sentences


@each_fault
async def test_a_sentence_is_said_once_and_calls_nobody(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot, faults: tuple[Fault, ...]
) -> None:
    proxy.play("chat.postMessage", *faults)
    await delivery.say(spot, "<!channel> *x* & <@U0ADA>")
    (said,) = await slack.messages(GENERAL, ours=True)
    assert said["text"] == "&lt;!channel&gt; ∗x∗ &amp; &lt;@U0ADA&gt;"


async def test_a_message_with_blocks_is_shown_in_public_and_to_one(
    delivery: Delivery, slack: LocalSlack, spot: Spot
) -> None:
    message = render(REPLY, "simple")
    await delivery.show(spot, message)
    await delivery.whisper(spot, ADA, message)
    shown, whispered = await slack.messages(GENERAL, ours=True)
    assert kinds(shown) == kinds(whispered) == [block["type"] for block in message.blocks]
    assert whispered["ephemeral_to"] == ADA


async def test_the_same_sentence_can_be_said_again(delivery: Delivery, slack: LocalSlack, spot: Spot) -> None:
    assert await delivery.say(spot, "Not now.") != await delivery.say(spot, "Not now.")
    assert len(await slack.messages(GENERAL, ours=True)) == 2


async def test_what_one_person_sees(delivery: Delivery, slack: LocalSlack, proxy: Proxy, spot: Spot) -> None:
    proxy.play("chat.postEphemeral", CUT_BEFORE)
    await delivery.whisper(spot, ADA, Message(mrkdwn("<!here>")))
    (said,) = await slack.messages(GENERAL, ours=True)
    assert (said["subtype"], said["ephemeral_to"], said["text"]) == ("ephemeral", ADA, "&lt;!here&gt;")
    proxy.play("chat.postEphemeral", refused("user_not_in_channel"))
    with pytest.raises(Refused, match="user_not_in_channel"):
        await delivery.whisper(spot, ADA, Message("psst"))


@each_fault
async def test_a_sentence_in_place_of_the_progress_is_no_reply(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, working: Spot, faults: tuple[Fault, ...]
) -> None:
    proxy.play("chat.update", *faults)
    await delivery.replace(working, "Sent to you <privately>.", REPLY.question_id)
    (said,) = await slack.messages(GENERAL, ours=True)
    assert (said["ts"], said["text"], kinds(said)) == (working.ts, "Sent to you &lt;privately&gt;.", [])
    assert {str(call.arguments["blocks"]) for call in proxy.made("chat.update")} == {"[]"}  # left out, Slack keeps them
    # Neither a reply nor progress: a reply that comes later stands for itself.
    assert await delivery.deliver(replace(working, ts=None), REPLY, again=True) != working.ts


@pytest.mark.parametrize("left", ["nothing", "unsure", "gone"])
async def test_a_sentence_where_there_is_no_progress_to_edit(
    delivery: Delivery, slack: LocalSlack, proxy: Proxy, working: Spot, left: str
) -> None:
    place = {"nothing": replace(working, ts=None), "unsure": replace(working, ts=None, unsure=True), "gone": working}
    if left == "gone":
        proxy.play("chat.update", refused("message_not_found"))
    await delivery.replace(place[left], "Sent to you.", REPLY.question_id)
    texts = [one["text"] for one in await slack.messages(GENERAL, ours=True)]
    assert texts.count("Sent to you.") == 1
    assert len(texts) == (1 if left == "unsure" else 2)


async def test_token_revoked_is_told_by_all(delivery: Delivery, proxy: Proxy, working: Spot) -> None:
    for method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
        proxy.play(method, *[TOKEN_REVOKED] * 2)
    for attempt in (
        delivery.say(working, "x"),
        delivery.replace(working, "x", REPLY.question_id),
        delivery.whisper(working, ADA, Message("x")),
        delivery.deliver(replace(working, ts=None), REPLY),
        delivery.deliver(working, REPLY),
    ):
        with pytest.raises(Refused, match="token_revoked"):
            await attempt
