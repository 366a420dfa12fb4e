"""The floors of the benchmark, on a small run of it: real serving processes, as in the large one."""

from pathlib import Path

import pytest

from tests.bench import bench_chats
from tests.bench.bench_chats import PLATFORMS, acknowledged, delivered_thrice, posted
from tests.bench.chats import Platform, bench

pytestmark = [
    pytest.mark.alone,
    pytest.mark.parametrize("platform", PLATFORMS, ids=[platform.name for platform in PLATFORMS]),
]


async def test_acknowledgements_and_first_signs_stay_quick_while_the_model_is_slow(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_chats, "SLOW_MODEL_SECONDS", 1.0)
    async with bench(platform, tmp_path, "sqlite:///app_data.db") as on:
        assert await acknowledged(on, events=20, seconds=1)
        assert await posted(on, runs=5)


async def test_two_processes_give_one_answer_to_what_is_delivered_three_times(
    platform: Platform, tmp_path: Path, postgres_dsn: str
) -> None:
    assert await delivered_thrice(platform, tmp_path, events=5)
