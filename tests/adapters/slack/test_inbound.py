"""Payloads as Slack and the local server send them: what is heard, and as which text."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.chat.words import command
from adapters.slack.inbound import Said, plain_text, said
from tests.adapters.slack.server import ADA, BOT, DIRECT, GENERAL, TEAM, running

TS, ROOT = "1772720000.000200", "1772720000.000100"


def event(text: str = f"<@{BOT}> orders by city?", envelope: dict[str, Any] | None = None, **fields: Any) -> Any:
    """An event as Slack wraps it; a field that is None is not there."""
    inner = {
        "type": "message",
        "user": ADA,
        "text": text,
        "ts": TS,
        "team": TEAM,
        "channel": GENERAL,
        "event_ts": TS,
        "channel_type": "channel",
        "client_msg_id": "6c0a9a1e-6b1c-4b27-9f05-0f5c2c0b8d11",
        "blocks": [{"type": "rich_text", "block_id": "x1", "elements": []}],
        **fields,
    }
    return {
        "token": "verification-token",
        "team_id": TEAM,
        "api_app_id": "A0APP",
        "event": {key: value for key, value in inner.items() if value is not None},
        "type": "event_callback",
        "event_id": "Ev0001",
        "event_time": 1772720000,
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
        "is_ext_shared_channel": False,
        **(envelope or {}),
    }


ASKED = Said(ADA, GENERAL, TS, TS, "orders by city?", "mention")


def test_one_text_that_comes_as_two_events_is_said_once() -> None:
    as_message = said(event(), BOT)
    as_mention = said(event(type="app_mention", channel_type=None), BOT)
    assert as_message == as_mention == ASKED


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (event("orders?", channel=DIRECT, channel_type="im"), ("direct", TS, "orders?")),
        (event("orders?", channel=DIRECT, channel_type=None), ("direct", TS, "orders?")),
        (event("and by month?", channel=DIRECT, channel_type="im", thread_ts=ROOT), ("direct", ROOT, "and by month?")),
        (event(f"<@{BOT}> orders?", channel=DIRECT, channel_type="im"), ("direct", TS, "orders?")),
        (event(thread_ts=ROOT), ("mention", ROOT, "orders by city?")),
        (event(thread_ts=TS), ("mention", TS, "orders by city?")),
        (event(channel="G0PRIVATE", channel_type="group"), ("mention", TS, "orders by city?")),
        (event(channel="G0MPIM", channel_type="mpim"), ("mention", TS, "orders by city?")),
        (event("and by month?", thread_ts=ROOT), ("thread", ROOT, "and by month?")),
        (event("and by month?", thread_ts=ROOT, channel_type="mpim"), ("thread", ROOT, "and by month?")),
        (event("how did <@U0BOB> sell?", thread_ts=ROOT), ("thread", ROOT, "how did @U0BOB sell?")),
        (event(subtype="file_share", files=[{"id": "F1"}]), ("mention", TS, "orders by city?")),
        (
            event("and by month?", thread_ts=ROOT, subtype="thread_broadcast", root={}),
            ("thread", ROOT, "and by month?"),
        ),
        (event(f"<@{BOT}>"), ("mention", TS, "")),
        (event("", channel=DIRECT, channel_type="im", subtype="file_share"), ("direct", TS, "")),
        (event(f"<@{BOT}|colloquery> orders?"), ("mention", TS, "orders?")),
    ],
)
def test_what_is_heard(payload: Any, expected: tuple[str, str, str]) -> None:
    heard = said(payload, BOT)
    assert heard is not None
    assert (heard.kind, heard.thread, heard.text) == expected
    assert (heard.user, heard.message, heard.ext_shared) == (ADA, TS, False)


@pytest.mark.parametrize(
    "payload",
    [
        event("orders by city?"),
        event("orders by city?", channel_type="mpim", channel="G0MPIM"),
        event("<@U0BOTANY> orders by city?"),
        event(user=BOT),
        event(bot_id="B0OTHER", subtype="bot_message", user=None),
        event(bot_id="B0BOT", app_id="A0APP"),
        event(bot_profile={"id": "B0OTHER"}),
        event(user=None),
        event(
            subtype="message_changed", user=None, message={"user": ADA, "text": f"<@{BOT}> x", "ts": TS}, hidden=True
        ),
        event(subtype="message_deleted", user=None, deleted_ts=TS, hidden=True),
        event(subtype="channel_join"),
        event(subtype="assistant_app_thread", channel=DIRECT, channel_type="im"),
        event(subtype="message_replied"),
        event("<@U0BOB> can you look?", thread_ts=ROOT),
        event("<!here> please vote", thread_ts=ROOT),
        event("<!subteam^S1|@sales> please look", thread_ts=ROOT),
        event("", thread_ts=ROOT, subtype="file_share"),
        event(ts=None),
        event(channel=None),
        {},
        {"type": "event_callback", "event": None},
    ],
)
def test_what_is_not_for_us(payload: Any) -> None:
    assert said(payload, BOT) is None


def test_a_channel_shared_with_another_company() -> None:
    heard = said(event(envelope={"is_ext_shared_channel": True}), BOT)
    assert heard is not None and heard.ext_shared


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (f"<@{BOT}> orders by city?", "orders by city?"),
        (f"<@{BOT}>: orders by city?", "orders by city?"),
        (f"<@{BOT}>, orders by city?", "orders by city?"),
        (f"hey <@{BOT}> orders by city?", "hey orders by city?"),
        (f"orders by city? <@{BOT}>", "orders by city?"),
        (f"<@{BOT}> <@{BOT}> orders", "orders"),
        (f"<@{BOT}|colloquery> orders", "orders"),
        (f"<@{BOT}> orders of <@U0BOB> and <@U1|carol>", "orders of @U0BOB and @carol"),
        (f"<@{BOT}ANY> orders", f"@{BOT}ANY orders"),
        (f"<@{BOT}> 지난달 도시별 주문 수는?", "지난달 도시별 주문 수는?"),
        (f"<@{BOT}>님 지난달 매출 알려줘", "지난달 매출 알려줘"),
        (f"<@{BOT}>님, 지난달 매출 알려줘", "지난달 매출 알려줘"),
        (f"<@{BOT}>님비 현상", "님비 현상"),
        ("orders of <http://shop.com|shop.com>", "orders of shop.com"),
        ("orders of <https://shop.com/a?b=1&amp;c=2>", "orders of https://shop.com/a?b=1&c=2"),
        ("orders of <mailto:ada@example.com|ada@example.com>", "orders of ada@example.com"),
        ("orders of <mailto:ada@example.com>", "orders of ada@example.com"),
        ("posts in <#C1|general> and <#C2>, <#C3|>", "posts in #general and #C2, #C3"),
        (
            "<!channel> <!here> <!everyone> <!subteam^S1|@sales> <!subteam^S2>",
            "@channel @here @everyone @sales @subteam",
        ),
        ("since <!date^1392734382^{date}|Feb 18, 2014>", "since Feb 18, 2014"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; &amp;copy; &copy;", "&lt; &copy; &copy;"),
        ("&lt;@U0BOB&gt; &lt;!channel&gt;", "<@U0BOB> <!channel>"),
        ("```SELECT 1\n  FROM t\tWHERE a = 'x  y'```", "```SELECT 1\n  FROM t\tWHERE a = 'x  y'```"),
        (f"<@{BOT}>\norders\nby city", "orders\nby city"),
        ("orders where name = 'A  B'", "orders where name = 'A  B'"),
        ("*bold* _it_ ~no~ `code`", "*bold* _it_ ~no~ `code`"),
        ("", ""),
    ],
)
def test_the_text_as_it_was_typed(raw: str, text: str) -> None:
    assert plain_text(raw, BOT) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("help", ("help", "")),
        ("Help!", ("help", "")),
        ("/usage", ("usage", "")),
        ("  templates  ", ("templates", "")),
        ("connections?", ("connections", "")),
        ("도움말", ("help", "")),
        ("사용량", ("usage", "")),
        ("템플릿", ("templates", "")),
        ("연결", ("connections", "")),
        ("ask orders by city", ("ask", "orders by city")),
        ("ask\norders by city", ("ask", "orders by city")),
        ("질문: 도시별 주문", ("ask", "도시별 주문")),
        ("ask", ("ask", "")),
        ("usage of seats by month", None),
        ("사용량 상위 10개 고객", None),
        ("helpful customers", None),
        ("orders by city", None),
        ("", None),
        ("   ", None),
        ("?", None),
    ],
)
def test_words_that_are_commands(text: str, expected: tuple[str, str] | None) -> None:
    assert command(text) == expected


async def test_what_the_local_server_sends(tmp_path: Path) -> None:
    heard: list[Said | None] = []

    async def take(request: web.Request) -> web.Response:
        heard.append(said(await request.json(), BOT))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        with running(tmp_path, f"http://{host}:{port}/") as slack:
            asked = await slack.say(GENERAL, f"<@{BOT}> 도시별 주문 &amp; 매출?")
            followed = await slack.say(GENERAL, "and by month?", thread=asked)
            direct = await slack.say(DIRECT, "orders?")
            await slack.say(GENERAL, "lunch?")
    finally:
        await runner.cleanup()
    mention = Said(ADA, GENERAL, asked, asked, "도시별 주문 & 매출?", "mention")
    assert [one for one in heard if one is not None] == [
        *(mention, mention),
        Said(ADA, GENERAL, followed, asked, "and by month?", "thread"),
        Said(ADA, DIRECT, direct, direct, "orders?", "direct"),
    ]
