"""The Home tab, drawn anew whenever somebody opens it."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.door import Door
from adapters.slack.home_page import HomePage, render_home, render_refusal
from adapters.slack.template_pages import favorites
from core.ask.present.use import dashboard_reply, usage_reply
from core.chat import Actor, Place, Reply
from core.errors import ColloqueryError
from core.locale import error_words


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
        view = render_home(await page(door, actor), actor.locale, actor.timezone)
    except ColloqueryError as error:
        view = render_refusal(" ".join(filter(None, error_words(actor.locale, error))), actor.locale)
    await door.calls.do(door.client.views_publish, user_id=user, view=view)


async def page(door: Door, actor: Actor) -> HomePage:
    """What they have used, asked and may ask."""
    service = door.service
    nowhere = Place(actor.platform, actor.workspace, channel=actor.id, thread="")
    return HomePage(
        usage=usage_reply(await service.usage.mine(actor), actor.locale, actor.timezone),
        recent=await service.recent(actor),
        templates=favorites(await service.saved.all(actor, place=nowhere)),
        connections=await service.sources.choices(actor, nowhere),
        overview=await _overview(door, actor),
        has_page=bool(service.sign_in_url("")),
    )


async def _overview(door: Door, actor: Actor) -> Reply | None:
    """Everybody's use, for administrators."""
    if not await door.service.usage.is_administrator(actor):
        return None
    return dashboard_reply(await door.service.usage.dashboard(actor), actor.locale)
