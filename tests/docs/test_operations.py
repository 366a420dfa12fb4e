"""The guides to operations and scaling name what is there: figures, jobs, periods, settings; alike in both."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from bot import scheduler
from bot.metrics import Metrics
from bot.settings import Settings
from core.ask import retention
from core.ask.line import Line
from core.config import Setting
from core.storage.session import CONNECTIONS
from tests.houses import open_house, settings_for

ROOT = Path(__file__).parents[2]
OPERATIONS = ("docs/operations.md", "docs/operations.ko.md")
SCALING = ("docs/scaling.md", "docs/scaling.ko.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text_of(name), re.DOTALL)


@pytest.mark.parametrize("pair", [OPERATIONS, SCALING], ids=lambda pair: pair[0])
@pytest.mark.parametrize("language", ["sh", "text", "yaml", "nginx"])
def test_both_languages_show_the_same_blocks(pair: tuple[str, str], language: str) -> None:
    first, second = (blocks(name, language) for name in pair)
    assert first == second


@pytest.mark.parametrize("name", [*OPERATIONS, *SCALING])
def test_every_setting_exists(name: str) -> None:
    settings = {str(field.alias) for field in Settings.model_fields.values()}
    named = re.findall(r"\b(?:COLLOQUERY|OPENAI|SLACK)_[A-Z_]+\b", text_of(name))
    assert named
    assert set(named) - settings == set()


@pytest.mark.parametrize("name", OPERATIONS)
def test_alerts_are_rules_about_figures_that_there_are(name: str) -> None:
    class Rule(BaseModel, extra="forbid"):
        alert: str
        expr: str
        for_: Any = None

    ((group,),) = (yaml.safe_load(one)["groups"] for one in blocks(name, "yaml"))
    rules = [Rule(**{"for_" if key == "for" else key: value for key, value in one.items()}) for one in group["rules"]]
    exposed = Metrics().exposed(Line(1, 1)).decode()
    there = set(re.findall(r"^# TYPE (\S+) ", exposed, re.MULTILINE))
    there |= {f"{one}_bucket" for one in there}
    figures = {one for rule in rules for one in re.findall(r"\b(?:colloquery|process)_\w+", rule.expr)}
    assert len(figures) >= 5
    assert figures - there == set()


@pytest.mark.parametrize("name", OPERATIONS)
async def test_every_job_is_there(tmp_path: Path, name: str) -> None:
    async with open_house(settings_for(tmp_path)) as built:
        jobs = {job.name for job in scheduler.jobs_of(built)}
    # A row of the table may name several.
    named = {one for row in re.findall(r"^\| (`\w+`.*?) \|", text_of(name), re.MULTILINE) for one in row.split(", ")}
    assert {one.strip("`") for one in named if "." not in one} >= jobs


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_period_is_there_with_its_default(name: str) -> None:
    settings = {key: value for key, value in vars(retention).items() if isinstance(value, Setting)}
    defaults = {value.key: getattr(retention, f"{key}_DEFAULT") for key, value in settings.items()}
    shown = re.findall(r"^\| `(upkeep\.\w+)` \| (\d+) \|", text_of(name), re.MULTILINE)
    assert {key: int(days) for key, days in shown} == defaults


def test_the_connections_that_replicas_take_are_as_many_as_is_said() -> None:
    assert CONNECTIONS == 12
    assert "Twelve connections to the store" in text_of(SCALING[0])
    assert "저장소 연결 열두 개" in text_of(SCALING[1])
