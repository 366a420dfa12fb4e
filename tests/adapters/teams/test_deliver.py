"""Replies on their way to a local Bot Connector: whatever goes wrong, each arrives; none arrives twice but after a
first post of which nobody can tell.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.teams import cards, deliver
from adapters.teams.addresses import Addresses, threaded
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.deliver import Delivery
from adapters.teams.entities import activity, stream_info
from adapters.teams.render import Attachment, Message, page, render, sentence
from adapters.teams.spot import Spot
from adapters.teams.steps import render_progress
from bot.wiring import House
from core.chat import Action, Actions, Chart, Column, Reply, Series, Sql, Step, Table, Text
from core.errors import StoreFailed
from tests.adapters.replies import FULL
from tests.adapters.teams.payloads import card_problems
from tests.adapters.teams.people import ADA, CHANNEL, GROUP, GUEST, PERSONAL, Json
from tests.adapters.teams.server import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    GATEWAY_AFTER,
    FakeConnector,
    Fault,
    Posted,
    late,
    refused,
    told_to_wait,
)
from tests.houses import open_house, settings_for

TABLE = Table((Column("city"), Column("orders", "integer")), (("Seoul", 3), ("Busan", 2)))
CHART = Chart("bar", "Orders", ("Seoul", "Busan"), (Series("Orders", (3.0, 2.0)),))
SQL = Sql("SELECT city, count(*) FROM orders GROUP BY city", "sqlite")
REPLY = Reply("6a1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d22", (Text("Seoul has most."), CHART, TABLE, SQL), "Seoul has most.")
KOREAN = replace(REPLY, locale="ko", parts=(Text("서울이 가장 많습니다."), TABLE, SQL), plain="서울이 가장 많습니다.")
LONG = Reply("7b1c2a52-7ac0-5f2e-9a52-0b5c7e0f8d33", (Table(TABLE.columns, (("Seoul", 3),) * 300),), "300 rows.")
THREAD = "1772720000100"

HARMLESS = {
    "none": (),
    "429": (told_to_wait(0.05),),
    "429 without a time": (told_to_wait(),),
    "412": (told_to_wait(None, 412),),
    "502 before": (refused(502, "ServiceError"),),
    "504 before": (refused(504, "GatewayTimeout"),),
    "503 before": (FAILED_BEFORE,),
    "cut before it arrived": (CUT_BEFORE,),
    "slow": (late(0.1),),
}
"""What a post survives without a double."""
LOST = {
    "cut after it arrived": (CUT_AFTER,),
    "failed after it arrived": (FAILED_AFTER,),
    "502 after it arrived": (GATEWAY_AFTER,),
}
"""Only the answer is lost."""
harmless = pytest.mark.parametrize("faults", HARMLESS.values(), ids=HARMLESS.keys())
lost = pytest.mark.parametrize("faults", LOST.values(), ids=LOST.keys())
whatever = pytest.mark.parametrize("faults", [*HARMLESS.values(), *LOST.values()], ids=[*HARMLESS, *LOST])

pytestmark = pytest.mark.usefixtures("fast", "quick", "checked")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "_PAUSE", 0.02)


@pytest.fixture
def checked(teams: FakeConnector) -> Iterator[None]:
    """Whatever was posted is what Teams takes and shows as it is, in one piece."""
    yield
    for call in (*teams.made("send"), *teams.made("update"), *teams.made("targeted")):
        if call.json["type"] == "message":
            for card in Posted("", "", call.json).cards:
                assert card_problems(card) == [], call
            is_streamed = any(one["type"] == "streaminfo" for one in call.json.get("entities", ()))
            assert is_streamed or not (call.json.get("text") and call.json.get("attachments")), call


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
def restarted(built: House, client: Connector) -> Delivery:
    """The same delivery as another process has it."""
    return Delivery(client, Addresses(built.service.addresses, client))


@pytest.fixture
def spot(teams: FakeConnector) -> Spot:
    return Spot(teams.service_url, threaded(CHANNEL, THREAD))


@pytest.fixture
async def working(client: Connector, addresses: Addresses, spot: Spot) -> Spot:
    """The spot with a progress message."""
    shown = render_progress(REPLY.question_id, [Step("running")], "en")
    made = replace(spot, message=await client.send(spot, activity(shown)))
    await addresses.remember_progress(REPLY.question_id, made)
    return made


@pytest.fixture
async def streaming(client: Connector, addresses: Addresses, teams: FakeConnector) -> Spot:
    """A personal chat with a stream."""
    spot = Spot(teams.service_url, PERSONAL)
    line: Json = {"type": "typing", "text": "Reading…", "entities": [stream_info("informative", None, 1)]}
    made = replace(spot, stream=await client.send(spot, line))
    await addresses.remember_progress(REPLY.question_id, made)
    return made


def is_answer(posted: Posted, reply: Reply = REPLY) -> bool:
    """The whole of it, and nothing of the progress."""
    words = reply.plain.removesuffix(".")
    return posted.says(words) and not posted.says('"cq": "stop"')


def only(teams: FakeConnector, spot: Spot) -> Posted:
    """The one message of a conversation."""
    (posted,) = teams.messages(spot.conversation)
    return posted


# Replies


@harmless
@pytest.mark.parametrize("reply", [REPLY, KOREAN], ids=["en", "ko"])
async def test_a_reply_is_posted_once(
    delivery: Delivery, teams: FakeConnector, spot: Spot, faults: tuple[Fault, ...], reply: Reply
) -> None:
    teams.play("send", *faults)
    posted = await delivery.deliver(spot, reply, alone=False)
    found = only(teams, spot)
    assert found.id == posted and is_answer(found, reply) and found.cards
    assert found.conversation == spot.conversation


@lost
async def test_a_first_post_of_which_nobody_can_tell_is_made_again(
    delivery: Delivery, teams: FakeConnector, spot: Spot, faults: tuple[Fault, ...]
) -> None:
    """Rather twice than never; and what was answered is the one that later tries know of."""
    teams.play("send", *faults)
    posted = await delivery.deliver(spot, REPLY, alone=False)
    found = teams.messages(spot.conversation)
    assert [is_answer(one) for one in found] == [True, True]
    assert found[-1].id == posted == await delivery.deliver(spot, REPLY, alone=False, again=True)
    assert len(teams.messages(spot.conversation)) == 2


async def test_it_is_made_again_three_times_at_most(delivery: Delivery, teams: FakeConnector, spot: Spot) -> None:
    teams.play("send", *[FAILED_AFTER] * 9)
    with pytest.raises(Unclear):
        await delivery.deliver(spot, REPLY, alone=False)
    # The form may be what Teams fails at: each time it was asked for less.
    sizes = [len(call.body) for call in teams.made("send")]
    assert len(sizes) == 3 and sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 3


@whatever
async def test_a_reply_takes_the_place_of_the_progress(
    delivery: Delivery, teams: FakeConnector, working: Spot, faults: tuple[Fault, ...]
) -> None:
    teams.play("update", *faults)
    assert await delivery.deliver(working, REPLY, alone=False) == working.message
    found = only(teams, working)
    assert found.id == working.message and is_answer(found)


@whatever
async def test_a_reply_ends_the_stream(
    delivery: Delivery, teams: FakeConnector, streaming: Spot, faults: tuple[Fault, ...]
) -> None:
    teams.play("send", *faults)
    assert await delivery.deliver(streaming, REPLY, alone=True) == streaming.stream
    found = only(teams, streaming)
    assert found.id == streaming.stream and is_answer(found) and found.cards


@pytest.mark.parametrize("why", ["canceled by user", "exceeded streaming time"])
async def test_a_stream_that_ended_before_is_written_anew(
    delivery: Delivery, teams: FakeConnector, streaming: Spot, why: str
) -> None:
    assert streaming.stream is not None
    teams.streams[streaming.stream].closed = why
    await delivery.deliver(streaming, REPLY, alone=True)
    assert is_answer(only(teams, streaming))


@pytest.mark.parametrize(
    "fault",
    [
        refused(404, "ActivityNotFoundInConversation"),
        refused(403, "NotEnoughPermissions"),
        refused(501, "NotImplemented"),
        refused(405, "MethodNotAllowed"),
    ],
    ids=lambda fault: str(fault.status),
)
async def test_a_message_that_can_no_longer_be_edited(
    delivery: Delivery, teams: FakeConnector, working: Spot, fault: Fault
) -> None:
    teams.play("update", fault)
    posted = await delivery.deliver(working, REPLY, alone=False)
    assert posted != working.message
    assert is_answer(teams.message(posted))


async def test_a_message_whose_every_edit_is_bad_syntax(
    delivery: Delivery, teams: FakeConnector, working: Spot
) -> None:
    teams.play("update", *[refused(400, "BadSyntax")] * 3)
    posted = await delivery.deliver(working, REPLY, alone=False)
    assert posted != working.message
    assert teams.message(posted).cards  # in full: it was not the form


@pytest.mark.parametrize("operation", ["send", "update"])
@pytest.mark.parametrize(
    "fault", [refused(400, "BadSyntax"), refused(413, "MessageSizeTooBig"), refused(400, "Bad Argument")]
)
async def test_a_form_that_is_refused_is_made_simpler(
    delivery: Delivery, teams: FakeConnector, spot: Spot, working: Spot, operation: str, fault: Fault
) -> None:
    where = spot if operation == "send" else working
    made = len(teams.made(operation))
    teams.play(operation, fault)
    posted = teams.message(await delivery.deliver(where, REPLY, alone=False))
    first, second = teams.made(operation)[made:]
    assert "Chart." in str(first.json) and "Chart." not in str(second.json)
    assert posted.cards and is_answer(posted)
    teams.play(operation, fault, fault)
    other = replace(REPLY, question_id="another")
    posted = teams.message(await delivery.deliver(where, other, alone=False))
    assert not posted.cards and "Seoul has most" in posted.text


async def test_a_stream_whose_last_form_is_refused_goes_on(
    delivery: Delivery, teams: FakeConnector, streaming: Spot
) -> None:
    too_large = Fault(
        status=403, body={"error": {"code": "ContentStreamNotAllowed", "message": "Message size too large"}}
    )
    teams.play("send", too_large, refused(400, "BadRequest"))
    assert await delivery.deliver(streaming, REPLY, alone=True) == streaming.stream
    assert not only(teams, streaming).cards


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (refused(403, "BotNotInConversationRoster"), "BotNotInConversationRoster"),
        (refused(404, "ConversationNotFound"), "ConversationNotFound"),
        (refused(401, "Unauthorized"), "Unauthorized"),
    ],
)
async def test_what_no_form_helps_is_told(
    delivery: Delivery, teams: FakeConnector, spot: Spot, fault: Fault, code: str
) -> None:
    teams.play("send", fault)
    with pytest.raises(Refused, match=code):
        await delivery.deliver(spot, REPLY, alone=False)
    assert len(teams.made("send")) == 1


async def test_teams_cannot_be_reached(delivery: Delivery) -> None:
    with pytest.raises(NotReached):
        await delivery.deliver(Spot("http://127.0.0.1:1/", GROUP), REPLY, alone=False)


async def test_every_part_arrives_somewhere(delivery: Delivery, teams: FakeConnector, spot: Spot) -> None:
    await delivery.deliver(spot, FULL, alone=False)
    assert only(teams, spot).says("서울이 가장 많습니다")


# After a restart


async def test_what_is_there_is_not_posted_again(
    delivery: Delivery, restarted: Delivery, teams: FakeConnector, spot: Spot
) -> None:
    posted = await delivery.deliver(spot, REPLY, alone=False)
    assert await restarted.deliver(spot, REPLY, alone=False, again=True) == posted
    assert len(teams.made("send")) == 1 and teams.made("update") == []


@pytest.mark.parametrize("left", ["message", "stream"])
async def test_the_progress_that_a_dead_process_left_becomes_the_reply(
    restarted: Delivery, teams: FakeConnector, working: Spot, streaming: Spot, addresses: Addresses, left: str
) -> None:
    where = working if left == "message" else streaming
    await addresses.remember_progress(REPLY.question_id, where)
    bare = replace(where, message=None, stream=None)
    posted = await restarted.deliver(bare, REPLY, alone=left == "stream", again=True)
    assert posted == (where.message or where.stream)
    assert is_answer(only(teams, where))


@pytest.mark.parametrize("left", ["message", "stream"])
async def test_a_process_that_died_before_it_could_remember(
    delivery: Delivery,
    restarted: Delivery,
    teams: FakeConnector,
    working: Spot,
    streaming: Spot,
    addresses: Addresses,
    monkeypatch: pytest.MonkeyPatch,
    left: str,
) -> None:
    where = working if left == "message" else streaming
    await addresses.remember_progress(REPLY.question_id, where)

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(Addresses, "remember_answer", killed)
        with pytest.raises(RuntimeError):
            await delivery.deliver(where, REPLY, alone=left == "stream")
    bare = replace(where, message=None, stream=None)
    await restarted.deliver(bare, REPLY, alone=left == "stream", again=True)
    assert is_answer(only(teams, where))


async def test_a_store_that_fails_does_not_take_back_what_is_there(
    delivery: Delivery, teams: FakeConnector, spot: Spot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failed(*_: object, **__: object) -> None:
        raise StoreFailed("store.failed")

    monkeypatch.setattr(Addresses, "remember_answer", failed)
    assert await delivery.deliver(spot, REPLY, alone=False) == only(teams, spot).id


async def test_two_questions_do_not_take_each_others_place(
    delivery: Delivery, teams: FakeConnector, working: Spot
) -> None:
    other = replace(REPLY, question_id="another")
    bare = replace(working, message=None)
    posted = await delivery.deliver(bare, other, alone=False, again=True)
    assert posted != working.message


# Files


async def test_a_file_is_offered_where_one_person_is_alone(delivery: Delivery, teams: FakeConnector) -> None:
    offered: list[tuple[Spot, str, Attachment]] = []

    async def offer(spot: Spot, reply: Reply, attachment: Attachment) -> None:
        offered.append((spot, reply.question_id, attachment))

    delivery.offer_file = offer
    here = Spot(teams.service_url, PERSONAL)
    await delivery.deliver(here, LONG, alone=True)
    await delivery.deliver(here, LONG, alone=True, again=True)
    ((where, question_id, attachment),) = offered
    assert (where, question_id, attachment.part) == (here, LONG.question_id, 0)
    assert attachment.name.endswith(".csv")


async def test_elsewhere_the_button_has_it(delivery: Delivery, teams: FakeConnector, spot: Spot) -> None:
    async def offer(*_: object) -> None:
        raise AssertionError("to whom?")

    delivery.offer_file = offer
    with_button = replace(LONG, parts=(*LONG.parts, Actions((Action("csv", "CSV"),))))
    await delivery.deliver(spot, with_button, alone=False)
    assert only(teams, spot).says('"cq": "csv"')


@pytest.mark.parametrize("error", [Refused("Forbidden", 403), Unclear("cut"), NotReached("no")])
async def test_an_offer_that_fails_takes_nothing_back(
    delivery: Delivery, teams: FakeConnector, error: Exception
) -> None:
    async def offer(*_: object) -> None:
        raise error

    delivery.offer_file = offer
    here = Spot(teams.service_url, PERSONAL)
    assert await delivery.deliver(here, LONG, alone=True) == only(teams, here).id


async def test_what_is_suggested_next_is_for_one_person(
    delivery: Delivery, teams: FakeConnector, spot: Spot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def suggesting(*_: object, **__: object) -> Message:
        return replace(sentence("Seoul has most."), suggestions=("And Busan?",))

    monkeypatch.setattr(deliver, "render", suggesting)
    await delivery.deliver(spot, REPLY, alone=False)
    assert "suggestedActions" not in only(teams, spot).activity
    here = Spot(teams.service_url, PERSONAL)
    await delivery.deliver(here, replace(REPLY, question_id="another"), alone=True)
    assert only(teams, here).says("And Busan?")


# Sentences and pages


@harmless
async def test_a_sentence_is_said_once_and_calls_nobody(
    delivery: Delivery, teams: FakeConnector, spot: Spot, faults: tuple[Fault, ...]
) -> None:
    teams.play("send", *faults)
    await delivery.say(spot, "<at>Everybody</at> *x* & [a](https://a.example)")
    assert "<at>" not in only(teams, spot).text
    assert not only(teams, spot).activity.get("entities")


async def test_a_page_whose_card_is_refused_is_its_words(delivery: Delivery, teams: FakeConnector, spot: Spot) -> None:
    shown = page("Your use", render(REPLY, "full").card["body"], locale="en")  # type: ignore[index]
    await delivery.show(spot, shown)
    teams.play("send", refused(400, "BadSyntax"))
    await delivery.show(spot, shown)
    with_card, words = teams.messages(spot.conversation)
    assert with_card.cards and not words.cards and words.text == "Your use"


async def test_what_one_person_sees(delivery: Delivery, teams: FakeConnector, spot: Spot) -> None:
    teams.play("targeted", CUT_BEFORE)
    await delivery.whisper(spot, ADA.id, sentence("psst"))
    assert teams.messages(spot.conversation) == []
    (whispered,) = teams.messages(spot.conversation, only_for=ADA.id)
    assert whispered.text == "psst"
    with pytest.raises(Refused, match="BadArgument"):
        await delivery.whisper(spot, GUEST.id, sentence("psst"))


@pytest.mark.parametrize("refusals", [0, 1, 2])
async def test_a_reply_that_one_person_sees(
    delivery: Delivery, teams: FakeConnector, spot: Spot, refusals: int
) -> None:
    more = [cards.action_set([cards.button("X", "x")])]
    teams.play("targeted", *[refused(400, "BadSyntax")] * refusals)
    await delivery.whisper_reply(spot, ADA.id, REPLY, more)
    (whispered,) = teams.messages(spot.conversation, only_for=ADA.id)
    assert is_answer(whispered)
    assert whispered.says('"cq": "x"') == (refusals < 2)  # words alone have no buttons
    here = Spot(teams.service_url, PERSONAL)
    await delivery.show_reply(here, REPLY, more)
    assert only(teams, here).says('"cq": "x"')


@whatever
async def test_a_sentence_in_place_of_the_progress(
    delivery: Delivery, teams: FakeConnector, working: Spot, faults: tuple[Fault, ...]
) -> None:
    teams.play("update", *faults)
    await delivery.replace(working, "Sent to you.", REPLY.question_id)
    found = only(teams, working)
    assert (found.id, found.text, found.cards) == (working.message, "Sent to you.", [])


@pytest.mark.parametrize("left", ["nothing", "unsure", "gone", "forgotten"])
async def test_a_sentence_where_there_is_no_progress_to_edit(
    delivery: Delivery, teams: FakeConnector, working: Spot, left: str
) -> None:
    bare = replace(working, message=None)
    place = {"nothing": bare, "unsure": replace(bare, unsure=True), "gone": working, "forgotten": bare}[left]
    question_id = REPLY.question_id if left == "forgotten" else "another"
    if left == "gone":
        teams.play("update", refused(404, "ActivityNotFoundInConversation"))
    for _ in range(1 if left == "gone" else 2):
        await delivery.replace(place, "Sent to you.", question_id)
    texts = [one.text for one in teams.messages(working.conversation)]
    assert texts.count("Sent to you.") == 1
    assert len(texts) == (1 if left == "forgotten" else 2)


async def test_what_is_said_once_is_not_said_again(
    delivery: Delivery, restarted: Delivery, teams: FakeConnector, spot: Spot
) -> None:
    for one in (delivery, delivery, restarted):
        await one.note(spot, "You asked elsewhere.", "q1")
    await restarted.note(spot, "You asked elsewhere.", "q2")
    assert len(teams.messages(spot.conversation)) == 2
