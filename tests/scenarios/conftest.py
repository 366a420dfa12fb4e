"""What all scenarios share."""

from pathlib import Path

import pytest

from tests.adapters.slack.conftest import fast, slack, slack_server
from tests.adapters.teams.conftest import fast as fast_teams
from tests.scenarios.world import World, make_world

pytest.register_assert_rewrite(
    *(f"tests.scenarios.{name}" for name in ("asking", "answers", "keeping", "people", "refusals", "stage"))
)

__all__ = ["fast", "fast_teams", "slack", "slack_server"]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> World:
    """The databases and an empty store."""
    return make_world(tmp_path_factory.mktemp("world"), migrated_file)
