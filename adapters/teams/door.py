"""The door: what is heard becomes a question, what is answered is posted where it was asked, for those who may read it.

Teams is answered at once; whatever goes on after that runs in a task of the door, which is waited for when it closes.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from adapters.chat.errands import Errands
from adapters.chat.language import speaking
from adapters.chat.text import Json
from adapters.teams.activity import conversation, locale_of, part, service_url, tenant_of, timezone_of, user_of
from adapters.teams.addresses import PLATFORM, Addresses
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.deliver import Delivery
from adapters.teams.directory import Directory
from adapters.teams.inbound import Said
from adapters.teams.privately import Privately
from adapters.teams.progress import Abilities, Progress
from adapters.teams.refusals import is_closed, is_elsewhere
from adapters.teams.render import Message, sentence
from adapters.teams.settings import TeamsSettings
from adapters.teams.spot import Spot
from core.ask.service import Service
from core.chat import Accepted, Actor, Notice, Place, Question, Reply
from core.errors import ColloqueryError
from core.locale import error_words, say

_OUTSIDERS = "people.outsiders_read"
_FOR_THE_ASKER_ALONE = frozenset({_OUTSIDERS, "people.readers_not_given"})
"""Refusals that are about who reads the conversation, not about who asks: in a personal chat it may be answered."""

log = logging.getLogger(__name__)


class Door(Errands):
    """Teams, as the core sees it: `deliver` is the `Deliver` of its `Service`."""

    PLATFORM = "Teams"
    FAILURES = (Refused, Unclear, NotReached)

    def __init__(self, connector: Connector, settings: TeamsSettings, service: Service) -> None:
        super().__init__()
        self.connector = connector
        self.settings = settings
        self.service = service
        self.addresses = Addresses(service.addresses, connector)
        self.directory = Directory(connector, self.addresses, settings.tenants)
        self.delivery = Delivery(connector, self.addresses)
        self._privately = Privately(self.delivery, self.addresses)
        self._abilities = Abilities()
        self._progress: dict[str, Progress] = {}

    # Who, and where

    async def whereabouts(self, said: Said) -> tuple[Actor, Place]:
        """Who said something, in the language they said it in, and where."""
        spot = Spot(said.service_url, said.channel)
        actor = await self.directory.actor(spot, said.tenant, said.account, said.user)
        place = await self.place(said.channel, said.thread)
        return speaking(_as_their_client(actor, said.locale, said.timezone, said.name), said.text), place

    async def actor_of(self, activity: Json) -> Actor:
        """Who sent an activity: a press, an invoke."""
        await self.addresses.seen(activity)
        channel, _ = conversation(activity)
        known = await self.addresses.known(channel)
        tenant = tenant_of(activity) or (known.tenant if known is not None else self.directory.home)
        account = str(part(activity, "from").get("id") or "")
        actor = await self.directory.actor(Spot(service_url(activity), channel), tenant, account, user_of(activity))
        name = str(part(activity, "from").get("name") or "")
        return _as_their_client(actor, locale_of(activity), timezone_of(activity), name)

    async def place_of(self, activity: Json) -> Place:
        """Where an activity was sent, as it is now."""
        await self.addresses.seen(activity)
        return await self.place(*conversation(activity))

    async def place(self, channel: str, thread: str) -> Place:
        """A conversation, or a thread of a channel, and who reads it."""
        known = await self.addresses.known(channel)
        workspace = known.tenant if known is not None else self.directory.home
        return Place(PLATFORM, workspace, channel, thread, await self.directory.readers(channel))

    # Asking

    async def hear(self, said: Said, text: str) -> None:
        """Take a message as a question; Teams is answered after it is stored. What is refused is said."""
        actor, place = await self.whereabouts(said)
        await self.ask(Question(actor, place, said.message, text, datetime.now(UTC)))

    async def ask(self, question: Question) -> str | None:
        """Put a question and show its progress; its id, None when it was refused, which is then said to the asker."""
        try:
            accepted = await self.service.accept(question)
        except ColloqueryError as error:
            await self.tell_privately(question.actor, question.place, *error_words(question.actor.locale, error))
            return None
        await self._follow(accepted, question)
        return accepted.question_id

    async def ask_aloud(self, question: Question) -> None:
        """A question that is no message yet: a message of ours says who asks what, and in a channel its thread is the
        question's.
        """
        actor, place = question.actor, question.place
        try:
            await self.service.require_asking(actor, place)
        except ColloqueryError as error:
            await self.tell_privately(actor, place, *error_words(actor.locale, error))
            return
        shown = say(actor.locale, "chat.asks", name=actor.name, text=question.text)
        try:
            posted = await self.delivery.say(await self.addresses.at(place), shown)
        except Refused as refused:
            if not is_closed(refused) or place.readers == "alone":
                raise
            direct = await self.addresses.direct(actor)
            await self.delivery.say(direct, shown)
            place = replace(place, channel=direct.conversation, thread="", readers="alone")
        else:
            if not place.thread and await self.addresses.type_of(place.channel) == "channel":
                place = replace(place, thread=posted)
        await self.ask(replace(question, place=place))

    async def run_edited(self, question_id: str, actor: Actor, sql: str, key: str) -> None:
        """SQL that somebody changed: run where the question was asked, with the rights of who changed it.

        Raises `ColloqueryError` when it is refused: the form that it came from says so.
        """
        before = await self.service.question(question_id, actor)
        place = await self.place(before.place.channel, before.place.thread)
        question = Question(actor, place, f"edited:{key}", sql, datetime.now(UTC))
        await self._follow(await self.service.rerun(question_id, question), question)

    async def answer_choice(self, question_id: str, chosen: str, actor: Actor) -> None:
        """The question that we asked back about, asked again with what was chosen."""
        question = await self.service.chosen(question_id, actor, chosen)
        place = await self.place(question.place.channel, question.place.thread)
        message = f"chosen:{question_id}:{chosen}"
        await self.ask(replace(question, place=place, message=message, asked_at=datetime.now(UTC)))

    async def answers_in(self, said: Said) -> bool:
        """Whether a thread is one that we already answer in. A group chat has no threads: there we are mentioned."""
        known = await self.addresses.known(said.channel) if said.thread else None
        if known is None:
            return False
        return await self.service.knows_thread(Place(PLATFORM, known.tenant, said.channel, said.thread))

    async def stop_here(self, actor: Actor, place: Place) -> bool:
        """Stop what somebody asked in a place and is not answered yet; false when there is nothing."""
        stopped = False
        for exchange in await self.service.recent(actor):
            asked = (await self.service.question(exchange.question_id, actor)).place
            if (asked.platform, asked.channel, asked.thread) == (PLATFORM, place.channel, place.thread):
                stopped = await self.service.stop(exchange.question_id, actor) or stopped
        return stopped

    async def _follow(self, accepted: Accepted, question: Question) -> None:
        if accepted.new:
            stop = partial(self.service.stop, accepted.question_id, question.actor)
            spot = await self.addresses.at(question.place)
            progress = Progress(self.connector, self.addresses, self._abilities, question, spot=spot, stop=stop)
            self._progress[accepted.question_id] = progress
            self.spawn(progress.run(accepted.question_id, self.service.follow(accepted.question_id, question.actor)))

    # Answering

    async def deliver(self, question: Question, reply: Reply) -> None:
        """Post a reply where its question was asked. Raises when it did not arrive."""
        progress = self._progress.pop(reply.question_id, None)
        if progress is None:
            await self._posted(question, reply, await self.addresses.at(question.place), again=True)
            return
        try:
            await self._posted(question, reply, await progress.end(), again=False)
        finally:
            progress.done()

    async def _posted(self, question: Question, reply: Reply, spot: Spot, *, again: bool) -> None:
        place = question.place
        if _about_readers(reply) and place.readers != "alone":
            await self._answer_privately(question, reply, spot)
        elif place.readers == "team" and await self.directory.readers(place.channel) == "outsiders":
            # Somebody else reads there by now who did not when the question was asked.
            await self._post_privately(question, reply, spot, again=again)
        else:
            try:
                await self.delivery.deliver(spot, reply, alone=place.readers == "alone", again=again)
            except Refused as refused:
                if not is_closed(refused) or place.readers == "alone":
                    raise
                await self._post_privately(question, reply, None, again=again)

    async def tell_privately(self, actor: Actor, place: Place, text: str, hint: str = "") -> None:
        """Say something to one person where they are: only they see it."""
        await self.show_privately(actor, place, sentence(" ".join(filter(None, (text, hint)))))

    async def show_privately(self, actor: Actor, place: Place, message: Message) -> None:
        """The same with a card."""
        await self._privately.message(actor, place, message)

    async def show_reply(self, actor: Actor, place: Place, reply: Reply, more: Sequence[Json] = ()) -> None:
        """Show one person a reply that answers no question: as richly as Teams takes it. `more`: elements below."""
        await self._privately.reply(actor, place, reply, more)

    async def _answer_privately(self, question: Question, reply: Reply, spot: Spot) -> None:
        """Those who read there may not see the answer: put the question again in the personal chat, and say so."""
        actor, told = question.actor, "chat.private.told"
        try:
            direct = await self._direct(question, reply.question_id)
            place = Place(PLATFORM, question.place.workspace, direct.conversation, "", "alone")
            await self.ask(replace(question, place=place, message=f"private:{reply.question_id}"))
        except Refused as refused:
            if not is_elsewhere(refused):
                raise
            log.info("no personal chat with somebody: %s", refused.code)
            told = "teams.road.not_reached"
        await self.delivery.replace(spot, say(actor.locale, told), reply.question_id)

    async def _post_privately(self, question: Question, reply: Reply, spot: Spot | None, *, again: bool) -> None:
        """The answer is there, but more people read the conversation now, or it is closed to us."""
        if question.is_from_elsewhere:
            await self.service.schedules.not_posted(question, "announce.closed" if spot is None else _OUTSIDERS)
            return
        told = "chat.private.told"
        try:
            direct = await self._direct(question, reply.question_id)
            # What a killed process showed of the progress stands in the conversation, not here.
            if not again or await self.addresses.said(reply.question_id) is None:
                await self.delivery.deliver(direct, reply, alone=True)
        except Refused as refused:
            if spot is None or not is_elsewhere(refused):
                raise
            log.info("no personal chat with somebody: %s", refused.code)
            told = "teams.road.not_reached"
        if spot is not None:
            await self.delivery.replace(spot, say(question.actor.locale, told), reply.question_id)

    async def _direct(self, question: Question, question_id: str) -> Spot:
        """The asker's personal chat, in which it was said, once, which question of elsewhere is answered."""
        direct = await self.addresses.direct(question.actor)
        text = say(question.actor.locale, "chat.private.question", text=question.text)
        await self.delivery.note(direct, text, f"question|{question_id}")
        return direct


def _as_their_client(actor: Actor, locale: str, timezone: str, name: str) -> Actor:
    """The account as it speaks now. Of one that cannot be looked up, the name that it calls itself by."""
    named = name if actor.name == actor.id and name else actor.name
    return replace(actor, locale=locale, timezone=timezone, name=named)


def _about_readers(reply: Reply) -> bool:
    return any(isinstance(part, Notice) and part.code in _FOR_THE_ASKER_ALONE for part in reply.parts)
