"""The local Slack server that the doors' tests run against: one executable from npm, started on a free port.

`npm ci --prefix tests` installs it. Without it the tests that need it are skipped with the reason; with
COLLOQUERY_REQUIRE_SERVERS=1 they fail.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

Json = dict[str, Any]

BINARY = Path(__file__).parents[2] / "node_modules/local-slack-linux-x64/bin/local-slack"

TEAM, BOT = "T0HOME", "U0BOT"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-canary-bot-token", "xapp-canary-app-token", "canary-signing-secret"
ADA, BOB, GUEST = "U0ADA", "U0BOB", "U0GUEST"
GENERAL, WITH_GUEST, DIRECT = "C0GENERAL", "C0GUEST", "D0ADA"

_USERS = [
    {"id": ADA, "name": "ada", "real_name": "Ada Lovelace", "email": "ada@example.com", "tz": "Asia/Seoul"},
    {"id": BOB, "name": "bob", "real_name": "Bob", "email": "bob@example.com", "tz": "UTC"},
    {"id": GUEST, "name": "guest", "real_name": "Guest", "email": "guest@elsewhere.example", "tz": "UTC"},
]
_CHANNELS = [
    {"id": GENERAL, "name": "general", "is_channel": True, "members": [ADA, BOB, BOT]},
    {"id": WITH_GUEST, "name": "with-guest", "is_channel": True, "members": [ADA, GUEST, BOT]},
    {"id": DIRECT, "name": "dm-ada", "is_im": True, "is_private": True, "members": [ADA, BOT]},
]
_SECONDS_TO_START = 20.0


@dataclass(frozen=True)
class LocalSlack:
    """A running server. `api_url` is for a client; the rest plays the people of the workspace."""

    url: str

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    async def say(self, channel: str, text: str, *, user: str = ADA, thread: str | None = None) -> str:
        """Somebody writes a message; its ts."""
        said = await self._control("message", channel=channel, user=user, text=text, thread_ts=thread)
        return str(said["message"]["ts"])

    async def command(self, channel: str, command: str, text: str = "", *, user: str = ADA) -> None:
        """Somebody gives a slash command."""
        await self._control("command", channel=channel, user=user, command=command, text=text)

    async def press(self, channel: str, ts: str, button: dict[str, Any], *, user: str = ADA) -> None:
        """Somebody presses a button of a message."""
        await self._control("interact", channel=channel, messageTs=ts, user=user, action=button)

    async def open_home(self, *, user: str = ADA) -> None:
        """Somebody opens the Home tab."""
        await self._control("open-home", user=user)

    async def messages(self, channel: str, *, ours: bool = False) -> list[dict[str, Any]]:
        """All that stands in a channel and its threads, the oldest first; `ours`: what the app posted."""
        async with httpx.AsyncClient() as http:
            found = (await http.get(f"{self.url}/_control/messages/{channel}")).json()["messages"]
        return [one for one in found if not ours or one.get("user") == BOT]

    async def reactions(self, channel: str, ts: str) -> set[str]:
        """What stands under a message."""
        (found,) = [one for one in await self.messages(channel) if one["ts"] == ts]
        return {reaction["name"] for reaction in found.get("reactions", ())}

    async def log(self) -> list[dict[str, Any]]:
        """What went over the line, the last thousand entries."""
        async with httpx.AsyncClient() as http:
            return list((await http.get(f"{self.url}/_control/log")).json()["log"])

    async def _control(self, what: str, **arguments: Any) -> Any:
        async with httpx.AsyncClient(timeout=30) as http:
            answer = await http.post(f"{self.url}/_control/{what}", json=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reset(self) -> None:
        """Forget all messages and files."""
        httpx.post(f"{self.url}/_control/reset").raise_for_status()


@contextmanager
def running(
    folder: Path, request_url: str | None = None, users: Sequence[Json] = (), channels: Sequence[Json] = ()
) -> Iterator[LocalSlack]:
    """A server that runs until the end of the block: over a socket, or, with `request_url`, over signed HTTP.

    `users` and `channels` are there besides its own.
    """
    if not BINARY.exists():
        _absent("no local Slack server to test on (npm ci --prefix tests)")
    app = {
        "appId": "A0APP",
        "botUserId": BOT,
        "botName": "colloquery",
        "botToken": BOT_TOKEN,
        "appToken": APP_TOKEN,
        "signingSecret": SIGNING_SECRET,
        "mode": "events" if request_url else "socket",
        **({"requestUrl": request_url} if request_url else {}),
    }
    workspace = {"name": "Home", "domain": "home", "teamId": TEAM}
    there = {"workspace": workspace, "apps": [app], "users": [*_USERS, *users], "channels": [*_CHANNELS, *channels]}
    config = folder / "slack.json"
    config.write_text(json.dumps(there))
    port = _free_port()
    arguments = ["--config", str(config), "--port", str(port), "--base-host", "127.0.0.1"]
    arguments += ["--files-dir", str(folder / "files")]
    with (folder / "slack.log").open("wb") as log:
        process = subprocess.Popen([BINARY, *arguments], stdout=log, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process, folder / "slack.log")
        yield LocalSlack(url)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < until:
        try:
            httpx.get(f"{url}/_control/state", timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the local Slack server did not start: {log.read_text()[-300:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _absent(reason: str) -> None:
    if os.environ.get("COLLOQUERY_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
