"""`colloquery usage` as people run it: shown, as JSON, as CSV."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

from tests.commands import colloquery
from tests.local_model import LocalModel, Turn

HARD = "Which customers remind you of a summer afternoon?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which one question took 400 tokens and one was refused, with most of a minute of the hour left."""
    if (left := 3600 - time.time() % 3600) < 50:
        time.sleep(left)  # or what was used this hour is of the hour before when it is shown
    directory = tmp_path_factory.mktemp("used")
    assert colloquery(directory, "demo").returncode == 0
    with LocalModel(Turn(text="SELECT COUNT(*) AS n FROM customers", usage=(380, 20))) as model:
        served = {"OPENAI_API_KEY": model.key, "OPENAI_BASE_URL": model.base_url, "OPENAI_MODEL": "gpt-4o"}
        asked = colloquery(directory, "ask", HARD, **served)
    assert asked.returncode == 0, asked.stderr
    assert colloquery(directory, "ask", "DELETE FROM orders").returncode == 1
    return directory


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_my_use_in_both_languages(home: Path) -> None:
    shown = colloquery(home, "usage", "show")
    assert shown.returncode == 0, shown.stderr
    for words in ("400 of 1,000 tokens (40%)", "████████░░░░░░░░░░░░", "gpt-4o", "400 tokens, $0.0012", "▁▁█"):
        assert words in shown.stdout, words
    korean = colloquery(home, "usage", "show", "--lang", "ko").stdout
    assert "1,000토큰 중 400토큰 사용 (40%)" in korean and "이번 달 비용은 지금까지 US$0.0012입니다." in korean


def test_everybody(home: Path) -> None:
    shown = colloquery(home, "usage", "dashboard", "--span", "week").stdout
    assert shown.startswith("1 person asked 2 questions in the last 7 days: 400 tokens and $0.0012.")
    for words in ("Without an answer", "1 of 2 (50%)", "Why questions failed", "demo", "customers"):
        assert words in shown, words
    assert "guard." not in shown


def test_json_is_one_object_and_nothing_else(home: Path) -> None:
    mine = colloquery(home, "usage", "show", "--json").stdout
    assert mine.count("\n") == 1
    found = json.loads(mine)
    assert (found["tokens"], found["cost"].rstrip("0")) == (400, "0.00115")
    assert [one["name"] for one in found["windows"]] == ["hour", "day", "month"]
    board = json.loads(colloquery(home, "usage", "dashboard", "--json").stdout)
    assert (board["questions"], board["failed"], board["span"]) == (2, 1, "month")


def test_lists_as_csv(home: Path) -> None:
    people = rows(colloquery(home, "usage", "export", "people").stdout)
    assert people[0] == ["Person", "E-mail", "Questions", "Failed", "Tokens", "Cost (US$)"]
    assert people[1][2:] == ["2", "1", "400", "0.00115"]
    file = home / "models.csv"
    made = colloquery(home, "usage", "export", "models", "--file", str(file))
    assert (made.returncode, made.stdout) == (0, "")
    assert [line[0] for line in rows(file.read_text("utf-8"))] == ["Model", "gpt-4o"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "--person", "nobody@example.com"), "Nobody with the address nobody@example.com"),
        (("export", "days", "--file", "missing/days.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(home: Path, arguments: tuple[str, ...], said: str) -> None:
    made = colloquery(home, "usage", *arguments)
    assert made.returncode == 2
    assert said in made.stderr and "Traceback" not in made.stderr
