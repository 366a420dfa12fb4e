"""Who may see what: private columns, guests, places, connections, everybody's use."""

from core.ask.present.hidden import MASK
from core.connections.connections import EVERYONE
from core.errors import NotAllowed
from core.locale import say
from tests.houses import administrator
from tests.local_model import Turn
from tests.scenarios.refusals import COUNT, HARD
from tests.scenarios.stage import ADMIN, GUEST, KOREAN, VIEWER, Stage, Talk, Use
from tests.scenarios.world import DELIVERIES, SHOP, Scenario

EMAILS = "SELECT name, email FROM customers ORDER BY id LIMIT 3"


async def private_column(stage: Stage) -> None:
    hidden = await stage.say(VIEWER, EMAILS, Talk("private"))
    assert [row[1] for row in hidden.rows] == [MASK] * 3
    assert hidden.facts["Private, not shown"] == "customers.email"
    assert "@" not in hidden.text
    assert b"@" not in await stage.export(VIEWER, hidden, "csv")
    await _let_see(stage)
    shown = await stage.say(KOREAN, EMAILS, Talk("private"))
    assert all("@" in row[1] for row in shown.rows)
    assert len(shown.rows) == 3


async def two_in_a_thread(stage: Stage) -> None:
    """Each with their own rights and in their own language, whoever asked there before."""
    await stage.say(KOREAN, "고객은 모두 몇 명이야?", Talk("private"))
    await _let_see(stage)
    talk = Talk("room")
    first = await stage.say(VIEWER, EMAILS, talk)
    second = await stage.say(KOREAN, EMAILS, talk)
    assert [row[1] for row in first.rows] == [MASK] * 3
    assert first.facts["Private, not shown"] == "customers.email"
    # Where others read, nobody sees it: what one may see alone is not for the room.
    assert all(row[1] == MASK for row in second.rows) is stage.able.rooms
    assert second.facts["SQL 작성"] == "질문에 적힌 SQL 그대로"
    assert "@" not in await stage.read_aloud(talk)
    assert len({row.user_id for row in await stage.analytics()}) == 2


async def guest(stage: Stage) -> None:
    view = await stage.say(GUEST, "How many customers are there?", Talk("private"))
    assert view.text
    assert "2,400" not in view.text
    assert (view.rows, view.alone) == ((), True)
    assert say(GUEST.locale, stage.guests_are_told) in view.text
    assert await stage.analytics() == []


async def outsiders_read(stage: Stage) -> None:
    talk = Talk("outside")
    view = await stage.say(ADMIN, "How many customers are there?", talk)
    if not stage.able.rooms or stage.able.apart:
        assert view.rows == (("2,400",),)
        assert view.alone
    else:
        assert stage.words(ADMIN, NotAllowed("people.outsiders_read")) in view.text
        assert view.rows == ()
    aloud = await stage.read_aloud(talk)
    assert "2,400" not in aloud
    if stage.able.apart:
        assert "Not everyone here may see this answer" in aloud


async def chosen_connection(stage: Stage) -> None:
    talk = Talk("private")
    back = await stage.say(VIEWER, "How many orders are there?", talk)
    assert set(back.choices) == {SHOP, DELIVERIES}
    assert back.rows == ()
    assert (await stage.choose(VIEWER, back, DELIVERIES, talk)).rows == (("3",),)
    assert (await stage.choose(VIEWER, back, SHOP, talk)).rows == (("22,180",),)


async def other_default(stage: Stage) -> None:
    assert (await stage.say(VIEWER, "How many orders are there?", Talk("room"))).rows == (("22,180",),)
    await stage.ask_by_default(VIEWER, DELIVERIES)
    assert (await stage.say(VIEWER, "How many orders are there?", Talk("room"))).rows == (("3",),)
    assert (await stage.say(KOREAN, "How many orders are there?", Talk("room"))).rows == (("22,180",),)


async def own_use(stage: Stage) -> None:
    assert await stage.use(VIEWER) == Use(0, 1_000)
    await stage.say(VIEWER, HARD, Talk("private"))
    await stage.say(VIEWER, COUNT, Talk("private"))
    assert await stage.use(VIEWER) == Use(400, 1_000)
    assert await stage.use(KOREAN) == Use(0, 1_000)
    assert [row.total_tokens for row in await stage.analytics()] == [400, 0]


async def use_of_all(stage: Stage) -> None:
    await stage.say(VIEWER, HARD, Talk("private"))
    seen = await stage.use_of_all(ADMIN)
    assert stage.name(VIEWER) in seen
    assert "400" in seen
    with stage.refusing(VIEWER, NotAllowed("people.not_administrator")):
        await stage.use_of_all(VIEWER)
    with stage.refusing(VIEWER, NotAllowed("people.not_administrator")):
        await stage.limit_everybody(VIEWER, 5)
    assert await stage.use(VIEWER) == Use(400, 1_000)


async def _let_see(stage: Stage) -> None:
    """Let the Korean speaker see the private columns of the shop, where nobody else reads."""
    person = await stage.house.service.person(stage.actor(KOREAN))
    async with stage.house.store.reading() as session:
        (shop,) = [one for one in await stage.house.road.connections.every(session) if one.name == SHOP]
    assert shop.given_to == {("everyone", EVERYONE)}
    giver = await administrator(stage.house)
    await stage.house.road.connections.give(giver, shop, "user", person.id, private=True)


BOTH = (VIEWER, KOREAN)
COSTS = Turn(text=COUNT, usage=(380, 20))

SCENARIOS = (
    Scenario("a private column is masked for one and shown to another", private_column, BOTH),
    Scenario("two people in one thread", two_in_a_thread, BOTH),
    Scenario("a guest is refused", guest, (GUEST, VIEWER)),
    Scenario("where outsiders read", outsiders_read, (ADMIN,)),
    Scenario("a connection is chosen", chosen_connection, (VIEWER,), connections=(SHOP, DELIVERIES), default=""),
    Scenario("another default", other_default, BOTH, connections=(SHOP, DELIVERIES)),
    Scenario("one's own use", own_use, BOTH, model=COSTS),
    Scenario("everybody's use is for administrators", use_of_all, (ADMIN, VIEWER), model=COSTS),
)
