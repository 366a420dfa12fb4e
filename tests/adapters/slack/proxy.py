"""Between our client and the local Slack server: what Slack does on a bad day, and what the local server does not know.

It records every call, plays faults, keeps the metadata of messages, pages long lists, knows streams, and adds fields to
people and channels.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from aiohttp import web

Json = dict[str, Any]

_AS_JSON = ("blocks", "metadata", "chunks", "files", "view")


@dataclass(frozen=True)
class Call:
    """A call as it came in. `at`: monotonic seconds."""

    method: str
    arguments: Json
    at: float


@dataclass(frozen=True)
class Fault:
    """What becomes of one call. `arrives`: the local server gets it, whatever the client is told."""

    kind: Literal["cut", "answer", "delay"]
    arrives: bool = False
    status: int = 200
    body: Json | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def told_to_wait(seconds: float) -> Fault:
    """429 with Retry-After; nothing happened."""
    body = {"ok": False, "error": "ratelimited"}
    return Fault("answer", status=429, body=body, headers={"Retry-After": f"{seconds:g}"})


def refused(code: str) -> Fault:
    """Slack says no; nothing happened."""
    return Fault("answer", body={"ok": False, "error": code})


CUT_BEFORE = Fault("cut")
"""The connection breaks before the call arrived."""
CUT_AFTER = Fault("cut", arrives=True)
"""The call arrived; its answer never comes."""
FAILED_AFTER = Fault("answer", arrives=True, status=500, body="<html>oops</html>")
"""The call arrived; the answer is an error page."""
FAILED_BEFORE = Fault("answer", status=503, body={"ok": False, "error": "service_unavailable"})
TOKEN_REVOKED = refused("token_revoked")


def late(seconds: float) -> Fault:
    """All goes well, only slowly."""
    return Fault("delay", arrives=True, seconds=seconds)


class Proxy:
    """The proxy; what it plays is set on it while it runs."""

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.streams = False
        """Whether the workspace has chat.startStream."""
        self.stream_seconds = 300.0
        """How long Slack keeps a stream open."""
        self.refused_blocks: set[str] = set()
        """Types of blocks that Slack refuses; "*" for any."""
        self.people: dict[str, Json] = {}
        """Fields added to users, by id."""
        self.channels: dict[str, Json] = {}
        """Fields added to channels, by id."""
        self.page = 1_000
        """The most that is on a page."""
        self._upstream = upstream
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._metadata: dict[tuple[str, str], Json] = {}
        self._streams: dict[tuple[str, str], float] = {}
        self._chunks: dict[tuple[str, str], list[Json]] = defaultdict(list)
        self._http: aiohttp.ClientSession

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def play(self, method: str, *faults: Fault) -> None:
        """The next calls of a method go wrong, one fault each. `upload` is where a file's bytes go."""
        self._faults[method].extend(faults)

    def made(self, method: str) -> list[Call]:
        """The calls of a method so far."""
        return [call for call in self.calls if call.method == method]

    def is_streaming(self, channel: str, ts: str) -> bool:
        """Whether a message is an open stream."""
        return self._streams.get((channel, ts), 0.0) > time.monotonic()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        method = request.match_info.get("method", "upload")
        arguments = _arguments(request, body) if method != "upload" else {"length": len(body)}
        self.calls.append(Call(method, arguments, time.monotonic()))
        fault = self._faults[method].popleft() if self._faults[method] else None
        if fault is None:
            return await self._answer(request, method, arguments, body)
        await asyncio.sleep(fault.seconds)
        answer = await self._answer(request, method, arguments, body) if fault.arrives else web.Response()
        if fault.kind == "cut":
            assert request.transport is not None
            request.transport.abort()
        elif fault.kind == "answer":
            if isinstance(fault.body, str):
                return web.Response(
                    status=fault.status, text=fault.body, headers=fault.headers, content_type="text/html"
                )
            return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        return answer

    async def _answer(self, request: web.Request, method: str, arguments: Json, body: bytes) -> web.StreamResponse:
        if method == "upload":
            status, raw = await self._forward(request, request.path_qs, body)
            return web.Response(status=status, body=raw, content_type="text/plain")
        if self._refuses(arguments):
            return web.json_response({"ok": False, "error": "invalid_blocks"})
        if self.streams and method in ("chat.startStream", "chat.appendStream", "chat.stopStream"):
            return web.json_response(await self._stream(method, arguments))
        if method == "chat.update" and self.is_streaming(arguments["channel"], arguments["ts"]):
            return web.json_response({"ok": False, "error": "streaming_state_conflict"})
        _, raw = await self._forward(request, request.path_qs, body)
        return web.json_response(self._completed(method, arguments, json.loads(raw)))

    async def _forward(self, request: web.Request, path: str, body: bytes) -> tuple[int, bytes]:
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with self._http.request(request.method, self._upstream + path, data=body, headers=headers) as answer:
            return answer.status, await answer.read()

    def _refuses(self, arguments: Json) -> bool:
        found = {block["type"] for block in arguments.get("blocks") or ()}
        return bool(found & self.refused_blocks or (found and "*" in self.refused_blocks))

    def _completed(self, method: str, arguments: Json, answer: Json) -> Json:
        """What Slack would have said beside what the local server says."""
        if not answer["ok"]:
            return answer
        match method:
            case "chat.postMessage" | "chat.update" if "metadata" in arguments:
                self._metadata[answer["channel"], answer["ts"]] = arguments["metadata"]
            case "conversations.replies" | "conversations.history":
                found = [self._with_metadata(one, arguments) for one in answer["messages"]]
                kept = [one for one in found if float(one["ts"]) > float(arguments.get("oldest", 0))]
                return answer | self._paged("messages", kept, arguments)
            case "users.info":
                answer["user"] |= self.people.get(answer["user"]["id"], {})
            case "users.list":
                people = [one | self.people.get(one["id"], {}) for one in answer["members"]]
                return answer | self._paged("members", people, arguments)
            case "conversations.members":
                return answer | self._paged("members", answer["members"], arguments)
            case "conversations.info":
                answer["channel"] |= self.channels.get(answer["channel"]["id"], {})
            case "files.getUploadURLExternal":
                answer["upload_url"] = answer["upload_url"].replace(self._upstream, self.url)
        return answer

    def _with_metadata(self, message: Json, arguments: Json) -> Json:
        metadata = self._metadata.get((arguments["channel"], message["ts"]))
        return message | {"metadata": metadata} if metadata and arguments.get("include_all_metadata") else message

    def _paged(self, name: str, items: list[Any], arguments: Json) -> Json:
        start = int(arguments.get("cursor") or 0)
        end = start + min(self.page, int(arguments.get("limit", 1_000)))
        cursor = str(end) if end < len(items) else ""
        return {name: items[start:end], "response_metadata": {"next_cursor": cursor}}

    async def _stream(self, method: str, arguments: Json) -> Json:
        channel = arguments["channel"]
        if method == "chat.startStream":
            missing = {"thread_ts", "recipient_user_id", "recipient_team_id"} - arguments.keys()
            if missing:
                return {"ok": False, "error": f"missing_{min(missing)}"}
            posted = await self._local("chat.postMessage", channel=channel, thread_ts=arguments["thread_ts"], text="…")
            stream = channel, posted["ts"]
            self._streams[stream] = time.monotonic() + self.stream_seconds
        else:
            stream = channel, arguments["ts"]
            if not self.is_streaming(*stream):
                return {"ok": False, "error": "message_not_in_streaming_state"}
        self._chunks[stream] += arguments.get("chunks") or []
        if method == "chat.stopStream":
            del self._streams[stream]
        blocks = [block for chunk in self._chunks[stream] if chunk["type"] == "blocks" for block in chunk["blocks"]]
        tasks = [chunk["title"] for chunk in self._chunks[stream] if chunk["type"] == "task_update"]
        text = arguments.get("markdown_text") or ", ".join(tasks) or "…"
        return await self._local("chat.update", channel=channel, ts=stream[1], text=text, blocks=blocks)

    async def _local(self, method: str, **arguments: Any) -> Json:
        async with self._http.post(f"{self._upstream}/api/{method}", json=arguments) as answer:
            return dict(await answer.json())


def _arguments(request: web.Request, body: bytes) -> Json:
    found: Json = dict(request.query)
    if request.content_type == "application/json" and body:
        found |= json.loads(body)
    for name in _AS_JSON:
        if isinstance(found.get(name), str):
            found[name] = json.loads(found[name])
    return found


@asynccontextmanager
async def proxied(upstream: str) -> AsyncIterator[Proxy]:
    """A proxy before the server at `upstream`, until the end of the block."""
    proxy = Proxy(upstream)
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_route("*", "/api/{method}", proxy.handle)
    app.router.add_route("*", "/upload/{rest:.*}", proxy.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    async with aiohttp.ClientSession() as http:
        proxy._http = http
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        proxy.url = f"http://{host}:{port}"
        try:
            yield proxy
        finally:
            await runner.cleanup()
