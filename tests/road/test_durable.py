"""An accepted question survives a kill -9 of the serving process, on every kind of store."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.local_model import LocalModel, Turn

SQL = "SELECT COUNT(*) AS customers FROM customers"


@contextmanager
def serving(
    directory: Path, environment: dict[str, str], port: int, before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """`colloquery serve` in a process of its own, ready. `before`: a command that runs it in its own place."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "COLLOQUERY_", "DATABASE"))
    }
    with (directory / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "bot", "serve", "--port", str(port)],
            cwd=directory,
            env={**kept, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(port, process, directory)
            yield process
        finally:
            process.kill()
            process.wait()


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError((directory / "serve.log").read_text())


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def reply_of(port: int, question_id: str) -> dict[str, object]:
    """Follow a question as the page does, to its reply."""
    event = ""
    address = f"http://127.0.0.1:{port}/api/v1/questions/{question_id}/events"
    with httpx.stream("GET", address, timeout=60) as stream:
        for line in stream.iter_lines():
            if line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:") and event == "reply":
                return dict(json.loads(line.removeprefix("data:")))
    raise AssertionError("the stream ended without a reply")


def test_a_question_survives_kill_9(tmp_path: Path, store_url: str) -> None:
    port = free_port()
    with LocalModel([Turn(hang=True), SQL]) as model:
        environment = {
            "DATABASE_URL": store_url,
            "OPENAI_BASE_URL": model.base_url,
            "OPENAI_API_KEY": model.key,
        }
        asked = {"session": "t1", "message": "m1", "text": "How many customers do we have?"}
        headers = {"origin": f"http://127.0.0.1:{port}"}
        address = f"http://127.0.0.1:{port}/api/v1/questions"
        with serving(tmp_path, environment, port) as process:
            accepted = httpx.post(address, json=asked, headers=headers)
            assert accepted.status_code == 202
            question_id = accepted.json()["question_id"]
            deadline = time.monotonic() + 20
            while not model.completions and time.monotonic() < deadline:
                time.sleep(0.02)
            assert model.completions, "the model was asked before the process was killed"
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with serving(tmp_path, environment, port):
            # The page sends its message again after a reconnect: still one question.
            again = httpx.post(address, json=asked, headers=headers)
            assert again.json()["question_id"] == question_id
            reply = reply_of(port, question_id)
            assert reply["ok"] is True
            history = httpx.get(f"http://127.0.0.1:{port}/api/v1/sessions/t1/messages").json()
    assert len(model.completions) == 2
    assert len(history["items"]) == 1


def test_an_orderly_stop_hands_the_question_back(tmp_path: Path) -> None:
    port = free_port()
    with LocalModel(Turn(hang=True)) as model:
        environment = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": model.key}
        asked = {"session": "t1", "message": "m1", "text": "How many customers do we have?"}
        with serving(tmp_path, environment, port) as process:
            httpx.post(f"http://127.0.0.1:{port}/api/v1/questions", json=asked)
            deadline = time.monotonic() + 20
            while not model.completions and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
    store = sqlite3.connect(tmp_path / "app_data.db")
    inbox = store.execute("SELECT state, attempts, claimed_by FROM inbox").fetchall()
    reserved = store.execute("SELECT COUNT(*) FROM token_reservations").fetchall()
    store.close()
    assert (inbox, reserved) == ([("accepted", 0, None)], [(0,)])
    assert "Traceback" not in (tmp_path / "serve.log").read_text()
