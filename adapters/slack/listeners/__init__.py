"""What Slack sends, by kind: each file registers its listeners with the app and hands what it heard to the door."""

from slack_bolt.async_app import AsyncApp

from adapters.slack.door import Door
from adapters.slack.listeners import (
    actions,
    commands,
    connections,
    events,
    home,
    schedules,
    sign_in,
    templates,
    usage,
    views,
)


def register(app: AsyncApp, door: Door) -> None:
    """Register every listener. The manifest names an event, a command or interactivity for each of them."""
    for room in (events, commands, actions, connections, schedules, templates, usage, views, sign_in, home):
        room.register(app, door)
