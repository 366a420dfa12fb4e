"""What the settings open: nothing more than they say."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.server import http_settings
from core.errors import BadSetting
from tests.houses import settings_for


def _made(**changes: Any) -> Any:
    return http_settings(settings_for(Path(), **changes))


def test_on_loopback_nobody_signs_in() -> None:
    ours = _made()
    assert ours.token is None and ours.allows_host("localhost:8000") and not ours.allows_host("ask.example.com")


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "0.0.0.0"},
        {"public_url": "https://ask.example.com"},
        {"trusted_proxies": ("127.0.0.1",)},
        {"slack_bot_token": SecretStr("xoxb-1")},
        {"teams_app_id": "11111111-1111-4111-8111-111111111111"},
    ],
)
def test_whatever_lets_others_come_asks_for_a_token(changes: dict[str, Any]) -> None:
    assert _made(**changes).token


def test_the_public_address_is_a_name_of_ours_and_no_other_is() -> None:
    for host in ("127.0.0.1", "0.0.0.0"):
        ours = _made(host=host, public_url="https://ask.example.com/chat")
        assert ours.allows_host("ask.example.com") and not ours.allows_host("evil.example")


def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(BadSetting) as wrong:
        _made(trusted_proxies=("the-proxy",))
    assert wrong.value.details == {"name": "COLLOQUERY_TRUSTED_PROXIES"}
