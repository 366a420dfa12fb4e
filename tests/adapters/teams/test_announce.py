"""What answers no question, in Teams: rendered, posted once, where only our own read or to one account."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.teams import deliver
from adapters.teams.addresses import Addresses
from adapters.teams.announce import CHANNEL as SHAPE
from adapters.teams.announce import Announcing, render_notice
from adapters.teams.calls import Connector
from adapters.teams.deliver import Delivery
from adapters.teams.directory import Directory
from bot.wiring import House
from core.ask.present.announcement import announcement
from core.chat import Place, Reply, Table
from core.errors import NotAnnounced
from core.usage.notices import Content, CostForecast, CostPassed, LimitOpen, Trial, UnusualUse
from tests.adapters.teams.activities import message
from tests.adapters.teams.payloads import card_problems
from tests.adapters.teams.people import (
    ADA,
    CHANNEL,
    CHANNEL_WITH_STRANGER,
    GROUP,
    GROUP_WITH_GUEST,
    PERSONAL,
    PERSONAL_BOB,
    TENANT,
)
from tests.adapters.teams.server import (
    CUT_AFTER,
    CUT_BEFORE,
    FAILED_BEFORE,
    FakeConnector,
    Fault,
    refused,
    told_to_wait,
)
from tests.houses import open_house, settings_for

pytestmark = pytest.mark.usefixtures("fast", "quick", "checked")

JUNE = date(2026, 6, 1)
PASSED = CostPassed(Decimal(100), Decimal("101.5"), JUNE, 0.43)
OPEN = LimitOpen("hour", datetime(2026, 6, 13, tzinfo=UTC), 300, "<https://x.example|y>\n매출? \u202e")
CONTENTS: tuple[Content, ...] = (
    PASSED,
    CostForecast(Decimal(100), Decimal("60"), Decimal("130.2"), Decimal("110"), Decimal("155"), JUNE, 0.43),
    UnusualUse("<at>everybody</at> *Kim* `x`", date(2026, 6, 13), 81_000, 2_000, 28),
    UnusualUse("", date(2026, 6, 13), 81_000, 2_000, 28),
    UnusualUse("김" * 300, date(2026, 6, 13), 81_000, 2_000, 28),
    Trial(),
    OPEN,
    LimitOpen(None, datetime(2026, 6, 13, tzinfo=UTC), 300, "x"),
)
HERE = Place("teams", TENANT, CHANNEL, "", "team")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "_PAUSE", 0.02)


@pytest.fixture
def checked(teams: FakeConnector) -> Iterator[None]:
    """Whatever was posted is what Teams takes and shows as it is."""
    yield
    for posted in teams.posted:
        for card in posted.cards:
            assert card_problems(card) == [], posted


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as house:
        yield house


@pytest.fixture
async def announcing(built: House, client: Connector, teams: FakeConnector) -> Announcing:
    made = fresh(built, client)
    for where in (CHANNEL, GROUP, GROUP_WITH_GUEST, CHANNEL_WITH_STRANGER):
        await made.addresses.seen(message(teams.service_url, "hello", conversation=where))
    return made


def fresh(built: House, client: Connector) -> Announcing:
    """Teams' door as another process has it."""
    addresses = Addresses(built.service.addresses, client)
    return Announcing(client, Directory(client, addresses, (TENANT,)), Delivery(client, addresses), addresses)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("content", CONTENTS, ids=lambda one: str(one.kind))
def test_every_notice_is_what_teams_takes(content: Content, locale: str) -> None:
    made = render_notice(announcement("n1", content, locale))
    assert made.card is not None and card_problems(made.card) == []
    assert made.text and not made.answer and not made.files


def test_it_says_what_happened_how_much_and_what_can_be_done() -> None:
    made = render_notice(announcement("n1", PASSED, "ko"))
    shown = json.dumps(made.card, ensure_ascii=False)
    for said in ("2026년 6월 비용이 US$100.00를 넘었습니다", "US$101.50", "43%", "한도를 낮춰 주세요"):
        assert said in shown
    assert "forecast" not in shown


def test_a_notice_has_no_other_parts() -> None:
    with pytest.raises(TypeError, match="table"):
        render_notice(Reply("n1", (Table((), ()),), "x"))


@pytest.mark.parametrize(
    "faults",
    [(), (told_to_wait(0.05),), (told_to_wait(None, 412),), (CUT_BEFORE,), (FAILED_BEFORE,)],
)
async def test_it_is_posted_once_whatever_happens(
    announcing: Announcing, built: House, client: Connector, teams: FakeConnector, faults: tuple[Fault, ...]
) -> None:
    since = now()
    teams.play("send", *faults)
    await announcing(HERE, announcement("n1", PASSED, "en"), since=since, again=False)
    # A process that was killed after the post: another one knows.
    await fresh(built, client)(HERE, announcement("n1", PASSED, "en"), since=since, again=True)
    (posted,) = teams.messages(CHANNEL)
    assert posted.says("Jun 2026: the cost has passed $100.00")
    await announcing(HERE, announcement("n2", PASSED, "en"), since=since, again=True)
    assert len(teams.messages(CHANNEL)) == 2


async def test_one_of_which_nobody_can_tell_comes_rather_twice_than_never(
    announcing: Announcing, teams: FakeConnector
) -> None:
    teams.play("send", CUT_AFTER)
    for _ in range(2):
        await announcing(HERE, announcement("n1", PASSED, "en"), since=now(), again=True)
    assert len(teams.messages(CHANNEL)) == 2


async def test_what_was_said_long_before_is_said_again(announcing: Announcing, teams: FakeConnector) -> None:
    """A limit that was raised, and is reached again."""
    for since, times in ((now(), 1), (now() + timedelta(minutes=9), 1), (now() + timedelta(minutes=11), 2)):
        await announcing(HERE, announcement("n1", OPEN, "en"), since=since, again=True)
        assert len(teams.messages(CHANNEL)) == times


async def test_an_account_is_told_in_their_personal_chat(announcing: Announcing, teams: FakeConnector) -> None:
    for _ in range(2):
        await announcing(Place("teams", TENANT, ADA.aad, ""), announcement("n1", OPEN, "ko"), since=now(), again=True)
    (posted,) = teams.messages(PERSONAL)
    assert posted.says("다시 질문하실 수 있습니다")
    assert len(teams.made("create")) == 1


async def test_in_a_chat_that_is_known(announcing: Announcing, teams: FakeConnector) -> None:
    await announcing.addresses.seen(message(teams.service_url, "hi"))
    await announcing(Place("teams", TENANT, ADA.aad, ""), announcement("n1", OPEN, "en"), since=now(), again=False)
    await announcing(
        Place("teams", TENANT, PERSONAL, "", "alone"), announcement("n2", OPEN, "en"), since=now(), again=False
    )
    assert len(teams.messages(PERSONAL)) == 2 and teams.made("create") == []


async def test_in_a_thread_of_a_channel(announcing: Announcing, teams: FakeConnector) -> None:
    place = Place("teams", TENANT, CHANNEL, "17", "team")
    await announcing(place, announcement("n1", Trial(), "en"), since=now(), again=False)
    assert len(teams.messages(f"{CHANNEL};messageid=17")) == 1


async def test_a_card_that_teams_refuses_is_left_out(announcing: Announcing, teams: FakeConnector) -> None:
    teams.play("send", refused(400, "BadSyntax"))
    await announcing(HERE, announcement("n1", PASSED, "en"), since=now(), again=False)
    (posted,) = teams.messages(CHANNEL)
    assert not posted.cards and "101" in posted.text


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (refused(403, "BotNotInConversationRoster"), "announce.closed"),
        (refused(403, "BotDisabledByAdmin"), "announce.closed"),
        (refused(404, "ConversationNotFound"), "announce.closed"),
        (refused(401, "Unauthorized"), "announce.failed"),
        (told_to_wait(3600), "announce.failed"),
    ],
)
async def test_what_is_refused_is_told_by_its_code(
    announcing: Announcing, teams: FakeConnector, fault: Fault, said: str
) -> None:
    teams.play("send", fault)
    with pytest.raises(NotAnnounced) as failure:
        await announcing(HERE, announcement("n1", PASSED, "en"), since=now(), again=False)
    assert failure.value.code == said


async def test_who_has_not_installed_us(announcing: Announcing, teams: FakeConnector) -> None:
    teams.not_installed.add(ADA.aad)
    with pytest.raises(NotAnnounced, match=r"announce\.closed"):
        await announcing(Place("teams", TENANT, ADA.aad, ""), announcement("n1", OPEN, "en"), since=now(), again=False)


async def test_nobody_there(announcing: Announcing) -> None:
    await announcing.addresses.seen(message("http://127.0.0.1:1/", "hi", conversation=PERSONAL_BOB))
    place = Place("teams", TENANT, PERSONAL_BOB, "")
    with pytest.raises(NotAnnounced, match=r"announce\.failed"):
        await announcing(place, announcement("n1", PASSED, "en"), since=now(), again=False)


@pytest.mark.parametrize("channel", [GROUP_WITH_GUEST, CHANNEL_WITH_STRANGER])
async def test_figures_go_nowhere_that_outsiders_read(
    announcing: Announcing, teams: FakeConnector, channel: str
) -> None:
    with pytest.raises(NotAnnounced, match=r"announce\.outsiders"):
        await announcing(
            Place("teams", TENANT, channel, "", "team"), announcement("n1", PASSED, "en"), since=now(), again=False
        )
    assert teams.messages(channel) == []


def test_ids_of_conversations_and_accounts() -> None:
    taken = (CHANNEL, GROUP, PERSONAL, ADA.aad, "29:1aB-_c", "19:meeting_MjQ1@thread.v2", "19:a_b@unq.gbl.spaces")
    assert all(SHAPE.fullmatch(one) for one in taken)
    left = (
        "general",
        "19:",
        "19:x",
        "",
        "a:",
        f"{CHANNEL};messageid=1",
        f"{ADA.aad}\n",
        ADA.aad.upper(),
        "28:bot",
        "U0ADA",
    )
    assert not any(SHAPE.fullmatch(one) for one in left)
