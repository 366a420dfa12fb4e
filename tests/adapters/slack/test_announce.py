"""What answers no question, in Slack: rendered, posted once, in a channel that only members read or to one account."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.announce import CHANNEL, Announcing, render_notice
from adapters.slack.app import Slack
from adapters.slack.calls import Calls
from adapters.slack.deliver import Delivery
from adapters.slack.directory import Directory, Home
from adapters.slack.settings import SlackSettings
from core.ask.present.announcement import announcement
from core.chat import Place
from core.errors import BadSetting, NotAnnounced
from core.usage.notices import Content, CostForecast, CostPassed, LimitOpen, Trial, UnusualUse
from tests.adapters.slack.payloads import message_problems
from tests.adapters.slack.proxy import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    Fault,
    Proxy,
    refused,
    told_to_wait,
)
from tests.adapters.slack.server import ADA, BOT, BOT_TOKEN, DIRECT, GENERAL, TEAM, WITH_GUEST, LocalSlack

pytestmark = pytest.mark.usefixtures("fast", "checked")

JUNE = date(2026, 6, 1)
PASSED = CostPassed(Decimal(100), Decimal("101.5"), JUNE, 0.43)
CONTENTS: tuple[Content, ...] = (
    PASSED,
    CostForecast(Decimal(100), Decimal("60"), Decimal("130.2"), Decimal("110"), Decimal("155"), JUNE, 0.43),
    UnusualUse("<!channel> *Kim* `x`", date(2026, 6, 13), 81_000, 2_000, 28),
    UnusualUse("", date(2026, 6, 13), 81_000, 2_000, 28),
    UnusualUse("김" * 300, date(2026, 6, 13), 81_000, 2_000, 28),
    Trial(),
    LimitOpen("hour", datetime(2026, 6, 13, tzinfo=UTC), 300, "<https://x.example|y>\n매출? \u202e"),
    LimitOpen(None, datetime(2026, 6, 13, tzinfo=UTC), 300, "x"),
)
HERE = Place("slack", TEAM, GENERAL, "", "team")


@pytest.fixture
def checked(proxy: Proxy) -> Iterator[None]:
    """Whatever was posted is what Slack takes and shows as it is."""
    yield
    for call in proxy.made("chat.postMessage"):
        assert message_problems(call.arguments["text"], call.arguments.get("blocks") or []) == [], call


@pytest.fixture
async def announcing(client: AsyncWebClient) -> Announcing:
    return fresh(client)


def fresh(client: AsyncWebClient) -> Announcing:
    """Slack's door as another process has it."""
    calls, home = Calls(), Home(TEAM, None, BOT)
    return Announcing(client, calls, Directory(client, home), Delivery(client, calls, BOT))


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("content", CONTENTS, ids=lambda one: str(one.kind))
def test_every_notice_is_what_slack_takes(content: Content, locale: str) -> None:
    message = render_notice(announcement("n1", content, locale))
    assert message_problems(message.text, message.blocks) == []
    assert message.blocks[0]["type"] == "header"
    assert not message.attachments


def test_it_says_what_happened_how_much_and_what_can_be_done() -> None:
    message = render_notice(announcement("n1", PASSED, "ko"))
    shown = json.dumps(message.blocks, ensure_ascii=False)
    assert message.blocks[0]["text"]["text"] == "2026년 6월 비용이 US$100.00를 넘었습니다"
    for said in ("US$101.50", "43%", "한도를 낮춰 주세요"):
        assert said in shown
        assert said in message.text
    assert "forecast" not in shown


@pytest.mark.parametrize(
    "faults",
    [(), (told_to_wait(0.1),), (CUT_BEFORE,), (CUT_AFTER,), (FAILED_BEFORE,), (FAILED_AFTER,), (CUT_BEFORE, CUT_AFTER)],
)
async def test_it_is_posted_once_whatever_happens(
    announcing: Announcing, client: AsyncWebClient, slack: LocalSlack, proxy: Proxy, faults: tuple[Fault, ...]
) -> None:
    since = now()
    proxy.play("chat.postMessage", *faults)
    await announcing(HERE, announcement("n1", PASSED, "en"), since=since, again=False)
    # A process that was killed after the post: another one looks first.
    await fresh(client)(HERE, announcement("n1", PASSED, "en"), since=since, again=True)
    (posted,) = await slack.messages(GENERAL, ours=True)
    assert "thread_ts" not in posted
    assert "Jun 2026: the cost has passed $100.00" in json.dumps(posted["blocks"])
    await announcing(HERE, announcement("n2", PASSED, "en"), since=since, again=True)
    assert len(await slack.messages(GENERAL, ours=True)) == 2


async def test_it_is_looked_for_only_as_far_back_as_it_can_be(
    announcing: Announcing, slack: LocalSlack, proxy: Proxy
) -> None:
    since = now()
    await announcing(HERE, announcement("n1", PASSED, "en"), since=since, again=True)
    (look,) = proxy.made("conversations.history")
    assert float(look.arguments["oldest"]) == pytest.approx((since - timedelta(minutes=10)).timestamp())


async def test_an_account_is_told_in_its_direct_messages(announcing: Announcing, slack: LocalSlack) -> None:
    place = Place("slack", TEAM, ADA, "")
    for _ in range(2):
        await announcing(place, announcement("n1", CONTENTS[-2], "ko"), since=now(), again=True)
    (posted,) = await slack.messages(DIRECT, ours=True)
    assert "다시 질문하실 수 있습니다" in json.dumps(posted, ensure_ascii=False)


async def test_in_a_thread_of_a_direct_message(announcing: Announcing, slack: LocalSlack) -> None:
    thread = await slack.say(DIRECT, "hi")
    place = Place("slack", TEAM, DIRECT, thread, "alone")
    for _ in range(2):
        await announcing(place, announcement("n1", Trial(), "en"), since=now(), again=True)
    (posted,) = await slack.messages(DIRECT, ours=True)
    assert posted["thread_ts"] == thread


async def test_blocks_that_slack_refuses_are_left_out(announcing: Announcing, slack: LocalSlack, proxy: Proxy) -> None:
    proxy.refused_blocks = {"*"}
    await announcing(HERE, announcement("n1", PASSED, "en"), since=now(), again=False)
    await announcing(HERE, announcement("n1", PASSED, "en"), since=now(), again=True)
    (posted,) = await slack.messages(GENERAL, ours=True)
    assert not posted.get("blocks")
    assert "Cost so far: $101.50" in posted["text"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("channel_not_found", "announce.closed"),
        ("not_in_channel", "announce.closed"),
        ("user_not_found", "announce.closed"),
        ("token_revoked", "announce.failed"),
    ],
)
async def test_what_is_refused_is_told_by_its_code(announcing: Announcing, proxy: Proxy, code: str, said: str) -> None:
    proxy.play("chat.postMessage", refused(code))
    with pytest.raises(NotAnnounced) as failure:
        await announcing(HERE, announcement("n1", PASSED, "en"), since=now(), again=False)
    assert failure.value.code == said


async def test_a_channel_that_does_not_exist(announcing: Announcing, slack: LocalSlack) -> None:
    place = Place("slack", TEAM, "C0NOWHERE", "", "team")
    with pytest.raises(NotAnnounced, match=r"announce\.closed"):
        await announcing(place, announcement("n1", PASSED, "en"), since=now(), again=False)


async def test_nobody_there(announcing: Announcing, client: AsyncWebClient, slack: LocalSlack) -> None:
    client.base_url = "http://127.0.0.1:9/api/"
    with pytest.raises(NotAnnounced, match=r"announce\.failed"):
        await announcing(Place("slack", TEAM, DIRECT, ""), announcement("n1", PASSED, "en"), since=now(), again=False)


@pytest.mark.parametrize("channel", [WITH_GUEST, GENERAL])
async def test_figures_go_to_no_channel_that_outsiders_read(
    announcing: Announcing, slack: LocalSlack, proxy: Proxy, channel: str
) -> None:
    proxy.people = {"U0GUEST": {"is_restricted": True}}
    proxy.channels = {GENERAL: {"is_ext_shared": True}}
    with pytest.raises(NotAnnounced, match=r"announce\.outsiders"):
        await announcing(
            Place("slack", TEAM, channel, "", "team"), announcement("n1", PASSED, "en"), since=now(), again=False
        )
    assert await slack.messages(channel, ours=True) == []


def test_ids_of_channels_and_accounts() -> None:
    assert all(CHANNEL.fullmatch(one) for one in (GENERAL, DIRECT, ADA, "C0123ABCDEF", "G01234567", "W0123ABCD"))
    assert not any(CHANNEL.fullmatch(one) for one in ("general", "#general", "C", "", "C0 1", "c0123", "C0123\n"))


@pytest.fixture
async def door(proxy: Proxy) -> AsyncIterator[Slack]:
    yield Slack(SlackSettings(BOT_TOKEN, api_url=proxy.api_url))


async def test_a_command_posts_and_hears_nothing(door: Slack, slack: LocalSlack, proxy: Proxy) -> None:
    announcer: Any = door.announcer
    reply = announcement("n1", Trial(), "en")
    with pytest.raises(NotAnnounced):
        await announcer.announce(HERE, reply, since=now(), again=False)
    async with door.opened_to_post():
        await announcer.announce(HERE, reply, since=now(), again=False)
    with pytest.raises(NotAnnounced):
        await announcer.announce(HERE, reply, since=now(), again=False)
    assert len(await slack.messages(GENERAL, ours=True)) == 1
    assert proxy.made("apps.connections.open") == []


async def test_a_token_that_slack_does_not_take_is_said(door: Slack, proxy: Proxy) -> None:
    proxy.play("auth.test", refused("invalid_auth"))
    with pytest.raises(BadSetting, match=r"slack\.sign_in"):
        async with door.opened_to_post():
            raise AssertionError("not signed in")
