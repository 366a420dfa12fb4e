"""The command as people run it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.inside import alone, command
from tests.commands import ROOT
from tests.evaluation import sets
from tests.local_model import LocalModel, Message, Turn

__all__ = ["alone"]

GOLDEN = """\
- id: seoul
  question: How many customers are in Seoul?
  connection: demo
  sql: |
    SELECT COUNT(*) FROM customers JOIN cities ON cities.id = customers.city_id WHERE cities.name = 'Seoul'
- id: all
  question: How many customers are there?
  rows: [[-1]]
"""


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A set about the demo shop, of whose two questions one is answered right."""
    assert command("demo")[0] == 0
    (tmp_path / "golden.yaml").write_text(GOLDEN)
    return tmp_path / "golden.yaml"


def test_a_set_of_our_own(golden: Path) -> None:
    code, said = command("eval", str(golden))
    assert code == 0
    assert "Execution accuracy: 50.0%, 1 of 2 questions are answered right." in said
    assert "Other rows" in said
    code, said = command("eval", str(golden), "--language", "ko", "--only", "seoul")
    assert (code, "실행 정확도: 100.0%, 질문 1개 중 1개에 맞게 답했어요." in said) == (0, True)


def test_the_exit_code_says_whether_it_is_good_enough(golden: Path) -> None:
    assert command("eval", str(golden), "--at-least", "0.5")[0] == 0
    assert command("eval", str(golden), "--at-least", "0.51")[0] == 1
    assert command("eval", str(golden), "--at-least", "1", "--limit", "1")[0] == 0


def test_a_run_is_written_without_questions_and_rows_and_held_against_a_later_one(golden: Path) -> None:
    out = golden.with_name("run.json")
    assert command("eval", str(golden), "--out", str(out))[0] == 0
    written = json.loads(out.read_text())
    assert [(one["id"], one["verdict"]) for one in written["questions"]] == [("seoul", "right"), ("all", "wrong_rows")]
    assert written["complete"] is True
    assert "How many" not in out.read_text()
    assert "rows" not in written["questions"][0]
    golden.write_text(GOLDEN.replace("'Seoul'", "'Nowhere'"))
    code, said = command("eval", str(golden), "--against", str(out))
    assert code == 0
    assert "-50.0" in said
    assert "1: seoul" in said


def test_spider_is_asked_in_a_house_of_its_own(tmp_path: Path) -> None:
    dev, databases = sets.spider(tmp_path / "dev.json"), sets.make_singers(tmp_path / "database")
    before = sorted(path.name for path in tmp_path.iterdir())
    code, said = command("eval", str(dev), "--databases", str(databases), "--out", str(tmp_path / "run.json"))
    assert code == 0
    assert "of 3 questions" in said
    verdicts = {one["id"]: one for one in json.loads((tmp_path / "run.json").read_text())["questions"]}
    assert [verdicts[name]["verdict"] for name in "123"] == ["right", "right", "right"]
    assert {one["connection"] for one in verdicts.values()} == {"concert"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "run.json"])
    # The folder above it will do as well.
    assert command("eval", str(dev), "--databases", str(tmp_path), "--at-least", "1")[0] == 0


def test_bird_is_told_by_difficulty_and_its_hints_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dev = sets.bird(tmp_path / "dev.json")
    databases = sets.make_singers(tmp_path / "dev_databases")
    with LocalModel("SELECT COUNT(*) AS n FROM singer") as model:
        monkeypatch.setenv("OPENAI_API_KEY", model.key)
        monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
        code, said = command("eval", str(dev), "--databases", str(databases), "--concurrency", "1")
        hinted = [("Hint: old refers to age > 30" in str(call.messages)) for call in model.completions]
        command("eval", str(dev), "--databases", str(databases), "--no-evidence", "--only", "8")
        bare = str(model.completions[-1].messages)
    assert code == 0
    assert hinted == [False, True]
    assert "Hint:" not in bare
    lines = [line.split() for line in said.splitlines()]
    assert ["simple", "100.0%", "1", "1"] in [line[:4] for line in lines]
    assert ["challenging", "0.0%", "0", "1"] in [line[:4] for line in lines]
    assert "gpt-4o-mini 2" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("missing.yaml",), "missing.yaml"),
        (("golden.yaml", "--only", "nobody"), "nobody"),
        (("golden.yaml", "--databases", "."), "--databases"),
        (("golden.yaml", "--against", "golden.yaml"), "no file of a run"),
        (("golden.yaml", "--out", "nowhere/run.json"), "cannot be written"),
        (("dev.json",), "--databases"),
        (("dev.json", "--databases", "."), "concert/concert.sqlite"),
        (("bad.yaml",), "Entry 2 of the golden set, on line 3"),
    ],
)
def test_what_is_wrong_with_the_files_is_said_before_anything_is_asked(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "golden.yaml").write_text(GOLDEN)
    (tmp_path / "bad.yaml").write_text("- question: a\n  sql: b\n- question: c\n  qsl: d\n")
    sets.spider(tmp_path / "dev.json")
    code, said = command("eval", *words)
    assert code == 2
    assert told in said
    assert not (tmp_path / "app_data.db").exists()


def test_ctrl_c_tells_what_was_measured_and_that_it_is_a_part(tmp_path: Path) -> None:
    """A process of its own, stopped as a terminal does it while the model thinks about the last question."""
    dev, databases = sets.spider(tmp_path / "dev.json"), sets.make_singers(tmp_path / "database")

    def answer(messages: list[Message]) -> str | Turn:
        if "ordered by age" not in str(messages[-1]["content"]):
            return "SELECT COUNT(*) AS n FROM singer"
        process.send_signal(signal.SIGINT)
        return Turn(hang=True)

    with LocalModel(answer) as model:
        environment = {
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TMPDIR": str(tmp_path),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "eval", str(dev), "--databases", str(databases), "--concurrency", "1",
             "--out", "run.json"],
            cwd=tmp_path,
            env={**environment, "OPENAI_API_KEY": model.key, "OPENAI_BASE_URL": model.base_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "This is a part: it was ended after 2 of 3 questions." in out
    assert "50.0%, 1 of 2 questions" in out
    written = json.loads((tmp_path / "run.json").read_text())
    assert (written["complete"], len(written["questions"])) == (False, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["database", "dev.json", "run.json"]


def test_nothing_is_shown_on_the_way_where_there_is_no_terminal(golden: Path) -> None:
    said = command("eval", str(golden), "--only", "seoul")[1]
    assert said.startswith("Execution accuracy")
    assert "\x1b" not in said


def test_questions_of_a_set_of_our_own_count_as_the_owners(golden: Path) -> None:
    command("eval", str(golden))
    with closing(sqlite3.connect(golden.with_name("app_data.db"))) as store:
        asked = store.execute("SELECT COUNT(*) FROM query_analytics").fetchone()
    assert asked == (2,)
