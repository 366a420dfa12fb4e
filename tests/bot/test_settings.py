"""Settings: read, documented, wrong ones named."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings, load
from core.errors import BadSetting

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def test_every_setting_is_in_the_example_with_its_default(tmp_path: Path) -> None:
    written = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(written) == {str(field.alias) for field in Settings.model_fields.values()}
    assert load(EXAMPLE) == load(None)


def test_a_wrong_setting_is_named_and_its_value_is_not(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("COLLOQUERY_PORT=hunter2\n")
    with pytest.raises(BadSetting) as wrong:
        load(env)
    assert wrong.value.details == {"name": "COLLOQUERY_PORT"}
    assert "hunter2" not in repr(wrong.value) + str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COLLOQUERY_TIMEZONE", "Mars/Olympus"),
        ("COLLOQUERY_LANGUAGE", "fr"),
        ("COLLOQUERY_QUOTA_HOUR", "-1"),
        ("COLLOQUERY_QUERY_SECONDS", "0"),
        ("COLLOQUERY_LOG_LEVEL", "loud"),
        ("OPENAI_TIMEOUT", "soon"),
    ],
)
def test_wrong_values(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as wrong:
        load(None)
    assert wrong.value.details == {"name": name}


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("COLLOQUERY_SECRET_KEY", "canary-key")
    settings = load(None)
    assert "canary" not in repr(settings) + str(settings.model_dump())


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLLOQUERY_ADMINISTRATORS", "kim@example.com, slack:T1:U1,")
    assert load(None).administrators == ("kim@example.com", "slack:T1:U1")
