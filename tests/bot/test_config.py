"""`colloquery config`: settings that change while it runs, from a terminal."""

import pytest

from core.errors import BadEdit
from tests.bot.test_audit import Colloquery, colloquery

__all__ = ["colloquery"]


def test_a_setting_is_shown_set_and_unset(colloquery: Colloquery) -> None:
    code, said = colloquery("config", "list")
    assert code == 0
    assert 'connections.added_by = "members"' in said
    assert "Change it with: colloquery alerts set" in said
    assert "connections.refresh_hours = 6" in colloquery("config", "set", "connections.refresh_hours", "6")[1]
    said = colloquery("config", "get", "connections.refresh_hours")[1]
    assert "by Operator; else it would be 24" in said
    assert '"minimum": 0' in said
    assert "connections.refresh_hours = 24" in colloquery("config", "unset", "connections.refresh_hours")[1]
    assert '= "administrators"' in colloquery("config", "set", "connections.added_by", "administrators")[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("set", "connections.refresh_hours", "often"), "config.not_a_number"),
        (("set", "connections.refresh_hours", "-1"), None),
        (("set", "connections.added_by", "canary"), "config.not_one_of"),
        (("set", "quota.everyone", "5"), "config.elsewhere"),
        (("get", "canary"), "config.unknown"),
        (("unset", "alerts"), "config.elsewhere"),
    ],
)
def test_what_cannot_be_set_is_said(colloquery: Colloquery, arguments: tuple[str, ...], code: str | None) -> None:
    if code is None:
        assert colloquery("config", *arguments)[0] == 2  # an option, as far as a terminal knows
        return
    with pytest.raises(BadEdit) as refusal:
        colloquery("config", *arguments)
    assert refusal.value.code == code
