"""`colloquery doctor`, against servers that run, refuse or are not there: every line, the exit code, no secret."""

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.slack import calls
from adapters.slack.checkup import SCOPES
from bot.command_line import app
from bot.commands import doctor as module
from tests.adapters.slack.server import APP_TOKEN, BOT_TOKEN, LocalSlack, running
from tests.commands import colloquery
from tests.local_model import LocalModel

NOWHERE = "127.0.0.1:1"
"""Nothing listens there."""
KEY = "sk-canary-0123456789"

Doctor = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs the command in an empty environment, in a directory of its own: its exit code and its lines."""
    for name in ("DATABASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "SLACK_API_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "COLLOQUERY_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(language: str = "en", **environment: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(module, "default_language", lambda: language)
        ran = CliRunner().invoke(app, ["doctor"], env=environment)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        assert "canary" not in ran.output
        return ran.exit_code, ran.stdout.splitlines()

    return run


@contextmanager
def slack_that_says(body: str, status: int = 200, **headers: str) -> Iterator[str]:
    """A Slack that gives one answer to whatever it is asked; its API's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "application/json" if body.startswith("{") else "text/html")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/"
        finally:
            server.shutdown()
            thread.join()


def refused(code: str) -> str:
    return json.dumps({"ok": False, "error": code})


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    with running(tmp_path_factory.mktemp("slack")) as server:
        yield server


def tokens(address: str) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": address}


@pytest.mark.parametrize(
    ("language", "store", "model"),
    [
        (
            "en",
            r"✓ Store: sqlite, at revision \w+",
            "✓ Model: none set up; the built-in writer answers simple questions",
        ),
        ("ko", r"✓ 저장소: sqlite, 리비전 \w+", "✓ 모델: 설정되지 않음. 간단한 질문은 내장 작성기가 답합니다"),
    ],
)
def test_nothing_set_up_is_nothing_to_mend(doctor: Doctor, language: str, store: str, model: str) -> None:
    code, lines = doctor(language)
    assert code == 0
    assert re.fullmatch(store, lines[0])
    assert lines[1:] == [model]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["✓ Model: gpt-4o-mini answers", "✓ Slack: signed in to Home, with every scope it needs",
                "✓ Slack Socket Mode: a socket can be opened"]),
        ("ko", ["✓ 모델: gpt-4o-mini 응답 확인", "✓ Slack: Home에 로그인했고 필요한 권한이 모두 있습니다",
                "✓ Slack Socket Mode: 소켓을 열 수 있습니다"]),
    ],
)  # fmt: skip
def test_all_that_is_set_up_is_well(doctor: Doctor, slack: LocalSlack, language: str, shown: list[str]) -> None:
    with LocalModel(key=KEY) as model:
        code, lines = doctor(language, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=model.base_url, **tokens(slack.api_url))
    assert (code, lines[1:]) == (0, shown)
    assert model.completions == []


def test_over_http_there_is_no_socket_to_open(doctor: Doctor, slack: LocalSlack) -> None:
    code, lines = doctor(
        SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET="canary-signing-secret", SLACK_API_URL=slack.api_url
    )
    assert code == 0
    assert lines[2:] == ["✓ Slack: signed in to Home, with every scope it needs"]


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive", "not_allowed_token_type"])
def test_tokens_that_slack_does_not_take(doctor: Doctor, code: str) -> None:
    with slack_that_says(refused(code)) as address:
        exit_code, lines = doctor(**tokens(address))
    assert exit_code == 1
    assert lines[2:] == [
        "✗ Slack: Slack does not accept the token in SLACK_BOT_TOKEN. Copy the bot token (xoxb-…) again from OAuth & "
        "Permissions of your Slack app.",
        "✗ Slack Socket Mode: Slack does not accept the token in SLACK_APP_TOKEN. Make an app-level token (xapp-…) "
        "with connections:write under Basic Information of your Slack app.",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>canary</html>", 200), ("canary", 502), (refused("internal_error"), 200), (refused("canary"), 503),
        (refused("ratelimited"), 429),
    ],
    ids=["a page", "bad gateway", "a failure of its own", "away", "busy"],
)  # fmt: skip
def test_a_slack_that_fails_says_nothing_of_the_tokens(
    doctor: Doctor, body: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_UNTOLD_WAIT", 0.01)
    with slack_that_says(body, status) as address:
        code, lines = doctor(**tokens(address))
    assert code == 1
    assert [line.split(": ")[0] for line in lines[2:]] == ["✗ Slack", "✗ Slack Socket Mode"]
    assert all("SLACK_API_URL" in line and "_TOKEN" not in line for line in lines[2:])


def test_scopes_that_are_missing_are_named(doctor: Doctor) -> None:
    body = json.dumps({"ok": True, "team": "Home", "url": "wss://127.0.0.1/"})
    granted = ", ".join([*sorted(SCOPES - {"files:write", "commands"}), "assistant:write"])
    with slack_that_says(body, x_oauth_scopes=granted) as address:
        code, lines = doctor(**tokens(address))
    assert code == 1
    assert lines[2].startswith("✗ Slack: The Slack app lacks these scopes: commands, files:write. Add them under")
    assert lines[3].startswith("✓ Slack Socket Mode")
    with slack_that_says(body, x_oauth_scopes=",".join(SCOPES)) as address:
        assert doctor(**tokens(address))[0] == 0


def test_a_bot_token_alone_is_no_way_in(doctor: Doctor, slack: LocalSlack) -> None:
    code, lines = doctor(SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=slack.api_url)
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == ["✓ Store", "✓ Model", "✗ Slack"]
    assert "SLACK_APP_TOKEN" in lines[2]
    assert "SLACK_SIGNING_SECRET" in lines[2]


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"OPENAI_API_KEY": "sk-canary-wrong"}, "OPENAI_API_KEY"),
        ({"OPENAI_MODEL": "no-such-model"}, "OPENAI_MODEL"),
        ({"OPENAI_BASE_URL": f"http://{NOWHERE}/v1"}, "cannot be reached"),
    ],
    ids=["key", "model", "address"],
)
def test_a_model_that_does_not_answer(doctor: Doctor, environment: dict[str, str], shown: str) -> None:
    with LocalModel(key=KEY, models=["gpt-4o-mini"]) as model:
        given = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.base_url, **environment}
        code, lines = doctor(OPENAI_MAX_RETRIES="0", **given)
    assert code == 1
    assert lines[0].startswith("✓ Store")
    assert lines[1].startswith("✗ Model: ")
    assert shown in lines[1]
    assert "127.0.0.1" not in lines[1]


def test_one_thing_that_is_wrong_hides_no_other(doctor: Doctor, tmp_path: Path) -> None:
    """Everything is broken at once: a line for each, and the good database is still seen."""
    assert colloquery(tmp_path, "demo").returncode == 0
    for name in ("gone", "broken"):
        path = tmp_path / f"{name}-canary.db"
        with closing(sqlite3.connect(path)) as made:
            made.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        added = colloquery(tmp_path, "connections", "add", name, "--type", "sqlite", "--host", str(path))
        assert added.returncode == 0, added.stderr
    (tmp_path / "gone-canary.db").unlink()
    (tmp_path / "broken-canary.db").write_bytes(b"canary" * 1_000)
    code, lines = doctor(
        OPENAI_API_KEY=KEY, OPENAI_BASE_URL=f"http://{NOWHERE}/v1", OPENAI_MAX_RETRIES="0",
        **tokens(f"http://{NOWHERE}/api/"),
    )  # fmt: skip
    assert code == 1
    seen = {line.split(": ")[0] for line in lines}
    assert seen == {
        "✓ Store", "✗ Model", "✗ Slack", "✗ Slack Socket Mode",
        "✓ demo (sqlite)", "✗ gone (sqlite)", "✗ broken (sqlite)",
    }  # fmt: skip
    assert len(lines) == len(seen)
    assert not any("127.0.0.1" in line or str(tmp_path) in line for line in lines)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"DATABASE_URL": f"postgresql://canary:canary@{NOWHERE}/canary"}, "DATABASE_URL"),
        ({"DATABASE_URL": "oracle://canary"}, "DATABASE_URL"),
        ({"COLLOQUERY_SECRET_KEY": "canary"}, "COLLOQUERY_SECRET_KEY"),
    ],
    ids=["unreachable", "unknown", "key"],
)
def test_without_the_store_the_rest_is_still_looked_at(
    doctor: Doctor, slack: LocalSlack, environment: dict[str, str], named: str
) -> None:
    with LocalModel(key=KEY) as model:
        code, lines = doctor(OPENAI_API_KEY=KEY, OPENAI_BASE_URL=model.base_url, **tokens(slack.api_url), **environment)
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == ["✗ Store", "✓ Model", "✓ Slack", "✓ Slack Socket Mode"]
    assert named in lines[0]
    assert "127.0.0.1" not in lines[0]


def test_a_database_that_answers_says_what_it_is(doctor: Doctor, tmp_path: Path) -> None:
    assert colloquery(tmp_path, "demo").returncode == 0
    for language, shown in (("en", "reached and signed in"), ("ko", "연결과 로그인 확인")):
        code, lines = doctor(language)
        assert code == 0
        assert lines[2].startswith("✓ demo (sqlite): SQLite ")
        assert shown in lines[2]


def test_a_setting_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    ran = colloquery(tmp_path, "doctor", COLLOQUERY_PORT="canary")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "COLLOQUERY_PORT" in ran.stderr
    assert "canary" not in ran.stderr
