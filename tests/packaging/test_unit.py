"""The unit of systemd: as systemd reads it, and closed as far as the program lets itself be closed."""

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.packaging.dockerfile import ROOT

UNIT = ROOT / "deploy" / "colloquery.service"

HARDENED = {
    "DynamicUser": "yes", "StateDirectory": "colloquery", "StateDirectoryMode": "0700", "UMask": "0077",
    "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes",
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "RestrictNamespaces": "yes",
    "LockPersonality": "yes", "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes", "ProtectProc": "invisible",
    "SystemCallArchitectures": "native", "SystemCallErrorNumber": "EPERM",
}  # fmt: skip


def read(text: str) -> dict[str, dict[str, list[str]]]:
    """Sections, their settings and all values of each, as systemd.syntax(7) has them."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith(("#", ";")):
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
            continue
        name, equals, value = line.partition("=")
        assert section and equals and re.fullmatch(r"\w+", name), line
        found[section][name].append(value)
    return found


@pytest.fixture(scope="module")
def unit() -> dict[str, dict[str, list[str]]]:
    return read(UNIT.read_text(encoding="utf-8"))


def test_it_starts_by_itself_and_ends_in_time(unit: dict[str, dict[str, list[str]]]) -> None:
    service = unit["Service"]
    assert unit["Install"]["WantedBy"] == ["multi-user.target"]
    assert service["ExecStart"] == ["/opt/colloquery/bin/colloquery serve"]
    assert (service["Restart"], service["RestartPreventExitStatus"]) == (["on-failure"], ["2"])
    assert int(service["TimeoutStopSec"][0]) > 10, "questions under way and open pages have five seconds each"


def test_it_is_closed(unit: dict[str, dict[str, list[str]]]) -> None:
    assert {name: unit["Service"][name] for name in HARDENED} == {name: [value] for name, value in HARDENED.items()}


def test_its_settings_are_ours_and_its_folder_is_the_one_that_it_may_write_to(
    unit: dict[str, dict[str, list[str]]],
) -> None:
    service = unit["Service"]
    (written,) = service["Environment"]
    environment = dict(pair.partition("=")[::2] for pair in written.split())
    assert environment["COLLOQUERY_DATA_DIR"] == f"/var/lib/{service['StateDirectory'][0]}"
    assert service["WorkingDirectory"] == [environment["COLLOQUERY_DATA_DIR"]]
    known = {str(field.alias) for field in Settings.model_fields.values()}
    assert {name for name in environment if name.startswith("COLLOQUERY_")} <= known


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    # What it starts has to be there: any program that may be run will do.
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/colloquery/bin/colloquery", sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


DRAWS_AND_WORKS = """
import sys
from bot.command_line import main
from core.chat import Chart, Series
from core.export.picture import png

png(Chart("bar", "서울", ("서울", "부산"), (Series("매출", (3.0, 1.0)),)), "ko")
sys.argv = ["colloquery", "demo"]
main()
"""


def test_it_asks_for_no_more_than_the_filter_lets_through(tmp_path: Path) -> None:
    """A chart drawn, a store and a demo made, under strace: every call is in the sets of SystemCallFilter."""
    if shutil.which("systemd-analyze") is None or shutil.which("strace") is None:
        pytest.skip("no systemd-analyze or no strace on this machine")
    (allowed,) = read(UNIT.read_text(encoding="utf-8"))["Service"]["SystemCallFilter"]
    log = tmp_path / "calls"
    subprocess.run(
        ["strace", "-f", "-c", "-o", str(log), sys.executable, "-c", DRAWS_AND_WORKS],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=100,
    )
    table = [line.split() for line in log.read_text().splitlines()]
    used = {line[-1] for line in table if line and re.fullmatch(r"[\d.]+", line[0])} - {"total"}
    assert {"futex", "openat"} <= used
    assert used - _members(allowed.split(), _sets()) == set()


def _sets() -> dict[str, list[str]]:
    """The sets of calls that this machine's systemd knows by name."""
    told = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {}
    for line in told.splitlines():
        name = line.strip()
        if line.startswith("@"):
            found[name] = []
        elif name and not name.startswith("#") and found:
            found[list(found)[-1]].append(name)
    return found


def _members(names: list[str], sets: dict[str, list[str]]) -> set[str]:
    return {one for name in names for one in (_members(sets[name], sets) if name.startswith("@") else {name})}
