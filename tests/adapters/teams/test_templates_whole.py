"""Templates in Teams from end to end: a local Bot Connector, dialogs, the whole house behind the door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.teams.template_dialogs import field_of
from bot.wiring import House
from core.chat import Actor
from core.errors import NoTemplate
from core.saved import Parameter, SavedTemplate, TemplateEdit
from tests.adapters.teams.hands import Hands, button, buttons, data_in, fields, said
from tests.adapters.teams.payloads import shown as words
from tests.adapters.teams.people import (
    ADA,
    BOB,
    CHANNEL,
    GROUP,
    GROUP_WITH_GUEST,
    GUEST,
    PERSONAL,
    PERSONAL_BOB,
    TENANT,
    Json,
)
from tests.adapters.teams.server import FakeConnector, Posted
from tests.adapters.teams.whole import over_http
from tests.houses import add_sqlite, make_shop

pytestmark = pytest.mark.usefixtures("fast")

ADA_HERSELF = Actor("teams", TENANT, ADA.aad, ADA.name, email=ADA.email)
BOB_HIMSELF = Actor("teams", TENANT, BOB.aad, BOB.name, email=BOB.email)
IN_CITY = TemplateEdit(
    "Customers by city",
    "How many customers are in {city}?",
    "SELECT COUNT(*) AS customers FROM customers JOIN cities ON cities.id = city_id WHERE cities.name = :city",
    (Parameter("city", "choice", "Seoul", "cities.name"),),
)
EVERYONE = TemplateEdit("All customers", "How many people buy here?", "SELECT COUNT(*) AS customers FROM customers")
OPENS = {"type": "task/fetch"}
CITY = field_of("city")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("templates") / "shop.db")


@pytest.fixture
async def ada(teams: FakeConnector, shop: Path, tmp_path: Path) -> AsyncIterator[tuple[Hands, House]]:
    """Ada in her own chat; Bob is the administrator."""
    async with over_http(tmp_path, teams, administrators=(f"teams:{TENANT}:{BOB.aad}",)) as (house, url):
        await add_sqlite(house, shop)
        yield Hands(url, teams), house


async def kept(house: House, edit: TemplateEdit, actor: Actor = ADA_HERSELF) -> SavedTemplate:
    return await house.service.saved.keep(actor, edit)


async def listed(hands: Hands, containing: str, search: str = "") -> Posted:
    await hands.say(f"templates {search}".strip())
    return await hands.sees(containing)


async def said_to_all(hands: Hands, containing: str, where: str = "") -> Posted:
    """What everybody in the conversation sees."""

    def found() -> list[Posted]:
        return [one for one in hands.teams.messages(where or hands.where) if containing in said(one)]

    await hands.until(found)
    return found()[-1]


async def answered(hands: Hands, containing: str, where: str = "") -> Posted:
    """An answer with a table or a number, and what it rests on."""

    def found() -> list[Posted]:
        seen = hands.teams.messages(where or hands.where)
        return [one for one in seen if one.cards and "SELECT" in said(one) and containing in said(one)]

    await hands.until(found)
    return found()[-1]


async def test_a_template_without_placeholders_is_asked_at_once_in_a_thread_of_its_own(
    ada: tuple[Hands, House],
) -> None:
    hands, house = ada
    await kept(house, EVERYONE)
    channel = hands.elsewhere(CHANNEL)
    shown = await listed(channel, "All customers")
    assert not [one for one in hands.teams.messages(CHANNEL) if "All customers" in said(one)], "others see no list"
    await channel.press(button(shown.cards, "template"))
    asked = await said_to_all(channel, "Ada Lovelace asks: How many people buy here?")
    found = await answered(channel, "All customers")
    assert "0 tokens" in said(found)
    assert found.conversation.endswith(f";messageid={asked.id}")


async def test_a_template_with_a_placeholder_asks_for_it_in_a_dialog(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    await kept(house, IN_CITY)
    group = hands.elsewhere(GROUP)
    shown = await listed(group, "Customers by city")
    form = await group.open(button(shown.cards, "template_form"))
    assert "Busan" in [one["value"] for one in fields(form)[CITY]["choices"]]
    assert await group.send(form, **{CITY: "Busan"}) is None
    await said_to_all(group, "How many customers are in Busan?")
    busan = await answered(group, "Customers by city")
    assert "not_meant" not in data_in(busan), "it was taken from the list: it is what was meant"


async def test_the_dialog_in_korean_in_a_chat_of_ones_own(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    korean = hands.elsewhere(PERSONAL, locale="ko-KR")
    await kept(house, IN_CITY)
    await korean.say("템플릿 customers")
    shown = await korean.sees("“customers” 템플릿")
    form = await korean.open(button(shown.cards, "template_form"))
    assert "비워 두면 Seoul" in words(form)
    assert await korean.send(form) is None
    await answered(korean, "Customers by city")


async def test_what_has_a_placeholder_only_by_now_gives_a_button_for_its_dialog(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    saved = await kept(house, IN_CITY)
    await hands.press({"cq": "template", "v": saved.id})
    shown = await hands.sees("needs something filled in")
    form = await hands.open(button(shown.cards, "template_form"))
    assert CITY in fields(form)


async def test_a_wrong_value_is_said_in_the_dialog_and_nothing_is_lost(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    parameters = (Parameter("n", "number"), Parameter("since", "date"))
    await kept(
        house,
        TemplateEdit(
            "Large orders",
            "Orders since {since} above {n}?",
            "SELECT COUNT(*) FROM orders WHERE id > :n AND ordered_at > :since",
            parameters,
        ),
    )
    shown = await listed(hands, "Large orders")
    form = await hands.open(button(shown.cards, "template_form"))
    wrong = await hands.send(form, **{field_of("n"): "twelve", field_of("since"): "2026-01-01"})
    assert wrong and "twelve" in words(wrong)
    assert fields(wrong)[field_of("since")]["value"] == "2026-01-01"
    missing = await hands.send(wrong)
    assert missing and "There is no value for “n”" in words(missing)
    assert await hands.send(wrong, **{field_of("n"): "12"}) is None
    await answered(hands, "Large orders")


async def test_a_template_is_kept_from_an_answer_with_what_changes(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    await hands.say("How many customers are in Seoul?")
    found = await answered(hands, "Seoul")
    form = await hands.open(button(found.cards, "save_template"))
    sql = fields(form)["sql"]["value"]
    assert "'Seoul'" in sql
    typed = {"name": "By city", "question": "How many customers are in {city}?", "category": "Sales"}
    wrong = await hands.send(form, **typed, parameters="town: choice cities.name")
    assert wrong and words(wrong).startswith("What changes: ")
    assert fields(wrong)["name"]["value"] == "By city" and fields(wrong)["category"]["value"] == "Sales"
    right = {"sql": sql.replace("'Seoul'", ":city"), "parameters": "city: choice cities.name = Seoul"}
    told = await hands.send(wrong, **right, public="true")
    assert told and "Everyone who may ask" in words(told) and fields(told) == {}
    (saved,) = await house.service.saved.all(BOB_HIMSELF)
    assert (saved.name, saved.category, saved.connection, saved.is_public) == ("By city", "Sales", "shop", True)
    assert saved.parameters == (Parameter("city", "choice", "Seoul", "cities.name"),)


async def test_sql_that_is_refused_is_said_above_what_was_typed(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    shown = await listed(hands, "no saved questions yet")
    form = await hands.open(button(shown.cards, "new_template"))
    typed = {"name": "All", "question": "Everyone?", "sql": "DELETE FROM customers"}
    wrong = await hands.send(form, **typed)
    assert wrong and words(wrong).startswith("SQL: ") and fields(wrong)["sql"]["value"] == "DELETE FROM customers"
    told = await hands.send(wrong, sql="SELECT * FROM customers")
    assert told and "is saved" in words(told)
    assert [one.name for one in await house.service.saved.all(ADA_HERSELF)] == ["All"]


async def test_not_what_i_meant_asks_again_without_templates_and_once(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    await kept(house, EVERYONE)
    await hands.say("How many people buy here?")
    matched = await answered(hands, "All customers")
    await hands.press(button(matched.cards, "not_meant"))
    await hands.press(button(matched.cards, "not_meant"))
    # The next question is taken up after both: by then a second one of theirs would be there, too.
    await hands.say("How many cities are there?")
    await answered(hands, "cities")
    asked = [one.text for one in await house.service.recent(ADA_HERSELF)]
    assert sorted(asked) == ["How many cities are there?", *["How many people buy here?"] * 2]
    assert len([one for one in hands.seen() if "All customers" in said(one)]) == 1


async def test_not_what_i_meant_is_only_for_who_may_read_the_question(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    await kept(house, EVERYONE, BOB_HIMSELF)
    bob = hands.elsewhere(GROUP, by=BOB)
    await bob.say("How many people buy here?")
    matched = await answered(bob, "All customers")
    others = hands.elsewhere(GROUP)
    await others.press(button(matched.cards, "not_meant"))
    await others.until(others.seen)
    assert len([one for one in hands.teams.messages(GROUP) if "SELECT" in said(one)]) == 1


async def test_a_template_is_changed_shared_and_deleted(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    saved = await kept(house, IN_CITY)
    shown = await listed(hands, "Customers by city")
    assert "template_verify" not in data_in(shown)
    await hands.press(button(shown.cards, "template_show"))
    assert ":city" in said(await hands.sees("city: choice cities.name = Seoul"))
    await hands.press(button(shown.cards, "template_share"))
    await hands.sees("can use “Customers by city” now")
    form = await hands.open(button(shown.cards, "template_edit"))
    told = await hands.send(form, name="Customers of a city")
    assert told and "is saved" in words(told) and "Everyone" not in words(told)
    changed = await house.service.saved.one(ADA_HERSELF, saved.id)
    assert (changed.name, changed.is_public, changed.sql) == ("Customers of a city", True, IN_CITY.sql)
    assert changed.parameters == IN_CITY.parameters
    sure = await hands.open(button(shown.cards, "template_delete"))
    assert "Customers of a city" in words(sure)
    told = await hands.send(sure)
    assert told and "is deleted." in words(told)
    with pytest.raises(NoTemplate):
        await house.service.saved.one(ADA_HERSELF, saved.id)
    await hands.press(button(shown.cards, "template_show"))
    await hands.sees("no such template")
    gone = await hands.open(button(shown.cards, "template_edit"))
    assert "no such template" in words(gone) and fields(gone) == {}
    assert "no such template" in words(await hands.send(form, name="x") or {})


async def test_administrators_verify_and_others_cannot(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    saved = await kept(house, EVERYONE)
    await house.service.saved.share(ADA_HERSELF, saved.id, True)
    bob = hands.elsewhere(PERSONAL_BOB, by=BOB)
    shown = await listed(bob, "All customers")
    await bob.press(button(shown.cards, "template_verify"))
    await bob.sees("“All customers” is verified now")
    assert (await house.service.saved.one(ADA_HERSELF, saved.id)).is_verified
    await hands.press({"cq": "template_unverify", "v": saved.id})
    await hands.sees("administrator")
    assert (await house.service.saved.one(ADA_HERSELF, saved.id)).is_verified


async def test_a_search_finds_and_pages_lead_on(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    for number in range(12):
        edit = TemplateEdit(f"Template {number}", f"What is {number}?", f"SELECT {number} AS n FROM customers LIMIT 1")
        await kept(house, edit)
    first = await listed(hands, "Show 2 more")
    await hands.press(button(first.cards, "templates"))
    second = await hands.sees("Templates", times=2)
    assert len([one for one in buttons(second.cards) if one["cq"] == "template"]) == 2
    found = await listed(hands, "with “what is 11”", "what is 11")
    assert len([one for one in buttons(found.cards) if one["cq"] == "template"]) == 1
    await listed(hands, "No template has these words", "nothing of the kind")
    await hands.press({"cq": "templates", "v": "-3|what is 1"})
    await hands.sees("Templates", times=3)


@pytest.mark.parametrize("forged", ["", "no-such-id", "' OR 1=1 --", "x" * 2_000, "t|q|sql,name"])
async def test_forged_ids_name_nothing(ada: tuple[Hands, House], forged: str) -> None:
    hands, house = ada
    saved = await kept(house, EVERYONE, BOB_HIMSELF)
    for name in ("template", "template_show", "template_share", "template_unverify"):
        await hands.press({"cq": name, "v": forged})
    await hands.until(lambda: len(hands.seen()) == 4)
    for name in ("template_form", "template_edit", "template_delete", "save_template"):
        told = await hands.open({"cq": name, "v": forged, "msteams": OPENS})
        assert fields(told) == {} or (name, forged) in {("template_edit", ""), ("save_template", "")}, name
    for name in ("run_template", "delete_template"):
        told = sent(await hands.send(form_of(name, forged)))
        assert "no such template" in words(told) or "administrator" in words(told)
    (left,) = await house.service.saved.all(BOB_HIMSELF)
    assert (left.id, left.name, left.is_public) == (saved.id, EVERYONE.name, False)


def form_of(name: str, value: str) -> Json:
    """A form that nobody was shown."""
    return {"actions": [{"type": "Action.Submit", "data": {"cq": name, "v": value, "sent": "1"}}]}


def sent(card: Json | None) -> Json:
    assert card is not None
    return card


async def test_somebody_elses_template_is_neither_seen_nor_changed(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    saved = await kept(house, EVERYONE, BOB_HIMSELF)
    edit = await hands.open({"cq": "template_edit", "v": saved.id, "msteams": OPENS})
    assert "no such template" in words(edit)
    told = sent(await hands.send(form_of("keep_template", f"{saved.id}||name,question,sql,parameters")))
    assert "no such template" in words(told)
    told = sent(await hands.send(form_of("delete_template", saved.id)))
    assert "no such template" in words(told)
    assert (await house.service.saved.one(BOB_HIMSELF, saved.id)).name == EVERYONE.name


async def test_guests_have_no_templates(ada: tuple[Hands, House]) -> None:
    hands, house = ada
    saved = await kept(house, EVERYONE)
    await house.service.saved.share(ADA_HERSELF, saved.id, True)
    guest = hands.elsewhere(GROUP_WITH_GUEST, by=GUEST)
    await guest.say("templates")
    await guest.sees("Guests")
    told = await guest.open({"cq": "new_template", "v": "", "msteams": OPENS})
    assert "Guests" in words(told) and fields(told) == {}
    assert not [one for one in guest.teams.messages(GROUP_WITH_GUEST) if "All customers" in said(one)]
