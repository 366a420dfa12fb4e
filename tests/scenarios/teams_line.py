"""Somebody at a client of Teams: what they say and press, as Teams delivers it, and what a dialog shows them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx

from adapters.teams.http import PATH
from tests.adapters.teams.activities import invoke, mention, message, submit
from tests.adapters.teams.people import Member, kind_of
from tests.adapters.teams.server import FakeConnector, Posted

Json = dict[str, Any]


@dataclass(frozen=True)
class Hands:
    """One person in one conversation. `http` is open to the house."""

    teams: FakeConnector
    http: httpx.AsyncClient
    by: Member
    locale: str
    where: str
    thread: str | None = None

    def at(self, where: str, thread: str | None = None) -> "Hands":
        """The same person elsewhere."""
        return replace(self, where=where, thread=thread)

    async def say(self, text: str) -> Json:
        """Write, with a mention where several read; what was sent."""
        make = message if kind_of(self.where) == "personal" else mention
        sent = make(self.teams.service_url, text, **self._here)
        await self.deliver(sent)
        return sent

    async def press(self, button: Json, posted: Posted) -> None:
        """Press a button of a card."""
        await self.deliver(submit(self.teams.service_url, button["data"], reply_to=posted.id, **self._here))

    async def open(self, button: Json) -> Json:
        """Press a button that opens a dialog: the dialog's card."""
        assert button["data"]["msteams"] == {"type": "task/fetch"}
        return card_of(await self.invoke("task/fetch", {"data": button["data"]}))

    async def send(self, card: Json, **typed: str) -> Json | None:
        """Fill in the form of a dialog and send it: the card that comes then; None when the dialog closes."""
        (button,) = card["actions"]
        fields = {one["id"]: one.get("value", "") for one in elements(card) if one["type"].startswith("Input.")}
        answer = await self.invoke("task/submit", {"data": {**button["data"], **fields, **typed}})
        return card_of(answer) if answer else None

    async def invoke(self, name: str, value: Json, *, reply_to: str | None = None) -> Json:
        """Anything that Teams waits for the answer of."""
        return await self.deliver(invoke(self.teams.service_url, name, value, reply_to=reply_to, **self._here))

    async def deliver(self, activity: Json) -> Json:
        """Deliver an activity as the Bot Framework does."""
        answer = await self.http.post(PATH, json=activity)
        assert answer.status_code in (200, 202), answer.text
        return dict(answer.json()) if answer.content else {}

    @property
    def _here(self) -> Json:
        return {"by": self.by, "conversation": self.where, "thread": self.thread, "locale": self.locale}


def card_of(answer: Json) -> Json:
    """The card of the dialog that Teams was answered with."""
    return dict(answer["task"]["value"]["card"]["content"])


def elements(shown: Any) -> Iterator[Json]:
    """Every element of a card that is drawn: not what stands in for it elsewhere."""
    if isinstance(shown, list):
        for one in shown:
            yield from elements(one)
    elif isinstance(shown, dict):
        if "type" in shown:
            yield shown
        for key, value in shown.items():
            if key != "fallback":
                yield from elements(value)


def buttons(shown: Any) -> list[Json]:
    """The buttons of a card that send something."""
    return [one for one in elements(shown) if one["type"] == "Action.Submit"]


def named(shown: Any, name: str, value: str | None = None) -> Json:
    """A button by its name, and by what it sends where there are several."""
    found = (one for one in buttons(shown) if one["data"]["cq"] == name)
    return next(one for one in found if value in (None, one["data"]["v"]))
