"""The Home tab, drawn anew whenever somebody opens it."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat.home import home_of
from adapters.chat.refusals import refusal_words
from adapters.slack.door import Door
from adapters.slack.home_page import render_home, render_refusal
from core.errors import ColloqueryError


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the tab being opened."""

    async def opened(event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            door.spawn(publish(door, str(event["user"])))

    app.event("app_home_opened")(opened)


async def publish(door: Door, user: str) -> None:
    """Draw somebody's tab."""
    actor = await door.directory.actor(user)
    try:
        view = render_home(await home_of(door.service, actor), actor.locale, actor.timezone)
    except ColloqueryError as error:
        view = render_refusal(refusal_words(actor.locale, error), actor.locale)
    await door.calls.do(door.client.views_publish, user_id=user, view=view)
