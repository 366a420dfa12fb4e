"""The scenarios in Slack: a local Slack server, its people's buttons, commands and forms, and what they get of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

from adapters.slack.app import Slack
from adapters.slack.settings import SlackSettings
from core.ask.service import Deliver
from core.locale import say
from core.saved import TemplateEdit
from core.templates.notation import print_parameters
from tests.adapters.slack.people import Page, page
from tests.adapters.slack.proxy import proxied
from tests.adapters.slack.server import ADA, APP_TOKEN, BOB, BOT_TOKEN, GUEST, SIGNING_SECRET, TEAM, LocalSlack
from tests.houses import open_house, settings_for
from tests.scenarios.reading import hour_in
from tests.scenarios.slack_line import line_to, until_found
from tests.scenarios.slack_talks import SlackTalks
from tests.scenarios.slack_view import Json, entries, is_answer, named, preformatted, words
from tests.scenarios.stage import Person, Stage, Talk, Told, Use, View
from tests.scenarios.world import Scenario, World, cast_as, modelled, settings_of


class SlackStage(SlackTalks):
    """The workspace and its people."""

    async def sql(self, who: Person, view: View) -> str:
        return preformatted((await self._pressed(who, view, "show_sql")).handle)

    async def explain(self, who: Person, view: View) -> View:
        return await self._pressed(who, view, "explain")

    async def _pressed(self, who: Person, view: View, name: str) -> View:
        """Press a button; what is shown of it to whoever pressed."""
        talk = _talk_of(view)
        before = await self._stands(who, talk)
        await self._line.press_in(self._accounts[who], view.handle, named(view.handle, name))
        return self._view(await self._news(who, talk, before, lambda one: True))

    async def export(self, who: Person, view: View, kind: Literal["csv", "excel"]) -> bytes:
        talk = _talk_of(view)
        before = await self._stands(who, talk)
        await self._line.press_in(self._accounts[who], view.handle, named(view.handle, kind))
        found = await self._news(who, talk, before, lambda one: one.get("files") or "ephemeral_to" in one)
        if not found.get("files"):
            raise Told(words(found))
        (file,) = found["files"]
        assert file["name"].endswith({"csv": ".csv", "excel": ".xlsx"}[kind])
        return await self._line.content(file)

    async def judge(self, who: Person, view: View, good: bool, reason: str = "") -> None:
        talk, account = _talk_of(view), self._accounts[who]
        before = await self._stands(who, talk)
        thumbs = named(view.handle, "feedback")
        value = thumbs["positive_button" if good else "negative_button"]["value"]
        if good:
            await self._line.press_in(account, view.handle, thumbs, {"value": value})
            found = await self._news(who, talk, before, lambda one: True)
            if say(who.locale, "chat.feedback.thanks") not in words(found):
                raise Told(words(found))
            return
        async with page(self._line) as opened:
            await self._line.press_in(account, view.handle, thumbs, {"value": value})
            await opened.submit(reason, user=account)

    async def edit(self, who: Person, view: View, sql: str, talk: Talk) -> View:
        before = await self._stands(who, talk)
        async with page(self._line) as opened:
            await self._line.press_in(self._accounts[who], view.handle, named(view.handle, "edit"))
            await opened.submit(sql, user=self._accounts[who])
        return self._view(await self._news(who, talk, before, is_answer))

    async def choose(self, who: Person, view: View, label: str, talk: Talk) -> View:
        before = await self._stands(who, talk)
        chosen = next(
            one["value"] for block in view.handle["blocks"] for one in block.get("elements", ())
            if one.get("action_id", "").startswith("cq_choose") and one["text"]["text"] == label
        )  # fmt: skip
        return await self._answered(who, talk, before, view, "choose", chosen)

    async def not_meant(self, who: Person, view: View, talk: Talk) -> View:
        return await self._answered(who, talk, await self._stands(who, talk), view, "not_meant")

    # Templates

    async def keep(self, who: Person, view: View, template: TemplateEdit) -> None:
        typed = {
            "cq_name": template.name,
            "cq_question": template.question,
            "cq_sql": template.sql,
            "cq_parameters": print_parameters(template.parameters, who.locale),
        }
        kept = say(who.locale, "chat.template.kept", name=template.name)
        async with page(self._line) as opened:
            await self._line.press_in(self._accounts[who], view.handle, named(view.handle, "save_template"))
            await self._fill(who, opened, "cq_keep_template", typed)
            await until_found(lambda: _there(opened.errors or kept in str(opened.modals)))
            if opened.errors:
                raise Told(" ".join(opened.errors.values()))

    async def _fill(self, who: Person, opened: Page, callback_id: str, typed: Mapping[str, str]) -> None:
        """Type into a form, once it is open, and send it."""

        async def look() -> Json | None:
            top = opened.modals[-1] if opened.modals else {}
            return top if top.get("callback_id") == callback_id else None

        view = await until_found(look)
        values = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                stands = {"value": element.get("initial_value"), "selected_option": element.get("initial_option")}
                new = typed.get(block["block_id"])
                if new is not None and "options" in element:
                    stands["selected_option"] = next(one for one in element["options"] if one["value"] == new)
                elif new is not None:
                    stands["value"] = new
                values[block["block_id"]] = {"cq_text": {"type": element["type"], **stands}}
        await opened.send(values, user=self._accounts[who])

    async def templates(self, who: Person) -> tuple[str, ...]:
        return tuple(name for name, _ in entries((await self._commanded(who, "/templates")).handle))

    async def run_template(self, who: Person, name: str, values: Mapping[str, str], talk: Talk) -> View:
        listed = (await self._commanded(who, "/templates")).handle
        line = dict(entries(listed))[name]
        before = await self._stands(who, talk)
        async with page(self._line) as opened:
            if values:
                await self._line.press_in(self._accounts[who], line, named(line, "template_form"))
                typed = {f"cq_value:{name}": value for name, value in values.items()}
                await self._fill(who, opened, "cq_run_template", typed)
            else:
                await self._line.press_in(self._accounts[who], line, named(line, "template"))
            found = await self._news(who, talk, before, is_answer)
        talk.channel, talk.thread = found["channel"], found["thread_ts"]
        return self._view(found)

    # Use and connections

    async def use(self, who: Person) -> Use:
        return hour_in((await self._commanded(who, "/usage")).text)

    async def use_of_all(self, who: Person) -> str:
        return (await self._commanded(who, "/usage", "all")).text

    async def limit_everybody(self, who: Person, hour: int) -> None:
        try:
            await self._commanded(who, "/usage", f"limit everyone hour {hour}")
        except Told as told:
            if say(who.locale, "chat.limits.set") not in told.text:
                raise

    async def ask_by_default(self, who: Person, connection: str) -> None:
        listed = (await self._commanded(who, "/connections")).handle
        line = dict(entries(listed))[connection]
        menu = named(line, "connection_menu")
        chosen = next(one for one in menu["options"] if one["value"].startswith("default|"))
        before = await self._stands(who, Talk())
        await self._line.press_in(self._accounts[who], line, menu, {"selected_option": chosen})
        found = await self._news(who, Talk(), before, lambda one: True)
        if say(who.locale, "chat.connection.chosen", name=connection) not in words(found):
            raise Told(words(found))

    async def _commanded(self, who: Person, command: str, text: str = "") -> View:
        """Give a command in the direct messages; what is shown. What has no blocks is a plain sentence."""
        account, talk = self._accounts[who], Talk()
        before = await self._stands(who, talk)
        await self._line.command(await self._line.direct(account), command, text, user=account)
        found = await self._news(who, talk, before, lambda one: True)
        if not found.get("blocks"):
            raise Told(words(found))
        return self._view(found)


def _talk_of(view: View) -> Talk:
    return Talk(thread=view.handle.get("thread_ts") or "", channel=view.handle["channel"])


async def _there(found: object) -> bool:
    return bool(found)


@asynccontextmanager
async def slack(scenario: Scenario, world: World, directory: Path, server: LocalSlack) -> AsyncIterator[Stage]:
    """The stage: a house in Socket Mode, which takes signed HTTP, too."""
    accounts = cast_as(scenario, ADA, BOB, GUEST)
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(line_to(server))
        proxy = await stack.enter_async_context(proxied(server.url))
        proxy.people = {GUEST: {"is_restricted": True}}
        proxy.people |= {
            account: {"locale": f"{who.locale}-KR"} for who, account in accounts.items() if who.locale == "ko"
        }
        model = stack.enter_context(modelled(scenario))
        settings = settings_for(directory, **settings_of(scenario, model, (f"slack:{TEAM}:{ADA}",)))
        told = SlackSettings(BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SIGNING_SECRET, api_url=proxy.api_url)
        door = Slack(told)
        doors: dict[str, Deliver | None] = {"slack": door.deliver}
        house = await stack.enter_async_context(open_house(settings, doors, {"slack": door.announcer}))
        await world.furnish(house, scenario)
        await stack.enter_async_context(door.opened(house.service))
        yield SlackStage(house, model, line, door, accounts)
