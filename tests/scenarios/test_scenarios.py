"""The same conversations on every platform: what holds on one holds on all."""

from pathlib import Path

import pytest

from tests.adapters.slack.server import LocalSlack
from tests.scenarios.memory import memory
from tests.scenarios.scenarios import SCENARIOS
from tests.scenarios.slack import slack as on_slack
from tests.scenarios.teams import teams
from tests.scenarios.web import web
from tests.scenarios.world import Scenario, World

each = pytest.mark.parametrize("scenario", SCENARIOS, ids=[one.title.replace(" ", "_") for one in SCENARIOS])


def test_there_are_forty_and_each_is_another() -> None:
    assert len(SCENARIOS) >= 40
    assert len({one.title for one in SCENARIOS}) == len({one.play for one in SCENARIOS}) == len(SCENARIOS)


@each
async def test_memory(scenario: Scenario, world: World, tmp_path: Path) -> None:
    world.settle(tmp_path)
    async with memory(scenario, world, tmp_path) as stage:
        await scenario.play(stage)


@each
async def test_web(scenario: Scenario, world: World, tmp_path: Path) -> None:
    world.settle(tmp_path)
    async with web(scenario, world, tmp_path) as stage:
        await scenario.play(stage)


@each
@pytest.mark.usefixtures("fast")
async def test_slack(scenario: Scenario, world: World, tmp_path: Path, slack: LocalSlack) -> None:
    world.settle(tmp_path)
    async with on_slack(scenario, world, tmp_path, slack) as stage:
        await scenario.play(stage)


@each
@pytest.mark.usefixtures("fast_teams")
async def test_teams(scenario: Scenario, world: World, tmp_path: Path) -> None:
    world.settle(tmp_path)
    async with teams(scenario, world, tmp_path) as stage:
        await scenario.play(stage)
