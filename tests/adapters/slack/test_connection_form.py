"""The form for a connection: within Slack's limits, read back as typed, the password never sent out again."""

import json

import pytest

from adapters.slack.connection_form import KINDS, Typed, read, render_connection_form, render_told
from core.connections.connection import NewConnection
from core.errors import BadConnection
from tests.adapters.slack.payloads import view_problems

VALUES = {
    "name": " sales ", "host": "db.example.com", "port": "5433", "database": "sales", "user": "reader",
    "password": " s p a c e ",
}  # fmt: skip


def _sent(typed: Typed) -> dict[str, object]:
    values = {f"cq_{name}": {"cq_text": {"value": text or None}} for name, text in typed.values.items()}
    return {"state": {"values": {**values, "cq_kind": {"cq_kind": {"selected_option": {"value": typed.kind}}}}}}


def test_what_was_typed_is_read_back() -> None:
    typed = read(_sent(Typed("mysql", VALUES)))
    assert typed == Typed("mysql", VALUES)
    assert typed.connection() == NewConnection(
        "sales", "mysql", "db.example.com", 5433, "reader", " s p a c e ", "sales"
    )
    assert "s p a c e" not in repr(typed)


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("wrong", ["", "x" * 5_000])
def test_the_form_is_within_slacks_limits_and_keeps_the_password_to_itself(locale: str, wrong: str) -> None:
    form = render_connection_form("C1|1.2", Typed("mariadb", VALUES), locale, wrong)
    assert view_problems(form) == []
    assert "s p a c e" not in json.dumps(form)
    assert "db.example.com" in json.dumps(form)
    assert view_problems(render_told("Done.", locale)) == []


@pytest.mark.parametrize(
    ("kind", "port", "code"), [("sqlite", "", "connection.kind"), ("mysql", "x", "connection.bad_port")]
)
def test_what_cannot_be_meant_is_refused(kind: str, port: str, code: str) -> None:
    with pytest.raises(BadConnection) as refusal:
        Typed(kind, VALUES | {"port": port}).connection()
    assert refusal.value.code == code
    assert "sqlite" not in KINDS
