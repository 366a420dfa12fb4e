"""Where every activity comes in, once it is known to be from Teams."""

import logging

from adapters.chat.text import Json, label
from adapters.teams import files
from adapters.teams.activity import conversation, data_of, locale_of
from adapters.teams.door import Door
from adapters.teams.listeners import feedback, home, messages, pressing
from core.locale import say

log = logging.getLogger(__name__)


async def turn(door: Door, activity: Json) -> Json | None:
    """Do what an activity asks; of an invoke, the body of its answer. A question is stored when this returns."""
    await door.addresses.seen(activity)
    match activity.get("type"):
        case "message" if data_of(activity):
            door.spawn(pressing.pressed(door, activity))
        case "message":
            await messages.hear(door, activity)
        case "invoke":
            return await invoked(door, activity)
        case "conversationUpdate":
            door.directory.forget(conversation(activity)[0])
            home.arrived(door, activity)
        case "installationUpdate":
            home.arrived(door, activity)
    return None


async def invoked(door: Door, activity: Json) -> Json:
    """What Teams waits for the answer of."""
    match activity.get("name"):
        case "task/fetch":
            return await pressing.opened(door, activity)
        case "task/submit":
            return await pressing.sent(door, activity)
        case "adaptiveCard/action":
            return await pressing.executed(door, activity)
        case "message/submitAction":
            door.spawn(feedback.thumbed(door, activity))
        case "fileConsent/invoke":
            door.spawn(files.consented(door, activity))
        case name:
            log.info("an invoke of another kind: %s", label(str(name), 50))
            words = say(locale_of(activity), "teams.page.unknown")
            return {"error": {"code": "NotSupported", "message": words}}
    return {}
