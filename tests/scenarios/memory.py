"""The scenarios without a platform: the core is asked directly, and what it says is shown as it is."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Literal

from bot.wiring import House
from core.ask.present.use import dashboard_reply
from core.chat import (
    Actions,
    Actor,
    Chart,
    Choices,
    Facts,
    Notice,
    Place,
    Question,
    Reply,
    Sql,
    Step,
    Table,
    Text,
)
from core.errors import ColloqueryError
from core.export.csv_file import csv_chunks
from core.export.excel import workbook
from core.figures import LimitChange
from core.locale import error_words
from core.locale.format import cell_formatter
from core.saved import TemplateEdit
from tests.houses import open_house, settings_for
from tests.local_model import LocalModel
from tests.scenarios.stage import Able, Person, Stage, Talk, Told, Use, View
from tests.scenarios.world import Scenario, World, modelled, settings_of

_ROLES = {"administrator": "U1", "viewer": "U2", "Korean speaker": "U3", "guest": "U4"}
_READERS: dict[str, Any] = {"private": "alone", "room": "team", "outside": "outsiders"}

_numbers = count(1)


class Memory(Stage):
    """A house whose only door is the tests' own."""

    able = Able(rooms=True, apart=False, commands=False)

    def __init__(self, house: House, model: LocalModel | None) -> None:
        super().__init__(house, model)
        self._last: dict[str, Question] = {}
        self._answers: dict[str, list[View]] = {}

    def actor(self, who: Person) -> Actor:
        account = _ROLES[who.role]
        kind: Any = "guest" if who.role == "guest" else "member"
        email = None if kind == "guest" else f"{account.lower()}@example.com"
        return Actor("memory", "T1", account, self.name(who), email, who.locale, "UTC", kind)

    def name(self, who: Person) -> str:
        return f"The {who.role}"

    # Asking

    async def say(self, who: Person, text: str, talk: Talk) -> View:
        return await self._asked(self._question(who, text, talk), talk)

    async def start(self, who: Person, text: str, talk: Talk) -> View:
        asked = self._question(who, text, talk)
        accepted = await self.house.service.accept(asked)
        async for item in self.house.service.follow(accepted.question_id, asked.actor):
            if isinstance(item, Step) and item.kind == "running":
                return View(item.text, buttons=("stop",), handle=accepted.question_id)
        raise AssertionError("it was answered before it could be stopped")

    async def stop(self, who: Person, working: View, talk: Talk) -> View:
        assert await self.house.service.stop(working.handle, self.actor(who))
        return await self._followed(working.handle, self.actor(who), talk)

    async def deliver_again(self, who: Person, text: str, talk: Talk) -> None:
        accepted = await self.house.service.accept(self._last[talk.thread])
        assert not accepted.new

    async def answers(self, who: Person, talk: Talk) -> int:
        place = self._question(who, "", talk).place
        return len(await self.house.service.history(self.actor(who), place))

    async def read_aloud(self, talk: Talk) -> str:
        return "\n".join(view.text for view in self._answers.get(talk.thread, ()) if not view.alone)

    def _question(self, who: Person, text: str, talk: Talk) -> Question:
        talk.thread = talk.thread or f"t{next(_numbers)}"
        place = Place("memory", "T1", "C1", talk.thread, _READERS[talk.where])
        return Question(self.actor(who), place, f"m{next(_numbers)}", text, datetime.now(UTC))

    async def _asked(self, asked: Question, talk: Talk) -> View:
        self._last[talk.thread] = asked
        try:
            accepted = await self.house.service.accept(asked)
        except ColloqueryError as error:
            return View(" ".join(error_words(asked.actor.locale, error)))
        return await self._followed(accepted.question_id, asked.actor, talk)

    async def _followed(self, question_id: str, actor: Actor, talk: Talk) -> View:
        async for item in self.house.service.follow(question_id, actor):
            if isinstance(item, Reply):
                view = shown(item, alone=talk.where == "private")
                self._answers.setdefault(talk.thread, []).append(view)
                return view
        raise AssertionError("a question that is followed ends in a reply")

    # Afterwards

    async def sql(self, who: Person, view: View) -> str:
        return str((await self._done(who, self.house.service.sql_of(_id(view), self.actor(who)))).text)

    async def explain(self, who: Person, view: View) -> View:
        try:
            return shown(await self._done(who, self.house.service.explain(_id(view), self.actor(who))), alone=True)
        except Told as told:
            return View(told.text)

    async def export(self, who: Person, view: View, kind: Literal["csv", "excel"]) -> bytes:
        text, table, sql, facts = await self._done(who, self.house.service.table_of(_id(view), self.actor(who)))
        if kind == "csv":
            return b"".join(csv_chunks(table))
        return workbook(table, sql.text, facts, who.locale, question=text)

    async def judge(self, who: Person, view: View, good: bool, reason: str = "") -> None:
        await self._done(who, self.house.service.feedback(_id(view), self.actor(who), good, reason))

    async def edit(self, who: Person, view: View, sql: str, talk: Talk) -> View:
        accepted = await self._done(who, self.house.service.rerun(_id(view), self._question(who, sql, talk)))
        return await self._followed(accepted.question_id, self.actor(who), talk)

    async def choose(self, who: Person, view: View, label: str, talk: Talk) -> View:
        value = next(one.value for one in view.handle.parts[0].options if one.label == label)
        chosen = await self._done(who, self.house.service.chosen(_id(view), self.actor(who), value))
        return await self._asked(replace(chosen, message=f"m{next(_numbers)}"), talk)

    async def not_meant(self, who: Person, view: View, talk: Talk) -> View:
        asked = self._question(who, "", talk)
        fresh = await self._done(who, self.house.service.saved.fresh(self.actor(who), _id(view), asked))
        return await self._asked(fresh, talk)

    # Templates

    async def keep(self, who: Person, view: View, template: TemplateEdit) -> None:
        saved = self.house.service.saved
        before = await self._done(who, saved.draft(self.actor(who), _id(view)))
        await self._done(who, saved.keep(self.actor(who), replace(template, connection=before.connection)))

    async def templates(self, who: Person) -> tuple[str, ...]:
        return tuple(one.name for one in await self._done(who, self.house.service.saved.all(self.actor(who))))

    async def run_template(self, who: Person, name: str, values: Mapping[str, str], talk: Talk) -> View:
        saved, actor = self.house.service.saved, self.actor(who)
        (found,) = [one for one in await saved.all(actor) if one.name == name]
        asked = await self._done(who, saved.question(actor, found.id, values, self._question(who, "", talk)))
        return await self._asked(asked, talk)

    # Use and connections

    async def use(self, who: Person) -> Use:
        hour = (await self.house.service.usage.windows(self.actor(who)))[0]
        return Use(hour.used, hour.limit)

    async def use_of_all(self, who: Person) -> str:
        board = await self._done(who, self.house.service.usage.dashboard(self.actor(who)))
        return shown(dashboard_reply(board, who.locale), alone=True).text

    async def limit_everybody(self, who: Person, hour: int) -> None:
        change = LimitChange("everyone", "", hour, None, None)
        await self._done(who, self.house.service.usage.set_limits(self.actor(who), change))

    async def ask_by_default(self, who: Person, connection: str) -> None:
        sources, actor = self.house.service.sources, self.actor(who)
        (found,) = [one for one in await sources.all(actor) if one.name == connection]
        await self._done(who, sources.choose(actor, found.id))

    async def _done(self, who: Person, work: Any) -> Any:
        try:
            return await work
        except ColloqueryError as error:
            raise Told(" ".join(error_words(who.locale, error))) from None


def _id(view: View) -> str:
    return str(view.handle.question_id)


def shown(reply: Reply, *, alone: bool) -> View:
    """A reply as somebody would see it."""
    said: list[str] = []
    found: dict[str, Any] = {}
    for part in reply.parts:
        match part:
            case Text():
                said.append(part.text)
            case Notice():
                said += [part.text, part.hint]
            case Table():
                forms = [cell_formatter(reply.locale, one.kind, one.name) for one in part.columns]
                header = tuple(one.name for one in part.columns)
                rows = tuple(tuple(form(cell) for form, cell in zip(forms, row, strict=True)) for row in part.rows)
                said += ["\n".join(" ".join(row) for row in (header, *rows))]
                found |= {"header": header, "rows": rows}
            case Chart():
                said.append(part.title)
                found["chart"] = part.kind
            case Facts():
                found["facts"] = {fact.label: fact.value for fact in part.items}
                said += [f"{fact.label}: {fact.value}" for fact in part.items]
            case Choices():
                said.append(part.prompt)
                found["choices"] = tuple(one.label for one in part.options)
            case Actions():
                found["buttons"] = tuple(one.name for one in part.items)
            case Sql():
                pass  # folded away until it is asked for
    return View("\n".join(filter(None, said)), alone=alone, handle=reply, **found)


@asynccontextmanager
async def memory(scenario: Scenario, world: World, directory: Path) -> AsyncIterator[Stage]:
    """The stage."""
    with modelled(scenario) as model:
        settings = settings_for(directory, **settings_of(scenario, model, ("memory:T1:U1",)))
        async with open_house(settings) as house:
            await world.furnish(house, scenario)
            yield Memory(house, model)
