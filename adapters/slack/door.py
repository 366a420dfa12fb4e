"""The door: what is heard becomes a question, what is answered is posted where it was asked, for those who may read it.

Whatever goes on after an acknowledgement runs in a task of the door, which is waited for when it closes: Slack's own
framework forgets its tasks.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.errands import Errands
from adapters.chat.kept import Kept
from adapters.chat.language import speaking
from adapters.chat.text import Json
from adapters.slack.calls import Calls, NotReached, Refused, Unclear
from adapters.slack.deliver import Delivery
from adapters.slack.directory import PLATFORM, Directory, Home
from adapters.slack.escape import mrkdwn
from adapters.slack.files import put
from adapters.slack.inbound import Said, words_on
from adapters.slack.progress import Abilities, Progress, mark_done, spot_of
from adapters.slack.render import Message
from adapters.slack.spot import Spot
from core.ask.service import SURE_SECONDS, Service
from core.chat import Accepted, Actor, Notice, Place, Question, Reply
from core.errors import ColloqueryError
from core.locale import error_words, say

_OUTSIDERS = "people.outsiders_read"
_FOR_THE_ASKER_ALONE = frozenset({_OUTSIDERS, "people.readers_not_given"})
"""Refusals that are about who reads the channel, not about who asks: in a direct message the answer may be given."""

CLOSED_TO_US = frozenset(
    {
        "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission",
        "user_not_in_channel",
    }
)  # fmt: skip
"""Slack's words for a channel that we cannot post to; the asker can still be told."""

_REDELIVERED_SECONDS = 600.0
"""For which a message may come again: Slack tries three times more, the last time some five minutes after the first."""

log = logging.getLogger(__name__)


class Door(Errands):
    """Slack, as the core sees it: `deliver` is the `Deliver` of its `Service`."""

    PLATFORM = "Slack"
    FAILURES = (Refused, Unclear, NotReached)

    def __init__(self, client: AsyncWebClient, home: Home, service: Service) -> None:
        super().__init__()
        self.client = client
        self.home = home
        self.service = service
        self.calls = Calls()
        self.directory = Directory(client, home)
        self.delivery = Delivery(client, self.calls, home.bot_user)
        self._refused: Kept[bool] = Kept(_REDELIVERED_SECONDS)
        self._abilities = Abilities()
        self._progress: dict[str, Progress] = {}

    # Asking

    async def hear(self, said: Said, text: str) -> None:
        """Take a message as a question; the acknowledgement comes after it is stored. What is refused is said."""
        actor, place = await self.whereabouts(said)
        try:
            await self._put(Question(actor, place, said.message, text, datetime.now(UTC)))
        except ColloqueryError as error:
            # What takes long, as it does while the store is away, comes several times: it is told of once.
            told = partial(self._told, actor, place, error)
            await self._refused.get(f"{said.channel} {said.message}", told)

    async def whereabouts(self, said: Said) -> tuple[Actor, Place]:
        """Who said something, in the language they said it in, and where."""
        actor = speaking(await self.directory.actor(said.user), said.text)
        return actor, await self.place(said.channel, said.thread, ext_shared=said.ext_shared)

    async def presser(self, body: Mapping[str, Any]) -> Actor:
        """Who pressed a button or sent a form, in the language that stands on it."""
        return speaking(await self.directory.actor(str(body["user"]["id"])), words_on(body))

    async def place(self, channel: str, thread: str, *, ext_shared: bool = False) -> Place:
        """A thread of a channel and who reads it."""
        readers = await self.directory.readers(channel, ext_shared=ext_shared)
        return Place(PLATFORM, self.home.team, channel, thread, readers)

    async def ask(self, question: Question) -> str | None:
        """Put a question and show its progress; its id, None when it was refused, which is then said to the asker."""
        try:
            return await self._put(question)
        except ColloqueryError as error:
            await self._told(question.actor, question.place, error)
            return None

    async def _put(self, question: Question) -> str:
        accepted = await self.service.accept(question)
        self._follow(accepted, question)
        return accepted.question_id

    async def _told(self, actor: Actor, place: Place, error: ColloqueryError) -> bool:
        await self.tell_privately(actor, place, *error_words(actor.locale, error))
        return True

    async def ask_aloud(self, question: Question) -> None:
        """A question that is no message yet: a message of ours says who asks what, and its thread is the question's."""
        actor, place = question.actor, question.place
        try:
            await self.service.require_asking(actor, place)
        except ColloqueryError as error:
            await self._told(actor, place, error)
            return
        shown = say(actor.locale, "chat.asks", name=actor.name, text=question.text)
        try:
            spot = Spot(place.channel, await self.delivery.say(Spot(place.channel, place.thread), shown))
        except Refused as refused:
            if refused.code not in CLOSED_TO_US:
                raise
            spot, place = await self.direct(actor), replace(place, readers="alone", thread="")
            spot = replace(spot, thread=await self.delivery.say(spot, shown))
        place = replace(place, channel=spot.channel, thread=place.thread or spot.thread)
        await self.ask(replace(question, place=place))

    async def run_edited(self, question_id: str, actor: Actor, sql: str, key: str) -> None:
        """SQL that somebody changed: run where the question was asked, with the rights of who changed it."""
        place = None
        try:
            before = await self.service.question(question_id, actor)
            place = await self.place(before.place.channel, before.place.thread)
            question = Question(actor, place, f"edited:{key}", sql, datetime.now(UTC))
            accepted = await self.service.rerun(question_id, question)
        except ColloqueryError as error:
            place = place or Place(PLATFORM, self.home.team, (await self.direct(actor)).channel, "")
            await self._told(actor, place, error)
            return
        self._follow(accepted, question)

    async def answer_choice(self, question_id: str, chosen: str, actor: Actor) -> None:
        """The question that we asked back about, asked again with what was chosen."""
        question = await self.service.chosen(question_id, actor, chosen)
        place = await self.place(question.place.channel, question.place.thread)
        message = f"chosen:{question_id}:{chosen}"
        await self.ask(replace(question, place=place, message=message, asked_at=datetime.now(UTC)))

    async def answers_in(self, said: Said) -> bool:
        """Whether a thread is one that we already answer in."""
        return await self.service.knows_thread(Place(PLATFORM, self.home.team, said.channel, said.thread))

    async def stop_stream(self, ts: str, user: str) -> None:
        """Slack's own Stop, beside a stream."""
        question_id = next((one for one, progress in self._progress.items() if progress.ts == ts), None)
        if question_id is not None:
            await self.service.stop(question_id, await self.directory.actor(user))

    def _follow(self, accepted: Accepted, question: Question) -> None:
        if accepted.new:
            progress = Progress(self.client, self.calls, self._abilities, question)
            self._progress[accepted.question_id] = progress
            self.spawn(progress.run(accepted.question_id, self.service.follow(accepted.question_id, question.actor)))

    # Answering

    async def deliver(self, question: Question, reply: Reply) -> None:
        """Post a reply where its question was asked. Raises when it did not arrive."""
        progress = self._progress.pop(reply.question_id, None)
        spot = await progress.end() if progress else spot_of(question)
        await self._posted(question, reply, spot, again=progress is None or progress.seconds > SURE_SECONDS)
        if progress is not None:
            await progress.done(reply.ok)
        else:
            await mark_done(self.client, self.calls, question, reply.ok)

    async def _posted(self, question: Question, reply: Reply, spot: Spot, *, again: bool) -> None:
        place = question.place
        if _about_readers(reply) and place.readers != "alone":
            await self._answer_privately(question, reply, spot)
        elif place.readers == "team" and await self.directory.readers(place.channel) == "outsiders":
            # Somebody else reads there by now who did not when the question was asked.
            await self._post_privately(question, reply, spot, again=again)
        else:
            try:
                await self.delivery.deliver(spot, reply, again=again)
            except Refused as refused:
                if refused.code not in CLOSED_TO_US or place.readers == "alone":
                    raise
                await self._post_privately(question, reply, None, again=again)

    async def tell_privately(self, actor: Actor, place: Place, *sentences: str) -> None:
        """Say something to one person where they are: only they see it."""
        await self.show_privately(actor, place, Message(mrkdwn(" ".join(filter(None, sentences)))))

    async def show_privately(self, actor: Actor, place: Place, message: Message) -> None:
        """The same with blocks. Where we cannot speak, as between two other people, in a direct message."""
        spot = Spot(place.channel, place.thread)
        try:
            if place.readers == "alone":
                await self.delivery.show(spot, message)
            else:
                await self.delivery.whisper(spot, actor.id, message)
        except Refused as refused:
            if refused.code not in CLOSED_TO_US:
                raise
            await self.delivery.show(await self.direct(actor), message)

    async def show_reply(self, actor: Actor, place: Place, reply: Reply, more: Sequence[Json] = ()) -> None:
        """Show one person a reply that answers no question: as richly as Slack takes it. `more`: blocks below."""
        spot = Spot(place.channel, place.thread)
        try:
            if place.readers == "alone":
                await self.delivery.show_reply(spot, reply, more)
            else:
                await self.delivery.whisper_reply(spot, actor.id, reply, more)
        except Refused as refused:
            if refused.code not in CLOSED_TO_US:
                raise
            await self.delivery.show_reply(await self.direct(actor), reply, more)

    async def open_modal(self, trigger: str, view: dict[str, Any], actor: Actor, place: Place) -> None:
        """Open a form. A trigger lives three seconds: one that is too old is told to whoever pressed."""
        try:
            await self.calls.do(self.client.views_open, trigger_id=trigger, view=view)
        except Refused as refused:
            log.info("a form was not opened: %s", refused.code)
            await self.tell_privately(actor, place, say(actor.locale, "chat.form_late"))

    async def send_file(self, actor: Actor, place: Place, name: str, content: bytes) -> None:
        """A file somebody asked for: to them alone, because a file in a channel is everybody's, for good."""
        spot = Spot(place.channel, place.thread) if place.readers == "alone" else await self.direct(actor)
        try:
            await put(self.client, self.calls, spot, name=name, title=name, content=content)
        except (Refused, Unclear, NotReached) as error:
            log.warning("a file was not uploaded: %s", error)
            await self.tell_privately(actor, place, say(actor.locale, "chat.file_failed", name=name))
            return
        if place.readers != "alone":
            await self.tell_privately(actor, place, say(actor.locale, "chat.file_sent", name=name))

    async def direct(self, actor: Actor) -> Spot:
        """The direct messages with somebody."""
        opened = await self.calls.do(self.client.conversations_open, users=actor.id)
        return Spot(str(opened["channel"]["id"]), "")

    async def _direct_thread(self, question: Question, question_id: str) -> Spot:
        """A thread in the asker's direct messages for the answer to a question of a channel; the same at each try."""
        direct = replace(await self.direct(question.actor), after=question.message)
        text = say(question.actor.locale, "chat.private.question", text=question.text)
        thread = await self.delivery.note(direct, text, question_id)
        return replace(direct, thread=thread, after=thread)

    async def _answer_privately(self, question: Question, reply: Reply, spot: Spot) -> None:
        """The channel's readers may not see the answer: put the question again in a direct message, and say so."""
        direct = await self._direct_thread(question, reply.question_id)
        place = Place(PLATFORM, self.home.team, direct.channel, direct.thread, "alone")
        await self.ask(replace(question, place=place, message=f"private:{reply.question_id}"))
        await self.delivery.replace(spot, say(question.actor.locale, "chat.private.told"), reply.question_id)

    async def _post_privately(self, question: Question, reply: Reply, spot: Spot | None, *, again: bool) -> None:
        """The answer is there, but more people read the channel now, or it is closed to us."""
        if question.is_from_elsewhere:
            await self.service.schedules.not_posted(question, "announce.closed" if spot is None else _OUTSIDERS)
            return
        await self.delivery.deliver(await self._direct_thread(question, reply.question_id), reply, again=again)
        if spot is not None:
            await self.delivery.replace(spot, say(question.actor.locale, "chat.private.told"), reply.question_id)


def _about_readers(reply: Reply) -> bool:
    return any(isinstance(part, Notice) and part.code in _FOR_THE_ASKER_ALONE for part in reply.parts)
