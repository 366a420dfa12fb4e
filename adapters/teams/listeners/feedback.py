"""Verdicts on answers: Teams' own thumbs under a message, and two buttons where a message has none.

Teams asks for the reason itself, and sends it as JSON within a text beside the thumb; under a button a dialog asks.
"""

import json

from adapters.chat.answers import judge
from adapters.chat.refusals import refusal_words
from adapters.chat.text import Json
from adapters.teams import cards
from adapters.teams.activity import conversation, part
from adapters.teams.dialogs import Dialog, Open, Told, Work, as_message, form
from adapters.teams.door import Door
from adapters.teams.listeners.actions import Act
from adapters.teams.press import Press
from core.errors import BadEdit, ColloqueryError, NotAllowed
from core.locale import error_words, say

_REACTIONS = {"like": True, "dislike": False}
_LONGEST = 4_000
"""Characters of what Teams sends with a thumb that are read."""


async def thumbed(door: Door, activity: Json) -> None:
    """A thumb under an answer, for whoever pressed it; the reason may be empty."""
    value = part(part(activity, "value"), "actionValue")
    good = _REACTIONS.get(str(value.get("reaction")))
    if good is None:
        return
    actor, place = await door.actor_of(activity), await door.place_of(activity)
    channel, _ = conversation(activity)
    try:
        question_id = await door.addresses.question_of(channel, str(activity.get("replyToId") or ""))
        if question_id is None:
            raise NotAllowed("people.not_yours")
        await door.service.feedback(question_id, actor, good, reason_of(value.get("feedback")))
    except ColloqueryError as error:
        await door.tell_privately(actor, place, *error_words(actor.locale, error))


def reason_of(told: object) -> str:
    """What somebody wrote beside a thumb: `{"feedbackText": "…"}` as a text; empty for anything else."""
    if not isinstance(told, str) or len(told) > _LONGEST:
        return ""
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        return ""
    reason = found.get("feedbackText") if isinstance(found, dict) else None
    return reason if isinstance(reason, str) else ""


async def pressed(door: Door, press: Press) -> None:
    """A verdict by a button; a bad one may be given a reason."""
    question_id, good = await judge(door.service, press.actor, press.value)
    if good:
        await door.tell_privately(press.actor, press.place, say(press.actor.locale, "chat.feedback.thanks"))
    else:
        asked = as_message(_reason_form(question_id, "", press.actor.locale))
        await door.show_privately(press.actor, press.place, asked)


async def opened(door: Door, press: Press) -> Dialog | Told:
    """The same by a button that opens a dialog."""
    question_id, good = await judge(door.service, press.actor, press.value)
    locale = press.actor.locale
    return Told(say(locale, "chat.feedback.thanks")) if good else _reason_form(question_id, "", locale)


async def reasoned(door: Door, press: Press) -> Dialog | Told:
    """Why an answer is wrong."""
    reason, locale = press.fields.get("reason", ""), press.actor.locale
    try:
        await door.service.feedback(press.value, press.actor, False, reason)
    except BadEdit as error:
        return _reason_form(press.value, reason, locale, refusal_words(locale, error))
    return Told(say(locale, "chat.feedback.thanks"))


ACTS: dict[str, Act] = {"feedback": pressed}
"""What each button does, by its name."""

OPENS: dict[str, Open] = {"feedback": opened}
"""What each button opens, by its name."""

SENT: dict[str, Work] = {"reason": reasoned}
"""What each form does when it is sent, by its name."""


def _reason_form(question_id: str, reason: str, locale: str, wrong: str = "") -> Dialog:
    field = cards.field("reason", say(locale, "chat.reason.label"), reason, multiline=True)
    title, submit = say(locale, "chat.reason.title"), say(locale, "chat.reason.submit")
    return form(title, "reason", question_id, [field], submit, locale, wrong)
