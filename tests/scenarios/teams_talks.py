"""Talking in Teams: messages in personal chats and channels, and what comes of ours there."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from bot.wiring import House
from core.chat import Actor
from core.locale import say
from tests.adapters.slack.people import until
from tests.adapters.teams.people import (
    ADA,
    BOB,
    CHANNEL,
    CHANNEL_WITH_STRANGER,
    GUEST,
    PERSONAL,
    PERSONAL_BOB,
    TENANT,
    Member,
    kind_of,
)
from tests.adapters.teams.server import FakeConnector, Posted
from tests.local_model import LocalModel
from tests.scenarios.stage import Able, Person, Stage, Talk, View
from tests.scenarios.teams_line import Hands, Json, named
from tests.scenarios.teams_view import consent, names, shown, words

PERSONAL_GUEST = "a:1guest"
SECONDS = 20.0
"""The longest that anything is waited for: a busy machine is slow."""

_CHATS = {ADA.id: PERSONAL, BOB.id: PERSONAL_BOB, GUEST.id: PERSONAL_GUEST}
_CHANNELS = {"room": CHANNEL, "outside": CHANNEL_WITH_STRANGER}


class TeamsTalks(Stage):
    """The tenant and its people."""

    able = Able(rooms=True, apart=True, commands=True, points=100)

    def __init__(
        self,
        house: House,
        model: LocalModel | None,
        teams: FakeConnector,
        http: httpx.AsyncClient,
        accounts: Mapping[Person, Member],
    ) -> None:
        super().__init__(house, model)
        self._teams = teams
        self._http = http
        self._accounts = accounts
        self._last: dict[str, Json] = {}

    def actor(self, who: Person) -> Actor:
        member = self._accounts[who]
        kind: Any = "guest" if member.role == "guest" else "member"
        email = member.email if kind == "member" else None
        return Actor("teams", TENANT, member.aad, member.name, email, who.locale, "UTC", kind)

    def name(self, who: Person) -> str:
        return self._accounts[who].name

    # Asking

    async def say(self, who: Person, text: str, talk: Talk) -> View:
        before = self._stands()
        await self._said(who, text, talk)
        wanted = self._is_private_answer if talk.where == "outside" else self._is_final
        return await self._news(who, before, wanted)

    async def start(self, who: Person, text: str, talk: Talk) -> View:
        await self._said(who, text, talk)
        await self._teams.until(lambda: any(not one.closed for one in self._teams.streams.values()), SECONDS)
        return View("", buttons=("stop",))

    async def stop(self, who: Person, working: View, talk: Talk) -> View:
        """A personal chat shows no button of ours beside a stream: the word does it."""
        before = self._stands()
        await self._said(who, "stop", talk)
        told = say(who.locale, "teams.page.stopped")
        return await self._news(who, before, lambda one: self._is_final(one) and told not in words(one))

    async def deliver_again(self, who: Person, text: str, talk: Talk) -> None:
        await self._hands(who).deliver(self._last[f"{talk.channel}|{talk.thread}"])

    async def answers(self, who: Person, talk: Talk) -> int:
        return sum(map(self._is_final, self._teams.messages(_where(talk))))

    async def read_aloud(self, talk: Talk) -> str:
        return "\n".join(map(words, self._teams.messages(_where(talk))))

    async def _said(self, who: Person, text: str, talk: Talk) -> None:
        talk.channel = talk.channel or _CHANNELS.get(talk.where) or self._chat(who)
        sent = await self._hands(who).at(talk.channel, talk.thread or None).say(text)
        if kind_of(talk.channel) == "channel":
            talk.thread = talk.thread or sent["id"]
        self._last[f"{talk.channel}|{talk.thread}"] = sent

    def _hands(self, who: Person) -> Hands:
        return Hands(self._teams, self._http, self._accounts[who], f"{who.locale}-XX", self._chat(who))

    def _at(self, who: Person, posted: Posted) -> Hands:
        """Somebody where a message stands."""
        where, _, thread = posted.conversation.partition(";messageid=")
        return self._hands(who).at(where, thread or None)

    def _chat(self, who: Person) -> str:
        return _CHATS[self._accounts[who].id]

    def _stands(self) -> set[str]:
        return {one.id for one in self._teams.posted}

    async def _posted(self, who: Person, before: set[str], wanted: Callable[[Posted], bool]) -> Posted:
        """The first message that was not there before, is wanted, and is for somebody to see."""
        chats = {chat for account, chat in _CHATS.items() if account != self._accounts[who].id}

        async def look() -> Posted | None:
            seen = (
                one
                for one in self._teams.posted
                if one.id not in before
                and not one.is_deleted
                and one.only_for in ("", self._accounts[who].id)
                and one.conversation not in chats
            )
            return next(filter(wanted, seen), None)

        return await until(look, SECONDS)

    async def _news(self, who: Person, before: set[str], wanted: Callable[[Posted], bool]) -> View:
        posted = await self._posted(who, before, wanted)
        return shown(posted, alone=bool(posted.only_for) or kind_of(posted.conversation) == "personal")

    def _is_final(self, posted: Posted) -> bool:
        """Neither progress, nor a file, nor a word of ours about a question of elsewhere."""
        notes = [say(who.locale, "chat.private.question", text="") for who in self._accounts]
        notes += [say(who.locale, "chat.asks", name=self.name(who), text="") for who in self._accounts]
        is_note = words(posted).startswith(tuple(notes))
        return not (is_note or "stop" in names(posted) or consent(posted))

    def _is_private_answer(self, posted: Posted) -> bool:
        return self._is_final(posted) and (bool(posted.only_for) or kind_of(posted.conversation) == "personal")

    async def _pressed(self, who: Person, view: View, name: str, value: str | None = None) -> View:
        """Press a button; what is answered or told."""
        before = self._stands()
        await self._at(who, view.handle).press(named(view.handle.cards, name, value), view.handle)
        return await self._news(who, before, self._is_final)


def _where(talk: Talk) -> str:
    return f"{talk.channel};messageid={talk.thread}" if talk.thread else talk.channel
