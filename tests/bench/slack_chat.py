"""Slack's side of the line: a local Slack server behind a proxy that notes each call, and signed HTTP."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from adapters.slack.http import PATH
from tests.adapters.slack.proxy import Call, Proxy, proxied
from tests.adapters.slack.server import ADA, BOB, BOT, BOT_TOKEN, SIGNING_SECRET, LocalSlack, running
from tests.adapters.slack.whole import event, is_reply, signed
from tests.bench.chats import Json, Reply

CHANNELS = 20


@dataclass(frozen=True)
class SlackChat:
    """A local Slack server with channels enough."""

    slack: LocalSlack
    proxy: Proxy
    http: aiohttp.ClientSession
    names: tuple[str, ...]
    name: str = "Slack"
    channels: int = CHANNELS

    @property
    def environment(self) -> Mapping[str, str]:
        """What a serving process is told of Slack."""
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": self.proxy.api_url,
        }

    async def asked(self, number: int, text: str) -> Json:
        """A mention whose message stands in the local Slack server, so that it can be reacted to."""
        channel = self.names[number % len(self.names)]
        who = (ADA, BOB)[number % 2]
        said = {"channel": channel, "user": who, "text": f"<@{BOT}> {text}"}
        async with self.http.post(f"{self.slack.url}/_control/message", json=said) as answer:
            ts = (await answer.json())["message"]["ts"]
        return event(text, channel=channel, user=who, ts=ts, event_ts=ts)

    async def deliver(self, url: str, event: Json) -> None:
        """Over signed HTTP."""
        body = json.dumps(event).encode()
        async with self.http.post(f"{url}{PATH}", data=body, headers=signed(body)) as answer:
            await answer.read()
        assert answer.status == 200, answer.status

    def replies(self, event: Json) -> list[Reply]:
        """By the question's id in the metadata of every post of ours."""
        question = event["event"]
        posted = self.proxy.made("chat.postMessage")
        ours = [call for call in posted if _thread(call) == question["ts"]]
        ids = {_question_id(call) for call in ours if call.arguments["channel"] == question["channel"]}
        made = posted + self.proxy.made("chat.update")
        found = [(call, _question_id(call)) for call in made if is_reply(call.arguments.get("blocks") or ())]
        return [Reply(question_id, call.at) for call, question_id in found if question_id and question_id in ids]

    def seen_at(self, event: Json) -> float | None:
        """The reaction, the status or the first message in the thread."""
        ts = event["event"]["ts"]
        signs = [call.at for call in self.proxy.calls if ts in (call.arguments.get("timestamp"), _thread(call))]
        return min(signs, default=None)


class Slack:
    """Slack as it is measured."""

    name = "Slack"

    @asynccontextmanager
    async def opened(self, directory: Path) -> AsyncIterator[SlackChat]:
        """A local Slack server, until the end of the block."""
        with running(directory, "http://127.0.0.1:9/nobody-listens") as slack:
            async with proxied(slack.url) as proxy, aiohttp.ClientSession() as http:
                names = [await _channel(http, slack.api_url, number) for number in range(CHANNELS)]
                yield SlackChat(slack, proxy, http, tuple(names))


async def _channel(http: aiohttp.ClientSession, api_url: str, number: int) -> str:
    sent = {"name": f"bench-{number}"}
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with http.post(f"{api_url}conversations.create", json=sent, headers=headers) as answer:
        return str((await answer.json())["channel"]["id"])


def _thread(call: Call) -> Any:
    visible = ("assistant.threads.setStatus", "chat.postMessage", "chat.startStream")
    return call.arguments.get("thread_ts") if call.method in visible else None


def _question_id(call: Call) -> str | None:
    return ((call.arguments.get("metadata") or {}).get("event_payload") or {}).get("question_id")
