"""Scheduled questions: the button under an answer and its form, the list and its buttons."""

from adapters.chat import schedules
from adapters.chat.refusals import refusal_words
from adapters.teams.dialogs import Dialog, Open, Told, Work
from adapters.teams.door import Door
from adapters.teams.listeners.actions import Act, Press
from adapters.teams.render import Message
from adapters.teams.schedule_pages import CONDITION, FORM, WHEN, list_page, render_form
from core.chat import Actor
from core.errors import ColloqueryError

_IN_THE_FORM = frozenset({"schedule.when", "schedule.hours", "schedule.condition"})
"""What is wrong with a field: the form comes back with it."""


async def page(door: Door, actor: Actor) -> Message:
    """The actor's own."""
    return list_page(await door.service.schedules.all(actor), actor)


async def open_form(door: Door, press: Press) -> Dialog:
    """When an answer is to be given again: in the conversation itself, because a thread of today is not read next
    month.
    """
    await door.service.sql_of(press.value, press.actor)  # refused here where there is none
    question = await door.service.question(press.value, press.actor)
    return render_form(press.value, question.text, press.actor.locale)


async def keep(door: Door, press: Press) -> Dialog | Told:
    """Schedule the answer as the form has it."""
    actor, fields = press.actor, press.fields
    place = await door.place(press.place.channel, "")
    try:
        words = (fields.get(WHEN, ""), fields.get(CONDITION, ""))
        return Told(await schedules.schedule_answer(door.service, actor, press.value, place, words))
    except ColloqueryError as error:
        if error.code not in _IN_THE_FORM:
            raise
        question = await door.service.question(press.value, actor)
        return render_form(press.value, question.text, actor.locale, fields, refusal_words(actor.locale, error))


async def do(door: Door, press: Press) -> None:
    """A button of the list: `<what>|<id>`."""
    act, _, schedule_id = press.value.partition("|")
    told = await schedules.do(door.service, press.actor, act, schedule_id)
    await door.tell_privately(press.actor, press.place, told)


ACTS: dict[str, Act] = {"schedule_do": do}
"""What each button does."""

OPENS: dict[str, Open] = {"schedule": open_form}
"""What each button opens."""

SENT: dict[str, Work] = {FORM: keep}
"""What the form does when it is sent."""
