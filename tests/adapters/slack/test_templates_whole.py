"""Templates in Slack from end to end: a real local Slack server, Socket Mode, the whole house behind the door."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import listeners
from adapters.slack.template_modals import DELETE, KEEP, RUN
from bot.wiring import House
from core.chat import Actor
from core.errors import NoTemplate
from core.saved import Parameter, SavedTemplate, TemplateEdit
from tests.adapters.slack.payloads import message_problems, view_problems
from tests.adapters.slack.people import Page, page, until
from tests.adapters.slack.proxy import Proxy, late, refused
from tests.adapters.slack.server import ADA, BOB, BOT, DIRECT, GENERAL, TEAM, LocalSlack
from tests.adapters.slack.whole import Json, answer, over_a_socket, replies, said_by_us
from tests.houses import add_sqlite, make_shop

ADA_HERSELF = Actor("slack", TEAM, ADA, "Ada Lovelace", email="ada@example.com")
BOB_HIMSELF = Actor("slack", TEAM, BOB, "Bob", email="bob@example.com")
IN_CITY = TemplateEdit(
    "Customers by city",
    "How many customers are in {city}?",
    "SELECT COUNT(*) AS customers FROM customers JOIN cities ON cities.id = city_id WHERE cities.name = :city",
    (Parameter("city", "choice", "Seoul", "cities.name"),),
)
EVERYONE = TemplateEdit("All customers", "How many people buy here?", "SELECT COUNT(*) AS customers FROM customers")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("templates") / "shop.db")


@pytest.fixture
async def built(proxy: Proxy, shop: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with over_a_socket(proxy.api_url, tmp_path, administrators=(f"slack:{TEAM}:{BOB}",)) as house:
        await add_sqlite(house, shop)
        yield house


async def kept(built: House, edit: TemplateEdit, actor: Actor = ADA_HERSELF) -> SavedTemplate:
    return await built.service.saved.keep(actor, edit)


def buttons(message: Json) -> list[Json]:
    return [one for block in message["blocks"] for one in block.get("elements", ()) if "action_id" in one]


def named(message: Json, name: str) -> Json:
    return next(one for one in buttons(message) if one["action_id"].split(":")[0] == f"cq_{name}")


async def press(slack: LocalSlack, message: Json, name: str, *, channel: str = GENERAL, user: str = ADA) -> None:
    found = named(message, name)
    pressed = {"type": "button", "action_id": found["action_id"], "value": found["value"], "block_id": "b"}
    await slack.press(channel, message["ts"], pressed, user=user)


async def choose(slack: LocalSlack, message: Json, what: str, *, user: str = ADA) -> None:
    """A line of a template's menu."""
    found = named(message, "template_menu")
    option = next(one for one in found["options"] if one["value"].startswith(f"{what}|"))
    chosen = {"type": "overflow", "action_id": found["action_id"], "block_id": "b", "selected_option": option}
    await slack.press(GENERAL, message["ts"], chosen, user=user)


async def listed(slack: LocalSlack, containing: str, search: str = "", *, user: str = ADA) -> Json:
    await slack.command(GENERAL, "/templates", search, user=user)
    found = await said_by_us(slack, GENERAL, containing, privately=True)
    assert message_problems(found["text"], found["blocks"]) == []
    return found


async def form(opened: Page, callback_id: str) -> Json:
    """The form on top, once what it shows is there."""

    async def look() -> Json | None:
        top = opened.modals[-1] if opened.modals else {}
        return top if top.get("callback_id") == callback_id else None

    found = await until(look)
    assert view_problems({key: found[key] for key in found.keys() & VIEW}) == []
    return found


VIEW = {"type", "callback_id", "title", "submit", "close", "private_metadata", "blocks"}


async def send(opened: Page, view: Json, **typed: Any) -> None:
    """Send a form as Slack's client does: what stands in it, and what was typed over it."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            stands: Json = {
                "type": element["type"],
                "value": element.get("initial_value"),
                "selected_date": element.get("initial_date"),
                "selected_option": element.get("initial_option"),
                "selected_options": element.get("initial_options", []),
            }
            values[block["block_id"]] = {"cq_text": stands}
    for name, changes in typed.items():
        block_id = f"cq_value:{name}" if f"cq_value:{name}" in values else f"cq_{name}"
        changed = changes if isinstance(changes, dict) else {"value": changes}
        values[block_id]["cq_text"].update(changed)
    await opened.send(values)


def option(view: Json, name: str, value: str) -> Json:
    """Choose from a menu of a form."""
    (menu,) = [
        block["element"] for block in view["blocks"] if block.get("block_id") in (f"cq_value:{name}", f"cq_{name}")
    ]
    (chosen,) = [one for one in menu["options"] if one["value"] == value]
    return {"selected_options": [chosen]} if menu["type"] == "checkboxes" else {"selected_option": chosen}


async def told(opened: Page, containing: str) -> str:
    """What the form says instead of itself, once it does."""

    async def look() -> str | None:
        shown = json.dumps(opened.modals, ensure_ascii=False)
        return shown if containing in shown else None

    return await until(look)


async def closed(opened: Page) -> bool:
    async def look() -> bool:
        return not opened.modals

    return await until(look)


async def aloud(slack: LocalSlack, text: str, channel: str = GENERAL) -> Json:
    """The message that says who asks what."""
    return await said_by_us(slack, channel, f": {text}")


async def test_a_template_without_placeholders_is_asked_at_once(slack: LocalSlack, built: House) -> None:
    await kept(built, EVERYONE)
    shown = await listed(slack, "All customers")
    await press(slack, shown, "template")
    asked = await aloud(slack, "How many people buy here?")
    found = json.dumps(await answer(slack, GENERAL, asked["ts"]))
    assert "All customers" in found
    assert "0 tokens" in found


async def test_a_template_with_a_placeholder_asks_for_it(slack: LocalSlack, built: House) -> None:
    await kept(built, IN_CITY)
    async with page(slack) as opened:
        await press(slack, await listed(slack, "Customers by city"), "template_form")
        view = await form(opened, RUN)
        assert "Busan" in json.dumps(view)
        await send(opened, view, city=option(view, "city", "Busan"))
        await closed(opened)
    asked = await aloud(slack, "How many customers are in Busan?")
    busan = await answer(slack, GENERAL, asked["ts"])
    assert "Customers by city" in json.dumps(busan)
    assert "cq_not_meant" not in json.dumps(busan), "it was taken from the list: it is what was meant"


async def test_the_form_in_korean_in_a_thread_of_direct_messages(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    proxy.people[ADA] = {"locale": "ko-KR"}
    await kept(built, IN_CITY)
    asked = await slack.say(DIRECT, "고객이 몇 명이야?")
    await answer(slack, DIRECT, asked)
    await slack.say(DIRECT, "템플릿 customers", thread=asked)
    shown = await said_by_us(slack, DIRECT, "“customers” 템플릿")
    assert shown["thread_ts"] == asked
    async with page(slack) as opened:
        await press(slack, shown, "template_form", channel=DIRECT)
        view = await form(opened, RUN)
        assert "비워 두면 Seoul" in json.dumps(view, ensure_ascii=False)
        await send(opened, view)
        await closed(opened)
    again = await aloud(slack, "How many customers are in Seoul?", DIRECT)
    assert again["thread_ts"] == asked


async def test_a_wrong_value_is_said_beside_it_and_nothing_is_lost(slack: LocalSlack, built: House) -> None:
    parameters = (Parameter("n", "number"), Parameter("since", "date"))
    await kept(
        built,
        TemplateEdit(
            "Large orders",
            "Orders since {since} above {n}?",
            "SELECT COUNT(*) FROM orders WHERE id > :n AND ordered_at > :since",
            parameters,
        ),
    )
    async with page(slack) as opened:
        await press(slack, await listed(slack, "Large orders"), "template_form")
        view = await form(opened, RUN)
        await send(opened, view, n="twelve", since={"selected_date": "2026-01-01"})

        async def refusal() -> bool:
            return bool(opened.errors)

        await until(refusal)
        assert list(opened.errors) == ["cq_value:n"]
        assert "twelve" in opened.errors["cq_value:n"]
        assert opened.modals
        await send(opened, view, n="12", since={"selected_date": "2026-01-01"})
        await closed(opened)
    asked = await aloud(slack, "Orders since 2026-01-01 above 12?")
    await answer(slack, GENERAL, asked["ts"])


async def test_a_template_is_kept_from_an_answer_with_what_changes(slack: LocalSlack, built: House) -> None:
    asked = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Seoul?")
    # The first question that a process links and writes takes seconds where the machine is busy.
    found = await answer(slack, GENERAL, asked, 30.0)
    async with page(slack) as opened:
        await press(slack, found, "save_template")
        view = await form(opened, KEEP)
        sql = next(block for block in view["blocks"] if block.get("block_id") == "cq_sql")["element"]["initial_value"]
        assert "'Seoul'" in sql
        typed = {"name": "By city", "question": "How many customers are in {city}?", "category": "Sales"}
        await send(opened, view, **typed, parameters="town: choice cities.name")

        async def refusal() -> bool:
            return bool(opened.errors)

        await until(refusal)
        assert list(opened.errors) == ["cq_parameters"]
        typed |= {"sql": sql.replace("'Seoul'", ":city"), "parameters": "city: choice cities.name = Seoul"}
        await send(opened, view, **typed, public=option(view, "public", "public"))
        assert "Everyone who may ask" in await told(opened, "is saved")
    (saved,) = await built.service.saved.all(BOB_HIMSELF)
    assert (saved.name, saved.category, saved.connection, saved.is_public) == ("By city", "Sales", "shop", True)
    assert saved.parameters == (Parameter("city", "choice", "Seoul", "cities.name"),)
    again = await slack.say(GENERAL, f"<@{BOT}> How many customers are in Busan?")
    matched = await answer(slack, GENERAL, again)
    assert "By city" in json.dumps(matched)
    assert saved.usage_count == 0
    assert (await built.service.saved.one(ADA_HERSELF, saved.id)).usage_count == 1


async def test_sql_that_is_refused_is_said_beside_it(slack: LocalSlack, built: House) -> None:
    async with page(slack) as opened:
        await press(slack, await listed(slack, "cq_new_template"), "new_template")
        view = await form(opened, KEEP)
        typed = {"name": "All", "question": "Everyone?", "sql": "DELETE FROM customers"}
        await send(opened, view, **typed)

        async def refusal() -> bool:
            return bool(opened.errors)

        await until(refusal)
        assert list(opened.errors) == ["cq_sql"]
        await send(opened, view, **(typed | {"sql": "SELECT * FROM customers"}))
        await told(opened, "is saved")
    assert [one.name for one in await built.service.saved.all(ADA_HERSELF)] == ["All"]


async def test_not_what_i_meant_asks_again_without_templates(slack: LocalSlack, built: House) -> None:
    await kept(built, EVERYONE)
    asked = await slack.say(GENERAL, f"<@{BOT}> How many people buy here?")
    matched = await answer(slack, GENERAL, asked)
    await press(slack, matched, "not_meant")
    await press(slack, matched, "not_meant")

    async def twice() -> list[Json] | None:
        found = await replies(slack, GENERAL, asked)
        return found if len(found) == 2 else None

    # Without templates nobody knows what people are.
    first, second = await until(twice)
    assert "All customers" in json.dumps(first)
    assert "All customers" not in json.dumps(second)
    await asyncio.sleep(0.3)
    assert len(await replies(slack, GENERAL, asked)) == 2


async def test_not_what_i_meant_is_only_for_who_may_read_the_question(slack: LocalSlack, built: House) -> None:
    await kept(built, EVERYONE, BOB_HIMSELF)
    asked = await slack.say(GENERAL, f"<@{BOT}> How many people buy here?", user=BOB)
    matched = await answer(slack, GENERAL, asked)
    await press(slack, matched, "not_meant", user=ADA)
    refusal = await said_by_us(slack, GENERAL, "", privately=True)
    assert refusal["ephemeral_to"] == ADA
    assert len(await replies(slack, GENERAL, asked)) == 1


async def test_a_template_is_changed_shared_and_deleted(slack: LocalSlack, built: House) -> None:
    saved = await kept(built, IN_CITY)
    shown = await listed(slack, "Customers by city")
    assert "verify|" not in json.dumps(shown)
    await choose(slack, shown, "show")
    detail = await said_by_us(slack, GENERAL, "city: choice cities.name = Seoul", privately=True)
    assert ":city" in json.dumps(detail)
    await choose(slack, shown, "share")
    await said_by_us(slack, GENERAL, "can use “Customers by city” now", privately=True)
    async with page(slack) as opened:
        await choose(slack, shown, "edit")
        view = await form(opened, KEEP)
        await send(opened, view, name="Customers of a city")
        assert "Everyone" not in await told(opened, "is saved")
        changed = await built.service.saved.one(ADA_HERSELF, saved.id)
        assert (changed.name, changed.is_public, changed.sql) == ("Customers of a city", True, IN_CITY.sql)
        assert changed.parameters == IN_CITY.parameters
    async with page(slack) as opened:
        await choose(slack, shown, "delete")
        view = await form(opened, DELETE)
        assert "Customers of a city" in json.dumps(view)
        await send(opened, view)
        await told(opened, "is deleted.")
    with pytest.raises(NoTemplate):
        await built.service.saved.one(ADA_HERSELF, saved.id)
    await choose(slack, shown, "show")
    await said_by_us(slack, GENERAL, "no such template", privately=True)


async def test_administrators_verify_and_others_cannot(slack: LocalSlack, built: House) -> None:
    saved = await kept(built, EVERYONE)
    await built.service.saved.share(ADA_HERSELF, saved.id, True)
    shown = await listed(slack, "All customers", user=BOB)
    await choose(slack, shown, "verify", user=BOB)
    await said_by_us(slack, GENERAL, "“All customers” is verified now", privately=True)
    assert (await built.service.saved.one(ADA_HERSELF, saved.id)).is_verified
    forged = {"type": "overflow", "action_id": "cq_template_menu:0", "block_id": "b",
              "selected_option": {"value": f"unverify|{saved.id}"}}  # fmt: skip
    await slack.press(GENERAL, shown["ts"], forged, user=ADA)
    await said_by_us(slack, GENERAL, "administrator", privately=True)
    assert (await built.service.saved.one(ADA_HERSELF, saved.id)).is_verified


async def test_a_search_finds_and_pages_lead_on(slack: LocalSlack, built: House) -> None:
    for number in range(12):
        edit = TemplateEdit(f"Template {number}", f"What is {number}?", f"SELECT {number} AS n FROM customers LIMIT 1")
        await kept(built, edit)
    first = await listed(slack, "Show 2 more")
    await press(slack, first, "templates")

    async def second() -> Json | None:
        found = [one for one in await slack.messages(GENERAL, ours=True) if "Template" in json.dumps(one)]
        return found[-1] if len(found) == 2 else None

    assert len([one for one in buttons(await until(second)) if one["action_id"].startswith("cq_template:")]) == 2
    found = await listed(slack, "with “what is 11”", "what is 11")
    assert len([one for one in buttons(found) if one["action_id"].startswith("cq_template:")]) == 1
    await slack.say(GENERAL, f"<@{BOT}> templates nothing of the kind")
    await said_by_us(slack, GENERAL, "No template has these words", privately=True)


async def test_favorites_on_the_home_tab_are_run_in_direct_messages(slack: LocalSlack, built: House) -> None:
    await kept(built, IN_CITY)
    async with page(slack) as opened:
        await slack.open_home()

        async def drawn() -> Json | None:
            return opened.homes.get(ADA)

        home = await until(drawn)
        assert named(home, "template_form")["text"]["text"] == "Customers by city"
        assert named(home, "templates")


async def test_what_takes_longer_than_slack_waits_goes_on_and_what_was_typed_comes_back(
    slack: LocalSlack, built: House, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners.template_forms, "_PATIENCE", 0.0)
    async with page(slack) as opened:
        await press(slack, await listed(slack, "cq_new_template"), "new_template")
        view = await form(opened, KEEP)
        typed = {"name": "Everyone", "question": "Who?", "sql": "DROP TABLE customers", "category": "canary"}
        await send(opened, view, **typed)
        await told(opened, "cq_wrong")
        again = await form(opened, KEEP)
        assert "canary" in json.dumps(again)
        await send(opened, again, sql="SELECT name FROM customers")
        await told(opened, "is saved")
    (saved,) = await built.service.saved.all(ADA_HERSELF)
    assert (saved.name, saved.category) == ("Everyone", "canary")


async def test_a_trigger_that_is_too_old_is_told(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    await kept(built, IN_CITY)
    shown = await listed(slack, "Customers by city")
    proxy.play("views.open", refused("expired_trigger_id"))
    await press(slack, shown, "template_form")
    await said_by_us(slack, GENERAL, "Press the button again", privately=True)


async def test_a_form_that_cannot_be_filled_says_why(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    saved = await kept(built, IN_CITY)
    shown = await listed(slack, "Customers by city")
    await built.service.saved.delete(ADA_HERSELF, saved.id)
    proxy.play("views.open", late(0.2))
    async with page(slack) as opened:
        await choose(slack, shown, "edit")
        await told(opened, "no such template")
