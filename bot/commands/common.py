"""What every command needs: the settings, the reader's language, a running house, a line on the screen."""

import asyncio
import locale as system_locale
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from bot import logs
from bot.settings import Settings, load
from bot.wiring import House, house
from core.ask.announce import Announcer
from core.ask.service import Deliver
from core.locale import language_of, say

Result = TypeVar("Result")


def default_language() -> str:
    """The language of the terminal, from its environment."""
    return language_of(system_locale.getlocale()[0] or "en")


def line(key: str, /, **values: object) -> None:
    """Print one sentence of the catalogue."""
    typer.echo(say(default_language(), f"cli.{key}", **values))


def run(
    work: Callable[[House], Awaitable[Result]],
    settings: Settings | None = None,
    doors: dict[str, Deliver | None] | None = None,
    announcers: dict[str, Announcer] | None = None,
) -> Result:
    """Open the house for one command, quiet but for warnings, and do the work in it."""
    chosen = settings or load()
    logs.set_up("WARNING", chosen)

    async def inside() -> Result:
        async with house(chosen, doors or {}, announcers) as built:
            return await work(built)

    return asyncio.run(inside())
