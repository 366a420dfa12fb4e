"""What any activity of Teams says of itself: where it is from, whose it is. Pure."""

import re
from collections.abc import Iterator
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from adapters.chat.language import KOREAN
from adapters.chat.text import Json

ConversationType = Literal["personal", "groupChat", "channel"]

BOT = "28:"
"""What the ids of bots begin with."""
THREAD = ";messageid="
"""Stands between a channel and the first message of a thread in the id of its conversation."""

NAME, VALUE, SENT, LANGUAGE = "cq", "v", "sent", "l"
"""What a button's data holds: its name, its value; of a form, that it was sent: a form and the button that opens it may
have one name; and its language, where it is Korean."""

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def conversation(activity: Json) -> tuple[str, str]:
    """The conversation's id and, in a channel, the id of the thread's first message."""
    channel, _, thread = str(part(activity, "conversation").get("id") or "").partition(THREAD)
    return channel, thread if conversation_type(activity) == "channel" else ""


def conversation_type(activity: Json) -> ConversationType:
    """Where an activity comes from."""
    told = part(activity, "conversation")
    return type_of(str(told.get("id") or "").partition(THREAD)[0], str(told.get("conversationType") or ""))


def type_of(channel: str, told: str = "") -> ConversationType:
    """What kind of conversation one is: as was told, else by the shape of its id. One that is not known counts as a
    group's.
    """
    for known in get_args(ConversationType):
        if told == known:
            return known  # type: ignore[no-any-return]
    if channel.startswith("a:"):
        return "personal"
    return "channel" if channel.endswith(("@thread.tacv2", "@thread.skype")) else "groupChat"


def tenant_of(activity: Json) -> str:
    """The tenant that the conversation is of; empty when the activity names none."""
    tenant = part(part(activity, "channelData"), "tenant").get("id")
    return str(tenant or part(activity, "conversation").get("tenantId") or "").lower()


def user_of(activity: Json) -> str:
    """Who sent it: their id in Entra, else their account."""
    sender = part(activity, "from")
    return str(sender.get("aadObjectId") or "").lower() or str(sender.get("id") or "")


def name_of(activity: Json) -> str:
    """How whoever sent it is called."""
    return str(part(activity, "from").get("name") or "")[:100]


def service_url(activity: Json) -> str:
    """Where the conversation is answered; ends in a slash."""
    return str(activity.get("serviceUrl") or "").rstrip("/") + "/"


def data_of(activity: Json) -> Json:
    """What a button sent: with a message, in a dialog, or with a universal action. Empty when it is none of ours."""
    value = part(activity, "value")
    data = next((found for found in (part(part(value, "action"), "data"), part(value, "data"), value) if found), {})
    return data if isinstance(data.get(NAME), str) else {}


def locale_of(activity: Json) -> str:
    """The language that stands on the button that was pressed, else of whoever sent it; English when it is none."""
    if data_of(activity).get(LANGUAGE) == KOREAN:
        return KOREAN
    told = str(activity.get("locale") or _client(activity).get("locale") or "")
    return told if _LOCALE.fullmatch(told) else "en-US"


def timezone_of(activity: Json) -> str:
    """Their time zone; UTC when it is none that is known."""
    told = str(activity.get("localTimezone") or _client(activity).get("timezone") or "")
    try:
        return ZoneInfo(told).key
    except (KeyError, ValueError, OSError):
        return "UTC"


def ourselves(activity: Json, app_id: str) -> frozenset[str]:
    """The ids by which an activity names us."""
    return frozenset({str(part(activity, "recipient").get("id") or ""), f"{BOT}{app_id}", app_id} - {"", BOT})


def entities(activity: Json) -> Iterator[Json]:
    """What stands beside its text: mentions, the client."""
    found = activity.get("entities")
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def part(of: Json, name: str) -> Json:
    """An object within an activity; an empty one when there is none."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _client(activity: Json) -> Json:
    return next((one for one in entities(activity) if one.get("type") == "clientInfo"), {})
