"""Dialogs and cards of connections: what Teams takes, read back as typed, the password never sent out again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.connection_form import KINDS, Typed, typed_of
from adapters.teams import limits
from adapters.teams.connection_dialogs import (
    Wanted,
    read_wanted,
    render_delete_form,
    render_give_form,
    render_take_form,
)
from adapters.teams.connection_form import read, render_connection_form
from adapters.teams.connection_pages import FORMS, PAGE, detail_page, list_page
from adapters.teams.dialogs import Dialog
from adapters.teams.entities import activity
from adapters.teams.listeners import connections
from adapters.teams.render import Message
from core.chat import ConnectionView, GivenTo
from core.connections.connection import ConnectionEdit, NewConnection
from core.connections.fields import LENGTHS
from core.locale import LANGUAGES
from tests.adapters.teams.hands import fields, objects
from tests.adapters.teams.payloads import activity_problems, card_problems, shown

VALUES = {
    "name": " sales ", "host": "db.example.com", "port": "5433", "database": "sales", "user": "reader",
    "password": " s p a c e ", "tls_ca": "-----BEGIN CERTIFICATE-----\n" + "x" * 9_000,
}  # fmt: skip
VIEW = ConnectionView(
    "c" * 36, "sales", "postgresql", "Kim", True, True, True, True, True, True, "PostgreSQL 17.2", True, "",
    datetime(2026, 6, 30, 14, 30, tzinfo=UTC), "db.example.com", 5432, "reader", "sales", True, "verify", True,
    (GivenTo("everyone", "*", "", True, False), GivenTo("user", "u" * 36, "Lee", False, True),
     GivenTo("place", "p" * 36, "", False, False)), "r1",
)  # fmt: skip
HOSTILE = "<at>all</at> *x* `y` [a](https://example.com) {{DATE(1)}} \u202e\x00\n" * 40


def sent(dialog: Dialog, **typed: str) -> dict[str, str]:
    """What Teams sends when the dialog's button is pressed: what stood in its fields, and what was typed over it."""
    return {name: str(field.get("value", "")) for name, field in fields(dialog.card).items()} | typed


def pressed(dialog: Dialog) -> tuple[str, str]:
    """The name and the value that the dialog's button sends."""
    (button,) = dialog.card["actions"]
    return button["data"]["cq"], button["data"]["v"]


def buttons(message: Message) -> list[dict[str, Any]]:
    return [one for one in objects(message.card) if one.get("type") == "Action.Submit"]


def lines(message: Message) -> list[str]:
    """What the buttons of a card offer, by the names of a connection's menu."""
    told = [(one["data"]["cq"], one["data"]["v"]) for one in buttons(message)]
    return [value.partition("|")[0] if name == "connection_menu" else name.partition("_")[2] for name, value in told]


def well_made(message: Message) -> bool:
    return activity_problems(activity(message)) == []


def test_what_was_typed_is_read_back() -> None:
    form = render_connection_form("", Typed(), "en")
    typed = read(sent(form, kind="mysql", tls="verify", **VALUES))
    assert typed == Typed("mysql", "verify", VALUES)
    assert typed.connection() == NewConnection(
        "sales", "mysql", "db.example.com", 5433, "reader", " s p a c e ", "sales", "verify", VALUES["tls_ca"]
    )
    assert "s p a c e" not in repr(typed) + repr(typed.connection())
    assert read(sent(form)) == Typed(values=dict.fromkeys(VALUES, ""))


def test_what_is_left_empty_in_a_change_stays() -> None:
    form = render_connection_form("c1|r1", typed_of(VIEW), "en", has_password=True, has_ca=True)
    assert pressed(form) == ("change_connection", "c1|r1")
    edit = read(sent(form)).edit("r1")
    assert edit == ConnectionEdit(
        name="sales", kind="postgresql", host="db.example.com", port=5432, user="reader", password=None,
        database="sales", tls="verify", tls_ca=None, revision="r1",
    )  # fmt: skip
    assert read(sent(form, forget_ca="true")).edit("r1").tls_ca == ""
    assert "forget_ca" not in fields(render_connection_form("c1|r1", typed_of(VIEW), "en").card)


def test_of_a_file_nothing_but_the_name_is_changed() -> None:
    file = replace(VIEW, kind="sqlite", host="/var/lib/shop.db")
    form = render_connection_form("c1|r1", typed_of(file), "en")
    assert list(fields(form.card)) == ["name"]
    assert "/var/lib" not in json.dumps(form.card)
    assert read(sent(form, name="shop")).edit("r1") == ConnectionEdit(name="shop", revision="r1")


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("wrong", ["", "x" * 5_000])
@pytest.mark.parametrize("about", ["", "c1|r1"])
@pytest.mark.parametrize("has", [False, True])
def test_the_form_is_what_teams_takes_and_keeps_the_password_to_itself(
    locale: str, wrong: str, about: str, has: bool
) -> None:
    form = render_connection_form(
        about, Typed("mariadb", "verify", VALUES), locale, wrong, has_password=has, has_ca=has
    )
    assert card_problems(form.card) == []
    assert "s p a c e" not in json.dumps(form.card)
    found = fields(form.card)
    assert found["password"]["style"] == "Password" and "value" not in found["password"]
    assert found["tls_ca"]["value"] == VALUES["tls_ca"]
    assert (found["tls_ca"]["isMultiline"], found["tls_ca"]["maxLength"]) == (True, limits.INPUT)
    assert {name: found[name]["maxLength"] for name in LENGTHS} == LENGTHS
    needed = {name for name, field in found.items() if field.get("isRequired")}
    assert needed == {"kind", "name", "host", "database", "user", "tls"}
    assert {one["value"] for one in found["kind"]["choices"]} == set(KINDS)
    assert (wrong[:100] in shown(form.card)) is True


def test_a_kind_or_a_mode_that_there_is_not_leaves_no_menu_empty() -> None:
    form = render_connection_form("", Typed("dbase", "maybe", VALUES), "en")
    assert (fields(form.card)["kind"]["value"], fields(form.card)["tls"]["value"]) == (KINDS[0], "off")


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("name", ["sales", HOSTILE[:100]])
def test_the_small_forms_are_what_teams_takes(locale: str, name: str) -> None:
    view = replace(VIEW, name=name)
    many = tuple(GivenTo("user", f"{n:036}", name, False, False) for n in range(120))
    for form in (
        render_give_form(view, Wanted("person", "kim@example.com", True, True), locale, "No."),
        render_take_form(view, "p" * 36, locale),
        render_take_form(replace(view, given_to=many), "", locale),
        render_delete_form(view, locale),
    ):
        assert card_problems(form.card) == []
        assert pressed(form)[1] == VIEW.id


def test_what_was_chosen_is_read_back() -> None:
    form = render_give_form(VIEW, Wanted(), "en")
    assert pressed(form)[0] == "give_connection"
    assert read_wanted(sent(form)) == Wanted() and Wanted().to == "everyone"
    told = read_wanted(sent(form, whom="person", email=" kim@example.com ", default="true", private="true"))
    assert (told, told.to) == (Wanted("person", "kim@example.com", True, True), "user")
    assert read_wanted(sent(form, whom="conversation")).to == "place"
    assert read_wanted({"whom": "somebody"}) == Wanted()
    again = render_give_form(VIEW, told, "en", "Nobody has that address.")
    assert read_wanted(sent(again)) == told


def test_one_takes_back_from_those_it_is_given_to() -> None:
    form = render_take_form(VIEW, "p" * 36, "en")
    choices = {one["value"]: one["title"] for one in fields(form.card)["from"]["choices"]}
    assert choices == {"everyone|*": "everyone", f"user|{'u' * 36}": "Lee", f"place|{'p' * 36}": "this channel"}
    assert fields(form.card)["from"]["value"] == "everyone|*"
    elsewhere = fields(render_take_form(VIEW, "", "en").card)["from"]["choices"][2]["title"]
    assert "pppppppp" in elsewhere


def test_every_button_is_heard_and_what_opens_a_form_says_so_to_teams() -> None:
    message = detail_page(VIEW, "en", "UTC")
    assert lines(message) == ["default", "test", "edit", "refresh", "disable", "here", "give", "take", "delete"]
    pages = (message, list_page((VIEW,) * 30, "en", may_add=True))
    told = [one["data"] for page in pages for one in buttons(page)]
    assert {one["cq"] for one in told if one.get("msteams") == {"type": "task/fetch"}} == set(connections.OPENS)
    assert {one["cq"] for one in told if "msteams" not in one} == set(connections.ACTS) - {"connection"}
    assert {f"connection_{what}" for what in FORMS} | {"add_connection"} == set(connections.OPENS)
    forms = (
        render_connection_form("", Typed(), "en"), render_connection_form("c|r", Typed(), "en"),
        render_give_form(VIEW, Wanted(), "en"), render_take_form(VIEW, "", "en"), render_delete_form(VIEW, "en"),
    )  # fmt: skip
    assert [pressed(form)[0] for form in forms] == list(connections.SENT)


def test_a_card_offers_what_somebody_may_do() -> None:
    owner = replace(VIEW, may_give=False, is_enabled=False, may_use=False)
    assert lines(detail_page(owner, "en", "UTC")) == ["test", "edit", "refresh", "enable", "delete"]
    asker = replace(VIEW, is_mine=False, may_manage=False, may_give=False)
    assert lines(detail_page(asker, "en", "UTC")) == ["default"]
    assert lines(list_page((asker,), "en")) == ["show"]
    assert lines(list_page((replace(asker, is_default=False),), "en", may_add=True)) == [
        "show",
        "default",
        "connection",
    ]


def test_whoever_may_not_manage_it_does_not_see_where_it_is() -> None:
    asker = replace(VIEW, is_mine=False, may_manage=False, may_give=False, host="", user="")
    told = shown(detail_page(asker, "en", "UTC").card)
    assert "Host" not in told and "User" not in told
    assert "db.example.com" in shown(detail_page(VIEW, "en", "UTC").card)


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=100), st.integers(0, 40), st.booleans(), st.booleans(), st.sampled_from(LANGUAGES),
    st.sampled_from(["", "database.unreachable", "connection.key_missing", "nobody.knows"]),
)  # fmt: skip
def test_any_list_fits(text: str, count: int, manages: bool, enabled: bool, locale: str, problem: str) -> None:
    one = replace(
        VIEW, name=text or "x", owner=text, may_manage=manages, may_give=manages, is_enabled=enabled, may_use=enabled,
        problem=problem, version=text * 2, host=text,
    )  # fmt: skip
    for start in range(0, max(count, 1), PAGE):
        message = list_page((one,) * count, locale, start=start, may_add=manages)
        assert well_made(message)
        assert lines(message).count("show") == min(PAGE, count - start)
    assert well_made(detail_page(one, locale, "Asia/Seoul"))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_longest_names_fit_and_nothing_is_left_out(locale: str) -> None:
    long = replace(VIEW, name=HOSTILE, owner=HOSTILE, version=HOSTILE)
    many = tuple(GivenTo("user", f"{n:036}", HOSTILE, False, False) for n in range(120))
    message = list_page((long,) * 30, locale, may_add=True)
    assert well_made(message)
    assert lines(message).count("show") == PAGE and lines(message)[-1] == "connection"
    detail = detail_page(replace(long, given_to=many), locale, "UTC")
    assert well_made(detail)
    assert lines(detail)[-1] == "delete"
