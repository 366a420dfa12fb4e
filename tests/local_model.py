"""A model's server on loopback, for tests, benchmarks and trials by hand: chat completions, programmable.

    with LocalModel("SELECT 1") as server:          # or a list of answers, or a function of the messages
        settings = ModelSettings(server.key, server.base_url, "gpt-4o-mini")

It speaks HTTP over a real socket in a thread of its own, so the real client talks to it whatever the test does, and it
notices when a client hangs up. `server.calls` is the journal of what was asked.

By hand: `python -m tests.local_model --port 9999 --delay 5 --sql "SELECT 1"`.
"""

import argparse
import asyncio
import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, Self
from urllib.parse import unquote

from core.tokens import count, count_messages

Message = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the server does with one completion request. Without anything said: answers, at once, as OpenAI would."""

    text: str | None = "SELECT 1"
    finish_reason: str | None = "stop"
    usage: Literal["counted"] | tuple[int, int] | None = "counted"
    """Prompt and completion tokens to report; None reports none."""
    model: str | None = None
    """The name to report; None repeats the one that was asked for."""
    delay: float = 0
    """Seconds before the answer begins."""
    status: int = 200
    error: Mapping[str, Any] | str = "no reason given"
    """What is under "error" in the body of any status but 200."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent instead of the body that would be made."""
    cut: bool = False
    """Break the connection in the middle of the body."""
    hang: bool = False
    """Never answer."""


Answer = str | Turn | Sequence[str | Turn] | Callable[[list[Message]], str | Turn]
"""One answer for every request, one after the other, or made from the messages."""


@dataclass
class Call:
    """One request as it was received."""

    path: str
    headers: dict[str, str]
    """Lower case; without the key."""
    signed_in: bool
    body: dict[str, Any]
    at: float
    """`time.monotonic()` when it had arrived."""
    status: int | None = None
    """None until it is answered."""
    aborted: bool = False
    """The client hung up before the answer."""
    reported: tuple[int, int] = (0, 0)
    """The prompt's and the completion's tokens that the answer reported."""

    @property
    def messages(self) -> list[Message]:
        """What was sent to the model."""
        return list(self.body["messages"])


class LocalModel:
    """The server. Models that it does not serve and parameters that it `refuses` are answered as OpenAI would.

    No `models` means that it serves any; `lists_only` that it has a list of them but no page for each.
    """

    def __init__(
        self,
        answer: Answer = "SELECT 1",
        *,
        key: str = "sk-local-0123456789",
        models: Collection[str] = (),
        refuses: Collection[str] = (),
        lists_only: bool = False,
        delay: float = 0,
        port: int = 0,
    ) -> None:
        self.key = key
        self.models = models
        self.refuses = refuses
        self.lists_only = lists_only
        self.delay = delay
        self.calls: list[Call] = []
        self.peak = 0
        """The most completions that were under way at one moment."""
        self._answer = answer
        self._script: Iterator[str | Turn] = iter(() if callable(answer) or isinstance(answer, str | Turn) else answer)
        self._busy = 0
        self._port = port

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", self._port), backlog=512)
        self._port = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._handlers: dict[asyncio.Task[Any], asyncio.WriteTransport] = {}
        self._thread = threading.Thread(target=self._run, name="local model", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    @property
    def base_url(self) -> str:
        """What to set as OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def completions(self) -> list[Call]:
        """The calls that asked for a completion."""
        return [call for call in self.calls if call.path == "/v1/chat/completions"]

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, sock=self._socket)
        await self._stopping.wait()
        server.close()
        handlers = dict(self._handlers)
        for transport in handlers.values():
            transport.abort()
        await asyncio.gather(*handlers)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers[task] = writer.transport
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left between two requests or while one was written
        finally:
            writer.close()
            del self._handlers[task]

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request. False when the connection is over."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        given = headers.pop("authorization", "")
        call = Call(path, headers, given == f"Bearer {self.key}", json.loads(body) if body else {}, time.monotonic())
        self.calls.append(call)
        turn = self._turn(method, call, given)
        self._busy += 1
        self.peak = max(self.peak, self._busy)
        try:
            call.aborted = await _hung_up(reader, None if turn.hang else turn.delay)
        finally:
            self._busy -= 1
        if call.aborted:
            return False
        call.status = turn.status
        payload = turn.body if turn.body is not None else _payload(turn, call)
        writer.write(_head(turn, len(payload)) + (payload[: len(payload) // 2] if turn.cut else payload))
        await writer.drain()
        return not turn.cut

    def _turn(self, method: str, call: Call, given: str) -> Turn:
        if not call.signed_in:
            # OpenAI repeats a part of the wrong key; this server repeats all of it, to see that nobody passes it on.
            return _error(401, f"Incorrect API key provided: {given}", code="invalid_api_key")
        if method == "GET":
            return self._catalogue(call.path)
        if call.path != "/v1/chat/completions":
            return Turn(status=404, body=b"404 page not found")
        if self.models and call.body["model"] not in self.models:
            return _error(404, f"The model `{call.body['model']}` does not exist", code="model_not_found")
        for name in self.refuses:
            if name in call.body:
                said = f"Unsupported parameter: '{name}' is not supported with this model."
                return _error(400, said, code="unsupported_parameter", param=name)
        return self._scripted(call)

    def _scripted(self, call: Call) -> Turn:
        if callable(self._answer):
            said = self._answer(call.messages)
        elif isinstance(self._answer, str | Turn):
            said = self._answer
        else:
            said = next(self._script, _error(400, "the script of this server has ended"))
        return said if isinstance(said, Turn) else Turn(text=said, delay=self.delay)

    def _catalogue(self, path: str) -> Turn:
        if path == "/v1/models":
            known = [{"id": name, "object": "model"} for name in self.models]
            return Turn(body=json.dumps({"object": "list", "data": known}).encode())
        name = unquote(path.removeprefix("/v1/models/"))
        if self.lists_only or not path.startswith("/v1/models/"):
            return Turn(status=404, body=b"404 page not found")
        if self.models and name not in self.models:
            return _error(404, f"The model `{name}` does not exist", code="model_not_found")
        return Turn(body=json.dumps({"id": name, "object": "model"}).encode())


async def _hung_up(reader: asyncio.StreamReader, seconds: float | None) -> bool:
    """Wait, for ever if None; true as soon as the client closes its end."""
    if seconds == 0:
        return False
    try:
        return await asyncio.wait_for(reader.read(1), seconds) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def _error(status: int, message: str, *, code: str | None = None, param: str | None = None) -> Turn:
    kind = "invalid_request_error"
    return Turn(status=status, error={"message": message, "type": kind, "param": param, "code": code})


def _head(turn: Turn, length: int) -> bytes:
    headers = {"content-type": "application/json", "content-length": str(length), **turn.headers}
    lines = [f"HTTP/1.1 {turn.status} {HTTPStatus(turn.status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _payload(turn: Turn, call: Call) -> bytes:
    if turn.status != 200:
        return json.dumps({"error": turn.error}).encode()
    completion: dict[str, Any] = {
        "id": "chatcmpl-local",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": turn.model or call.body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": turn.text, "refusal": None},
                "finish_reason": turn.finish_reason,
            }
        ],
    }
    if turn.usage is not None:
        counted = count_messages(*(message["content"] for message in call.messages)), count(turn.text or "")
        prompt, written = call.reported = counted if turn.usage == "counted" else turn.usage
        completion["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
        }
    return json.dumps(completion).encode()


def main() -> None:
    """Serve until interrupted. Any key that is `--key` is accepted, any model is served."""
    options = argparse.ArgumentParser(prog="python -m tests.local_model", description=__doc__)
    options.add_argument("--port", type=int, default=9999, help="0 takes a free one")
    options.add_argument("--delay", type=float, default=0, help="seconds before every answer")
    options.add_argument("--sql", default="SELECT 1", help="what every answer says")
    options.add_argument("--key", default="sk-local-0123456789")
    chosen = options.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with LocalModel(chosen.sql, key=chosen.key, delay=chosen.delay, port=chosen.port) as server:
        print(f"OPENAI_BASE_URL={server.base_url} OPENAI_API_KEY={server.key}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
