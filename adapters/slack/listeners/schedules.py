"""Scheduled questions: the button under an answer and its form, the list and its buttons."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat import schedules
from adapters.slack.buttons import pattern
from adapters.slack.door import Door
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.render import Message
from adapters.slack.schedule_pages import (
    CONDITION_FIELD,
    FORM,
    WHEN_FIELD,
    Filled,
    list_page,
    read,
    render_form,
    render_told,
)
from core.chat import Actor
from core.errors import ColloqueryError
from core.locale import error_words

_FIELD_OF = {"schedule.when": WHEN_FIELD, "schedule.hours": WHEN_FIELD, "schedule.condition": CONDITION_FIELD}
"""Where in the form an error is said; every other one takes its place."""


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the buttons and the form."""

    async def sent(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.presser(body)
        await ack(**await _outcome(door, actor, read(view)))

    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))
    app.view(FORM)(sent)


async def page(door: Door, actor: Actor) -> Message:
    """The actor's own."""
    return list_page(await door.service.schedules.all(actor), actor)


async def form(door: Door, press: Press) -> None:
    """When an answer is to be given again: in the channel itself, because a thread of today is not read next month."""
    await door.service.sql_of(press.value, press.actor)  # refused here where there is none
    question = await door.service.question(press.value, press.actor)
    view = render_form(press.value, question.text, press.place.channel, press.actor.locale)
    await door.open_modal(press.trigger, view, press.actor, press.place)


async def do(door: Door, press: Press) -> None:
    """A button of the list: `<what>|<id>`."""
    act, _, schedule_id = press.value.partition("|")
    told = await schedules.do(door.service, press.actor, act, schedule_id)
    await door.tell_privately(press.actor, press.place, told)


ACTS: dict[str, Act] = {"schedule": form, "schedule_do": do}
"""What each button does, by its name."""


async def _outcome(door: Door, actor: Actor, filled: Filled) -> dict[str, Any]:
    """What Slack is answered about the form: what is wrong beside its field, or what was scheduled."""
    try:
        place = await door.place(filled.channel, "")
        words = (filled.when, filled.condition)
        told = await schedules.schedule_answer(door.service, actor, filled.question_id, place, words)
    except ColloqueryError as error:
        told = " ".join(filter(None, error_words(actor.locale, error)))
        if (field := _FIELD_OF.get(error.code)) is not None:
            return {"response_action": "errors", "errors": {field: told}}
    return {"response_action": "update", "view": render_told(told, actor.locale)}
