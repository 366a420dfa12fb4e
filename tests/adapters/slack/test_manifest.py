"""manifest.yml and the code agree: every listener has its event, every command its listener, every scope its use."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.slack import usage_form
from adapters.slack.checkup import SCOPES
from adapters.slack.listeners import connections, register, schedules, sign_in, templates, usage
from adapters.slack.listeners.actions import ACTS
from adapters.slack.listeners.commands import SLASH
from adapters.slack.modals import EDIT, REASON
from adapters.slack.schedule_pages import FORM
from adapters.slack.template_modals import DELETE, KEEP, RUN

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))

LIMITS = {"name": 35, "description": 140}
"""Characters, by Slack's manifest reference."""


class _Recorder:
    """An app that only notes what is registered with it."""

    def __init__(self) -> None:
        self.events: set[str] = set()
        self.commands: set[str] = set()
        self.actions: list[Any] = []
        self.views: set[str] = set()

    def event(self, name: str) -> Any:
        self.events.add(name)
        return lambda listener: listener

    def command(self, name: str) -> Any:
        self.commands.add(name)
        return lambda listener: listener

    def action(self, pattern: Any) -> Any:
        self.actions.append(pattern)
        return lambda listener: listener

    def view(self, name: str) -> Any:
        self.views.add(name)
        return lambda listener: listener


@pytest.fixture(scope="module")
def registered() -> _Recorder:
    recorder = _Recorder()
    register(recorder, None)  # type: ignore[arg-type]  # nothing is called, so no door is needed
    return recorder


def test_every_listener_has_its_event_and_every_event_its_listener(registered: _Recorder) -> None:
    subscribed = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    heard = {"message.channels", "message.groups", "message.im", "message.mpim"}
    assert {event for event in subscribed if not event.startswith("message.")} | {"message"} == registered.events
    assert {event for event in subscribed if event.startswith("message.")} == heard


def test_every_command_has_its_listener(registered: _Recorder) -> None:
    commands = {each["command"] for each in MANIFEST["features"]["slash_commands"]}
    assert commands == registered.commands == {*SLASH, "/colloquery"}


def test_buttons_and_forms_need_interactivity(registered: _Recorder) -> None:
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    acts = {**ACTS, **connections.ACTS, **schedules.ACTS, **sign_in.ACTS, **templates.ACTS, **usage.ACTS}
    assert len(registered.actions) == len(acts)
    assert registered.views == {EDIT, REASON, usage_form.LIMITS, RUN, KEEP, DELETE, *connections.FORMS_SENT, FORM}
    for name in acts:
        assert any(pattern.match(f"cq_{name}") for pattern in registered.actions)


def test_the_scopes_are_those_that_the_code_needs_and_no_more() -> None:
    asked = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    # Declared as an agent, an app is given assistant:write by Slack itself: it is named so that nobody is surprised.
    assert asked - {"assistant:write"} == SCOPES


def test_it_is_an_agent_in_socket_mode_within_slacks_limits() -> None:
    shown = MANIFEST["display_information"]
    for key, most in LIMITS.items():
        assert 0 < len(shown[key]) <= most
    agent = MANIFEST["features"]["agent_view"]
    assert 0 < len(agent["agent_description"]) <= 300
    assert "assistant_view" not in MANIFEST["features"]
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80
    for command in MANIFEST["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert re.fullmatch(r"/[a-z]+", command["command"])
        assert command["should_escape"] is True
