"""What the Dockerfile builds serves as `docker run` would have it, and stops when it is told to."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.packaging.image import Image, build
from tests.road.test_durable import free_port

STOPPED_WITHIN = 10.0
"""Seconds that `docker stop` waits before it kills."""


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    # Not in pytest's own folder, which only we may enter: it runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="colloquery-image-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        yield build(root)


@contextmanager
def running(image: Image, port: int, **given: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """A container of it, on an empty volume; and where all that it says goes."""
    shutil.rmtree(image.data)
    image.data.mkdir(mode=0o700)
    user = image.user if may_change_user() else None
    if user is not None:
        os.chown(image.data, user, user)
    said = image.root / "said"
    with said.open("wb") as log:
        process = subprocess.Popen(
            image.start,
            cwd=image.data,
            env=image.environment(COLLOQUERY_PORT=str(port), **given),
            stdout=log,
            stderr=log,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    try:
        yield process, said
    finally:
        process.kill()
        process.wait()


def may_change_user() -> bool:
    """Whether it can run as its own user here: root alone starts others, and they have to be let to the interpreter."""
    interpreter = Path(sys.executable).resolve()
    return os.geteuid() == 0 and all(folder.stat().st_mode & 0o001 for folder in interpreter.parents)


def is_healthy(image: Image, port: int) -> bool:
    """What the health check of the image says."""
    checked = subprocess.run(
        image.health, env=image.environment(COLLOQUERY_PORT=str(port)), capture_output=True, timeout=10, check=False
    )
    return checked.returncode == 0


def wait_until_healthy(image: Image, port: int, process: "subprocess.Popen[bytes]", said: Path) -> None:
    until = time.monotonic() + 60
    while not is_healthy(image, port):
        assert process.poll() is None and time.monotonic() < until, said.read_text()


def test_it_serves_with_nothing_but_a_port_and_a_volume(image: Image) -> None:
    port = free_port()
    before = image.files()
    assert not is_healthy(image, port)
    with running(image, port) as (process, said):
        wait_until_healthy(image, port, process, said)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
            assert http.get("/healthz").json() == {"status": "ok"}
            assert (http.get("/readyz").status_code, http.get("/readyz").json()) == (200, {"status": "ok"})
            assert http.get("/api/v1/connections").status_code == 401, "beyond loopback nobody comes in without a token"
            # The link that it printed opens the page, under the host name that `docker run --publish` gives it.
            (link,) = re.findall(r"http://localhost:\d+/\?token=\S+", said.read_text())
            page = http.get(
                httpx.URL(link).raw_path.decode(), headers={"host": "localhost:8000"}, follow_redirects=True
            )
            assert page.status_code == 200
            (shop,) = http.get("/api/v1/connections").json()["items"]
            assert shop["name"] == "demo"
        assert {path.name for path in image.data.iterdir()} >= {"app_data.db", "colloquery.key", "demo.db"}

        process.send_signal(signal.SIGTERM)
        assert process.wait(STOPPED_WITHIN) == 0, said.read_text()
    assert not is_healthy(image, port)
    assert "Traceback" not in said.read_text()
    # As with `docker run --read-only`: nothing is written but into the volume.
    after = image.files()
    after.pop(str(said))
    assert after == before


def test_a_command_runs_in_it_as_docker_exec_does(image: Image) -> None:
    with running(image, free_port(), COLLOQUERY_HOST="127.0.0.1") as (_, said):
        environment = image.environment(COLLOQUERY_LANGUAGE="en")
        ran = subprocess.run([*image.start[:1], "version"], env=environment, capture_output=True, text=True, check=True)
        assert re.fullmatch(r"\d+\.\d+\.\d+\n", ran.stdout), said.read_text()


def test_a_wrong_setting_ends_it_with_one_sentence(image: Image) -> None:
    with running(image, free_port(), COLLOQUERY_TIMEZONE="Nowhere/At-all") as (process, said):
        assert process.wait(30) == 2
        assert "COLLOQUERY_TIMEZONE" in said.read_text() and "Traceback" not in said.read_text()


def test_only_what_runs_is_in_it(image: Image) -> None:
    (packages,) = (image.root / "opt/colloquery/lib").glob("python*/site-packages")
    there = {path.name for path in packages.iterdir()}
    assert {"bot", "core", "adapters", "migrations", "uvicorn"} <= there
    assert there & {"tests", "pytest", "pip", "mypy", "hypothesis"} == set()
