"""Several serving processes on one store, as replicas behind a balancer are: one key, one token, one store."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.storage.crypto import new_key
from tests.packaging.dockerfile import ROOT
from tests.road.test_durable import free_port

TOKEN = "the-token-that-all-replicas-share"
READY_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Replica:
    """One of them, ready."""

    address: str
    process: int


@contextmanager
def replicas(
    directory: Path, store_url: str, many: int, program: Sequence[str] = ("bot",), **settings: str
) -> Iterator[list[Replica]]:
    """So many, one started after the other; the first makes the demo shop. Killed at the end.

    `program` is the module that is run, and what it is given before `serve`.
    """
    shared = shared_environment(store_url, **settings)
    with ExitStack() as stack:
        yield [
            stack.enter_context(_replica(directory / f"replica-{number}", program, shared)) for number in range(many)
        ]


def shared_environment(store_url: str, **settings: str) -> dict[str, str]:
    """What they share: everybody has to sign in, as beyond loopback."""
    ours = ("OPENAI", "COLLOQUERY_", "DATABASE", "SLACK", "TEAMS")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": store_url,
        "COLLOQUERY_SECRET_KEY": new_key(),
        "COLLOQUERY_WEB_TOKEN": TOKEN,
        "COLLOQUERY_PUBLIC_URL": "http://127.0.0.1",
        **settings,
    }


@contextmanager
def _replica(folder: Path, program: Sequence[str], shared: Mapping[str, str]) -> Iterator[Replica]:
    """One, in a folder of its own, as on a machine of its own."""
    folder.mkdir()
    port, log = free_port(), folder / "serve.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *program, "serve", "--port", str(port)], cwd=folder, env=dict(shared), stdout=said,
            stderr=said,
        )  # fmt: skip
    try:
        address, until = f"http://127.0.0.1:{port}", time.monotonic() + READY_WITHIN
        while not _is_ready(address):
            assert process.poll() is None and time.monotonic() < until, log.read_text()
        yield Replica(address, process.pid)
    finally:
        process.kill()
        process.wait()


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        time.sleep(0.05)  # a refused connection is refused at once
        return False
