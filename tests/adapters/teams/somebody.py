"""Somebody at a client of Teams, with a whole house behind: says things, presses what is shown, sends forms."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.wiring import House
from core.chat import Actor
from tests.adapters.teams.activities import invoke, mention, message, submit
from tests.adapters.teams.payloads import card_problems
from tests.adapters.teams.people import ADA, PERSONAL, TENANT, Json, Member, kind_of
from tests.adapters.teams.server import FakeConnector, Posted
from tests.adapters.teams.whole import over_http, post
from tests.houses import add_sqlite, make_shop

HOW_MANY = "how many orders are there?"


@dataclass(frozen=True)
class Somebody:
    """One person at one conversation."""

    teams: FakeConnector
    url: str
    by: Member = ADA
    where: str = PERSONAL
    thread: str | None = None
    locale: str = "en-US"

    def at(self, where: str, thread: str | None = None) -> "Somebody":
        """The same person elsewhere."""
        return replace(self, where=where, thread=thread)

    def being(self, by: Member) -> "Somebody":
        """Somebody else there."""
        return replace(self, by=by)

    def speaking(self, locale: str) -> "Somebody":
        """The same person, whose Teams is in another language."""
        return replace(self, locale=locale)

    async def say(self, text: str) -> Json:
        """Write, with a mention where several read; what was sent."""
        make = message if kind_of(self.where) == "personal" else mention
        return await self.delivered(make(self.teams.service_url, text, **self._here()))

    async def press(self, data: Json, posted: Posted | None = None) -> Json:
        """Press a button of a card, which sends `data`; what was sent."""
        reply_to = posted.id if posted else None
        return await self.delivered(submit(self.teams.service_url, data, reply_to=reply_to, **self._here()))

    async def open(self, data: Json) -> Json:
        """Press a button that opens a dialog: what Teams is answered."""
        return await self.invoke(
            "task/fetch", {"data": {**data, "type": "task/fetch"}, "context": {"theme": "default"}}
        )

    async def send(self, dialog: Json, **typed: str) -> Json:
        """Fill in the form of a dialog and send it: what Teams is answered."""
        return await self.invoke("task/submit", {"data": filled(card_of(dialog), **typed)})

    async def invoke(self, name: str, value: Json, **fields: Any) -> Json:
        """Anything that Teams waits for the answer of."""
        return await self.asked(invoke(self.teams.service_url, name, value, **{**self._here(), **fields}))

    async def asked(self, activity: Json) -> Json:
        """Deliver an invoke: its answer."""
        answer = await post(self.url, activity)
        assert answer.status_code == 200, answer.text
        made: Json = answer.json()
        return made

    async def delivered(self, activity: Json) -> Json:
        """Deliver anything else, perhaps a second time."""
        answer = await post(self.url, activity)
        assert answer.status_code == 202, answer.text
        return activity

    async def shown(self, text: str, *, private: bool | None = None, where: str | None = None) -> Posted:
        """A message of ours that says something, once it is there. `private`: whether this person alone sees it."""
        found: list[Posted] = []

        def look() -> bool:
            found[:] = [one for one in self._messages(where or self.where, private) if one.says(text)]
            return bool(found)

        try:
            await self.teams.until(look)
        except TimeoutError:
            said = [(one.conversation, one.only_for, one.activity) for one in self.teams.posted]
            raise AssertionError(f"nothing says {text!r}: {json.dumps(said, ensure_ascii=False)}") from None
        return found[-1]

    async def settled(self) -> None:
        """Wait until what was delivered before is done: a word that is answered after it."""
        await self.being(ADA).at(PERSONAL).say("ask")
        await self.being(ADA).at(PERSONAL).shown("after /ask")

    def _messages(self, where: str, private: bool | None) -> list[Posted]:
        whole = self.teams.messages(where)
        mine = self.teams.messages(where, only_for=self.by.id)
        return [*whole, *mine] if private is None else mine if private else whole

    def _here(self) -> Json:
        return {"by": self.by, "conversation": self.where, "thread": self.thread, "locale": self.locale}


@dataclass(frozen=True)
class Whole:
    """A house, and Ada at her personal chat with it."""

    built: House
    ada: Somebody

    def answers(self, where: str) -> list[Posted]:
        """The answers in a conversation."""
        return [one for one in self.ada.teams.messages(where) if "csv" in names(one)]


def actor(by: Member = ADA) -> Actor:
    """Somebody as the core knows them."""
    return Actor("teams", TENANT, by.aad, by.name, email=by.email, locale="en-US", timezone="Asia/Seoul")


@asynccontextmanager
async def at_work(teams: FakeConnector, directory: Path, **changes: Any) -> AsyncIterator[Whole]:
    """A house over HTTP that can ask the shop, and Ada."""
    async with over_http(directory, teams, **changes) as (built, url):
        await add_sqlite(built, make_shop(directory / "shop.db"))
        yield Whole(built, Somebody(teams, url))


async def answered(somebody: Somebody, text: str = HOW_MANY) -> Posted:
    """Ask, and wait for the answer."""
    await somebody.say(text)
    return await somebody.shown('"cq": "csv"')


def question_of(posted: Posted) -> str:
    """The id of the question that a message answers, as its buttons carry it."""
    return str(data_of(posted, "csv")["v"])


def every(card: object) -> Iterator[Json]:
    """Every object of a card."""
    if isinstance(card, dict):
        yield card
        for inner in card.values():
            yield from every(inner)
    elif isinstance(card, list):
        for inner in card:
            yield from every(inner)


def data_of(of: Posted | Json, name: str) -> Json:
    """What the button of that name sends."""
    found = [one for one in _sent(of) if one.get("cq") == name]
    assert found, f"no button {name}"
    return found[0]


def names(of: Posted | Json) -> list[str]:
    """The names of all buttons."""
    return [str(one.get("cq")) for one in _sent(of)]


def links(of: Posted | Json) -> list[str]:
    """Where its buttons lead."""
    return [str(one["url"]) for one in every(_cards(of)) if one.get("type") == "Action.OpenUrl"]


def filled(card: Json, **typed: str) -> Json:
    """What a form sends: what stands in its fields, and what is typed over it."""
    (button,) = [one for one in card["actions"] if one["type"] == "Action.Submit"]
    fields = {one["id"]: one.get("value", "") for one in every(card) if str(one.get("type")).startswith("Input.")}
    assert typed.keys() <= fields.keys()
    return {**button["data"], **fields, **typed}


def card_of(dialog: Json) -> Json:
    """The card of a dialog that Teams was answered with, which Teams takes."""
    assert dialog["task"]["type"] == "continue"
    shown = dialog["task"]["value"]
    assert 0 < len(shown["title"]) <= 60 and shown["height"] in ("small", "medium", "large")
    card: Json = shown["card"]["content"]
    assert card_problems(card) == []
    return card


def words(of: Posted | Json) -> str:
    """What a dialog or a message says, as one text."""
    card = of.cards if isinstance(of, Posted) else card_of(of)
    return json.dumps(card, ensure_ascii=False)


def value_of(dialog: Json, field: str) -> str:
    """What stands in a field of a dialog."""
    (found,) = [one for one in every(card_of(dialog)) if one.get("id") == field]
    return str(found.get("value", ""))


def _sent(of: Posted | Json) -> list[Json]:
    return [one["data"] for one in every(_cards(of)) if one.get("type") == "Action.Submit"]


def _cards(of: Posted | Json) -> object:
    return of.cards if isinstance(of, Posted) else of
