"""The Home tab, drawn anew whenever somebody opens it."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.command_pages import overview_lines
from adapters.slack.door import Door
from adapters.slack.home_page import HomePage, render_home
from core.chat import Actor, Place


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the tab being opened."""

    async def opened(event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            door.spawn(publish(door, str(event["user"])))

    app.event("app_home_opened")(opened)


async def publish(door: Door, user: str) -> None:
    """Draw somebody's tab."""
    actor = await door.directory.actor(user)
    view = render_home(await page(door, actor), actor.locale, actor.timezone)
    await door.calls.do(door.client.views_publish, user_id=user, view=view)


async def page(door: Door, actor: Actor) -> HomePage:
    """What they have used, asked and may ask."""
    service = door.service
    nowhere = Place(actor.platform, actor.workspace, channel=actor.id, thread="")
    return HomePage(
        windows=await service.usage(actor),
        recent=await service.recent(actor),
        templates=tuple(one.question for one in await service.templates(actor)),
        connections=await service.connections(actor, nowhere),
        overview=overview_lines(await service.overview(actor), actor.locale),
    )
