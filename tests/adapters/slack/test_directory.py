"""Who people are and who reads a channel, asked of the local Slack server; what it does not know the proxy adds."""

import asyncio
import time
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat import kept
from adapters.slack import directory as looking_up
from adapters.slack.calls import Refused, Unclear
from adapters.slack.directory import Directory, Home
from core.chat import Actor
from tests.adapters.slack.proxy import CUT_BEFORE, FAILED_BEFORE, Fault, Proxy, late, refused, told_to_wait
from tests.adapters.slack.server import ADA, BOB, BOT, DIRECT, GENERAL, GUEST, TEAM, WITH_GUEST, LocalSlack


@pytest.fixture
def directory(client: AsyncWebClient, proxy: Proxy) -> Directory:
    proxy.people[GUEST] = {"is_restricted": True}
    return Directory(client, Home(TEAM, None, BOT))


async def test_a_member(directory: Directory, proxy: Proxy) -> None:
    proxy.people[ADA] = {"locale": "ko-KR"}
    assert await directory.actor(ADA) == Actor(
        "slack", TEAM, ADA, "ada", "ada@example.com", "ko-KR", "Asia/Seoul", "member"
    )
    assert proxy.made("users.info")[0].arguments["include_locale"] in ("1", "true")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_stranger": True}, "foreign"),
        ({"team_id": "T0OTHER"}, "foreign"),
        ({"team_id": None}, "foreign"),
        ({"team_id": "T0OTHER", "is_restricted": True}, "foreign"),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER"}}, "foreign"),
        ({"team_id": "E0GRID"}, "foreign"),
        ({"deleted": True}, "foreign"),
        ({"is_bot": True}, "bot"),
        ({"is_bot": True, "team_id": "T0OTHER"}, "bot"),
    ],
)
async def test_who_is_no_member_has_no_address(
    directory: Directory, proxy: Proxy, fields: dict[str, Any], kind: str
) -> None:
    proxy.people[ADA] = fields
    actor = await directory.actor(ADA)
    assert (actor.kind, actor.email) == (kind, None)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0GRID"}}, "member"),
        ({"team_id": "E0GRID"}, "member"),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER"}}, "foreign"),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0GRID"}, "is_restricted": True}, "guest"),
    ],
)
async def test_an_organisation_is_one_company(
    client: AsyncWebClient, proxy: Proxy, fields: dict[str, Any], kind: str
) -> None:
    proxy.people[ADA] = fields
    assert (await Directory(client, Home(TEAM, "E0GRID", BOT)).actor(ADA)).kind == kind


async def test_an_address_nobody_confirmed_is_not_vouched_for(directory: Directory, proxy: Proxy) -> None:
    proxy.people[ADA] = {"is_email_confirmed": False}
    actor = await directory.actor(ADA)
    assert (actor.kind, actor.email) == ("member", None)


async def test_nobody_knows_them(directory: Directory) -> None:
    assert (await directory.actor("U0NOBODY")).kind == "foreign"


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ([refused("token_revoked")], Refused),
        ([refused("missing_scope")], Refused),
        ([told_to_wait(3600)], Refused),
        ([FAILED_BEFORE] * 2, Unclear),
        ([CUT_BEFORE] * 4, Unclear),
    ],
)
async def test_who_cannot_be_asked_for_is_not_guessed(
    directory: Directory, proxy: Proxy, faults: list[Fault], error: type[Exception]
) -> None:
    proxy.play("users.info", *faults)
    with pytest.raises(error):
        await directory.actor(ADA)
    proxy._faults.clear()
    assert (await directory.actor(ADA)).kind == "member"  # a failure is not kept


async def test_many_at_once_ask_once_and_the_answer_is_kept(
    directory: Directory, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len({*await asyncio.gather(*(directory.actor(ADA) for _ in range(50)))}) == 1
    await directory.actor(ADA)
    assert len(proxy.made("users.info")) == 1
    real = time.monotonic
    monkeypatch.setattr(kept, "time", type("Clock", (), {"monotonic": staticmethod(lambda: real() + 601)}))
    await directory.actor(ADA)
    assert len(proxy.made("users.info")) == 2


async def test_one_who_hangs_up_leaves_the_answer_to_the_others(directory: Directory, proxy: Proxy) -> None:
    proxy.play("users.info", late(0.2))
    first = asyncio.create_task(directory.actor(ADA))
    second = asyncio.create_task(directory.actor(ADA))
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second).kind == "member"
    assert len(proxy.made("users.info")) == 1


# Readers


async def test_readers(directory: Directory, slack: LocalSlack) -> None:
    assert await directory.readers(DIRECT) == "alone"
    assert await directory.readers(GENERAL) == "team"
    assert await directory.readers(WITH_GUEST) == "outsiders"
    assert await directory.readers("C0UNKNOWN") == "outsiders"


async def test_the_event_says_that_it_is_shared(directory: Directory, proxy: Proxy) -> None:
    assert await directory.readers(GENERAL, ext_shared=True) == "outsiders"
    assert proxy.calls == []
    assert await directory.readers(GENERAL) == "team"


@pytest.mark.parametrize(
    ("fields", "readers"),
    [
        ({"is_ext_shared": True}, "outsiders"),
        ({"is_pending_ext_shared": True}, "outsiders"),
        ({"pending_connected_team_ids": ["T0OTHER"]}, "outsiders"),
        ({"is_shared": True}, "outsiders"),
        ({"is_shared": True, "is_org_shared": True}, "team"),
        ({"is_shared": True, "is_org_shared": True, "is_ext_shared": True}, "outsiders"),
        ({"is_mpim": True}, "team"),
    ],
)
async def test_channels_that_are_shared(
    directory: Directory, proxy: Proxy, fields: dict[str, Any], readers: str
) -> None:
    proxy.channels[GENERAL] = fields
    assert await directory.readers(GENERAL) == readers


@pytest.mark.parametrize(
    ("fields", "readers"),
    [
        ({"is_restricted": True}, "outsiders"),
        ({"is_ultra_restricted": True}, "outsiders"),
        ({"is_stranger": True}, "outsiders"),
        ({"team_id": "T0OTHER"}, "outsiders"),
        ({"is_bot": True}, "team"),
    ],
)
async def test_one_outsider_in_a_channel_is_enough(
    directory: Directory, proxy: Proxy, fields: dict[str, Any], readers: str
) -> None:
    proxy.people[BOB] = fields
    assert await directory.readers(GENERAL) == readers


async def test_everybody_is_looked_at_over_all_pages(directory: Directory, proxy: Proxy) -> None:
    proxy.page = 1
    assert await directory.readers(GENERAL) == "team"
    assert await directory.readers(WITH_GUEST) == "outsiders"
    assert len(proxy.made("users.list")) == 4


async def test_a_member_who_joined_since_all_were_listed(directory: Directory, proxy: Proxy) -> None:
    assert await directory.readers(GENERAL) == "team"
    directory.forget_channel(GENERAL)
    directory._insiders._known[""] = (directory._insiders._known[""][0], frozenset({ADA, BOT}))
    assert await directory.readers(GENERAL) == "team"
    assert [call.arguments["user"] for call in proxy.made("users.info")] == [BOB]
    proxy.people[BOB] = {"is_restricted": True}
    directory.forget_channel(GENERAL)
    directory._people.forget(BOB)
    assert await directory.readers(GENERAL) == "outsiders"


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.list"])
@pytest.mark.parametrize(
    "faults", [[refused("missing_scope")], [FAILED_BEFORE] * 2, [CUT_BEFORE] * 4, [told_to_wait(3600)]]
)
async def test_readers_that_cannot_be_known_are_outsiders(
    directory: Directory, proxy: Proxy, method: str, faults: list[Fault]
) -> None:
    proxy.play(method, *faults)
    assert await directory.readers(GENERAL) == "outsiders"
    proxy._faults.clear()
    assert await directory.readers(GENERAL) == "team"  # a failure is not kept


async def test_a_question_waits_only_so_long_and_the_next_one_knows(
    directory: Directory, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "_PATIENCE", 0.1)
    proxy.play("users.list", told_to_wait(0.3))
    assert await directory.readers(GENERAL) == "outsiders"
    await asyncio.sleep(0.5)
    asked = len(proxy.calls)
    assert await directory.readers(GENERAL) == "team"
    assert len(proxy.calls) == asked


async def test_a_look_up_that_nobody_waits_for_may_fail(
    directory: Directory, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "_PATIENCE", 0.05)
    proxy.play("conversations.info", Fault("answer", body={"ok": False, "error": "missing_scope"}, seconds=0.15))
    assert await directory.readers(GENERAL) == "outsiders"
    await asyncio.sleep(0.3)


async def test_readers_are_kept_a_minute_and_can_be_forgotten(directory: Directory, proxy: Proxy) -> None:
    await asyncio.gather(*(directory.readers(GENERAL) for _ in range(20)))
    assert len(proxy.made("conversations.info")) == 1
    proxy.channels[GENERAL] = {"is_ext_shared": True}
    assert await directory.readers(GENERAL) == "team"
    directory.forget_channel(GENERAL)
    assert await directory.readers(GENERAL) == "outsiders"


async def test_what_was_asked_before_it_was_forgotten_is_not_kept(directory: Directory, proxy: Proxy) -> None:
    proxy.play("conversations.info", late(0.2))
    looking = asyncio.create_task(directory.readers(GENERAL))
    await asyncio.sleep(0.05)
    directory.forget_channel(GENERAL)
    await looking
    proxy.channels[GENERAL] = {"is_ext_shared": True}
    assert await directory.readers(GENERAL) == "outsiders"


async def test_old_answers_are_dropped(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_KEPT", 2)
    directory._people._seconds = -1.0
    for user in (ADA, BOB, GUEST, "U0NOBODY"):
        await directory.actor(user)
    assert len(directory._people._known) <= 2
