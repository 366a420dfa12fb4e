"""The conversations, all of them, in the order of what they are about."""

from tests.scenarios import answers, asking, keeping, people, refusals
from tests.scenarios.world import Scenario

SCENARIOS: tuple[Scenario, ...] = tuple(
    one for room in (asking, answers, keeping, refusals, people) for one in room.SCENARIOS
)
