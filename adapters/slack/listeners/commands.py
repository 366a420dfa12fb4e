"""Commands: with a slash, and as a word to us, because slash commands do not work in threads. Only who asks sees them.

`/ask` puts the question into the channel as a message of ours, so that its thread is there for what follows.
"""

from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat.language import speaking
from adapters.slack.command_pages import help_page
from adapters.slack.door import Door
from adapters.slack.listeners import connections, schedules, templates, usage
from adapters.slack.render import Message
from core.chat import Actor, Place, Question
from core.errors import ColloqueryError
from core.locale import error_words, say

SLASH = {"/ask": "ask", "/usage": "usage", "/templates": "templates", "/connections": "connections"}
"""Each slash command and the word that does the same; `/colloquery` is followed by a word."""


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the slash commands."""

    async def commanded(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        door.spawn(slash(door, body))

    for name in (*SLASH, "/colloquery"):
        app.command(name)(commanded)


async def slash(door: Door, body: dict[str, Any]) -> None:
    """A slash command: its answer goes to whoever gave it, in the channel where they did."""
    text = str(body.get("text") or "").strip()
    name = SLASH.get(str(body["command"]))
    if name is None:
        name, _, text = text.partition(" ")
    user, channel = str(body["user_id"]), str(body["channel_id"])
    actor = speaking(await door.directory.actor(user), str(body.get("text") or ""))
    place = await door.place(channel, "")
    if name == "ask" and text.strip():
        key = str(body.get("trigger_id") or "")
        await door.ask_aloud(Question(actor, place, key, text.strip(), datetime.now(UTC)))
        return
    await obey(door, name.lower(), actor, place, text.strip())


async def obey(door: Door, name: str, actor: Actor, place: Place, text: str) -> None:
    """Answer a command word and what follows it; whatever is not one is answered with help."""
    try:
        if name == "usage":
            await usage.obey(door, actor, place, text)
            return
        shown = await page(door, name, actor, place, text)
    except ColloqueryError as error:
        await door.tell_privately(actor, place, *error_words(actor.locale, error))
        return
    await door.show_privately(actor, place, shown)


async def page(door: Door, name: str, actor: Actor, place: Place, text: str) -> Message:
    """What a command shows."""
    if name == "templates":
        return await templates.page(door, actor, place, text)
    if name == "connections":
        return await connections.page(door, actor, place)
    if name == "schedules":
        return await schedules.page(door, actor)
    if name == "ask":
        return help_page(actor, say(actor.locale, "chat.help.ask_what"))
    return help_page(actor)
