"""`colloquery alerts`, with a Slack that runs: rules as they are set, and a test that says where it arrived."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import app
from core.errors import BadEdit
from tests.adapters.slack.server import ADA, APP_TOKEN, BOT_TOKEN, DIRECT, GENERAL, LocalSlack, running

Alerts = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with running(tmp_path_factory.mktemp("slack")) as server:
        yield server


@pytest.fixture
def alerts(tmp_path: Path, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> Alerts:
    """Runs the command in a directory of its own: its exit code and what it printed. Typed errors are raised."""
    slack.reset()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": slack.api_url}

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, ["alerts", *arguments], env={**tokens, **environment})
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return ran.exit_code, ran.output

    return run


def test_rules_are_set_piece_by_piece_and_shown(alerts: Alerts) -> None:
    assert "Nobody is told" in alerts("show")[1]
    alerts("set", "--threshold", "$1,000", "--threshold", "50", "--to", f"slack:{GENERAL}")
    alerts("set", "--to", f"slack:{ADA}", "--to", f"Slack:{GENERAL}")
    alerts("set", "--no-unusual")
    assert alerts("show")[1].splitlines() == [
        "Told when a month's cost passes $50.00, and when it is likely to",
        "Told when a month's cost passes $1,000.00, and when it is likely to",
        f"Sent to slack:{ADA}",
        f"Sent to slack:{GENERAL}",
    ]
    assert "Nobody is told" in alerts("set", "--clear")[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--threshold", "many"), "alerts.threshold"),
        (("--threshold", "0"), "alerts.threshold"),
        (("--to", GENERAL), "alerts.recipient"),
        (("--to", "slack:#general"), "alerts.recipient"),
        (("--to", "teams:19:abc"), "alerts.platform"),
    ],
)
def test_what_cannot_be_set_is_said(alerts: Alerts, arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        alerts("set", *arguments)
    assert refusal.value.code == code


def test_without_a_platform_no_place_can_be_set(alerts: Alerts) -> None:
    nothing = {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}
    with pytest.raises(BadEdit, match=r"alerts\.nowhere"):
        alerts("set", "--to", f"slack:{GENERAL}", **nothing)
    alerts("set", "--to", f"slack:{GENERAL}")
    with pytest.raises(BadEdit, match=r"alerts\.nowhere"):
        alerts("test", **nothing)
    assert "Sent to" not in alerts("set", "--clear", **nothing)[1]


def test_a_test_arrives_everywhere_or_says_where_not(alerts: Alerts, slack: LocalSlack) -> None:
    assert alerts("test")[0] == 1  # there is no place yet
    alerts("set", "--to", f"slack:{GENERAL}", "--to", f"slack:{ADA}")
    assert alerts("test", COLLOQUERY_LANGUAGE="ko") == (0, f"slack:{GENERAL}: arrived\nslack:{ADA}: arrived\n")
    alerts("set", "--to", "slack:C0NOWHERE", "--to", f"slack:{GENERAL}")
    code, said = alerts("test")
    assert code == 1
    assert "slack:C0NOWHERE: did not arrive. The message cannot be posted there." in said
    assert f"slack:{GENERAL}: arrived" in said
    first, second = asyncio.run(slack.messages(GENERAL, ours=True))
    assert first["blocks"][0]["text"]["text"] == "알림이 이곳에 도착합니다"
    assert second["blocks"][0]["text"]["text"] == "Alerts arrive here"
    assert len(asyncio.run(slack.messages(DIRECT, ours=True))) == 1
