"""Buttons. Each is acknowledged at once; what it does is asked for whoever pressed it, not for the asker."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat.answers import judge
from adapters.slack.buttons import pattern
from adapters.slack.door import Door
from adapters.slack.escape import fenced
from adapters.slack.modals import render_edit_modal, render_reason_modal
from adapters.slack.render import Message, render, render_sql
from core.chat import Actor, Place
from core.errors import ColloqueryError
from core.locale import error_words, say


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: by whom, where, and what it carried."""

    actor: Actor
    place: Place
    value: str
    trigger: str

    def about(self, value: str) -> "Press":
        """The same, of a button that carries something else."""
        return replace(self, value=value)


Act = Callable[[Door, Press], Awaitable[None]]


def register(app: AsyncApp, door: Door) -> None:
    """Listen to every button."""
    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))


def listener(door: Door, act: Act) -> Callable[..., Awaitable[None]]:
    """What hears a button, acknowledges it and does what it does."""

    async def pressed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        door.spawn(_done(door, act, body))

    return pressed


async def _done(door: Door, act: Act, body: dict[str, Any]) -> None:
    press = await read(door, body)
    try:
        await act(door, press)
    except ColloqueryError as error:
        await door.tell_privately(press.actor, press.place, *error_words(press.actor.locale, error))


async def read(door: Door, body: dict[str, Any]) -> Press:
    """A press out of a `block_actions` payload."""
    action = body["actions"][0]
    value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
    message = body.get("message") or {}
    container = body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    actor = await door.presser(body)
    # On the Home tab there is no channel: what is said goes to the direct messages.
    place = await door.place(channel or (await door.direct(actor)).channel, thread)
    return Press(actor, place, str(value), str(body.get("trigger_id") or ""))


async def show_sql(door: Door, press: Press) -> None:
    """The SQL, for whoever asks to see it."""
    sql = await door.service.sql_of(press.value, press.actor)
    shown = Message(fenced(sql.text), render_sql(sql, press.actor.locale))
    await door.show_privately(press.actor, press.place, shown)


async def edit(door: Door, press: Press) -> None:
    """The SQL in a form, to be changed and run."""
    sql = await door.service.sql_of(press.value, press.actor)
    view = render_edit_modal(press.value, sql.text, press.actor.locale)
    await door.open_modal(press.trigger, view, press.actor, press.place)


async def explain(door: Door, press: Press) -> None:
    """What the SQL does, in words."""
    explained = await door.service.explain(press.value, press.actor)
    await door.show_privately(press.actor, press.place, render(explained, "simple"))


async def csv(door: Door, press: Press) -> None:
    """The result as a CSV file."""
    made = await door.service.files.take(press.actor, "csv", press.value)
    await door.send_file(press.actor, press.place, made.name, made.content)


async def excel(door: Door, press: Press) -> None:
    """The result as a workbook."""
    made = await door.service.files.take(press.actor, "excel", press.value)
    await door.send_file(press.actor, press.place, made.name, made.content)


async def feedback(door: Door, press: Press) -> None:
    """A verdict; a bad one may be given a reason."""
    question_id, good = await judge(door.service, press.actor, press.value)
    if good:
        await door.tell_privately(press.actor, press.place, say(press.actor.locale, "chat.feedback.thanks"))
    else:
        view = render_reason_modal(question_id, press.actor.locale)
        await door.open_modal(press.trigger, view, press.actor, press.place)


async def stop(door: Door, press: Press) -> None:
    """Stop the question and its query."""
    await door.service.stop(press.value, press.actor)


async def choose(door: Door, press: Press) -> None:
    """What we asked back: the original question is answered with it."""
    question_id, _, chosen = press.value.partition("|")
    await door.answer_choice(question_id, chosen, press.actor)


ACTS: dict[str, Act] = {
    "show_sql": show_sql,
    "edit": edit,
    "explain": explain,
    "csv": csv,
    "excel": excel,
    "feedback": feedback,
    "stop": stop,
    "choose": choose,
}
"""What each button does, by its name."""
