"""Coming in at the page without a password: a link for one person, in a form that nobody else sees and none keeps."""

from slack_bolt.async_app import AsyncApp

from adapters.slack.buttons import pattern
from adapters.slack.door import Door
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.modals import render_sign_in_modal


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the buttons."""
    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))


async def give_link(door: Door, press: Press) -> None:
    """A fresh link in a form: a message would stay in the history."""
    made = await door.service.people.link(press.actor)
    view = render_sign_in_modal(door.service.sign_in_url(made.token), made.until, press.actor)
    await door.open_modal(press.trigger, view, press.actor, press.place)


async def followed(_door: Door, _press: Press) -> None:
    """Slack tells of a link that was followed, too; the browser is where it goes on."""


ACTS: dict[str, Act] = {"sign_in": give_link, "sign_in_open": followed}
"""What each button does, by the name in its `action_id`."""
