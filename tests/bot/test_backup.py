"""Back-up and restore as an operator does them, and the lock of the process that serves."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.commands import ROOT, colloquery


@pytest.fixture
def served(tmp_path: Path) -> str:
    """A directory with the demo, and the port to serve it on."""
    assert colloquery(tmp_path, "demo").returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_a_store_that_is_served_is_backed_up_and_restored_when_it_is_not(tmp_path: Path, served: str) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "COLLOQUERY_"))},
        "PYTHONPATH": str(ROOT),
    }
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", served], cwd=tmp_path, env=environment, stdout=log,
            stderr=log,
        )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{served}/", process)
        taken = colloquery(tmp_path, "backup", "kept.db")
        assert taken.returncode == 0, taken.stderr
        assert "checked" in taken.stdout and (tmp_path / "kept.db").exists()

        refused = colloquery(tmp_path, "restore", "kept.db")
        assert (refused.returncode, "is serving this store" in refused.stderr) == (2, True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            other = str(free.getsockname()[1])
        second = colloquery(tmp_path, "serve", "--port", other)
        assert (second.returncode, "serving this store already" in second.stderr) == (1, True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert colloquery(tmp_path, "people", "add", "late@example.com", "--name", "Late").returncode == 0
    restored = colloquery(tmp_path, "restore", "kept.db")
    assert restored.returncode == 0, restored.stderr
    assert "What was there is in" in restored.stdout
    assert "late@example.com" not in colloquery(tmp_path, "people", "list").stdout
    assert colloquery(tmp_path, "ask", "How many customers are in Seoul?").returncode == 0


def test_what_is_wrong_is_said_in_words(tmp_path: Path, served: str) -> None:
    (tmp_path / "text.db").write_text("not a database " * 100)
    for words, said in (
        (("restore", "text.db"), "damaged"),
        (("restore", "none.db"), "no such file"),
        (("backup", "text.db"), "a file of that name already"),
    ):
        ended = colloquery(tmp_path, *words)
        assert ended.returncode == 2 and said in ended.stderr, ended.stderr
    ended = colloquery(tmp_path, "backup", "x.db", DATABASE_URL="postgresql://nobody@127.0.0.1:9/x")
    assert ended.returncode == 2 and "pg_dump" in ended.stderr


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            httpx.get(url, timeout=2)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it did not come up")
