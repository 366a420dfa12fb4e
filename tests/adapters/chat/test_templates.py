"""Templates as every chat has them: what may be done, what stands in a form, what becomes of what was typed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.template_form import (
    Draft,
    Input,
    begun,
    field_about,
    input_of,
    keep,
    longest,
    opened,
    shown_text,
)
from adapters.chat.templates import (
    DEEDS,
    LINES,
    asked_fresh,
    asked_with,
    choices_of,
    delete,
    lines,
    page_of,
    page_value,
    runs,
)
from bot.wiring import House
from core.chat import Actor, Place
from core.errors import BadEdit, ColloqueryError, NotAllowed, NoTemplate, QueryRefused
from core.saved import Parameter, SavedTemplate
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, ask, make_shop, open_house, question, settings_for

HERE = Place("memory", "T1", "C1", "t1", "alone")
OPEN = replace(HERE, readers="team")
DRAFT = Draft(
    "By city",
    "How many customers are in {city}?",
    "SELECT COUNT(*) AS n FROM customers JOIN cities ON cities.id = city_id WHERE cities.name = :city",
    "city: choice cities.name = Seoul",
)
SAVED = SavedTemplate("t1", "n", "q", "s")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("templates") / "shop.db")


@pytest.fixture
async def house(tmp_path: Path, shop: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as built:
        await add_sqlite(built, shop)
        yield built


async def kept(house: House, draft: Draft = DRAFT, actor: Actor = LEE) -> SavedTemplate:
    assert "is saved" in await keep(house.service.saved, actor, HERE, draft)
    (saved,) = await house.service.saved.all(actor, place=HERE)
    return saved


async def test_a_template_is_kept_shared_changed_and_deleted(house: House) -> None:
    desk = house.service.saved
    saved = await kept(house, replace(DRAFT, public=True))
    assert saved.is_public and saved.connection == "shop"
    assert (await begun(desk, LEE, HERE, template=saved.id)) == replace(DRAFT, connection="shop", public=True)
    told = await keep(desk, LEE, HERE, replace(DRAFT, name="Other", sql=None), template=saved.id)
    assert "“Other” is saved" in told and "“Other”" in told.partition("tokens.")[2], "it is private again, and said"
    changed = await desk.one(LEE, saved.id, HERE)
    assert (changed.name, changed.sql, changed.is_public) == ("Other", saved.sql, False)
    for name, deed in DEEDS.items():
        actor = ADMINISTRATOR if "verify" in name else LEE
        assert "“Other”" in await deed(desk, actor, HERE, saved.id), name
    assert "“Other”" in await delete(desk, LEE, HERE, saved.id)
    with pytest.raises(NoTemplate):
        await delete(desk, LEE, HERE, saved.id)


async def test_others_change_nothing(house: House) -> None:
    desk, saved = house.service.saved, await kept(house, replace(DRAFT, public=True))
    for deed in (*DEEDS.values(), delete):
        with pytest.raises(NotAllowed):
            await deed(desk, KIM, HERE, saved.id)
    with pytest.raises(NotAllowed):
        await keep(desk, KIM, HERE, DRAFT, template=saved.id)
    for forged in ("", "t1", saved.id[:-1], "' OR 1=1 --"):
        with pytest.raises(NoTemplate):
            await DEEDS["share"](desk, LEE, HERE, forged)
    assert await desk.one(LEE, saved.id, HERE) == saved


async def test_a_form_begins_with_an_answer_or_with_nothing(house: House) -> None:
    _, reply = await ask(house, "How many customers are there?")
    draft, offered = await opened(house.service, LEE, HERE, answer=reply.question_id)
    assert draft.name == draft.question == "How many customers are there?" and draft.connection == "shop"
    assert offered == ("shop",)
    assert await opened(house.service, LEE, HERE) == (Draft(connection="shop"), ("shop",))
    with pytest.raises(ColloqueryError):
        await opened(house.service, KIM, HERE, answer=reply.question_id)


async def test_it_is_asked_with_what_was_filled_in(house: House) -> None:
    desk, saved = house.service.saved, await kept(house)
    assert "Busan" in (await choices_of(desk, LEE, HERE, saved))["city"]
    asked = await asked_with(desk, LEE, HERE, saved.id, {"city": "busan"}, key="press")
    assert (asked.text, asked.message, asked.template) == ("How many customers are in Busan?", "press", saved.id)
    with pytest.raises(BadEdit, match="value_too_long"):
        await asked_with(desk, LEE, HERE, saved.id, {"city": "x" * 501}, key="press")


async def test_the_same_again_is_asked_without_templates(house: House) -> None:
    _, reply = await ask(house, "How many customers are there?")
    before = question("How many customers are there?", LEE)
    again = await asked_fresh(house.service.saved, LEE, OPEN, reply.question_id, before)
    assert again.fresh and (again.text, again.place) == (before.text, OPEN)
    assert again.message == f"fresh:{reply.question_id}"
    with pytest.raises(ColloqueryError):
        await asked_fresh(house.service.saved, KIM, OPEN, reply.question_id, before)


@pytest.mark.parametrize("verifies", [True, False])
@pytest.mark.parametrize("template", [SAVED, replace(SAVED, is_public=True), replace(SAVED, is_verified=True)])
@pytest.mark.parametrize("may_change", [True, False])
def test_nobody_is_offered_both_of_two_opposites(may_change: bool, template: SavedTemplate, verifies: bool) -> None:
    offered = list(lines(replace(template, may_change=may_change), verifies=verifies))
    assert offered[0] == "show" and offered == [name for name in LINES if name in offered]
    assert not {"share", "unshare"} <= set(offered) and not {"verify", "unverify"} <= set(offered)
    assert ("delete" in offered, "edit" in offered) == (may_change, may_change)
    assert bool({"verify", "unverify"} & set(offered)) == verifies


def test_what_is_run_from_the_list() -> None:
    assert runs(SAVED) and runs(replace(SAVED, problem="template.fixed_dates"))
    assert not runs(replace(SAVED, problem="template.table_gone"))


@given(st.integers(0, 999_999), st.text())
def test_a_page_is_read_back(start: int, search: str) -> None:
    assert page_of(page_value(start, search)) == (start, search)


@pytest.mark.parametrize("forged", ["", "x", "-1|a", "1" * 5_000 + "|a", "٣|a", "12"])
def test_a_forged_page_is_the_first(forged: str) -> None:
    assert page_of(forged) == (0, "")


@pytest.mark.parametrize(
    ("parameter", "choices", "drawn"),
    [
        (Parameter("n", "number", "5"), (), Input("n", "number", "5", "If you leave it empty: 5", (), True)),
        (Parameter("n", "number", "1e9"), (), Input("n", "number", "", "If you leave it empty: 1e9", (), True)),
        (Parameter("d", "date"), (), Input("d", "date", "", "", (), False)),
        (
            Parameter("d", "date", "2026-02-30"),
            (),
            Input("d", "date", "", "If you leave it empty: 2026-02-30", (), True),
        ),
        (Parameter("c", "choice"), ("a", "b", "a"), Input("c", "choice", "", "", ("a", "b"), False)),
        (Parameter("c", "choice"), ("a", "toolong"), Input("c", "text", "", "For example: a, toolong", (), False)),
        (Parameter("c", "choice"), tuple("abcd"), Input("c", "text", "", "For example: a, b, c, d", (), False)),
        (Parameter("c", "choice"), (), Input("c", "text", "", "", (), False)),
        (Parameter("t", "text", "a\u202e"), (), Input("t", "text", "", "If you leave it empty: a\u202e", (), True)),
    ],
)
def test_how_a_placeholder_is_asked_for(parameter: Parameter, choices: tuple[str, ...], drawn: Input) -> None:
    assert input_of(parameter, choices, "en", most=4, longest=5) == drawn


def test_texts_are_as_long_as_the_store_or_the_input_takes() -> None:
    assert [longest(name, 3_000) for name in ("name", "question", "sql", "category")] == [200, 2_000, 3_000, 50]
    assert shown_text("sql", "a\n\tb") == "a\n\tb" and "\n" not in shown_text("name", "a\nb")


def test_an_error_has_its_field() -> None:
    assert field_about(BadEdit("template.name_taken")) == "name"
    assert field_about(QueryRefused("guard.not_select")) == "sql"
    assert field_about(ColloqueryError("unexpected")) == ""
