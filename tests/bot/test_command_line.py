"""The command as people run it: a process, its output, its exit code."""

import json
import socket
from pathlib import Path

import pytest
from filelock import FileLock

from tests.commands import colloquery
from tests.engines.servers import free_port


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the demo was made."""
    directory = tmp_path_factory.mktemp("home")
    made = colloquery(directory, "demo")
    assert made.returncode == 0, made.stderr
    assert made.stdout.count("colloquery ask") == 3
    return directory


def test_the_three_demo_questions_are_answered_in_both_languages(home: Path) -> None:
    rows: dict[str, list[object]] = {"en": [], "ko": []}
    for language in ("en", "ko"):
        lines = colloquery(home, "demo", "--lang", language).stdout.splitlines()
        questions = [line.split('"')[1] for line in lines if "colloquery ask" in line]
        assert len(questions) == 3
        for question in questions:
            answered = colloquery(home, "ask", question, "--json", "--lang", language)
            assert answered.returncode == 0, (question, answered.stdout, answered.stderr)
            reply = json.loads(answered.stdout)
            (table,) = [part for part in reply["parts"] if part["part"] == "table"]
            assert table["rows"]
            rows[language].append(table["rows"])
    assert rows["en"] == rows["ko"]


def test_an_answer_for_people(home: Path) -> None:
    answered = colloquery(home, "ask", "How many customers are there?")
    assert answered.returncode == 0
    assert "SELECT" in answered.stdout
    assert "0 tokens" in answered.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ask", ""], 2, "no question"),
        (["ask", "x" * 10_000], 2, "10,000 characters"),
        (["ask", "How many customers?", "-c", "nowhere"], 1, "nowhere"),
        (["ask", "DROP TABLE customers"], 1, ""),
        (["ask", "Why is the sky blue?"], 1, ""),
        (["connections", "test", "nowhere"], 2, "nowhere"),
        (["connections", "add", "x", "--type", "dbase", "--host", "h"], 2, "sqlserver"),
        (["connections", "add", "x", "--type", "sqlite", "--host", "/nonexistent/canary.db"], 1, ""),
        (["connections", "add", "x", "--type", "postgresql", "--host", "127.0.0.1", "--port", "1", "--database", "d",
          "--user", "u", "--password-stdin"], 1, "reach"),
        (["db", "downgrade", "nonsense"], 1, ""),
        (["frobnicate"], 2, "frobnicate"),
        (["sql", "check", "nowhere.sql"], 2, "nowhere.sql"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_an_exit_code(home: Path, arguments: list[str], code: int, words: str) -> None:
    ran = colloquery(home, *arguments)
    said = ran.stdout + ran.stderr
    assert ran.returncode == code, said
    assert said.strip()
    assert words in said
    assert "Traceback" not in said
    assert "canary" not in said
    listed = colloquery(home, "connections", "list").stdout.splitlines()
    assert [line.split("\t")[0].strip("* ") for line in listed] == ["demo"]


def test_the_guard_is_asked_from_the_terminal(tmp_path: Path) -> None:
    lines = [
        {"sql": "SELECT a FROM t WHERE status = 'DELETE'", "dialect": "mysql"},
        {"sql": "SELECT a FROM t FOR UPDATE", "dialect": "mysql"},
        {"sql": "SELECT TOP 5 a FROM t", "dialect": "tsql"},
        {"sql": "SELECT 1", "dialect": "dbase"},
        {"nonsense": 1},
    ]
    ran = colloquery(tmp_path, "sql", "check", stdin="\n".join(json.dumps(line) for line in lines))
    verdicts = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["allowed"] for one in verdicts] == [True, False, True, False, False]
    assert verdicts[0]["sql"] == "SELECT a FROM t WHERE status = 'DELETE' LIMIT 1001"
    assert verdicts[0]["tables"] == ["t"]
    assert verdicts[1]["reason"] == "lock"
    assert verdicts[3]["reason"] == "unknown_dialect"
    (tmp_path / "query.sql").write_text("SELECT *\nFROM t\n; DROP TABLE t")
    ran = colloquery(tmp_path, "sql", "check", "query.sql", "--dialect", "oracle")
    (verdict,) = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (verdict["allowed"], verdict["reason"]) == (False, "many_statements")


@pytest.mark.parametrize(
    ("name", "value"),
    [("COLLOQUERY_PORT", "canary"), ("DATABASE_URL", "oracle://canary"), ("COLLOQUERY_SECRET_KEY", "canary")],
)
def test_a_wrong_setting_stops_the_start_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    ran = colloquery(tmp_path, "serve", **{name: value})
    assert ran.returncode == 2
    assert name in ran.stderr
    assert "canary" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_what_may_pass_by_itself_is_no_wrong_setting(tmp_path: Path) -> None:
    """The unit of systemd gives up after the exit code 2, and starts again after any other."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert colloquery(tmp_path, "serve", "--no-demo", COLLOQUERY_PORT=str(port)).returncode == 1
    away = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:9/api/"}
    ran = colloquery(tmp_path, "serve", "--no-demo", COLLOQUERY_PORT=str(port), **away)
    assert (ran.returncode, len(ran.stderr.strip().splitlines())) == (1, 1)
    assert "Slack" in ran.stderr and "127.0.0.1" not in ran.stderr


def test_a_store_that_is_served_is_not_moved_by_a_second_server(tmp_path: Path) -> None:
    """It may be a newer version: the first would go on with a store that it does not know."""
    assert colloquery(tmp_path, "db", "upgrade").returncode == 0
    assert colloquery(tmp_path, "db", "downgrade", "8e2fbd009a9c").returncode == 0
    with FileLock(tmp_path / "app_data.db-locks" / "serving.lock"):
        ran = colloquery(tmp_path, "serve", "--no-demo", COLLOQUERY_PORT=str(free_port()))
    assert ran.returncode == 1 and "serving this store already" in ran.stderr
    assert "8e2fbd009a9c" in colloquery(tmp_path, "db", "check").stdout


def test_the_store_is_checked_and_moved(tmp_path: Path) -> None:
    assert colloquery(tmp_path, "db", "check").returncode == 1
    assert colloquery(tmp_path, "db", "upgrade").returncode == 0
    assert colloquery(tmp_path, "db", "check").returncode == 0
    assert colloquery(tmp_path, "db", "downgrade", "8e2fbd009a9c").returncode == 0
    assert "8e2fbd009a9c" in colloquery(tmp_path, "db", "check").stdout
    assert colloquery(tmp_path, "db", "upgrade").returncode == 0


def test_a_store_of_something_else_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "app_data.db") as other:
        other.execute("CREATE TABLE users (id INTEGER)")
    other.close()
    ran = colloquery(tmp_path, "connections", "list")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    with sqlite3.connect(tmp_path / "app_data.db") as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("users",)]
    other.close()
