"""A whole house behind Slack's door, over a socket or over signed HTTP, and what its people see of it."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from slack_sdk.signature import SignatureVerifier

from adapters.http.settings import HttpSettings
from adapters.slack.app import Slack
from adapters.slack.http import PATH
from adapters.slack.settings import SlackSettings
from bot import logs
from bot.server import mount_http
from bot.wiring import House
from tests.adapters.slack.people import until
from tests.adapters.slack.server import ADA, APP_TOKEN, BOT, BOT_TOKEN, GENERAL, SIGNING_SECRET, TEAM, LocalSlack
from tests.houses import open_house, settings_for

Json = dict[str, Any]

_numbers = count(1)


@asynccontextmanager
async def over_a_socket(api_url: str, directory: Path, **changes: Any) -> AsyncIterator[House]:
    """A house whose door is Slack, in Socket Mode."""
    slack = Slack(SlackSettings(BOT_TOKEN, app_token=APP_TOKEN, api_url=api_url))
    async with (
        open_house(settings_for(directory, **changes), {"slack": slack.deliver}, {"slack": slack.announcer}) as built,
        slack.opened(built.service),
    ):
        yield built


@asynccontextmanager
async def over_http(api_url: str, directory: Path, port: int = 0, **changes: Any) -> AsyncIterator[tuple[House, str]]:
    """A house whose door is Slack, over signed HTTP beside the page, as it is served; and that server's address."""
    slack = Slack(SlackSettings(BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=api_url))
    async with (
        open_house(settings_for(directory, **changes), {"slack": slack.deliver, "web": None}) as built,
        slack.opened(built.service),
    ):
        assert slack.router is not None, "there is a signing secret"
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.include_router(slack.router)
        mount_http(app, built.service, HttpSettings())
        async with serving(app, port) as url:
            yield built, url


@asynccontextmanager
async def serving(app: FastAPI, port: int = 0) -> AsyncIterator[str]:
    """A web server on loopback; its address."""
    config = uvicorn.Config(
        app, port=port, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    # Not `serve`, which takes the signals of the process that tests.
    task = asyncio.create_task(server._serve([listening]))
    try:
        host, bound = listening.getsockname()[:2]
        yield f"http://{host}:{bound}"
    finally:
        server.should_exit = True
        await task


@contextmanager
def logged_as_served(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The log is set up as a serving process does it, at its most talkative. To be entered before the house."""
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", *root.manager.loggerDict)}
    handlers = list(root.handlers)
    logs.set_up("DEBUG")
    root.addHandler(caplog.handler)
    caplog.handler.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def event(said: str, *, channel: str = GENERAL, envelope: Json | None = None, **fields: Any) -> Json:
    """A mention by Ada, as Slack wraps it, each with a time of its own; a field that is None is not there."""
    ts = f"{int(time.time())}.{next(_numbers):06}"
    inner = {
        "type": "app_mention",
        "user": ADA,
        "text": f"<@{BOT}> {said}",
        "ts": ts,
        "event_ts": ts,
        "team": TEAM,
        "channel": channel,
        **fields,
    }
    return {
        "team_id": TEAM,
        "api_app_id": "A0APP",
        "event": {key: value for key, value in inner.items() if value is not None},
        "type": "event_callback",
        "event_id": f"Ev{ts}",
        "event_time": int(time.time()),
        **(envelope or {}),
    }


def form(**fields: str) -> bytes:
    """A body as commands and buttons come in."""
    return urlencode(fields).encode()


def signed(body: bytes, *, secret: str = SIGNING_SECRET, stamp: str | None = None) -> dict[str, str]:
    """The headers of a request of Slack's. `stamp`: seconds, now."""
    stamp = str(int(time.time())) if stamp is None else stamp
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    kind = "application/json" if body[:1] in b"{[" else "application/x-www-form-urlencoded"
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}


async def post(http: httpx.AsyncClient, url: str, payload: Json) -> httpx.Response:
    """Deliver an event, signed."""
    body = json.dumps(payload).encode()
    return await http.post(f"{url}{PATH}", content=body, headers=signed(body))


async def replies(slack: LocalSlack, channel: str, thread: str | None = None) -> list[Json]:
    """Our answers in a channel, or in one thread of it, the oldest first: results and refusals, no progress."""
    found = [one for one in await slack.messages(channel, ours=True) if is_reply(one.get("blocks") or ())]
    return [one for one in found if thread is None or one.get("thread_ts") == thread]


def is_reply(blocks: Sequence[Json]) -> bool:
    """Whether these are the blocks of an answer."""
    return any(str(block.get("block_id", "")).startswith("cq_reply_") for block in blocks)


async def answer(slack: LocalSlack, channel: str, thread: str, seconds: float = 10.0) -> Json:
    """Our answer in a thread, once it is there."""

    async def look() -> Json | None:
        found = await replies(slack, channel, thread)
        return found[-1] if found else None

    return await until(look, seconds)


async def said_by_us(slack: LocalSlack, channel: str, containing: str, *, privately: bool = False) -> Json:
    """A message of ours that says something, once it is there; `privately`: that one person alone sees."""

    async def look() -> Json | None:
        found = await slack.messages(channel, ours=True)
        found = [one for one in found if not privately or one.get("subtype") == "ephemeral"]
        return next((one for one in found if containing in json.dumps(one, ensure_ascii=False)), None)

    return await until(look)


def types(message: Json) -> list[str]:
    """The types of its blocks."""
    return [block["type"] for block in message.get("blocks") or ()]


def button(message: Json, name: str) -> Json:
    """A button of a message, as it is sent when somebody presses it."""
    found = [one for block in message["blocks"] for one in block.get("elements", ()) if one.get("action_id") == name]
    return {"type": found[0]["type"], "action_id": name, "value": found[0].get("value"), "block_id": "b"}
