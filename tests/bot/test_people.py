"""`colloquery people` as people run it: output and exit code."""

import json
import locale
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import bcrypt
import pytest

from bot.command_line import main

Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> (
    Iterator[Run]
):  # fmt: skip
    """Runs `colloquery` in a directory with a store and gives the lines that it said, on either stream, in English."""
    shutil.copy(migrated_file, tmp_path / "app_data.db")
    spoken = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    for name in [one for one in os.environ if one.startswith(("OPENAI", "COLLOQUERY_", "DATABASE", "SLACK", "TEAMS"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, code: int = 0, **environment: str) -> list[str]:
        with monkeypatch.context() as given:
            given.setattr(sys, "argv", ["colloquery", *arguments])
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


def test_people_are_added_shown_changed_and_found(run: Run) -> None:
    (added,) = run("people", "add", "Kim@Example.com", "--name", "김민수")
    assert added.split("\t")[:4] == ["김민수", "kim@example.com", "viewer", "active"]
    kim = added.split("\t")[-1]
    assert run("people", "role", "kim@example.com", "admin")[0].split("\t")[2] == "admin"
    assert "deactivated" in run("people", "deactivate", kim)[0]
    assert "active" in run("people", "activate", "KIM@example.com")[0].split("\t")
    listed = run("people", "list")
    assert {line.split("\t")[0] for line in listed} == {"김민수", "Operator"}
    (found,) = run("people", "list", "--search", "민수", "--json")
    shown = json.loads(found)
    assert (shown["id"], shown["role"], shown["is_active"], shown["has_password"]) == (kim, "admin", True, False)
    operator = next(line for line in listed if line.startswith("Operator"))
    lines = run("people", "show", operator.split("\t")[-1])
    assert lines[0].split("\t")[1] == "–" and lines[1].startswith("  terminal: Operator, last seen")
    assert run("people", "deactivate", operator.split("\t")[-1], code=2)[0].startswith("Nobody can deactivate")
    assert run("people", "show", "nobody@example.com", code=2)
    assert run("people", "add", "kim@example.com", "--name", "Kim", code=2)[0].startswith("There is somebody")
    assert run("people", "role", "kim@example.com", "king", code=2)


def test_a_password_is_set_and_not_shown(run: Run, tmp_path: Path) -> None:
    run("people", "add", "kim@example.com", "--name", "Kim")
    said = run("people", "password", "kim@example.com", COLLOQUERY_NEW_PASSWORD="correct horse")
    assert said == ["kim@example.com has a new password and is signed out everywhere."]
    with closing(sqlite3.connect(tmp_path / "app_data.db")) as store:
        kept, audit = (
            store.execute(sql).fetchall()
            for sql in ("SELECT password_hash FROM users WHERE email = 'kim@example.com'", "SELECT * FROM audit_logs")
        )
    assert bcrypt.checkpw(b"correct horse", kept[0][0].encode()) and kept[0][0].startswith("$2b$12$")
    assert "correct horse" not in str(audit)
    assert run("people", "password", "kim@example.com", code=2, COLLOQUERY_NEW_PASSWORD="short")
    assert run("people", "sign-out", "kim@example.com") == ["Sign-ins ended: 0"]


def test_a_link_is_made_for_oneself_and_for_others(run: Run) -> None:
    run("people", "add", "kim@example.com", "--name", "Kim")
    address, note = run("people", "link", "--for", "kim@example.com", "--address", "https://ask.example.com/")
    assert address.startswith("https://ask.example.com/sign-in#ey") and note.startswith("It works once")
    assert run("people", "link", COLLOQUERY_PORT="9000")[0].startswith("http://localhost:9000/sign-in#ey")
