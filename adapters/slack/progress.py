"""What is seen while an answer is made: a reaction at once, then the steps, with a button that stops it.

Where the workspace streams, the steps are task updates of a stream; elsewhere one message is edited. Which it is, is
learned from the first refusal. The reply then takes the place of that message. All of it is decoration: no reply waits
for more than one call of it, and when Slack refuses any of it, the reply comes all the same.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.text import Json
from adapters.slack.calls import Calls, Method, NotReached, Refused, Unclear
from adapters.slack.marks import Mark, is_ts
from adapters.slack.render import Message
from adapters.slack.spot import Spot, ts_at
from adapters.slack.steps import progress_chunks, render_progress
from core.chat import Place, Question, Reply, Step
from core.locale import say

AT_WORK, DONE, FAILED = "eyes", "white_check_mark", "warning"

_BEFORE_SHOWING = 0.8
"""Seconds. An answer that is quicker than that needs no message that it is being made."""
_BETWEEN_EDITS = 3.0
"""Seconds: chat.update is meant to be called no more often."""
_BETWEEN_CHUNKS = 0.7
"""Seconds: chat.appendStream may be called 100 times a minute."""
_STATUS = 100
"""Characters of a status: ours; Slack names no limit."""

_NEVER_HERE = frozenset(
    {"unknown_method", "missing_scope", "not_allowed_token_type", "feature_not_enabled", "access_denied"}
)
"""Slack's words for a method that this workspace, or this app in it, does not have. It is not tried again."""
_STREAM_OVER = "message_not_in_streaming_state"

log = logging.getLogger(__name__)


@dataclass
class Abilities:
    """What the workspace can do, as far as it was seen. Shared by all questions."""

    streams: bool = True
    statuses: bool = True


class Progress:
    """The progress of one question: `run` until the reply is there, `end` for the spot the reply goes to, `done` after
    it was posted there.
    """

    def __init__(self, client: AsyncWebClient, calls: Calls, abilities: Abilities, question: Question) -> None:
        self._client = client
        self._calls = calls
        self._abilities = abilities
        self._question = question
        self._spot = spot_of(question)
        self._began = time.monotonic()
        self._steps: list[Step] = []
        self._told = 0
        self._over = asyncio.Event()
        self._news = asyncio.Event()
        self._shown: asyncio.Task[None] | None = None
        self._reacted: asyncio.Task[str | None] | None = None

    @property
    def ts(self) -> str | None:
        """Our message, once there is one: what a Stop of Slack's own names."""
        return self._spot.ts

    @property
    def seconds(self) -> float:
        """How long the answer has been in the making."""
        return time.monotonic() - self._began

    async def run(self, question_id: str, steps: AsyncIterator[Step | Reply]) -> None:
        """React, then follow the steps until the reply or `end`."""
        if self._over.is_set():
            return
        self._reacted = asyncio.create_task(self._react())
        self._shown = asyncio.create_task(self._show(question_id))
        try:
            async for item in steps:
                if isinstance(item, Reply) or self._over.is_set():
                    return
                self._steps.append(item)
                self._news.set()
        finally:
            # From here on the message may be somebody else's to edit: the reply takes its place.
            self._stop_showing()

    async def end(self) -> Spot:
        """Show nothing more; where the reply goes. The one call that is under way is waited for, some seconds at most,
        so that nothing is left behind.
        """
        self._stop_showing()
        if self._shown is not None:
            await self._shown
        return self._spot

    async def done(self, ok: bool) -> None:
        """The reaction says that the reply is there."""
        if self._reacted is not None:
            await self._reacted
        await mark_done(self._client, self._calls, self._question, ok)

    async def _react(self) -> str | None:
        if not is_ts(self._question.message):
            return None
        place = _reaction(self._question)
        return await self._try(self._client.reactions_add, **place, name=AT_WORK)

    def _stop_showing(self) -> None:
        self._over.set()
        self._news.set()

    async def _show(self, question_id: str) -> None:
        await self._status()
        pause = _BEFORE_SHOWING
        while not await self._over_within(pause):
            if self._spot.ts is None:
                await self._begin(question_id)
            else:
                await self._tell(question_id)
            if self._spot.unsure:
                return
            shown_at = time.monotonic()
            if self._spot.ts is not None and self._told == len(self._steps) and not self._over.is_set():
                self._news.clear()
                await self._news.wait()
            between = _BETWEEN_CHUNKS if self._spot.streaming else _BETWEEN_EDITS
            pause = shown_at + between - time.monotonic()

    async def _over_within(self, seconds: float) -> bool:
        """Wait; true when it was over before."""
        if self._over.is_set():
            return True
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _status(self) -> None:
        if not self._abilities.statuses or self._over.is_set():
            return
        text = self._steps[-1].text if self._steps else ""
        refused = await self._try(
            self._client.assistant_threads_setStatus,
            channel_id=self._spot.channel,
            thread_ts=self._spot.thread,
            status=(text or say(self._question.actor.locale, "chat.working"))[:_STATUS],
        )
        if refused in _NEVER_HERE:
            self._abilities.statuses = False

    async def _begin(self, question_id: str) -> None:
        self._told = len(self._steps)
        shown = self._drawn(question_id)
        try:
            if self._abilities.streams and (ts := await self._begin_stream(shown, Mark("progress", question_id))):
                self._spot = replace(self._spot, ts=ts, streaming=True)
                return
            posted = await self._calls.sign(
                self._client.chat_postMessage,
                self._spot.channel,
                channel=self._spot.channel,
                thread_ts=self._spot.thread,
                text=shown.text,
                blocks=list(shown.blocks),
                metadata=Mark("progress", question_id).metadata,
                parse="none",
            )
            self._spot = replace(self._spot, ts=str(posted["ts"]))
        except Unclear as unclear:
            log.warning("whether the progress is shown is not known: %s", unclear)
            self._spot = replace(self._spot, unsure=True)
        except (Refused, NotReached) as error:
            log.info("the progress was not shown: %s", error)

    async def _begin_stream(self, shown: Message, mark: Mark) -> str | None:
        """The stream's ts; None where there are no streams."""
        # A stream keeps no metadata: it is known by the block of its button.
        chunks = [
            *_chunks(tuple(self._steps)),
            {"type": "blocks", "blocks": [{**shown.blocks[-1], "block_id": mark.block_id}]},
        ]
        try:
            begun = await self._calls.sign(
                self._client.chat_startStream,
                self._spot.channel,
                channel=self._spot.channel,
                thread_ts=self._spot.thread,
                recipient_user_id=self._question.actor.id,
                recipient_team_id=self._question.place.workspace,
                task_display_mode="timeline",
                chunks=chunks,
            )
        except Refused as refused:
            if refused.code == "ratelimited":
                raise
            log.info("no stream here: %s", refused.code)
            if refused.code in _NEVER_HERE:
                self._abilities.streams = False
            return None
        return str(begun["ts"])

    async def _tell(self, question_id: str) -> None:
        told, self._told = self._told, len(self._steps)
        spot = self._spot
        if spot.streaming:
            chunks = _chunks(tuple(self._steps), told)
            refused = await self._try(self._client.chat_appendStream, channel=spot.channel, ts=spot.ts, chunks=chunks)
            if refused != _STREAM_OVER:
                return
            self._spot = replace(spot, streaming=False)
        shown = self._drawn(question_id)
        await self._try(
            self._client.chat_update,
            channel=spot.channel,
            ts=spot.ts,
            text=shown.text,
            blocks=list(shown.blocks),
            metadata=Mark("progress", question_id).metadata,
            parse="none",
        )

    def _drawn(self, question_id: str) -> Message:
        shown = render_progress(question_id, self._steps, self._question.actor.locale)
        return Mark("progress", question_id).on(shown)

    async def _try(self, method: Method, **arguments: object) -> str | None:
        return await tried(self._calls, method, **arguments)


def spot_of(question: Question) -> Spot:
    """Where the reply to a question goes when nothing was shown yet."""
    place: Place = question.place
    after = question.message if is_ts(question.message) else ""
    if question.schedule is not None:
        # It stands in the channel itself, whose history has no end. Its moment is that of the schedule.
        after = ts_at(question.asked_at)
    return Spot(place.channel, place.thread, after=after)


async def mark_done(client: AsyncWebClient, calls: Calls, question: Question, ok: bool) -> None:
    """The reaction on a question says that its reply is there. For one whose progress another process showed, too."""
    if is_ts(question.message):
        place = _reaction(question)
        await tried(calls, client.reactions_add, **place, name=DONE if ok else FAILED)
        await tried(calls, client.reactions_remove, **place, name=AT_WORK)


async def tried(calls: Calls, method: Method, **arguments: object) -> str | None:
    """A call that nothing depends on: why it was refused, None when it was not."""
    try:
        await calls.sign(method, **arguments)
    except (Refused, Unclear, NotReached) as error:
        log.info("a sign of progress was not shown: %s", error)
        return str(error)
    return None


def _reaction(question: Question) -> dict[str, str]:
    return {"channel": question.place.channel, "timestamp": question.message}


def _chunks(steps: Sequence[Step], told: int = 0) -> list[Json]:
    """The updates for the steps that were not told yet: each step ends the one before it."""
    pairs = zip((None, *steps), steps, strict=False)
    return [chunk for before, step in list(pairs)[told:] for chunk in progress_chunks(step, before)]
