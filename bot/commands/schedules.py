"""`colloquery schedules`: questions that are asked again and again, at the machine itself."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from adapters.http.settings import HttpSettings
from adapters.terminal.here import whoever
from bot.commands.common import default_language, run
from bot.doors import slack, teams
from bot.settings import load
from bot.wiring import House
from core.ask.present.schedule_words import lines_of
from core.ask.present.visible import one_line
from core.chat import Actor, Place, Question
from core.errors import BadEdit
from core.ids import new_id
from core.locale import say
from core.scheduled import ScheduleView

app = typer.Typer(help="Questions that are asked again and again.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Its id, or the beginning of it, as it is listed; or its question.")]
Language = Annotated[str, typer.Option("--lang", help="en or ko; the terminal's own when absent.")]


@app.command("list")
def list_all(
    everybodys: Annotated[bool, typer.Option("--all", help="Everybody's.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Language = "",
) -> None:
    """List your scheduled questions, those that come next first."""
    actor = whoever(lang or default_language())

    async def work(house: House) -> tuple[ScheduleView, ...]:
        return await house.service.schedules.all(actor, everybodys=everybodys)

    found = run(work)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1, default=str))
    for one in () if as_json else found:
        _print(one, actor)
    if not found and not as_json:
        typer.echo(say(actor.locale, "schedule.none"))


@app.command("add")
def add(
    question: Annotated[str, typer.Argument(help="In English or Korean; or one SELECT.")],
    when: Annotated[
        str, typer.Option("--when", "-w", help='"every weekday at 9", "on the 1st of each month at 8", "매일 9시"…')
    ],
    condition: Annotated[
        str, typer.Option("--if", help='Post it only then: "changed", "any rows", "no rows", "orders < 100"…')
    ] = "",
    to: Annotated[
        str | None, typer.Option(help="Platform, workspace and channel, as slack:T0123:C0123; else a talk at the page.")
    ] = None,
    connection: Annotated[str | None, typer.Option("--connection", "-c", help="Which database.")] = None,
    lang: Language = "",
) -> None:
    """Schedule a question. The serving process asks it and posts its answer."""
    actor = whoever(lang or default_language())
    place = _page() if to is None else _place(to)

    async def work(house: House) -> ScheduleView:
        asked = Question(actor, place, new_id(), question, datetime.now(UTC), connection)
        return await house.service.schedules.make(asked, when, condition)

    settings = load()
    doors = {"slack": slack(settings), "teams": teams(settings)}
    announcers = {name: door.announcer for name, door in doors.items() if door is not None}
    _print(run(work, settings, announcers=announcers), actor)


@app.command("pause")
def pause(schedule: Id, lang: Language = "") -> None:
    """Ask it no more until it is resumed."""
    _do("pause", schedule, lang)


@app.command("resume")
def resume(schedule: Id, lang: Language = "") -> None:
    """Ask it again, from its next moment on."""
    _do("resume", schedule, lang)


@app.command("run")
def run_now(schedule: Id, lang: Language = "") -> None:
    """Have the serving process ask it now, too."""
    _do("run", schedule, lang)


@app.command("delete")
def delete(schedule: Id, lang: Language = "") -> None:
    """Delete it."""
    actor = whoever(lang or default_language())

    async def work(house: House) -> str:
        return await house.service.schedules.delete(actor, await _id(house, actor, schedule))

    typer.echo(say(actor.locale, "schedule.deleted", title=one_line(run(work))))


def _do(what: str, schedule: str, lang: str) -> None:
    actor = whoever(lang or default_language())

    async def work(house: House) -> ScheduleView:
        desk = house.service.schedules
        todo = {"pause": desk.pause, "resume": desk.resume, "run": desk.run}[what]
        return await todo(actor, await _id(house, actor, schedule))

    _print(run(work), actor)


async def _id(house: House, actor: Actor, named: str) -> str:
    """The id of the one whose id begins so, or whose question is this one. Raises `BadEdit` where it is not one."""
    wanted = named.strip()
    listed = await house.service.schedules.all(actor, everybodys=True)
    found = [one.id for one in listed if wanted and (one.id.startswith(wanted) or one.title == wanted)]
    if len(found) != 1:
        raise BadEdit("schedule.which", number=len(found))
    return found[0]


def _page() -> Place:
    """A conversation of its own of the owner of this machine at the page."""
    owner = HttpSettings().person
    return Place(owner.platform, owner.workspace, owner.id, new_id())


def _place(text: str) -> Place:
    parts = text.split(":", 2)  # what follows is the channel, which in Teams has colons of its own
    if len(parts) != 3 or not all(parts):
        raise BadEdit("schedule.place", place=text[:100])
    platform, workspace, channel = parts
    return Place(platform, workspace, channel, thread="", readers="team")


def _print(one: ScheduleView, actor: Actor) -> None:
    typer.echo(f"{one.id[:8]}  {one_line(one.title)}")
    for line in lines_of(one, actor):
        typer.echo(f"    {one_line(line)}")
