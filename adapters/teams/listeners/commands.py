"""Words to us that are commands. Only whoever wrote one sees its answer."""

from adapters.teams.command_pages import help_page
from adapters.teams.door import Door
from adapters.teams.listeners import connections, home, schedules, sign_in, templates, usage
from adapters.teams.render import Message
from core.chat import Actor, Place
from core.errors import ColloqueryError
from core.locale import error_words, say

WORDS = {
    "home": "home", "홈": "home", "처음": "home",
    "page": "page", "signin": "page", "login": "page", "페이지": "page", "로그인": "page",
    "stop": "stop", "중지": "stop", "그만": "stop",
}  # fmt: skip
"""Words of this platform besides those of every chat: for what Slack has a Home tab and buttons everywhere."""


async def obey(door: Door, name: str, actor: Actor, place: Place, text: str) -> None:
    """Answer a command word and what follows it; whatever is not one is answered with help."""
    try:
        match name:
            case "usage":
                await usage.obey(door, actor, place, text)
            case "page":
                await sign_in.obey(door, actor, place)
            case "stop":
                stopped = await door.stop_here(actor, place)
                told = "teams.page.stopped" if stopped else "teams.page.nothing_to_stop"
                await door.tell_privately(actor, place, say(actor.locale, told))
            case _:
                await door.show_privately(actor, place, await _page(door, name, actor, place, text))
    except ColloqueryError as error:
        await door.tell_privately(actor, place, *error_words(actor.locale, error))


async def _page(door: Door, name: str, actor: Actor, place: Place, text: str) -> Message:
    """What a command shows."""
    match name:
        case "templates":
            return await templates.page(door, actor, place, text)
        case "connections":
            return await connections.page(door, actor, place)
        case "schedules":
            return await schedules.page(door, actor)
        case "home":
            return await home.page(door, actor)
        case "ask":
            return help_page(actor, say(actor.locale, "chat.help.ask_what"))
    return help_page(actor)
