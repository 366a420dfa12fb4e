"""Calls through a proxy that behaves as Slack does on a bad day, to the local Slack server."""

import asyncio
import logging
import time

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.pace import Pace
from adapters.slack import calls as module
from adapters.slack.calls import Calls, NotReached, Refused, Unclear, web_client
from adapters.slack.settings import SlackSettings
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
from tests.adapters.slack.server import ADA, APP_TOKEN, BOT_TOKEN, GENERAL, SIGNING_SECRET, WITH_GUEST, LocalSlack


async def test_a_call_is_made_once_and_answered(client: AsyncWebClient, calls: Calls, slack: LocalSlack) -> None:
    posted = await calls.post(client.chat_postMessage, GENERAL, text="hello")
    assert [(one["ts"], one["text"]) for one in await slack.messages(GENERAL)] == [(posted["ts"], "hello")]


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("fault", [told_to_wait(0.3), refused("ratelimited")], ids=["429", "ratelimited"])
async def test_told_to_wait_it_waits_and_posts_once(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, slack: LocalSlack, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_UNTOLD_WAIT", 0.3)
    proxy.play("chat.postMessage", fault, fault)
    await calls.post(client.chat_postMessage, GENERAL, text="hello")
    first, second, third = (call.at for call in proxy.made("chat.postMessage"))
    assert second - first >= 0.3 and third - second >= 0.3
    assert len(await slack.messages(GENERAL)) == 1


@pytest.mark.usefixtures("fast")
async def test_a_channel_that_waits_holds_up_no_other(client: AsyncWebClient, calls: Calls, proxy: Proxy) -> None:
    proxy.play("chat.postMessage", told_to_wait(1))
    waiting = asyncio.create_task(calls.post(client.chat_postMessage, GENERAL, text="late"))
    await asyncio.sleep(0.1)
    behind = asyncio.create_task(calls.post(client.chat_postMessage, GENERAL, text="behind"))
    began = time.monotonic()
    await calls.post(client.chat_postMessage, WITH_GUEST, text="elsewhere")
    assert time.monotonic() - began < 0.5
    assert not waiting.done() and not behind.done()
    await asyncio.gather(waiting, behind)


async def test_a_wait_that_is_too_long_or_has_no_end_is_given_up(
    client: AsyncWebClient, calls: Calls, proxy: Proxy
) -> None:
    proxy.play("chat.postMessage", told_to_wait(3600))
    with pytest.raises(Refused, match="ratelimited"):
        await calls.post(client.chat_postMessage, GENERAL, text="hello")
    proxy.play("views.publish", *[told_to_wait(0.1)] * 6)
    with pytest.raises(Refused, match="ratelimited"):
        await calls.do(client.views_publish, user_id=ADA, view={"type": "home", "blocks": []})
    assert len(proxy.made("views.publish")) == 6


async def test_slack_says_no(client: AsyncWebClient, calls: Calls, proxy: Proxy) -> None:
    proxy.play("chat.postMessage", TOKEN_REVOKED)
    with pytest.raises(Refused) as refusal:
        await calls.post(client.chat_postMessage, GENERAL, text="hello")
    assert refusal.value.code == "token_revoked"


@pytest.mark.parametrize(
    ("fault", "answered", "arrived"),
    [
        (CUT_BEFORE, False, 0),
        (CUT_AFTER, False, 1),
        (FAILED_BEFORE, True, 0),
        (FAILED_AFTER, True, 1),
        (refused("internal_error"), True, 0),
        (Fault("answer", status=502, body={"ok": False}), True, 0),
        (Fault("answer", status=200, body="<html>sign in to the network</html>"), True, 0),
        (Fault("answer", status=200, body=None), True, 0),
    ],
)
async def test_a_post_that_may_have_arrived_is_unclear_and_never_repeated(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, slack: LocalSlack, fault: Fault, answered: bool, arrived: int
) -> None:
    proxy.play("chat.postMessage", fault)
    with pytest.raises(Unclear) as unclear:
        await calls.post(client.chat_postMessage, GENERAL, text="hello")
    assert unclear.value.answered == answered
    assert len(proxy.made("chat.postMessage")) == 1
    assert len(await slack.messages(GENERAL)) == arrived


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
async def test_an_answer_that_is_not_slacks_is_unclear(calls: Calls, kind: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10_000)
        body = b'["not an object", "\xff"]' if kind == "text/plain" else b'["broken'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as session:
        client = web_client(SlackSettings("xoxb", api_url=f"http://127.0.0.1:{port}/api/"), session)
        with pytest.raises(Unclear):
            await calls.do(client.auth_test)


async def test_a_slow_answer_is_unclear_after_its_time(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_A_CALL", 0.2)
    proxy.play("chat.postMessage", late(1))
    with pytest.raises(Unclear):
        await calls.post(client.chat_postMessage, GENERAL, text="hello")


async def test_nobody_there(calls: Calls) -> None:
    async with aiohttp.ClientSession() as session:
        client = web_client(SlackSettings("xoxb", api_url="http://127.0.0.1:9/api/"), session)
        with pytest.raises(NotReached):
            await calls.post(client.chat_postMessage, GENERAL, text="hello")


async def test_a_reading_call_is_made_again(client: AsyncWebClient, calls: Calls, proxy: Proxy) -> None:
    proxy.play("users.info", FAILED_BEFORE)
    assert (await calls.read(client.users_info, user=ADA))["user"]["id"] == ADA


async def test_a_sign_waits_for_nothing(client: AsyncWebClient, calls: Calls, proxy: Proxy) -> None:
    proxy.play("chat.postMessage", told_to_wait(30))
    began = time.monotonic()
    with pytest.raises(Refused, match="ratelimited"):
        await calls.sign(client.chat_postMessage, GENERAL, channel=GENERAL, text="working")
    with pytest.raises(Refused, match="ratelimited"):
        await calls.sign(client.chat_postMessage, GENERAL, channel=GENERAL, text="working")
    assert time.monotonic() - began < 1
    assert len(proxy.made("chat.postMessage")) == 1  # told once to wait, Slack is left alone


async def test_a_burst_and_then_one_a_second() -> None:
    pace, began = Pace(), time.monotonic()
    at = []
    for _ in range(Pace.BURST + 1):
        await pace.turn()
        at.append(time.monotonic() - began)
    assert at[Pace.BURST - 1] < 0.2 and 0.8 < at[Pace.BURST] < 1.5
    assert not pace.taken() and not pace.is_idle


@pytest.mark.usefixtures("fast")
async def test_sixty_at_once_come_at_slacks_pace(client: AsyncWebClient, calls: Calls, proxy: Proxy) -> None:
    began = time.monotonic()
    await asyncio.gather(*(calls.post(client.chat_postMessage, GENERAL, text=str(n)) for n in range(60)))
    assert (60 - Pace.BURST) * Pace.SECONDS <= time.monotonic() - began < 60 * Pace.SECONDS + 1
    at = [call.at for call in proxy.made("chat.postMessage")]
    assert len(at) == 60
    # In no second of Slack's more than the burst and what comes in that second.
    assert all(later - at[n] > Pace.SECONDS / 2 for n, later in enumerate(at[Pace.BURST + 1 :]))


async def test_paces_of_quiet_channels_are_forgotten(client: AsyncWebClient, calls: Calls) -> None:
    for number in range(module._MOST_PACES + 10):
        calls._pace(client.chat_update, f"C{number}")
    assert len(calls._paces) <= module._MOST_PACES + 1


@pytest.mark.usefixtures("fast")
async def test_no_secret_and_no_text_is_logged(
    client: AsyncWebClient, calls: Calls, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = SlackSettings(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, proxy.api_url)
    assert "canary" not in repr(settings)
    for fault in (told_to_wait(0.1), FAILED_BEFORE, CUT_AFTER, TOKEN_REVOKED):
        proxy.play("chat.postMessage", fault)
        try:
            await calls.post(client.chat_postMessage, GENERAL, text="canary-text")
        except (Refused, Unclear) as error:
            assert "canary" not in f"{error!r} {error.__cause__!r}"
    assert "canary" not in caplog.text
    assert "wait" in caplog.text  # something is logged
