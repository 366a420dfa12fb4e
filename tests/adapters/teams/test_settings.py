"""The settings of Teams: closed until all of them are there, and never open to others without a check."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.teams.settings import TeamsSettings
from bot.doors import teams, teams_settings
from bot.settings import Settings, load
from core.errors import BadSetting
from core.locale import LANGUAGES, error_words
from tests.adapters.teams.people import APP_ID, OTHER_TENANT, PASSWORD, TENANT
from tests.houses import settings_for

WHOLE = {"teams_app_id": APP_ID, "teams_app_password": SecretStr(PASSWORD), "teams_tenants": (TENANT,)}
UNCHECKED: dict[str, Any] = {"teams_dev_no_auth": True}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def test_without_any_there_is_no_teams(tmp_path: Path) -> None:
    assert teams_settings(settings_for(tmp_path)) is None
    assert teams(settings_for(tmp_path)) is None


def test_a_whole_registration_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "TEAMS_APP_ID": f" {APP_ID.upper()} ",
        "TEAMS_APP_PASSWORD": PASSWORD,
        "TEAMS_TENANT_ID": f"{TENANT.upper()}, {OTHER_TENANT},",
        "TEAMS_LOGIN_URL": "https://login.microsoftonline.us/",
        "COLLOQUERY_PUBLIC_URL": "https://ask.example.com/",
    }.items():
        monkeypatch.setenv(name, value)
    found = teams_settings(load(None))
    assert found == TeamsSettings(
        APP_ID,
        PASSWORD,
        (TENANT, OTHER_TENANT),
        login_url="https://login.microsoftonline.us",
        public_url="https://ask.example.com",
    )
    assert PASSWORD not in repr(found) + repr(load(None))


def test_a_managed_identity_needs_no_password(tmp_path: Path) -> None:
    chosen: dict[str, Any] = {**WHOLE, "teams_app_type": "UserAssignedMSI", "teams_app_password": None}
    found = teams_settings(settings_for(tmp_path, **chosen))
    assert found is not None and found.app_type == "UserAssignedMSI" and found.password is None


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ({**WHOLE, "teams_app_id": ""}, "teams.no_app_id", "TEAMS_APP_ID"),
        ({"teams_tenants": (TENANT,)}, "teams.no_app_id", "TEAMS_APP_ID"),
        ({"teams_app_password": SecretStr(PASSWORD)}, "teams.no_app_id", "TEAMS_APP_ID"),
        ({"teams_app_type": "MultiTenant"}, "teams.no_app_id", "TEAMS_APP_ID"),
        ({"teams_login_url": "https://login.microsoftonline.us"}, "teams.no_app_id", "TEAMS_APP_ID"),
        ({**WHOLE, "teams_app_password": None}, "teams.no_password", "TEAMS_APP_PASSWORD"),
        ({**WHOLE, "teams_tenants": ()}, "teams.no_tenant", "TEAMS_TENANT_ID"),
        ({**WHOLE, "teams_app_type": "UserAssignedMSI"}, "teams.two_credentials", "TEAMS_APP_PASSWORD"),
        ({**WHOLE, "teams_app_id": "colloquery"}, "teams.no_guid", "TEAMS_APP_ID"),
        ({**WHOLE, "teams_tenants": (TENANT, "example.onmicrosoft.com")}, "teams.no_guid", "TEAMS_TENANT_ID"),
        ({**WHOLE, "teams_tenants": ("*",)}, "teams.no_guid", "TEAMS_TENANT_ID"),
        ({**UNCHECKED, **WHOLE}, "teams.no_auth_with_password", "TEAMS_DEV_NO_AUTH"),
        ({**UNCHECKED, "host": "0.0.0.0"}, "teams.no_auth_reachable", "TEAMS_DEV_NO_AUTH"),
        ({**UNCHECKED, "host": "::"}, "teams.no_auth_reachable", "TEAMS_DEV_NO_AUTH"),
        ({**UNCHECKED, "host": "10.1.2.3"}, "teams.no_auth_reachable", "TEAMS_DEV_NO_AUTH"),
        ({**UNCHECKED, "public_url": "https://ask.example.com"}, "teams.no_auth_reachable", "TEAMS_DEV_NO_AUTH"),
        ({**UNCHECKED, "trusted_proxies": ("127.0.0.1",)}, "teams.no_auth_reachable", "TEAMS_DEV_NO_AUTH"),
    ],
)
def test_what_is_missing_or_unsafe_is_named(tmp_path: Path, changes: dict[str, Any], code: str, name: str) -> None:
    with pytest.raises(BadSetting) as wrong:
        teams_settings(settings_for(tmp_path, **changes))
    assert (wrong.value.code, wrong.value.details) == (code, {"name": name})
    for language in LANGUAGES:
        text, hint = error_words(language, wrong.value)
        assert text and hint
        assert "TEAMS_" in text + hint
        assert PASSWORD not in text + hint


def test_without_a_check_on_this_machine_alone(tmp_path: Path) -> None:
    several: tuple[dict[str, Any], ...] = (
        {},
        {"host": "localhost"},
        {"host": "::1"},
        {"public_url": "http://127.0.0.1:8000"},
    )
    for changes in several:
        found = teams_settings(settings_for(tmp_path, **UNCHECKED, **changes))
        assert found is not None and found.no_auth and found.tenants == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEAMS_APP_TYPE", "Somebody"),
        ("TEAMS_DEV_NO_AUTH", "perhaps"),
        ("TEAMS_LOGIN_URL", "http://login.microsoftonline.com"),
        ("TEAMS_LOGIN_URL", "https://user:canary@login.microsoftonline.com"),
        ("TEAMS_OPENID_URL", "http://login.botframework.com/x"),
        ("TEAMS_OPENID_URL", "http://localhost.example.com/x"),
    ],
)
def test_wrong_values_are_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as wrong:
        load(None)
    assert wrong.value.details == {"name": name}
    assert "canary" not in repr(wrong.value)


def test_the_clouds_have_their_own_services() -> None:
    us = "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"
    assert TeamsSettings(APP_ID, None, ()).service == "https://api.botframework.com"
    assert TeamsSettings(APP_ID, None, (), openid_url=us).service == "https://api.botframework.us"


_WITHOUT_TEAMS = """
import asyncio, sys
from pathlib import Path
from bot import doors, server
from bot.command_line import app
from bot.commands import alerts, doctor
from bot.wiring import house
from tests.houses import settings_for

async def opened() -> None:
    settings = settings_for(Path(sys.argv[1]))
    assert doors.teams(settings) is None
    async with house(settings, {"web": None}):
        pass

asyncio.run(opened())
print(sorted({name.partition(".")[0] for name in sys.modules} & {"botbuilder", "botframework", "msal", "msrest"}))
"""


def test_a_process_without_teams_does_not_load_microsofts_framework(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WITHOUT_TEAMS, str(tmp_path)]
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=Path(__file__).parents[3], timeout=60, check=False
    )
    assert (ran.stdout.strip(), ran.returncode) == ("[]", 0), ran.stderr
