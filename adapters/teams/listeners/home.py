"""The home card, drawn anew whenever somebody asks for it, and the welcome where we were added."""

from weakref import WeakKeyDictionary

from adapters.chat.home import home_of
from adapters.chat.kept import Kept
from adapters.chat.text import Json
from adapters.teams.activity import conversation, conversation_type, ourselves
from adapters.teams.command_pages import welcome_page
from adapters.teams.door import Door
from adapters.teams.entities import activity as posted
from adapters.teams.home_page import render_home
from adapters.teams.listeners.actions import Act
from adapters.teams.press import Press
from adapters.teams.render import Message
from core.chat import Actor, Place
from core.errors import ColloqueryError
from core.locale import error_words

_WELCOME_SECONDS = 600.0
"""Within which Teams tells in more than one way that we were added: ours."""

_welcomed: WeakKeyDictionary[Door, Kept[bool]] = WeakKeyDictionary()
"""Conversations of a door that were welcomed a moment ago."""


def arrived(door: Door, activity: Json) -> None:
    """Somebody was added to a conversation, or we were installed: where it is us, say what we are, once."""
    if not _is_about_us(door, activity):
        return
    channel, _ = conversation(activity)
    door.spawn(_welcomed_once(door, channel, activity))


async def page(door: Door, actor: Actor) -> Message:
    """What they have used, asked and may ask. Raises `NotAllowed`."""
    return render_home(await home_of(door.service, actor), actor.locale, actor.timezone)


async def show(door: Door, press: Press) -> None:
    """The card, for whoever pressed."""
    await door.show_privately(press.actor, press.place, await page(door, press.actor))


ACTS: dict[str, Act] = {"home": show}
"""What each button does, by its name."""


def _is_about_us(door: Door, activity: Json) -> bool:
    if activity.get("type") == "installationUpdate":
        return activity.get("action") == "add"
    us, added = ourselves(activity, door.settings.app_id), activity.get("membersAdded")
    return any(isinstance(one, dict) and one.get("id") in us for one in (added if isinstance(added, list) else ()))


async def _welcomed_once(door: Door, channel: str, activity: Json) -> None:
    async def welcome() -> bool:
        await _welcome(door, activity)
        return True

    await _welcomed.setdefault(door, Kept(_WELCOME_SECONDS)).get(channel, welcome)


async def _welcome(door: Door, activity: Json) -> None:
    """In a personal chat their home card; where several read, how to ask."""
    actor, place = await door.actor_of(activity), await door.place_of(activity)
    if conversation_type(activity) == "personal":
        await _show_home(door, actor, place)
    else:
        await door.connector.send(await door.addresses.at(place), posted(welcome_page(actor)))


async def _show_home(door: Door, actor: Actor, place: Place) -> None:
    try:
        shown = await page(door, actor)
    except ColloqueryError as error:
        await door.tell_privately(actor, place, *error_words(actor.locale, error))
        return
    await door.show_privately(actor, place, shown)
