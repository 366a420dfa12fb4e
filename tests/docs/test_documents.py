"""The documents say what is so: every command in them runs, every link leads somewhere, every setting exists."""

import re
import shlex
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from adapters.chat.words import command
from adapters.slack.http import PATH
from adapters.teams import addresses
from adapters.teams.http import PATH as TEAMS_PATH
from adapters.teams.listeners.commands import WORDS
from adapters.teams.manifest_rules import PLAIN
from adapters.teams.package import COMMANDS, PackageSettings, manifest_of
from bot.command_line import app
from bot.settings import Settings
from core.ask.file_desk import LINK_LASTS
from tests.commands import colloquery

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ko.md")
GUIDES = ("docs/slack.md", "docs/slack.ko.md")
TEAMS_GUIDES = ("docs/teams.md", "docs/teams.ko.md")
SEQUENCES = (
    "docs/usage.md",
    "docs/usage.ko.md",
    "docs/templates.md",
    "docs/templates.ko.md",
    "docs/audit.md",
    "docs/audit.ko.md",
    "docs/operations.md",
    "docs/operations.ko.md",
    "docs/schedules.md",
    "docs/schedules.ko.md",
    "docs/evaluation.md",
    "docs/evaluation.ko.md",
)
"""Guides whose commands build on each other."""
DOCUMENTS = [path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))]


def commands(name: str) -> list[str]:
    """The lines of a document's shell blocks, without their comments."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).replace("\\\n", " ").splitlines()
    return [shlex.join(shlex.split(line, comments=True)) for line in lines if line.strip()]


def write_files(name: str, directory: Path) -> None:
    """Write the files that a document shows: blocks with a name after their language, which its commands take."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for file, shown in re.findall(r"```\w+ ([\w.-]+)\n(.*?)```", text, re.DOTALL):
        (directory / file).write_text(shown, encoding="utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo was made, as after `make run`."""
    directory = tmp_path_factory.mktemp("home")
    assert colloquery(directory, "demo").returncode == 0
    return directory


def test_both_readmes_show_the_same_kinds_of_commands() -> None:
    first, second = ([line.split()[:2] for line in commands(name)] for name in READMES)
    assert sorted(first) == sorted(second)


@pytest.mark.parametrize("guides", [GUIDES, TEAMS_GUIDES])
def test_both_guides_to_a_platform_show_the_same_commands(guides: tuple[str, str]) -> None:
    first, second = map(commands, guides)
    assert first == second


def test_both_readmes_show_them_in_the_same_order() -> None:
    first, second = ([line.split()[1] for line in commands(name) if line.startswith("colloquery")] for name in READMES)
    assert first == second


@pytest.mark.parametrize(
    "command",
    sorted(
        {
            line
            for name in (*READMES, *GUIDES, *TEAMS_GUIDES)
            for line in commands(name)
            if line.startswith("colloquery ")
        }
    ),
)
def test_every_command_of_the_readmes_runs(home: Path, command: str) -> None:
    arguments = shlex.split(command)[1:]
    if arguments[0] == "serve":
        # That it serves is the durability test's matter; here, that its options are what it takes.
        ran = colloquery(home, *arguments, "--help")
        assert ran.returncode == 0, ran.stderr
    elif arguments[:2] == ["connections", "add"]:
        # Nothing listens there: the command is understood, tries, and says that it cannot reach the server.
        nowhere = ["127.0.0.1" if word == "db.example.com" else word for word in arguments]
        ran = colloquery(home, *nowhere, "--port", "1", stdin="\n")
        assert ran.returncode == 1, ran.stderr
    else:
        # What the guides have exported before it.
        teams = {"TEAMS_APP_ID": "8f2c9a14-52d0-4f0e-9d33-6a1b0c7d5e21",
                 "COLLOQUERY_PUBLIC_URL": "https://data.example.com"} if arguments[0] == "teams" else {}  # fmt: skip
        ran = colloquery(home, *arguments, **teams)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ran.stdout.strip()


@pytest.mark.parametrize("name", SEQUENCES[::2])
def test_the_commands_of_a_guide_run_one_after_another(home: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    write_files(name, copy)
    for line in commands(name):
        ran = colloquery(copy, *shlex.split(line)[1:])
        assert ran.returncode == 0, line + ran.stdout + ran.stderr


def test_the_guides_in_both_languages_show_the_same_commands() -> None:
    """So that they are run once."""
    for english, korean in zip(SEQUENCES[::2], SEQUENCES[1::2], strict=True):
        assert commands(english) == commands(korean)


@pytest.mark.parametrize("name", (*READMES, *GUIDES, *TEAMS_GUIDES, "docs/usage.md", "docs/usage.ko.md"))
def test_every_make_target_and_setting_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) - targets == set()
    settings = {str(field.alias) for field in Settings.model_fields.values()} | {"COLLOQUERY_DB_PASSWORD"}
    named = re.findall(r"\b(?:COLLOQUERY|OPENAI|SLACK|TEAMS)_[A-Z_]+\b|\bDATABASE_URL\b", text)
    assert named
    assert set(named) - settings == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://")):
            assert ((ROOT / document).parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_documents_name_files_that_exist(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:bot|core|adapters|migrations|docs|tests)/[\w/.-]+)`", text):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("name", GUIDES)
def test_the_guides_to_slack_name_what_is_in_the_manifest_and_the_code(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    assert set(re.findall(r"`(/[a-z]+)\b(?!/)", text)) - {PATH[: PATH.rindex("/")]} == {
        each["command"] for each in manifest["features"]["slash_commands"]
    }
    assert PATH in text
    words = re.findall(r"^\|[^|]*\| `(\w+)`, `(\w+)` \|", text, re.MULTILINE)
    assert len(words) == len(manifest["features"]["slash_commands"])
    for english, korean in words:
        assert command(english) == command(korean) == (english, "")


@pytest.mark.parametrize("name", TEAMS_GUIDES)
def test_the_guides_to_teams_name_what_is_in_the_package_and_the_code(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert TEAMS_PATH in text
    words = re.findall(r"^\| `(\w+)`, `(\w+)` \|", text, re.MULTILINE)
    assert {english for english, _ in words} == {*COMMANDS, *WORDS.values()}
    for english, korean in words:
        assert command(english, also=WORDS) == command(korean, also=WORDS) == (english, "")
    hearing = manifest_of(PackageSettings("8f2c9a14-52d0-4f0e-9d33-6a1b0c7d5e21", "https://x.example", hears_all=True))
    for permission in hearing["authorization"]["permissions"]["resourceSpecific"]:
        assert f"`{permission['name']}`" in text
    assert PLAIN in re.findall(r"--manifest (\d\.\d+)", text)
    assert set(re.findall(r"`(--[a-z-]+)", text)) <= _options("teams", "package")


def test_the_guides_to_teams_say_how_long_things_last() -> None:
    english, korean = ((ROOT / name).read_text(encoding="utf-8") for name in TEAMS_GUIDES)
    assert timedelta(minutes=10) == LINK_LASTS
    assert addresses._DAYS == 90
    assert "ten minutes" in english and "ninety days" in english
    assert "10분" in korean and "90일" in korean


def _options(*words: str) -> set[str]:
    """The options of a command."""
    found = get_command(app)
    for word in words:
        assert isinstance(found, TyperGroup)
        found = found.commands[word]
    return {option for parameter in found.params for option in parameter.opts}
