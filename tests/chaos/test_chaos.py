"""Killed, cut off and by a wrong clock, it answers every question it has taken, once, or says once that it cannot."""

import os
from pathlib import Path

import pytest

from tests.adapters.slack.people import until
from tests.chaos.chaos import Chaos
from tests.chaos.outcome import standing, unfinished, wrongs_in_slack, wrongs_in_store
from tests.chaos.stage import Stage, staged

# A minute or so where nothing runs beside it; starting a process takes many times as long on a machine that is busy.
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]

SEED = int(os.environ.get("CHAOS_SEED", "1"))
QUIET_WITHIN = 90.0
ANSWERED = 0.6
"""Of all questions, the part that is answered at the least: else hardly more was tested than apologies."""


async def test_two_processes_on_postgresql(tmp_path: Path, postgres_database: str, asked_database: str) -> None:
    async with staged(tmp_path, SEED, asked_database, postgres_database, processes=2) as stage:
        await _nothing_is_lost(stage, questions=200, seconds=30.0)


async def test_one_process_on_sqlite(tmp_path: Path, asked_database: str) -> None:
    async with staged(tmp_path, SEED, asked_database) as stage:
        await _nothing_is_lost(stage, questions=100, seconds=18.0)


async def _nothing_is_lost(stage: Stage, questions: int, seconds: float) -> None:
    chaos = stage.chaos
    asked = await chaos.while_asking(questions, seconds)
    found: list[str] = []
    try:
        async with stage.store() as store:

            async def quiet() -> bool:
                found[:] = await unfinished(store)
                return not found

            await until(quiet, QUIET_WITHIN)
            found = await wrongs_in_store(store, asked, stage.calls())
    except TimeoutError:
        pytest.fail(f"{_what(chaos)}: left in the store after {QUIET_WITHIN} s: {found}")
    seen = await standing(stage.slack)
    found += wrongs_in_slack(asked, seen) + stage.wrongs_in_logs()
    found += [f"{one.name} was told to stop: {one.stops}" for one in chaos.processes if one.stops.keys() != {0}]
    assert not found, f"{_what(chaos)}: {found}"
    answers = [seen.says(one, one.said) for one in asked if one.said]
    told = sum(len(several) for several in seen.notes.values())
    print(f"{_what(chaos)}; {sum(answers)} of {len(answers)} answered, {told} of all could not be taken")
    assert sum(answers) > ANSWERED * len(answers), f"{_what(chaos)}: {sum(answers)} of {len(answers)} answered"


def _what(chaos: Chaos) -> str:
    ends = [f"{dict(one.exits)}, told to {dict(one.stops)}" for one in chaos.processes]
    return f"CHAOS_SEED={chaos.seed}, {dict(chaos.done)}, processes ended {ends}"
