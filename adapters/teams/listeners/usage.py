"""Use and limits: the word and what follows it, its buttons, and the dialog in which limits are set."""

import logging

from adapters.chat.limits_form import set_as_filled_in
from adapters.chat.text import Json
from adapters.chat.usage import SPANS, Figures, Howto, Sentence, done, everybody, help_words, span_of
from adapters.chat.usage_words import File
from adapters.teams import cards, files, limits
from adapters.teams.addresses import PLATFORM
from adapters.teams.calls import NotReached, Refused, Unclear
from adapters.teams.dialogs import Dialog, Open, Told, Work
from adapters.teams.door import Door
from adapters.teams.listeners.actions import Act, Press
from adapters.teams.render import page
from adapters.teams.usage_form import LIMITS, read, render_limits_form
from core.chat import Actor, Place
from core.figures import Span
from core.locale import say

log = logging.getLogger(__name__)


async def obey(door: Door, actor: Actor, place: Place, text: str) -> None:
    """Do what follows the word `usage`; what is not understood is answered with how to say it."""

    async def find(account: str) -> Actor:
        return await _find(door, place, account)

    outcome = await done(door.service.usage, find, actor, text, points=limits.CHART_POINTS)
    match outcome:
        case Figures():
            await _show(door, actor, place, outcome)
        case Sentence():
            await door.tell_privately(actor, place, outcome.text)
        case Howto():
            told = help_words(actor.locale, manages=outcome.manages)
            shown = page(say(actor.locale, "chat.usage.how"), cards.paragraphs(told, actor.locale), locale=actor.locale)
            await door.show_privately(actor, place, shown)
        case File():
            await files.send_listing(door, actor, place, outcome.listing or "", outcome.span)


async def span(door: Door, press: Press) -> None:
    """Everybody's use within another span, which the button carries."""
    usage, chosen = door.service.usage, span_of(press.value)
    found = await everybody(usage, press.actor, chosen, points=limits.CHART_POINTS)
    await _show(door, press.actor, press.place, found)


async def open_limits(door: Door, press: Press) -> Dialog:
    """The form for limits."""
    await door.service.usage.limits(press.actor)  # refused here to whoever may not see them
    return render_limits_form(press.actor.locale)


async def set_limits(door: Door, press: Press) -> Dialog | Told:
    """What was filled in holds from now on; what is wrong with it is said above it."""
    actor, form = press.actor, read(press.fields)
    missing = say(actor.locale, "teams.limits.no_email")
    outcome = await set_as_filled_in(door.service.usage, actor, form, form.person, missing)
    return render_limits_form(actor.locale, press.fields, outcome) if outcome.field else Told(outcome.text)


ACTS: dict[str, Act] = {"usage_span": span}
"""What each button does, by its name."""

OPENS: dict[str, Open] = {LIMITS: open_limits}
"""What each button opens, by its name."""

SENT: dict[str, Work] = {LIMITS: set_limits}
"""What each form does, by its name."""


async def _show(door: Door, actor: Actor, place: Place, figures: Figures) -> None:
    buttons = [cards.action_set(_buttons(actor.locale, figures.span))] if figures.manages else []
    await door.show_reply(actor, place, figures.reply, buttons)


async def _find(door: Door, place: Place, account: str) -> Actor:
    """Who is mentioned. Whom Teams does not tell us of is found by their account, if they ever spoke to us."""
    try:
        return await door.directory.person(place, account)
    except (Refused, Unclear, NotReached) as error:
        log.warning("somebody who was mentioned could not be looked up: %s", error)
        return Actor(PLATFORM, place.workspace, account, account, kind="foreign")


def _buttons(locale: str, shown: Span | None = None) -> list[Json]:
    """What an administrator may look at next: the spans that are not shown, and the limits."""
    row = [cards.button(say(locale, f"chat.usage.{one}"), "usage_span", one) for one in SPANS if one != shown]
    return [*row, cards.button(say(locale, "chat.usage.limits"), LIMITS, opens=True)]
