"""Posting a reply: in as rich a form as Teams takes, never silent, and once as far as a bot can know.

A bot cannot read a conversation: a post whose answer never came back cannot be looked for. So a reply takes the place
of the message that showed its progress wherever there is one, for that may be done again and comes to the same; the
last activity of a stream may be sent again, too, and is refused when it is there. What we posted is remembered, and
after a restart not posted again. There is one doubt left: a first post without progress before it whose answer was
lost. It is made again, three times at most: a reply that comes twice does less harm than a question that is never
answered.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from adapters.chat.text import Json
from adapters.teams.addresses import Addresses
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.entities import activity, stream_info
from adapters.teams.refusals import is_elsewhere, is_form, is_stream_over
from adapters.teams.render import Attachment, Detail, Message, render, sentence
from adapters.teams.spot import Spot
from core.chat import Reply
from core.errors import StoreFailed

DETAILS: tuple[Detail, ...] = ("full", "simple", "plain")

_TRIES = 3
_PAUSE = 0.5
"""Seconds before a call that may have failed is made again; doubled each time."""

Form = TypeVar("Form")
Offer = Callable[[Spot, Reply, Attachment], Awaitable[None]]

log = logging.getLogger(__name__)


class Delivery:
    """Posts replies and sentences. All methods raise `Refused`, `Unclear`, `NotReached`: what was to be posted is not
    there, or cannot be said to be.
    """

    def __init__(self, connector: Connector, addresses: Addresses) -> None:
        self._connector = connector
        self._addresses = addresses
        self.offer_file: Offer | None = None
        """Offers a file to one person, in their personal chat: whoever knows how sets it."""

    async def deliver(self, spot: Spot, reply: Reply, *, alone: bool, again: bool = False) -> str:
        """Post a reply, and offer its files where one person is `alone` with us; its id.

        `again` says that an earlier try, perhaps of another process, may have posted any of it.
        """
        if again:
            if (there := await self._addresses.said(reply.question_id)) is not None:
                return there
            spot = await self._addresses.on_progress(reply.question_id, spot)
        detail, posted = await self._put_reply(spot, reply, alone=alone)
        try:
            await self._addresses.remember_answer(reply.question_id, spot, posted)
        except StoreFailed:
            # It is there; only a second try at it would not know.
            log.exception("where an answer stands was not kept", extra={"question": reply.question_id})
        await self._offer_files(spot, reply, detail, alone=alone)
        return posted

    async def show_reply(self, spot: Spot, reply: Reply, more: Sequence[Json] = ()) -> None:
        """Post a reply that answers no question where one person is alone with us. `more`: elements below it."""
        detail, _ = await _in_some_form(
            DETAILS, lambda form: self._send(spot, _with_more(_rendered(reply, form, alone=True), more))
        )
        await self._offer_files(spot, reply, detail, alone=True)

    async def whisper_reply(self, spot: Spot, account: str, reply: Reply, more: Sequence[Json] = ()) -> None:
        """The same where one person alone sees it, among others. Such a message has no files."""
        await _in_some_form(
            DETAILS, lambda form: self._whisper(spot, account, _with_more(_rendered(reply, form, alone=False), more))
        )

    async def say(self, spot: Spot, text: str) -> str:
        """Post a plain sentence; its id."""
        return await self.show(spot, sentence(text))

    async def show(self, spot: Spot, message: Message) -> str:
        """Post a message that is no reply; its id."""
        return (await _in_some_form(_forms(message), lambda form: self._send(spot, form)))[1]

    async def whisper(self, spot: Spot, account: str, message: Message) -> None:
        """Show a message where one person alone sees it, for a day."""
        await _in_some_form(_forms(message), lambda form: self._whisper(spot, account, form))

    async def replace(self, spot: Spot, text: str, question_id: str) -> None:
        """Put a plain sentence in the place of the progress message, or beside it when there is none."""
        if spot.message is None and spot.stream is None:
            spot = await self._addresses.on_progress(question_id, spot)
        if spot.message is None and spot.stream is None:
            await self.note(spot, text, f"instead|{question_id}")
        else:
            await _in_some_form((sentence(text),), lambda form: self._put(spot, form))

    async def note(self, spot: Spot, text: str, key: str) -> None:
        """Post a plain sentence, once under its key."""
        await self.announce(spot, sentence(text), key)

    async def announce(self, spot: Spot, message: Message, key: str, *, since: datetime | None = None) -> str:
        """Post a message that answers no question, once under its key since then; its id."""
        if (there := await self._addresses.said(key, since)) is not None:
            return there
        posted = await self.show(spot, message)
        await self._addresses.remember_said(key, posted)
        return posted

    async def _put_reply(self, spot: Spot, reply: Reply, *, alone: bool) -> tuple[Detail, str]:
        bare = replace(spot, message=None, stream=None)
        try:
            return await _in_some_form(DETAILS, lambda form: self._put(spot, _rendered(reply, form, alone=alone)))
        except Refused as refused:
            # Teams says it of a message that cannot be edited, too.
            if not is_form(refused) or bare == spot:
                raise
            log.warning("a message cannot be edited: %s", refused.code)
        return await _in_some_form(DETAILS, lambda form: self._put(bare, _rendered(reply, form, alone=alone)))

    async def _put(self, spot: Spot, message: Message) -> str:
        """Put a message in the place of the progress, else post it; its id."""
        if spot.stream is not None and (ended := await self._end_stream(spot, spot.stream, message)) is not None:
            return ended
        # A stream that has ended is a message like any other, be it with what is put here once more.
        target = spot.message or spot.stream
        if target is not None and await self._edited(spot, target, message):
            return target
        return await self._send(spot, message)

    async def _send(self, spot: Spot, message: Message) -> str:
        return await self._connector.send(spot, activity(message))

    async def _whisper(self, spot: Spot, account: str, message: Message) -> str:
        return await self._connector.send_targeted(spot, account, activity(message))

    async def _edited(self, spot: Spot, target: str, message: Message) -> bool:
        """Write our message anew; false when it can no longer be edited."""
        try:
            await self._connector.update(spot, target, activity(message))
        except Refused as refused:
            if is_form(refused) or not is_elsewhere(refused):
                raise
            log.warning("a message can no longer be edited: %s", refused.code)
            return False
        return True

    async def _end_stream(self, spot: Spot, stream: str, message: Message) -> str | None:
        """End a stream with a message; its id. None when it had ended: it may have been with this very message."""
        final = activity(message, streamed=True)
        final["entities"] = [*final.get("entities", ()), stream_info("final", stream, None)]
        try:
            return await self._connector.send(spot, final) or stream
        except Refused as refused:
            if not is_stream_over(refused):
                raise
            log.info("a stream had ended: %s", refused.code)
            return None

    async def _offer_files(self, spot: Spot, reply: Reply, detail: Detail, *, alone: bool) -> None:
        """The files of a reply that is there. Elsewhere than in a personal chat its card names the button for them."""
        if self.offer_file is None or not alone:
            return
        bare = replace(spot, message=None, stream=None)
        for attachment in _rendered(reply, detail, alone=True).files:
            try:
                await self.offer_file(bare, reply, attachment)
            except (Refused, Unclear, NotReached) as error:
                # The button under the answer gives the same file.
                log.warning("a file was not offered: %s", error)


def _rendered(reply: Reply, detail: Detail, *, alone: bool) -> Message:
    """A reply in one form. What is suggested next is for one person, and so is a file."""
    made = render(reply, detail, files=alone)
    return made if alone else replace(made, suggestions=())


def _with_more(message: Message, more: Sequence[Json]) -> Message:
    """Elements below those of a message; one of words alone stays one."""
    if message.card is None or not more:
        return message
    return replace(message, card={**message.card, "body": [*message.card["body"], *more]})


def _forms(message: Message) -> tuple[Message, ...]:
    """A message, and its words alone."""
    return (message,) if message.card is None else (message, replace(message, card=None))


async def _in_some_form(forms: Sequence[Form], post: Callable[[Form], Awaitable[str]]) -> tuple[Form, str]:
    """Post in the richest form that Teams takes: that form, and what `post` returned. What is unclear is done again."""
    left, failures = list(forms), 0
    while True:
        try:
            return left[0], await post(left[0])
        except Refused as refused:
            if not is_form(refused) or len(left) == 1:
                raise
            log.warning("Teams refused a message in one form: %s", refused.code)
            del left[0]
        except (Unclear, NotReached) as error:
            failures += 1
            if failures == _TRIES:
                raise
            log.warning("whether a message arrived is not known, it is posted again: %s", error)
            if isinstance(error, Unclear) and error.answered and len(left) > 1:
                # It may be this form that makes Teams fail.
                del left[0]
            await asyncio.sleep(_PAUSE * 2 ** (failures - 1))
