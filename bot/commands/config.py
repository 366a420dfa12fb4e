"""`colloquery config`: settings that change while it runs."""

import json
from typing import Annotated, Any

import typer

from bot.commands.common import default_language, run
from bot.demo import operator
from bot.wiring import House
from core.ask.present.visible import one_line
from core.locale import format_date, say
from core.records import SettingLine

app = typer.Typer(help="Settings that change while it runs.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(help="As “colloquery config list” names it.")]


@app.command("list")
def listed() -> None:
    """Show every setting, its value, and what it is for."""

    async def work(house: House) -> None:
        language = default_language()
        for one in await house.service.config.list(operator(language)):
            _print(one, language, house.settings.timezone)

    run(work)


@app.command("get")
def get(key: Key) -> None:
    """Show one setting, and what its values may be."""

    async def work(house: House) -> None:
        language = default_language()
        one = await house.service.config.get(operator(language), key)
        _print(one, language, house.settings.timezone)
        typer.echo(f"    {_written(one.schema)}")

    run(work)


@app.command("set")
def change(
    key: Key,
    value: Annotated[
        str, typer.Argument(help="A number, true, false, null, JSON; anything else is a text. - is asked for, unseen.")
    ],
) -> None:
    """Set one; it holds at once, in every process."""
    told = typer.prompt(say(default_language(), "config.said.value"), hide_input=True) if value == "-" else value

    async def work(house: House) -> None:
        language = default_language()
        one = await house.service.config.set(operator(language), key, _read(told))
        _print(one, language, house.settings.timezone)

    run(work)


@app.command("unset")
def unset(key: Key) -> None:
    """Let its default hold again."""

    async def work(house: House) -> None:
        language = default_language()
        one = await house.service.config.unset(operator(language), key)
        _print(one, language, house.settings.timezone)

    run(work)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _written(value: Any) -> str:
    return one_line(json.dumps(value, ensure_ascii=False))


def _print(one: SettingLine, language: str, timezone: str) -> None:
    value = one.value if one.is_sensitive and one.is_set else _written(one.value)
    typer.echo(f"{one_line(one.key)} = {value}")
    typer.echo(f"    {one.description}")
    if one.changed_at is not None:
        at, who = format_date(language, one.changed_at, timezone), one_line(one.changed_by)
        typer.echo(f"    {say(language, 'config.said.changed', at=at, who=who or '–', default=_written(one.default))}")
    if one.elsewhere:
        typer.echo(f"    {say(language, 'config.said.elsewhere', where=one.elsewhere)}")
