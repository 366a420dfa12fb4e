"""Who people are and who reads a conversation, asked of a local Bot Connector; where things are, in a real store."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat import kept
from adapters.teams import directory as looking_up
from adapters.teams.addresses import ANYWHERE, Addresses, Known
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.directory import Directory
from adapters.teams.spot import Spot
from bot.wiring import House
from core.chat import Actor, Place
from tests.adapters.teams.activities import conversation_update, mention, message
from tests.adapters.teams.people import (
    ADA,
    BOB,
    BOT,
    CHANNEL,
    CHANNEL_WITH_STRANGER,
    GROUP,
    GROUP_WITH_GUEST,
    GUEST,
    OTHER_TENANT,
    PERSONAL,
    STRANGER,
    TENANT,
    Json,
    Member,
)
from tests.adapters.teams.server import CUT_BEFORE, FAILED_BEFORE, FakeConnector, Fault, late, refused, told_to_wait
from tests.houses import open_house, settings_for

pytestmark = pytest.mark.usefixtures("fast")

SECOND_TENANT = "33333333-cccc-4ccc-8ccc-000000000003"


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as house:
        yield house


@pytest.fixture
def addresses(built: House, client: Connector) -> Addresses:
    return Addresses(built.service.addresses, client)


@pytest.fixture
def directory(client: Connector, addresses: Addresses) -> Directory:
    return Directory(client, addresses, (TENANT, SECOND_TENANT))


async def look_up(directory: Directory, teams: FakeConnector, who: Member = ADA, where: str = GROUP) -> Actor:
    return await directory.actor(Spot(teams.service_url, where), TENANT, who.id, who.aad)


# People


async def test_a_member(directory: Directory, teams: FakeConnector) -> None:
    assert await look_up(directory, teams) == Actor(
        "teams", TENANT, ADA.aad, "Ada Lovelace", "ada@example.com", "en", "UTC", "member"
    )


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"userRole": "guest"}, "guest"),
        ({"userRole": "Guest"}, "guest"),
        ({"userPrincipalName": "ada_elsewhere.example#EXT#@home.onmicrosoft.com"}, "guest"),
        ({"userRole": "anonymous"}, "foreign"),
        ({"userRole": None}, "foreign"),
        ({"userRole": "owner of all"}, "foreign"),
        ({"tenantId": OTHER_TENANT}, "foreign"),
        ({"tenantId": OTHER_TENANT, "userRole": "guest"}, "foreign"),
        ({"tenantId": None}, "foreign"),
        ({"userRole": "bot"}, "bot"),
    ],
)
async def test_who_is_no_member_has_no_address(
    directory: Directory, teams: FakeConnector, fields: Json, kind: str
) -> None:
    teams.people[ADA.id] = fields
    actor = await look_up(directory, teams)
    assert (actor.kind, actor.email, actor.workspace) == (kind, None, TENANT)


async def test_a_member_of_another_tenant_of_ours_is_the_same_everywhere(
    directory: Directory, teams: FakeConnector
) -> None:
    teams.people[ADA.id] = {"tenantId": SECOND_TENANT.upper(), "aadObjectId": ADA.aad.upper()}
    actor = await look_up(directory, teams)
    assert (actor.kind, actor.workspace, actor.id) == ("member", SECOND_TENANT, ADA.aad)


@pytest.mark.parametrize(
    ("fields", "email"),
    [({"email": None}, "ada@example.com"), ({"email": None, "userPrincipalName": None}, None)],
)
async def test_the_address_of_a_member(
    directory: Directory, teams: FakeConnector, fields: Json, email: str | None
) -> None:
    teams.people[ADA.id] = fields
    assert (await look_up(directory, teams)).email == email


async def test_without_tenants_everybody_is_ours(client: Connector, addresses: Addresses, teams: FakeConnector) -> None:
    actor = await look_up(Directory(client, addresses, ()), teams, STRANGER, CHANNEL_WITH_STRANGER)
    assert (actor.kind, actor.workspace) == ("member", OTHER_TENANT)


@pytest.mark.parametrize("fault", [None, refused(403, "BotNotInConversationRoster"), refused(400, "BadArgument")])
async def test_nobody_knows_them(directory: Directory, teams: FakeConnector, fault: Fault | None) -> None:
    if fault is not None:
        teams.play("member", fault)
    actor = await look_up(directory, teams, GUEST)
    assert (actor.kind, actor.email, actor.name) == ("foreign", None, GUEST.aad)


async def test_who_is_not_known_in_one_conversation_may_be_in_the_next(
    directory: Directory, teams: FakeConnector
) -> None:
    teams.left.add(GROUP)
    assert (await look_up(directory, teams)).kind == "foreign"
    assert (await look_up(directory, teams, where=CHANNEL)).kind == "member"


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ([told_to_wait(3600)], Refused),
        ([refused(401, "Unauthorized")], Refused),
        ([FAILED_BEFORE] * 2, Unclear),
        ([CUT_BEFORE] * 4, Unclear),
    ],
)
async def test_who_cannot_be_asked_for_is_not_guessed(
    directory: Directory, teams: FakeConnector, faults: list[Fault], error: type[Exception]
) -> None:
    teams.play("member", *faults)
    with pytest.raises(error):
        await look_up(directory, teams)
    teams._faults.clear()
    assert (await look_up(directory, teams)).kind == "member"  # a failure is not kept


async def test_teams_cannot_be_reached(directory: Directory) -> None:
    with pytest.raises(NotReached):
        await directory.actor(Spot("http://127.0.0.1:1/", GROUP), TENANT, ADA.id, ADA.aad)


async def test_many_at_once_ask_once_and_the_answer_is_kept(
    directory: Directory, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len({*await asyncio.gather(*(look_up(directory, teams) for _ in range(50)))}) == 1
    await look_up(directory, teams)
    assert len(teams.made("member")) == 1
    real = time.monotonic
    monkeypatch.setattr(kept, "time", type("Clock", (), {"monotonic": staticmethod(lambda: real() + 601)}))
    await look_up(directory, teams)
    assert len(teams.made("member")) == 2


async def test_somebody_whom_a_text_names(directory: Directory, addresses: Addresses, teams: FakeConnector) -> None:
    await addresses.seen(message(teams.service_url, "hello", by=BOB, conversation=GROUP))
    here = Place("teams", TENANT, GROUP, "")
    for name in (BOB.aad, BOB.id):
        assert (await directory.person(here, name)).id == BOB.aad
    assert teams.made("member")[0].path.endswith(f"/members/{BOB.id}")  # by the account, where it is known
    assert (await directory.person(here, STRANGER.aad)).kind == "foreign"


# Readers


@pytest.mark.parametrize(
    ("where", "readers"),
    [
        (PERSONAL, "alone"),
        (GROUP, "team"),
        (CHANNEL, "team"),
        (GROUP_WITH_GUEST, "outsiders"),
        (CHANNEL_WITH_STRANGER, "outsiders"),
        ("19:nobody-told-us@thread.v2", "outsiders"),
    ],
)
async def test_who_reads(
    directory: Directory, addresses: Addresses, teams: FakeConnector, where: str, readers: str
) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=where))
    assert await directory.readers(where) == readers


@pytest.mark.parametrize(
    "fields",
    [
        {"userRole": "anonymous"},
        {"userRole": None},
        {"tenantId": OTHER_TENANT},
        {"tenantId": None},
        {"userRole": "guest"},
    ],
)
async def test_one_outsider_is_enough(
    directory: Directory, addresses: Addresses, teams: FakeConnector, fields: Json
) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=GROUP))
    teams.people[BOB.id] = fields
    assert await directory.readers(GROUP) == "outsiders"


async def test_a_shared_channel_may_be_read_by_our_own_alone(
    directory: Directory, addresses: Addresses, teams: FakeConnector
) -> None:
    told = mention(teams.service_url, "orders?", conversation=CHANNEL)
    told["channelData"]["channel"]["type"] = "shared"
    await addresses.seen(told)
    teams.people[BOB.id] = {"tenantId": SECOND_TENANT}
    assert await directory.readers(CHANNEL) == "team"
    teams.rosters[CHANNEL].append(STRANGER)
    directory.forget(CHANNEL)
    assert await directory.readers(CHANNEL) == "outsiders"


async def test_a_list_of_nobody_says_nothing(directory: Directory, addresses: Addresses, teams: FakeConnector) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=GROUP))
    teams.rosters[GROUP] = []
    assert await directory.readers(GROUP) == "outsiders"


def crowd(many: int) -> list[Member]:
    return [replace(BOB, id=f"29:1{number}", aad=f"{number}") for number in range(many)]


async def test_many_members_are_read_page_by_page(
    directory: Directory, addresses: Addresses, teams: FakeConnector
) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=CHANNEL))
    teams.page, teams.rosters[CHANNEL] = 20, crowd(90)
    assert await directory.readers(CHANNEL) == "team"
    assert len(teams.made("members")) == 5


async def test_the_first_outsider_ends_the_reading(
    directory: Directory, addresses: Addresses, teams: FakeConnector
) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=CHANNEL))
    teams.page, teams.rosters[CHANNEL] = 20, [*crowd(30), GUEST, *crowd(60)]
    assert await directory.readers(CHANNEL) == "outsiders"
    assert len(teams.made("members")) == 2


async def test_readers_are_kept_a_minute_unless_somebody_joins(
    directory: Directory, addresses: Addresses, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=GROUP))
    assert await directory.readers(GROUP) == await directory.readers(GROUP) == "team"
    assert len(teams.made("members")) == 1
    teams.rosters[GROUP].append(GUEST)
    real = time.monotonic
    with monkeypatch.context() as later:
        later.setattr(kept, "time", type("Clock", (), {"monotonic": staticmethod(lambda: real() + 61)}))
        assert await directory.readers(GROUP) == "outsiders"
    teams.rosters[GROUP].remove(GUEST)
    directory.forget(GROUP)
    assert await directory.readers(GROUP) == "team"


async def test_a_question_does_not_wait_long_for_its_readers(
    directory: Directory, addresses: Addresses, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "_PATIENCE", 0.05)
    await addresses.seen(message(teams.service_url, "hello", conversation=GROUP))
    teams.play("members", late(0.3))
    began = time.monotonic()
    assert await directory.readers(GROUP) == "outsiders"
    assert time.monotonic() - began < 0.25
    assert await directory.known_readers(GROUP) == "team"  # the same look-up went on
    assert len(teams.made("members")) == 1


@pytest.mark.parametrize(
    "faults", [[refused(403, "BotNotInConversationRoster")], [FAILED_BEFORE] * 2, [CUT_BEFORE] * 4]
)
async def test_readers_that_cannot_be_known_are_outsiders(
    directory: Directory, addresses: Addresses, teams: FakeConnector, faults: list[Fault]
) -> None:
    await addresses.seen(message(teams.service_url, "hello", conversation=GROUP))
    teams.play("members", *faults)
    assert await directory.readers(GROUP) == "outsiders"
    teams._faults.clear()
    assert await directory.readers(GROUP) == "team"


# Addresses


async def test_where_things_are_is_known_after_a_restart(built: House, client: Connector, teams: FakeConnector) -> None:
    before = Addresses(built.service.addresses, client)
    await before.seen(mention(teams.service_url, "orders?", conversation=CHANNEL))
    await before.seen(message(teams.service_url, "hello", conversation=PERSONAL))
    after = Addresses(built.service.addresses, client)
    assert await after.known(CHANNEL) == Known(teams.service_url, TENANT, "channel")
    assert await after.spot(Place("teams", TENANT, CHANNEL, "17")) == Spot(teams.service_url, f"{CHANNEL};messageid=17")
    assert await after.direct(Actor("teams", TENANT, ADA.aad, "Ada")) == Spot(teams.service_url, PERSONAL)
    assert await after.account(ADA.aad) == ADA.id
    assert teams.made("create") == []


async def test_a_conversation_that_moved_is_found_where_it_is(
    built: House, client: Connector, teams: FakeConnector
) -> None:
    before = Addresses(built.service.addresses, client)
    await before.seen(message("https://smba.trafficmanager.net/kr/", "hello", conversation=GROUP))
    await before.seen(message(teams.service_url, "hello", conversation=GROUP))
    for one in (before, Addresses(built.service.addresses, client)):
        known = await one.known(GROUP)
        assert known is not None and known.service_url == teams.service_url


async def test_what_is_known_is_not_written_again(
    addresses: Addresses, teams: FakeConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    await addresses.seen(message(teams.service_url, "hello"))

    async def written(*_: object, **__: object) -> None:
        raise AssertionError("written again")

    monkeypatch.setattr(type(addresses._desk), "keep", written)
    await addresses.seen(message(teams.service_url, "hello again"))


async def test_nothing_is_known_of_where_nobody_wrote(addresses: Addresses) -> None:
    place = Place("teams", TENANT, GROUP, "")
    assert await addresses.spot(place) is None
    assert await addresses.at(place) == Spot(ANYWHERE, GROUP)
    assert await addresses.account(ADA.aad) == ADA.aad
    assert await addresses.question_of(GROUP, "1") is None


async def test_a_personal_chat_is_opened_once(
    addresses: Addresses, built: House, client: Connector, teams: FakeConnector
) -> None:
    await addresses.seen(mention(teams.service_url, "orders?", conversation=CHANNEL))
    for one in (addresses, addresses, Addresses(built.service.addresses, client)):
        assert await one.direct(Actor("teams", TENANT, ADA.aad, "Ada")) == Spot(teams.service_url, PERSONAL)
    (asked,) = teams.made("create")
    assert asked.json["members"] == [{"id": ADA.id}] and asked.json["tenantId"] == TENANT


async def test_where_we_are_not_installed_no_chat_is_opened(addresses: Addresses, teams: FakeConnector) -> None:
    await addresses.seen(mention(teams.service_url, "orders?", conversation=CHANNEL))
    teams.not_installed.add(ADA.aad)
    with pytest.raises(Refused, match="ForbiddenOperationException"):
        await addresses.direct(Actor("teams", TENANT, ADA.aad, "Ada"))


async def test_our_own_account_is_nobody_to_write_to(addresses: Addresses, teams: FakeConnector) -> None:
    told = conversation_update(teams.service_url, added=(BOT,), conversation=CHANNEL)
    told["from"] = {"id": CHANNEL}
    await addresses.seen(told)
    assert await addresses.account(CHANNEL) == CHANNEL
    known = await addresses.known(CHANNEL)
    assert known is not None and known.type == "channel"


async def test_the_message_of_an_answer_is_found_by_its_thumbs(
    addresses: Addresses, built: House, client: Connector
) -> None:
    spot = Spot("https://smba.trafficmanager.net/kr/", f"{CHANNEL};messageid=17")
    await addresses.remember_answer("q1", spot, "18")
    after = Addresses(built.service.addresses, client)
    assert await after.question_of(CHANNEL, "18") == "q1"
    assert await after.question_of(f"{CHANNEL};messageid=17", "18") == "q1"
    assert await after.question_of(GROUP, "18") is None
    assert await after.said("q1") == "18"
    # Teams does not always say the id: then it is there all the same.
    await addresses.remember_answer("q2", spot, "")
    assert await after.said("q2") == ""
    assert await after.said("q3") is None
