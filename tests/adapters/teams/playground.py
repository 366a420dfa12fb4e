"""The local Teams client that the doors' tests run against: one package from npm, started on a free port.

It shows what Teams shows, sends what Teams sends, without signatures, and answers as the Bot Connector does.
`npm ci --prefix tests` installs it. Without it the tests that need it are skipped with the reason; with
COLLOQUERY_REQUIRE_SERVERS=1 they fail.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import httpx
import pytest

from tests.adapters.teams.people import ADA, BOB, BOT, CHANNEL, GROUP, PERSONAL, TEAM, TENANT, Json, Member, base

Found = TypeVar("Found")

CLI = Path(__file__).parents[2] / "node_modules/@microsoft/m365agentsplayground/cli.js"
BOT_NAME = "Colloquery"
_SECONDS_TO_START = 30.0
_SECONDS = 20.0
"""How long anything may take that is waited for."""


@dataclass
class Shown:
    """A message of the bot as it stands in the client."""

    id: str
    conversation: str
    """With ";messageid=…" in a thread of a channel."""
    message: Json
    edits: int = 0

    @property
    def text(self) -> str:
        """Its own text; a card is in `cards`."""
        return str(self.message.get("text") or "")

    @property
    def cards(self) -> list[Json]:
        """The contents of its Adaptive Cards."""
        return [one["content"] for one in self.message.get("attachments") or ()]

    @property
    def is_labelled(self) -> bool:
        """Whether it is labelled as made by AI, as answers alone are."""
        return bool(self.message.get("aiEntity"))

    @property
    def is_answer(self) -> bool:
        """Whether it is the card of an answer.

        The end of a stream comes as two messages: the client puts the text where the stream was, and the card below.
        """
        return self.is_labelled and bool(self.cards)

    def says(self, text: str) -> bool:
        """Whether a text stands anywhere in it."""
        return text in json.dumps(self.message, ensure_ascii=False)

    def buttons(self) -> dict[str, Json]:
        """What its buttons send, by their names."""
        found = (one for card in self.cards for one in parts(card) if one.get("type") == "Action.Submit")
        return {one["data"]["cq"]: one["data"] for one in found}


@dataclass
class Playground:
    """A running client. Everything is done by Ada, its user; what the bot does is collected while it runs."""

    url: str
    shown: list[Shown] = field(default_factory=list)
    """All messages of the bot, the oldest first, each as it stands now."""
    log: list[Json] = field(default_factory=list)
    """What went over the line, both ways: `request`, `response`, `activityName`."""

    async def say(self, text: str, *, where: str = PERSONAL) -> str:
        """Ada writes; outside her personal chat she mentions the bot. The conversation in which it is answered.

        `where`: a chat, a channel for a thread of its own, or what an earlier message there returned for that thread.
        """
        draft: Json = {"type": "text", "text": text, "textFormat": "plain", "from": {"id": ADA.id}}
        if where != PERSONAL:
            named = f"<at>{BOT_NAME}</at>"
            draft |= {"text": f"{named} {text}", "mentions": [{"mentioned": {"id": BOT}, "text": named}]}
        sent = await self._post(f"_conversation/v1/conversations/{quote(where, safe='')}/messages", draft)
        return str(sent.get("postConversationId") or where)

    async def press(self, message: Shown, name: str, **fields: str) -> None:
        """Ada presses a button of a card; `fields`: what she filled in there."""
        data = message.buttons()[name]
        assert "msteams" not in data, "the client has no dialogs: `open` asks for one"
        pressed = {"conversation": {"id": message.conversation}, "replyToId": message.id, "from": {"id": ADA.id}}
        await self._post("_conversation/v1/submit", {**pressed, "value": {**data, **fields}})

    async def open(self, message: Shown, name: str) -> Json:
        """Ada presses a button that opens a dialog: what is answered. The client itself would not ask for it."""
        data = message.buttons()[name]
        assert data["msteams"] == {"type": "task/fetch"}, data
        return await self._dialog("task/fetch", message, data)

    async def submit(self, message: Shown, data: Json, **fields: str) -> Json:
        """Ada sends a dialog that she opened from a message: what is answered."""
        return await self._dialog("task/submit", message, {**data, **fields})

    async def react(self, message: Shown, reaction: str, said: str = "") -> Json:
        """Ada presses a thumb: "like" or "dislike". What is answered.

        As Teams sends it, with the message it is about: this client leaves that out.
        """
        feedback = json.dumps({"feedbackText": said})
        value = {"actionName": "feedback", "actionValue": {"reaction": reaction, "feedback": feedback}}
        fields = {"name": "message/submitAction", "value": value, "replyToId": message.id}
        return await self.send(await self.activity("invoke", message.conversation, **fields))

    async def activity(self, kind: str, where: str = PERSONAL, **fields: object) -> Json:
        """An activity of any type, as the client writes it for a conversation."""
        async with httpx.AsyncClient(timeout=_SECONDS) as http:
            asked = {"conversationId": where}
            template = (await http.get(f"{self.url}/_internal/v1/customActivities/template", params=asked)).json()
        always = {"id": str(uuid4()), "locale": "en-US", "localTimezone": "Asia/Seoul"}
        return {**template, "channelData": {"tenant": {"id": TENANT}}, **always, "type": kind, **fields}

    async def send(self, activity: Json) -> Json:
        """Deliver an activity as it is, however often: what is answered to it, once it is."""
        before = len(self._answered(activity["id"]))
        await self._post("_internal/v1/customActivities", activity)
        entry = await self.until(lambda: self._answered(activity["id"])[before:])
        answer = entry[0]["response"]
        assert answer["statusCode"] in (200, 202), answer
        return answer["body"] if isinstance(answer["body"], dict) else {}

    def messages(self, conversation: str) -> list[Shown]:
        """What the bot said in a conversation, the oldest first: of one thread, or of all of a channel."""
        return [one for one in self.shown if conversation in (one.conversation, base(one.conversation))]

    def sent(self, kind: str = "message") -> list[Json]:
        """The activities of a type that the bot sent and the client took, the oldest first."""
        ours = [
            one for one in self.log if one.get("from") == "User Application" and one["response"]["statusCode"] < 300
        ]
        return [body for one in ours if (body := (one["request"].get("body") or {})).get("type") == kind]

    def refused(self) -> list[Json]:
        """The calls of the bot that the client refused."""
        return [
            one for one in self.log if one.get("from") == "User Application" and one["response"]["statusCode"] >= 400
        ]

    async def until(self, look: Callable[[], Found], seconds: float = _SECONDS) -> Found:
        """What `look` finds, as soon as it finds something."""
        async with asyncio.timeout(seconds):
            while not (found := look()):
                await asyncio.sleep(0.02)
        return found

    async def answer(self, conversation: str, number: int = 1) -> Shown:
        """The answer that stands `number`th in a conversation, once it does."""
        found = await self.until(lambda: [one for one in self.messages(conversation) if one.is_answer][number - 1 :])
        return found[0]

    async def saying(self, conversation: str, text: str) -> Shown:
        """The first message of a conversation that says something, once it is there."""
        return (await self.until(lambda: [one for one in self.messages(conversation) if one.says(text)]))[0]

    async def listen(self, line: aiohttp.ClientWebSocketResponse) -> None:
        """Take in what is told on a line, until it ends."""
        async for told in line:
            self._take(told.json())

    def _take(self, told: Json) -> None:
        if told.get("logAction") == "appendLog":
            if told["log"]["type"] == "bot":
                self.log.append(told["log"])
        elif told.get("action") == "createMessage":
            message = told["message"]
            where = message.get("postConversationId") or told["actionConversationId"]
            self.shown.append(Shown(message["messageId"], where, message))
        elif told.get("action") == "updateMessage":
            (found,) = [one for one in self.shown if one.id == told["message"]["messageId"]]
            found.message, found.edits = told["message"], found.edits + 1

    def _answered(self, activity: str) -> list[Json]:
        return [one for one in self.log if one.get("messageId") == activity and one.get("to") == "User Application"]

    async def _dialog(self, name: str, message: Shown, data: Json) -> Json:
        value = {"data": data, "context": {"theme": "default"}}
        fields = {"name": name, "value": value, "replyToId": message.id}
        return await self.send(await self.activity("invoke", message.conversation, **fields))

    async def _post(self, path: str, sent: Json) -> Json:
        async with httpx.AsyncClient(timeout=_SECONDS) as http:
            answer = await http.post(f"{self.url}/{path}", json=sent)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()) if answer.content else {}


def parts(element: object) -> Iterator[Json]:
    """Every object inside a card."""
    if isinstance(element, dict):
        yield element
        for value in element.values():
            yield from parts(value)
    elif isinstance(element, list):
        for value in element:
            yield from parts(value)


@asynccontextmanager
async def running(folder: Path, endpoint: str) -> AsyncIterator[Playground]:
    """A client that talks to the bot at `endpoint` until the end of the block, with somebody looking on."""
    with started(folder, endpoint) as url:
        one = Playground(url)
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
            lines = ("_ws/log/stream", "_ws_conversation/v1/conversations/stream")
            listening = [group.create_task(one.listen(await http.ws_connect(f"{url}/{line}"))) for line in lines]
            try:
                yield one
            finally:
                for task in listening:
                    task.cancel()


def is_installed() -> bool:
    """Whether there is a client to start, and something to start it with."""
    return shutil.which("node") is not None and CLI.exists()


@contextmanager
def started(folder: Path, endpoint: str) -> Iterator[str]:
    """A client's process until the end of the block, its people the ones of `people`; the address of its page."""
    if not is_installed():
        _absent("no local Teams client to test on (npm ci --prefix tests)")
    config = folder / "playground.yml"
    config.write_text(json.dumps(_config()))  # JSON is YAML
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TZ": "Asia/Seoul",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(config),
        "TEAMSAPPTESTER_BROWSER": "none",
    }
    command = ["node", str(CLI), "start", "-e", endpoint, "-c", "msteams", "-p", str(port), "--disable-telemetry"]
    with (folder / "playground.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        # By name: it listens where the name leads, and calls its own address by it.
        url = f"http://localhost:{port}"
        _wait_for(url, process, folder / "playground.log")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _config() -> Json:
    others = [Member(f"29:1other{n}", f"aaaaaaaa-0000-4000-8000-00000000000{n}", f"Other {n}", "") for n in range(4)]
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": BOT_NAME},
        "currentUser": _person(ADA),
        "users": [_person(one) for one in (BOB, *others)],  # it wants five
        "personalChat": {"id": PERSONAL},
        "groupChat": {"id": GROUP, "name": "Group"},
        "team": {
            "id": TEAM,
            "name": "Team",
            "aadGroupId": str(uuid4()),
            "channels": [{"id": CHANNEL, "name": "Questions"}],
        },
    }


def _person(member: Member) -> Json:
    listed = member.listed
    names = {key: listed[key] for key in ("id", "name", "aadObjectId", "givenName", "surname", "email")}
    return {**names, "userPrincipleName": member.email}


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < until:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/_internal/v1/testConfig", timeout=1).status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"the local Teams client did not start: {log.read_text()[-300:]}")


def _absent(reason: str) -> None:
    if os.environ.get("COLLOQUERY_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
