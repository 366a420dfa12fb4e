"""`colloquery catalog` and `connections give` as people run them: a process, its output, its exit code."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.catalog.rooms import SHOP, obedient
from tests.commands import ROOT, colloquery
from tests.local_model import LocalModel, Turn


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with one connection, "shop"."""
    return _with_shop(tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, for commands that change nothing."""
    return _with_shop(tmp_path_factory.mktemp("kept"))


def _with_shop(directory: Path) -> Path:
    with closing(sqlite3.connect(directory / "shop.db")) as database:
        database.executescript(SHOP)
    added = colloquery(
        directory, "connections", "add", "shop", "--type", "sqlite", "--host", str(directory / "shop.db"), "--everyone"
    )
    assert added.returncode == 0, added.stderr
    assert "2 tables" in added.stdout
    return directory


def run(home: Path, *arguments: str, code: int = 0, stdin: str = "", environment: dict[str, str] | None = None) -> str:
    """Standard output of a command that must end with `code`; standard error of one that fails."""
    ran = colloquery(home, *arguments, stdin=stdin, **environment or {})
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr if code else ran.stdout


def environment(model: LocalModel) -> dict[str, str]:
    return {"OPENAI_API_KEY": model.key, "OPENAI_BASE_URL": model.base_url, "OPENAI_MAX_RETRIES": "0"}


def test_describe_tells_the_price_asks_first_and_goes_on(home: Path) -> None:
    with LocalModel(obedient) as model:
        asked = colloquery(home, "catalog", "describe", "shop", **environment(model))
        assert asked.returncode == 2
        assert "--yes" in asked.stderr
        assert "9 names" in asked.stdout
        assert "gpt-4o-mini" in asked.stdout
        assert "$" in asked.stdout
        assert model.completions == []
        done = run(home, "catalog", "describe", "shop", "--yes", "--limit", "1", environment=environment(model))
        assert "1 tables and 3 columns" in done
        done = run(home, "catalog", "describe", "shop", "--yes", environment=environment(model))
        assert len(model.completions) == 2
        assert "already" in run(home, "catalog", "describe", "shop", "--yes", environment=environment(model))
        assert len(model.completions) == 2
    shown = run(home, "catalog", "show", "shop").splitlines()
    assert shown[0].split("\t") == ["customers", "4", "What customers holds", "말 0, word 0", "private: email"]
    assert "canary" not in str([call.body for call in model.calls])


def test_describe_says_what_was_kept_when_the_model_fails(home: Path) -> None:
    with LocalModel(Turn(text="I would rather not.", usage=(40, 2))) as model:
        ran = colloquery(home, "catalog", "describe", "shop", "--yes", **environment(model))
    assert ran.returncode == 1
    assert "could not be used" in ran.stderr
    assert "0 tables and 0 columns, 84 tokens" in ran.stdout
    assert "OPENAI_API_KEY" in run(home, "catalog", "describe", "shop", "--yes", code=1)


def test_ctrl_c_ends_the_run_and_says_what_was_kept(home: Path) -> None:
    with LocalModel(Turn(hang=True)) as model:
        settings = environment(model) | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
        command = [sys.executable, "-m", "bot", "catalog", "describe", "shop", "--yes"]
        process = subprocess.Popen(
            command, cwd=home, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 60
        while not model.completions:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert "0 tables and 0 columns, 0 tokens" in out


def test_people_edit_export_and_import(home: Path) -> None:
    run(home, "catalog", "edit", "shop", "Orders.State", "-d", "Where it is", "-w", "진행 상태", "-w", "status")
    run(home, "catalog", "edit", "shop", "orders.state", "--description", "How far it is")
    run(home, "catalog", "term", "add", "shop", "매출", "sum(total)", "--word", "revenue")
    exported = run(home, "catalog", "export", "shop")
    assert json.loads(exported) == {
        "documentation": [
            {
                "table": "orders",
                "column": "state",
                "description": "How far it is",
                "words": ["진행 상태", "status"],
                "by": "person",
            }
        ],
        "glossary": [{"term": "매출", "means": "sum(total)", "words": ["revenue"]}],
    }
    run(home, "catalog", "edit", "shop", "orders.state", "--clear")
    run(home, "catalog", "term", "remove", "shop", "매출")
    assert json.loads(run(home, "catalog", "export", "shop")) == {"documentation": [], "glossary": []}
    run(home, "catalog", "import", "shop", "-", stdin=exported)
    assert run(home, "catalog", "export", "shop") == exported
    assert run(home, "catalog", "term", "list", "shop") == "매출\tsum(total)\trevenue\n"

    columns = json.loads(run(home, "catalog", "show", "shop", "ORDERS", "--json"))
    (state,) = [column for column in columns if column["name"] == "state"]
    assert (state["words"], state["by"], state["comment"]) == (
        ["진행 상태", "status"],
        "person",
        "paid, sent or returned",
    )
    lines = run(home, "catalog", "show", "shop", "customers").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["id", "name", "email", "grade"]
    assert lines[2].endswith("\tprivate")


def test_a_bad_file_is_told_and_nothing_of_it_is_written(kept: Path) -> None:
    entries = [{"table": "orders", "description": "d"}, {"table": "nowhere", "description": "d"}]
    said = run(kept, "catalog", "import", "shop", "-", stdin=json.dumps({"documentation": entries}), code=2)
    assert "“nowhere”" in said
    assert "documentation[1]" in said
    assert "line 2" in run(kept, "catalog", "import", "shop", "-", stdin="{\n,", code=2)
    assert json.loads(run(kept, "catalog", "export", "shop")) == {"documentation": [], "glossary": []}


def test_columns_are_marked_private_and_not(home: Path) -> None:
    assert run(home, "catalog", "private", "list", "shop") == "customers.email\n"
    run(home, "catalog", "private", "mark", "*.STATE", "--everywhere")
    run(home, "catalog", "private", "mark", "Customers.Grade", "--connection", "shop")
    run(home, "catalog", "private", "mark", "customers.email", "--connection", "shop", "--public")
    assert run(home, "catalog", "private", "list", "shop") == "customers.grade\norders.state\n"
    assert run(home, "catalog", "private", "list", "shop", "--marks").splitlines() == [
        "*.STATE\tprivate\tevery connection",
        "customers.grade\tprivate\tthis connection",
        "customers.email\tnot private\tthis connection",
    ]
    run(home, "catalog", "private", "mark", "*.state", "--everywhere", "--clear")
    assert run(home, "catalog", "private", "list", "shop") == "customers.grade\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["catalog", "show", "shop", "nothing"], "nothing"),
        (["catalog", "edit", "shop", "orders"], "--clear"),
        (["catalog", "edit", "shop", "orders", "-d", "x" * 501], "500"),
        (["catalog", "term", "add", "shop", "매출", "the money"], "expression"),
        (["catalog", "term", "remove", "shop", "매출"], "매출"),
        (["catalog", "private", "mark", "salary", "--everywhere"], "*.salary"),
        (["catalog", "private", "mark", "*.salary"], "--everywhere"),
        (["catalog", "private", "mark", "orders.nothing", "--connection", "shop"], "orders.nothing"),
        (["connections", "give", "shop", "--to", "nobody@example.com"], "nobody@example.com"),
    ],
)
def test_bad_input_gets_a_sentence_and_an_exit_code(kept: Path, arguments: list[str], words: str) -> None:
    assert words in run(kept, *arguments, code=2)


def test_a_connection_is_given_with_its_private_columns_and_without(home: Path) -> None:
    def grants() -> list[tuple[str, int]]:
        with closing(sqlite3.connect(home / "app_data.db")) as store:
            return store.execute("SELECT subject_kind, sees_private FROM connection_grants ORDER BY 1").fetchall()

    assert grants() == [("everyone", 0)]
    assert "everyone" in run(home, "connections", "give", "shop", "--to", "everyone", "--private")
    assert grants() == [("everyone", 1)]
    run(home, "connections", "give", "shop", "--to", "Everyone", "--default")
    assert grants() == [("everyone", 1)]
    run(home, "connections", "give", "shop", "--to", "everyone", "--no-private")
    run(home, "connections", "give", "shop", "--to", "OWNER@local.invalid", "--private")
    assert grants() == [("everyone", 0), ("user", 1)]


def test_signs_that_would_move_a_terminal_are_shown(home: Path) -> None:
    with closing(sqlite3.connect(home / "shop.db")) as database:
        database.execute('CREATE TABLE "bad\x1b[31m" (a INT)')
    run(home, "connections", "refresh", "shop")
    assert "\x1b" not in run(home, "catalog", "show", "shop")
