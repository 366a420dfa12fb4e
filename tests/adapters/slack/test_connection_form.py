"""Forms and list of connections: within Slack's limits, read back as typed, the password never sent out again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.connection_form import KINDS, Typed, typed_of
from adapters.slack.connection_form import About, about, read, render_connection_form, render_told
from adapters.slack.connection_modals import (
    Wanted,
    read_taken,
    read_wanted,
    render_delete_form,
    render_give_form,
    render_take_form,
)
from adapters.slack.connection_pages import PAGE, detail_page, list_page
from core.chat import ConnectionView, GivenTo
from core.connections.connection import ConnectionEdit, NewConnection
from core.errors import BadConnection
from tests.adapters.slack.payloads import message_problems, view_problems

VALUES = {
    "name": " sales ", "host": "db.example.com", "port": "5433", "database": "sales", "user": "reader",
    "password": " s p a c e ", "tls_ca": "-----BEGIN CERTIFICATE-----",
}  # fmt: skip
WHERE = About("c1", "r1", "C1", "1.2")
VIEW = ConnectionView(
    "c" * 36, "sales", "postgresql", "Kim", True, True, True, True, True, True, "PostgreSQL 17.2", True, "",
    datetime(2026, 6, 30, 14, 30, tzinfo=UTC), "db.example.com", 5432, "reader", "sales", True, "verify", True,
    (GivenTo("everyone", "*", "", True, False), GivenTo("user", "u" * 36, "Lee", False, True),
     GivenTo("place", "p" * 36, "", False, False)), "r1",
)  # fmt: skip
HOSTILE = "<!channel> *x* `y` \u202e\x00\n" * 40


def sent(typed: Typed, *, forget: bool = False) -> dict[str, Any]:
    values: dict[str, Any] = {f"cq_{name}": {"cq_text": {"value": text or None}} for name, text in typed.values.items()}
    values["cq_kind"] = {"cq_kind": {"selected_option": {"value": typed.kind}}}
    values["cq_tls"] = {"cq_tls": {"selected_option": {"value": typed.tls}}}
    if forget:
        values["cq_forget_ca"] = {"cq_forget_ca": {"selected_options": [{"value": "forget"}]}}
    return {"state": {"values": values}, "private_metadata": WHERE.metadata}


def test_what_was_typed_is_read_back() -> None:
    typed = read(sent(Typed("mysql", "verify", VALUES)))
    assert typed == Typed("mysql", "verify", VALUES)
    assert typed.connection() == NewConnection(
        "sales", "mysql", "db.example.com", 5433, "reader", " s p a c e ", "sales", "verify", VALUES["tls_ca"]
    )
    assert "s p a c e" not in repr(typed) + repr(typed.connection())
    assert about(sent(typed)) == WHERE


def test_what_is_left_empty_in_a_change_stays() -> None:
    kept = Typed("mysql", "require", VALUES | {"password": "", "tls_ca": ""})
    edit = read(sent(kept)).edit("r1")
    assert (edit.password, edit.tls_ca, edit.revision, edit.port) == (None, None, "r1", 5433)
    assert read(sent(kept, forget=True)).edit("r1").tls_ca == ""
    assert "s p a c e" not in repr(Typed("mysql", "off", VALUES).edit("r1"))


def test_of_a_file_nothing_but_the_name_is_changed() -> None:
    file = replace(VIEW, kind="sqlite", host="/var/lib/shop.db")
    form = render_connection_form(WHERE, typed_of(file), "en")
    assert view_problems(form) == []
    assert [block["block_id"] for block in form["blocks"]] == ["cq_name"]
    assert "/var/lib" not in json.dumps(form)
    values = {"cq_name": {"cq_text": {"value": "shop"}}}
    assert read({"state": {"values": values}}).edit("r1") == ConnectionEdit(name="shop", revision="r1")


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("wrong", ["", "x" * 5_000])
def test_the_form_is_within_slacks_limits_and_keeps_the_password_to_itself(locale: str, wrong: str) -> None:
    for what in (About(), WHERE):
        for has in (False, True):
            form = render_connection_form(
                what, Typed("mariadb", "verify", VALUES), locale, wrong, has_password=has, has_ca=has
            )
            assert view_problems(form) == []
            assert "s p a c e" not in json.dumps(form)
            assert "db.example.com" in json.dumps(form)
    assert view_problems(render_told("Done.", locale)) == []


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("name", ["sales", HOSTILE[:100]])
def test_the_small_forms_are_within_slacks_limits(locale: str, name: str) -> None:
    view = replace(VIEW, name=name)
    many = tuple(GivenTo("user", f"{n:036}", name, False, False) for n in range(120))
    for form in (
        render_give_form(view, WHERE, locale),
        render_take_form(view, WHERE, "p" * 36, locale),
        render_take_form(replace(view, given_to=many), WHERE, "", locale),
        render_delete_form(view, WHERE, locale),
    ):
        assert view_problems(form) == []


def test_what_was_chosen_is_read_back() -> None:
    def field(**value: Any) -> dict[str, Any]:
        return {"cq_choice": value}

    values = {"cq_whom": field(selected_option={"value": "channel"}), "cq_channel": field(selected_conversation="C2"),
              "cq_more": field(selected_options=[{"value": "default"}])}  # fmt: skip
    assert read_wanted({"state": {"values": values}}) == Wanted("place", "", "C2", True, False)
    assert read_wanted({"state": {"values": {}}}) == Wanted("everyone", "", "", False, False)
    assert read_taken({"state": {"values": {"cq_whom": field(selected_option={"value": "user|u1"})}}}) == "user|u1"
    assert read_taken({"state": {"values": {}}}) == ""


@pytest.mark.parametrize(
    ("kind", "tls", "port", "code"),
    [
        ("sqlite", "off", "", "connection.kind"),
        ("mysql", "off", "x", "connection.bad_port"),
        ("mysql", "maybe", "", "connection.tls_mode"),
    ],
)
def test_what_cannot_be_meant_is_refused(kind: str, tls: str, port: str, code: str) -> None:
    with pytest.raises(BadConnection) as refusal:
        Typed(kind, tls, VALUES | {"port": port}).connection()
    assert refusal.value.code == code
    assert "sqlite" not in KINDS


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=100), st.integers(0, 40), st.booleans(), st.booleans(), st.sampled_from(["en", "ko"]),
    st.sampled_from(["", "database.unreachable", "connection.key_missing", "nobody.knows"]),
)  # fmt: skip
def test_any_list_fits(text: str, count: int, manages: bool, enabled: bool, locale: str, problem: str) -> None:
    one = replace(
        VIEW, name=text or "x", owner=text, may_manage=manages, may_give=manages, is_enabled=enabled, may_use=enabled,
        problem=problem, version=text * 2, host=text,
    )  # fmt: skip
    views = (one,) * count
    for start in range(0, max(count, 1), PAGE):
        message = list_page(views, locale, start=start, may_add=manages)
        assert message_problems(message.text, message.blocks) == []
    detail = detail_page(one, locale, "Asia/Seoul")
    assert message_problems(detail.text, detail.blocks) == []


def menu_of(view: ConnectionView) -> list[str]:
    message = list_page((view,), "en")
    (menu,) = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    return [option["value"].split("|")[0] for option in menu["options"]]


def test_the_menu_offers_what_somebody_may_do() -> None:
    assert menu_of(VIEW) == ["show", "default", "test", "edit", "refresh", "disable", "here", "give", "take", "delete"]
    owner = replace(VIEW, may_give=False, is_enabled=False, may_use=False)
    assert menu_of(owner) == ["show", "test", "edit", "refresh", "enable", "delete"]
    asker = replace(VIEW, is_mine=False, may_manage=False, may_give=False)
    assert menu_of(asker) == ["show", "default"]


def test_whoever_may_not_manage_it_does_not_see_where_it_is() -> None:
    asker = replace(VIEW, is_mine=False, may_manage=False, may_give=False, host="", user="")
    shown = json.dumps(detail_page(asker, "en", "UTC").blocks)
    assert "Host" not in shown and "User" not in shown
    assert "db.example.com" in json.dumps(detail_page(VIEW, "en", "UTC").blocks)
