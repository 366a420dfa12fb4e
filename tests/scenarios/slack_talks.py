"""Talking in Slack: messages in channels, threads and direct messages, and what comes of ours there."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

from adapters.slack.app import Slack
from bot.wiring import House
from core.chat import Actor
from tests.adapters.slack.server import ADA, BOB, BOT, GENERAL, GUEST, TEAM, WITH_GUEST
from tests.adapters.slack.whole import event, post, serving
from tests.local_model import LocalModel
from tests.scenarios.lines import client
from tests.scenarios.slack_line import Line, until_found
from tests.scenarios.slack_view import Json, buttons, is_answer, is_progress, named, shown, words
from tests.scenarios.stage import Able, Person, Stage, Talk, View

_NAMES = {ADA: "ada", BOB: "bob", GUEST: "guest"}
_EMAILS = {ADA: "ada@example.com", BOB: "bob@example.com"}
_CHANNELS = {"room": GENERAL, "outside": WITH_GUEST}
_DONE = {"white_check_mark", "warning"}


class SlackTalks(Stage):
    """The workspace and its people."""

    able = Able(rooms=True, apart=True, commands=True, points=20)

    def __init__(
        self, house: House, model: LocalModel | None, line: Line, door: Slack, accounts: Mapping[Person, str]
    ) -> None:
        super().__init__(house, model)
        self._line = line
        self._door = door
        self._accounts = accounts
        self._last: dict[str, Json] = {}

    def actor(self, who: Person) -> Actor:
        account = self._accounts[who]
        kind: Any = "guest" if account == GUEST else "member"
        return Actor("slack", TEAM, account, self.name(who), _EMAILS.get(account), who.locale, "UTC", kind)

    def name(self, who: Person) -> str:
        return _NAMES[self._accounts[who]]

    # Asking

    async def say(self, who: Person, text: str, talk: Talk) -> View:
        before = await self._stands(who, talk)
        said = await self._said(who, text, talk)

        def is_final(one: Json) -> bool:
            told = "ephemeral_to" in one or (talk.where == "private" and not is_progress(one))
            return told or is_answer(one)

        found = await self._news(who, talk, before, is_final)
        if not is_answer(found):
            return self._view(found)

        async def done() -> bool:
            """The sign at the question comes last, after pictures."""
            return bool(_DONE & await self._line.reactions(talk.channel, said))

        await until_found(done)
        view = self._view(found)
        beside = [one for one in await self._line.ours(found["channel"]) if one.get("thread_ts") == found["thread_ts"]]
        drawn = any(file["name"] == "chart.png" for one in beside for file in one.get("files") or ())
        return View(**{**vars(view), "chart": view.chart or ("picture" if drawn else "")})

    async def start(self, who: Person, text: str, talk: Talk) -> View:
        before = await self._stands(who, talk)
        await self._said(who, text, talk)
        return self._view(await self._news(who, talk, before, lambda one: "stop" in buttons(one)))

    async def stop(self, who: Person, working: View, talk: Talk) -> View:
        before = await self._stands(who, talk) - {working.handle["ts"]}
        return await self._answered(who, talk, before, working, "stop")

    async def deliver_again(self, who: Person, text: str, talk: Talk) -> None:
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        assert self._door.router is not None, "there is a signing secret"
        app.include_router(self._door.router)
        again = event(text, channel=talk.channel, user=self._accounts[who], **self._last[talk.thread])
        async with serving(app) as url, client() as http:
            assert (await post(http, url, again)).status_code == 200

    async def answers(self, who: Person, talk: Talk) -> int:
        return sum(map(is_answer, await self._in(talk)))

    async def read_aloud(self, talk: Talk) -> str:
        return "\n".join(words(one) for one in await self._in(talk) if "ephemeral_to" not in one)

    async def _said(self, who: Person, text: str, talk: Talk) -> str:
        talk.channel = talk.channel or _CHANNELS.get(talk.where) or await self._line.direct(self._accounts[who])
        typed = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if not talk.thread and talk.where != "private":
            typed = f"<@{BOT}> {typed}"
        thread = talk.thread or None
        ts = await self._line.say(talk.channel, typed, user=self._accounts[who], thread=thread)
        talk.thread = talk.thread or ts
        self._last[talk.thread] = {"text": typed, "ts": ts, "thread_ts": thread}
        return ts

    async def _in(self, talk: Talk) -> list[Json]:
        """What we said in a talk."""
        if not talk.channel:
            return []
        return [one for one in await self._line.ours(talk.channel) if one.get("thread_ts") == talk.thread]

    async def _seen(self, who: Person, talk: Talk) -> list[Json]:
        """What somebody sees of ours in a talk, and in their direct messages."""
        account = self._accounts[who]
        direct = await self._line.direct(account)
        found = (await self._in(talk) if talk.channel != direct else []) + await self._line.ours(direct)
        return [one for one in found if one.get("ephemeral_to") in (None, account)]

    async def _stands(self, who: Person, talk: Talk) -> set[str]:
        return {one["ts"] for one in await self._seen(who, talk)}

    async def _news(self, who: Person, talk: Talk, before: set[str], wanted: Callable[[Json], object]) -> Json:
        """The first message that was not there before and is wanted."""

        async def look() -> Json | None:
            found = [one for one in await self._seen(who, talk) if one["ts"] not in before]
            return next(filter(wanted, found), None)

        return await until_found(look)

    def _view(self, message: Json) -> View:
        return shown(message, alone="ephemeral_to" in message or message["channel"] not in (GENERAL, WITH_GUEST))

    async def _answered(
        self, who: Person, talk: Talk, before: set[str], view: View, name: str, value: str = ""
    ) -> View:
        """Press a button that is answered like a question."""
        await self._line.press_in(self._accounts[who], view.handle, named(view.handle, name, value))
        found = await self._news(who, talk, before, lambda one: is_answer(one) or "ephemeral_to" in one)
        return self._view(found)
