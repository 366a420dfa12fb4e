"""`colloquery jobs`: what ran, when it runs again, and running it now."""

from pathlib import Path

import pytest

from bot.scheduler import jobs_of
from core.locale.words import catalogue
from tests.bot.inside import alone, command
from tests.houses import open_house, settings_for

__all__ = ["alone"]

POSTING = ("recover_questions", "send_announcements", "run_schedules")
"""The jobs that do something only where chats are connected."""


def test_every_job_is_listed_and_those_that_ran_say_how_it_went() -> None:
    code, said = command("jobs", "list")
    assert code == 0 and said.count("not run yet") >= 14
    code, said = command("jobs", "run", "delete_events")
    assert (code, said.startswith("delete_events: 0 done in ")) == (0, True)
    code, said = command("jobs", "list")
    lines = said.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith("delete_events ")]
    assert ": 0 in " in lines[at + 1] and "next " in lines[at + 1]


def test_a_job_that_is_not_there_is_said_to_be_none() -> None:
    code, said = command("jobs", "run", "delete_everything")
    assert code == 2 and "no job" in said and "delete_events" in said


@pytest.mark.parametrize("name", POSTING)
def test_a_job_that_posts_in_chats_is_left_to_who_is_connected_to_them(name: str) -> None:
    code, said = command("jobs", "run", name)
    assert code == 2 and name in said and "colloquery serve" in said
    _, said = command("jobs", "list")
    lines = said.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith(f"{name} ")]
    assert "not run yet" in lines[at + 1], "nothing is noted as done"


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_every_job_has_a_name_for_people(language: str, tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path)) as house:
        names = {f"jobs.name.{job.name}" for job in jobs_of(house)}
    assert {job.name for job in jobs_of(house) if not job.in_turn} == set(POSTING)
    assert names == {key for key in catalogue(language) if key.startswith("jobs.name.")}


def test_periods_are_settings() -> None:
    code, _ = command("config", "set", "upkeep.events_days", "0")
    assert code == 2  # at least one
    code, said = command("config", "set", "upkeep.messages_days", "365")
    assert code == 0, said
    code, said = command("jobs", "run", "delete_messages")
    assert code == 0, said
