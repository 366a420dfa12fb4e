"""Templates as messages and forms: what they show, within Slack's limits, and what was typed read back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.home import favorites
from adapters.chat.template_form import Draft
from adapters.chat.templates import PAGE
from adapters.slack.render import Message
from adapters.slack.template_modals import (
    About,
    about,
    field_of,
    read_draft,
    read_values,
    refilled,
    render_delete_form,
    render_keep_form,
    render_run_form,
    render_template_told,
)
from adapters.slack.template_pages import detail_page, list_page
from core.errors import BadEdit, ColloqueryError, QueryRefused, UnknownConnection
from core.saved import Parameter, SavedTemplate
from tests.adapters.slack.payloads import message_problems, view_problems
from tests.adapters.slack.test_limits import HOSTILE
from tests.adapters.slack.test_render import words

PARAMETERS = (
    Parameter("city", "choice", "Seoul", "customers.city"),
    Parameter("since", "date", "2026-01-01"),
    Parameter("n", "number", "5"),
    Parameter("이름"),
)
CITIES = SavedTemplate(
    "t1",
    "Customers by city",
    "How many customers named {이름} are in {city} since {since}, top {n}?",
    "SELECT COUNT(*) FROM customers WHERE city = :city",
    PARAMETERS,
    description="For the weekly meeting.",
    category="Sales",
    connection="shop",
    owner="Kim",
    usage_count=1204,
)


def shown(message: Message) -> str:
    assert message_problems(message.text, message.blocks) == []
    return words(message.blocks)


def elements(message: Message) -> list[Mapping[str, Any]]:
    return [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]


def menu(message: Message) -> list[str]:
    return [option["value"] for one in elements(message) for option in one.get("options", ())]


def test_a_template_in_the_list() -> None:
    message = list_page([CITIES, replace(CITIES, id="t2", parameters=(), is_verified=True, is_mine=True)], "en")
    told = shown(message)
    for text in ("Templates", "Customers by city", "{city}", "Sales", "by Kim", "private", "shop", "used 1,204×"):
        assert text in told
    assert "verified · yours" in told
    assert [(one["action_id"], one.get("value")) for one in elements(message) if "value" in one] == [
        *(("cq_template_form:0", "t1"), ("cq_template_menu:0", "show|t1")),
        *(("cq_template:1", "t2"), ("cq_template_menu:1", "show|t2"), ("cq_new_template", "new")),
    ]
    assert "내 템플릿" in shown(list_page([replace(CITIES, is_mine=True)], "ko"))


@pytest.mark.parametrize(
    ("changes", "verifies", "lines"),
    [
        ({}, False, []),
        ({"may_change": True}, False, ["show", "edit", "share", "delete"]),
        ({"may_change": True, "is_public": True}, False, ["show", "edit", "unshare", "delete"]),
        ({"may_change": True}, True, ["show", "edit", "share", "verify", "delete"]),
        ({"may_change": True, "is_verified": True}, True, ["show", "edit", "unverify", "delete"]),
    ],
)
def test_the_menu_has_what_may_be_done(changes: dict[str, Any], verifies: bool, lines: list[str]) -> None:
    message = list_page([replace(CITIES, **changes)], "en", verifies=verifies)
    assert shown(message)
    assert menu(message) == [f"{line}|t1" for line in lines]


def test_a_flagged_template_says_why_and_is_not_run() -> None:
    message = list_page([replace(CITIES, problem="template.table_gone")], "en")
    assert "Customers by city" in shown(message)
    assert [block["elements"][0]["elements"][0] for block in message.blocks[3:4]] == [
        {"type": "emoji", "name": "warning"}
    ]
    assert not [one for one in elements(message) if one["action_id"].startswith("cq_template_form")]
    assert "no longer has a table" in shown(message)
    stale = list_page([replace(CITIES, problem="template.fixed_dates")], "en")
    assert "It runs from the list only" in shown(stale)
    assert [one for one in elements(stale) if one["action_id"].startswith("cq_template_form")]


def test_pages_lead_to_each_other() -> None:
    many = [replace(CITIES, id=f"t{n}", problem="template.unknown") for n in range(2 * PAGE + 1)]
    first, last = list_page(many, "en", search="sales"), list_page(many, "en", search="sales", start=2 * PAGE)
    (more,) = [one for one in elements(first) if one["action_id"] == "cq_templates"]
    assert (more["value"], more["text"]["text"]) == ("10|sales", "Show 11 more")
    assert "with “sales”" in shown(first)
    assert not [one for one in elements(last) if one["action_id"] == "cq_templates"]


def test_none_is_said_and_a_new_one_can_be_made() -> None:
    assert "Save as template" in shown(list_page([], "en"))
    assert "No template" in shown(list_page([], "en", search="sales"))
    assert [one["action_id"] for one in elements(list_page([], "ko"))] == ["cq_new_template"]


def test_one_template_whole() -> None:
    told = shown(detail_page(CITIES, "en"))
    for text in ("weekly meeting", "city: choice customers.city = Seoul", "WHERE city = :city", "by Kim"):
        assert text in told
    assert "도시" not in told
    assert "city: 선택 customers.city" in shown(detail_page(CITIES, "ko"))


def test_favorites_are_ones_own_and_verified_ones_that_work() -> None:
    mine, verified = replace(CITIES, id="m", is_mine=True), replace(CITIES, id="v", is_verified=True, usage_count=9999)
    flagged = replace(mine, id="f", problem="guard.unknown_table")
    assert [one.id for one in favorites([CITIES, flagged, mine, verified])] == ["v", "m"]


# Forms


def sent(view: Mapping[str, Any], typed: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A form as Slack sends it: its blocks, and what stands in each input."""
    inputs = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    values = {
        name: {"cq_text": {"type": one["type"], "value": None, **typed.get(name, {})}} for name, one in inputs.items()
    }
    assert typed.keys() <= inputs.keys()
    return {**view, "id": "V1", "state": {"values": values}}


def kinds(view: Mapping[str, Any]) -> dict[str, str]:
    return {block["block_id"]: block["element"]["type"] for block in view["blocks"] if block["type"] == "input"}


def initial(view: Mapping[str, Any]) -> dict[str, Any]:
    found = [block for block in view["blocks"] if block["type"] == "input"]
    return {
        block["block_id"]: value
        for block in found
        for key, value in block["element"].items()
        if key.startswith("initial_")
    }


def test_every_placeholder_has_its_kind_of_input() -> None:
    form = render_run_form(CITIES, {"city": ("Busan", "Seoul")}, About("t1", channel="C1", thread="1.2"), "en")
    assert view_problems(form) == []
    assert kinds(form) == {
        "cq_value:city": "static_select",
        "cq_value:since": "datepicker",
        "cq_value:n": "number_input",
        "cq_value:이름": "plain_text_input",
    }
    assert initial(form) == {
        "cq_value:city": {"text": {"type": "plain_text", "text": "Seoul", "emoji": False}, "value": "Seoul"},
        "cq_value:since": "2026-01-01",
        "cq_value:n": "5",
    }
    assert [block.get("optional") for block in form["blocks"][1:]] == [True, True, True, False]
    assert about(form) == About("t1", channel="C1", thread="1.2")
    assert CITIES.question in words(form["blocks"][0])


@pytest.mark.parametrize("choices", [(), ("x" * 76, "y"), tuple(map(str, range(100))), ("a\u202e",)])
def test_a_choice_that_no_menu_holds_is_typed(choices: tuple[str, ...]) -> None:
    form = render_run_form(CITIES, {"city": choices}, About("t1"), "en")
    assert view_problems(form) == []
    assert kinds(form)["cq_value:city"] == "plain_text_input"
    assert initial(form)["cq_value:city"] == "Seoul"


def test_what_was_filled_in_is_read_back() -> None:
    form = render_run_form(CITIES, {"city": ("Busan", "Seoul")}, About("t1"), "en")
    typed: dict[str, dict[str, Any]] = {
        "cq_value:city": {"selected_option": {"value": "Busan"}},
        "cq_value:since": {"selected_date": "2026-02-03"},
        "cq_value:n": {"value": "7.5"},
    }
    assert read_values(sent(form, typed)) == {"city": "Busan", "since": "2026-02-03", "n": "7.5"}


DRAFT = Draft("Name", "How many in {city}?", "SELECT\n\t1", "city: text", "About", "Sales", "shop", public=True)


def as_typed(draft: Draft) -> dict[str, dict[str, Any]]:
    texts = {f"cq_{name}": {"value": getattr(draft, name)} for name in
             ("name", "question", "sql", "parameters", "description", "category")}  # fmt: skip
    return {
        **texts,
        "cq_connection": {"selected_option": {"value": draft.connection}},
        "cq_public": {"selected_options": [{"value": "public"}] if draft.public else []},
    }


@pytest.mark.parametrize("what", [About(), About(template="t1"), About(answer="q1")])
def test_a_template_is_read_back_as_it_was_typed(what: About) -> None:
    form = render_keep_form(DRAFT, ["hr", "shop"], what, "en")
    assert view_problems(form) == []
    assert about(form) == what
    assert read_draft(sent(form, as_typed(DRAFT))) == DRAFT
    assert read_draft(sent(form, {})) == Draft()
    assert {key: value for key, value in initial(form).items() if isinstance(value, str)} == {
        key: value["value"] for key, value in as_typed(DRAFT).items() if "value" in value
    }


def test_a_text_too_long_for_the_form_stays_as_it_is() -> None:
    form = render_keep_form(replace(DRAFT, sql="x" * 3001), ["shop"], About(template="t1"), "en")
    assert view_problems(form) == []
    assert "SQL is too long" in words(form["blocks"])
    typed = {key: value for key, value in as_typed(DRAFT).items() if key != "cq_sql"}
    assert read_draft(sent(form, typed)) == replace(DRAFT, sql=None)


def test_what_was_typed_stands_in_the_form_again() -> None:
    form = sent(render_keep_form(Draft(), ["shop"], About(), "en"), as_typed(DRAFT))
    menu_block = next(block for block in form["blocks"] if block.get("block_id") == "cq_connection")
    option = menu_block["element"]["options"][0]
    form["state"]["values"]["cq_connection"]["cq_text"]["selected_option"] = option
    box = next(block for block in form["blocks"] if block.get("block_id") == "cq_public")["element"]["options"][0]
    form["state"]["values"]["cq_public"]["cq_text"]["selected_options"] = [box]
    again = refilled(form, "The guard said no.", "en")
    again = refilled({**again, "state": form["state"]}, "It said no again.", "en")
    assert view_problems(again) == []
    assert words(again["blocks"][0]) == "It said no again."
    assert "The guard" not in json.dumps(again)
    assert initial(again)["cq_sql"] == "SELECT\n\t1"
    assert initial(again) == initial(render_keep_form(DRAFT, ["shop"], About(), "en"))
    run = sent(render_run_form(CITIES, {}, About("t1"), "en"), {"cq_value:since": {"selected_date": "2026-02-03"}})
    assert initial(refilled(run, "No.", "en")) == {"cq_value:since": "2026-02-03"}


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (BadEdit("template.no_name"), "cq_name"),
        (BadEdit("template.line_kind", name="n", kind="x"), "cq_parameters"),
        (BadEdit("template.not_in_sql", name="n"), "cq_sql"),
        (BadEdit("template.bad_default", name="n", default="x"), "cq_parameters"),
        (QueryRefused("guard.not_select"), "cq_sql"),
        (UnknownConnection("connection.unknown", name="x"), "cq_connection"),
        (ColloqueryError("unexpected"), "cq_name"),
    ],
)
def test_an_error_is_said_beside_its_field(error: ColloqueryError, field: str) -> None:
    assert field_of(error, render_keep_form(Draft(), ["shop"], About(), "en")) == field


def test_an_error_of_a_value_is_said_beside_it() -> None:
    form = render_run_form(CITIES, {}, About(), "en")
    assert field_of(BadEdit("template.bad_number", name="n"), form) == "cq_value:n"
    assert field_of(BadEdit("template.bad_number", name="gone"), form) == "cq_value:city"
    assert field_of(BadEdit("template.unknown"), render_delete_form(CITIES, About("t1"), "en")) == ""


# Limits

hostile = st.sampled_from(["", " ", "x", HOSTILE, HOSTILE * 20, "👩‍💻" * 700, "\n" * 3100, "\u200d", "a\tb\n:c"])
choices = st.lists(hostile | st.text(max_size=90), max_size=3) | st.just([str(n) for n in range(120)])
names = st.sampled_from(["city", "도시", "n_1", "x" * 60])
parameters = st.builds(
    Parameter, names, st.sampled_from(["text", "number", "date", "choice"]),
    st.none() | hostile | st.sampled_from(["5", "1e9", "٣", "2026-02-30", "2026-02-28", "-3.5"]), hostile,
)  # fmt: skip
templates = st.builds(
    SavedTemplate,
    id=st.just("i" * 36),
    name=hostile,
    question=hostile,
    sql=hostile,
    parameters=st.lists(parameters, max_size=3, unique_by=lambda one: one.name).map(tuple),
    description=hostile,
    category=hostile,
    connection=hostile,
    owner=hostile,
    is_mine=st.booleans(),
    may_change=st.booleans(),
    is_public=st.booleans(),
    is_verified=st.booleans(),
    usage_count=st.integers(0, 10**12),
    problem=st.sampled_from(["", "guard.unknown_table", "no.such.code"]),
)


@settings(max_examples=60, deadline=None)
@given(templates, st.integers(0, 25), st.integers(0, 20), hostile, st.booleans(), st.sampled_from(["en", "ko"]))
def test_any_list_fits(one: SavedTemplate, many: int, start: int, search: str, verifies: bool, locale: str) -> None:
    shown(list_page([one] * many, locale, search=search, start=start, verifies=verifies))
    shown(detail_page(one, locale))


@settings(max_examples=60, deadline=None)
@given(
    templates,
    st.lists(hostile | st.text(max_size=90), max_size=3) | st.just([str(n) for n in range(120)]),
    st.sampled_from(["en", "ko"]),
)
def test_any_form_fits(one: SavedTemplate, values: Sequence[str], locale: str) -> None:
    run = render_run_form(one, {name.name: values for name in one.parameters}, About("t" * 36, "", "C1", "1.2"), locale)
    draft = Draft(one.name, one.question, one.sql, one.sql, one.description, one.category, one.connection)
    keep = render_keep_form(draft, values, About("t" * 36), locale)
    delete = render_delete_form(one, About("t" * 36), locale)
    for view in (run, keep, delete, render_template_told(one.name, locale)):
        assert view_problems(view) == []
    assert view_problems(refilled(sent(keep, {}), one.name, locale)) == []
