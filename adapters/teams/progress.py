"""What is seen while an answer is made: a sign that somebody types, then the steps, with a button that stops it.

In a personal chat the steps are a stream, beside which Teams itself shows a Stop; elsewhere one message is edited.
Whether there are streams is learned from the first refusal. The reply then takes the place of either. All of it is
decoration: no reply waits for more than one call of it, and when Teams refuses any of it, the reply comes all the same.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from adapters.chat.text import Json
from adapters.teams import limits
from adapters.teams.addresses import Addresses
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.entities import activity, stream_info
from adapters.teams.refusals import is_stream_over, was_stopped
from adapters.teams.render import Message
from adapters.teams.spot import Spot
from adapters.teams.steps import informative, render_progress
from core.chat import Question, Reply, Step
from core.locale import say

_BEFORE_SHOWING = 0.8
"""Seconds. An answer that is quicker than that needs no message that it is being made."""
_BETWEEN_EDITS = 3.0
"""Seconds between edits of a message, and between signs of typing, each of which Teams shows so long."""
_BEAT = 4.0
"""Seconds after which a stream without news says the same once more."""
_BETWEEN_LINES = 1.5
"""Seconds: a stream takes one activity a second, and Microsoft asks for a little more."""
_UNTIL_STREAMS_AGAIN = 3600.0
"""Seconds after which streams are tried again where they were refused: an update of Teams may have brought them."""
_TOO_MANY = 429
_TYPING = {"type": "typing"}

log = logging.getLogger(__name__)


@dataclass
class Abilities:
    """What Teams can do here, as far as it was seen. Shared by all questions."""

    streaming: set[str] = field(default_factory=set)
    """Personal chats with a stream: there is room for one in each."""
    _no_streams_until: float = 0.0

    def may_stream(self, conversation: str) -> bool:
        """Whether a stream may be tried in a personal chat."""
        return conversation not in self.streaming and time.monotonic() >= self._no_streams_until

    def no_streams(self) -> None:
        """A stream was refused."""
        self._no_streams_until = time.monotonic() + _UNTIL_STREAMS_AGAIN


class Progress:
    """The progress of one question: `run` until the reply is there, `end` for the spot the reply goes to, `done` after
    it was posted there. `stop` is called when somebody stops the stream.
    """

    def __init__(
        self,
        connector: Connector,
        addresses: Addresses,
        abilities: Abilities,
        question: Question,
        *,
        spot: Spot,
        stop: Callable[[], Awaitable[object]],
    ) -> None:
        self._connector = connector
        self._addresses = addresses
        self._abilities = abilities
        self._question = question
        self._spot = spot
        self._stop = stop
        self._steps: list[Step] = []
        self._told = 0
        self._sequence = 1
        self._began = self._told_at = 0.0
        self._over = asyncio.Event()
        self._shown: asyncio.Task[None] | None = None

    async def run(self, question_id: str, steps: AsyncIterator[Step | Reply]) -> None:
        """Show that we are at it, then follow the steps until the reply or `end`."""
        if self._over.is_set():
            return
        self._shown = asyncio.create_task(self._show(question_id))
        try:
            async for item in steps:
                if isinstance(item, Reply) or self._over.is_set():
                    return
                self._steps.append(item)
        finally:
            # From here on the message may be somebody else's to edit: the reply takes its place.
            self._over.set()

    async def end(self) -> Spot:
        """Show nothing more; where the reply goes. The one call that is under way is waited for, some seconds at most,
        so that nothing is left behind.
        """
        self._over.set()
        if self._shown is not None:
            await self._shown
        return self._spot

    def done(self) -> None:
        """The reply is there, or cannot be: the chat has room for another stream."""
        self._abilities.streaming.discard(self._spot.conversation)

    async def _show(self, question_id: str) -> None:
        try:
            await self._try(self._connector.sign(self._spot, _TYPING))
            pause = _BEFORE_SHOWING
            while not await self._over_within(pause):
                began = time.monotonic()
                if not await self._show_more(question_id):
                    return
                between = _BETWEEN_LINES if self._spot.stream is not None else _BETWEEN_EDITS
                pause = began + between - time.monotonic()
        except Exception:
            # A bug of ours in what is decoration, or a store that fails, must not keep the reply.
            log.exception("the progress is no longer shown", extra={"question": question_id})

    async def _show_more(self, question_id: str) -> bool:
        """One more call, if there is something to show; whether there may be more."""
        has_news = self._told < len(self._steps)
        if self._spot.stream is not None:
            return await self._tell_stream(question_id, has_news=has_news)
        if self._spot.message is None:
            return await self._begin(question_id)
        if not has_news:
            await self._try(self._connector.sign(self._spot, _TYPING))
            return True
        self._told = len(self._steps)
        await self._try(self._connector.sign(self._spot, activity(self._drawn(question_id)), self._spot.message))
        return True

    async def _over_within(self, seconds: float) -> bool:
        """Wait; true when it was over before."""
        try:
            await asyncio.wait_for(self._over.wait(), max(0.0, seconds))
        except TimeoutError:
            return False
        return True

    async def _begin(self, question_id: str) -> bool:
        """The first that is seen of the steps. When it may stand there and cannot be found, nothing more is shown."""
        self._told = len(self._steps)
        try:
            if self._question.place.readers == "alone" and self._abilities.may_stream(self._spot.conversation):
                await self._begin_stream()
            if self._spot.stream is None and not self._spot.unsure:
                posted = await self._connector.sign(self._spot, activity(self._drawn(question_id)))
                self._spot = replace(self._spot, message=posted or None, unsure=not posted)
        except Unclear as unclear:
            log.warning("whether the progress is shown is not known: %s", unclear)
            self._spot = replace(self._spot, unsure=True)
        except Refused as refused:
            log.info("the progress was not shown: %s", refused.code)
            return refused.status == _TOO_MANY
        except NotReached as error:
            log.info("the progress was not shown: %s", error)
            return True
        if self._spot.unsure:
            return False
        await self._addresses.remember_progress(question_id, self._spot)
        return True

    async def _begin_stream(self) -> None:
        try:
            stream = await self._connector.sign(self._spot, self._line(None))
        except Refused as refused:
            if refused.status == _TOO_MANY:
                raise
            log.info("no stream here: %s", refused.code)
            self._abilities.no_streams()
            return
        self._began = self._told_at = time.monotonic()
        self._abilities.streaming.add(self._spot.conversation)
        self._spot = replace(self._spot, stream=stream or None, unsure=not stream)

    async def _tell_stream(self, question_id: str, *, has_news: bool) -> bool:
        """The next line of the stream, or its end when it may go on no longer."""
        now = time.monotonic()
        is_late = now - self._began >= limits.STREAM_SECONDS
        # Only the answer to a line says that somebody pressed Stop: a long query is told of again and again.
        if not (is_late or has_news or now - self._told_at >= _BEAT):
            return True
        self._told, self._told_at = len(self._steps), now
        self._sequence += 1
        stream = self._spot.stream
        shown = self._last_line(question_id) if is_late else self._line(stream)
        try:
            await self._connector.sign(self._spot, shown)
        except Refused as refused:
            log.info("a stream took no more: %s", refused.code)
            if not is_stream_over(refused):
                return True
            self._spot = replace(self._spot, message=stream, stream=None)
            if was_stopped(refused):
                await self._stop()
                return False
        except (Unclear, NotReached) as error:
            log.info("a sign of progress was not shown: %s", error)
            return True
        if is_late:
            self._spot = replace(self._spot, message=stream, stream=None)
        if self._spot.stream is None:
            await self._addresses.remember_progress(question_id, self._spot)
        return True

    def _line(self, stream: str | None) -> Json:
        """What a stream shows of the step that is under way; without a stream it begins one."""
        step = self._steps[-1] if self._steps else Step("waiting")
        info = stream_info("informative", stream, self._sequence)
        return {**_TYPING, "text": informative(step, self._question.actor.locale), "entities": [info]}

    def _last_line(self, question_id: str) -> Json:
        """A message that ends the stream before Teams does; the reply takes its place in the end."""
        locale = self._question.actor.locale
        last = activity(replace(self._drawn(question_id), text=say(locale, "teams.road.longer")), streamed=True)
        info = stream_info("final", self._spot.stream, None)
        return {**last, "entities": [*last.get("entities", ()), info]}

    def _drawn(self, question_id: str) -> Message:
        return render_progress(question_id, self._steps, self._question.actor.locale)

    async def _try(self, call: Awaitable[object]) -> None:
        """A call that nothing depends on."""
        try:
            await call
        except (Refused, Unclear, NotReached) as error:
            log.info("a sign of progress was not shown: %s", error)
