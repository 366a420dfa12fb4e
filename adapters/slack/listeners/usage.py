"""Use and limits: the command and what follows it, its buttons, and the form in which limits are set."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat.limits_form import set_as_filled_in
from adapters.chat.text import Json
from adapters.chat.usage import SPANS, Figures, Howto, Sentence, done, everybody, span_of
from adapters.chat.usage_words import File
from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id, pattern
from adapters.slack.command_pages import usage_help
from adapters.slack.door import Door
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.usage_form import LIMITS, field_of, read, render_limits_form, render_limits_told
from core.ask.file_desk import list_name
from core.chat import Actor, Place
from core.figures import Span
from core.locale import say


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the buttons and the form."""

    async def sent(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.presser(body)
        await ack(**await _outcome(door, actor, view))

    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))
    app.view(LIMITS)(sent)


async def obey(door: Door, actor: Actor, place: Place, text: str) -> None:
    """Do what follows the word `usage`; what is not understood is answered with how to say it."""
    outcome = await done(door.service.usage, door.directory.actor, actor, text, points=limits.CHART_POINTS)
    match outcome:
        case Figures():
            await _show(door, actor, place, outcome)
        case Sentence():
            await door.tell_privately(actor, place, outcome.text)
        case Howto():
            await door.show_privately(actor, place, usage_help(actor, manages=outcome.manages))
        case File():
            made = await door.service.files.take(actor, "usage", list_name(outcome.listing, outcome.span))
            await door.send_file(actor, place, made.name, made.content)


async def span(door: Door, press: Press) -> None:
    """Everybody's use within another span, which the button carries."""
    usage, chosen = door.service.usage, span_of(press.value)
    found = await everybody(usage, press.actor, chosen, points=limits.CHART_POINTS)
    await _show(door, press.actor, press.place, found)


async def set_limits(door: Door, press: Press) -> None:
    """The form for limits."""
    await door.service.usage.limits(press.actor)  # refused here to whoever may not see them
    await door.open_modal(press.trigger, render_limits_form(press.actor.locale), press.actor, press.place)


ACTS: dict[str, Act] = {"usage_span": span, "limits": set_limits}
"""What each button does, by its name."""


async def _show(door: Door, actor: Actor, place: Place, figures: Figures) -> None:
    buttons = _buttons(actor.locale, figures.span) if figures.manages else ()
    await door.show_reply(actor, place, figures.reply, buttons)


async def _outcome(door: Door, actor: Actor, view: dict[str, Any]) -> dict[str, Any]:
    """What Slack is answered about the form: what is wrong beside its field, or what holds now."""
    locale, form = actor.locale, read(view)
    is_picked = form.subject == "person" and form.person
    whom = await door.directory.actor(form.person) if is_picked else ""
    outcome = await set_as_filled_in(door.service.usage, actor, form, whom, say(locale, "chat.limits.pick"))
    if outcome.field:
        return {"response_action": "errors", "errors": {field_of(outcome.field): outcome.text}}
    return {"response_action": "update", "view": render_limits_told(outcome.text, locale)}


def _buttons(locale: str, shown: Span | None = None) -> tuple[Json, ...]:
    """What an administrator may look at next: the spans that are not shown, and the limits."""
    row = [
        blocks.button(say(locale, f"chat.usage.{one}"), action_id("usage_span", one), one)
        for one in SPANS
        if one != shown
    ]
    return (blocks.actions([*row, blocks.button(say(locale, "chat.usage.limits"), action_id("limits"), "set")]),)
