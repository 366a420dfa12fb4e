"""`colloquery audit`: listed, exported, proven, from a terminal."""

import csv
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import app
from core.errors import BadEdit

Colloquery = Callable[..., tuple[int, str]]


@pytest.fixture
def colloquery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Colloquery:
    """Runs a command in a directory of its own: its exit code and what it printed. Typed errors are raised."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*arguments: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, list(arguments))
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return ran.exit_code, ran.output

    return run


def test_what_was_done_is_listed_exported_and_proven(colloquery: Colloquery, tmp_path: Path) -> None:
    for hour in ("5", "6"):
        colloquery("usage", "set-limits", "everyone", "--hour", hour)
    code, said = colloquery("audit", "list", "--action", "config.", "--values")
    assert code == 0
    assert said.count("A setting was changed (config.changed)") == 2
    assert '- {"quota.everyone": {"day": null, "hour": 5, "month": null}}' in said
    assert len(colloquery("audit", "list", "--most", "1")[1].splitlines()) == 1
    assert colloquery("audit", "list", "--until", "2020-01-01")[1] == "The audit has no such line.\n"

    code, text = colloquery("audit", "export", "--action", "config.changed")
    heading, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (len(heading), len(rows)) == (16, 2)
    colloquery("audit", "export", "-o", "audit.csv")
    assert (tmp_path / "audit.csv").read_text("utf-8-sig").startswith("Time (UTC)")

    code, said = colloquery("audit", "verify")
    assert code == 0
    assert "Nothing was changed: 5 lines" in said
    head = said.split("Head: ")[1].strip()
    assert colloquery("audit", "verify", "--head", head)[0] == 0

    with closing(sqlite3.connect(tmp_path / "app_data.db")) as store, store:
        store.execute(
            "UPDATE audit_logs SET new_values = replace(new_values, '6', '7') WHERE action = 'config.changed'"
        )
    code, said = colloquery("audit", "verify", "--head", head)
    assert code == 1
    assert said.count("is not what was sealed") == 1
    assert "1 damages among" in said
    assert colloquery("audit", "verify", "--head", f"999:{'a' * 64}")[0] == 1


@pytest.mark.parametrize("option", [("--since", "yesterday"), ("--who", "nobody@example.com"), ("--from", "x" * 500)])
def test_what_cannot_be_looked_for_is_said(colloquery: Colloquery, option: tuple[str, str]) -> None:
    for command in ("list", "export"):
        with pytest.raises(BadEdit):
            colloquery("audit", command, *option)


def test_a_wrong_head_is_said(colloquery: Colloquery) -> None:
    with pytest.raises(BadEdit, match=r"audit\.bad_head"):
        colloquery("audit", "verify", "--head", "1")
