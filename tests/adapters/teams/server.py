"""A local Bot Connector: what Teams takes, refuses and answers, over HTTP on loopback, and faults on request."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote

from aiohttp import web

from tests.adapters.teams.activities import new_id
from tests.adapters.teams.people import BOT, EVERYBODY, PERSONAL, PERSONAL_BOB, ROSTERS, Json, Member, base, kind_of

LARGEST = 100 * 1024
"""Bytes of an activity in UTF-16."""
_OPERATIONS = frozenset({"send", "update", "delete", "targeted", "members", "member", "create", "upload"})


@dataclass(frozen=True)
class Call:
    """A call as it came in. `operation` is one of `_OPERATIONS`; `at`: monotonic seconds."""

    operation: str
    method: str
    path: str
    """Decoded."""
    query: Mapping[str, str]
    json: Json
    headers: Mapping[str, str]
    at: float
    body: bytes = b""


@dataclass(frozen=True)
class Fault:
    """What becomes of one call. `arrives`: it is done, whatever the caller is told; `cut`: the line breaks."""

    arrives: bool = False
    cut: bool = False
    status: int | None = None
    """None: what would have been answered."""
    body: Json | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def _error(code: str, message: str = "") -> Json:
    return {"error": {"code": code, "message": message or code}}


def refused(status: int, code: str, **headers: str) -> Fault:
    """The Connector says no; nothing happened."""
    return Fault(status=status, body=_error(code), headers=headers)


def told_to_wait(seconds: float | None = None, status: int = 429) -> Fault:
    """Too many, with Retry-After when `seconds` are given; nothing happened."""
    headers = {} if seconds is None else {"Retry-After": f"{seconds:g}"}
    return Fault(status=status, body=_error("Throttled"), headers=headers)


def late(seconds: float) -> Fault:
    """All goes well, only slowly."""
    return Fault(arrives=True, seconds=seconds)


CUT_BEFORE = Fault(cut=True)
"""The connection breaks before the call arrived."""
CUT_AFTER = Fault(cut=True, arrives=True)
"""The call arrived; its answer never comes."""
FAILED_AFTER = Fault(arrives=True, status=500, body="<html>oops</html>")
"""The call arrived; the answer is an error page."""
FAILED_BEFORE = Fault(status=503, body=_error("ServiceUnavailable"))
GATEWAY_AFTER = Fault(arrives=True, status=502, body="<html>bad gateway</html>")
"""The call arrived; a gateway before the Connector cannot tell."""


@dataclass
class Posted:
    """A message of ours as it stands."""

    id: str
    conversation: str
    """With ";messageid=…" in a thread of a channel."""
    activity: Json
    edits: int = 0
    is_deleted: bool = False
    only_for: str = ""
    """The account that alone sees it."""

    @property
    def text(self) -> str:
        """Its own text; a card is in `cards`."""
        return str(self.activity.get("text") or "")

    @property
    def cards(self) -> list[Json]:
        """The contents of its Adaptive Cards."""
        kind = "application/vnd.microsoft.card.adaptive"
        return [one["content"] for one in self.activity.get("attachments") or () if one.get("contentType") == kind]

    def says(self, text: str) -> bool:
        """Whether a text stands anywhere in it."""
        return text in json.dumps(self.activity, ensure_ascii=False)


@dataclass
class Stream:
    """A message that is being written before one's eyes."""

    conversation: str
    began: float
    sequence: int = 0
    text: str = ""
    closed: str = ""
    """Why nothing more is taken."""


class FakeConnector:
    """The Connector; what it plays is set on it while it runs."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.posted: list[Posted] = []
        """Everything that was ever posted, the oldest first, with its last text."""
        self.typing: list[Call] = []
        """Typing signs and what streams said on their way."""
        self.streams: dict[str, Stream] = {}
        self.stream_seconds = 120.0
        """How long Teams keeps a stream open."""
        self.rosters: dict[str, list[Member]] = {name: list(people) for name, people in ROSTERS.items()}
        self.people: dict[str, Json] = {}
        """Fields of members of rosters, by their id; one that is None is not there."""
        self.page = 500
        """Members of a page at most."""
        self.not_installed: set[str] = set()
        """Accounts (29:… or Entra ids) that the bot cannot write to by itself."""
        self.left: set[str] = set()
        """Conversations that the bot was removed from."""
        self.tokens: set[str] | None = None
        """The tokens that are taken; None: none is asked for."""
        self.uploads: dict[str, bytes] = {}
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)

    @property
    def service_url(self) -> str:
        """The `serviceUrl` of activities."""
        return f"{self.url}/emea/"

    def play(self, operation: str, *faults: Fault) -> None:
        """The next calls of an operation go wrong, one fault each."""
        assert operation in _OPERATIONS, operation
        self._faults[operation].extend(faults)

    def made(self, operation: str) -> list[Call]:
        """The calls of an operation so far."""
        assert operation in _OPERATIONS, operation
        return [call for call in self.calls if call.operation == operation]

    def messages(self, conversation: str, *, only_for: str | None = None) -> list[Posted]:
        """What stands in a conversation, the oldest first: of one thread, or without ";messageid=…" of all of them.

        `only_for`: what one account alone sees; without it, what everybody sees.
        """
        return [
            one
            for one in self.posted
            if conversation in (one.conversation, base(one.conversation))
            and not one.is_deleted
            and one.only_for == (only_for or "")
        ]

    def message(self, identity: str) -> Posted:
        """One message by its id."""
        return next(one for one in self.posted if one.id == identity)

    async def until(self, look: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until `look` finds something."""
        async with asyncio.timeout(seconds):
            while not look():
                await asyncio.sleep(0.01)

    def cancel(self, stream: str) -> None:
        """Somebody presses Stop beside a stream."""
        self.streams[stream].closed = "Content stream was canceled by user"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any call: recorded, then faulty or answered."""
        operation, answer = self._what(request)
        body = await request.read()
        path = unquote(request.path)
        found = json.loads(body) if body and request.content_type == "application/json" else {}
        call = Call(
            operation, request.method, path, dict(request.query), found, dict(request.headers), time.monotonic(), body
        )
        self.calls.append(call)
        fault = self._faults[operation].popleft() if self._faults[operation] else Fault(arrives=True)
        await asyncio.sleep(fault.seconds)
        refusal = self._refusal(call)
        answered = (refusal or await answer(request, call)) if fault.arrives else web.Response()
        if fault.cut:
            assert request.transport is not None
            request.transport.abort()
        if fault.status is None:
            return answered
        text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
        kind = "text/html" if isinstance(fault.body, str) else "application/json"
        return web.Response(status=fault.status, text=text, content_type=kind, headers=fault.headers)

    def _what(self, request: web.Request) -> tuple[str, Callable[[web.Request, Call], Awaitable[web.Response]]]:
        last = request.path.rstrip("/").rpartition("/")[2]
        if request.path.startswith("/upload/"):
            return "upload", self._upload
        if last == "conversations":
            return "create", self._create
        if last == "pagedmembers":
            return "members", self._members
        if "account" in request.match_info:
            return "member", self._member
        match request.method:
            case "PUT":
                return "update", self._update
            case "DELETE":
                return "delete", self._delete
        return ("targeted" if request.query.get("isTargetedActivity") == "true" else "send"), self._send

    def _refusal(self, call: Call) -> web.Response | None:
        """What every call is asked: a token, a size. Uploads go elsewhere and must not show our token there."""
        bearer = call.headers.get("Authorization", "")
        if call.operation == "upload":
            return _refuse(400, "TokenShown") if bearer else None
        if self.tokens is not None and bearer.removeprefix("Bearer ") not in self.tokens:
            return _refuse(401, "Unauthorized", "Authorization has been denied for this request.")
        if len(call.body.decode("utf-8").encode("utf-16-le")) > LARGEST:
            return _refuse(413, "MessageSizeTooBig", "Message size too large.")
        return None

    async def _send(self, request: web.Request, call: Call) -> web.Response:
        conversation = request.match_info["conversation"]
        if refusal := self._closed(conversation):
            return refusal
        if call.operation == "targeted":
            return self._targeted(conversation, call.json)
        info = next((one for one in call.json.get("entities") or () if one.get("type") == "streaminfo"), None)
        if info is not None:
            return self._stream(conversation, info, call)
        if call.json["type"] == "typing":
            self.typing.append(call)
            return _answer({"id": new_id()}, 201)
        if call.json["type"] != "message":
            return _refuse(400, "BadSyntax", "Unknown activity type")
        if not _pieces(call.json):
            return _refuse(400, "BadSyntax", "Bad format of conversation: empty message")
        return self._post(conversation, call.json)

    def _post(self, conversation: str, activity: Json, *, only_for: str = "") -> web.Response:
        """A text and its attachments become a message each; only for a single one is there an id to answer."""
        pieces = _pieces(activity)
        for piece in pieces:
            identity = new_id()
            if kind_of(conversation) == "channel" and ";" not in conversation:
                conversation = f"{conversation};messageid={identity}"
            self.posted.append(Posted(identity, conversation, piece, only_for=only_for))
        return _answer({"id": identity}, 201) if len(pieces) == 1 else web.Response(status=202)

    def _targeted(self, conversation: str, activity: Json) -> web.Response:
        account = str((activity.get("recipient") or {}).get("id", ""))
        if kind_of(conversation) == "personal":
            return _refuse(400, "BadArgument", "Targeted messages are not supported in one-on-one chats.")
        if account not in {one.id for one in self.rosters[base(conversation)]}:
            return _refuse(400, "BadArgument", "The recipient is no member of the conversation.")
        return self._post(conversation, activity, only_for=account)

    def _stream(self, conversation: str, info: Json, call: Call) -> web.Response:
        if kind_of(conversation) != "personal":
            return _refuse(400, "BadRequest", "Streaming is only supported in one-on-one chats.")
        if call.json["type"] != ("message" if info["streamType"] == "final" else "typing"):
            return _refuse(400, "BadRequest", "The type of the activity does not fit the stream.")
        identity = str(info.get("streamId") or "")
        if not identity:
            if info["streamType"] == "final" or info.get("streamSequence") != 1:
                return _refuse(400, "BadRequest", "A stream begins with sequence 1.")
            identity = new_id()
            self.streams[identity] = Stream(conversation, time.monotonic())
        stream = self.streams.get(identity)
        if stream is None or stream.conversation != conversation:
            return _refuse(403, "ContentStreamNotAllowed", "Content stream is not allowed")
        if time.monotonic() - stream.began > self.stream_seconds:
            stream.closed = stream.closed or "Content stream is not allowed: exceeded streaming time"
        if stream.closed:
            return _refuse(403, "ContentStreamNotAllowed", stream.closed)
        if info["streamType"] == "final":
            stream.closed = "Content stream is not allowed on an already completed streamed message"
            self.posted.append(Posted(identity, conversation, call.json))
            return _answer({"id": identity}, 202)
        if info["streamType"] == "informative" and len(str(call.json.get("text", "")).encode()) > 1024:
            return _refuse(400, "BadRequest", "Informative text is too long.")
        if not isinstance(info.get("streamSequence"), int) or info["streamSequence"] <= stream.sequence:
            return _answer(_error("ContentStreamSequenceOrderPreConditionFailed"), 202)
        if info["streamType"] == "streaming" and not str(call.json.get("text", "")).startswith(stream.text):
            return _refuse(403, "ContentStreamNotAllowed", "Content should contain what was streamed before")
        stream.sequence = info["streamSequence"]
        stream.text = call.json["text"] if info["streamType"] == "streaming" else stream.text
        self.typing.append(call)
        return _answer({"id": identity}, 201)

    async def _update(self, request: web.Request, call: Call) -> web.Response:
        found = self._found(request)
        if isinstance(found, web.Response):
            return found
        if len(_pieces(call.json)) != 1:
            return _refuse(400, "BadSyntax", "Activity resulted into multiple skype activities")
        found.activity = call.json
        found.edits += 1
        return _answer({"id": found.id})

    async def _delete(self, request: web.Request, call: Call) -> web.Response:
        found = self._found(request)
        if isinstance(found, web.Response):
            return found
        found.is_deleted = True
        return web.Response()

    def _found(self, request: web.Request) -> Posted | web.Response:
        """A message of ours in a conversation; a stream that Teams ended becomes one when it is written anew."""
        conversation, identity = request.match_info["conversation"], request.match_info["message"]
        if refusal := self._closed(conversation):
            return refusal
        stream = self.streams.get(identity)
        if stream is not None and stream.closed and not any(one.id == identity for one in self.posted):
            self.posted.append(Posted(identity, stream.conversation, {}))
        for one in self.posted:
            if one.id == identity and base(one.conversation) == base(conversation) and not one.is_deleted:
                return one
        return _refuse(404, "ActivityNotFoundInConversation", "The activity was not found.")

    async def _members(self, request: web.Request, call: Call) -> web.Response:
        conversation = request.match_info["conversation"]
        if refusal := self._closed(conversation):
            return refusal
        everybody = self.rosters[base(conversation)]
        start = int(request.query.get("continuationToken") or 0)
        end = start + min(self.page, int(request.query.get("pageSize", 500)))
        more = {"continuationToken": str(end)} if end < len(everybody) else {}
        return _answer({"members": [self._listed(one) for one in everybody[start:end]], **more})

    async def _member(self, request: web.Request, call: Call) -> web.Response:
        conversation, account = request.match_info["conversation"], request.match_info["account"]
        if refusal := self._closed(conversation):
            return refusal
        for one in self.rosters[base(conversation)]:
            if account in (one.id, one.aad):
                return _answer(self._listed(one))
        return _refuse(404, "MemberNotFoundInConversation", "The member was not found.")

    def _listed(self, member: Member) -> Json:
        fields = member.listed | self.people.get(member.id, {})
        return {name: value for name, value in fields.items() if value is not None}

    async def _create(self, request: web.Request, call: Call) -> web.Response:
        (asked,) = call.json.get("members") or [{"id": ""}]
        person = next((one for one in EVERYBODY if asked["id"] in (one.id, one.aad)), None)
        if call.json.get("bot", {}).get("id") != BOT or call.json.get("isGroup") or not call.json.get("tenantId"):
            return _refuse(400, "BadSyntax", "Incorrect conversation creation request")
        if person is None or {person.id, person.aad} & self.not_installed:
            return _refuse(403, "ForbiddenOperationException", "The bot is not installed for this user")
        known = {PERSONAL: "ada", PERSONAL_BOB: "bob"}
        identity = next((one for one, name in known.items() if person.id == f"29:1{name}"), f"a:{person.id[3:]}")
        self.rosters.setdefault(identity, [person])
        return _answer({"id": identity}, 201)

    async def _upload(self, request: web.Request, call: Call) -> web.Response:
        wanted = f"bytes 0-{len(call.body) - 1}/{len(call.body)}"
        if request.method != "PUT" or request.headers.get("Content-Range") != wanted:
            return _refuse(400, "invalidRange")
        self.uploads[request.match_info["name"]] = call.body
        return web.Response(status=201)

    def _closed(self, conversation: str) -> web.Response | None:
        if base(conversation) in self.left:
            return _refuse(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
        if base(conversation) not in self.rosters:
            return _refuse(404, "ConversationNotFound", "Conversation not found.")
        return None


def _pieces(activity: Json) -> list[Json]:
    """The messages that Teams makes of one activity: its text, then each attachment."""
    attachments = activity.get("attachments") or []
    rest = {name: value for name, value in activity.items() if name not in ("text", "attachments")}
    texts = [{**rest, "text": activity["text"]}] if activity.get("text") else []
    return [*texts, *({**rest, "attachments": [one]} for one in attachments)]


def _answer(body: Json, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _refuse(status: int, code: str, message: str = "") -> web.Response:
    return web.json_response(_error(code, message), status=status)


@asynccontextmanager
async def connector() -> AsyncIterator[FakeConnector]:
    """A Bot Connector on loopback, until the end of the block."""
    made = FakeConnector()
    app = web.Application(client_max_size=64 * 2**20)
    for path in (
        "/emea/v3/conversations",
        "/emea/v3/conversations/{conversation}/activities",
        "/emea/v3/conversations/{conversation}/activities/{message}",
        "/emea/v3/conversations/{conversation}/pagedmembers",
        "/emea/v3/conversations/{conversation}/members/{account}",
        "/upload/{name}",
    ):
        app.router.add_route("*", path, made.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        made.url = f"http://{host}:{port}"
        yield made
    finally:
        await runner.cleanup()
