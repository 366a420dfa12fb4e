"""The guide to the API does what it says: its lines run against a served house, one after another."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.api.served import PASSWORD, Served, served
from tests.houses import make_shop

ROOT = Path(__file__).parents[2]
GUIDES = ("docs/api.md", "docs/api.ko.md")


def _blocks(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("guide")
    with served(directory, make_shop(directory / "shop.db"), migrated_file) as one:
        yield one


def test_both_guides_show_the_same(house: Served) -> None:
    for language in ("sh", "python"):
        first, second = (_blocks(name, language) for name in GUIDES)
        assert first == second and first


def test_every_line_of_the_shell_runs(house: Served, tmp_path: Path) -> None:
    lines = "\n".join(_blocks(GUIDES[0], "sh"))
    lines = lines.replace("http://localhost:8000", house.url).replace("cq_…", house.keys["key"])
    lines = lines.replace("ada@example.com", house.emails["viewer"]).replace("correct horse battery staple", PASSWORD)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines.replace("curl -sS", "curl --fail-with-body -sS")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '"question_id"' in ran.stdout and "event: reply" in ran.stdout and '"access"' in ran.stdout
    assert (tmp_path / "answer.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "answer.xlsx").read_bytes().startswith(b"PK")


def test_the_python_runs(house: Served, tmp_path: Path) -> None:
    (program,) = _blocks(GUIDES[0], "python")
    (tmp_path / "example.py").write_text(program, encoding="utf-8")
    environment = {**os.environ, "COLLOQUERY": house.url, "KEY": house.keys["key"]}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "example.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "SELECT" in ran.stdout and "[[" in ran.stdout
