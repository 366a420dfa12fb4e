"""`colloquery jobs`: the recurring work of a serving process, shown and done by hand."""

from datetime import datetime
from typing import Annotated

import typer

from bot.commands.common import default_language, run
from bot.demo import operator
from bot.wiring import House
from core.errors import BadEdit, ColloqueryError
from core.locale import format_date, format_number, say
from core.records import JobDone, JobLine

app = typer.Typer(help="Recurring work: what it did last, and doing it by hand.", no_args_is_help=True)

_OF_SERVING = frozenset({"recover_questions", "send_announcements", "run_schedules"})
"""They post in chats, where only a serving process is. Here they would do nothing, and say that it is done."""


@app.command("list")
def listed() -> None:
    """Show every job, how its last run went, and when the next is due."""
    language = default_language()

    async def work(house: House) -> None:
        zone = house.settings.timezone
        for one in await house.service.jobs.list(operator(language)):
            typer.echo(f"{one.name}  {one.words}")
            typer.echo(f"    {_state(one, language, zone)}")

    run(work)


@app.command("run")
def do(name: Annotated[str, typer.Argument(help="As “colloquery jobs list” names it.")]) -> None:
    """Do one now, unless another process is at it."""
    if name in _OF_SERVING:
        raise BadEdit("job.of_serving", name=name)

    async def work(house: House) -> JobDone:
        return await house.service.jobs.run(operator(default_language()), name)

    done = run(work)
    if done.outcome == "failed":
        raise ColloqueryError(done.problem)
    typer.echo(f"{name}: {done.text}")


def _state(one: JobLine, language: str, zone: str) -> str:
    def moment(at: datetime) -> str:
        return format_date(language, at, zone)

    last = one.last
    if last is None:
        told = [say(language, "jobs.never")]
    elif last.problem:
        told = [say(language, "jobs.failed", at=moment(last.at), why=last.why)]
    else:
        count, ms = format_number(language, last.count), format_number(language, last.milliseconds)
        told = [say(language, "jobs.ran", at=moment(last.at), count=count, ms=ms)]
    if last is not None and last.process:
        told.append(say(language, "jobs.by", process=last.process))
    if one.is_overdue:
        told.append(say(language, "jobs.overdue"))
    told += [say(language, "jobs.next", at=moment(one.next_at)), one.every]
    return "; ".join(told)
