"""A server of its own for each who asks, and a browser: what the browser tests and the pictures share."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]

# The browser must not speak to anything but the page: no QUIC, no updates, no sign-in.
_CHROMIUM_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The browser to test with: what COLLOQUERY_TEST_CHROMIUM names, else the system's own."""
    return os.environ.get("COLLOQUERY_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def open_browser(executable: str) -> Iterator[Browser]:
    """The browser, with a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_CHROMIUM_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


class Server:
    """`colloquery serve` as a process, with the demo, in a directory of its own. It can be killed and started again."""

    def __init__(self, directory: Path, *options: str, **environment: str) -> None:
        self.port = _free_port()
        self.origin = f"http://localhost:{self.port}"
        self._directory = directory
        self._options = options
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OPENAI", "COLLOQUERY_", "DATABASE", "SLACK", "TEAMS"))
        }
        self._environment = {**kept, "PYTHONPATH": str(ROOT), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self._directory / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port), *self._options],
                cwd=self._directory,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        for _ in range(600):
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.log()}")
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server does not answer: {self.log()}")

    def kill(self) -> None:
        """kill -9."""
        self._end(hard=True)

    def close(self) -> None:
        """Ask it to end, and wait."""
        self._end(hard=False)

    def log(self) -> str:
        """What it has said so far."""
        return (self._directory / "serve.log").read_text(encoding="utf-8", errors="replace")

    def _end(self, *, hard: bool) -> None:
        if self._process is None:
            return
        if hard:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(timeout=30)
        self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/static/icon.svg", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Chat:
    """The page as a person uses it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.goto(address)
        self.ready()

    def ready(self) -> None:
        """Wait until the page can be used."""
        self.page.locator("body.ready").wait_for()

    def send(self, text: str) -> Locator:
        """Ask, without waiting: the question with its answer to come."""
        number = self.page.locator("article").count()
        self.page.fill("#question", text)
        self.page.press("#question", "Enter")
        return self.page.locator("article").nth(number)

    def ask(self, text: str) -> Locator:
        """Ask and wait for the answer."""
        exchange = self.send(text)
        exchange.locator(".foot, .notice, .asked-back").first.wait_for()
        return exchange
