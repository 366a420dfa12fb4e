"""`colloquery usage limits`, `set-limits`, `recount` and `prices` as people run them: output and exit code."""

import json
import locale
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.command_line import main

Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `colloquery usage` in an empty directory and gives the lines that it said, on either stream, in English."""
    spoken = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    for name in [one for one in os.environ if one.startswith(("OPENAI", "COLLOQUERY_", "DATABASE", "SLACK", "TEAMS"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, code: int = 0, **environment: str) -> list[str]:
        with monkeypatch.context() as given:
            given.setattr(sys, "argv", ["colloquery", "usage", *arguments])
            for name, value in environment.items():
                given.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said
        assert "\x1b" not in said.out + said.err
        return [*said.out.splitlines(), *said.err.splitlines()]

    yield command
    locale.setlocale(locale.LC_CTYPE, spoken)


@pytest.fixture
def home(tmp_path: Path, migrated_file: Path) -> Path:
    """The directory, with a store in which Kim has spoken, whose name is not what it seems."""
    shutil.copy(migrated_file, tmp_path / "app_data.db")
    change(
        tmp_path,
        "INSERT INTO users (id, email, password_hash, full_name, role, created_at, preferences) "
        "VALUES ('u1', 'kim@example.com', '!', 'Kim' || char(27) || '[31m', 'viewer', '2026-06-01', '{\"x\": 1}')",
    )
    return tmp_path


def change(directory: Path, sql: str) -> None:
    with closing(sqlite3.connect(directory / "app_data.db")) as store, store:
        store.execute(sql)


def test_limits_are_set_shown_and_taken_back(home: Path, run: Run) -> None:
    environment = {"COLLOQUERY_QUOTA_DAY": "12345"}
    run("set-limits", "everyone", "--hour", "2000")
    run("set-limits", "viewer", "--month", "0")
    run("set-limits", "Kim@example.com", "--hour", "5", "--day", "6", "--month", "7")
    everyone, viewers, administrators, kim, note = run("limits", **environment)
    assert everyone == "Everyone: 2,000 an hour, 12,345 a day, 100,000 a month"
    assert viewers == "Role: viewers: – an hour, – a day, 0 a month"
    assert administrators == "Role: administrators: – an hour, – a day, – a month"
    assert kim.endswith("[31m: 5 an hour, 6 a day, 7 a month") and kim.startswith("Kim")
    assert note.startswith("In tokens.")
    assert run("set-limits", "u1")[0].endswith(": – an hour, – a day, – a month")
    assert len(run("limits")) == 4
    with closing(sqlite3.connect(home / "app_data.db")) as store:
        changes = store.execute("SELECT old_values, new_values FROM audit_logs WHERE action = 'config.changed'")
        old, new = [value and json.loads(value) for value in changes.fetchall()[-1]]
    assert (old, new) == ({"quota.person.u1": {"hour": 5, "day": 6, "month": 7}}, None)


def test_a_limit_that_cannot_be_ends_with_a_sentence(home: Path, run: Run) -> None:
    for who, hour, words in (
        ("nobody@example.com", "1", "nobody@example.com"),
        ("owner", "1", "this id"),
        ("everyone", "-1", "from 0 to 1,000,000,000"),
        ("everyone", str(10**30), "from 0 to 1,000,000,000"),
    ):
        (said,) = run("set-limits", who, "--hour", hour, code=2)
        assert words in said
    run("set-limits", "everyone", "--hour", "many", code=2)
    run("set-limits", code=2)
    assert len(run("limits")) == 4


def test_totals_are_recounted_and_mended(home: Path, run: Run) -> None:
    assert run("recount") == ["Everybody's totals are what their questions add up to."]
    change(
        home,
        "INSERT INTO query_analytics (id, query_id, user_id, question, sql_query, execution_time, row_count, success, "
        "prompt_tokens, completion_tokens, total_tokens, timestamp, created_at) "
        "VALUES ('a', 'q', 'u1', '', '', 0, 0, 1, 1000, 200, 1200, '2026-06-01', '2026-06-01')",
    )
    change(home, "UPDATE users SET token_usage = 7 WHERE id = 'u1'")
    listed, told = run("recount", code=1)
    assert listed == ("kim@example.com: 7 on the person, 0 (0 + 0) in the preferences, 1,200 (1,000 + 200) counted")
    assert "recount --mend" in told
    assert run("recount", "--mend") == [listed, "Totals set from the questions: 1"]
    assert run("recount") == ["Everybody's totals are what their questions add up to."]
    with closing(sqlite3.connect(home / "app_data.db")) as store:
        total, preferences = store.execute("SELECT token_usage, preferences FROM users WHERE id = 'u1'").fetchone()
        (by,) = store.execute("SELECT user_id FROM audit_logs WHERE action = 'usage.recounted'").fetchone()
        assert store.execute("SELECT role FROM users WHERE id = ?", (by,)).fetchall() == [("admin",)]
    kept = json.loads(preferences)
    assert (total, kept["x"]) == (1_200, 1)
    assert kept["token_usage"]["completion_tokens"] == 200


def test_prices_are_told_with_their_source(tmp_path: Path, run: Run) -> None:
    for model, words in {
        "gpt-4o-mini-2024-07-18": "0.00015 in, 0.0006 out, in US$ per 1,000 tokens (specified)",
        "claude-sonnet-4-5": "0.003 in, 0.015 out, in US$ per 1,000 tokens (from the price list)",
        "our-model": "0.0025 in, 0.01 out, in US$ per 1,000 tokens (unknown model: the default price)",
        "template": "0 in, 0 out, in US$ per 1,000 tokens (no model is called)",
    }.items():
        assert run("prices", model) == [f"{model}: {words}"]
    first, *others = run("prices", OPENAI_MODEL="gpt-4.1-mini")
    assert first.startswith("gpt-4.1-mini: 0.0004 in, 0.0016 out")
    assert [line.split(":")[0] for line in others] == [
        "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "built-in", "template", "any other unknown model"
    ]  # fmt: skip
    # No store is opened for it.
    assert list(tmp_path.iterdir()) == []
