"""Posting a reply: in as rich a form as Slack takes, exactly once, never silent.

A post may arrive although its answer never came back. Before anything is posted again, the thread is looked through
for it. An edit may simply be made again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.text import Json
from adapters.slack import blocks, limits
from adapters.slack.calls import Calls, NotReached, Refused, Unclear
from adapters.slack.escape import mrkdwn
from adapters.slack.files import upload
from adapters.slack.marks import NO_METADATA, Mark, OwnMessages, detail_of
from adapters.slack.render import Detail, Message, render
from adapters.slack.spot import Spot
from core.chat import Reply
from core.locale import say

__all__ = ["Delivery", "Spot"]

DETAILS: tuple[Detail, ...] = ("full", "simple", "plain")

_FORM_REFUSED = frozenset(
    {
        "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_attachments", "too_many_attachments",
        "msg_blocks_too_long", "msg_too_long", "blocks_too_long",
    }
)  # fmt: skip
"""Slack's words for a message whose form it does not take. A simpler form is tried."""

_NO_EDIT = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "streaming_state_conflict", "thread_not_found"}
)
"""Slack's words for a message that can no longer be edited, or is gone: a new one is posted."""

_TRIES = 3
_PAUSE = 0.5
"""Seconds before a call that may have failed is looked for or made again; doubled each time."""

log = logging.getLogger(__name__)


class Delivery:
    """Posts replies for one workspace. All methods raise `Refused`, `Unclear`, `NotReached`: what was to be posted is
    not there, or cannot be said to be.
    """

    def __init__(self, client: AsyncWebClient, calls: Calls, bot_user: str) -> None:
        self._client = client
        self._calls = calls
        self._own = OwnMessages(client, calls, bot_user)

    async def deliver(self, spot: Spot, reply: Reply, *, again: bool = False) -> str:
        """Post a reply and its files; its ts. It returns when all of it is there, or was said not to be.

        `again` says that an earlier try, perhaps of another process, may have posted any of it.
        """
        if again or spot.unsure:
            if found := await self._own.find(spot, Mark("reply", reply.question_id)):
                await self._take_away(spot, beside=str(found["ts"]))
                await self._add_files(spot, reply, _form(detail_of(found)), str(found["ts"]), again=True)
                return str(found["ts"])
            spot = await self._on_progress(spot, reply.question_id)
        detail, ts = await _in_some_form(lambda form: self._post_reply(spot, reply, form))
        await self._add_files(spot, reply, detail, ts)
        return ts

    async def show_reply(self, spot: Spot, reply: Reply, more: Sequence[Json] = ()) -> None:
        """Post a reply that answers no question, its files in its thread. `more`: blocks below it."""
        detail, ts = await _in_some_form(lambda form: self.show(spot, _with_more(render(reply, form), more, reply)))
        await self._add_files(spot, reply, detail, ts)

    async def whisper_reply(self, spot: Spot, user: str, reply: Reply, more: Sequence[Json] = ()) -> None:
        """The same where one person alone sees it. Such a message has no files: a chart that Slack does not draw is
        said in blocks of text.
        """

        async def whispered(form: Detail) -> str:
            await self.whisper(spot, user, _with_more(render(reply, form, files=False), more, reply))
            return ""

        await _in_some_form(whispered)

    async def say(self, spot: Spot, text: str) -> str:
        """Post a plain sentence into a thread, once; its ts."""
        return await self.show(spot, Message(mrkdwn(text)))

    async def show(self, spot: Spot, message: Message) -> str:
        """Post a message that is no reply, once; its ts."""
        return await self._post(spot, message, Mark("note", uuid4().hex))

    async def whisper(self, spot: Spot, user: str, message: Message) -> None:
        """Show a message where one person alone sees it, and only until they reload. It cannot be looked for, so that
        it is shown again when it may not have arrived.
        """
        body: dict[str, Any] = {"text": message.text, "parse": "none"}
        if message.blocks:
            body["blocks"] = list(message.blocks)

        async def whispered() -> None:
            await self._calls.post(
                self._client.chat_postEphemeral, spot.channel, user=user, thread_ts=spot.thread or None, **body
            )

        await _repeated(whispered)

    async def replace(self, spot: Spot, text: str, question_id: str) -> None:
        """Put a plain sentence in the place of the progress message, or into the thread when there is none."""
        if spot.unsure:
            spot = await self._on_progress(spot, question_id)
        if not await self._edited(spot, Message(mrkdwn(text)), NO_METADATA):
            await self.note(spot, text, question_id)

    async def note(self, spot: Spot, text: str, question_id: str) -> str:
        """Post a plain sentence about a question, of which an earlier try is found and left as it is; its ts."""
        mark = Mark("note", question_id)
        found = await self._own.find(spot, mark)
        return str(found["ts"]) if found else await self._post(spot, Message(mrkdwn(text)), mark)

    async def announce(self, spot: Spot, message: Message, key: str, *, again: bool) -> str:
        """Post a message that answers no question, of which an earlier try, if there may be one, is found; its ts."""
        mark = Mark("notice", key)
        if again and (found := await self._own.find(spot, mark)):
            return str(found["ts"])
        try:
            return await self._post(spot, mark.on(message), mark)
        except Refused as refused:
            if refused.code not in _FORM_REFUSED:
                raise
            log.warning("Slack refused a notice with blocks: %s", refused.code)
            return await self._post(spot, Message(message.text), mark)

    async def _post_reply(self, spot: Spot, reply: Reply, detail: Detail) -> str:
        mark = Mark("reply", reply.question_id, detail)
        message = mark.on(render(reply, detail))
        if spot.ts is not None and await self._edited(spot, message, mark.metadata):
            return spot.ts
        return await self._post(spot, message, mark)

    async def _edited(self, spot: Spot, message: Message, metadata: Json) -> bool:
        """Edit our message; false when there is none, or it can no longer be edited."""
        ts = spot.ts
        if ts is None:
            return False

        async def edited() -> None:
            if spot.streaming:
                await self._stop_stream(spot.channel, ts)
            await self._calls.post(
                self._client.chat_update,
                spot.channel,
                ts=ts,
                text=message.text,
                blocks=list(message.blocks),  # none: those that were there go
                metadata=metadata,
                parse="none",
            )

        try:
            await _repeated(edited)
        except Refused as refused:
            if refused.code not in _NO_EDIT:
                raise
            log.warning("a message can no longer be edited: %s", refused.code)
            return False
        return True

    async def _take_away(self, spot: Spot, beside: str) -> None:
        """The progress message, where another process has posted the reply beside it."""
        if spot.ts is None or spot.ts == beside:
            return
        try:
            await self._calls.do(self._client.chat_delete, channel=spot.channel, ts=spot.ts)
        except (Refused, Unclear, NotReached) as error:
            log.info("a progress message was left: %s", error)

    async def _stop_stream(self, channel: str, ts: str) -> None:
        try:
            await self._calls.do(self._client.chat_stopStream, channel=channel, ts=ts)
        except Refused as refused:
            # Slack closes a stream by itself after about five minutes; then it is a message like any other.
            log.info("a stream was not stopped: %s", refused.code)

    async def _post(self, spot: Spot, message: Message, mark: Mark) -> str:
        """Post a new message, once: before it is posted again, it is looked for."""
        body: dict[str, Any] = {"text": message.text, "metadata": mark.metadata, "parse": "none"}
        if message.blocks:
            body["blocks"] = list(message.blocks)
        posted = ""

        async def post() -> None:
            nonlocal posted
            answer = await self._calls.post(
                self._client.chat_postMessage,
                spot.channel,
                thread_ts=spot.thread or None,
                unfurl_links=False,
                unfurl_media=False,
                **body,
            )
            posted = str(answer["ts"])

        async def arrived() -> bool:
            nonlocal posted
            found = await self._own.find(spot, mark)
            posted = str(found["ts"]) if found else ""
            return found is not None

        await _repeated(post, arrived)
        return posted

    async def _on_progress(self, spot: Spot, question_id: str) -> Spot:
        """The spot with the progress message that an earlier try left, if there is one."""
        if spot.ts is not None:
            return spot
        found = await self._own.find(spot, Mark("progress", question_id))
        # Whether it streams cannot be seen: to stop what is stopped does no harm.
        return replace(spot, ts=str(found["ts"]), streaming=True) if found else spot

    async def _add_files(self, spot: Spot, reply: Reply, detail: Detail, ts: str, *, again: bool = False) -> None:
        """The files of a reply that is there. One that fails is said to be missing."""
        attachments = render(reply, detail).attachments
        if not attachments:
            return
        beside = Spot(spot.channel, spot.thread or ts, after=ts)
        if again:
            there = {file.get("name") async for message in self._own.after(beside) for file in message.get("files", ())}
            attachments = tuple(one for one in attachments if one.name not in there)
        for name in await upload(self._client, self._calls, beside, reply, attachments, own=self._own):
            await self.say(beside, say(reply.locale, "chat.file_failed", name=name))


def _with_more(message: Message, more: Sequence[Json], reply: Reply) -> Message:
    """Blocks below those of a message, which give way; a message of words alone stays one."""
    if not message.blocks:
        return message
    kept = blocks.within(message.blocks, limits.MESSAGE_BLOCKS - len(more), reply.locale)
    return replace(message, blocks=(*kept, *more))


async def _in_some_form(post: Callable[[Detail], Awaitable[str]]) -> tuple[Detail, str]:
    """Post in the richest form that Slack takes: that form, and what `post` returned."""
    for detail in DETAILS:
        try:
            return detail, await post(detail)
        except Refused as refused:
            if refused.code not in _FORM_REFUSED or detail == DETAILS[-1]:
                raise
            log.warning("Slack refused a reply in the form %r: %s", detail, refused.code)
        except Unclear as unclear:
            # It may be this form that makes Slack fail.
            if not unclear.answered or detail == DETAILS[-1]:
                raise
            log.warning("Slack failed at a reply in the form %r: %s", detail, unclear)
    raise AssertionError("the last form returns or raises")


async def _never() -> bool:
    return False


async def _repeated(call: Callable[[], Awaitable[None]], arrived: Callable[[], Awaitable[bool]] = _never) -> None:
    """Make a call until it is answered. When it is unclear what became of it, `arrived` says whether it is done."""
    for attempt in range(_TRIES):
        last = attempt == _TRIES - 1
        try:
            await call()
        except NotReached:
            if last:
                raise
            await asyncio.sleep(_PAUSE * 2**attempt)
        except Unclear:
            await asyncio.sleep(_PAUSE * 2**attempt)
            if await _told(arrived):
                return
            if last:
                raise
        else:
            return


async def _told(arrived: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it arrived. While that cannot be told it must not be done again: `Unclear`."""
    for attempt in range(_TRIES):
        try:
            return await arrived()
        except NotReached:
            await asyncio.sleep(_PAUSE * 2**attempt)
        except Refused as refused:
            log.warning("whether a message arrived cannot be told: %s", refused.code)
            break
    raise Unclear("not known to have arrived")


def _form(detail: str) -> Detail:
    return next((one for one in DETAILS if one == detail), DETAILS[0])
