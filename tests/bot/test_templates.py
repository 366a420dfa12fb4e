"""`colloquery templates`: kept, found, shown, asked, changed, shared, written to a file and read from one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.command_line import app
from core.errors import BadEdit, ColloqueryError, NoAnswer, NotAllowed, NoTemplate, QueryRefused
from tests.commands import colloquery

Run = Callable[..., tuple[int, str]]

SQL = "SELECT COUNT(*) AS customers FROM customers JOIN cities ON cities.id = city_id WHERE cities.name = :city"
CITY = "city: choice cities.name = Seoul"
BY_CITY = ("--name", "By [red] city", "-q", "How many customers are in {city}?", "--sql", SQL, "-p", CITY)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the demo was made and a question asked."""
    directory = tmp_path_factory.mktemp("templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.delenv("DATABASE_URL", raising=False)
        for arguments in (["demo"], ["ask", "How many customers are in Seoul?"]):
            assert CliRunner().invoke(app, arguments).exit_code == 0
    return directory


@pytest.fixture
def run(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command there: its exit code and what it printed. Typed errors are raised."""
    monkeypatch.chdir(demo)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def work(*arguments: str, stdin: str | bytes = "") -> tuple[int, str]:
        ran = CliRunner().invoke(app, ["templates", *arguments], input=stdin)
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        return ran.exit_code, ran.output

    return work


@pytest.fixture
def by_city(run: Run) -> Run:
    """The same, with a template there; afterwards none is."""
    assert run("save", *BY_CITY) == (0, "“By [red] city” is saved.\n")
    return run


@pytest.fixture(autouse=True)
def forgotten(run: Run) -> None:
    for one in json.loads(run("list", "--json")[1]):
        run("delete", one["id"], "--yes")


def test_none_is_said_in_both_languages(run: Run) -> None:
    assert "save last" in run("list")[1]
    assert "템플릿이 없습니다" in run("list", "--lang", "ko")[1]


def test_a_template_is_listed_shown_and_asked(by_city: Run) -> None:
    assert run_lines(by_city("list", "customers")) == [
        "By [red] city",
        "How many customers are in {city}?",
        "yours · private · demo · used 0×",
    ]
    assert "save last" in by_city("list", "nothing of that")[1]
    shown = by_city("show", "BY [RED]  city", "--lang", "ko")[1]
    assert "city: 선택 cities.name = Seoul" in shown
    assert SQL in shown
    whole = json.loads(by_city("show", "by [red] city", "--json")[1])
    assert whole["id"] in shown
    code, said = by_city("run", whole["id"], "--set", "city=busan")
    assert code == 0
    assert "cities.name = 'Busan'" in said
    assert "0 tokens" in said
    reply = json.loads(by_city("run", "by [red] city", "--json")[1])
    assert "'Seoul'" in json.dumps(reply)
    assert "used 2×" in by_city("list")[1]


def run_lines(ran: tuple[int, str]) -> list[str]:
    assert ran[0] == 0
    return [line.rstrip() for line in ran[1].splitlines() if line.strip()]


def test_an_answer_is_kept(run: Run) -> None:
    assert run("save", "last", "--name", "Seoul", "--category", "Sales", "--share")[0] == 0
    (kept,) = json.loads(run("list", "--json")[1])
    assert (kept["question"], kept["category"], kept["is_public"]) == (
        *("How many customers are in Seoul?", "Sales", True),
    )
    assert "LIMIT" not in kept["sql"]
    assert kept["connection"] == "demo"


def test_it_is_changed_piece_by_piece(by_city: Run) -> None:
    by_city("edit", "by [red] city", "--description", "For Mondays", "--name", "Customers")
    (kept,) = json.loads(by_city("list", "--json")[1])
    assert (kept["name"], kept["description"], kept["sql"], len(kept["parameters"])) == (
        *("Customers", "For Mondays", SQL, 1),
    )
    by_city("edit", "Customers", "-p", "city: text")
    (kept,) = json.loads(by_city("list", "--json")[1])
    assert kept["parameters"] == [{"name": "city", "kind": "text", "default": None, "column": ""}]


def test_it_is_shared_verified_and_deleted(by_city: Run) -> None:
    name = "by [red] city"
    assert "can use" in by_city("share", name)[1]
    assert "private now" in by_city("unshare", name)[1]
    assert "verified now" in by_city("verify", name)[1]
    assert "✓ By [red] city" in by_city("list")[1]
    assert "can use" in by_city("unshare", name)[1], "a verified one stays everybody's"
    assert "no longer" in by_city("unverify", name)[1]
    assert by_city("delete", name, stdin="n\n")[0] == 1
    assert "is deleted." in by_city("delete", name, stdin="y\n")[1]
    with pytest.raises(NoTemplate):
        by_city("show", name)


def test_a_file_is_written_and_read(by_city: Run, tmp_path: Path) -> None:
    by_city("save", "last", "--name", "서울 고객")
    file = tmp_path / "templates.yaml"
    assert by_city("export", "-o", str(file))[0] == 0
    assert by_city("export")[1] == file.read_text(encoding="utf-8")
    assert "서울" not in by_city("export", "by [red] city")[1]
    by_city("delete", "서울 고객", "--yes")
    assert run_lines(by_city("import", str(file))) == ["Taken in: 1 new templates, 1 changed ones."]
    wrong = file.read_text(encoding="utf-8").replace(":city", ":town")
    code, said = by_city("import", "-", stdin=wrong)
    assert code == 1
    assert "“By [red] city” was not taken in: {city} stands in the question" in said
    with pytest.raises(BadEdit) as refusal:
        by_city("import", "-", stdin=b"version: 1\n\xff")
    assert (refusal.value.code, refusal.value.details) == ("template.bad_file", {"line": 2})
    with pytest.raises(BadEdit):
        by_city("import", "-", stdin="&a [*a]")
    assert by_city("export", "-o", "/nonexistent/x.yaml")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "refused", "code"),
    [
        (("run", "By [red] city", "-s", "ctiy=Busan"), BadEdit, "template.no_parameter"),
        (("run", "By [red] city", "-s", "city=Atlantis"), BadEdit, "template.not_a_choice"),
        (("run", "nowhere"), NoTemplate, "template.unknown"),
        (("run", ""), NoTemplate, "template.unknown"),
        (("save", *BY_CITY), BadEdit, "template.name_taken"),
        (("save", "-n", "x", "-q", "Q?", "--sql", "DELETE FROM customers"), QueryRefused, "guard.writes"),
        (("save", "nonsense", "-n", "x"), NotAllowed, "people.not_yours"),
        (("edit", "By [red] city", "-p", "city: selection"), BadEdit, "template.line_kind"),
    ],
)
def test_what_cannot_be_done_is_refused(
    by_city: Run, arguments: tuple[str, ...], refused: type[ColloqueryError], code: str
) -> None:
    with pytest.raises(refused) as refusal:
        by_city(*arguments)
    assert refusal.value.code == code


def test_what_is_missing_is_said_before_anything_is_opened(run: Run) -> None:
    assert run("save", "--name", "x")[0] == 2
    assert run("run", "x", "--set", "city")[0] == 2
    assert run("save")[0] == 2


def test_what_is_refused_is_one_sentence_and_bad_input(demo: Path) -> None:
    refused = colloquery(demo, "templates", "run", "고객 수")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("There is no such template")
    assert len(refused.stderr.splitlines()) == 1


def test_without_a_question_there_is_no_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    ran = CliRunner().invoke(app, ["templates", "save", "last", "--name", "x"])
    assert isinstance(ran.exception, NoAnswer)
