"""What somebody does in Teams, button by button, and what they see of it: over HTTP, with a whole house behind."""

import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.adapters.teams.activities import activity, invoke, mention, message, submit
from tests.adapters.teams.payloads import activity_problems, card_problems
from tests.adapters.teams.payloads import shown as words
from tests.adapters.teams.people import ADA, BOT, PERSONAL, Json, Member, kind_of
from tests.adapters.teams.server import FakeConnector, Posted
from tests.adapters.teams.whole import post

PARTS = frozenset(
    {"type", "text", "textFormat", "summary", "attachments", "entities", "channelData", "suggestedActions"}
)
"""What of a posted activity is ours; the rest is its address."""


def objects(node: object) -> Iterator[Json]:
    """Every object in a card."""
    if isinstance(node, Mapping):
        yield dict(node)
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for value in node:
            yield from objects(value)


def buttons(card: object) -> list[Json]:
    """What the buttons of a card send."""
    return [node["data"] for node in objects(card) if node.get("type") == "Action.Submit"]


def button(card: object, name: str, value: str | None = None) -> Json:
    """What the first button of that name sends."""
    return next(one for one in buttons(card) if one["cq"] == name and value in (None, one["v"]))


def fields(card: object) -> dict[str, Json]:
    """The fields of a form, by their ids."""
    return {str(node["id"]): node for node in objects(card) if str(node.get("type")).startswith("Input.")}


@dataclass(frozen=True)
class Hands:
    """One person in one conversation."""

    url: str
    teams: FakeConnector
    by: Member = ADA
    where: str = PERSONAL
    locale: str = "en-US"

    def elsewhere(self, where: str, **changes: Any) -> "Hands":
        """The same in another conversation."""
        return replace(self, where=where, **changes)

    def being(self, by: Member) -> "Hands":
        """Somebody else there."""
        return replace(self, by=by)

    def speaking(self, locale: str) -> "Hands":
        """The same person, whose Teams is in another language."""
        return replace(self, locale=locale)

    async def say(self, text: str, **fields: Any) -> None:
        """Write something to us."""
        write = message if kind_of(self.where) == "personal" else mention
        await self._deliver(write(self.teams.service_url, text, **self._here(fields)))

    async def say_of(self, member: Member, text: str) -> None:
        """Write something to us in which "@" is somebody, mentioned by Teams' own means."""
        named = [(BOT, "Colloquery"), (member.id, member.name)]
        written = f"<at>Colloquery</at> {text.replace('@', f'<at>{member.name}</at>')}"
        mentions = [
            {"type": "mention", "mentioned": {"id": one, "name": name}, "text": f"<at>{name}</at>"}
            for one, name in named
        ]
        fields = self._here({"text": written, "textFormat": "plain", "attachments": [], "entities": mentions})
        await self._deliver(activity(self.teams.service_url, "message", **fields))

    async def press(self, data: Json) -> None:
        """Press a button that does something."""
        assert "msteams" not in data, "this one opens a dialog"
        await self._deliver(submit(self.teams.service_url, data, **self._here({})))

    async def open(self, data: Json) -> Json:
        """Press a button that opens a dialog: its card."""
        assert data["msteams"] == {"type": "task/fetch"}
        return self._card(await self._asked("task/fetch", data))

    async def send(self, card: Json, **typed: str) -> Json | None:
        """Send the form of a dialog with what stands in it and what is typed over it: the card that comes then, None
        when the dialog closes.
        """
        standing = {name: one["value"] for name, one in fields(card).items() if "value" in one}
        assert typed.keys() <= fields(card).keys()
        answer = await self._asked("task/submit", standing | typed | buttons(card)[-1])
        return self._card(answer) if answer else None

    async def sees(self, containing: str, *, times: int = 1) -> Posted:
        """What they alone see that says something, once it is there; Teams takes it."""

        def found() -> list[Posted]:
            return [one for one in self.seen() if containing in said(one)]

        try:
            await self.until(lambda: len(found()) >= times)
        except TimeoutError:
            raise AssertionError(f"{containing!r} is not in {[said(one) for one in self.seen()]}") from None
        posted = found()[-1]
        ours = {name: value for name, value in posted.activity.items() if name in PARTS}
        if "textFormat" in ours and ours.get("text"):
            assert activity_problems(ours) == []
        for card in posted.cards:
            assert card_problems(card) == []
        return posted

    def seen(self) -> list[Posted]:
        """What stands in their personal chat, or is shown to them alone elsewhere."""
        alone = kind_of(self.where) == "personal"
        return self.teams.messages(self.where, only_for=None if alone else self.by.id)

    async def until(self, look: Callable[[], object]) -> None:
        """Wait until there is something to see."""
        await self.teams.until(look)

    def _here(self, fields: Json) -> Json:
        return {"by": self.by, "conversation": self.where, "locale": self.locale, **fields}

    async def _deliver(self, activity: Json) -> None:
        assert (await post(self.url, activity)).status_code == 202

    async def _asked(self, name: str, data: Json) -> Json:
        value = {"data": data, "context": {"theme": "default"}}
        answer = await post(self.url, invoke(self.teams.service_url, name, value, **self._here({})))
        assert answer.status_code == 200
        made: Json = answer.json()
        return made

    def _card(self, answer: Json) -> Json:
        assert answer["task"]["type"] == "continue"
        shown = answer["task"]["value"]
        assert 0 < len(shown["title"]) <= 60
        card: Json = shown["card"]["content"]
        assert card_problems(card) == []
        return card


def said(posted: Posted) -> str:
    """Everything that a message says."""
    return html.unescape(" ".join([posted.text, *map(words, posted.cards)])).replace("\u2060", "").replace("\\", "")


def data_in(posted: Posted) -> str:
    """The cards of a message as JSON."""
    return json.dumps(posted.cards, ensure_ascii=False)
