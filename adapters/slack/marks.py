"""How our own messages are marked, and found again in their thread after a call whose answer never came.

The mark is the message's metadata, and the id of its first block for what keeps no metadata (a stream has none). It
holds the question's id and nothing that was asked or answered: any app of the workspace can read it.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.text import Json
from adapters.slack.calls import Calls, Method, Unclear
from adapters.slack.render import Message
from adapters.slack.spot import Spot

Kind = Literal["reply", "progress", "note", "notice"]

NO_METADATA: Json = {}
"""Takes the metadata away from a message that is edited; without it Slack keeps it."""

_PAGE = 200
"""Messages a page; Slack gives up to 1,000 and asks for 200 at most."""
_MOST_PAGES = 50
_TS = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a message of ours is: the reply to a question, its progress, a sentence, or what answers no question.

    `key`: the question's id, or the notice's.
    """

    kind: Kind
    key: str
    detail: str = ""
    """The form of a reply, on which its files depend."""

    @property
    def metadata(self) -> Json:
        """For the `metadata` of a call."""
        payload = {"question_id": self.key} | ({"detail": self.detail} if self.detail else {})
        return {"event_type": f"colloquery_{self.kind}", "event_payload": payload}

    @property
    def block_id(self) -> str:
        """For the first block."""
        return f"cq_{self.kind}_{self.key}"

    def on(self, message: Message) -> Message:
        """The message with the mark on its first block."""
        if not message.blocks:
            return message
        first = {**message.blocks[0], "block_id": self.block_id}
        return Message(message.text, (first, *message.blocks[1:]), message.attachments)

    def is_on(self, message: Json) -> bool:
        """Whether a message of a thread carries this mark, whatever its detail."""
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == f"colloquery_{self.kind}":
            return (metadata.get("event_payload") or {}).get("question_id") == self.key
        return any(block.get("block_id") == self.block_id for block in message.get("blocks") or ())


def detail_of(message: Json) -> str:
    """The form of a reply that was found; "full" when the message does not tell."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("detail") or "full")


def is_ts(text: str) -> bool:
    """Whether a message's id is one of Slack's own."""
    return _TS.fullmatch(text) is not None


class OwnMessages:
    """Looks through a thread for our own messages."""

    def __init__(self, client: AsyncWebClient, calls: Calls, bot_user: str) -> None:
        self._client = client
        self._calls = calls
        self._bot_user = bot_user

    async def find(self, spot: Spot, mark: Mark) -> Json | None:
        """Our message with a mark, if it is there. Raises `Refused`, `Unclear`, `NotReached` when that is not known."""
        async for message in self.after(spot):
            if mark.is_on(message):
                return message
        return None

    async def after(self, spot: Spot) -> AsyncIterator[Json]:
        """Our messages of a thread, or of the channel itself, that are later than what is answered."""
        arguments: dict[str, Any] = {"channel": spot.channel, "limit": _PAGE, "include_all_metadata": True}
        if is_ts(spot.after):
            arguments["oldest"] = spot.after
        method: Method = self._client.conversations_history
        if spot.thread:
            arguments["ts"] = spot.thread
            method = self._client.conversations_replies
        for _ in range(_MOST_PAGES):
            page = await self._calls.read(method, **arguments)
            for message in page["messages"]:
                if message.get("user") == self._bot_user:
                    yield message
            arguments["cursor"] = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not arguments["cursor"]:
                return
        raise Unclear("a thread too long to look through")
