"""The scenarios in Teams: a local Bot Connector, its people's buttons, words and dialogs, and what they get of them."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

from adapters.teams.template_dialogs import field_of
from core.ids import new_id
from core.locale import say
from core.saved import TemplateEdit
from core.templates.notation import print_parameters
from tests.adapters.slack.people import until
from tests.adapters.teams.people import ADA, BOB, GUEST, TENANT
from tests.adapters.teams.server import connector
from tests.adapters.teams.whole import over_http
from tests.scenarios.lines import client
from tests.scenarios.reading import hour_in
from tests.scenarios.stage import Person, Stage, Talk, Told, Use, View
from tests.scenarios.teams_line import buttons, named
from tests.scenarios.teams_talks import PERSONAL_GUEST, SECONDS, TeamsTalks
from tests.scenarios.teams_view import code, consent, entry, titles, words, words_of
from tests.scenarios.world import Scenario, World, cast_as, modelled, settings_of


class TeamsStage(TeamsTalks):
    """The tenant and its people."""

    async def sql(self, who: Person, view: View) -> str:
        return code(view.handle)

    async def explain(self, who: Person, view: View) -> View:
        return await self._pressed(who, view, "explain")

    async def export(self, who: Person, view: View, kind: Literal["csv", "excel"]) -> bytes:
        before = self._stands()
        await self._at(who, view.handle).press(named(view.handle.cards, kind), view.handle)
        asked = await self._posted(who, before, lambda one: bool(consent(one)) or bool(one.only_for))
        offered = consent(asked)
        if offered is None:
            raise Told(words(asked))
        name = f"{new_id()}-{offered['name']}".replace(" ", "-")
        place = f"{self._teams.url}/upload/{name}"
        upload = {"contentUrl": place, "name": name, "uploadUrl": place, "uniqueId": "1", "fileType": kind}
        value = {
            "type": "fileUpload",
            "action": "accept",
            "context": offered["content"]["acceptContext"],
            "uploadInfo": upload,
        }
        await self._hands(who).invoke("fileConsent/invoke", value, reply_to=asked.id)
        await self._teams.until(lambda: name in self._teams.uploads, SECONDS)
        return self._teams.uploads[name]

    async def judge(self, who: Person, view: View, good: bool, reason: str = "") -> None:
        before = self._stands()
        verdict = {"reaction": "like" if good else "dislike", "feedback": json.dumps({"feedbackText": reason})}
        value = {"actionName": "feedback", "actionValue": verdict}
        await self._at(who, view.handle).invoke("message/submitAction", value, reply_to=view.handle.id)

        async def kept() -> bool:
            told = [one for one in self._teams.posted if one.id not in before]
            assert not told, words(told[0])
            return (good, reason) in await self.verdicts()

        await until(kept, SECONDS)

    async def edit(self, who: Person, view: View, sql: str, talk: Talk) -> View:
        before, hands = self._stands(), self._at(who, view.handle)
        dialog = await hands.open(named(view.handle.cards, "edit"))
        assert await hands.send(dialog, sql=sql) is None
        return await self._news(who, before, self._is_final)

    async def choose(self, who: Person, view: View, label: str, talk: Talk) -> View:
        chosen = next(one["data"]["v"] for one in buttons(view.handle.cards) if one["title"] == label)
        return await self._pressed(who, view, "choose", chosen)

    async def not_meant(self, who: Person, view: View, talk: Talk) -> View:
        return await self._pressed(who, view, "not_meant")

    # Templates

    async def keep(self, who: Person, view: View, template: TemplateEdit) -> None:
        hands = self._at(who, view.handle)
        dialog = await hands.open(named(view.handle.cards, "save_template"))
        typed = {"name": template.name, "question": template.question, "sql": template.sql}
        kept = await hands.send(dialog, **typed, parameters=print_parameters(template.parameters, who.locale))
        assert kept is not None, "it says what came of it"
        if say(who.locale, "chat.template.kept", name=template.name) not in words_of(kept):
            raise Told(words_of(kept))

    async def templates(self, who: Person) -> tuple[str, ...]:
        return titles((await self._commanded(who, "templates")).handle)

    async def run_template(self, who: Person, name: str, values: Mapping[str, str], talk: Talk) -> View:
        listed = (await self._commanded(who, "templates")).handle
        before, hands, line = self._stands(), self._at(who, listed), entry(listed, name)
        if values:
            dialog = await hands.open(named(line, "template_form"))
            await hands.send(dialog, **{field_of(name): value for name, value in values.items()})
        else:
            await hands.press(named(line, "template"), listed)
        return await self._news(who, before, self._is_final)

    # Use and connections

    async def use(self, who: Person) -> Use:
        return hour_in((await self._commanded(who, "usage")).text)

    async def use_of_all(self, who: Person) -> str:
        posted = (await self._commanded(who, "usage all")).handle
        return f"{words(posted)} {json.dumps(posted.cards, ensure_ascii=False)}"

    async def limit_everybody(self, who: Person, hour: int) -> None:
        try:
            await self._commanded(who, f"usage limit everyone hour {hour}")
        except Told as told:
            if say(who.locale, "chat.limits.set") not in told.text:
                raise

    async def ask_by_default(self, who: Person, connection: str) -> None:
        listed = (await self._commanded(who, "connections")).handle
        line = entry(listed, connection)
        chosen = next(one for one in line["items"][-1]["actions"] if str(one["data"]["v"]).startswith("default|"))
        before = self._stands()
        await self._at(who, listed).press(chosen, listed)
        told = await self._posted(who, before, self._is_final)
        if say(who.locale, "chat.connection.chosen", name=connection) not in words(told):
            raise Told(words(told))

    async def _commanded(self, who: Person, text: str) -> View:
        """Say a command in the personal chat; what is shown. What has no card is a plain sentence."""
        before = self._stands()
        await self._hands(who).say(text)
        view = await self._news(who, before, self._is_final)
        if not view.handle.cards:
            raise Told(view.text)
        return view


@asynccontextmanager
async def teams(scenario: Scenario, world: World, directory: Path) -> AsyncIterator[Stage]:
    """The stage."""
    accounts = cast_as(scenario, ADA, BOB, GUEST)
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(connector())
        made.rosters[PERSONAL_GUEST] = [GUEST]
        model = stack.enter_context(modelled(scenario))
        settings = settings_of(scenario, model, (f"teams:{TENANT}:{ADA.aad}",))
        house, url = await stack.enter_async_context(over_http(directory, made, **settings))
        await world.furnish(house, scenario)
        http = await stack.enter_async_context(client(url))
        yield TeamsStage(house, model, made, http, accounts)
