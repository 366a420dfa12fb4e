"""Calls to a local Bot Connector that behaves as Teams does, on a bad day too."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from adapters.teams import calls as module
from adapters.teams.answers import retry_after
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.hosts import is_loopback, may_be_called, takes_files
from adapters.teams.settings import TeamsSettings
from adapters.teams.spot import Spot
from adapters.teams.turns import ConversationPace
from tests.adapters.teams.people import (
    ADA,
    APP_ID,
    BOB,
    BOT,
    CHANNEL,
    GROUP,
    PERSONAL,
    PERSONAL_BOB,
    ROSTERS,
    STRANGER,
    TENANT,
    Member,
)
from tests.adapters.teams.server import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    GATEWAY_AFTER,
    FakeConnector,
    Fault,
    late,
    refused,
    told_to_wait,
)
from tests.adapters.teams.whole import unsigned

HELLO = {"type": "message", "text": "hello"}
CANARY = "canary-in-a-message"


def at(teams: FakeConnector, conversation: str = PERSONAL) -> Spot:
    return Spot(teams.service_url, conversation)


def typing(sequence: int, text: str = "working", stream: str | None = None) -> dict[str, Any]:
    """What a stream says on its way."""
    info = {"type": "streaminfo", "streamType": "informative", "streamSequence": sequence}
    return {"type": "typing", "text": text, "entities": [info | ({"streamId": stream} if stream else {})]}


async def test_a_message_is_posted_once_and_framed(client: Connector, teams: FakeConnector) -> None:
    first = await client.send(at(teams), HELLO)
    second = await client.send(at(teams, f"{CHANNEL};messageid={first}"), HELLO)
    assert [one.id for one in teams.messages(PERSONAL)] == [first]
    assert [one.id for one in teams.messages(f"{CHANNEL};messageid={first}")] == [second]
    sent = teams.message(first).activity
    assert sent["from"] == {"id": BOT}
    assert sent["conversation"] == {"id": PERSONAL, "conversationType": "personal"}
    assert sent["channelId"] == "msteams"
    assert "Authorization" not in teams.calls[0].headers


async def test_korean_goes_out_as_it_is(client: Connector, teams: FakeConnector) -> None:
    await client.send(at(teams), {"type": "message", "text": "안녕하세요 \ud800"})
    assert "안녕하세요".encode() in teams.calls[0].body
    assert teams.messages(PERSONAL)[0].text == "안녕하세요 ?"


async def test_a_message_is_written_anew_and_taken_away(client: Connector, teams: FakeConnector) -> None:
    posted = await client.send(at(teams, GROUP), HELLO)
    await client.update(at(teams, GROUP), posted, {"type": "message", "text": "later"})
    assert [one.text for one in teams.messages(GROUP)] == ["later"]
    await client.delete(at(teams, GROUP), posted)
    assert teams.messages(GROUP) == []
    with pytest.raises(Refused, match="ActivityNotFoundInConversation") as gone:
        await client.update(at(teams, GROUP), posted, HELLO)
    assert gone.value.status == 404


async def test_what_becomes_several_messages_has_no_id(client: Connector, teams: FakeConnector) -> None:
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard"}}
    both = {"type": "message", "text": "hello", "attachments": [card]}
    assert await client.send(at(teams), both) == ""
    assert len(teams.messages(PERSONAL)) == 2
    with pytest.raises(Refused, match="BadSyntax"):
        await client.update(at(teams), teams.messages(PERSONAL)[0].id, both)


async def test_a_targeted_message_is_seen_by_one_member(client: Connector, teams: FakeConnector) -> None:
    posted = await client.send_targeted(at(teams, GROUP), ADA.id, HELLO)
    assert teams.messages(GROUP) == []
    assert [one.id for one in teams.messages(GROUP, only_for=ADA.id)] == [posted]
    with pytest.raises(Refused) as personal:
        await client.send_targeted(at(teams), ADA.id, HELLO)
    assert (personal.value.status, personal.value.code) == (400, "BadArgument")
    with pytest.raises(Refused):
        await client.send_targeted(at(teams, GROUP), STRANGER.id, HELLO)


async def test_members_are_read_page_by_page(client: Connector, teams: FakeConnector) -> None:
    teams.page = 2
    everybody = [Member(f"29:{number}", f"aad-{number}", f"M {number}", "m@example.com") for number in range(5)]
    teams.rosters[GROUP] = everybody
    assert [one["id"] async for one in client.members(at(teams, GROUP))] == [one.id for one in everybody]
    assert len(teams.made("members")) == 3
    assert (await client.member(at(teams, GROUP), "aad-3"))["id"] == "29:3"
    with pytest.raises(Refused, match="MemberNotFoundInConversation"):
        await client.member(at(teams, GROUP), "29:nobody/../x")


async def test_a_list_without_an_end_is_given_up(
    client: Connector, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PAGES", 3)
    teams.play("members", *[Fault(status=200, body={"members": [{"id": "x"}, 7], "continuationToken": "0"})] * 4)
    found = []
    with pytest.raises(Unclear):
        async for member in client.members(at(teams, GROUP)):
            found.append(member)
    assert found == [{"id": "x"}] * 3


async def test_a_personal_chat_is_opened(client: Connector, teams: FakeConnector) -> None:
    assert await client.open_direct(teams.service_url, TENANT, ADA.aad) == PERSONAL
    assert await client.open_direct(teams.service_url, TENANT, BOB.id) == PERSONAL_BOB
    teams.not_installed.add(BOB.aad)
    with pytest.raises(Refused, match="ForbiddenOperationException"):
        await client.open_direct(teams.service_url, TENANT, BOB.id)


async def test_where_we_are_not_we_are_refused(client: Connector, teams: FakeConnector) -> None:
    teams.left.add(GROUP)
    with pytest.raises(Refused, match="BotNotInConversationRoster"):
        await client.send(at(teams, GROUP), HELLO)
    with pytest.raises(Refused, match="ConversationNotFound"):
        await client.send(at(teams, "19:nowhere@thread.v2"), HELLO)


async def test_a_message_that_is_too_large_is_refused(client: Connector, teams: FakeConnector) -> None:
    with pytest.raises(Refused, match="MessageSizeTooBig") as large:
        await client.send(at(teams), {"type": "message", "text": "x" * 60_000})
    assert large.value.status == 413


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("status", [412, 429])
async def test_told_to_wait_it_waits_and_posts_once(client: Connector, teams: FakeConnector, status: int) -> None:
    teams.play("send", told_to_wait(0.3, status), told_to_wait(0.3, status))
    await client.send(at(teams), HELLO)
    first, second, third = (call.at for call in teams.made("send"))
    assert second - first >= 0.29 and third - second >= 0.29
    assert len(teams.messages(PERSONAL)) == 1


@pytest.mark.usefixtures("fast")
async def test_without_a_time_it_waits_longer_each_time(
    client: Connector, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FIRST_WAIT", 0.1)
    teams.play("send", *[told_to_wait()] * 3)
    await client.send(at(teams), HELLO)
    times = [call.at for call in teams.made("send")]
    waits = [later - earlier for earlier, later in pairwise(times)]
    # Half of each wait is chance: 0.1, 0.2 and 0.4 seconds at most.
    assert waits[0] >= 0.05 and waits[1] >= 0.1 and waits[2] >= 0.2


@pytest.mark.usefixtures("fast")
async def test_a_conversation_that_waits_holds_up_no_other(client: Connector, teams: FakeConnector) -> None:
    teams.play("send", told_to_wait(1))
    waiting = asyncio.create_task(client.send(at(teams), HELLO))
    await teams.until(lambda: teams.made("send"))
    behind = asyncio.create_task(client.send(at(teams), HELLO))
    began = time.monotonic()
    await client.send(at(teams, GROUP), HELLO)
    assert time.monotonic() - began < 0.5
    assert not waiting.done() and not behind.done()
    await asyncio.gather(waiting, behind)


@pytest.mark.usefixtures("fast")
async def test_a_wait_that_is_too_long_or_has_no_end_is_given_up(client: Connector, teams: FakeConnector) -> None:
    teams.play("send", told_to_wait(3_600))
    with pytest.raises(Refused, match="throttled"):
        await client.send(at(teams), HELLO)
    teams.play("member", *[told_to_wait(0.1)] * 6)
    with pytest.raises(Refused, match="throttled") as endless:
        await client.member(at(teams), ADA.id)
    assert endless.value.status == 429
    assert len(teams.made("member")) == 6


@pytest.mark.parametrize(
    ("fault", "answered", "arrived"),
    [
        (CUT_BEFORE, False, 0),
        (CUT_AFTER, False, 1),
        (FAILED_BEFORE, True, 0),
        (FAILED_AFTER, True, 1),
        (GATEWAY_AFTER, True, 1),
        (Fault(arrives=True, status=504), True, 1),
        (Fault(status=408), True, 0),
        (Fault(status=200, body="<html>sign in to the network</html>"), True, 0),
        (Fault(status=200, body=None), True, 0),
    ],
)
async def test_a_post_that_may_have_arrived_is_unclear_and_never_repeated(
    client: Connector, teams: FakeConnector, fault: Fault, answered: bool, arrived: int
) -> None:
    teams.play("send", fault)
    with pytest.raises(Unclear) as unclear:
        await client.send(at(teams), HELLO)
    assert unclear.value.answered == answered
    assert len(teams.made("send")) == 1
    assert len(teams.messages(PERSONAL)) == arrived


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("fault", [CUT_BEFORE, CUT_AFTER, FAILED_BEFORE, GATEWAY_AFTER, told_to_wait(0.1, 504)])
async def test_what_may_be_done_twice_is(client: Connector, teams: FakeConnector, fault: Fault) -> None:
    posted = await client.send(at(teams), HELLO)
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "update": lambda: client.update(at(teams), posted, {"type": "message", "text": "later"}),
        "member": lambda: client.member(at(teams), ADA.id),
        "create": lambda: client.open_direct(teams.service_url, TENANT, ADA.aad),
        "upload": lambda: client.put_file(f"{teams.url}/upload/a.csv", b"a,b"),
    }
    for operation, call in calls.items():
        teams.play(operation, fault)
        await call()
        assert len(teams.made(operation)) == 2, operation
    assert teams.message(posted).text == "later"
    assert teams.uploads == {"a.csv": b"a,b"}


async def test_a_refusal_is_never_repeated_and_what_is_no_code_is_not_taken_for_one(
    client: Connector, teams: FakeConnector
) -> None:
    for fault, code, status in (
        (refused(403, "Forbidden"), "Forbidden", 403),
        (Fault(status=501, body={"error": {"code": "NotThere", "message": "x"}}), "NotThere", 501),
        (Fault(status=403, body={"error": {"code": f"<b>{CANARY}", "message": CANARY}}), "HTTP 403", 403),
        (Fault(status=400, body="[1, 2"), "HTTP 400", 400),
        (Fault(status=307, headers={"Location": f"{teams.url}/emea/v3/conversations"}), "HTTP 307", 307),
        (Fault(status=202, body={"error": {"code": "Late", "message": "x"}}), "Late", 202),
    ):
        before = len(teams.calls)
        teams.play("send", fault)
        with pytest.raises(Refused) as refusal:
            await client.send(at(teams), HELLO)
        assert (refusal.value.code, refusal.value.status) == (code, status)
        assert CANARY not in str(refusal.value) + repr(refusal.value)
        assert len(teams.calls) == before + 1


async def test_an_answer_that_does_not_end_is_not_read(
    client: Connector, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.answers._LARGEST", 1_000)
    teams.play("send", Fault(status=200, body={"id": "1", "more": "x" * 2_000}))
    with pytest.raises(Unclear):
        await client.send(at(teams), HELLO)


async def test_a_slow_connector_is_not_waited_for(
    client: Connector, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_A_SIGN", 0.2)
    teams.play("send", late(5))
    began = time.monotonic()
    with pytest.raises(Unclear):
        await client.sign(at(teams), HELLO)
    assert time.monotonic() - began < 2


async def test_a_connector_that_is_not_there_is_not_reached(client: Connector, unused_tcp_port: int) -> None:
    nowhere = Spot(f"http://127.0.0.1:{unused_tcp_port}/", PERSONAL)
    with pytest.raises(NotReached):
        await client.send(nowhere, HELLO)


async def test_a_sign_waits_for_nothing(client: Connector, teams: FakeConnector) -> None:
    began = time.monotonic()
    for _ in range(7):
        await client.sign(at(teams), HELLO)
    with pytest.raises(Refused, match="throttled"):
        await client.sign(at(teams), HELLO)
    assert time.monotonic() - began < 1
    assert len(teams.made("send")) == 7
    teams.play("send", told_to_wait(30))
    with pytest.raises(Refused, match="throttled"):
        await client.sign(at(teams, GROUP), HELLO)
    with pytest.raises(Refused, match="throttled"):
        await client.sign(at(teams, GROUP), HELLO)
    assert len(teams.made("send")) == 8


async def test_a_stream_begins_goes_on_and_ends(client: Connector, teams: FakeConnector) -> None:
    stream = await client.sign(at(teams), typing(1))
    assert await client.sign(at(teams), typing(2, stream=stream)) == stream
    with pytest.raises(Refused, match="PreCondition"):
        await client.sign(at(teams), typing(2, stream=stream))
    last = {"type": "message", "text": "done", "entities": [{"type": "streaminfo", "streamType": "final"}]}
    last["entities"][0]["streamId"] = stream  # type: ignore[index]
    assert await client.send(at(teams), last) == stream
    with pytest.raises(Refused, match="ContentStreamNotAllowed"):
        await client.sign(at(teams), typing(3, stream=stream))
    await client.update(at(teams), stream, HELLO)
    assert teams.message(stream).text == "hello"


async def test_a_stream_that_was_stopped_or_took_too_long_is_told_apart(
    client: Connector, teams: FakeConnector
) -> None:
    stopped = await client.sign(at(teams), typing(1))
    teams.cancel(stopped)
    with pytest.raises(Refused, match="ContentStreamNotAllowed") as refusal:
        await client.sign(at(teams), typing(2, stream=stopped))
    assert "canceled by user" in refusal.value.words
    slow = await client.sign(at(teams), typing(1))
    teams.stream_seconds = 0
    with pytest.raises(Refused) as late_one:
        await client.sign(at(teams), typing(2, stream=slow))
    assert "exceeded streaming time" in late_one.value.words
    with pytest.raises(Refused) as elsewhere:
        await client.sign(at(teams, GROUP), typing(1))
    assert elsewhere.value.status == 400


def test_turns_are_those_that_teams_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ConversationPace.WINDOWS == ((7, 1.0), (8, 2.0), (60, 30.0), (1_800, 3_600.0))
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    pace = ConversationPace()
    taken: list[float] = []
    while len(taken) < 2_000:
        if pace.taken():
            taken.append(now)
        else:
            now += 0.25
    for most, seconds in ConversationPace.WINDOWS:
        assert all(later - earlier >= seconds for earlier, later in zip(taken, taken[most:], strict=False))
    # And no slower: the eighth is let through one second after the first, the ninth two.
    assert [taken[number] - taken[0] for number in (6, 7, 8)] == [0, 1, 2]
    assert not pace.is_idle
    now += 3_601
    assert pace.is_idle
    pace.hold(5)
    assert not pace.is_idle and not pace.taken()
    now += 6
    assert pace.taken()


async def test_paces_of_idle_conversations_are_dropped(
    client: Connector, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PACES", 3)
    monkeypatch.setattr(ConversationPace, "WINDOWS", ((7, 0.0),))
    for number in range(20):
        with pytest.raises(Refused):
            await client.send(at(teams, f"19:{number}@thread.v2"), HELLO)
    assert len(client._paces) <= 4
    assert ROSTERS.keys() == teams.rosters.keys()


async def test_calls_go_where_our_token_may_be_shown() -> None:
    settings = TeamsSettings(APP_ID, "canary-secret", (TENANT,))
    async with aiohttp.ClientSession() as session:
        for client, url in (
            (Connector(session, settings), "http://smba.example.com/"),
            (Connector(session, settings), "ftp://127.0.0.2.example.com/"),
            (Connector(session, settings), "/"),
            (Connector(session, unsigned()), "https://smba.trafficmanager.net/emea/"),
        ):
            with pytest.raises(Refused, match="foreign_host"):
                await client.send(Spot(url, PERSONAL), HELLO)


async def test_a_file_goes_to_a_file_store_alone(client: Connector, teams: FakeConnector) -> None:
    await client.put_file(f"{teams.url}/upload/report.csv", b"a,b\n1,2\n")
    assert teams.uploads == {"report.csv": b"a,b\n1,2\n"}
    for url in ("https://example.com/x", "http://example.sharepoint.com/x", "https://127.0.0.2.example.com/"):
        with pytest.raises(Refused, match="foreign_host"):
            await client.put_file(url, b"x")


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://contoso-my.sharepoint.com/personal/x?guid='1'&upload=2", True),
        ("https://contoso.sharepoint.us:443/x", True),
        ("http://contoso.sharepoint.com/x", False),
        ("https://contoso.sharepoint.com:8443/x", False),
        ("https://user@contoso.sharepoint.com/x", False),
        ("https://sharepoint.com.example.com/x", False),
        ("https://example.com\\.sharepoint.com/x", False),
        ("https://example.com/.sharepoint.com", False),
        ("https://sharepoint.com/x", False),
        ("https://[::1/x", False),
        ("http://127.0.0.1/x", False),
        ("", False),
    ],
)
def test_which_addresses_take_files(url: str, is_taken: bool) -> None:
    assert takes_files(url, no_auth=False) == is_taken


def test_which_hosts_are_this_machine() -> None:
    here = ("127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST", "::ffff:127.0.0.1")
    assert all(map(is_loopback, here))
    there = (
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "localhost.example.com",
        "example.com",
        "",
        "::ffff:10.0.0.1",
        "127.1",
        "0x7f.1",
    )
    assert not any(map(is_loopback, there))
    assert may_be_called("https://smba.trafficmanager.net/kr/", no_auth=False)
    assert not may_be_called("https://smba.trafficmanager.net/kr/", no_auth=True)
    assert not may_be_called("https:///x", no_auth=False)


def test_how_long_to_wait_is_read_from_numbers_and_dates() -> None:
    assert retry_after({"Retry-After": "2.5"}) == 2.5
    assert retry_after({"Retry-After": "-3"}) == 0.1
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 27 < (retry_after({"Retry-After": soon}) or 0) <= 30
    for nothing in ("", "soon", "nan", "inf", "1e999", "Sun, 06 Nov"):
        assert retry_after({"Retry-After": nothing}) is None
    assert retry_after({}) is None


async def test_nothing_of_a_message_is_logged(
    client: Connector, teams: FakeConnector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    teams.play("send", Fault(status=403, body={"error": {"code": "Forbidden", "message": CANARY}}), FAILED_AFTER)
    for kind in (Refused, Unclear):
        with pytest.raises(kind):
            await client.send(at(teams), {"type": "message", "text": CANARY})
    assert CANARY not in caplog.text
