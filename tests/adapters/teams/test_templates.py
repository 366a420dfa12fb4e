"""Templates as cards and dialogs: what they show, within Teams' limits, and what was typed read back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.template_form import Draft
from adapters.chat.templates import PAGE
from adapters.teams.dialogs import Dialog
from adapters.teams.entities import activity
from adapters.teams.render import Message
from adapters.teams.template_dialogs import (
    KEEP,
    RUN,
    About,
    about,
    beside,
    field_of,
    read_draft,
    read_values,
    render_delete_form,
    render_keep_form,
    render_run_form,
)
from adapters.teams.template_pages import detail_page, fill_in_page, list_page
from core.errors import BadEdit, ColloqueryError, QueryRefused, UnknownConnection
from core.saved import Parameter, SavedTemplate
from tests.adapters.slack.test_limits import HOSTILE
from tests.adapters.teams.payloads import activity_problems, card_problems
from tests.adapters.teams.payloads import shown as words

Json = dict[str, Any]
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
    """What a card says; Teams takes it."""
    assert activity_problems(activity(message)) == []
    return words(message.card)


def within(node: object) -> Iterator[Json]:
    """Every object in a card."""
    if isinstance(node, Mapping):
        yield dict(node)
        for value in node.values():
            yield from within(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for value in node:
            yield from within(value)


def buttons(card: object) -> list[Json]:
    return [node for node in within(card) if node.get("type") == "Action.Submit"]


def named(card: object) -> list[tuple[str, str]]:
    return [(one["data"]["cq"], one["data"]["v"]) for one in buttons(card)]


def opening(card: object) -> set[str]:
    return {one["data"]["cq"] for one in buttons(card) if one["data"].get("msteams") == {"type": "task/fetch"}}


def test_a_template_in_the_list() -> None:
    message = list_page([CITIES, replace(CITIES, id="t2", parameters=(), is_verified=True, is_mine=True)], "en")
    told = shown(message)
    for text in ("Templates", "Customers by city", "{city}", "Sales", "by Kim", "private", "shop", "used 1,204×"):
        assert text in told
    assert "verified · yours" in told
    assert named(message.card) == [
        *(("template_form", "t1"), ("template_show", "t1"), ("template", "t2"), ("template_show", "t2")),
        ("new_template", ""),
    ]
    assert opening(message.card) == {"template_form", "new_template"}
    assert "내 템플릿" in shown(list_page([replace(CITIES, is_mine=True)], "ko"))


@pytest.mark.parametrize(
    ("changes", "verifies", "lines"),
    [
        ({}, False, ["show"]),
        ({"may_change": True}, False, ["show", "edit", "share", "delete"]),
        ({"may_change": True, "is_public": True}, False, ["show", "edit", "unshare", "delete"]),
        ({"may_change": True}, True, ["show", "edit", "share", "verify", "delete"]),
        ({"may_change": True, "is_verified": True}, True, ["show", "edit", "unverify", "delete"]),
    ],
)
def test_the_menu_has_what_may_be_done(changes: dict[str, Any], verifies: bool, lines: list[str]) -> None:
    message = list_page([replace(CITIES, **changes)], "en", verifies=verifies)
    assert shown(message)
    first, *menu = [one for one in buttons(message.card) if one["data"]["cq"] != "new_template"]
    assert first["data"]["cq"] == "template_form" and "mode" not in first
    assert [one["data"]["cq"] for one in menu] == [f"template_{line}" for line in lines]
    assert all(one["mode"] == "secondary" and one["data"]["v"] == "t1" for one in menu)
    assert opening(menu) == {"template_edit", "template_delete"} & {f"template_{line}" for line in lines}


def test_a_flagged_template_says_why_and_is_not_run() -> None:
    message = list_page([replace(CITIES, problem="template.table_gone", may_change=True)], "en")
    assert "no longer has a table" in shown(message)
    assert "template_form" not in dict(named(message.card))
    assert "mode" not in buttons(message.card)[0], "one button is always there to press"
    stale = list_page([replace(CITIES, problem="template.fixed_dates")], "en")
    assert "It runs from the list only" in shown(stale)
    assert "template_form" in dict(named(stale.card))


def test_pages_lead_to_each_other() -> None:
    many = [replace(CITIES, id=f"t{n}", problem="template.unknown") for n in range(2 * PAGE + 1)]
    first, last = list_page(many, "en", search="sales"), list_page(many, "en", search="sales", start=2 * PAGE)
    assert dict(named(first.card))["templates"] == f"{PAGE}|sales"
    assert "Show 11 more" in shown(first) and "with “sales”" in shown(first)
    assert "templates" not in dict(named(last.card))


def test_a_page_of_the_longest_holds_fewer_and_goes_on_behind_them() -> None:
    long = '"' * 500  # two characters each in JSON
    largest = replace(
        CITIES, name=long, question=long, category=long, owner=long, connection=long, problem=long, may_change=True
    )
    many, seen, start = [replace(largest, id=f"t{n:02}") for n in range(25)], [], 0
    while True:
        message = list_page(many, "en", start=start, verifies=True)
        told = shown(message)
        assert "left out" not in told
        seen += [value for name, value in named(message.card) if name == "template_show"]
        further = dict(named(message.card)).get("templates")
        if further is None:
            break
        start = int(further.partition("|")[0])
    assert seen == [one.id for one in many]


def test_none_is_said_and_a_new_one_can_be_made() -> None:
    assert "Save as template" in shown(list_page([], "en"))
    assert "No template" in shown(list_page([], "en", search="sales"))
    assert named(list_page([], "ko").card) == [("new_template", "")]
    assert "No template" in shown(list_page([CITIES], "en", search="sales", start=999_999))


def test_one_template_whole() -> None:
    told = shown(detail_page(CITIES, "en"))
    for text in ("weekly meeting", "city: choice customers.city = Seoul", "WHERE city = :city", "by Kim"):
        assert text in told
    assert "city: 선택 customers.city" in shown(detail_page(CITIES, "ko"))
    assert "left out" in shown(detail_page(replace(CITIES, sql="SELECT 1 -- " + "x" * 10_000), "en"))


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_what_needs_something_by_now_has_its_button(locale: str) -> None:
    message = fill_in_page(CITIES, locale)
    assert "Customers by city" in shown(message)
    assert named(message.card) == [("template_form", "t1")] and opening(message.card) == {"template_form"}


# Dialogs


def inputs(dialog: Dialog) -> dict[str, Json]:
    assert card_problems(dialog.card) == []
    return {node["id"]: node for node in within(dialog.card) if str(node.get("type")).startswith("Input.")}


def kinds(dialog: Dialog) -> dict[str, str]:
    return {name: one["type"].removeprefix("Input.") for name, one in inputs(dialog).items()}


def standing(dialog: Dialog) -> dict[str, Any]:
    """What stands in the fields to begin with, as a client sends it back."""
    return {name: one["value"] for name, one in inputs(dialog).items() if "value" in one}


def value(dialog: Dialog) -> str:
    return str(buttons(dialog.card)[-1]["data"]["v"])


def test_every_placeholder_has_its_kind_of_field() -> None:
    form = render_run_form(CITIES, {"city": ("Busan", "Seoul")}, "en")
    ids = [field_of(name) for name in ("city", "since", "n", "이름")]
    assert kinds(form) == dict(zip(ids, ("ChoiceSet", "Date", "Number", "Text"), strict=True))
    assert standing(form) == dict(zip(ids[:3], ("Seoul", "2026-01-01", 5), strict=True))
    assert [one.get("isRequired", False) for one in inputs(form).values()] == [False, False, False, True]
    assert [one["label"] for one in inputs(form).values()] == ["city", "since", "n", "이름"]
    told = words(form.card)
    assert CITIES.question in told and "If you leave it empty: Seoul" in told
    assert named(form.card) == [(RUN, "t1")] and buttons(form.card)[0]["data"]["sent"] == "1"


@pytest.mark.parametrize("choices", [(), ("x" * 201, "y"), tuple(map(str, range(100))), ("a\u202e",)])
def test_a_choice_that_no_menu_holds_is_typed(choices: tuple[str, ...]) -> None:
    form = render_run_form(CITIES, {"city": choices}, "en")
    assert kinds(form)[field_of("city")] == "Text"
    assert standing(form)[field_of("city")] == "Seoul"


@pytest.mark.parametrize(
    ("default", "stands"),
    [
        ("7.25", 7.25),
        ("-3", -3),
        ("1e9", None),
        ("٣", None),
        ("999999999999999", 999_999_999_999_999),
        ("1234567890123456", None),
        ("0.123456789012345", 0.123456789012345),
        ("123456789012345.123456789012345", None),
    ],
)
def test_a_number_that_json_would_change_does_not_stand_in_its_field(default: str, stands: float | None) -> None:
    form = render_run_form(replace(CITIES, parameters=(Parameter("n", "number", default),)), {}, "en")
    assert standing(form).get(field_of("n")) == stands
    assert f"If you leave it empty: {default}" in words(form.card)


def test_what_was_filled_in_is_read_back() -> None:
    filled = {field_of("city"): "Busan", field_of("이름"): "김", field_of("n"): "", "other": "x"}
    assert read_values(filled) == {"city": "Busan", "이름": "김"}
    assert read_values({"value_zz": "x", "value_ff": "x", "value_": "x", "sql": "x"}) == {}


def test_what_was_filled_in_stands_there_again_with_what_was_wrong() -> None:
    typed = {"city": "Busan", "since": "2026-02-03", "n": "7.5", "이름": "a\u202eb"}
    form = render_run_form(CITIES, {"city": ("Busan", "Seoul")}, "en", typed, "There is no value for “n”.")
    assert words(form.card).startswith("There is no value")
    ids = [field_of(name) for name in ("city", "since", "n")]
    assert {one: standing(form)[one] for one in ids} == dict(zip(ids, ("Busan", "2026-02-03", 7.5), strict=True))
    assert "\u202e" not in standing(form)[field_of("이름")]
    forged = render_run_form(CITIES, {"city": ("Busan",)}, "en", {"city": "Rome", "since": "soon", "n": "nan"}, "No.")
    assert standing(forged) == {}


DRAFT = Draft("Name", "How many in {city}?", "SELECT\n\t1", "city: text", "About", "Sales", "shop", public=True)


@pytest.mark.parametrize("what", [About(), About(template="t1"), About(answer="q1")])
def test_a_template_is_read_back_as_it_was_typed(what: About) -> None:
    form = render_keep_form(DRAFT, ["hr", "shop"], what, "en")
    assert about(value(form)) == what
    assert named(form.card) == [(KEEP, value(form))]
    assert read_draft(standing(form), what) == DRAFT
    assert read_draft({}, what) == Draft()
    assert kinds(form)["connection"] == "ChoiceSet" and kinds(form)["public"] == "Toggle"
    assert ("Edit" in form.title) == bool(what.template)
    needed = {name for name, one in inputs(form).items() if one.get("isRequired")}
    assert needed == {"name", "question", "sql"}


def test_a_text_too_long_for_the_form_stays_as_it_is() -> None:
    form = render_keep_form(replace(DRAFT, sql="x" * 10_001), ["shop"], About(template="t1"), "en")
    assert "SQL is too long" in words(form.card) and "sql" not in inputs(form)
    what = about(value(form))
    assert what == About("t1", "", ("sql",))
    draft = read_draft(standing(form), what)
    assert draft == replace(DRAFT, sql=None)
    again = render_keep_form(draft, ["shop"], what, "en", "No name.")
    assert about(value(again)) == what and "sql" not in inputs(again)


def test_no_line_of_the_menu_is_chosen_that_is_not_there() -> None:
    form = render_keep_form(replace(DRAFT, connection="gone"), ["shop", "x" * 201, "a\u202e"], About(), "en")
    assert [one["value"] for one in inputs(form)["connection"]["choices"]] == ["shop"]
    assert "connection" not in standing(form)
    assert "connection" not in inputs(render_keep_form(DRAFT, [], About(), "en"))


def test_forged_values_name_nothing_that_is_not_there() -> None:
    assert about("") == About()
    assert about("t|q|sql,evil,name|more") == About("t", "q", ("sql",))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BadEdit("template.no_name"), "Name: It has none."),
        (BadEdit("template.line_kind", name="n", kind="x"), "What changes: It has none."),
        (QueryRefused("guard.not_select"), "SQL: It has none."),
        (UnknownConnection("connection.unknown", name="x"), "Database: It has none."),
        (BadEdit("template.bad_number", name="n"), "It has none."),
    ],
)
def test_an_error_names_its_field(error: ColloqueryError, told: str) -> None:
    assert beside(error, "It has none.", "en") == told


# Limits

hostile = st.sampled_from(
    ["", " ", "x", HOSTILE, HOSTILE * 20, "👩‍💻" * 700, "\n" * 3100, "\u200d", "a\tb\n:c", "{{x}}"]
)
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
lists = st.lists(hostile | st.text(max_size=90), max_size=3) | st.just([str(n) for n in range(120)])


@settings(max_examples=60, deadline=None)
@given(templates, st.integers(0, 25), st.integers(0, 20), hostile, st.booleans(), st.sampled_from(["en", "ko"]))
def test_any_list_fits(one: SavedTemplate, many: int, start: int, search: str, verifies: bool, locale: str) -> None:
    shown(list_page([one] * many, locale, search=search, start=start, verifies=verifies))
    shown(detail_page(one, locale))
    shown(fill_in_page(one, locale))


@settings(max_examples=60, deadline=None)
@given(templates, lists, hostile, st.sampled_from(["en", "ko"]))
def test_any_form_fits(one: SavedTemplate, values: Sequence[str], typed: str, locale: str) -> None:
    choices = {parameter.name: values for parameter in one.parameters}
    draft = Draft(one.name, one.question, one.sql, one.sql, one.description, one.category, one.connection)
    what = About("t" * 36)
    for dialog in (
        render_run_form(one, choices, locale),
        render_run_form(one, choices, locale, {parameter.name: typed for parameter in one.parameters}, typed),
        render_keep_form(draft, values, what, locale),
        render_keep_form(draft, values, what, locale, typed),
        render_delete_form(one, locale),
    ):
        assert card_problems(dialog.card) == []
