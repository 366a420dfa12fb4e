"""`colloquery mcp`: tools for an assistant, over standard input and output."""

import asyncio
from importlib.metadata import version
from typing import Annotated

import typer

from adapters.terminal.here import whoever
from bot import logs
from bot.commands.common import default_language
from bot.settings import load
from bot.wiring import house
from core.chat import Actor


def mcp(
    lang: Annotated[str, typer.Option("--lang", help="en or ko; the terminal's own when absent.")] = "",
) -> None:
    """Offer tools to an assistant: ask, list_connections, list_templates, run_template.

    With COLLOQUERY_API_KEY it has what that key is for; without, what the owner of this machine may.
    """
    asyncio.run(_serve(lang or default_language()))


async def _serve(language: str) -> None:
    # The protocol's library is large: no other command waits for it.
    from adapters.mcp.door import build  # noqa: PLC0415

    settings = load()
    # Standard output belongs to the protocol; logs go to standard error.
    logs.set_up("WARNING", settings)
    key = settings.api_key.get_secret_value() if settings.api_key else None
    here = whoever(language)
    async with house(settings, {"terminal": None, "api": None}) as built:
        people = built.service.people

        async def who() -> Actor:
            if key is None:
                return here
            return await people.actor_of_key(key, locale=language, timezone=here.timezone)

        await who()  # a key that is wrong is said at once, not to the assistant at its first call
        await build(built.service, who, version("colloquery")).run_stdio_async()
